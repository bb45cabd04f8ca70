package form

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// newConnection adds a connection to the configuration. It asks for no secret: where one
// is needed, it asks for the file or the variable that holds it. A cloud of one's own is
// described in the file only.
type newConnection struct {
	Host
	added func(name string) kit.Effect

	name, tenant, client, word string
	cloud, kind, way, writes   int
	colour                     int

	// Of the second page, which only some ways of signing in need.
	certificate, secretFile, secretEnv, tokenFile, port string
}

// NewConnection returns the form. added is done when the connection is in the file.
func NewConnection(env *kit.Env, added func(name string) kit.Effect) kit.Screen {
	c := &newConnection{added: added, port: strconv.Itoa(model.DefaultPort)}
	c.env = env
	c.start(env, c, "new connection", c.page())
	return c
}

// Update implements [kit.Screen].
func (c *newConnection) Update(msg tea.Msg) kit.Effect {
	answer, ok := msg.(kit.ConfiguredMsg)
	if !ok {
		return c.Host.Update(msg)
	}
	if answer.Seq != c.seq || !c.saving {
		return kit.Effect{}
	}
	c.saving = false
	if answer.Err != nil {
		c.failed = answer.Err
		return c.shown()
	}
	e := c.added(c.name)
	e.Toast = kit.Toast{Text: "added " + c.name + "; " + c.env.Keys.Open.String() + " works with it", Tone: theme.GoodTone}
	return c.end(e)
}

func (c *newConnection) page() stage {
	var clouds []option
	for _, cloud := range model.Clouds() {
		clouds = append(clouds, option{name: cloud.Title})
	}
	var ways []option
	for _, way := range model.SignIns() {
		ways = append(ways, option{name: string(way) + ": " + way.Words()})
	}
	colours := []option{{name: "that of the theme"}}
	for _, colour := range model.Colours() {
		colours = append(colours, option{name: colour})
	}
	f := newFields(&c.Host, c.next,
		newLine("Name, yours to choose: letters, digits, - and _", &c.name, c.judge("", &c.name)),
		newRow(c.env, "Leads to", &c.kind, option{name: "a partner and its customers"}, option{name: "a single tenant, Intune only"}),
		newLine("Tenant: its id or domain, such as contoso.onmicrosoft.com", &c.tenant, c.judge("tenant", &c.tenant)),
		newRow(c.env, "Sign-in by", &c.way, ways...),
		newLine("Application (client) id, of your app registration", &c.client, c.judge("client_id", &c.client)),
		newRow(c.env, "Cloud", &c.cloud, clouds...),
		newRow(c.env, "May change the tenant", &c.writes, option{name: "no, read-only"}, option{name: "yes, it may write"}),
		newLine("Word for the header, such as LIVE; may be empty", &c.word, c.judge("word", &c.word)),
		newRow(c.env, "Its colour", &c.colour, colours...))
	f.noteLines = 2
	f.note = c.note("Nobody is asked yet: the sign-in comes when it is first used. " + c.env.Keys.Tenant.String() + " at home says what the tenant needs.")
	return f
}

// note is a text below the fields.
func (c *newConnection) note(text string) func(w int) []string {
	return func(w int) []string {
		var out []string
		for _, l := range wrap(text, w-2) {
			out = append(out, blank+c.env.Theme.Muted.Render(l))
		}
		return out
	}
}

// judge has the model judge one field by the whole connection: what a tenant or an id has
// to be depends on the others. value is the field's own, which huh writes after judging.
func (c *newConnection) judge(key string, value *string) func(string) error {
	return func(s string) error {
		was := *value
		*value = s
		defer func() { *value = was }()
		for _, f := range c.connection().Faults() {
			if f.Key == key {
				msg := f.Msg
				if f.Hint != "" {
					msg += "; " + f.Hint
				}
				return &model.Error{Kind: model.Invalid, Msg: msg}
			}
		}
		return nil
	}
}

// connection is what the form says.
func (c *newConnection) connection() model.Connection {
	n := model.Connection{Name: strings.TrimSpace(c.name), Cloud: model.Clouds()[c.cloud].Name, Single: c.kind == 1, Tenant: strings.TrimSpace(c.tenant),
		ClientID: strings.TrimSpace(c.client), SignIn: model.SignIns()[c.way], ReadOnly: c.writes == 0, Word: strings.TrimSpace(c.word), Discovery: true, Port: model.DefaultPort}
	if c.colour > 0 {
		n.Colour = model.Colours()[c.colour-1]
	}
	switch n.SignIn {
	case model.SignInBrowser:
		n.Port, _ = strconv.Atoi(strings.TrimSpace(c.port)) // what is no number is no port either
	case model.SignInCertificate:
		n.Certificate = strings.TrimSpace(c.certificate)
	case model.SignInSecret:
		n.SecretFile, n.SecretEnv = strings.TrimSpace(c.secretFile), strings.TrimSpace(c.secretEnv)
	case model.SignInWorkload:
		n.TokenFile = strings.TrimSpace(c.tokenFile)
	}
	return n
}

// next asks what the way of signing in needs, or goes on to the question.
func (c *newConnection) next() kit.Effect {
	var list []huh.Field
	note := ""
	switch model.SignIns()[c.way] {
	case model.SignInBrowser:
		list = []huh.Field{newLine("Loopback port of the browser sign-in", &c.port, c.judge("port", &c.port))}
		note = "Reach it from your own machine: ssh -L PORT:localhost:PORT HOST."
	case model.SignInCertificate:
		list = []huh.Field{newLine("File with certificate and key, mode 0600", &c.certificate, c.judge("certificate", &c.certificate))}
		note = "PEM or PKCS#12. A password of it comes from the environment."
	case model.SignInWorkload:
		list = []huh.Field{newLine("Token file of the platform", &c.tokenFile, c.judge("token_file", &c.tokenFile))}
	case model.SignInSecret:
		list = []huh.Field{newLine("File with the secret, mode 0600; or leave it empty", &c.secretFile, func(string) error { return nil }),
			newLine("or the name of a variable that holds it", &c.secretEnv, c.judge("secret_file", &c.secretEnv))}
		note = "The secret itself never stands in the configuration."
	default:
		return c.confirm()
	}
	f := newFields(&c.Host, c.confirm, list...)
	f.noteLines = 2
	if note != "" {
		f.note = c.note(note)
	}
	return c.show(f)
}

// confirm shows what is written into the file and asks.
func (c *newConnection) confirm() kit.Effect {
	n := c.connection()
	lines := func(w int) []string {
		t := c.env.Theme
		var out []string
		add := func(label, value string) {
			if value != "" {
				out = append(out, labelled(t, label, model.Clean(value), w)...)
			}
		}
		where, _ := n.Where()
		add("tenant", n.Tenant)
		add("cloud", where.Title)
		add("sign-in", string(n.SignIn)+" at "+where.Authority)
		add("client id", n.ClientID)
		writes := "refused: read-only until the file says read_only = false"
		if !n.ReadOnly {
			writes = "allowed"
		}
		add("writes", writes)
		add("header", strings.TrimSpace(n.Word+" "+n.Colour))
		add("effect", "a table is added to the configuration; what stands there stays as it is")
		return out
	}
	return c.show(newQuestion(&c.Host, "Add the connection "+model.Clean(n.Name)+"?", lines, kit.Answer{Key: "y", Text: "add", Do: func() kit.Effect {
		return c.save(n.Name, func(re kit.Reply) tea.Cmd {
			return kit.Configure(c.env, re, func(f kit.Configuration) error { return f.Add(n) })
		})
	}}))
}
