package kit

import (
	tea "charm.land/bubbletea/v2"

	"muster/ui/keys"
	"muster/ui/theme"
)

// Action is something a key does. Footer, help and dispatch all come from it.
type Action struct {
	Name string       // short, for the footer: "assign policy"
	Help string       // one sentence more for the help page, may be empty
	Key  keys.Binding // what calls it
	// Hurt marks what changes the tenant: refused in a read-only session, where the footer
	// leaves it out and help says why.
	Hurt bool
	// Quiet keeps it out of the footer; help has it.
	Quiet bool
	Do    func() Effect
	// Off says why it cannot be done now, "" when it can; nil is always possible.
	Off func() string
}

// Why returns why the action cannot be done now, "" when it can.
func (a *Action) Why(env *Env) string {
	switch {
	case a.Hurt && env.Place.ReadOnly:
		return "this session is read-only"
	case a.Off != nil:
		return a.Off()
	}
	return ""
}

// Dispatch does what the key stands for among these actions. A key that none of them
// has is passed on; one whose action is off says why.
func Dispatch(env *Env, msg tea.KeyPressMsg, actions []Action) Effect {
	for i := range actions {
		a := &actions[i]
		if !a.Key.Matches(msg) {
			continue
		}
		if why := a.Why(env); why != "" {
			return Effect{Toast: Toast{Text: a.Name + ": " + why, Tone: theme.WarnTone}}
		}
		if a.Do == nil {
			return Effect{}
		}
		return a.Do()
	}
	return Effect{Pass: true}
}
