package form

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/keys"
	"muster/ui/kit"
)

// settleTime is how long a question takes no answer after it was opened, so that keys
// typed ahead of it fall away. Until then it shows no bar.
const settleTime = 60 * time.Millisecond

// noKey is No in every question.
const noKey = "n"

// question is the page that asks before something happens. No is where the focus is:
// Enter goes back, and only the answer's own key does anything. Pastes are ignored.
type question struct {
	host    *Host
	title   string // clean
	lines   func(w int) []string
	answers []kit.Answer
	no      string // what No means here
	word    string // what has to be typed before the first answer counts
	typed   string
	wrong   bool   // Enter was pressed with another word typed
	undo    string // whether what is asked for can be undone; "" = nothing is written
	force   func() kit.Effect
	settled bool
	enter   bool // Enter gives the first answer: nothing is sent by it
	top     int  // first line in sight
	w, h    int
	body    []string // lines at the present width
	drawn   [2]int   // the size that body was made for
	says    []kit.Action
}

func newQuestion(h *Host, title string, lines func(w int) []string, answers ...kit.Answer) *question {
	q := &question{host: h, title: title, lines: lines, answers: answers}
	q.no = "no, go back"
	for _, a := range answers {
		if a.Key == noKey {
			q.no = a.Text
			continue
		}
		q.says = append(q.says, hint(a.Key, a.Text))
	}
	q.says = append(q.says, hint(noKey, q.no), hint("pgdown", "more"))
	return q
}

// newWrite is a question whose first answer writes: it says beside the question, where
// nothing scrolls it away, whether that can be undone.
func newWrite(h *Host, kind model.OperationKind, title string, lines func(w int) []string, answers ...kit.Answer) *question {
	q := newQuestion(h, title, lines, answers...)
	q.undo = kit.Undoing(h.env, kind)
	return q
}

// spelt makes the first answer count only after the word was typed. Then every letter
// belongs to the word, and Esc is No.
func (q *question) spelt(word string) *question {
	q.word = word
	q.says[len(q.says)-2] = hint("esc", q.no)
	return q
}

// freely makes Enter give the first answer, for a question by which nothing is sent. Its
// own key works too but is not shown: nothing harmless looks like a chosen yes.
func (q *question) freely() *question {
	q.enter = true
	q.says[0] = hint("enter", q.answers[0].Text)
	return q
}

// settle starts the time in which no answer counts.
func (q *question) settle() kit.Effect {
	q.settled, q.typed, q.wrong = false, "", false
	return kit.Effect{Cmd: kit.Settle(q.host.ask(), settleTime)}
}

func (q *question) paste(string) {}
func (q *question) resize(w, h int) {
	q.w, q.h = w, h
	if q.body == nil || q.drawn != [2]int{w, h} {
		q.body, q.drawn = q.lines(w), [2]int{w, h}
	}
	q.scroll(0)
}

// hints leaves scrolling out when there is nothing to scroll.
func (q *question) hints() []kit.Action {
	if len(q.body) <= q.room() {
		return q.says[:len(q.says)-1]
	}
	return q.says
}

func (q *question) key(msg tea.KeyPressMsg) kit.Effect {
	if !q.settled {
		return kit.Effect{}
	}
	key := msg.String()
	if key == "esc" {
		return q.host.back()
	}
	if q.move(key) {
		return kit.Effect{}
	}
	if q.word != "" && (q.typed != "" || key == "enter" || !q.isOther(key)) {
		return q.spell(msg)
	}
	switch {
	case key == "enter" && q.enter:
		return q.answers[0].Do()
	case key == "enter", key == "q":
		key = noKey
	}
	for i := range q.answers {
		if q.answers[i].Key == key && (q.word == "" || i > 0) {
			return q.answers[i].Do()
		}
	}
	if key == noKey {
		return q.host.back()
	}
	return kit.Effect{}
}

// isOther reports whether the key is that of an answer which needs no word, and does
// not begin the word.
func (q *question) isOther(key string) bool {
	return !strings.HasPrefix(q.word, key) &&
		slices.ContainsFunc(q.answers[min(1, len(q.answers)):], func(a kit.Answer) bool { return a.Key == key })
}

