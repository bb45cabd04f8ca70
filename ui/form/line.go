package form

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"github.com/charmbracelet/x/ansi"
)

// line is huh's input for one line of text. It differs in that it is always two lines
// high, that a long text set from outside scrolls instead of wrapping, and that its
// cursor stands still.
type line struct {
	*huh.Input
	value *string
	w     int
	now   string // what stands there at present: shown while nothing is typed
}

var _ huh.Field = (*line)(nil)

func newLine(title string, value *string, check func(string) error) *line {
	return &line{Input: huh.NewInput().Title(title).Prompt("").Value(value).Validate(check), value: value}
}

// over shows what the field's value is at present while nothing is typed: what is typed
// takes its place, and right or end bring it in to be changed.
func (l *line) over(now string) *line {
	l.now = now
	// The library counts characters where it means cells: a text of others than one cell
	// each would come out with noughts behind it.
	if !strings.ContainsFunc(now, func(r rune) bool { return ansi.StringWidth(string(r)) != 1 }) {
		l.Input.Placeholder(now)
	}
	return l
}

// set puts another text into the field and the cursor behind it.
func (l *line) set(text string) {
	*l.value = text
	l.Input.Value(l.value)
	l.Input.Update(endKey())
}

// Update implements huh.Field.
func (l *line) Update(msg tea.Msg) (huh.Model, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok && *l.value == "" && l.now != "" && (key.Code == tea.KeyRight || key.Code == tea.KeyEnd) {
		l.set(l.now)
		return l, nil
	}
	l.Input.Update(msg)
	return l, nil
}

// Focus implements huh.Field.
func (l *line) Focus() tea.Cmd {
	l.Input.Focus()
	return nil
}

// WithWidth implements huh.Field.
func (l *line) WithWidth(w int) huh.Field {
	l.Input.WithWidth(w)
	if w != l.w { // the field finds out anew which part of the text is in sight
		l.w = w
		l.Input.Value(l.value)
	}
	return l
}

// WithHeight implements huh.Field: a line has the height it has.
func (l *line) WithHeight(int) huh.Field { return l }

// WithTheme implements huh.Field.
func (l *line) WithTheme(t huh.Theme) huh.Field {
	l.Input.WithTheme(t)
	return l
}

// WithKeyMap implements huh.Field.
func (l *line) WithKeyMap(k *huh.KeyMap) huh.Field {
	l.Input.WithKeyMap(k)
	return l
}

// WithPosition implements huh.Field.
func (l *line) WithPosition(p huh.FieldPosition) huh.Field {
	l.Input.WithPosition(p)
	return l
}
