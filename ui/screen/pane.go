package screen

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
)

// paneLines bounds how many lines a pane keeps.
const paneLines = 2000

// pane is text that scrolls: what details and help are made of. Text that goes in is
// cleaned here.
type pane struct {
	env  *kit.Env
	w, h int
	top  int
	rows []string
	// fields are the named values among the rows, for those who copy them.
	fields []model.Fact
}

// labelWidth is how wide the names of fields are drawn.
const labelWidth = 14

func (p *pane) reset(env *kit.Env, w, h int) {
	p.env, p.w, p.h, p.rows, p.fields = env, w, h, p.rows[:0], nil
}

// settle brings the window back to where there are lines.
func (p *pane) settle() { p.top = max(min(p.top, len(p.rows)-p.h), 0) }

// add appends a line that may be styled; it is cut to the width.
func (p *pane) add(line string) {
	if len(p.rows) < paneLines {
		p.rows = append(p.rows, line)
	}
}

// text appends outside text, wrapped.
func (p *pane) text(indent int, s string, style lipgloss.Style) {
	room := max(p.w-indent, 1)
	for _, line := range model.CleanLines(s, paneLines) {
		for _, part := range strings.Split(ansi.Wrap(line, room, " "), "\n") {
			p.add(strings.Repeat(" ", indent) + style.Render(part))
		}
	}
}

// title appends a section's name with a blank line before it.
func (p *pane) title(s string) {
	if len(p.rows) > 0 {
		p.add("")
	}
	p.add(" " + p.env.Theme.Title.Render(s))
}

// field appends a named value; nothing for an empty one.
func (p *pane) field(name, value string) {
	if value == "" {
		return
	}
	if name != "" {
		p.fields = append(p.fields, model.Fact{Name: name, Value: model.Clean(value)})
	}
	indent := labelWidth + 2
	from := len(p.rows)
	p.text(indent, value, lipgloss.NewStyle())
	if from < len(p.rows) {
		label := p.env.Theme.Label.Render(ansi.Truncate(name, labelWidth, ""))
		pad := strings.Repeat(" ", max(labelWidth-ansi.StringWidth(name), 0)+1)
		p.rows[from] = " " + label + pad + strings.TrimPrefix(p.rows[from], strings.Repeat(" ", indent))
	}
}

func (p *pane) view() string {
	var b strings.Builder
	for i := range p.h {
		if i > 0 {
			b.WriteByte('\n')
		}
		if at := p.top + i; at < len(p.rows) && p.w > 0 {
			b.WriteString(ansi.Truncate(p.rows[at], p.w, p.env.Theme.Glyphs.Ellipsis))
		}
	}
	return b.String()
}

// fact says which lines are in sight when not all are.
func (p *pane) fact() string {
	if len(p.rows) <= p.h || p.h <= 0 {
		return ""
	}
	return "lines " + kit.Count(p.top+1) + " to " + kit.Count(min(p.top+p.h, len(p.rows))) + " of " + kit.Count(len(p.rows))
}

// moves are the actions that scroll.
func (p *pane) moves(env *kit.Env) []kit.Action {
	k := env.Keys
	by := func(n func() int) func() kit.Effect {
		return func() kit.Effect {
			p.top += n()
			p.settle()
			return kit.Effect{}
		}
	}
	return []kit.Action{
		{Name: "up", Key: k.Up, Quiet: true, Help: "One line up.", Do: by(func() int { return -1 })},
		{Name: "down", Key: k.Down, Quiet: true, Help: "One line down.", Do: by(func() int { return 1 })},
		{Name: "page up", Key: k.PageUp, Quiet: true, Help: "As many lines up as are in sight.", Do: by(func() int { return -p.h })},
		{Name: "page down", Key: k.PageDown, Quiet: true, Help: "As many lines down as are in sight.", Do: by(func() int { return p.h })},
		{Name: "half page up", Key: k.HalfUp, Quiet: true, Help: "Half of what is in sight up.", Do: by(func() int { return -p.h / 2 })},
		{Name: "half page down", Key: k.HalfDown, Quiet: true, Help: "Half of what is in sight down.", Do: by(func() int { return p.h / 2 })},
		{Name: "first line", Key: k.Top, Quiet: true, Help: "To the beginning.", Do: by(func() int { return -len(p.rows) })},
		{Name: "last line", Key: k.Bottom, Quiet: true, Help: "To the end.", Do: by(func() int { return len(p.rows) })},
	}
}

