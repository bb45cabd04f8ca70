package form

import (
	"fmt"
	"io"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/ui/kit"
)

// checks is a huh field with which any number of things are chosen, a line each. One
// of them may exclude all others. It differs from huh's multiple select in that Enter
// goes on and space alone chooses, and that each line says in words what it does.
type checks struct {
	env     *kit.Env
	title   string
	options []option
	on      []bool
	alone   int // the option that excludes all others, -1 for none
	at      int
	check   func() error
	focus   bool
	err     error
	w       int
	h       int // lines that there are for it, 0 for as many as it wants
}

var _ huh.Field = (*checks)(nil)

func (c *checks) stretch(h int) { c.h = h }

// window returns the numbers of the first option in sight and of the one after the last.
func (c *checks) window() (from, to int) {
	room := len(c.options)
	if c.h > 1 {
		room = min(room, c.h-1)
	}
	from = max(min(c.at-room/2, len(c.options)-room), 0)
	return from, from + room
}

func newChecks(env *kit.Env, title string, alone int, check func() error, options ...option) *checks {
	return &checks{env: env, title: title, options: options, on: make([]bool, len(options)), alone: alone, check: check}
}

// Update implements huh.Field.
func (c *checks) Update(msg tea.Msg) (huh.Model, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return c, nil
	}
	c.err = nil
	switch press.String() {
	case checkKey:
		c.err = c.check()
	case "up", "k":
		c.at = max(c.at-1, 0)
	case "down", "j":
		c.at = min(c.at+1, len(c.options)-1)
	case "home", "g":
		c.at = 0
	case "end", "G":
		c.at = len(c.options) - 1
	case "space", "x":
		c.toggle(c.at)
	}
	return c, nil
}

func (c *checks) toggle(n int) {
	c.on[n] = !c.on[n]
	for i := range c.on {
		if c.on[n] && i != n && (n == c.alone || i == c.alone) {
			c.on[i] = false
		}
	}
}

// View implements huh.Field.
func (c *checks) View() string {
	t := c.env.Theme
	side, title := blank, t.Label
	if c.focus {
		side, title = t.Accent.Render(focusBar(t)), t.Title
	}
	from, to := c.window()
	name := title.Render(c.title)
	if to-from < len(c.options) {
		name += t.Muted.Render(fmt.Sprintf("  %d to %d of %d", from+1, to, len(c.options)))
	}
	lines := []string{name}
	for i := from; i < to; i++ {
		o := c.options[i]
		sign, box := blank, "[ ] "
		if c.on[i] {
			box = "[x] "
		}
		text := box + o.name
		if i == c.at && c.focus {
			sign, text = t.Cursor.Render("> "), t.Cursor.Render(text)
		}
		lines = append(lines, sign+text+"  "+t.Muted.Render(o.more))
	}
	for i := range lines {
		lines[i] = side + cut(t, lines[i], c.w-2)
	}
	return strings.Join(lines, "\n")
}

// Init implements huh.Field.
func (c *checks) Init() tea.Cmd { return nil }

// Focus implements huh.Field.
func (c *checks) Focus() tea.Cmd {
	c.focus = true
	return nil
}

// Blur implements huh.Field.
func (c *checks) Blur() tea.Cmd {
	c.focus = false
	return nil
}

// Error implements huh.Field.
func (c *checks) Error() error { return c.err }

// Skip implements huh.Field.
func (c *checks) Skip() bool { return false }

// Zoom implements huh.Field.
func (c *checks) Zoom() bool { return false }

// KeyBinds implements huh.Field; the host's hints take its place.
func (c *checks) KeyBinds() []key.Binding { return nil }

// Run implements huh.Field: it runs the field alone.
func (c *checks) Run() error { return huh.Run(c) }

// RunAccessible implements huh.Field: it asks for each option.
func (c *checks) RunAccessible(w io.Writer, r io.Reader) error {
	for i, o := range c.options {
		if _, err := fmt.Fprintf(w, "%s: %s (%s)? y or n\n", c.title, o.name, o.more); err != nil {
			return err
		}
		var answer string
		if _, err := fmt.Fscan(r, &answer); err != nil {
			return err
		}
		if (answer == "y") != c.on[i] {
			c.toggle(i)
		}
	}
	return c.check()
}

// WithTheme implements huh.Field; the theme is that of the environment.
func (c *checks) WithTheme(huh.Theme) huh.Field { return c }

// WithKeyMap implements huh.Field; its keys do not change.
func (c *checks) WithKeyMap(*huh.KeyMap) huh.Field { return c }

// WithWidth implements huh.Field.
func (c *checks) WithWidth(w int) huh.Field {
	c.w = w
	return c
}

// WithHeight implements huh.Field: it has a line for each option.
func (c *checks) WithHeight(int) huh.Field { return c }

// WithPosition implements huh.Field.
func (c *checks) WithPosition(huh.FieldPosition) huh.Field { return c }

// GetKey implements huh.Field.
func (c *checks) GetKey() string { return c.title }

// GetValue implements huh.Field.
func (c *checks) GetValue() any { return c.on }
