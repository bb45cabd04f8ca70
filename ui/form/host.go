package form

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// Host is what all forms have in common: a pile of stages, of which the last is in
// sight, the way back along them, and the saving at the end. Esc goes one stage back
// and leaves from the first; nothing is sent by leaving. ctrl+c belongs to the app.
type Host struct {
	env    *kit.Env
	self   kit.Screen // whom answers have to find
	title  string
	stages []stage
	w, h   int

	seq     uint64 // of the question that is open; other answers are stale
	saving  bool
	failed  *model.Error // why saving failed, while the form stays filled
	said    string       // what was asked for, for the toast: "policy kiosk on 300 devices"
	doing   string       // what follows once it is written down, "" for sending
	touched bool         // something was typed or chosen that would be lost
	filled  bool         // a field holds something else than at first: Esc asks
	quiet   bool         // nothing is lost by leaving: a question, a refusal
	leave   func()       // forgets secrets and ends what is under way; may be nil
	told    told
	written kit.Written // what is written down, for the screen below
}

// start gives the host its screen and its first stage.
func (h *Host) start(env *kit.Env, self kit.Screen, title string, first stage) {
	h.env, h.self, h.title = env, self, title
	h.stages = []stage{first}
}

// Resize implements [kit.Screen].
func (h *Host) Resize(w, height int) {
	h.w, h.h = w, height
	h.layout()
}

// layout tells the stage in sight how much room the host leaves it.
func (h *Host) layout() { h.top().resize(h.w, h.h-len(h.foot())) }

func (h *Host) top() stage { return h.stages[len(h.stages)-1] }

// Init implements [kit.Screen] for forms that have nothing to read.
func (h *Host) Init() kit.Effect { return h.shown() }

// ask opens a new question to the world outside and outdates the former one.
func (h *Host) ask() kit.Reply {
	h.seq++
	return kit.Reply{To: h.self, Seq: h.seq}
}

// show puts a stage on top.
func (h *Host) show(s stage) kit.Effect {
	h.failed = nil
	h.stages = append(h.stages, s)
	return h.shown()
}

// swap puts a stage in the place of the one in sight.
func (h *Host) swap(s stage) kit.Effect {
	h.stages = h.stages[:len(h.stages)-1]
	return h.show(s)
}

// shown lets the stage in sight get ready.
func (h *Host) shown() kit.Effect {
	h.layout()
	if q, ok := h.top().(*question); ok {
		return q.settle()
	}
	return h.seek()
}

// seeking is a stage with fields that look something up as one types.
type seeking interface {
	seek() kit.Effect        // asks for what is missing; nothing when it is on its way
	found(msg kit.GroupsMsg) // takes an answer, or leaves it to others
	halt()                   // gives up what is on its way
}

// seek lets the stage in sight look up what it needs.
func (h *Host) seek() kit.Effect {
	if s, ok := h.top().(seeking); ok && !h.saving {
		return s.seek()
	}
	return kit.Effect{}
}

// refusal is the page that stands in the place of a form in a read-only session; nil
// when writing is allowed.
func (h *Host) refusal() stage {
	if !h.env.Place.ReadOnly {
		return nil
	}
	h.quiet = true
	return waiting(h, "This session is read-only: "+h.title+" is refused before anything is read or sent.")
}

// back goes to the former stage, or leaves the form from the first one.
func (h *Host) back() kit.Effect {
	h.failed = nil
	h.seq++
	if s, ok := h.top().(seeking); ok {
		s.halt()
	}
	if len(h.stages) == 1 {
		if h.filled && !h.quiet {
			return h.show(h.discard())
		}
		return h.end(kit.Effect{})
	}
	h.stages = h.stages[:len(h.stages)-1]
	return h.shown()
}

// backTo goes back to a stage of the pile.
func (h *Host) backTo(s stage) {
	for len(h.stages) > 1 && h.top() != s {
		h.stages = h.stages[:len(h.stages)-1]
	}
}

// discard asks whether what is filled in is thrown away.
func (h *Host) discard() stage {
	q := newQuestion(h, "Throw away what is filled in?", func(w int) []string { return wrap("Nothing of it was sent.", w) },
		kit.Answer{Key: "y", Text: "throw it away", Do: func() kit.Effect { return h.end(kit.Effect{}) }},
		kit.Answer{Key: noKey, Text: "keep it", Do: func() kit.Effect { return h.back() }})
	return q
}

