package ui

import (
	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/screen"
	"muster/ui/theme"
)

// unsent says what quitting now would lose, which are forms, and what it would delay,
// which are operations.
func (a *App) unsent() (forms, operations []string) {
	for _, s := range a.stack {
		if u := s.Card().Unsent; u != "" {
			forms = append(forms, s.Card().Title+": "+u)
		}
	}
	if a.env.Jobs != nil {
		for _, o := range a.env.Jobs.Operations {
			if n := o.Rows.Queued + o.Rows.InFlight; o.Mine && n > 0 && o.State() == model.OperationRunning {
				operations = append(operations, model.Clean(o.Title)+": "+kit.Counted(n, "row", "rows")+" not sent yet")
			}
		}
	}
	return forms, operations
}

// mostUnsent is how many forms, and how many operations, the question names.
const mostUnsent = 4

// losses says what becomes of what is unsent when the program ends now.
func (a *App) losses(forms, operations []string) []string {
	var out []string
	name := func(list []string) {
		out = append(out, list[:min(len(list), mostUnsent)]...)
		if more := len(list) - mostUnsent; more > 0 {
			out = append(out, "and "+kit.Count(more)+" more")
		}
	}
	name(forms)
	name(operations)
	out = append(out, "")
	if len(forms) > 0 {
		out = append(out, "What is filled in is lost.")
	}
	switch {
	case len(operations) == 0:
	case a.env.Place.Forgotten:
		out = append(out, "The simulator ends with the program: what is not sent is forgotten, as is everything else.")
	default:
		out = append(out, "What is not sent waits on this machine; the next start asks what to do with it.")
	}
	return out
}

// quit ends the program, after a question while something is unsent.
func (a *App) quit() tea.Cmd {
	forms, operations := a.unsent()
	if len(forms)+len(operations) == 0 || a.env.Forms.Confirm == nil {
		return tea.Quit
	}
	title := "Quit while something is unsent?"
	if len(operations) == 0 {
		title = "Quit and lose what is filled in?"
	}
	leave := func() kit.Effect { return kit.Effect{Quit: true} }
	a.quitting = a.env.Forms.Confirm(a.env, kit.Question{
		Title: title, Lines: a.losses(forms, operations), Force: leave,
		Answers: []kit.Answer{
			{Key: a.env.Keys.Yes[0], Text: "quit", Do: leave},
			{Key: a.env.Keys.No[0], Text: "stay", Do: func() kit.Effect { return kit.Effect{} }},
		},
	})
	return a.push(a.quitting)
}

// interrupt is ctrl+c: quits, asks while something is unsent, and quits for good the
// second time.
func (a *App) interrupt() tea.Cmd {
	if a.quitting != nil {
		return tea.Quit
	}
	return a.quit()
}

// askStopped asks about the operations that a former run left, once, when both the
// board and the place are known. A form is not disturbed: then a toast says so.
func (a *App) askStopped() tea.Cmd {
	if a.asked || !a.placed || a.env.Jobs == nil {
		return nil
	}
	a.asked = true
	n := a.env.Jobs.Stopped()
	if n == 0 || a.env.Place.ReadOnly {
		return nil
	}
	if a.env.Forms.Confirm == nil || a.top().Card().Typing {
		a.say(kit.Toast{Text: kit.Counted(n, "operation is", "operations are") + " stopped; " + operationsKey(a.env) + " opens the operations", Tone: theme.WarnTone})
		return nil
	}
	var stopped []model.Operation
	for _, o := range a.env.Jobs.Operations {
		if o.Waits() {
			stopped = append(stopped, o)
		}
	}
	return a.push(a.askNext(stopped))
}

// askNext asks about the first of these operations and then about the others.
func (a *App) askNext(stopped []model.Operation) kit.Screen {
	return screen.AskStopped(a.env, stopped[0], func() kit.Effect {
		if len(stopped) < 2 {
			return kit.Effect{}
		}
		return kit.Effect{Push: a.askNext(stopped[1:])}
	})
}
