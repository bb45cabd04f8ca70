package form

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/model"
	"muster/ui/kit"
)

const (
	maxGroups   = 50  // groups that a search shows
	maxSearch   = 120 // characters of a search
	groupsAbout = 2   // lines below the groups that say more of the one under the cursor
	// searchPause is how long nothing is typed before a search is sent.
	searchPause = 300 * time.Millisecond
)

// groups is a huh field with which an Entra group is searched by the beginnings of the
// words of its name, and chosen. Letters belong to the search; arrows move. What is
// found comes from the service and replaces what was there when it has come, so the
// rows do not jump while one types.
type groups struct {
	host  *Host
	title string
	value *model.Group
	// judge says why a group cannot be chosen, "" when it can; may be nil.
	judge func(model.Group) string

	query string
	asked string // the search that was sent last
	begun bool   // something was asked for
	again bool   // ask once more, though nothing else was typed
	seq   uint64 // of the answer that is awaited, 0 for none
	stop  context.CancelFunc
	list  []model.Group
	of    string // the search that list answers
	fault *model.Error

	at, top int
	focus   bool
	err     error
	w, h    int
}

var _ huh.Field = (*groups)(nil)

// newGroups returns a field that puts the chosen group into value.
func newGroups(h *Host, title string, value *model.Group, judge func(model.Group) string) *groups {
	return &groups{host: h, title: title, value: value, judge: judge, h: 9}
}

// seek asks for what the search wants when that is not on its way, and gives up what
// is on its way for another one.
func (g *groups) seek() kit.Effect {
	query := strings.TrimSpace(g.query)
	if g.begun && query == g.asked && !g.again {
		return kit.Effect{}
	}
	pause := searchPause
	if !g.begun {
		pause = 0
	}
	return g.search(query, pause)
}

func (g *groups) search(query string, pause time.Duration) kit.Effect {
	g.halt()
	var ctx context.Context
	ctx, g.stop = context.WithCancel(g.host.env.Visit)
	re := g.host.ask()
	g.begun, g.again, g.asked, g.seq, g.fault = true, false, query, re.Seq, nil
	return kit.Effect{Cmd: kit.SearchGroups(ctx, g.host.env, re, query, maxGroups, pause)}
}

// halt gives up the search that is under way.
func (g *groups) halt() {
	if g.stop != nil {
		g.stop()
	}
	g.again = g.again || g.seq != 0 // when the page comes back, it is asked anew
	g.stop, g.seq = nil, 0
}

// found takes the answer to a search. The cursor stays on its group when that was
// found again.
func (g *groups) found(msg kit.GroupsMsg) {
	if msg.Seq != g.seq || g.seq == 0 {
		return
	}
	was, _ := g.under()
	g.seq = 0
	g.halt()
	g.list, g.of, g.fault = msg.Groups, msg.Query, msg.Err
	g.at, g.top = 0, 0
	for i, have := range g.list {
		if was.ID != "" && have.ID == was.ID {
			g.at = i
		}
	}
	g.follow()
}

// under returns the group under the cursor.
func (g *groups) under() (model.Group, bool) {
	if g.at >= len(g.list) {
		return model.Group{}, false
	}
	return g.list[g.at], true
}

// Update implements huh.Field.
func (g *groups) Update(msg tea.Msg) (huh.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		g.err = nil
		if msg.String() == checkKey {
			g.err = g.check()
			return g, nil
		}
		g.press(msg)
	case tea.PasteMsg:
		g.err = nil
		g.typed(msg.Content)
	}
	return g, nil
}

// check takes the group under the cursor as the value. What does not belong to what is
// typed is not taken: the operator has not seen the answer yet.
func (g *groups) check() error {
	bad := func(msg string) error { return &model.Error{Kind: model.Invalid, Op: "choose group", Msg: msg} }
	group, ok := g.under()
	switch {
	case g.fault != nil:
		return bad("the groups could not be read")
	case g.seq != 0 || strings.TrimSpace(g.query) != g.of:
		return bad("still looking for groups; a moment")
	case !ok:
		return bad("no group begins like that")
	case g.judge != nil && g.judge(group) != "":
		return bad(g.judge(group))
	}
	*g.value = group
	return nil
}

func (g *groups) press(msg tea.KeyPressMsg) {
	g.again = g.fault != nil
	switch k := msg.String(); {
	case k == "up":
		g.at--
	case k == "down":
		g.at++
	case k == "pgup":
		g.at -= g.rows()
	case k == "pgdown":
		g.at += g.rows()
	case k == "ctrl+u":
		g.query = ""
	case k == "backspace":
		if r := []rune(g.query); len(r) > 0 {
			g.query = string(r[:len(r)-1])
		}
	case msg.Text != "":
		g.typed(msg.Text)
	}
	g.follow()
}

func (g *groups) typed(text string) {
	r := []rune(g.query + model.Clean(text))
	g.query = string(r[:min(len(r), maxSearch)])
}

func (g *groups) rows() int { return max(g.h-2-groupsAbout, 1) }

func (g *groups) follow() {
	g.at = max(min(g.at, len(g.list)-1), 0)
	g.top = max(min(g.top, g.at), g.at-g.rows()+1, 0)
	g.top = max(min(g.top, len(g.list)-g.rows()), 0)
}

func (g *groups) stretch(h int) {
	g.h = max(h, 3+groupsAbout)
	g.follow()
}

// View implements huh.Field.
func (g *groups) View() string {
	t := g.host.env.Theme
	side, title := blank, t.Label
	if g.focus {
		side, title = t.Accent.Render(focusBar(t)), t.Title
	}
	cursor := ""
	if g.focus {
		cursor = "_"
	}
	lines := []string{title.Render(g.title) + t.Muted.Render("  "+g.count()), g.query + cursor}
	lines = append(lines, g.listView()...)
	lines = append(lines, g.about()...)
	for i := range lines {
		lines[i] = side + cut(t, lines[i], g.w-2)
	}
	return strings.Join(lines, "\n")
}

