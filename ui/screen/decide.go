package screen

import (
	"fmt"

	"muster/model"
	"muster/ui/kit"
)

// The decisions that an operator can take about an operation. Each is asked first,
// with its count, since each changes a tenant or what will be sent to it.

// AskStopped asks what to do with an operation of which something was not sent.
func AskStopped(env *kit.Env, o model.Operation, then func() kit.Effect) kit.Screen {
	unsent := o.Rows.Queued
	answer := func(do func() kit.Effect) func() kit.Effect {
		return func() kit.Effect {
			e := do()
			if then != nil {
				more := then()
				e.Push = more.Push
			}
			return e
		}
	}
	return env.Forms.Confirm(env, kit.Question{
		Title: model.Clean(o.Title),
		Lines: []string{
			fmt.Sprintf("stopped at %s of %s: continue or drop?", kit.Count(o.Rows.Total()-unsent), kit.Count(o.Rows.Total())),
			"Asked " + env.Stamp(o.Created) + " for " + customerOf(o) + ".",
			"Continue sends " + kit.Counted(unsent, "row", "rows") + ". Drop gives " + oneOf(unsent, "it", "them") + " up. Esc leaves it stopped.",
		},
		Answers: []kit.Answer{
			{Key: env.Keys.Continue[0], Text: "continue", Do: answer(func() kit.Effect { return kit.Effect{Cmd: kit.Resume(env, o.ID)} })},
			{Key: env.Keys.Drop[0], Text: "drop", Do: answer(func() kit.Effect { return kit.Effect{Cmd: kit.Drop(env, o.ID)} })},
		},
	})
}

func customerOf(o model.Operation) string {
	if o.CustomerName != "" {
		return model.Clean(o.CustomerName)
	}
	return model.Clean(string(o.Customer))
}

// ask is one decision with a yes and a no.
func ask(env *kit.Env, title string, lines []string, yes string, do func() kit.Effect) kit.Effect {
	return kit.Effect{Push: env.Forms.Confirm(env, kit.Question{
		Title: title, Lines: lines,
		Answers: []kit.Answer{
			{Key: env.Keys.Yes[0], Text: yes, Do: do},
			{Key: env.Keys.No[0], Text: "no", Do: func() kit.Effect { return kit.Effect{} }},
		},
	})}
}

// decisions are the actions on an operation; which says which one, if any.
func decisions(env *kit.Env, which func() (model.Operation, bool)) []kit.Action {
	k := env.Keys
	off := func(why func(o model.Operation) string) func() string {
		return func() string {
			o, ok := which()
			switch {
			case !ok:
				return "there is no operation here"
			case env.Forms.Confirm == nil:
				return "not available here"
			}
			return why(o)
		}
	}
	do := func(f func(o model.Operation) kit.Effect) func() kit.Effect {
		return func() kit.Effect {
			o, ok := which()
			if !ok {
				return kit.Effect{}
			}
			return f(o)
		}
	}
	stopped := off(func(o model.Operation) string {
		if o.State() != model.OperationStopped {
			return "the operation is not stopped"
		}
		return ""
	})
	unknown := off(func(o model.Operation) string {
		if o.Rows.Unknown == 0 {
			return "no row's outcome is unknown"
		}
		return ""
	})
	return []kit.Action{
		{Name: "continue", Key: k.Continue, Hurt: true, Off: stopped, Help: "Send what a stopped operation has not sent.",
			Do: do(func(o model.Operation) kit.Effect {
				return ask(env, "Continue "+model.Clean(o.Title)+"?", []string{kit.Counted(o.Rows.Queued, "row is", "rows are") + " sent that waited."},
					"continue", func() kit.Effect { return kit.Effect{Cmd: kit.Resume(env, o.ID)} })
			})},
		{Name: "drop", Key: k.Drop, Hurt: true, Off: stopped, Help: "Give up what a stopped operation has not sent.",
			Do: do(func(o model.Operation) kit.Effect {
				return ask(env, "Drop the rest of "+model.Clean(o.Title)+"?", []string{kit.Counted(o.Rows.Queued, "row is", "rows are") + " never sent."},
					"drop", func() kit.Effect { return kit.Effect{Cmd: kit.Drop(env, o.ID)} })
			})},
		{Name: "again", Key: k.Again, Hurt: true, Off: unknown, Help: "Send the rows of unknown outcome again, with the request ids they had.",
			Do: do(func(o model.Operation) kit.Effect {
				return ask(env, "Send "+kit.Counted(o.Rows.Unknown, "row", "rows")+" again?",
					[]string{model.Clean(o.Title), "They were sent, no answer came back, and they were not found.", "The service sees the request ids of the first time."},
					"send again", func() kit.Effect { return kit.Effect{Cmd: kit.Retry(env, o.ID)} })
			})},
	}
}
