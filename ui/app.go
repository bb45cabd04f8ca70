// Package ui is the dashboard: the app that holds the screens, routes keys, answers
// and news to them, does what their effects ask for, and draws the frame around them.
//
// It knows no service and no disk: those are behind kit.Backend. What stands on a
// screen is the screen's own business.
package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// Options are what a dashboard is started with.
type Options struct {
	Backend kit.Backend
	Forms   kit.Forms // a nil member makes its action unavailable
	Place   kit.Place
	Close   func() error // ends the backend when another connection takes its place; nil = nothing to end
	// Configuration is the file of connections and Dial makes one of them; nil = there is
	// no other to choose.
	Configuration kit.Configuration
	Dial          kit.Dialer
	Customer      string           // id or exact name; "" takes the only one or lets the operator choose
	Now           func() time.Time // the clock; nil is this machine's
	Zone          *time.Location   // where times are shown; nil is the local one
	Version       string
	Tmux          bool // texts for the clipboard go through tmux
	Bell          bool // tell the terminal when an operation ends: by its bell, and by a notice where it knows one
	ASCII         bool // plain ASCII signs whatever the terminal says about itself
	// Crashed is told of a panic, and the dashboard then ends; nil = Bubble Tea prints it.
	Crashed func(what any, stack []byte)
}

// App is the dashboard as Bubble Tea sees it. Make it with [New].
type App struct {
	ctx     context.Context // of the program
	env     *kit.Env        // of the connection
	options Options
	actions []kit.Action // what works on every screen that is not being typed into
	leaving []kit.Action // the part of them that leads back

	stack  []kit.Screen // home at the bottom, what is in sight at the top
	views  map[kit.View]kit.Screen
	begun  map[kit.Screen]bool // whose Init has run
	cancel context.CancelFunc  // of the visit
	hangUp context.CancelFunc  // of the connection
	end    func() error        // what is to end with the connection, may be nil

	dialling bool // another connection is being made: keys would strike the present one

	toast   kit.Toast
	toasted time.Time
	newest  model.OperationID // what the last toast was about, "" for no operation
	awaited model.OperationID // to be opened when the board has it

	deaf        bool       // keys are dropped until it is known
	placed      bool       // it is known which customer to begin with, or that one has to be chosen
	asked       bool       // the operator was asked about stopped operations
	askedSignIn bool       // somebody was asked to sign in
	owed        bool       // the sign-in is asked for when nothing is being filled in
	unkept      bool       // it was said that nothing can be remembered
	quitting    kit.Screen // the question whether to quit, while it is open

	bell   bool
	notice notice

	dark, ascii bool
	chrome      chrome
	frame       string
	fresh       bool // whether frame is what View returns
}

// New returns the dashboard for a program that ends with ctx.
func New(ctx context.Context, o Options) *App {
	a := &App{ctx: ctx, options: o, dark: true, ascii: o.ASCII, bell: o.Bell}
	a.join(kit.Link{Backend: o.Backend, Place: o.Place, Close: o.Close})
	return a
}

// Init implements tea.Model: the watch on the operations and the first question, who
// the customer is.
func (a *App) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, a.watch())
}

// Update implements tea.Model.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.fresh = false
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return a, a.key(msg)
	}
	a.chrome.of = chromeKey{}
	if news, ok := msg.(interface{ From() kit.Origin }); ok && news.From() != a.env.Origin {
		return a, nil // of a connection that was left
	}
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if top := a.top(); top.Card().Typing && !a.small() {
			return a, a.perform(top, top.Update(msg))
		}
	case tea.WindowSizeMsg:
		return a, a.resize(msg.Width, msg.Height)
	case tea.EnvMsg:
		a.notice = noticeOf(msg)
		a.restyle(a.dark, a.options.ASCII || !speaksUTF8(msg))
	case tea.BackgroundColorMsg:
		a.restyle(msg.IsDark(), a.ascii)
	case kit.JobsMsg:
		return a, a.jobs(msg)
	case kit.CustomersMsg:
		return a, a.customers(msg)
	case kit.SignInMsg:
		return a, a.signedIn(msg)
	case kit.DecidedMsg:
		a.decided(msg)
	case kit.SeatMsg:
		a.seated(msg)
	case kit.ConnectedMsg:
		return a, a.connected(msg)
	case kit.LeftMsg:
		a.leftBehind(msg)
	case kit.Addressed:
		if !slices.Contains(a.alive(), msg.Address().To) {
			return a, nil // when who asked is gone, so is the answer
		}
		cmd := a.deliver(msg.Address().To, msg)
		if saved, ok := msg.(kit.SavedMsg); ok && saved.Err == nil {
			a.newest = saved.Operation
		}
		return a, cmd
	default:
		// What the library tells itself, such as a form about its fields.
		if top := a.top(); top.Card().Typing {
			return a, a.perform(top, top.Update(msg))
		}
	}
	return a, nil
}

