// Package table draws a window on an index of rows: the lines in sight and nothing
// else, so that a step of the cursor costs the same at a thousand rows and at a
// million. The cursor is a sign in the gutter with an accent on the key cell, never a
// bar, so that a step changes a few bytes on the line to the terminal.
//
// It reads no keys, sorts nothing and filters nothing: a screen turns keys into the
// methods here and gives it the rows of its newest answer. It belongs to the event
// loop; none of its methods may be called from two goroutines at once.
package table

import (
	"muster/model/fleet"
	"muster/ui/theme"
)

// Col is one column to show. The first of a table's columns identifies the row: it
// carries the cursor's accent and is never dropped.
type Col struct {
	Name     string // of the column in the schema
	Title    string // in the header; empty: the schema's title
	Min, Max int    // cells, 0 for no limit; Min leaves room for values that will change, Max yields on a wide screen
	Priority int    // on narrow screens the lowest go first, among equals the last
	Right    bool   // aligned to the right, as counts are
	// Tone chooses the style by the cell's text; nil is plain. The text itself has to
	// say the same, for who sees no colour.
	Tone func(cell string) theme.Tone
	// Show is what stands in place of a cell's text, for what the list as a whole says
	// about it; nil is the text. Rows are drawn again when they are set.
	Show func(cell string) string
}

// margin is how many rows stay in sight above and below the cursor.
const margin = 2

// Model is the state of a table. Make it with [New].
type Model struct {
	pens  pens
	cols  []Col
	ix    *fleet.Index
	rows  fleet.Rows
	marks fleet.Marks
	order string // the sorted column, "" for none
	desc  bool
	empty []string

	w, h     int
	pos, top int    // of the cursor and of the first row in sight, as positions in rows
	key      string // of the row under the cursor; kept while there is none

	layout layout
	lines  []string // drawn rows, at their position modulo the length
	drawn  []int    // which position lines holds, plus one; 0 for none
	frame  string
	fresh  bool // whether frame is what View returns
	buf    []byte
}

// New returns an empty table of size 0×0.
func New(t *theme.Theme, cols []Col) *Model {
	m := &Model{pens: newPens(t), cols: cols, ix: fleet.New(nil)}
	m.arrange(true)
	return m
}

// SetTheme redraws everything in another theme.
func (m *Model) SetTheme(t *theme.Theme) {
	m.pens = newPens(t)
	m.redraw()
}

// SetCols shows other columns.
func (m *Model) SetCols(cols []Col) {
	m.cols = cols
	m.layout = layout{}
	m.arrange(true)
}

// SetRows shows these rows of ix. The cursor stays on its row and the row on its
// line; when the row is gone, the cursor goes to a neighbour of it that is still
// there, else to the row that took its place.
func (m *Model) SetRows(ix *fleet.Index, rows fleet.Rows) {
	line := m.pos - m.top
	pos := m.place(ix, rows)
	m.ix, m.rows = ix, rows
	m.pos, m.top = pos, pos-line
	m.settle()
	m.arrange(false)
}

// place returns where the cursor goes among new rows.
func (m *Model) place(ix *fleet.Index, rows fleet.Rows) int {
	if m.key == "" {
		return m.pos
	}
	find := func(key string) int {
		if row, ok := ix.Find(key); ok {
			return rows.Position(row)
		}
		return -1
	}
	if pos := find(m.key); pos >= 0 {
		return pos
	}
	const near = 4 // each may cost a pass over the row numbers
	for _, d := range [2 * near]int{1, 2, 3, 4, -1, -2, -3, -4} {
		if p := m.pos + d; p >= 0 && p < m.rows.Len() {
			if pos := find(m.ix.Key(m.rows.At(p))); pos >= 0 {
				return pos
			}
		}
	}
	return m.pos
}

// SetMarks shows these marks.
func (m *Model) SetMarks(marks fleet.Marks) {
	m.marks = marks
	m.redraw()
}

// SetOrder puts the sort sign into the header of that column; "" takes it away. It
// does not sort.
func (m *Model) SetOrder(name string, desc bool) {
	m.order, m.desc = name, desc
	m.fresh = false
}

// SetEmpty says what stands in the table while it has no rows, one string a line.
func (m *Model) SetEmpty(lines ...string) {
	m.empty = lines
	m.fresh = false
}

// Resize gives the table its rectangle. Cursor, marks and the cursor's line stay as
// far as they fit.
func (m *Model) Resize(w, h int) {
	w, h = max(w, 0), max(h, 0)
	if w == m.w && h == m.h {
		return
	}
	wider := w != m.w
	m.w, m.h = w, h
	m.lines, m.drawn = make([]string, m.body()), make([]int, m.body())
	m.settle()
	m.arrange(wider)
}

// body is how many rows fit.
func (m *Model) body() int { return max(m.h-1, 0) }

// settle brings cursor and window back to where there are rows.
func (m *Model) settle() {
	n, body := m.rows.Len(), m.body()
	m.pos = max(min(m.pos, n-1), 0)
	edge := min(margin, max(body-1, 0)/2)
	m.top = max(min(m.top, m.pos-edge), m.pos+edge-body+1)
	m.top = max(min(m.top, n-body), 0)
	if n > 0 {
		m.key = m.ix.Key(m.rows.At(m.pos))
	}
}

// Move moves the cursor by delta rows, up when negative.
func (m *Model) Move(delta int) { m.step(delta, 0) }

// Page moves the cursor and the window by n screens.
func (m *Model) Page(n int) { m.step(n*m.body(), n*m.body()) }

// Half moves the cursor and the window by n half screens.
func (m *Model) Half(n int) { m.step(n*max(m.body()/2, 1), n*max(m.body()/2, 1)) }

// Top moves the cursor to the first row.
func (m *Model) Top() { m.step(-m.rows.Len(), 0) }

// Bottom moves the cursor to the last row.
func (m *Model) Bottom() { m.step(m.rows.Len(), 0) }

func (m *Model) step(cursor, window int) {
	pos, top := m.pos, m.top
	m.pos += cursor
	m.top += window
	m.settle()
	if m.pos == pos && m.top == top {
		return
	}
	m.forget(pos)
	m.forget(m.pos)
}

// Select moves the cursor to the row with that key and reports whether it is shown.
func (m *Model) Select(key string) bool {
	row, ok := m.ix.Find(key)
	if !ok {
		return false
	}
	pos := m.rows.Position(row)
	if pos < 0 {
		return false
	}
	m.step(pos-m.pos, 0)
	return true
}

// Current returns the row under the cursor and its key.
func (m *Model) Current() (row int, key string, ok bool) {
	if m.rows.Len() == 0 {
		return 0, "", false
	}
	row = m.rows.At(m.pos)
	return row, m.ix.Key(row), true
}

// Position returns where the cursor stands among the rows, from 0.
func (m *Model) Position() int { return m.pos }

// Visible returns the positions in sight: from, up to but not including to.
func (m *Model) Visible() (from, to int) {
	return m.top, min(m.top+m.body(), m.rows.Len())
}

// Rows returns what the table shows, with the snapshot that the numbers are of.
func (m *Model) Rows() (*fleet.Index, fleet.Rows) { return m.ix, m.rows }

// forget has the row at a position drawn again.
func (m *Model) forget(pos int) {
	m.fresh = false
	if n := len(m.drawn); n > 0 && m.drawn[pos%n] == pos+1 {
		m.drawn[pos%n] = 0
	}
}

// redraw has every row drawn again.
func (m *Model) redraw() {
	m.fresh = false
	clear(m.drawn)
}
