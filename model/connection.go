package model

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Cloud is one of Microsoft's separate worlds: where to sign in and where the two
// services are. A token of one is nothing in another.
type Cloud struct {
	Name      string // as it stands in the configuration
	Title     string // for an operator
	Authority string // with a slash at its end
	Graph     string // root, without one
	Partner   string // root, without one
	// What tokens are for: the roots, except where a custom cloud says otherwise.
	GraphAudience, PartnerAudience string
}

// CloudCustom is the name of a cloud whose addresses stand in the configuration.
const CloudCustom = "custom"

// Clouds lists the four real clouds in the order in which forms show them. The
// addresses follow the reference on authentication, section 4.3.
func Clouds() []Cloud {
	const partner = "https://api.partnercenter.microsoft.com"
	return []Cloud{
		cloud("global", "global (and GCC)", "https://login.microsoftonline.com/", "https://graph.microsoft.com", partner),
		cloud("usgov", "US Government L4 (GCC High)", "https://login.microsoftonline.us/", "https://graph.microsoft.us", partner),
		cloud("usgov-dod", "US Government L5 (DoD)", "https://login.microsoftonline.us/", "https://dod-graph.microsoft.us", partner),
		cloud("china", "China, 21Vianet", "https://login.chinacloudapi.cn/", "https://microsoftgraph.chinacloudapi.cn", "https://partner.partnercenterapi.microsoftonline.cn"),
	}
}

func cloud(name, title, authority, graph, partner string) Cloud {
	return Cloud{Name: name, Title: title, Authority: authority, Graph: graph, Partner: partner, GraphAudience: graph, PartnerAudience: partner}
}

// SignIn is a way to prove who asks.
type SignIn string

// The ways of signing in, those of a person first.
const (
	SignInDevice      SignIn = "device-code"
	SignInBrowser     SignIn = "browser"
	SignInCertificate SignIn = "certificate"
	SignInSecret      SignIn = "secret"
	SignInWorkload    SignIn = "workload"
	SignInManaged     SignIn = "managed-identity"
	SignInAzureCLI    SignIn = "azure-cli"
)

// SignIns lists the ways in the order in which forms show them.
func SignIns() []SignIn {
	return []SignIn{SignInDevice, SignInBrowser, SignInCertificate, SignInSecret, SignInWorkload, SignInManaged, SignInAzureCLI}
}

// Words says what the way of signing in asks of the operator.
func (s SignIn) Words() string {
	switch s {
	case SignInDevice:
		return "a code to type on any other machine; the usual way over SSH"
	case SignInBrowser:
		return "a browser on your own machine through ssh -L; where codes are blocked"
	case SignInCertificate:
		return "an application with a certificate; unattended"
	case SignInSecret:
		return "an application with a secret; unattended, discouraged"
	case SignInWorkload:
		return "a token file of Kubernetes or a pipeline; unattended"
	case SignInManaged:
		return "the identity of an Azure machine; its own tenant only"
	case SignInAzureCLI:
		return "whoever az login knows; for developers"
	}
	return Clean(string(s))
}

// Person reports whether a person signs in, whose answer may be waited for.
func (s SignIn) Person() bool { return s == SignInDevice || s == SignInBrowser }

// Connection is how muster reaches a tenant. It holds no secret: those come from the
// environment or from a file that the connection names.
type Connection struct {
	Name      string
	Cloud     string // name of a [Cloud], or [CloudCustom]
	Single    bool   // a single tenant: Intune only, no Partner Center
	Tenant    string // the partner's, or the single one: a GUID or a domain
	ClientID  string // of the application
	SignIn    SignIn
	Account   string   // user name that signed in first; another one is refused
	AccountID string   // the same as the authority's id
	Customers []string // ids of the customers of interest; none = all that there are
	ReadOnly  bool
	Colour    string // of the word in the header
	Word      string // in the header
	Remember  bool   // keep the sign-in in the kernel's keyring

	Certificate string // file, of SignInCertificate
	SecretFile  string // file, of SignInSecret
	SecretEnv   string // name of a variable, of SignInSecret
	TokenFile   string // file, of SignInWorkload
	Port        int    // of SignInBrowser

	CAFile string // more roots to trust
	// Of a custom cloud only.
	Authority, Graph, Partner      string
	GraphAudience, PartnerAudience string // "" = the roots
	Discovery                      bool   // whether the authority is asked for at Microsoft
}

// DefaultPort is the loopback port of the browser sign-in.
const DefaultPort = 8400

// Limits of a connection's own words.
const (
	maxConnectionName = 40
	maxConnectionWord = 12
)

// Colours lists the colours of a connection's word, by their names in 16 colours.
func Colours() []string { return []string{"red", "yellow", "green", "blue", "magenta", "cyan"} }

// Where returns the cloud that the connection is in. ok is false for an unknown name.
func (c Connection) Where() (Cloud, bool) {
	if c.Cloud == CloudCustom {
		own := cloud(CloudCustom, "CUSTOM", strings.TrimSuffix(c.Authority, "/")+"/", strings.TrimSuffix(c.Graph, "/"), strings.TrimSuffix(c.Partner, "/"))
		own.GraphAudience, own.PartnerAudience = cmp.Or(c.GraphAudience, own.Graph), cmp.Or(c.PartnerAudience, own.Partner)
		return own, true
	}
	for _, known := range Clouds() {
		if known.Name == c.Cloud {
			return known, true
		}
	}
	return Cloud{}, false
}

