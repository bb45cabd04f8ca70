package form

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/theme"
)

// fit makes exactly h lines of at most w cells: longer ones end in an ellipsis, and
// what is below the last line is left out.
func fit(t *theme.Theme, lines []string, w, h int) string {
	if h <= 0 {
		return ""
	}
	w = max(w, 0)
	out := make([]string, h)
	for i := range out {
		if i < len(lines) {
			out[i] = cut(t, visible(lines[i]), w)
		}
	}
	return strings.Join(out, "\n")
}

// visible replaces what a text field holds but must not draw: characters that turn
// the line round or cannot be seen. The field's value stays as it was typed.
func visible(line string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x7f { // escapes among them are styles of ours: fields drop those of others
			return r
		}
		safe, _ := utf8.DecodeRuneInString(model.Clean(string(r)))
		return safe
	}, line)
}

// cut shortens one line to w cells; styles inside are closed.
func cut(t *theme.Theme, line string, w int) string {
	if ansi.StringWidth(line) <= w {
		return line
	}
	tail := t.Glyphs.Ellipsis
	if ansi.StringWidth(tail) >= w {
		tail = ""
	}
	return ansi.Truncate(line, max(w, 0), tail)
}

// wrap breaks clean text into lines of at most w cells, at blanks where it can.
func wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	return strings.Split(ansi.Wrap(text, w, ""), "\n")
}

// packed puts parts beside each other, as many as a line of w cells takes; one that is
// wider is broken.
func packed(parts []string, w int) []string {
	const gap = "   "
	var out []string
	line := ""
	for _, p := range parts {
		switch {
		case line == "":
			line = p
		case ansi.StringWidth(line)+len(gap)+ansi.StringWidth(p) <= w:
			line += gap + p
		default:
			out = append(out, wrap(line, w)...)
			line = p
		}
	}
	return append(out, wrap(line, w)...)
}

// window returns the part of lines that is in sight when the first of them is top, h
// of them at most, and the top that keeps the window filled.
func window(lines []string, top, h int) ([]string, int) {
	h = max(h, 0)
	top = max(min(top, len(lines)-h), 0)
	return lines[top:min(top+h, len(lines))], top
}

// cell cuts or pads clean text to exactly w cells.
func cell(t *theme.Theme, text string, w int) string {
	text = cut(t, text, w)
	return text + strings.Repeat(" ", max(w-ansi.StringWidth(text), 0))
}

// focusBar is the sign before what has the focus; blank is as wide and says nothing.
func focusBar(t *theme.Theme) string {
	if t.Glyphs.Border == lipgloss.ASCIIBorder() {
		return "| "
	}
	return "┃ "
}

const blank = "  "

// labelled is a fact with its name before it; further lines stand below the first.
func labelled(t *theme.Theme, name, text string, w int) []string {
	const column = 10
	room := w - column
	if room < 12 {
		return wrap(name+": "+text, w)
	}
	lines := wrap(text, room)
	for i := range lines {
		if i == 0 {
			lines[i] = t.Label.Render(cell(t, name, column)) + lines[i]
			continue
		}
		lines[i] = strings.Repeat(" ", column) + lines[i]
	}
	return lines
}

func splitLines(s string) []string { return strings.Split(s, "\n") }
