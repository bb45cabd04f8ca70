package screen

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// Home says at a glance how things stand and which key leads where. It reads nothing
// itself: it shows what the other views know.
type Home struct {
	detail
	views []kit.Action
	inbox []model.Operation // what is in it, newest first
}

// NewHome returns the home screen. views are the app's actions that lead to the other
// views, for it to list.
func NewHome(env *kit.Env, views []kit.Action) *Home {
	s := &Home{views: views}
	s.detail = detail{env: env, name: "home", write: s.fill}
	s.actions = append([]kit.Action{{Name: "clear the inbox", Key: env.Keys.Unmark, Do: s.clear, Off: s.cannotClear,
		Help: "What is in it was seen; the operations stay where they are."}}, s.pane.moves(env)...)
	return s
}

// Init implements kit.Screen.
func (s *Home) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *Home) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	default:
		s.redraw()
	}
	return kit.Effect{}
}

func (s *Home) cannotClear() string {
	if len(s.inbox) == 0 {
		return "there is nothing in the inbox"
	}
	return ""
}

// clear takes out what the operator has seen, and nothing that ended since.
func (s *Home) clear() kit.Effect {
	return kit.Effect{Clear: s.inbox[0].Ended}
}

func (s *Home) fill() {
	s.fillDevices()
	s.fillInbox()
	s.fillOperations()
	s.fillNews()
	s.fillPlace()
	s.fillKeys()
}

// shownGroups is how many policies have a bar of their own.
const shownGroups = 3

// sideBySide is from which width on two blocks of bars stand beside each other.
const sideBySide = 76

func (s *Home) fillDevices() {
	f := s.env.Fleet
	s.facts = nil
	switch {
	case s.env.Customer.ID == "":
		s.title("All customers")
		s.add("  " + s.env.Theme.Key.Render(s.env.Keys.Customers.String()) + " chooses one of them, to see its devices")
		return
	case f.Began.IsZero():
		s.title("Devices")
		s.add("  not read yet: " + s.env.Theme.Key.Render(s.env.Keys.Devices.String()) + " reads them")
		return
	}
	words := kit.Counted(f.Devices+f.Sides.Intune, "device", "devices")
	switch {
	case f.Kept:
		words += ", kept"
	case !f.Whole:
		words += ", not all of them"
	}
	s.facts = []string{s.env.AsOf(f.Began)}
	w := s.w
	if s.w >= sideBySide {
		w = s.w / 2
	}
	left := append([]string{" " + s.env.Theme.Title.Render(words)}, s.sides(f, w)...)
	right := append([]string{" " + s.env.Theme.Title.Render("By policy")}, s.policies(f, w)...)
	if w == s.w {
		for _, line := range slices.Concat(left, []string{""}, right) {
			s.add(line)
		}
	} else {
		for i := range max(len(left), len(right)) {
			line := ""
			if i < len(left) {
				line = ansi.Truncate(left[i], w, s.env.Theme.Glyphs.Ellipsis)
			}
			if i < len(right) {
				line += strings.Repeat(" ", w-ansi.StringWidth(line)) + right[i]
			}
			s.add(line)
		}
	}
	if line := intuneTrouble(f.Sides); line != "" {
		s.text(2, line, s.env.Theme.Muted)
	}
}

// sides are the bars of where the devices are known.
func (s *Home) sides(f kit.Fleet, w int) []string {
	all := f.Devices + f.Sides.Intune
	if !f.Sides.Whole {
		return []string{s.bar("at Partner Center", f.Devices, all, theme.AccentTone, w)}
	}
	out := []string{s.bar("at both services", f.Sides.Both, all, theme.GoodTone, w)}
	for _, b := range []struct {
		name string
		n    int
	}{{"Partner Center alone", f.Sides.Partner}, {"Intune alone", f.Sides.Intune}, {"tag is not the batch", f.Sides.Differ}} {
		if b.n > 0 {
			out = append(out, s.bar(b.name, b.n, all, theme.WarnTone, w))
		}
	}
	return out
}

