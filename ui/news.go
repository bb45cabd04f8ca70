package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// toastTime is how long a toast stays at least: the first key after it takes it away.
// No timer does, so nothing moves while nobody types.
const toastTime = 5 * time.Second

// say shows a toast and keeps it in the history.
func (a *App) say(t kit.Toast) {
	now := a.env.Now()
	a.toast, a.toasted = t, now
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
	return tea.Batch(kit.WatchJobs(a.env), a.tell(msg), a.askStopped())
}

// announce says which operations ended and how.
func (a *App) announce(ended []model.Operation) {
	switch len(ended) {
	case 0:
	case 1:
		o := ended[0]
		text := model.Clean(o.Sum())
		if o.State() != model.OperationDone {
			text += "; " + operationsKey(a.env) + " opens the operation"
		}
		a.say(kit.Toast{Text: text, Tone: toneOf(o.State())})
	default:
		worst, bad := theme.GoodTone, 0
		for _, o := range ended {
			if t := toneOf(o.State()); t != theme.GoodTone {
				worst = t
				bad++
			}
		}
		text := fmt.Sprintf("%d operations ended", len(ended))
		if bad > 0 {
			text += fmt.Sprintf(", %d of them not in full", bad)
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
}
