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
}

// NewHome returns the home screen. views are the app's actions that lead to the other
// views, for it to list.
func NewHome(env *kit.Env, views []kit.Action) *Home {
	s := &Home{views: views}
	s.detail = detail{env: env, name: "home", write: s.fill}
	s.actions = s.pane.moves(env)
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

func (s *Home) fill() {
	s.fillDevices()
	s.fillOperations()
	s.fillKeys()
	s.fillPlace()
	s.fillNews()
}

// shownGroups is how many policies have a bar of their own.
const shownGroups = 4

func (s *Home) fillDevices() {
	f := s.env.Fleet
	switch {
	case s.env.Customer.ID == "":
		s.title("No customer chosen")
		s.add("  " + s.env.Theme.Key.Render(s.env.Keys.Customers.String()) + " lists the customers")
		return
	case f.Began.IsZero():
		s.title("Devices")
		s.add("  not read yet: " + s.env.Theme.Key.Render(s.env.Keys.Devices.String()) + " reads them")
		return
	}
	words := kit.Counted(f.Devices, "device", "devices") + " by policy, " + s.env.AsOf(f.Began)
	if !f.Whole {
		words += ", not all of them"
	}
	s.title(words)
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
		s.bar(g.name, g.n, f.Devices, tone)
	}
	if line := intuneSum(f.Sides); line != "" {
		defer s.text(2, line, s.env.Theme.Muted)
	}
	if rest > 0 {
		s.bar(kit.Counted(len(groups)-shownGroups, "other", "others"), rest, f.Devices, theme.MutedTone)
	}
}

// intuneSum says how the two services agree about the devices.
func intuneSum(f kit.Sides) string {
	switch {
	case f.Err != nil && f.Err.Kind == model.NoBackend:
		return kit.NoIntune + "."
	case f.Err != nil:
		return kit.IntuneTrouble("Intune was not read to its end", f.Err)
	case !f.Whole:
		return ""
	}
	line := "Intune knows " + kit.Counted(f.Read, "device", "devices")
	if n := f.Intune; n > 0 {
		line += ", " + kit.Count(n) + " of them alone"
	}
	if n := f.Partner; n > 0 {
		line += "; " + kit.Counted(n, "device", "devices") + " at Partner Center alone"
	}
	if n := f.Differ; n > 0 {
		line += "; " + kit.Counted(n, "group tag is", "group tags are") + " not the batch"
	}
	return line + "."
}

// bar draws a share of a whole with its number.
func (s *Home) bar(name string, n, of int, tone theme.Tone) {
	g := s.env.Theme.Glyphs
	room := max(min(s.w-38, 40), 0)
	full := 0
	if of > 0 {
		full = n * room / of
	}
	if full == 0 && n > 0 && room > 0 {
		full = 1
	}
	name = ansi.Truncate(model.Clean(name), 22, g.Ellipsis)
	count := kit.Count(n)
	line := "  " + name + strings.Repeat(" ", max(22-ansi.StringWidth(name), 0)) +
		strings.Repeat(" ", max(10-len(count), 0)) + count + "  " +
		s.env.Theme.Tone(tone).Render(strings.Repeat(g.Full, full)) + s.env.Theme.Muted.Render(strings.Repeat(g.Empty, room-full))
	s.add(line)
}

// latest is how many operations home names.
const latest = 3

func (s *Home) fillOperations() {
	s.title("Operations")
	b := s.env.Jobs
	if b == nil {
		s.add("  reading" + s.env.Theme.Glyphs.Ellipsis)
		return
	}
	counts := map[model.OperationState]int{}
	for _, o := range b.Operations {
		counts[o.State()]++
	}
	var parts []string
	for st := model.OperationRunning; st <= model.OperationCancelled; st++ {
		if n := counts[st]; n > 0 {
			parts = append(parts, s.env.Theme.Tone(stateTone(st.String())).Render(kit.Count(n)+" "+st.String()))
		}
	}
	if len(parts) == 0 {
		s.add("  nothing was asked for yet")
	} else {
		s.add("  " + words(s.env, parts...))
	}
	if b.Problem != nil {
		s.text(2, "ledger: "+b.Problem.Error(), s.env.Theme.Bad)
	}
	for i, o := range b.Operations {
		if i == latest {
			break
		}
		s.add("  " + s.env.Theme.Muted.Render(s.env.Clock(o.Created)) + " " + model.Clean(o.Sum()))
	}
}

// hintWidth is how wide a key with its name is drawn.
const hintWidth = 18

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
	p := s.env.Place
	if !p.Simulated {
		return
	}
	s.title("Simulated")
	text := "Both services are a simulator on this machine that answers over HTTP as the real ones do; no tenant is touched."
	if p.Forgotten {
		text = "Both services run inside this program and answer over HTTP as the real ones do; no tenant is touched. " +
			"What you do here is forgotten on exit."
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