// policies are the bars of the policies that most devices have.
func (s *Home) policies(f kit.Fleet, w int) []string {
	type group struct {
		name string
		n    int
	}
	groups := make([]group, 0, len(f.Groups))
	for name, n := range f.Groups {
		groups = append(groups, group{name, n})
	}
	slices.SortFunc(groups, func(a, b group) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return strings.Compare(a.name, b.name)
	})
	var out []string
	rest := 0
	for i, g := range groups {
		if i >= shownGroups {
			rest += g.n
			continue
		}
		tone := theme.AccentTone
		if g.name == "" {
			g.name, tone = noPolicy, theme.MutedTone
		}
		out = append(out, s.bar(g.name, g.n, f.Devices, tone, w))
	}
	if rest > 0 {
		out = append(out, s.bar(kit.Counted(len(groups)-shownGroups, "other", "others"), rest, f.Devices, theme.MutedTone, w))
	}
	return out
}

// intuneTrouble says why Intune's devices are not all counted, "" when they are.
func intuneTrouble(f kit.Sides) string {
	switch {
	case f.Err != nil && f.Err.Kind == model.NoBackend:
		return kit.NoIntune + "."
	case f.Err != nil:
		return kit.IntuneTrouble("Intune was not read to its end", f.Err)
	}
	return ""
}

// barName is how wide the name beside a bar is drawn.
const barName = 20

// bar is a share of a whole with its number, in w cells.
func (s *Home) bar(name string, n, of int, tone theme.Tone, w int) string {
	g := s.env.Theme.Glyphs
	count := kit.Count(n)
	room := max(min(w-barName-12, 40), 0)
	full := 0
	if of > 0 {
		full = min(n*room/of, room)
	}
	if full == 0 && n > 0 && room > 0 {
		full = 1
	}
	name = ansi.Truncate(model.Clean(name), barName, g.Ellipsis)
	return "  " + name + strings.Repeat(" ", max(barName-ansi.StringWidth(name), 0)) +
		strings.Repeat(" ", max(7-len(count), 0)) + count + " " +
		s.env.Theme.Tone(tone).Render(strings.Repeat(g.Full, full)) + s.env.Theme.Muted.Render(strings.Repeat(g.Empty, room-full))
}

// hintWidth is how wide a key with its name is drawn.
const hintWidth = 19

func (s *Home) fillKeys() {
	s.title("Go to")
	var line strings.Builder
	flush := func() {
		if line.Len() > 0 {
			s.add("  " + line.String())
			line.Reset()
		}
	}
	inLine := max((s.w-2)/hintWidth, 1)
	for i, a := range s.views {
		if i%inLine == 0 {
			flush()
		}
		hint := s.env.Theme.Key.Render(a.Key.String()) + " " + a.Name
		line.WriteString(hint + strings.Repeat(" ", max(hintWidth-ansi.StringWidth(hint), 2)))
	}
	flush()
}

func (s *Home) fillPlace() {
	p, k := s.env.Place, s.env.Keys
	if !p.Simulated {
		return
	}
	s.title("Simulated")
	text := "Both services are a simulator on this machine that answers over HTTP as the real ones do; no tenant is touched."
	if p.Forgotten {
		text = "Both services run inside this program; no tenant is touched, and all is forgotten on exit. " +
			"To work with a tenant: " + k.Tenant.String() + " says what it needs, " + k.Connections.String() + " adds the connection and goes there."
	}
	s.text(2, text, lipgloss.NewStyle())
}

// shownNews is how many toasts home repeats.
const shownNews = 3

func (s *Home) fillNews() {
	news := s.env.News
	if len(news) == 0 {
		return
	}
	s.title("News")
	for i := len(news) - 1; i >= max(len(news)-shownNews, 0); i-- {
		s.add("  " + s.env.Theme.Muted.Render(s.env.Clock(news[i].At)) + " " + s.env.Theme.Tone(news[i].Tone).Render(news[i].Text))
	}
}
