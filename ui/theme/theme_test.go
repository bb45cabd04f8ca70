package theme

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestGlyphsKeepTheirCells(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		g := New(true, ascii).Glyphs
		for _, s := range []string{g.Cursor, g.Mark, g.Place, g.Separator, g.Up, g.Down, g.Good, g.Bad, g.Warn, g.Running, g.Full, g.Empty} {
			if ansi.StringWidth(s) != 1 {
				t.Errorf("ascii %v: sign %q is %d cells wide, want 1", ascii, s, ansi.StringWidth(s))
			}
		}
	}
}

func TestASCIIDrawsNothingElse(t *testing.T) {
	th := New(false, true)
	for _, r := range th.Dialog.Render("Assign?") + th.Glyphs.Ellipsis + th.Glyphs.Arrow {
		if r > 0x7e {
			t.Errorf("ASCII theme draws %q", r)
		}
	}
}

// The sixteen colours and no background: SGR 30 to 37 and 90 to 97 at most.
func TestColoursAreTheTerminalsOwn(t *testing.T) {
	for _, dark := range []bool{false, true} {
		th := New(dark, false)
		for tone := range Tone(Tones) {
			got := th.Tone(tone).Render("x")
			if strings.Contains(got, "38;") || strings.Contains(got, "48;") || strings.Contains(got, "[4") {
				t.Errorf("dark %v: tone %d draws %q, want one of sixteen colours and no background", dark, tone, got)
			}
		}
	}
}

func TestTonesDiffer(t *testing.T) {
	th := New(true, false)
	seen := map[string]Tone{}
	for tone := range Tone(Tones) {
		got := th.Tone(tone).Render("x")
		if other, ok := seen[got]; ok {
			t.Errorf("tones %d and %d look alike: %q", tone, other, got)
		}
		seen[got] = tone
	}
	if got := th.Tone(200).Render("x"); got != "x" {
		t.Errorf("an unknown tone draws %q, want it plain", got)
	}
}