// spell takes the word that the first answer needs.
func (q *question) spell(msg tea.KeyPressMsg) kit.Effect {
	q.wrong = false
	switch key := msg.String(); {
	case key == "enter":
		if q.typed == q.word && len(q.answers) > 0 {
			return q.answers[0].Do()
		}
		q.wrong = true
	case key == "backspace":
		if r := []rune(q.typed); len(r) > 0 {
			q.typed = string(r[:len(r)-1])
		}
	case key == "ctrl+u":
		q.typed = ""
	case msg.Text != "" && len(q.typed) < 2*len(q.word)+16:
		q.typed += model.Clean(msg.Text)
	}
	return kit.Effect{}
}

func (q *question) move(key string) bool {
	page := max(q.room()-1, 1)
	switch key {
	case "up":
		q.scroll(-1)
	case "down":
		q.scroll(1)
	case "pgup":
		q.scroll(-page)
	case "pgdown":
		q.scroll(page)
	default:
		return false
	}
	return true
}

func (q *question) scroll(by int) { _, q.top = window(q.body, q.top+by, q.room()) }

// room is how many lines the body has between the title and the answers.
func (q *question) room() int { return max(q.h-len(q.prompt())-1, 0) }

// prompt is the question itself with its answers, which stand below what it is about.
func (q *question) prompt() []string {
	t := q.host.env.Theme
	bar := blank
	if q.settled && !q.host.saving {
		bar = t.Accent.Render(focusBar(t))
	}
	var out []string
	for _, line := range wrap(q.title, q.w-2) {
		out = append(out, bar+t.Title.Render(line))
	}
	for _, line := range wrap(q.undo, q.w-2) {
		if q.undo != "" {
			out = append(out, bar+line)
		}
	}
	if q.word != "" {
		out = append(out, bar+"type "+q.word+" and press Enter: "+t.Accent.Render(q.typed+"_"))
		if q.wrong {
			out = append(out, blank+t.Bad.Render("that is not "+q.word))
		}
	}
	parts := make([]string, 0, len(q.answers)+1)
	for i, a := range q.answers {
		if a.Key != noKey && (q.word == "" || i > 0) {
			key := a.Key
			if q.enter && i == 0 {
				key = "enter"
			}
			parts = append(parts, t.Key.Render(keys.Show(key))+" "+a.Text)
		}
	}
	no := t.Key.Render(noKey) + " " + q.no
	if q.word != "" { // every letter belongs to the word
		no = t.Key.Render("Esc") + " " + q.no
	}
	if !q.enter && q.word == "" {
		no = "[" + no + "]" // where Enter is
	}
	parts = append(parts, no)
	for _, line := range packed(parts, q.w-2) {
		out = append(out, bar+line)
	}
	return out
}

func (q *question) draw() []string {
	seen, _ := window(q.body, q.top, q.room())
	out := slices.Clip(seen)
	if len(out) > 0 {
		rest := ""
		if below := len(q.body) - q.top - len(seen); below > 0 || q.top > 0 {
			rest = q.host.env.Theme.Muted.Render(fmt.Sprintf("lines %d to %d of %s; PgUp, PgDn", q.top+1, q.top+len(seen), kit.Count(len(q.body))))
		}
		out = append(out, rest)
	}
	return append(out, q.prompt()...)
}

// confirm is a question that stands alone.
type confirm struct{ Host }

// Confirm returns the screen that asks q. Whatever is answered, the screen is gone
// before the answer takes effect.
func Confirm(env *kit.Env, q kit.Question) kit.Screen {
	c := &confirm{}
	answers := make([]kit.Answer, len(q.Answers))
	for i, a := range q.Answers {
		answers[i] = a
		answers[i].Do = func() kit.Effect {
			if a.Do == nil {
				return c.end(kit.Effect{})
			}
			return c.end(a.Do())
		}
	}
	c.env = env
	page := newWrite(&c.Host, q.Kind, q.Title, func(w int) []string {
		var out []string
		for _, line := range q.Lines {
			out = append(out, wrap(line, w)...)
		}
		return out
	}, answers...)
	page.force = q.Force
	if q.Type != "" {
		page.spelt(q.Type)
	}
	c.start(env, c, "question", page)
	c.quiet = true
	return c
}
