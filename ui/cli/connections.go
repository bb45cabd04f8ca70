package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/kit"
)

type connectionRecord struct {
	Name     string `json:"name"`
	Used     bool   `json:"used"`
	Cloud    string `json:"cloud"`
	Kind     string `json:"kind"`
	Tenant   string `json:"tenant"`
	ClientID string `json:"clientId"`
	SignIn   string `json:"signIn"`
	Account  string `json:"account,omitempty"`
	ReadOnly bool   `json:"readOnly"`
	Word     string `json:"word,omitempty"`
}

func (connectionRecord) record() {}

type configRecord struct {
	Path        string            `json:"path"`
	Connections int               `json:"connections"`
	Problems    []faultyKeyRecord `json:"problems"`
}

type faultyKeyRecord struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Key    string `json:"key,omitempty"`
	Text   string `json:"text"`
}

func (configRecord) record() {}

func (p *program) connections() *cobra.Command {
	return group("connections", "how muster reaches tenants", p.connectionsList(), p.connectionsAdd(), p.connectionsRemove(), p.connectionsUse())
}

// configured reads the file of connections.
func (p *program) configured() (kit.Configured, error) {
	if p.o.Configuration == nil {
		return kit.Configured{}, &model.Error{Kind: model.NoBackend, Op: "read configuration", Msg: "this muster has no configuration"}
	}
	return p.o.Configuration.Read()
}

// warn says what in the file cannot be used.
func (p *program) warn(c kit.Configured) {
	for _, problem := range c.Problems {
		p.say("%s: %s", model.Clean(c.Path), problem.Text)
	}
}

func tenantKind(c model.Connection) string {
	if c.Single {
		return "tenant"
	}
	return "partner"
}

// usedConnection is a connection, and whether it is the usual one.
type usedConnection struct {
	model.Connection
	used bool
}

func connectionListing() listing[usedConnection] {
	return listing[usedConnection]{
		one: "connection", empty: "no connection; muster connections add --explain says how to make one",
		columns: []column[usedConnection]{
			texts("NAME", "name", "", func(c usedConnection) string {
				if c.used {
					return c.Name + " *"
				}
				return c.Name
			}),
			texts("TENANT", "tenant", "", func(c usedConnection) string { return c.Tenant }),
			texts("KIND", "kind", "", func(c usedConnection) string { return tenantKind(c.Connection) }),
			texts("CLOUD", "cloud", "", func(c usedConnection) string { return c.Cloud }),
			texts("SIGN-IN", "sign-in", "signIn", func(c usedConnection) string { return string(c.SignIn) }),
			texts("WRITES", "writes", "-", func(c usedConnection) string {
				if c.ReadOnly {
					return "no"
				}
				return "yes"
			}),
			texts("ACCOUNT", "account", "", func(c usedConnection) string { return c.Account }),
		},
		json: func(c usedConnection) record {
			return connectionRecord{c.Name, c.used, c.Cloud, tenantKind(c.Connection), c.Tenant, c.ClientID, string(c.SignIn), c.Account, c.ReadOnly, c.Word}
		},
	}
}

func (p *program) connectionsList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "the connections of the configuration", Args: noArgs,
		Example: "  muster connections list --json\n  muster connections list --filter writes:yes --fields name,tenant",
	}
	return listsHere(p, c, connectionListing(), func(c *cobra.Command, k look) error {
		conf, err := p.configured()
		if err != nil {
			return err
		}
		p.warn(conf)
		var all []usedConnection
		for _, one := range conf.Connections {
			all = append(all, usedConnection{one, one.Name == conf.Use})
		}
		return connectionListing().whole(c.Context(), &session{program: p}, k, all, nil)
	})
}