// end closes the form with an effect that follows.
func (h *Host) end(e kit.Effect) kit.Effect {
	for _, s := range h.stages {
		if s, ok := s.(seeking); ok {
			s.halt()
		}
	}
	if h.leave != nil {
		h.leave()
	}
	h.touched, h.filled = false, false
	e.Pop = true
	return e
}

// save runs the command that writes the intent down. said is what was asked for.
func (h *Host) save(said string, cmd func(kit.Reply) tea.Cmd) kit.Effect {
	h.saving, h.failed, h.said = true, nil, said
	return kit.Effect{Cmd: cmd(h.ask())}
}

// saved closes the form when the intent is on disk, and keeps it filled when not.
func (h *Host) saved(msg kit.SavedMsg) kit.Effect {
	if msg.Seq != h.seq || !h.saving {
		return kit.Effect{}
	}
	h.saving = false
	if msg.Err != nil {
		h.failed = msg.Err
		return h.shown()
	}
	return h.end(kit.Effect{Toast: kit.Toast{
		Text: h.said + ": written down, " + cmp.Or(h.doing, "sending") + "; " + h.env.Keys.Operations.String() + " opens the operation",
		Tone: theme.GoodTone,
	}, Written: &h.written})
}

// Update implements [kit.Screen].
func (h *Host) Update(msg tea.Msg) kit.Effect {
	e := h.update(msg)
	h.layout()
	if more := h.seek(); more.Cmd != nil && !e.Pop {
		e.Cmd = tea.Batch(e.Cmd, more.Cmd)
	}
	return e
}

func (h *Host) update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return h.key(msg)
	case tea.PasteMsg:
		if !h.saving {
			h.touched = true
			h.top().paste(msg.Content)
		}
	case kit.GroupsMsg:
		for _, s := range h.stages {
			if s, ok := s.(seeking); ok {
				s.found(msg)
			}
		}
	case kit.SavedMsg:
		return h.saved(msg)
	case kit.ThemeMsg:
		if q, ok := h.top().(*question); ok {
			q.body = nil // is drawn anew
		}
	case kit.SettledMsg:
		if q, ok := h.top().(*question); ok && msg.Seq == h.seq {
			q.settled = true
		}
	}
	return kit.Effect{}
}

// key keeps from the stages what no form may have: ctrl+c is the app's, ctrl+v and
// ctrl+shift+c run the clipboard of the machine that muster runs on, and while the
// intent is being written down every key is too late.
func (h *Host) key(msg tea.KeyPressMsg) kit.Effect {
	switch msg.String() {
	case "ctrl+c":
		if q, ok := h.top().(*question); ok && q.force != nil {
			return h.end(q.force())
		}
		return kit.Effect{Pass: true}
	case "ctrl+v", "ctrl+shift+c":
		return kit.Effect{}
	}
	if h.saving {
		return kit.Effect{}
	}
	if h.env.Keys.Help.Matches(msg) && !writes(h.top()) {
		return kit.Effect{Pass: true} // the app opens the help
	}
	if msg.Text != "" {
		h.touched = true
	}
	if _, asking := h.top().(*question); !asking {
		h.failed = nil // it has been read; the form is being mended
	}
	return h.top().key(msg)
}

// foot is what stands below every stage: that it is being saved, or why it was not.
func (h *Host) foot() []string {
	t := h.env.Theme
	switch {
	case h.saving:
		return []string{"", t.Accent.Render("saving: writing it down on this machine before anything is sent")}
	case h.failed != nil:
		lines := wrap(t.Glyphs.Bad+" nothing is written down or sent: "+model.Clean(h.failed.Error()), h.w)
		lines = lines[:min(len(lines), 4)]
		for i := range lines {
			lines[i] = t.Bad.Render(lines[i])
		}
		return append([]string{""}, lines...)
	}
	return nil
}

// View implements [kit.Screen].
func (h *Host) View() string {
	foot := h.foot()
	body, _ := window(h.top().draw(), 0, h.h-len(foot))
	return fit(h.env.Theme, append(body[:len(body):len(body)], foot...), h.w, h.h)
}

// Card implements [kit.Screen].
func (h *Host) Card() kit.Card {
	c := kit.Card{Title: h.title, Typing: true}
	switch {
	case h.saving:
		c.Unsent = "the form is being written down"
		return c
	case h.touched && !h.quiet:
		c.Unsent = "the form is not sent"
	}
	c.Actions = h.told.with(h.top(), h.env.Keys.Help.String())
	return c
}
