package form

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/ui/kit"
)

// area is a huh field for a text of many lines. It differs from huh's own in that it
// starts no editor, that Enter is always a line end, that a text may have more than 99
// lines, and that its cursor stands still.
type area struct {
	env   *kit.Env
	title string
	text  textarea.Model
	check func(string) error
	err   error
	focus bool
	w, h  int
}

var _ huh.Field = (*area)(nil)

// newArea returns a field with a text whose line ends are line feeds.
func newArea(env *kit.Env, title, text string, check func(string) error) *area {
	a := &area{env: env, title: title, check: check, h: 8}
	a.text = textarea.New()
	a.text.ShowLineNumbers = false
	a.text.Prompt = ""
	a.text.MaxHeight = 0
	a.text.KeyMap.InsertNewline = key.NewBinding(key.WithKeys("enter"))
	a.text.KeyMap.Paste = key.NewBinding()
	a.text.KeyMap.CopySelection = key.NewBinding()
	s := a.text.Styles()
	s.Cursor.Blink = false
	s.Focused.CursorLine = s.Focused.Text
	a.text.SetStyles(s)
	a.text.SetValue(text)
	a.text.MoveToBegin()
	return a
}

// value returns the text with line feeds as line ends.
func (a *area) value() string { return a.text.Value() }

func (a *area) stretch(h int) {
	a.h = max(h, 2)
	a.text.SetHeight(a.h - 1)
}

// Update implements huh.Field.
func (a *area) Update(msg tea.Msg) (huh.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		a.err = nil
		if msg.String() == checkKey {
			a.err = a.check(a.value())
			return a, nil
		}
		a.text, _ = a.text.Update(msg)
	case tea.PasteMsg:
		a.err = nil
		a.text, _ = a.text.Update(tea.PasteMsg{Content: lineFeeds(msg.Content)})
	}
	return a, nil
}

// lineFeeds makes every kind of line end a line feed.
func lineFeeds(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// View implements huh.Field.
func (a *area) View() string {
	side, title := blank, a.env.Theme.Label
	if a.focus {
		side, title = a.env.Theme.Accent.Render(focusBar(a.env.Theme)), a.env.Theme.Title
	}
	lines := append([]string{title.Render(a.title)}, splitLines(a.text.View())...)
	for i := range lines {
		lines[i] = side + cut(a.env.Theme, lines[i], a.w-2)
	}
	return strings.Join(lines, "\n")
}

// Init implements huh.Field.
func (a *area) Init() tea.Cmd { return nil }

// Focus implements huh.Field.
func (a *area) Focus() tea.Cmd {
	a.focus = true
	a.text.Focus()
	return nil
}

// Blur implements huh.Field.
func (a *area) Blur() tea.Cmd {
	a.focus = false
	a.text.Blur()
	return nil
}

// Error implements huh.Field.
func (a *area) Error() error { return a.err }

// Skip implements huh.Field.
func (a *area) Skip() bool { return false }

// Zoom implements huh.Field.
func (a *area) Zoom() bool { return false }

// KeyBinds implements huh.Field; the host's hints take its place.
func (a *area) KeyBinds() []key.Binding { return nil }

// Run implements huh.Field: it runs the field alone.
func (a *area) Run() error { return huh.Run(a) }

// RunAccessible implements huh.Field: it reads lines up to one that is a dot.
func (a *area) RunAccessible(w io.Writer, r io.Reader) error {
	if _, err := fmt.Fprintln(w, a.title+", ended by a line with a dot:"); err != nil {
		return err
	}
	var lines []string
	in := bufio.NewScanner(r)
	for in.Scan() && in.Text() != "." {
		lines = append(lines, in.Text())
	}
	a.text.SetValue(strings.Join(lines, "\n"))
	if err := in.Err(); err != nil {
		return err
	}
	return a.check(a.value())
}

// WithTheme implements huh.Field; the theme is that of the environment.
func (a *area) WithTheme(huh.Theme) huh.Field { return a }

// WithKeyMap implements huh.Field; its keys do not change.
func (a *area) WithKeyMap(*huh.KeyMap) huh.Field { return a }

// WithWidth implements huh.Field.
func (a *area) WithWidth(w int) huh.Field {
	a.w = w
	a.text.SetWidth(max(w-2, 1))
	return a
}

// WithHeight implements huh.Field.
func (a *area) WithHeight(h int) huh.Field {
	a.stretch(h)
	return a
}

// WithPosition implements huh.Field.
func (a *area) WithPosition(huh.FieldPosition) huh.Field { return a }

// GetKey implements huh.Field.
func (a *area) GetKey() string { return a.title }

// GetValue implements huh.Field.
func (a *area) GetValue() any { return a.value() }