// speaksUTF8 reports whether the operator's terminal draws more than ASCII. Without
// any word about it, it does: all of today's do.
func speaksUTF8(env tea.EnvMsg) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := env.Getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return env.Getenv("TERM") != "linux"
}

// restyle draws everything in another theme when it is another one.
func (a *App) restyle(dark, ascii bool) {
	if dark == a.dark && ascii == a.ascii {
		return
	}
	a.dark, a.ascii = dark, ascii
	a.env.Theme = theme.New(dark, ascii)
	for _, s := range a.alive() {
		s.Update(kit.ThemeMsg{})
	}
}

// deliver brings an answer to the screen that asked, wherever it is by now.
func (a *App) deliver(to kit.Screen, msg tea.Msg) tea.Cmd { return a.perform(to, to.Update(msg)) }

// tell brings news to every screen.
func (a *App) tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range a.alive() {
		cmds = append(cmds, a.perform(s, s.Update(msg)))
	}
	return tea.Batch(cmds...)
}

// key takes a key press: the screen in sight first, then what works everywhere.
func (a *App) key(msg tea.KeyPressMsg) tea.Cmd {
	if a.env.Keys.Interrupt.Matches(msg) {
		return a.interrupt()
	}
	if a.small() { // nothing is done to rows that cannot be seen
		if a.env.Keys.Quit.Matches(msg) && !a.top().Card().Typing {
			return a.quit()
		}
		return nil
	}
	if a.dialling {
		return nil
	}
	was, top := a.toast, a.top()
	card := top.Card()
	if a.premature(msg, card) {
		a.say(kit.Toast{Text: "still asking for the customers: what is typed before is dropped", Tone: theme.WarnTone})
		return nil
	}
	a.awaited = ""
	var e kit.Effect
	if msg.String() == helpAnywhere && !card.Alone {
		e = a.help()
	} else {
		e = top.Update(msg)
	}
	switch {
	case e.Pass && !card.Typing:
		e = kit.Dispatch(a.env, msg, a.reach(card))
	case e.Pass && a.env.Keys.Help.Matches(msg): // no text is being typed
		e = a.help()
	}
	cmd := a.perform(top, e)
	if !e.Pass {
		a.hush(was, msg)
	}
	return cmd
}

// premature reports whether a key is dropped because it is not known yet which customer
// to begin with: what it was meant for is not on the screen. With it goes all that
// follows, but for ctrl+c and Esc, until that is known.
func (a *App) premature(msg tea.KeyPressMsg, card kit.Card) bool {
	if a.placed || card.Typing || a.env.Keys.Back.Matches(msg) {
		a.deaf = false
		return false
	}
	works := func(act kit.Action) bool { return act.Key.Matches(msg) && act.Why(a.env) == "" }
	if !slices.ContainsFunc(card.Actions, works) && !slices.ContainsFunc(a.reach(card), works) {
		a.deaf = true
	}
	return a.deaf
}

// helpAnywhere opens the help where ? is a letter like others.
const helpAnywhere = "f1"

// The smallest terminal that everything can be seen on.
const (
	leastWidth  = 60
	leastHeight = 15
)

func (a *App) small() bool { return a.env.Width < leastWidth || a.env.Height < leastHeight }

func (a *App) resize(w, h int) tea.Cmd {
	a.env.Width, a.env.Height = max(w, 0), max(h, 0)
	for _, s := range a.alive() {
		a.fit(s)
	}
	return a.start(a.top())
}
