package keys

import (
	"reflect"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestEveryKeyIsBoundAndSafe(t *testing.T) {
	m := reflect.ValueOf(*Default())
	for i := range m.NumField() {
		name := m.Type().Field(i).Name
		b := m.Field(i).Interface().(Binding)
		if len(b) == 0 {
			t.Errorf("%s has no key", name)
		}
		for _, key := range b {
			if !Safe(key) {
				t.Errorf("%s is bound to %s, which over SSH may be another key", name, key)
			}
		}
	}
}

func TestPressIsWhatMatches(t *testing.T) {
	m := reflect.ValueOf(*Default())
	for i := range m.NumField() {
		b := m.Field(i).Interface().(Binding)
		if key := b.Press(); !Of(b[0]).Matches(key) {
			t.Errorf("the press of %s is %q", b[0], key.String())
		}
	}
	if got := (Binding{}).Press(); got != (tea.KeyPressMsg{}) {
		t.Errorf("the press of nothing is %q", got.String())
	}
}

func TestMatches(t *testing.T) {
	m := Default()
	for _, c := range []struct {
		binding Binding
		key     tea.KeyPressMsg
		want    bool
	}{
		{m.Mark, tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}, true},
		{m.Bottom, tea.KeyPressMsg{Code: 'g', Mod: tea.ModShift, Text: "G"}, true},
		{m.Top, tea.KeyPressMsg{Code: 'g', Mod: tea.ModShift, Text: "G"}, false},
		{m.HalfDown, tea.KeyPressMsg{Code: 'd', Mod: tea.ModCtrl}, true},
		{m.Back, tea.KeyPressMsg{Code: tea.KeyEscape}, true},
		{m.Help, tea.KeyPressMsg{Code: '/', Mod: tea.ModShift, Text: "?"}, true},
	} {
		if got := c.binding.Matches(c.key); got != c.want {
			t.Errorf("%v matches %q: got %v, want %v", c.binding, c.key.String(), got, c.want)
		}
	}
}

func TestUnsafe(t *testing.T) {
	for _, key := range []string{"ctrl+m", "ctrl+i", "shift+enter", "alt+x"} {
		if Safe(key) {
			t.Errorf("%s counts as safe", key)
		}
	}
	if got := Of("enter").String(); got != "Enter" {
		t.Errorf("enter is shown as %q", got)
	}
}

func TestShow(t *testing.T) {
	for key, want := range map[string]string{"enter": "Enter", "esc": "Esc", "home": "Home", "end": "End", "pgup": "PgUp", "pgdown": "PgDn", "ctrl+d": "ctrl+d", "G": "G"} {
		if got := Show(key); got != want {
			t.Errorf("%s is shown as %q, want %q", key, got, want)
		}
	}
	if got := (Binding{}).String(); got != "" {
		t.Errorf("an empty binding is shown as %q", got)
	}
}
