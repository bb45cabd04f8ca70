package form

import (
	"fmt"
	"io"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/model"
	"muster/ui/kit"
)

// option is one thing to choose. Both texts are clean.
type option struct{ name, more string }

// choice is a huh field with which one of several things is chosen by its number. In a
// row it shows one option and moves with left and right; as a list it shows what has
// room and is filtered after "/". It differs from huh's select in that an option is one
// line whatever its text holds, that only lines in sight are drawn, and that a filter
// which hides everything chooses nothing.
type choice struct {
	env     *kit.Env
	title   string
	options []option
	value   *int
	row     bool

	filtering bool
	filter    string
	shown     []int // numbers of the options that the filter shows
	at        int   // place in shown
	top       int
	focus     bool
	err       error
	w, h      int
}

var _ huh.Field = (*choice)(nil)

func newChoice(env *kit.Env, title string, value *int, options ...option) *choice {
	c := &choice{env: env, title: title, options: options, value: value, h: len(options) + 1}
	c.sift()
	for i, n := range c.shown {
		if n == *value {
			c.at = i
		}
	}
	return c
}

// newRow returns a choice in a single row.
func newRow(env *kit.Env, title string, value *int, options ...option) *choice {
	c := newChoice(env, title, value, options...)
	c.row = true
	return c
}

// sift finds what the filter shows and keeps the cursor where it was if it can.
func (c *choice) sift() {
	was := -1
	if c.at < len(c.shown) {
		was = c.shown[c.at]
	}
	words := strings.Fields(strings.ToLower(c.filter))
	c.shown, c.at = nil, 0
	for i, o := range c.options {
		text := strings.ToLower(o.name + " " + o.more)
		hit := true
		for _, w := range words {
			hit = hit && strings.Contains(text, w)
		}
		if !hit {
			continue
		}
		if i == was {
			c.at = len(c.shown)
		}
		c.shown = append(c.shown, i)
	}
	c.top = 0
	c.follow()
}

// under returns the number of the option under the cursor.
func (c *choice) under() (int, bool) {
	if c.at >= len(c.shown) {
		return 0, false
	}
	return c.shown[c.at], true
}

// clear ends filtering and reports whether there was a filter.
func (c *choice) clear() bool {
	had := c.filtering || c.filter != ""
	c.filtering, c.filter = false, ""
	if had {
		c.sift()
	}
	return had
}

// Update implements huh.Field.
func (c *choice) Update(msg tea.Msg) (huh.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		c.err = nil
		if msg.String() == checkKey {
			c.check()
			return c, nil
		}
		c.press(msg)
	case tea.PasteMsg:
		if c.filtering {
			c.filter += model.Clean(msg.Content)
			c.sift()
		}
	}
	return c, nil
}

// check takes what is under the cursor as the value.
func (c *choice) check() {
	n, ok := c.under()
	if !ok {
		c.err = &model.Error{Kind: model.Invalid, Msg: "the filter shows nothing to choose; Esc shows all again"}
		return
	}
	*c.value = n
}

func (c *choice) press(msg tea.KeyPressMsg) {
	k := msg.String()
	if c.filtering {
		switch {
		case k == "backspace":
			if r := []rune(c.filter); len(r) > 0 {
				c.filter = string(r[:len(r)-1])
			} else {
				c.filtering = false
			}
			c.sift()
			return
		case k == "ctrl+u":
			c.filter = ""
			c.sift()
			return
		case msg.Text != "" && len(c.filter) < 200:
			c.filter += model.Clean(msg.Text)
			c.sift()
			return
		}
	}
	switch k {
	case "/":
		c.filtering = !c.row
	case "up", "k", "left", "h":
		c.step(-1)
	case "down", "j", "right", "l", "space":
		c.step(1)
	case "pgup", "ctrl+u":
		c.at -= c.rows()
	case "pgdown", "ctrl+d":
		c.at += c.rows()
	case "home", "g":
		c.at = 0
	case "end", "G":
		c.at = len(c.shown)
	}
	c.follow()
	if n, ok := c.under(); ok && c.row {
		*c.value = n
	}
}

// step moves by one option; in a row the last is followed by the first.
func (c *choice) step(by int) {
	c.at += by
	if n := len(c.shown); c.row && n > 0 {
		c.at = (c.at + n) % n
	}
}

// rows is how many options are in sight.
func (c *choice) rows() int { return max(c.h-1, 1) }

// follow keeps the cursor on an option and in sight.
func (c *choice) follow() {
	c.at = max(min(c.at, len(c.shown)-1), 0)
	c.top = max(min(c.top, c.at), c.at-c.rows()+1, 0)
	c.top = max(min(c.top, len(c.shown)-c.rows()), 0)
}

