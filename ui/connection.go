package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// join begins to work over a connection. Nothing of the former one is left: its
// environment is another value, its contexts are cancelled, its news and answers find
// nobody.
func (a *App) join(l kit.Link) {
	if a.hangUp != nil {
		a.hangUp()
	}
	root, cancel := context.WithCancel(a.ctx)
	a.hangUp, a.end = cancel, l.Close
	env := kit.NewEnv(root, l.Backend)
	env.Forms, env.Place, env.Version, env.Configuration = a.options.Forms, l.Place, a.options.Version, a.options.Configuration
	if a.options.Now != nil {
		env.Now = a.options.Now
	}
	if a.options.Zone != nil {
		env.Zone = a.options.Zone
	}
	env.Crashed, env.Tmux = a.options.Crashed, a.options.Tmux
	env.Theme = theme.New(a.dark, a.ascii)
	if was := a.env; was != nil {
		a.cancel()
		env.Width, env.Height, env.Link, env.Epoch = was.Width, was.Height, was.Link+1, was.Epoch+1
		a.options.Customer = "" // was meant for the connection of the start
	}
	a.env, a.cancel = env, nil
	a.newest, a.awaited = "", ""
	a.deaf, a.placed, a.asked, a.askedSignIn, a.owed = false, false, false, false, false
	a.leaving = a.leave()
	a.actions = a.declare()
	a.begin(model.Customer{})
}

// watch begins what a connection tells by itself, and asks who the customer is.
func (a *App) watch() tea.Cmd {
	return tea.Batch(kit.WatchJobs(a.env), kit.WatchSignIn(a.env, 0), kit.FindCustomers(a.env, a.options.Customer),
		kit.ChangeSeat(a.env, func(s model.Seat) model.Seat { return s }))
}

func (a *App) cannotConnect() string {
	if a.options.Dial == nil || a.options.Configuration == nil {
		return "not available here"
	}
	return ""
}

// connect goes over to another connection, after a question while something is unsent.
func (a *App) connect(name string) tea.Cmd {
	forms, operations := a.unsent()
	if len(forms)+len(operations) == 0 || a.env.Forms.Confirm == nil {
		return a.dial(name)
	}
	to := model.Clean(name)
	if name == "" {
		to = kit.SimulatorName
	}
	return a.push(a.env.Forms.Confirm(a.env, kit.Question{
		Title: "Leave " + model.Clean(a.env.Place.Connection) + " while something is unsent?", Lines: a.losses(forms, operations),
		Answers: []kit.Answer{
			{Key: a.env.Keys.Yes[0], Text: "go to " + to, Do: func() kit.Effect { return kit.Effect{Cmd: a.dial(name)} }},
			{Key: a.env.Keys.No[0], Text: "stay", Do: func() kit.Effect { return kit.Effect{} }},
		},
	}))
}

// dial makes the connection. The present one stays in use until that is done; keys are
// dropped meanwhile, since they are meant for the other one.
func (a *App) dial(name string) tea.Cmd {
	if why := a.cannotConnect(); why != "" {
		a.say(kit.Toast{Text: "connections: " + why, Tone: theme.WarnTone})
		return nil
	}
	a.dialling = true
	return kit.Connect(a.ctx, a.options.Dial, name)
}

// connected takes the connection that was made, and lets the former one end.
func (a *App) connected(msg kit.ConnectedMsg) tea.Cmd {
	a.dialling = false
	if msg.Err != nil {
		a.say(kit.Failed(msg.Err))
		return nil
	}
	name, end := a.env.Place.Connection, a.end
	farewell := a.farewell()
	a.join(msg.Link)
	last := kit.Leave(name, func() error {
		farewell()
		if end == nil {
			return nil
		}
		return end()
	})
	return tea.Batch(a.enter(a.top()), a.watch(), last)
}

// leftBehind takes the end of a connection that was left.
func (a *App) leftBehind(msg kit.LeftMsg) {
	if msg.Err != nil {
		a.say(kit.Toast{Text: model.Clean(msg.Name) + " did not end in order: " + model.Clean(msg.Err.Error()), Tone: theme.BadTone})
	}
}

// remember changes the seat at once, and on disk by the command.
func (a *App) remember(change func(model.Seat) model.Seat) tea.Cmd {
	a.env.Seat = change(a.env.Seat)
	return kit.ChangeSeat(a.env, change)
}

// seated takes what is on disk of the seat.
func (a *App) seated(msg kit.SeatMsg) {
	had := a.env.Seat
	a.env.Seat = had.Merge(msg.Seat)
	if msg.Err != nil && !a.unkept {
		a.unkept = true
		a.say(kit.Toast{Text: model.Clean(msg.Err.Error()), Tone: theme.WarnTone})
	}
	a.fit(a.views[kit.HomeView])
}

// farewell returns what writes down that the visit ended. It works on the disk and is
// not for the event loop.
func (a *App) farewell() func() {
	memory, now := a.env.Backend.Memory, a.env.Now()
	return func() {
		if memory == nil {
			return
		}
		// It is the last word of a session: nobody is left to hear that it failed.
		_, _ = memory.ChangeSeat(context.WithoutCancel(a.ctx), func(s model.Seat) model.Seat { return s.Merge(model.Seat{Left: now}) })
	}
}
