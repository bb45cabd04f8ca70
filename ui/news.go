package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/screen"
	"muster/ui/theme"
)

// errorTime is how long an error stays at least, unless Esc takes it away. Other toasts
// go with the next key that does something. No timer takes one away, so nothing moves
// while nobody types.
const errorTime = 10 * time.Second

// hush takes away the toast that stood there when a key was pressed which did something.
func (a *App) hush(was kit.Toast, key tea.KeyPressMsg) {
	if a.toast != was {
		return
	}
	if was.Tone == theme.BadTone && !a.env.Keys.Back.Matches(key) && a.env.Now().Sub(a.toasted) < errorTime {
		return
	}
	a.toast = kit.Toast{}
}

// say shows a toast and keeps it in the history.
func (a *App) say(t kit.Toast) {
	now := a.env.Now()
	a.toast, a.toasted, a.newest = t, now, ""
	news := append(a.env.News, kit.News{At: now, Toast: t})
	if len(news) > kit.MaxNews {
		news = append([]kit.News(nil), news[len(news)-kit.MaxNews:]...)
	}
	a.env.News = news
	a.fit(a.views[kit.HomeView])
}

// jobs takes a newer board.
func (a *App) jobs(msg kit.JobsMsg) tea.Cmd {
	if msg.Err != nil || msg.Board == nil { // only the end of the program ends a watch
		return nil
	}
	ended := msg.Board.Finished(a.env.Jobs)
	was := a.env.Jobs
	a.env.Jobs = msg.Board
	a.announce(ended)
	if p := msg.Board.Problem; p != nil && (was == nil || was.Problem == nil) {
		a.say(kit.Failed(p))
	}
	return tea.Batch(kit.WatchJobs(a.env), a.ring(ended), a.tell(msg), a.askStopped(), a.arrived())
}

// announce says which operations ended and how.
func (a *App) announce(ended []model.Operation) {
	switch len(ended) {
	case 0:
	case 1:
		o := ended[0]
		text := model.Clean(o.Sum())
		if name := model.Clean(o.CustomerName); name != "" && o.Customer != a.env.Customer.ID {
			text = name + ": " + text
		}
		if o.State() != model.OperationDone {
			text += "; " + operationsKey(a.env) + " opens the operation"
		}
		a.say(kit.Toast{Text: text, Tone: toneOf(o.State())})
		a.newest = o.ID
	default:
		worst, bad := theme.GoodTone, 0
		for _, o := range ended {
			if t := toneOf(o.State()); t != theme.GoodTone {
				worst = t
				bad++
			}
		}
		text := kit.Count(len(ended)) + " operations ended"
		if bad > 0 {
			text += ", " + kit.Count(bad) + " of them not in full"
		}
		a.say(kit.Toast{Text: text + "; " + operationsKey(a.env) + " opens the operations", Tone: worst})
	}
}

// operationsKey is the letter that opens the operations.
func operationsKey(env *kit.Env) string {
	return env.Keys.Operations.String()
}

func toneOf(s model.OperationState) theme.Tone {
	switch s {
	case model.OperationDone:
		return theme.GoodTone
	case model.OperationFailed:
		return theme.BadTone
	}
	return theme.WarnTone
}

// decided takes the answer to a decision about an operation.
func (a *App) decided(msg kit.DecidedMsg) {
	if msg.Err != nil {
		a.say(kit.Failed(msg.Err))
		return
	}
	name := "operation"
	if o, ok := a.env.Jobs.Find(msg.Operation); ok {
		name = model.Clean(o.Title)
	}
	text := name + ": " + msg.What
	if msg.Rows > 0 {
		text += ", " + kit.Counted(msg.Rows, "row", "rows")
	}
	a.say(kit.Toast{Text: text, Tone: theme.GoodTone})
	a.newest = msg.Operation
}

// operations goes to the operations: to the very one that the last toast was about, with
// the list below it, once; else, or from that one, to the list with the cursor on the
// newest.
func (a *App) operations() kit.Effect {
	e := kit.Effect{Open: kit.Open{View: kit.OperationsView, Above: true}}
	id := a.newest
	a.newest, a.awaited = "", ""
	if id == "" || slices.ContainsFunc(a.stack, func(s kit.Screen) bool {
		o, ok := s.(*screen.Operation)
		return ok && o.Shows(id)
	}) {
		return e
	}
	o, ok := a.env.Jobs.Find(id)
	if !ok { // it is written down, but the board that has it is still on its way
		a.awaited = id
		return e
	}
	e.Push = screen.NewOperation(a.env, o)
	return e
}

// arrived opens the operation that was asked for before the board had it, when the
// operator still waits for it at the list.
func (a *App) arrived() tea.Cmd {
	if a.awaited == "" {
		return nil
	}
	if a.top() != a.views[kit.OperationsView] {
		a.awaited = ""
		return nil
	}
	o, ok := a.env.Jobs.Find(a.awaited)
	if !ok {
		return nil
	}
	a.awaited = ""
	return a.push(screen.NewOperation(a.env, o))
}
