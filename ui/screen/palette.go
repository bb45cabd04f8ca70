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
// chosen as if its key had been pressed.
type Palette struct {
	picker
	ix   *fleet.Index
	keys []keys.Binding // behind the rows of ix
}

// NewPalette returns the palette of these actions of a screen and of the app.
func NewPalette(env *kit.Env, actions []kit.Action) *Palette {
	s := &Palette{}
	s.picker = picker{env: env, table: table.New(env.Theme, helpCols), sift: s.find, choose: s.do}
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
	s.find()
	return s
}

// find shows the actions that fit what was typed, the best first: by their name, then
// those whose name, key and help hold every word of it, then those whose name holds its
// letters in their order.
func (s *Palette) find() {
	typed := strings.ToLower(strings.TrimSpace(s.line.String()))
	words := strings.Fields(typed)
	type hit struct {
		row          uint32
		rank, spread int
	}
	var found []hit
	for row := range s.ix.Len() {
		name := strings.ToLower(s.ix.Cell(row, 1))
		rank, spread := fits(name, typed)
		if all := name + " " + s.ix.Cell(row, 0) + " " + strings.ToLower(s.ix.Cell(row, 2)); rank >= fitsLoosely &&
			!slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) }) {
			rank, spread = fitsInside, maxSpread // after all names
		}
		if rank != fitsNot {
			found = append(found, hit{uint32(row), rank, spread})
		}
	}
	slices.SortStableFunc(found, func(a, b hit) int { return cmp.Or(a.rank-b.rank, a.spread-b.spread) })
	hits := make([]uint32, len(found))
	for i, h := range found {
		hits[i] = h.row
	}
	s.table.SetRows(s.ix, fleet.RowsOf(hits))
	s.table.Top()
	s.table.SetEmpty("No action is called like that.")
	s.facts = []string{kit.Count(len(hits)) + " of " + kit.Counted(s.ix.Len(), "action", "actions")}
}

// Init implements kit.Screen.
func (s *Palette) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *Palette) Update(msg tea.Msg) kit.Effect { return s.update(msg) }

// do closes the palette and presses the key of the action under the cursor.
func (s *Palette) do() kit.Effect {
	row, _, ok := s.table.Current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Pop: true, Keys: []tea.KeyPressMsg{s.keys[row].Press()}}
}

// Card implements kit.Screen.
func (s *Palette) Card() kit.Card { return s.card("actions", ":") }
