package screen

import (
	"iter"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

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
	list    *list[string] // behind each row stands its explanation
	w, h    int
	actions []kit.Action
}

// NewHelp returns the help page for these actions of a screen and of the app.
func NewHelp(env *kit.Env, title string, actions []kit.Action) *Help {
	s := &Help{env: env, title: "help on " + title}
	rows, texts := helpRows(env, actions)
	s.list = newList(env, s, listing[string]{
		one: "key", many: "keys", schema: helpSchema, cols: helpCols, live: true,
		pages: func() iter.Seq2[kit.Page[string], error] {
			return func(yield func(kit.Page[string], error) bool) {
				yield(kit.Page[string]{Rows: rows, Items: texts}, nil)
			}
		},
	})
	s.actions = []kit.Action{{Name: "close", Key: env.Keys.Help, Do: func() kit.Effect { return kit.Effect{Pop: true} }}}
	s.actions = append(append(s.actions, s.list.looks()[0]), s.list.moves()...)
	return s
}

// helpRows are the actions with what each of them does. One that a read-only session
// refuses is among them, with the reason.
func helpRows(env *kit.Env, actions []kit.Action) (rows []fleet.Row, texts []string) {
	for i := range actions {
		a := &actions[i]
		text := a.Help
		if why := a.Why(env); why != "" {
			text = strings.TrimSpace(offSign + why + ". " + text)
		}
		text = model.Clean(text)
		rows = append(rows, fleet.Row{Key: a.Name + a.Key.String(), Cells: []string{allKeys(a.Key), a.Name, text}})
		texts = append(texts, text)
	}
	return rows, texts
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
func (s *Help) View() string {
	below := s.explained()
	if below == 0 {
		return s.list.view()
	}
	lines := make([]string, below)
	if text, _, ok := s.list.current(); ok {
		copy(lines[1:], strings.Split(ansi.Wrap(text, max(s.w-4, 1), " "), "\n"))
	}
	for i := range lines {
		if lines[i] != "" {
			lines[i] = ansi.Truncate("  "+lines[i], max(s.w, 0), "")
		}
	}
	return s.list.view() + "\n" + strings.Join(lines, "\n")
}

// explained is how many lines below the list say in full what the key under the cursor
// does: the column has no room for it on most terminals.
func (s *Help) explained() int {
	if s.h < 8 {
		return 0
	}
	return 4
}

// Resize implements kit.Screen.
func (s *Help) Resize(w, h int) {
	s.w, s.h = w, h
	s.list.resize(w, h-s.explained())
}

// Card implements kit.Screen.
func (s *Help) Card() kit.Card {
	c := s.list.card(s.title, s.actions)
	c.Alone = true
	return c
}