func (p *program) connectionsAdd() *cobra.Command {
	n := model.Connection{Discovery: true, ReadOnly: true}
	var explain, writes bool
	var way, customers string
	c := &cobra.Command{
		Use: "add NAME", Short: "add a connection to a real tenant", Long: connectionsAddHelp,
		Example: "  muster connections add contoso --tenant contoso.onmicrosoft.com --client-id GUID\n  muster connections add --explain",
		RunE: func(c *cobra.Command, args []string) error {
			if explain {
				p.out.line("%s", model.TenantNeeds)
				return nil
			}
			if err := exactly("NAME")(c, args); err != nil {
				return err
			}
			n.Name, n.SignIn, n.ReadOnly = args[0], model.SignIn(way), !writes
			if customers != "" {
				n.Customers = strings.Split(customers, ",")
			}
			return p.addConnection(n)
		},
	}
	f := c.Flags()
	f.BoolVar(&explain, "explain", false, "say what the tenant needs for it: application, permissions, roles")
	f.StringVar(&n.Tenant, "tenant", "", "the partner's tenant, or the single one: id or domain")
	f.StringVar(&n.ClientID, "client-id", "", "id of the application")
	f.StringVar(&n.Cloud, "cloud", "global", "global, usgov, usgov-dod or china")
	f.BoolVar(&n.Single, "single", false, "a single tenant without Partner Center")
	f.StringVar(&way, "sign-in", string(model.SignInDevice), "device-code, browser, certificate, secret, workload, managed-identity or azure-cli")
	f.BoolVar(&writes, "writes", false, "let this connection change the tenant (a new one is read-only)")
	f.StringVar(&customers, "customers", "", "ids of the customers of interest, separated by commas")
	f.StringVar(&n.Word, "word", "", "a word for the header, such as LIVE")
	f.StringVar(&n.Colour, "colour", "", "its colour: "+strings.Join(model.Colours(), ", "))
	f.StringVar(&n.Certificate, "certificate", "", "file with certificate and key, of sign-in by certificate")
	f.StringVar(&n.SecretFile, "secret-file", "", "file with the secret, mode 0600, of sign-in by secret")
	f.StringVar(&n.SecretEnv, "secret-env", "", "variable with the secret, of sign-in by secret")
	f.StringVar(&n.TokenFile, "federated-token-file", "", "token file of the platform, of sign-in by workload")
	f.IntVar(&n.Port, "port", model.DefaultPort, "loopback port, of sign-in by browser")
	f.BoolVar(&n.Remember, "remember", false, "keep the sign-in between starts, its key in the kernel's keyring")
	f.StringVar(&n.CAFile, "ca-file", "", "PEM file of more certificate authorities to trust")
	return c
}

func (p *program) addConnection(n model.Connection) error {
	if p.o.Configuration == nil {
		_, err := p.configured()
		return err
	}
	if err := p.o.Configuration.Add(n); err != nil {
		if model.KindOf(err) == model.Invalid {
			return asUsage(err)
		}
		return err
	}
	p.out.line("added %s; muster --connection %s opens it, muster connections use %s makes it the usual one", n.Name, n.Name, n.Name)
	if n.ReadOnly {
		p.out.line("it is read-only: set read_only = false in %s when it may change the tenant", p.path())
	}
	return nil
}

func (p *program) path() string {
	conf, err := p.configured()
	if err != nil {
		return "the configuration"
	}
	return model.Clean(conf.Path)
}

func (p *program) connectionsRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "take a connection out of the configuration", Args: exactly("NAME"), Example: "  muster connections remove contoso",
		RunE: func(_ *cobra.Command, args []string) error {
			if p.o.SignIns != nil {
				if conf, err := p.configured(); err == nil && slices.ContainsFunc(conf.Connections, func(c model.Connection) bool { return c.Name == args[0] }) {
					if _, err := p.o.SignIns.Forget(p.target.StateDir, args[0]); err != nil {
						return err
					}
				}
			}
			return p.changeConnection(args[0], "removed "+model.Clean(args[0])+"; its operations stay in the ledger", kit.Configuration.Remove)
		},
	}
}

func (p *program) connectionsUse() *cobra.Command {
	return &cobra.Command{
		Use: "use NAME", Short: "use a connection when none is named; simulator is the embedded one", Args: exactly("NAME"),
		Example: "  muster connections use contoso\n  muster connections use simulator",
		RunE: func(_ *cobra.Command, args []string) error {
			name := args[0]
			if name == "simulator" {
				name = ""
			}
			return p.changeConnection(name, "muster now uses "+cmp.Or(model.Clean(name), "the embedded simulator"), kit.Configuration.Use)
		},
	}
}

func (p *program) changeConnection(name, done string, change func(kit.Configuration, string) error) error {
	if p.o.Configuration == nil {
		_, err := p.configured()
		return err
	}
	if err := change(p.o.Configuration, name); err != nil {
		if model.KindOf(err) == model.Invalid {
			return asUsage(err)
		}
		return err
	}
	p.out.line("%s", done)
	return nil
}

// config is what can be asked of the configuration as a whole.
func (p *program) config() *cobra.Command {
	var json bool
	check := &cobra.Command{
		Use: "check", Short: "say what in the configuration cannot be used, by line and key", Long: configHelp, Args: noArgs, Example: "  muster config check",
		RunE: func(*cobra.Command, []string) error {
			conf, err := p.configured()
			if err != nil {
				return err
			}
			r := configRecord{Path: conf.Path, Connections: len(conf.Connections), Problems: []faultyKeyRecord{}}
			for _, problem := range conf.Problems {
				r.Problems = append(r.Problems, faultyKeyRecord(problem))
			}
			if json {
				if err := p.out.object(r); err != nil {
					return err
				}
			} else {
				for _, problem := range conf.Problems {
					p.out.line("%s", problem.Text)
				}
				p.out.line("%s: %s, %s", model.Clean(conf.Path), counted(len(conf.Connections), "connection"), counted(len(conf.Problems), "problem"))
			}
			if len(conf.Problems) > 0 {
				return silent(exitUsage)
			}
			return nil
		},
	}
	jsonFlag(check, &json)
	return group("config", "the configuration file", check)
}

// counted is a number with its noun: 1 problem, 2 problems.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
