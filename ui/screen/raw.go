package screen

import (
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"muster/model"
	"muster/ui/kit"
)

// Raw shows one object as the service has it: its JSON, read anew, secrets aside.
type Raw struct{ detail }

// NewRaw returns the raw view of an object of a customer; Init reads it. name is what
// the operator calls it.
func NewRaw(env *kit.Env, c model.CustomerID, ref model.ItemRef, name string) *Raw {
	s := &Raw{}
	s.detail = detail{env: env, name: "JSON of " + model.Clean(name), write: s.fill}
	s.actions = s.moves(env)
	s.anew(s, c, ref)
	return s
}

// Init implements kit.Screen.
func (s *Raw) Init() kit.Effect { return s.readItem() }

// Update implements kit.Screen.
func (s *Raw) Update(msg tea.Msg) kit.Effect {
	e := s.turn(msg)
	if item := s.fresh.item; !item.Read.IsZero() {
		s.facts = []string{"read " + s.env.Second(item.Read), kit.Counted(len(item.JSON), "byte", "bytes")}
	}
	return e
}

func (s *Raw) fill() {
	f := &s.fresh
	switch {
	case f.err != nil:
		s.text(1, "It could not be read: "+f.err.Error()+". "+s.env.Keys.Refresh.String()+" tries again.", s.env.Theme.Bad)
		s.add("")
	case f.item.Read.IsZero():
		s.add(" Reading" + s.env.Theme.Glyphs.Ellipsis)
	}
	if f.item.JSON != "" {
		s.text(1, f.item.JSON, lipgloss.NewStyle())
	}
	if len(s.rows) == paneLines {
		s.rows[paneLines-1] = " " + s.env.Theme.Warn.Render("What follows is not shown: it has more than "+kit.Count(paneLines-1)+" lines.")
	}
}

// rawAction is the key that shows the JSON of what which names, if anything.
func rawAction(env *kit.Env, which func() (c model.CustomerID, ref model.ItemRef, name string, ok bool)) kit.Action {
	return kit.Action{Name: "JSON", Key: env.Keys.Raw, Quiet: true, Help: "What the service has now, as it sends it; hashes, keys and passwords are hidden.",
		Do: func() kit.Effect {
			c, ref, name, _ := which()
			return kit.Effect{Push: NewRaw(env, c, ref, name)}
		},
		Off: func() string {
			if env.Backend.Items == nil {
				return "not available here"
			}
			if _, ref, _, ok := which(); !ok || ref.ID == "" {
				return "there is nothing here to read"
			}
			return ""
		}}
}
