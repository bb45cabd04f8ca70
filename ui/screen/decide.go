package screen

import (
	"strings"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// The decisions that an operator can take about an operation. Each is asked first,
// with its count, since each changes a tenant or what will be sent to it.

func customerOf(o model.Operation) string {
	if o.CustomerName != "" {
		return model.Clean(o.CustomerName)
	}
	return model.Clean(string(o.Customer))
}

// ask is one decision with a yes and a no. kind is what the yes writes, OtherOperation for
// nothing.
func ask(env *kit.Env, kind model.OperationKind, title string, lines []string, yes string, do func() kit.Effect) kit.Effect {
	return kit.Effect{Push: env.Forms.Confirm(env, kit.Question{
		Title: title, Lines: lines, Kind: kind,
		Answers: []kit.Answer{
			{Key: env.Keys.Yes[0], Text: yes, Do: do},
			{Key: env.Keys.No[0], Text: "no", Do: func() kit.Effect { return kit.Effect{} }},
		},
	})}
}

// decisions are the actions on an operation; which says which one, if any. Answers go
// to self.
func decisions(env *kit.Env, self kit.Screen, which func() (model.Operation, bool)) []kit.Action {
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
	return []kit.Action{
		{Name: "continue", Key: k.Continue, Hurt: true, Off: off(cannotContinue), Help: "Send what a stopped operation has not sent.",
			Do: do(func(o model.Operation) kit.Effect {
				return ask(env, o.Kind, "Continue "+model.Clean(o.Title)+"?", []string{kit.Counted(o.Rows.Queued, "row is", "rows are") + " sent that waited."},
					"continue", func() kit.Effect { return kit.Effect{Cmd: kit.Resume(env, o.ID)} })
			})},
		{Name: "drop", Key: k.Drop, Hurt: true, Off: off(cannotStop), Help: "Give up what is not sent yet. What was sent goes on at the service.",
			Do: do(func(o model.Operation) kit.Effect { return askStop(env, o) })},
		{Name: "again", Key: k.Again, Hurt: true, Off: off(cannotRetry),
			Help: "Send again what may pass the second time: rows of unknown outcome, jobs that were refused, passing faults. Without such rows: look for devices that are there already.",
			Do:   do(func(o model.Operation) kit.Effect { return kit.Effect{Cmd: kit.Retryable(env, kit.Reply{To: self}, o)} })},
		{Name: "undo", Key: k.Undo, Hurt: true, Off: off(func(o model.Operation) string { return cannotUndo(env, o) }),
			Help: "Give devices back the policies that they had before this assignment.",
			Do:   do(func(o model.Operation) kit.Effect { return kit.Effect{Push: env.Forms.Undo(env, o)} })},
	}
}

func cannotContinue(o model.Operation) string {
	if !o.Waits() {
		return "nothing of it waits for a yes"
	}
	return ""
}

func cannotStop(o model.Operation) string {
	if o.Rows.Queued == 0 {
		return "nothing of it waits to be sent"
	}
	return ""
}

func cannotRetry(o model.Operation) string {
	if o.Rows.Unknown+o.Rows.Failed == 0 {
		return "no row failed and no row's outcome is unknown"
	}
	return ""
}

func cannotUndo(env *kit.Env, o model.Operation) string {
	switch {
	case env.Forms.Undo == nil || env.Backend.Past == nil:
		return "not available here"
	case !undoable(o.Kind):
		return "this cannot be undone: only a policy assignment and a change of Autopilot devices can"
	case o.Rows.Open() > 0:
		return "the operation has not ended"
	case o.Rows.Done == 0:
		return "no device got the policy"
	}
	return ""
}

func undoable(k model.OperationKind) bool {
	_, can := k.Inverse()
	return can
}

// askStop asks whether to give up what is not sent, and says what goes on.
func askStop(env *kit.Env, o model.Operation) kit.Effect {
	lines := []string{kit.Counted(o.Rows.Queued, "row is", "rows are") + " never sent. It cannot be undone."}
	if n := o.Rows.InFlight + o.Rows.Accepted; n > 0 {
		lines = append(lines, kit.Counted(n, "row was", "rows were")+" sent already and "+oneOf(n, "goes", "go")+" on at the service.")
	}
	return ask(env, model.OtherOperation, "Stop what is not sent of "+model.Clean(o.Title)+"?", lines, "stop",
		func() kit.Effect { return kit.Effect{Cmd: kit.Drop(env, o.ID)} })
}

// askAgain asks whether the rows that a retry would take are sent again, with their
// count and why they failed; when there is none it says what the failed ones are.
func askAgain(env *kit.Env, msg kit.RetryableMsg) kit.Effect {
	switch {
	case msg.Err != nil:
		return kit.Effect{Toast: kit.Failed(msg.Err)}
	case len(msg.Rows) == 0 && len(there(env, msg)) > 0:
		return askMend(env, msg)
	case len(msg.Rows) == 0:
		return kit.Effect{Toast: kit.Toast{Text: "again: no row can be sent again: " + strings.Join(byClass(msg.Failed), ", "), Tone: theme.WarnTone}}
	}
	o := msg.Operation
	lines := append([]string{model.Clean(o.Title)}, byClass(msg.Rows)...)
	if len(msg.Failed) > len(msg.Rows) {
		lines = append(lines, "Not sent again: "+strings.Join(byClass(others(msg.Failed, msg.Rows)), ", "))
	}
	for _, r := range msg.Rows {
		if r.State == model.RowUnknown {
			lines = append(lines, "Rows of unknown outcome go with the request ids of the first time.")
			break
		}
	}
	if n := len(there(env, msg)); n > 0 {
		lines = append(lines, "Of the others "+kit.Counted(n, "row's device is", "rows' devices are")+" there already, says the service: once these are sent again, "+
			env.Keys.Again.String()+" looks for them.")
	}
	return ask(env, o.Kind, "Send "+kit.Counted(len(msg.Rows), "row", "rows")+" again?", lines, "send again",
		func() kit.Effect { return kit.Effect{Cmd: kit.Retry(env, o.ID)} })
}

// there are the failed rows of which the service says that the customer has the device
// already, where they can be looked for.
func there(env *kit.Env, msg kit.RetryableMsg) []model.Row {
	if env.Backend.Mend == nil {
		return nil
	}
	return model.AlreadyThere(msg.Operation, msg.Failed)
}

// askMend asks whether rows whose device is there already are looked for and counted as
// done. Nothing is sent for it but reads.
func askMend(env *kit.Env, msg kit.RetryableMsg) kit.Effect {
	rows, o := there(env, msg), msg.Operation
	lines := append([]string{model.Clean(o.Title)}, byClass(rows)...)
	if len(msg.Failed) > len(rows) {
		lines = append(lines, "Left as they are: "+strings.Join(byClass(others(msg.Failed, rows)), ", "))
	}
	lines = append(lines, "The customer's devices are read; a row is done when its serial is among them. Nothing is changed at the service.")
	return ask(env, model.OtherOperation, "Look for "+kit.Counted(len(rows), "device", "devices")+" and count what is found as done?", lines, "look",
		func() kit.Effect { return kit.Effect{Cmd: kit.Mend(env, o.ID)} })
}

// others are the rows that are not among those taken.
func others(rows, taken []model.Row) []model.Row {
	in := make(map[int]bool, len(taken))
	for _, r := range taken {
		in[r.Number] = true
	}
	var out []model.Row
	for _, r := range rows {
		if !in[r.Number] {
			out = append(out, r)
		}
	}
	return out
}

// byClass counts rows by what is wrong with them: "3 rows: 640 StorageError (passing
// fault)". The first few reasons are named.
func byClass(rows []model.Row) []string {
	const shown = 4
	var order []string
	counts := map[string]int{}
	for _, r := range rows {
		why := strings.TrimSpace(model.Clean(r.Code) + " " + model.Clean(r.CodeName))
		switch {
		case r.State == model.RowUnknown:
			why = "outcome unknown"
		case why == "":
			why = "refused as a whole"
		default:
			why += " (" + model.ClassOf(r.Code, r.CodeName).String() + ")"
		}
		if counts[why] == 0 {
			order = append(order, why)
		}
		counts[why]++
	}
	var out []string
	for i, why := range order {
		if i == shown {
			out = append(out, kit.Counted(len(order)-i, "more reason", "more reasons"))
			break
		}
		out = append(out, kit.Counted(counts[why], "row", "rows")+": "+why)
	}
	return out
}
