package table_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"muster/model/fleet"
	"muster/ui/table"
	"muster/ui/theme"
)

// hostile is text as no service should send it and some do.
var hostile = rapid.OneOf(
	rapid.String(),
	rapid.SampledFrom(append(wideTexts, "\x1b]52;c;x\a", "a\nb\rc\td", "\x1b[31m", "\u202eevil", "\u200d", "\u0301", "\xff\xfe", "\u009b2J", "\u2028", "ｆｕｌｌ")),
	rapid.StringMatching(`[a-z0-9 ]{0,60}`),
)

// Whatever is in the rows and whatever is pressed: exactly h lines, none wider than
// w, the cursor in sight and on a row that exists.
func TestGeometry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cols, schema := anyCols(t)
		m := table.New(theme.New(rapid.Bool().Draw(t, "dark"), rapid.Bool().Draw(t, "ascii")), cols)
		ix := fleet.New(schema)
		marks := fleet.Marks{}
		next, w, h := 0, 0, 0
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1:
				w = rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, 300)).Draw(t, "w")
				h = rapid.OneOf(rapid.IntRange(0, 4), rapid.IntRange(0, 60)).Draw(t, "h")
				m.Resize(w, h)
			case 2, 3:
				for range rapid.IntRange(0, 30).Draw(t, "rows") {
					cells := rapid.SliceOfN(hostile, 0, 7).Draw(t, "cells")
					ix = ix.With(fleet.Row{Key: fmt.Sprint(next % 70), Cells: cells})
					next++
				}
				m.SetRows(ix, ix.All())
			case 4:
				ix = ix.Without(fmt.Sprint(rapid.IntRange(0, 70).Draw(t, "gone")))
				list, err := ix.Sort(t.Context(), ix.All(), 0, true)
				if err != nil {
					t.Fatal(err)
				}
				m.SetRows(ix, list)
				m.SetOrder("c0", true)
			case 5:
				m.SetRows(ix, fleet.Rows{})
				m.SetEmpty(hostile.Draw(t, "empty"), "b", "c")
			case 6:
				marks = marks.Toggle(fmt.Sprint(rapid.IntRange(0, 70).Draw(t, "marked")))
				m.SetMarks(marks)
			case 7:
				m.Move(rapid.IntRange(-40, 40).Draw(t, "move"))
			case 8:
				m.Page(rapid.IntRange(-2, 2).Draw(t, "page"))
			case 9:
				m.Half(rapid.IntRange(-2, 2).Draw(t, "half"))
			}
			checkCursor(t, m)
			frame := m.View()
			checkFrame(t, frame, w, h)
			m.SetMarks(marks) // draws everything anew
			if again := m.View(); again != frame {
				t.Fatalf("kept lines are out of date:\n%s\nwant\n%s", frame, again)
			}
		}
	})
}

func anyCols(t *rapid.T) ([]table.Col, fleet.Schema) {
	cols := make([]table.Col, rapid.IntRange(0, 6).Draw(t, "columns"))
	var schema fleet.Schema
	for i := range cols {
		cols[i] = table.Col{
			Name: fmt.Sprintf("c%d", i), Min: rapid.IntRange(0, 12).Draw(t, "min"), Max: rapid.IntRange(0, 30).Draw(t, "max"),
			Priority: rapid.IntRange(0, 3).Draw(t, "priority"), Right: rapid.Bool().Draw(t, "right"), Tone: tone,
		}
		if i != 3 { // one that the schema does not have
			schema = append(schema, fleet.Column{Name: cols[i].Name, Title: hostile.Draw(t, "title")})
		}
	}
	return cols, schema
}

func checkCursor(t *rapid.T, m *table.Model) {
	ix, rows := m.Rows()
	from, to := m.Visible()
	row, key, ok := m.Current()
	if ok != (rows.Len() > 0) || ok && (ix.Key(row) != key || rows.At(m.Position()) != row) {
		t.Fatalf("current: %d %q %v of %d rows", row, key, ok, rows.Len())
	}
	if ok && to > from && (m.Position() < from || m.Position() >= to) {
		t.Fatalf("cursor at %d, in sight are %d to %d", m.Position(), from, to)
	}
}

func checkFrame(t *rapid.T, frame string, w, h int) {
	if h == 0 {
		if frame != "" {
			t.Fatalf("height 0 draws %q", frame)
		}
		return
	}
	lines := strings.Split(frame, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for i, line := range lines {
		if got := ansi.StringWidth(line); got > w {
			t.Fatalf("line %d is %d cells wide, want at most %d: %q", i, got, w, line)
		}
		if got := ansi.StringWidthWc(line); got > w && plainLine(line) {
			t.Fatalf("line %d is %d cells wide for a plain terminal, want at most %d: %q", i, got, w, line)
		}
		if strings.ContainsAny(strings.ReplaceAll(line, "\x1b[", ""), "\x1b\r\t\a\u009b\u202e") {
			t.Fatalf("line %d lets control characters through: %q", i, line)
		}
	}
}

func plainLine(s string) bool {
	for _, r := range ansi.Strip(s) {
		if r > 0x7e {
			return false
		}
	}
	return true
}
