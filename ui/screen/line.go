package screen

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// maxLine bounds what can be typed into a line, in characters; a filter takes less.
const maxLine = 500

// line is one line of text that is being typed: what a filter needs and no more. The
// editors of the library call a clipboard program of the host on ctrl+v.
type line struct {
	text []rune
	at   int
}

func (l *line) set(s string) { l.text = []rune(s); l.at = len(l.text) }

// String returns the text without the place of the next letter.
func (l *line) String() string { return string(l.text) }

// key takes a key press and reports whether the text is another one now.
func (l *line) key(msg tea.KeyPressMsg) bool {
	switch msg.String() {
	case "left":
		l.at = max(l.at-1, 0)
	case "right":
		l.at = min(l.at+1, len(l.text))
	case "home", "ctrl+a":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(l.text)
	case "backspace":
		return l.cut(l.at-1, l.at)
	case "delete":
		return l.cut(l.at, l.at+1)
	case "ctrl+u":
		return l.cut(0, l.at)
	case "ctrl+w":
		from := l.at
		for from > 0 && unicode.IsSpace(l.text[from-1]) {
			from--
		}
		for from > 0 && !unicode.IsSpace(l.text[from-1]) {
			from--
		}
		return l.cut(from, l.at)
	default:
		return msg.Text != "" && l.insert(msg.Text)
	}
	return false
}

// paste takes text from the terminal; line ends become blanks.
func (l *line) paste(s string) bool { return l.insert(strings.TrimSpace(s)) }

func (l *line) insert(s string) bool {
	more := []rune(model.Clean(s))
	more = more[:min(len(more), maxLine-len(l.text))]
	l.text = slices.Insert(l.text, l.at, more...)
	l.at += len(more)
	return len(more) > 0
}

func (l *line) cut(from, to int) bool {
	from, to = max(from, 0), min(to, len(l.text))
	if from >= to {
		return false
	}
	l.text = slices.Delete(l.text, from, to)
	l.at = from
	return true
}

// view draws the line with the place where the next letter goes.
func (l *line) view() string {
	return string(l.text[:l.at]) + "_" + string(l.text[l.at:])
}
