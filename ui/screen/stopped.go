package screen

import (
	"muster/model"
	"muster/ui/kit"
)

// AskStopped asks what to do with an operation of which something was not sent. then
// goes on to the next one once this one is decided or left; it may be nil. Dropping
// has a question of its own, with the count; from there No comes back here.
func AskStopped(env *kit.Env, o model.Operation, then func() kit.Effect) kit.Screen {
	unsent := o.Rows.Queued
	next := func(e kit.Effect) kit.Effect {
		if then != nil {
			e.Push = then().Push
		}
		return e
	}
	return env.Forms.Confirm(env, kit.Question{
		Title: "Continue " + model.Clean(o.Title) + "?", Kind: o.Kind,
		Lines: []string{
			"stopped at " + kit.Count(o.Rows.Total()-unsent) + " of " + kit.Count(o.Rows.Total()) + ": continue or drop?",
			"Asked " + env.Stamp(o.Created) + " for " + customerOf(o) + ".",
			"Continue sends " + kit.Counted(unsent, "row", "rows") + ". Drop asks once more, then " + oneOf(unsent, "it is", "they are") + " never sent.",
			"Esc leaves all that is stopped waiting; the next start asks again.",
		},
		Answers: []kit.Answer{
			{Key: env.Keys.Continue[0], Text: "continue", Do: func() kit.Effect { return next(kit.Effect{Cmd: kit.Resume(env, o.ID)}) }},
			{Key: env.Keys.Drop[0], Text: "drop", Do: func() kit.Effect { return kit.Effect{Push: askDrop(env, o, then, next)} }},
			{Key: env.Keys.No[0], Text: "leave it waiting", Do: func() kit.Effect { return next(kit.Effect{}) }},
		},
	})
}

// askDrop asks whether what an operation did not send is given up.
func askDrop(env *kit.Env, o model.Operation, then func() kit.Effect, next func(kit.Effect) kit.Effect) kit.Screen {
	return env.Forms.Confirm(env, kit.Question{
		Title: "Drop " + kit.Counted(o.Rows.Queued, "row", "rows") + " of " + model.Clean(o.Title) + "?",
		Lines: []string{oneOf(o.Rows.Queued, "It was not sent and is", "They were not sent and are") + " never sent then. It cannot be undone."},
		Answers: []kit.Answer{
			{Key: env.Keys.Yes[0], Text: "drop", Do: func() kit.Effect { return next(kit.Effect{Cmd: kit.Drop(env, o.ID)}) }},
			{Key: env.Keys.No[0], Text: "no, go back", Do: func() kit.Effect { return kit.Effect{Push: AskStopped(env, o, then)} }},
		},
	})
}
