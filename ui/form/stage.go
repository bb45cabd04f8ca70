package form

import (
	tea "charm.land/bubbletea/v2"

	"muster/ui/keys"
	"muster/ui/kit"
)

// stage is one page of a form. Its state changes in key and paste alone.
type stage interface {
	key(msg tea.KeyPressMsg) kit.Effect
	paste(text string)
	// resize gives the page its rectangle; 0×0 is possible.
	resize(w, h int)
	// draw returns the lines; the host cuts what is too much.
	draw() []string
	// hints says which keys work, for the footer.
	hints() []kit.Action
}

// hint is an action that only tells of a key: forms handle their keys themselves.
func hint(key, name string) kit.Action { return kit.Action{Name: name, Key: keys.Of(key)} }

// message is a page of words: waiting, nothing there, could not be read.
type message struct {
	host  *Host
	lines func(w int) []string
	again func() kit.Effect // what r does, nil for nothing
	stop  func()            // called when the page is left with Esc; may be nil
	w     int
	says  []kit.Action
}

func newMessage(h *Host, again func() kit.Effect, lines func(w int) []string) *message {
	m := &message{host: h, lines: lines, again: again, says: []kit.Action{hint("esc", "back")}}
	if again != nil {
		m.says = append(m.says, hint("r", "try again"))
	}
	return m
}

// waiting is the page while something is read.
func waiting(h *Host, text string) *message {
	return newMessage(h, nil, func(w int) []string { return wrap(text, w) })
}

func (m *message) key(msg tea.KeyPressMsg) kit.Effect {
	switch msg.String() {
	case "esc", "q":
		if m.stop != nil {
			m.stop()
		}
		return m.host.back()
	case "r":
		if m.again != nil {
			return m.again()
		}
	}
	return kit.Effect{}
}

func (m *message) paste(string)        {}
func (m *message) resize(w, _ int)     { m.w = w }
func (m *message) draw() []string      { return m.lines(m.w) }
func (m *message) hints() []kit.Action { return m.says }
