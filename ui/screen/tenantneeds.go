package screen

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
)

// TenantNeeds says what a tenant needs before muster can be used there.
type TenantNeeds struct{ detail }

// NewTenantNeeds returns the page.
func NewTenantNeeds(env *kit.Env) *TenantNeeds {
	s := &TenantNeeds{}
	s.detail = detail{env: env, name: "connecting a tenant", write: s.fill}
	s.actions = append([]kit.Action{{Name: "connections", Key: env.Keys.Connections, Help: "Choose or add a connection.",
		Do: func() kit.Effect {
			return kit.Effect{Pop: true, Open: kit.Open{View: kit.ConnectionsView, Above: true}}
		}, Off: func() string {
			if env.Configuration == nil {
				return "not available here"
			}
			return ""
		}}}, s.pane.moves(env)...)
	return s
}

func (s *TenantNeeds) fill() {
	for line := range strings.Lines(model.TenantNeeds) {
		line = strings.TrimRight(line, "\n")
		text := strings.TrimLeft(line, " ")
		switch indent := len(line) - len(text); {
		case text == "":
			s.add("")
		case indent == 0:
			s.add(" " + s.env.Theme.Title.Render(ansi.Truncate(text, max(s.w-1, 0), "")))
		default:
			room, more := s.w-indent-1, ""
			if ansi.StringWidth(text) > room {
				room -= 4
			}
			for part := range strings.SplitSeq(ansi.Wrap(text, max(room, 1), "/?&"), "\n") {
				s.add(strings.Repeat(" ", indent+1) + more + strings.TrimLeft(part, " "))
				more = "    " // what does not fit goes on below, further in
			}
		}
	}
}

// Init implements kit.Screen.
func (s *TenantNeeds) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *TenantNeeds) Update(msg tea.Msg) kit.Effect { return s.still(msg) }