// Fault is what is wrong with one key of a connection.
type Fault struct {
	Key  string
	Msg  string
	Hint string
}

// Faults lists everything that an operator must change, by key. None means that the
// connection can be tried.
func (c Connection) Faults() []Fault {
	var out []Fault
	bad := func(key, msg, hint string) { out = append(out, Fault{key, msg, hint}) }
	if msg := CheckConnectionName(c.Name); msg != "" {
		bad("", msg, "")
	}
	if _, ok := c.Where(); !ok {
		bad("cloud", fmt.Sprintf("there is no cloud %q", Clean(c.Cloud)), "one of global, usgov, usgov-dod, china, custom")
	}
	if c.Single && !IsGUID(c.Tenant) {
		bad("tenant", "the tenant is not a GUID", "a single tenant is named by its id")
	} else if !tenantForm(c.Tenant) {
		bad("tenant", "the tenant is neither a GUID nor a domain", "the partner's own tenant, such as contoso.onmicrosoft.com")
	}
	if c.SignIn != SignInAzureCLI && c.SignIn != SignInManaged && !IsGUID(c.ClientID) {
		bad("client_id", "the client id is not a GUID", "the application (client) id of the app registration")
	}
	for i, id := range c.Customers {
		if !IsGUID(id) {
			bad("customers", fmt.Sprintf("customer %d is not a GUID", i+1), "list tenant ids")
		}
	}
	if c.Colour != "" && !slices.Contains(Colours(), c.Colour) {
		bad("colour", fmt.Sprintf("there is no colour %q", Clean(c.Colour)), "one of "+strings.Join(Colours(), ", "))
	}
	if n := len([]rune(c.Word)); n > maxConnectionWord || Clean(c.Word) != c.Word {
		bad("word", fmt.Sprintf("the word for the header has %d characters or signs that cannot be shown", n), fmt.Sprintf("at most %d", maxConnectionWord))
	}
	return append(append(out, c.signInFaults()...), c.customFaults()...)
}

// signInFaults looks at what the way of signing in needs.
func (c Connection) signInFaults() []Fault {
	var out []Fault
	need := func(key, value, hint string) {
		if value == "" {
			out = append(out, Fault{key, fmt.Sprintf("sign-in by %s needs %s", c.SignIn, key), hint})
		}
	}
	switch c.SignIn {
	case SignInDevice, SignInManaged, SignInAzureCLI:
	case SignInBrowser:
		if c.Port < 1024 || c.Port > 65535 {
			out = append(out, Fault{"port", "the port is not between 1024 and 65535", fmt.Sprintf("usually %d", DefaultPort)})
		}
	case SignInCertificate:
		need("certificate", c.Certificate, "a PEM or PKCS#12 file with the key, mode 0600")
	case SignInWorkload:
		need("token_file", c.TokenFile, "the file that the platform writes the token to")
	case SignInSecret:
		if (c.SecretFile == "") == (c.SecretEnv == "") {
			out = append(out, Fault{"secret_file", "sign-in by secret needs secret_file or secret_env, and not both", "the secret itself never stands in the configuration"})
		}
	default:
		words := make([]string, len(SignIns()))
		for i, s := range SignIns() {
			words[i] = string(s)
		}
		out = append(out, Fault{"sign_in", fmt.Sprintf("there is no sign-in %q", Clean(string(c.SignIn))), "one of " + strings.Join(words, ", ")})
	}
	if c.Remember && !c.SignIn.Person() {
		out = append(out, Fault{"remember", "only the sign-in of a person can be remembered", "leave it out"})
	}
	return out
}

// customFaults looks at the addresses, which only a custom cloud may have.
func (c Connection) customFaults() []Fault {
	var out []Fault
	for _, a := range []struct {
		key, value string
		optional   bool
	}{{"authority", c.Authority, false}, {"graph", c.Graph, false}, {"partner", c.Partner, c.Single},
		{"graph_audience", c.GraphAudience, true}, {"partner_audience", c.PartnerAudience, true}} {
		switch u, err := url.Parse(a.value); {
		case c.Cloud != CloudCustom && a.value != "":
			out = append(out, Fault{a.key, a.key + " belongs to cloud \"custom\" only", "leave it out"})
		case c.Cloud != CloudCustom || a.value == "" && a.optional:
		case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
			out = append(out, Fault{a.key, "the address is not https://HOST", "without a user, a query or a fragment"})
		}
	}
	return out
}

// CheckConnectionName returns what is wrong with the name of a connection, or "".
func CheckConnectionName(s string) string {
	switch {
	case s == "":
		return "a connection needs a name"
	case len(s) > maxConnectionName:
		return fmt.Sprintf("the name has %d characters; the limit is %d", len(s), maxConnectionName)
	case strings.IndexFunc(s, func(r rune) bool { return !isNameRune(r) && r != '_' }) >= 0:
		return "the name of a connection has letters, digits, - and _ only"
	}
	return ""
}

// tenantForm reports whether s can be a tenant: a GUID or a domain. The words
// "organizations" and "common" are none: they let anybody in.
func tenantForm(s string) bool {
	if IsGUID(s) {
		return true
	}
	if len(s) > 253 || !strings.Contains(s, ".") || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !isNameRune(r) && r != '.'
	}) < 0
}
