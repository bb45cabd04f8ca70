package screen

import (
	"iter"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/keys"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

var helpSchema = fleet.Schema{{Name: "key", Title: "KEY"}, {Name: "action", Title: "ACTION"}, {Name: "help", Title: "WHAT IT DOES"}}

var helpCols = []table.Col{
	{Name: "key", Min: 6, Max: 16, Priority: 9}, {Name: "action", Min: 14, Max: 20, Priority: 8},
	{Name: "help", Min: 20, Priority: 7, Tone: helpTone},
}

// offSign begins the explanation of an action that cannot be done now.
const offSign = "not now: "

func helpTone(cell string) theme.Tone {
	if strings.HasPrefix(cell, offSign) {
		return theme.MutedTone
	}
	return theme.PlainTone
}

// Help lists the keys that are in reach, from the same values that the keys work by.
type Help struct {
	env     *kit.Env
	title   string
	list    *list[struct{}]
	actions []kit.Action
}

// NewHelp returns the help page for these actions of a screen and of the app.
func NewHelp(env *kit.Env, title string, actions []kit.Action) *Help {
	s := &Help{env: env, title: "help on " + title}
	rows := helpRows(env, actions)
	s.list = newList(env, s, listing[struct{}]{
		one: "key", many: "keys", schema: helpSchema, cols: helpCols, live: true,
		pages: func() iter.Seq2[kit.Page[struct{}], error] {
			return func(yield func(kit.Page[struct{}], error) bool) {
				yield(kit.Page[struct{}]{Rows: rows, Items: make([]struct{}, len(rows))}, nil)
			}
		},
	})
	s.actions = []kit.Action{{Name: "close", Key: env.Keys.Help, Do: func() kit.Effect { return kit.Effect{Pop: true} }}}
	s.actions = append(append(s.actions, s.list.looks()[0]), s.list.moves()...)
	return s
}

func helpRows(env *kit.Env, actions []kit.Action) []fleet.Row {
	var rows []fleet.Row
	for i := range actions {
		a := &actions[i]
		if a.Absent(env) {
			continue
		}
		text := a.Help
		if why := a.Why(env); why != "" {
			text = strings.TrimSpace(offSign + why + ". " + text)
		}
		rows = append(rows, fleet.Row{Key: a.Name + a.Key.String(), Cells: []string{allKeys(a.Key), a.Name, model.Clean(text)}})
	}
	return rows
}

// allKeys writes every key of a binding: "down j".
func allKeys(b keys.Binding) string {
	shown := make([]string, len(b))
	for i, key := range b {
		shown[i] = keys.Show(key)
	}
	return strings.Join(shown, " ")
}

// Init implements kit.Screen.
func (s *Help) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Help) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *Help) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Help) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Help) Card() kit.Card {
	c := s.list.card(s.title, s.actions)
	c.Alone = true
	return c
}
