package cli

// configHelp documents the configuration file. A test reads its example.
const configHelp = `Reads the configuration file and says what cannot be used, by line and key; what is good is
used all the same. It is TOML, at $XDG_CONFIG_HOME/muster/config.toml, and holds no secret:

` + configExample + `
Exit code 2 when there is a problem.`

// configExample has every key that there is.
const configExample = `  use = "contoso"               # the connection when none is named; none = the simulator
  locale = "de-DE"              # of Partner Center's messages
  state_dir = "/var/lib/muster" # folder of the ledger, on a local disk
  clipboard = "tmux"            # osc52, or tmux where tmux does not pass it on
  bell = true                   # tell the terminal when an operation ends
  chunk = 500                   # devices a job of Partner Center

  [connections.contoso]
  cloud = "global"              # usgov, usgov-dod, china, custom
  kind = "partner"              # tenant for a single one, without Partner Center
  tenant = "contoso.onmicrosoft.com"
  client_id = "11111111-2222-4333-8444-555555555555"
  sign_in = "device-code"       # browser, certificate, secret, workload, managed-identity, azure-cli
  read_only = true              # what a connection is until this says false
  remember = true               # keep a person's sign-in, its key in the kernel's keyring
  account = "ann@contoso.com"   # who signed in first; muster writes both, logout takes them out
  account_id = "0d8a.7f52"
  customers = ["22222222-2222-4333-8444-555555555555"]   # those of interest; none = all
  word = "LIVE"                 # in the header, at most 12 characters
  colour = "red"                # yellow, green, blue, magenta, cyan
  ca_file = "/etc/ssl/company.pem"   # more certificate authorities to trust

  [connections.robot]           # by sign_in: certificate, secret_file or secret_env, token_file, port
  tenant = "contoso.onmicrosoft.com"
  client_id = "11111111-2222-4333-8444-555555555555"
  sign_in = "certificate"
  certificate = "/etc/muster/robot.pem"   # with its key, mode 0600

  [connections.unattended]
  tenant = "contoso.onmicrosoft.com"
  client_id = "11111111-2222-4333-8444-555555555555"
  sign_in = "secret"
  secret_file = "/etc/muster/secret"      # mode 0600; or secret_env = "NAME" of a variable

  [connections.pipeline]
  tenant = "contoso.onmicrosoft.com"
  client_id = "11111111-2222-4333-8444-555555555555"
  sign_in = "workload"
  token_file = "/var/run/token"

  [connections.laptop]
  tenant = "contoso.onmicrosoft.com"
  client_id = "11111111-2222-4333-8444-555555555555"
  sign_in = "browser"
  port = 8400                   # on this machine, of ssh -L

  [connections.own]             # a cloud of one's own; muster simulate --authority prints one
  cloud = "custom"
  tenant = "contoso.onmicrosoft.com"
  client_id = "11111111-2222-4333-8444-555555555555"
  authority = "https://login.example"
  graph = "https://graph.example"
  partner = "https://partner.example"
  graph_audience = "https://graph.microsoft.com"      # what tokens are for; none = the addresses
  partner_audience = "https://api.partnercenter.microsoft.com"
  instance_discovery = false    # do not ask Microsoft whether the authority is genuine
`
