package form

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
)

// fields is a page of huh fields. tab and shift+tab move the focus, Enter as well but
// for text areas, where it is a line end; leaving the last field submits the page.
//
// The focus moves inside Update, never by a message of huh's, so that a key typed right
// after Enter reaches the field that Enter went to. None of huh's commands runs: what
// they would do is to blink the cursor, to read the clipboard of the machine that muster
// runs on, or to open an editor there.
type fields struct {
	host *Host
	form *huh.Form
	list []huh.Field
	// head and note stand above and below the fields; both may be nil. The note has
	// always room for noteLines, so that the fields do not move.
	head      func(w int) []string
	note      func(w int) []string
	noteLines int
	// tab is asked first when tab is pressed; true means that it was used. May be nil.
	tab func() (kit.Effect, bool)
	// changed is called after each key that went to a field; may be nil.
	changed func()
	submit  func() kit.Effect
	w, h    int
	says    []kit.Action   // which keys work, where the page knows better than guides
	guides  [][]kit.Action // which keys work on each of the fields
}

// endKey puts the cursor of a text field behind its text.
func endKey() tea.Msg { return tea.KeyPressMsg{Code: tea.KeyEnd} }

// tall is a field that takes the room that is left.
type tall interface{ stretch(h int) }

func newFields(h *Host, submit func() kit.Effect, list ...huh.Field) *fields {
	f := &fields{host: h, list: list, submit: submit}
	f.form = huh.NewForm(huh.NewGroup(list...).WithShowHelp(false).WithShowErrors(false)).
		WithKeyMap(huhKeys()).WithTheme(styles(h.env)).WithShowHelp(false)
	f.form.Init() // focuses the first field; its commands are not wanted
	f.guides = make([][]kit.Action, len(list))
	for i, field := range list {
		f.guides[i] = guide(field, i == 0, i == len(list)-1)
	}
	return f
}

func (f *fields) hints() []kit.Action {
	if f.says != nil {
		return f.says
	}
	return f.guides[max(f.place(), 0)]
}

// place is the number of the field with the focus.
func (f *fields) place() int { return slices.Index(f.list, f.focused()) }

func (f *fields) focused() huh.Field { return f.form.GetFocusedField() }

func (f *fields) last() bool { return f.focused() == f.list[len(f.list)-1] }

func (f *fields) key(msg tea.KeyPressMsg) kit.Effect {
	_, typing := f.focused().(*area)
	switch key := msg.String(); {
	case key == "esc":
		if c, ok := f.focused().(*choice); ok && c.clear() {
			return kit.Effect{}
		}
		return f.host.back()
	case key == "tab" && f.tab != nil:
		if e, used := f.tab(); used {
			return e
		}
		return f.next()
	case key == "tab", key == "enter" && !typing:
		return f.next()
	case key == "shift+tab":
		if f.focused() != f.list[0] {
			f.form.PrevField()
		}
		return kit.Effect{}
	}
	f.send(msg)
	return kit.Effect{}
}

// next leaves the field with the focus when its value is good.
func (f *fields) next() kit.Effect {
	f.form.Update(tea.KeyPressMsg{Code: tea.KeyF63})
	if f.focused().Error() != nil {
		return kit.Effect{}
	}
	if !f.last() {
		f.form.NextField()
		return kit.Effect{}
	}
	for _, field := range f.list {
		if field.Error() != nil {
			for f.focused() != field {
				f.form.PrevField()
			}
			return kit.Effect{}
		}
	}
	return f.submit()
}

func (f *fields) paste(text string) {
	if _, typing := f.focused().(*area); !typing && len(text) > model.MaxText {
		text = text[:model.MaxText]
	}
	f.send(tea.PasteMsg{Content: text})
}

func (f *fields) send(msg tea.Msg) {
	was := ""
	if !f.host.filled {
		was = fmt.Sprint(f.focused().GetValue())
	}
	f.form.Update(msg)
	f.host.filled = f.host.filled || was != fmt.Sprint(f.focused().GetValue())
	if f.changed != nil {
		f.changed()
	}
}

// searches are the fields of the page that look something up.
func (f *fields) searches(do func(*groups)) {
	for _, field := range f.list {
		if g, ok := field.(*groups); ok {
			do(g)
		}
	}
}

// seek lets the fields ask for what they need.
func (f *fields) seek() kit.Effect {
	var cmds []tea.Cmd
	f.searches(func(g *groups) {
		if e := g.seek(); e.Cmd != nil {
			cmds = append(cmds, e.Cmd)
		}
	})
	return kit.Effect{Cmd: tea.Batch(cmds...)}
}

func (f *fields) found(msg kit.GroupsMsg) { f.searches(func(g *groups) { g.found(msg) }) }

func (f *fields) halt() { f.searches((*groups).halt) }

// resize gives the field that stretches what the others leave.
func (f *fields) resize(w, h int) {
	f.w, f.h = w, h
	room := f.room()
	others := len(f.list) - 1
	var grow tall
	for _, field := range f.list {
		if t, ok := field.(tall); ok && grow == nil {
			grow = t
			continue
		}
		others += lipgloss.Height(field.View()) - 1
	}
	f.form.WithWidth(max(w, narrowest))
	if grow != nil {
		grow.stretch(max(room-others, 3))
	}
	f.form.WithHeight(max(room, 1))
	f.form.Update(nil) // draws the page anew
}

// narrowest is the least width that fields are laid out for: bubbles' input cannot be
// narrower than nothing. What is wider than the screen is cut when it is drawn.
const narrowest = 16

// room is the height that head, error and note leave.
func (f *fields) room() int { return max(f.h-len(f.above())-f.below(), 0) }

func (f *fields) above() []string {
	if f.head == nil {
		return nil
	}
	if lines := f.head(f.w); len(lines) > 0 {
		return append(lines, "")
	}
	return nil
}

// below is how many lines are kept free below the fields: the note, or what is wrong.
func (f *fields) below() int { return max(f.noteLines, 2) + 1 }

// unseen says that there are fields above or below those in sight, "" when all are.
func (f *fields) unseen() string {
	need := 0
	for _, field := range f.list {
		need += lipgloss.Height(field.View())
	}
	if len(f.list) < 2 || need <= f.room() {
		return ""
	}
	t := f.host.env.Theme
	return blank + t.Muted.Render(fmt.Sprintf("field %d of %d; tab and shift+tab show the others", f.place()+1, len(f.list)))
}

// blame takes the focus to a field and has it judge itself again.
func (f *fields) blame(field huh.Field) {
	for range f.list {
		switch at, want := f.place(), slices.Index(f.list, field); {
		case at > want:
			f.form.PrevField()
		case at < want:
			f.form.NextField()
		}
	}
	f.form.Update(tea.KeyPressMsg{Code: tea.KeyF63})
}

func (f *fields) draw() []string {
	t := f.host.env.Theme
	out := f.above()
	page := splitLines(f.form.View())
	for len(page) > 1 && strings.TrimSpace(ansi.Strip(page[len(page)-1])) == "" {
		page = page[:len(page)-1]
	}
	out = append(out, page[:min(len(page), max(f.room(), 1))]...)
	out = append(out, f.unseen())
	for _, field := range f.list {
		if err := field.Error(); err != nil {
			text := err.Error()
			if e := model.AsError(err); e != nil {
				text = e.Msg
			}
			for _, line := range wrap(t.Glyphs.Bad+" "+model.Clean(text), f.w-2) {
				out = append(out, blank+t.Bad.Render(line))
			}
			return out
		}
	}
	if f.note != nil {
		out = append(out, f.note(f.w)...)
	}
	return out
}
