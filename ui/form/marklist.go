package form

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// markList marks the devices of a list of serials: paste it or name its file, look at
// what was found, mark. It changes marks and nothing else.
type markList struct {
	Host
	area *area
	take func(keys []string) kit.Effect
	stop context.CancelFunc // ends the search; nil when none is under way
}

// MarkList returns the form that marks the devices of a list of serials. take is given
// the keys of the devices.
func MarkList(env *kit.Env, take func(keys []string) kit.Effect) kit.Screen {
	m := &markList{take: take}
	m.env = env
	m.quiet = true
	m.leave = m.halt
	m.area = newArea(env, "Serials", "", func(s string) error {
		if strings.TrimSpace(s) == "" {
			return &model.Error{Kind: model.Invalid, Msg: "paste serials, or type @ and the path of a file"}
		}
		return nil
	})
	m.start(env, m, "mark a list", m.page())
	return m
}

// page is where the serials are typed or pasted.
func (m *markList) page() stage {
	p := newFields(&m.Host, m.search, m.area)
	p.head = func(w int) []string {
		return wrap("Which devices of "+model.Clean(m.env.Customer.Name)+" are marked?", w)
	}
	p.noteLines = 3
	p.note = func(w int) []string {
		var out []string
		for _, line := range wrap("One serial a line, or with commas between them; compared whole, upper and lower case alike. "+
			"@ and a path takes them from a file. Tab goes on.", w-2) {
			out = append(out, blank+m.env.Theme.Muted.Render(line))
		}
		return out
	}
	p.says = []kit.Action{hint("tab", "find them"), hint("esc", "back")}
	return &serialsPage{fields: *p, area: m.area}
}

// serialsPage is a page that refuses a paste which is more than a text area draws well.
type serialsPage struct {
	fields
	area *area
}

func (p *serialsPage) paste(text string) {
	if len(text)+len(p.area.value()) > maxTyped {
		p.area.err = &model.Error{Kind: model.Invalid, Msg: "that is more than can be pasted here; put it into a file and type @ and its path"}
		return
	}
	p.fields.paste(text)
}

// search looks for the devices.
func (m *markList) search() kit.Effect {
	ctx, cancel := context.WithCancel(m.env.Visit)
	m.stop = cancel
	page := waiting(&m.Host, "looking for the devices; Esc stops")
	page.stop = m.halt
	m.show(page)
	return kit.Effect{Cmd: kit.MatchSerials(ctx, m.env, m.ask(), m.area.value())}
}

func (m *markList) halt() {
	if m.stop != nil {
		m.stop()
	}
	m.stop = nil
}

// Update implements [kit.Screen].
func (m *markList) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.MatchedMsg); ok {
		if msg.Seq != m.seq || m.stop == nil {
			return kit.Effect{}
		}
		m.halt()
		return m.found(msg)
	}
	return m.Host.Update(msg)
}

func (m *markList) found(msg kit.MatchedMsg) kit.Effect {
	if msg.Err != nil {
		e := m.back()
		m.area.err = msg.Err
		return e
	}
	lines := func(w int) []string { return m.report(msg, w) }
	if len(msg.Keys) == 0 {
		return m.swap(newQuestion(&m.Host, "None of these serials names a device", lines))
	}
	keys := msg.Keys
	q := newQuestion(&m.Host, "Mark "+kit.Counted(len(keys), "device", "devices")+"?", lines,
		kit.Answer{Key: "y", Text: "marks them", Do: func() kit.Effect { return m.end(m.take(keys)) }})
	q.freely()
	return m.swap(q)
}

// report says what was found and what was not.
func (m *markList) report(msg kit.MatchedMsg, w int) []string {
	t := m.env.Theme
	out := labelled(t, "found", kit.Counted(len(msg.Keys), "device", "devices"), w)
	name := func(title, why string, serials []string) {
		if len(serials) == 0 {
			return
		}
		out = append(out, labelled(t, title, kit.Counted(len(serials), "serial", "serials")+why, w)...)
		for _, s := range serials[:min(len(serials), shownRemarks)] {
			out = append(out, "          "+t.Warn.Render(s))
		}
		out = more(out, len(serials)-shownRemarks)
	}
	missing := ": no device has it"
	if !msg.Whole {
		missing = ": no device that was read has it, and the device list is not whole"
	}
	name("ambiguous", ": several devices have it, none of them is marked", msg.Ambiguous)
	name("missing", missing, msg.Missing)
	return out
}
