package screen

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model/fleet"
	"muster/ui/keys"
	"muster/ui/kit"
	"muster/ui/table"
)

// Palette lists every action in reach, filtered as one types, and does the one that is
// chosen as if its key had been pressed. It is small, so it finds its rows at once: no
// key has to wait.
type Palette struct {
	env     *kit.Env
	table   *table.Model
	ix      *fleet.Index
	keys    []keys.Binding // behind the rows of ix
	line    line
	facts   []string
	actions []kit.Action
}

// NewPalette returns the palette of these actions of a screen and of the app.
func NewPalette(env *kit.Env, actions []kit.Action) *Palette {
	s := &Palette{env: env, table: table.New(env.Theme, helpCols)}
	k := env.Keys
	left := []keys.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.HalfUp, k.HalfDown, k.Top, k.Bottom, k.Palette}
	var offered []kit.Action
	for _, a := range actions {
		if len(a.Key) > 0 && !slices.ContainsFunc(left, func(b keys.Binding) bool { return slices.Equal(a.Key, b) }) {
			offered = append(offered, a)
			s.keys = append(s.keys, a.Key)
		}
	}
	rows, _ := helpRows(env, offered)
	for i := range rows { // two actions may have one name
		rows[i].Key = strings.Join(s.keys[i], " ")
	}
	s.ix = fleet.New(helpSchema, rows...)
	s.actions = []kit.Action{{Name: "do it", Key: k.Open}, {Name: "close", Key: k.Back}}
	s.sift()
	return s
}

// sift shows the rows that hold every word of what was typed, those first whose name
// begins with it, then those whose name holds it.
func (s *Palette) sift() {
	typed := strings.ToLower(strings.TrimSpace(s.line.String()))
	words := strings.Fields(typed)
	rank := make(map[uint32]int)
	var hits []uint32
	for row := range s.ix.Len() {
		name := strings.ToLower(s.ix.Cell(row, 1))
		all := name + " " + s.ix.Cell(row, 0) + " " + strings.ToLower(s.ix.Cell(row, 2))
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) }) {
			continue
		}
		switch {
		case strings.HasPrefix(name, typed):
		case strings.Contains(name, typed):
			rank[uint32(row)] = 1
		default:
			rank[uint32(row)] = 2
		}
		hits = append(hits, uint32(row))
	}
	slices.SortStableFunc(hits, func(a, b uint32) int { return cmp.Compare(rank[a], rank[b]) })
	s.table.SetRows(s.ix, fleet.RowsOf(hits))
	s.table.Top()
	s.table.SetEmpty("No action is called like that.")
	s.facts = []string{kit.Count(len(hits)) + " of " + kit.Counted(s.ix.Len(), "action", "actions")}
}

// Init implements kit.Screen.
func (s *Palette) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *Palette) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return s.key(msg)
	case tea.PasteMsg:
		if s.line.paste(msg.Content) {
			s.sift()
		}
	case kit.ThemeMsg:
		s.table.SetTheme(s.env.Theme)
	}
	return kit.Effect{}
}

func (s *Palette) key(msg tea.KeyPressMsg) kit.Effect {
	switch k := s.env.Keys; {
	case k.Back.Matches(msg):
		return kit.Effect{Pop: true}
	case k.Open.Matches(msg):
		return s.do()
	case k.Up.Matches(msg) && msg.Text == "":
		s.table.Move(-1)
	case k.Down.Matches(msg) && msg.Text == "":
		s.table.Move(1)
	case k.PageUp.Matches(msg):
		s.table.Page(-1)
	case k.PageDown.Matches(msg):
		s.table.Page(1)
	default:
		if s.line.key(msg) {
			s.sift()
		}
	}
	return kit.Effect{}
}

// do closes the palette and presses the key of the action under the cursor.
func (s *Palette) do() kit.Effect {
	row, _, ok := s.table.Current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Pop: true, Keys: []tea.KeyPressMsg{s.keys[row].Press()}}
}

// View implements kit.Screen.
func (s *Palette) View() string { return s.table.View() }

// Resize implements kit.Screen.
func (s *Palette) Resize(w, h int) { s.table.Resize(w, h) }

// Card implements kit.Screen.
func (s *Palette) Card() kit.Card {
	return kit.Card{Title: "actions", Facts: s.facts, Actions: s.actions, Typing: true, Alone: true, Input: ":" + s.line.view()}
}
