package table

import (
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/ui/theme"
)

// pen is a style taken apart into what it writes before and after a text: a table
// draws hundreds of cells a frame, and styles are slow and allocate.
type pen struct{ on, off string }

func newPen(s lipgloss.Style) pen {
	on, off, ok := strings.Cut(s.Render("x"), "x")
	if !ok {
		return pen{}
	}
	return pen{on, off}
}

// pens is a theme as far as a table needs it.
type pens struct {
	header, cursor, mark, muted pen
	tones                       [theme.Tones]pen
	glyphs                      theme.Glyphs
	dots                        int // the width of the ellipsis
}

func newPens(t *theme.Theme) pens {
	p := pens{
		header: newPen(t.Header), cursor: newPen(t.Cursor), mark: newPen(t.Mark), muted: newPen(t.Muted),
		glyphs: t.Glyphs, dots: ansi.StringWidth(t.Glyphs.Ellipsis),
	}
	for i := range p.tones {
		p.tones[i] = newPen(t.Tone(theme.Tone(i)))
	}
	return p
}

// View returns the table as exactly h lines, none wider than w; for a height of 0 it
// is empty. The first line is the header.
func (m *Model) View() string {
	if m.fresh {
		return m.frame
	}
	m.buf = m.buf[:0]
	for i := range m.h {
		if i > 0 {
			m.buf = append(m.buf, '\n')
		}
		switch pos := m.top + i - 1; {
		case m.w == 0:
		case i == 0:
			m.header()
		case pos < m.rows.Len():
			m.row(pos)
		case m.rows.Len() == 0 && i-1 < len(m.empty):
			m.message(m.empty[i-1])
		}
	}
	m.frame, m.fresh = string(m.buf), true
	return m.frame
}

// row appends the line of a position, drawn now or earlier.
func (m *Model) row(pos int) {
	at := pos % len(m.lines)
	if m.drawn[at] != pos+1 {
		start := len(m.buf)
		m.draw(pos)
		m.lines[at], m.drawn[at] = string(m.buf[start:]), pos+1
		return
	}
	m.buf = append(m.buf, m.lines[at]...)
}

func (m *Model) draw(pos int) {
	row, current := m.rows.At(pos), pos == m.pos
	m.gutter(current, m.marks.HasRow(m.ix, row))
	if m.w < gutter {
		return
	}
	owed := 0 // blanks that matter only when something follows
	for i, s := range m.layout.shown {
		c := &m.cols[s.col]
		cell := m.ix.Cell(row, s.field)
		if c.Show != nil {
			cell = c.Show(cell)
		}
		p := pen{}
		if c.Tone != nil {
			if t := c.Tone(cell); int(t) < len(m.pens.tones) {
				p = m.pens.tones[t]
			}
		}
		if i == 0 && current {
			p = pen{} // the gutter's is still down
		}
		owed = m.cell(cell, s.width, c.Right, p, owed) + space
		if i == 0 && current {
			m.buf = append(m.buf, m.pens.cursor.off...)
		}
	}
}

// gutter appends the signs before a row. On the current row it leaves the cursor's
// pen down for the key cell: one style from edge to key is eight bytes less for each
// step than two.
func (m *Model) gutter(current, marked bool) {
	if current {
		m.buf = append(append(m.buf, m.pens.cursor.on...), m.pens.glyphs.Cursor...)
	} else {
		m.buf = append(m.buf, ' ')
	}
	switch {
	case m.w < gutter:
	case !marked:
		m.buf = append(m.buf, ' ')
	default:
		if current {
			m.buf = append(m.buf, m.pens.cursor.off...)
		}
		m.buf = append(append(append(m.buf, m.pens.mark.on...), m.pens.glyphs.Mark...), m.pens.mark.off...)
		if current {
			m.buf = append(m.buf, m.pens.cursor.on...)
		}
	}
	if current && (m.w < gutter || len(m.layout.shown) == 0) {
		m.buf = append(m.buf, m.pens.cursor.off...)
	}
}

func (m *Model) header() {
	if m.w < gutter {
		return
	}
	m.buf = append(m.buf, "  "...)
	owed := 0
	for _, s := range m.layout.shown {
		c := &m.cols[s.col]
		title := m.title(s.col, s.field)
		sign := ""
		if m.order != "" && strings.EqualFold(m.order, c.Name) {
			if sign = m.pens.glyphs.Up; m.desc {
				sign = m.pens.glyphs.Down
			}
		}
		if sign != "" && s.width > 1 {
			// The sign stays whatever is cut off the title.
			if title = safe(title); ansi.StringWidth(title) > s.width-1 {
				title = m.cut(title, s.width-1)
			}
			title += sign
		}
		owed = m.cell(title, s.width, c.Right, m.pens.header, owed) + space
	}
}

// message appends a line that stands in place of rows.
func (m *Model) message(text string) {
	if m.w > gutter {
		m.buf = append(m.buf, "  "...)
		m.cell(text, m.w-gutter, false, m.pens.muted, 0)
	}
}

// cell appends a text cut or padded to width cells. owed is how many blanks the line
// lacks before it; what it returns is how many the line lacks after it.
func (m *Model) cell(text string, width int, right bool, p pen, owed int) int {
	w := len(text)
	if plain(text) {
		if w > width {
			dots := m.pens.dots
			if width < dots {
				dots = 0
			}
			m.pad(owed)
			m.buf = append(append(m.buf, p.on...), text[:width-dots]...)
			if dots > 0 {
				m.buf = append(m.buf, m.pens.glyphs.Ellipsis...)
			}
			m.buf = append(m.buf, p.off...)
			return 0
		}
	} else {
		text = safe(text)
		if w = ansi.StringWidth(text); w > width {
			text = m.cut(text, width)
			w = ansi.StringWidth(text)
		}
	}
	if text == "" {
		return owed + width
	}
	if right {
		owed += width - w
	}
	m.pad(owed)
	m.buf = append(append(append(m.buf, p.on...), text...), p.off...)
	if right {
		return 0
	}
	return width - w
}

func (m *Model) pad(n int) {
	for range n {
		m.buf = append(m.buf, ' ')
	}
}

// cut shortens a text to width cells, never through a character of two.
func (m *Model) cut(text string, width int) string {
	if width < m.pens.dots {
		return ansi.Truncate(text, width, "")
	}
	return ansi.Truncate(text, width, m.pens.glyphs.Ellipsis)
}

// plain reports whether every byte is one cell.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// width is how many cells a text takes.
func width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(safe(s))
}

// safe keeps a frame whole whatever a cell holds. Text is cleaned where it enters
// muster; here only what would break the line is replaced.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0x200c || r == 0x200d: // joiners belong to emoji and to scripts
			return r
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
