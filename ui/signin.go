package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/screen"
	"muster/ui/theme"
)

// signedIn takes news of the sign-in. A person is asked once, when nobody is signed in
// and no form or question is in the way; later by the action of that name.
func (a *App) signedIn(msg kit.SignInMsg) tea.Cmd {
	if msg.Err != nil {
		return nil
	}
	was := a.env.SignIn
	a.env.SignIn = msg.State
	next := kit.WatchSignIn(a.env, msg.Rev)
	if msg.State.Notice != "" && msg.State.Notice != was.Notice {
		a.say(kit.Toast{Text: msg.State.Notice, Tone: theme.WarnTone})
	}
	switch now := msg.State; {
	case !wanting(now) && wanting(was):
		a.owed = false
		return tea.Batch(next, a.readOn())
	case wanting(now) && now.Trouble == was.Trouble && now.Valid == was.Valid && now.Valid:
	case wanting(now) && !now.Way.Person() && now.Trouble != nil, !wanting(now) && now.Trouble != nil && now.Trouble != was.Trouble:
		a.say(kit.Failed(now.Trouble))
	case !wanting(now) || !now.Way.Person() || a.signing():
	case a.top().Card().Typing:
		a.owed = true // when what is being filled in is done
		a.say(kit.Toast{Text: "nobody is signed in any more; " + a.env.Keys.SignIn.String() + " signs in", Tone: theme.BadTone})
	case a.askedSignIn && now.Trouble == nil:
		a.say(kit.Toast{Text: "nobody is signed in any more; " + a.env.Keys.SignIn.String() + " signs in", Tone: theme.BadTone})
	default:
		return tea.Batch(next, a.askSignIn())
	}
	return next
}

// wanting reports whether somebody has to sign in before all can go on: nobody is signed
// in, or the tenant of a customer wants the person anew.
func wanting(s model.SignInState) bool {
	return s.Way != "" && (!s.Valid || s.Trouble != nil && s.Trouble.Kind == model.SignedOut)
}

// askSignIn opens the sign-in.
func (a *App) askSignIn() tea.Cmd {
	a.askedSignIn, a.owed = true, false
	return a.push(screen.NewSignIn(a.env, a.env.SignIn.Trouble))
}

// payOwed opens the sign-in that had to wait for a form.
func (a *App) payOwed() tea.Cmd {
	if !a.owed || a.signing() || a.top().Card().Typing || !wanting(a.env.SignIn) {
		return nil
	}
	return a.askSignIn()
}

// signing reports whether somebody is signing in just now.
func (a *App) signing() bool {
	return slices.ContainsFunc(a.stack, func(s kit.Screen) bool { _, ok := s.(*screen.SignIn); return ok })
}

// liftSignIn puts the sign-in above a view that was opened while it was open: which of
// the two answers comes first is chance.
func (a *App) liftSignIn() {
	for i, s := range a.stack {
		if _, ok := s.(*screen.SignIn); ok {
			a.stack = append(slices.Delete(a.stack, i, i+1), s)
			return
		}
	}
}

// readOn reads what could not be read while nobody was signed in.
func (a *App) readOn() tea.Cmd {
	if a.env.Customer.ID == "" {
		a.placed = false
		return tea.Batch(kit.FindCustomers(a.env, a.options.Customer), a.tell(kit.AgainMsg{}))
	}
	return a.tell(kit.AgainMsg{})
}

// signInAction is what asks for a sign-in; nil for a simulator.
func (a *App) signInAction() []kit.Action {
	if a.env.Backend.Identity == nil {
		return nil
	}
	return []kit.Action{{Name: "sign in", Key: a.env.Keys.SignIn, Quiet: true, Off: a.cannotSignIn,
		Help: "As the person of this connection; what was paused for it goes on.",
		Do:   func() kit.Effect { return kit.Effect{Push: screen.NewSignIn(a.env, a.env.SignIn.Trouble)} }}}
}

func (a *App) cannotSignIn() string {
	if !a.env.SignIn.Way.Person() {
		return "this connection signs in by itself"
	}
	return ""
}

// identityBadge is the word for a sign-in that does not hold.
func identityBadge(s model.SignInState) string {
	switch {
	case s.Offline:
		return "OFFLINE"
	case !s.Valid && s.Way != "":
		return "SIGNED OUT"
	case wanting(s):
		return "SIGN-IN NEEDED"
	}
	return ""
}
