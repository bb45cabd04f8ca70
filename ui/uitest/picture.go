package uitest

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// Picture draws a View as a terminal of w by h cells would and returns its lines
// without trailing blanks: a pure function of the view.
func Picture(view string, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	s := &Session{term: vt.NewEmulator(w, h), w: w, h: h, out: strings.NewReader("")}
	end := drain(s.term)
	defer end()
	_, _ = s.term.WriteString(strings.ReplaceAll(view, "\n", "\r\n"))
	return s.Screen()
}

// GoldenPicture compares a picture with testdata/screens/NAME.golden.
func GoldenPicture(tb testing.TB, name, picture string, masks ...*regexp.Regexp) {
	tb.Helper()
	path, got := Path(tb, name), Mask(picture, masks...)
	if updating() {
		write(tb, path, got)
		return
	}
	if want := load(tb, path); got != want {
		tb.Errorf("picture %s is\n%s\nwant\n%s", name, got, want)
	}
}

// sgr is the only escape sequence that a view may hold.
var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// CheckSize reports it when a view is not exactly h lines, when one is wider than w or
// holds anything but text and colours.
func CheckSize(tb testing.TB, what, view string, w, h int) {
	tb.Helper()
	if h <= 0 {
		if view != "" {
			tb.Errorf("%s at %d×%d draws %q, want nothing", what, w, h, view)
		}
		return
	}
	lines := strings.Split(view, "\n")
	if len(lines) != h {
		tb.Errorf("%s at %d×%d has %d lines", what, w, h, len(lines))
	}
	for i, line := range lines {
		if got := ansi.StringWidth(line); got > max(w, 0) {
			tb.Errorf("%s at %d×%d: line %d is %d cells wide: %q", what, w, h, i, got, line)
		}
		if colourless := sgr.ReplaceAllString(line, ""); strings.ContainsFunc(colourless, unicode.IsControl) {
			tb.Errorf("%s at %d×%d: line %d holds more than text and colours: %q", what, w, h, i, line)
		}
	}
}
