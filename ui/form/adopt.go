package form

import (
	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// adopt takes up a job that was started elsewhere.
type adopt struct {
	Host
	typed string // a tracking id, or the address that ends in it
}

// Adopt returns the form that asks for the tracking id of a job which was started
// elsewhere, and follows it as an operation from then on.
func Adopt(env *kit.Env) kit.Screen {
	a := &adopt{}
	a.env, a.doing = env, "following"
	f := newFields(&a.Host, a.send, newLine("Tracking id, or the whole address", &a.typed, a.check))
	f.head = func(w int) []string {
		return wrap("Which job of "+model.Clean(env.Customer.Name)+" is to be followed?", w)
	}
	f.noteLines = 5
	f.note = func(w int) []string {
		var out []string
		for _, line := range wrap("One that was started elsewhere: by the portal, by a script, or by a muster whose ledger is gone. "+
			"The id is the last part of the address that the service answered with. Nothing is sent; from then on it is an operation like any other.", w-2) {
			out = append(out, blank+env.Theme.Muted.Render(line))
		}
		return out
	}
	f.says = []kit.Action{hint("enter", "follow it"), hint("esc", "back")}
	a.start(env, a, "follow a job", f)
	return a
}

// check judges the id: it has to be one, and not that of a job which is here already.
func (a *adopt) check(text string) error {
	job := model.TrackingID(text)
	if !model.IsGUID(string(job)) {
		return &model.Error{Kind: model.Invalid, Msg: "the tracking id is not a GUID"}
	}
	if o, ok := a.env.Jobs.Tracking(job); ok {
		return &model.Error{Kind: model.Conflict, Msg: "an operation has this job already: " + model.Clean(o.Title)}
	}
	return nil
}

func (a *adopt) send() kit.Effect {
	job := model.TrackingID(a.typed)
	return a.save("job "+string(job), func(re kit.Reply) tea.Cmd { return kit.Adopt(a.env, re, a.env.Customer, job) })
}
