package form

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// syncAutopilot has Intune and the Autopilot service brought in line. Until that is
// possible again it counts down.
type syncAutopilot struct {
	Host
	state model.AutopilotSettings
	read  bool
}

// SyncAutopilot returns the form that asks for a sync.
func SyncAutopilot(env *kit.Env) kit.Screen {
	s := &syncAutopilot{}
	s.start(env, s, "sync", waiting(&s.Host, "reading when the last sync was"))
	s.quiet = true
	return s
}

// Init implements [kit.Screen].
func (s *syncAutopilot) Init() kit.Effect {
	if refused := s.refusal(); refused != nil {
		return s.swap(refused)
	}
	return s.look()
}

func (s *syncAutopilot) look() kit.Effect {
	s.swap(waiting(&s.Host, "reading when the last sync was"))
	return kit.Effect{Cmd: kit.ReadSyncState(s.env.Visit, s.env, s.ask())}
}

// Update implements [kit.Screen].
func (s *syncAutopilot) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.SyncStateMsg:
		if msg.Seq != s.seq {
			return kit.Effect{}
		}
		if msg.Err != nil {
			return s.swap(newMessage(&s.Host, s.look, func(w int) []string {
				return wrap(s.env.Theme.Glyphs.Bad+" "+kit.IntuneTrouble("the sync's state could not be read", msg.Err), w)
			}))
		}
		s.state, s.read = msg.Settings, true
		return s.decide()
	case kit.TickedMsg:
		if msg.Seq != s.seq || !s.read {
			return kit.Effect{}
		}
		return s.decide()
	}
	return s.Host.Update(msg)
}

// decide shows the question when a sync is possible, else how long it is not, counted down
// each second.
func (s *syncAutopilot) decide() kit.Effect {
	next := s.state.NextSync(s.env.Now())
	switch {
	case s.state.Syncing():
		return s.swap(newMessage(&s.Host, s.look, func(w int) []string {
			return append(wrap("A sync is under way; another one is refused until it has ended.", w), s.facts(w)...)
		}))
	case next.IsZero():
		return s.swap(newWrite(&s.Host, model.SyncAutopilot, "Have Intune and the Autopilot service brought in line?", s.facts, kit.Answer{Key: "y", Text: "sync", Do: s.send}))
	}
	e := s.swap(newMessage(&s.Host, s.look, func(w int) []string {
		out := wrap("Intune takes one sync in ten minutes. The next one is possible in "+countdown(next.Sub(s.env.Now()))+", at "+s.env.Clock(next)+".", w)
		return append(out, s.facts(w)...)
	}))
	e.Cmd = tea.Batch(e.Cmd, kit.Tick(s.ask(), time.Second))
	return e
}

// countdown writes a rest of time as minutes and seconds.
func countdown(d time.Duration) string {
	d = max(d.Round(time.Second), 0)
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

func (s *syncAutopilot) facts(w int) []string {
	t := s.env.Theme
	out := append([]string{""}, labelled(t, "customer", model.Clean(s.env.Customer.Name), w)...)
	last := "not known"
	if !s.state.LastSync.IsZero() {
		last = s.env.Stamp(s.state.LastSync)
	}
	out = append(out, labelled(t, "last", last+", "+model.Clean(s.state.Status), w)...)
	if !s.state.LastManualSync.IsZero() {
		out = append(out, labelled(t, "asked for", s.env.Stamp(s.state.LastManualSync), w)...)
	}
	return append(out, labelled(t, "effect", "devices that were uploaded, deleted or given a profile elsewhere show in Intune; no device restarts", w)...)
}

func (s *syncAutopilot) send() kit.Effect {
	return s.save("sync of "+model.Clean(s.env.Customer.Name), func(re kit.Reply) tea.Cmd {
		return kit.SyncAutopilot(s.env, re, s.env.Customer)
	})
}