func (c *choice) stretch(h int) {
	if !c.row {
		c.h = min(h, len(c.options)+1)
		c.follow()
	}
}

// View implements huh.Field.
func (c *choice) View() string {
	t := c.env.Theme
	side := blank
	title := t.Label
	if c.focus {
		side, title = t.Accent.Render(focusBar(t)), t.Title
	}
	head := title.Render(c.title)
	if c.filtering || c.filter != "" {
		head += "  /" + c.filter
		if c.filtering {
			head += "_"
		}
		head += t.Muted.Render(fmt.Sprintf("  %s of %s", kit.Count(len(c.shown)), kit.Count(len(c.options))))
	}
	lines := []string{head}
	if c.row {
		lines = append(lines, c.rowView())
	} else {
		lines = append(lines, c.listView()...)
	}
	for i := range lines {
		lines[i] = side + cut(t, lines[i], c.w-2)
	}
	return strings.Join(lines, "\n")
}

func (c *choice) rowView() string {
	n, ok := c.under()
	if !ok {
		return ""
	}
	text := c.options[n].name
	if c.focus && len(c.options) > 1 {
		return c.env.Theme.Accent.Render("< ") + text + c.env.Theme.Accent.Render(" >")
	}
	return text
}

func (c *choice) listView() []string {
	if len(c.shown) == 0 {
		return append([]string{c.env.Theme.Muted.Render("nothing matches; Esc shows all again")}, make([]string, c.rows()-1)...)
	}
	wide := 0
	for _, n := range c.shown[c.top:min(c.top+c.rows(), len(c.shown))] {
		wide = max(wide, len([]rune(c.options[n].name)))
	}
	wide = min(wide, max(c.w/2, 8))
	var out []string
	for i := c.top; i < min(c.top+c.rows(), len(c.shown)); i++ {
		o := c.options[c.shown[i]]
		sign := blank
		name := cell(c.env.Theme, o.name, wide)
		if i == c.at {
			sign, name = c.env.Theme.Cursor.Render("> "), c.env.Theme.Cursor.Render(name)
		}
		out = append(out, sign+name+"  "+c.env.Theme.Muted.Render(o.more))
	}
	for len(out) < c.rows() { // what stands below does not move while the filter is typed
		out = append(out, "")
	}
	return out
}

// Init implements huh.Field.
func (c *choice) Init() tea.Cmd { return nil }

// Focus implements huh.Field.
func (c *choice) Focus() tea.Cmd {
	c.focus = true
	return nil
}

// Blur implements huh.Field.
func (c *choice) Blur() tea.Cmd {
	c.focus = false
	return nil
}

// Error implements huh.Field.
func (c *choice) Error() error { return c.err }

// Skip implements huh.Field.
func (c *choice) Skip() bool { return false }

// Zoom implements huh.Field.
func (c *choice) Zoom() bool { return false }

// KeyBinds implements huh.Field; the host's hints take its place.
func (c *choice) KeyBinds() []key.Binding { return nil }

// Run implements huh.Field: it runs the field alone.
func (c *choice) Run() error { return huh.Run(c) }

// RunAccessible implements huh.Field: it lists the options and reads a number.
func (c *choice) RunAccessible(w io.Writer, r io.Reader) error {
	if _, err := fmt.Fprintln(w, c.title); err != nil {
		return err
	}
	for i, o := range c.options {
		if _, err := fmt.Fprintf(w, "%d. %s  %s\n", i+1, o.name, o.more); err != nil {
			return err
		}
	}
	var n int
	if _, err := fmt.Fscan(r, &n); err != nil {
		return err
	}
	if n < 1 || n > len(c.options) {
		return &model.Error{Kind: model.Invalid, Op: "choose", Msg: fmt.Sprintf("%d is not between 1 and %d", n, len(c.options))}
	}
	*c.value = n - 1
	return nil
}

// WithTheme implements huh.Field; the theme is that of the environment.
func (c *choice) WithTheme(huh.Theme) huh.Field { return c }

// WithKeyMap implements huh.Field; its keys are those of muster's lists.
func (c *choice) WithKeyMap(*huh.KeyMap) huh.Field { return c }

// WithWidth implements huh.Field.
func (c *choice) WithWidth(w int) huh.Field {
	c.w = w
	return c
}

// WithHeight implements huh.Field.
func (c *choice) WithHeight(h int) huh.Field {
	c.stretch(h)
	return c
}

// WithPosition implements huh.Field.
func (c *choice) WithPosition(huh.FieldPosition) huh.Field { return c }

// GetKey implements huh.Field.
func (c *choice) GetKey() string { return c.title }

// GetValue implements huh.Field.
func (c *choice) GetValue() any { return *c.value }