// detail is the part that all details share: a pane that is written anew when the
// size, the theme or what it shows changes.
type detail struct {
	pane
	env     *kit.Env
	name    string
	facts   []string
	actions []kit.Action
	write   func() // fills the pane
	source  source
	fresh   fresh
}

// moves are the actions that scroll, and those that copy.
func (d *detail) moves(env *kit.Env) []kit.Action {
	return append(copying(env, d.copies), d.pane.moves(env)...)
}

// still is the Update of a detail that says the same as long as it is open.
func (d *detail) still(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(d.env, msg, d.actions)
	case kit.ThemeMsg:
		d.redraw()
	}
	return kit.Effect{}
}

// source is the list that a detail was opened from.
type source struct {
	began time.Time             // when it was read: nothing shown is newer
	kinds []model.OperationKind // what changes it
	read  func() kit.Effect     // reads it again
	kept  bool                  // of an earlier start
}

// follow says how old the detail is, and that r goes back to its list and reads that
// again: unless it reads its object by itself, a detail has no more than its list.
func (d *detail) follow(from source) {
	d.source = from
	d.age()
	if d.fresh.self != nil {
		return
	}
	d.actions = append(d.actions, kit.Action{Name: "refresh", Key: d.env.Keys.Refresh, Help: "Go back to the list and read it again. It changes nothing.",
		Do: func() kit.Effect {
			e := d.source.read()
			e.Pop = true
			return e
		}})
}

// tooOld says why nothing is changed from what is kept: what a change takes away has to
// be what is there now, or it could not be put back.
func tooOld(env *kit.Env, kept bool, began time.Time) string {
	if !kept {
		return ""
	}
	return "this is kept " + env.AsOf(began) + ": what changes devices waits until they are read (" + env.Keys.Refresh.String() + ")"
}

// age says how old the detail is and whether an operation ended since that changes it.
func (d *detail) age() {
	if d.source.began.IsZero() {
		return
	}
	fact := d.env.AsOf(d.source.began)
	if changedSince(d.env, d.source.began, d.source.kinds) {
		fact += ", changed since: " + d.env.Keys.Refresh.String()
	}
	d.facts = []string{fact}
}

// changedSince reports whether an operation of these kinds on the customer ended after
// a moment.
func changedSince(env *kit.Env, since time.Time, kinds []model.OperationKind) bool {
	if env.Jobs == nil || since.IsZero() {
		return false
	}
	return slices.ContainsFunc(env.Jobs.Operations, func(o model.Operation) bool {
		return o.Customer == env.Customer.ID && o.Ended.After(since) && slices.Contains(kinds, o.Kind)
	})
}

// Resize implements kit.Screen.
func (d *detail) Resize(w, h int) { d.draw(w, h) }

func (d *detail) draw(w, h int) {
	d.reset(d.env, w, h)
	d.write()
	d.settle()
}

// redraw writes the pane anew in its size.
func (d *detail) redraw() { d.draw(d.w, d.h) }

// View implements kit.Screen.
func (d *detail) View() string { return d.view() }

// Card implements kit.Screen.
func (d *detail) Card() kit.Card {
	facts := d.facts
	if f := d.fact(); f != "" {
		facts = append(facts[:len(facts):len(facts)], f)
	}
	return kit.Card{Title: d.name, Facts: facts, Actions: d.actions}
}
