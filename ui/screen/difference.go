package screen

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"muster/model"
	"muster/ui/kit"
)

// change is one property of which the service has another value than the screen.
type change struct{ property, shown, now string }

// Difference reads a policy or a BIOS configuration anew and shows what the service has
// now against what stands on the screen.
type Difference struct {
	detail
	seq     uint64
	began   time.Time // of the reading under way
	asOf    time.Time // of what it is compared with; zero before anything was read
	err     *model.Error
	changes []change
	// ask reads it, compare finds the changes in an answer of this kind.
	ask     func(re kit.Reply) tea.Cmd
	compare func(msg kit.Addressed) ([]change, *model.Error)
}

func newDifference(env *kit.Env, name string) *Difference {
	s := &Difference{}
	s.detail = detail{env: env, name: "difference of " + model.Clean(name), write: s.fill}
	s.actions = append([]kit.Action{{Name: "read again", Key: env.Keys.Refresh, Do: s.refresh, Help: "Read it again and compare. It changes nothing."}}, s.moves(env)...)
	return s
}

// NewPolicyDifference compares a policy with what the service has; Init reads it.
func NewPolicyDifference(env *kit.Env, shown model.ConfigurationPolicy) *Difference {
	s := newDifference(env, shown.Name)
	s.ask = func(re kit.Reply) tea.Cmd { return kit.ReadPolicies(env, re) }
	s.compare = func(msg kit.Addressed) ([]change, *model.Error) {
		m, ok := msg.(kit.PoliciesMsg)
		if !ok || m.Err != nil {
			return nil, m.Err
		}
		i := slices.IndexFunc(m.Policies, func(p model.ConfigurationPolicy) bool { return strings.EqualFold(string(p.ID), string(shown.ID)) })
		if i < 0 {
			return nil, &model.Error{Kind: model.NotFound, Op: "read policy", Msg: "the service does not have it any more"}
		}
		return policyChangesOf(env, shown, m.Policies[i]), nil
	}
	return s
}

func policyChangesOf(env *kit.Env, shown, now model.ConfigurationPolicy) []change {
	var out []change
	for _, c := range shown.Changes(now) {
		out = append(out, change{c.Property, c.Old, c.New})
	}
	was, _ := countCell(shown.Assigned)
	is, _ := countCell(now.Assigned)
	return append(out, differing(change{"devices", was, is}, change{"category", shown.Category, now.Category},
		change{"changed", env.Stamp(shown.Modified), env.Stamp(now.Modified)})...)
}

// NewBIOSDifference compares a BIOS configuration with what the service has; Init reads
// it. The content is compared when the one on the screen was read.
func NewBIOSDifference(env *kit.Env, shown model.BIOSConfiguration) *Difference {
	s := newDifference(env, shown.Name)
	s.ask = func(re kit.Reply) tea.Cmd { return kit.ReadBIOS(env, re, shown.ID) }
	s.compare = func(msg kit.Addressed) ([]change, *model.Error) {
		m, ok := msg.(kit.BIOSMsg)
		if !ok || m.Err != nil {
			return nil, m.Err
		}
		return biosChangesOf(env, shown, m.Configuration), nil
	}
	return s
}

func biosChangesOf(env *kit.Env, shown, now model.BIOSConfiguration) []change {
	out := differing(change{"name", shown.Name, now.Name}, change{"description", shown.Description, now.Description},
		change{"format", string(shown.Format), string(now.Format)}, change{"version", kit.Count(shown.Version), kit.Count(now.Version)},
		change{"file", shown.FileName, now.FileName}, change{"passwords", shown.PasswordEffect(), now.PasswordEffect()},
		change{"scope tags", strings.Join(shown.ScopeTags, ", "), strings.Join(now.ScopeTags, ", ")},
		change{"changed", env.Stamp(shown.Modified), env.Stamp(now.Modified)})
	if len(shown.Content) == 0 {
		return out
	}
	if model.IsCCTK(shown.Content) && model.IsCCTK(now.Content) {
		for _, c := range model.CCTKChanges(shown.Content, now.Content) {
			out = append(out, change{c.Name, strings.Join(c.Was, ", "), strings.Join(c.Now, ", ")})
		}
		return out
	}
	for _, l := range model.ChangedLines(shown.Content, now.Content) {
		switch l.Change {
		case model.LineRemoved:
			out = append(out, change{"line " + kit.Count(l.Was), l.Text, ""})
		case model.LineAdded:
			out = append(out, change{"line " + kit.Count(l.Now), "", l.Text})
		}
	}
	return out
}

// differing keeps the changes that are some.
func differing(all ...change) []change {
	return slices.DeleteFunc(all, func(c change) bool { return c.shown == c.now })
}

// Init implements kit.Screen.
func (s *Difference) Init() kit.Effect { return s.refresh() }

func (s *Difference) refresh() kit.Effect {
	s.seq++
	s.began = s.env.Now()
	s.facts = []string{"reading"}
	return kit.Effect{Cmd: s.ask(kit.Reply{To: s, Seq: s.seq})}
}

// Update implements kit.Screen.
func (s *Difference) Update(msg tea.Msg) kit.Effect {
	if m, ok := msg.(kit.Addressed); ok {
		if m.Address().Seq == s.seq {
			s.changes, s.err = s.compare(m)
			s.asOf = s.began
			s.facts = []string{"read " + s.env.Second(s.asOf)}
			s.redraw()
		}
		return kit.Effect{}
	}
	return s.turn(msg)
}

func (s *Difference) fill() {
	switch {
	case s.asOf.IsZero():
		s.add(" Reading" + s.env.Theme.Glyphs.Ellipsis)
		return
	case s.err != nil:
		s.text(1, "It cannot be compared: "+s.err.Error()+".", s.env.Theme.Bad)
		return
	case len(s.changes) == 0:
		s.text(1, "The service has the same as the screen.", s.env.Theme.Good)
		return
	}
	s.text(1, "The service has another version by now; nothing was changed here.", s.env.Theme.Warn)
	s.add("")
	for _, c := range s.changes {
		if !strings.Contains(c.shown+c.now, "\n") {
			s.text(1, c.property+": "+cmp.Or(c.shown, "(nothing)")+" "+s.env.Theme.Glyphs.Arrow+" "+cmp.Or(c.now, "(nothing)"), lipgloss.NewStyle())
			continue
		}
		s.title(model.Clean(c.property))
		s.field("shown", cmp.Or(c.shown, "(nothing)"))
		s.field("now", cmp.Or(c.now, "(nothing)"))
	}
}

// differenceAction is the key that compares what which names with what the service has.
func differenceAction[T any](env *kit.Env, what string, which func() (T, bool), open func(*kit.Env, T) *Difference) kit.Action {
	return kit.Action{Name: "difference", Key: env.Keys.Difference, Quiet: true, Help: "What the service has now against what the screen shows.",
		Do: func() kit.Effect {
			t, _ := which()
			return kit.Effect{Push: open(env, t)}
		},
		Off: func() string {
			if _, ok := which(); !ok {
				return "there is no " + what + " here"
			}
			return ""
		}}
}