// count says how much was found.
func (g *groups) count() string {
	switch {
	case g.fault != nil:
		return "not read"
	case g.seq != 0 || strings.TrimSpace(g.query) != g.of || !g.begun:
		return "looking" + g.host.env.Theme.Glyphs.Ellipsis
	case len(g.list) >= maxGroups:
		return "the first " + kit.Count(len(g.list)) + "; type more of the name"
	}
	return kit.Counted(len(g.list), "group", "groups")
}

func (g *groups) listView() []string {
	t := g.host.env.Theme
	out := make([]string, 0, g.rows())
	switch {
	case g.fault != nil:
		text := t.Glyphs.Bad + " the groups could not be read: " + model.Clean(g.fault.Error())
		for _, l := range wrap(text, g.w-2) {
			out = append(out, t.Bad.Render(l))
		}
		out = append(out, "any key asks again")
	case len(g.list) == 0 && g.begun && g.seq == 0:
		out = append(out, t.Muted.Render("no group has words that begin like that"))
	default:
		wide := max(min((g.w-4)*2/3, 46), 8)
		for i := g.top; i < min(g.top+g.rows(), len(g.list)); i++ {
			sign, name := blank, cell(t, groupName(g.list[i]), wide)
			if i == g.at {
				sign, name = t.Cursor.Render("> "), t.Cursor.Render(name)
			}
			out = append(out, sign+name+"  "+t.Muted.Render(groupKind(g.list[i])))
		}
	}
	out = out[:min(len(out), g.rows())]
	for len(out) < g.rows() { // what stands below does not move while one types
		out = append(out, "")
	}
	return out
}

// about says more of the group under the cursor: whose rule it follows, what it is for,
// why it cannot be chosen.
func (g *groups) about() []string {
	t, out := g.host.env.Theme, make([]string, 0, groupsAbout)
	if group, ok := g.under(); ok && g.fault == nil {
		if g.judge != nil && g.judge(group) != "" {
			out = append(out, t.Warn.Render(t.Glyphs.Warn+" "+g.judge(group)))
		}
		if group.Dynamic {
			out = append(out, "rule: "+cmp.Or(model.Clean(group.Rule), "not told"))
		}
		if group.Description != "" {
			out = append(out, model.Clean(group.Description))
		}
		out = append(out, t.Muted.Render(model.Clean(string(group.ID))))
	}
	for len(out) < groupsAbout {
		out = append(out, "")
	}
	return out[:groupsAbout]
}

// groupName is what a group is called on screens.
func groupName(g model.Group) string {
	return cmp.Or(model.Clean(g.Name), "(no name) "+model.Clean(string(g.ID)))
}

// groupKind says in words what kind of group it is.
func groupKind(g model.Group) string {
	kind := "assigned members"
	if g.Dynamic {
		kind = "dynamic"
	}
	if !g.Security {
		kind += ", no security group"
	}
	return kind
}

// Init implements huh.Field.
func (g *groups) Init() tea.Cmd { return nil }

// Focus implements huh.Field.
func (g *groups) Focus() tea.Cmd {
	g.focus = true
	return nil
}

// Blur implements huh.Field.
func (g *groups) Blur() tea.Cmd {
	g.focus = false
	return nil
}

// Error implements huh.Field.
func (g *groups) Error() error { return g.err }

// Skip implements huh.Field.
func (g *groups) Skip() bool { return false }

// Zoom implements huh.Field.
func (g *groups) Zoom() bool { return false }

// KeyBinds implements huh.Field; the host's hints take its place.
func (g *groups) KeyBinds() []key.Binding { return nil }

// Run implements huh.Field: it runs the field alone.
func (g *groups) Run() error { return huh.Run(g) }

// RunAccessible implements huh.Field: it searches for a line and takes the group when
// there is one of that name.
func (g *groups) RunAccessible(w io.Writer, r io.Reader) error {
	const op = "choose group"
	if _, err := fmt.Fprintln(w, g.title+", by its name:"); err != nil {
		return err
	}
	in := bufio.NewScanner(r)
	in.Scan()
	env := g.host.env
	if env.Backend.Directory == nil {
		return kit.Unreachable(op)
	}
	name := strings.TrimSpace(in.Text())
	found, err := env.Backend.Directory.Groups(env.Visit, env.Customer.ID, name, maxGroups)
	if err != nil {
		return err
	}
	for _, have := range found {
		if strings.EqualFold(have.Name, name) && (g.judge == nil || g.judge(have) == "") {
			*g.value = have
			return nil
		}
	}
	return &model.Error{Kind: model.NotFound, Op: op, Msg: "no group that can be chosen has this name"}
}

// WithTheme implements huh.Field; the theme is that of the environment.
func (g *groups) WithTheme(huh.Theme) huh.Field { return g }

// WithKeyMap implements huh.Field; its keys do not change.
func (g *groups) WithKeyMap(*huh.KeyMap) huh.Field { return g }

// WithWidth implements huh.Field.
func (g *groups) WithWidth(w int) huh.Field {
	g.w = w
	return g
}

// WithHeight implements huh.Field.
func (g *groups) WithHeight(h int) huh.Field {
	g.stretch(h)
	return g
}

// WithPosition implements huh.Field.
func (g *groups) WithPosition(huh.FieldPosition) huh.Field { return g }

// GetKey implements huh.Field.
func (g *groups) GetKey() string { return g.title }

// GetValue implements huh.Field.
func (g *groups) GetValue() any { return g.value.ID }
