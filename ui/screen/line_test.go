package screen

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"muster/ui/uitest"
)

func TestLine(t *testing.T) {
	press := func(l *line, keys ...tea.KeyPressMsg) {
		for _, k := range keys {
			l.key(k)
		}
	}
	left, backspace := tea.KeyPressMsg{Code: tea.KeyLeft}, tea.KeyPressMsg{Code: tea.KeyBackspace}
	ctrl := func(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Mod: tea.ModCtrl} }
	var l line
	for _, r := range "abc déf" {
		press(&l, tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	press(&l, left, backspace)
	if got := l.view(); got != "abc d_f" {
		t.Errorf("after left and backspace %q", got)
	}
	press(&l, ctrl('w'))
	if got := l.view(); got != "abc _f" {
		t.Errorf("after ctrl+w %q", got)
	}
	press(&l, uitest.Home, tea.KeyPressMsg{Code: tea.KeyDelete}, uitest.End, backspace, backspace)
	if got := l.view(); got != "bc_" {
		t.Errorf("after Home, Delete, End and two backspaces %q", got)
	}
	if l.key(ctrl('v')) || l.key(tea.KeyPressMsg{Code: tea.KeyF1}) {
		t.Error("a key without a text changes the line")
	}
	l.paste("two\nlines\x1b[2J\n")
	if got := l.String(); got != "bctwo lines\ufffd[2J" {
		t.Errorf("a paste becomes %q", got)
	}
	press(&l, ctrl('u'))
	if l.String() != "" {
		t.Errorf("ctrl+u leaves %q", l.String())
	}
	l.paste(strings.Repeat("x", 3*maxLine))
	if got := len(l.text); got != maxLine {
		t.Errorf("a long paste has %d characters, want %d", got, maxLine)
	}
}

func TestAFilterThatIsTooLongSaysSo(t *testing.T) {
	s := NewDevices(newEnv(t, still(5)))
	show(s)
	typed(s, "/")
	s.Update(tea.PasteMsg{Content: strings.Repeat("ab ", 40)})
	if c := s.Card(); !strings.Contains(c.Input, "more than 32 terms") {
		t.Errorf("the input line is %q", c.Input)
	}
	typed(s, "\n")
	if !s.Card().Typing {
		t.Error("Enter keeps a filter that cannot be used")
	}
	typed(s, "\x1b")
	want(t, s, "5 devices · as of 14:02 CET")
}
