package table

import (
	"slices"

	"muster/model/fleet"
)

// Cells of a line that are no column's.
const (
	gutter = 2 // cursor and mark
	space  = 2 // between columns
)

// sampleRows is how many rows the widths of columns are measured from.
const sampleRows = 256

// floor is how narrow a column without a Min may become before columns are dropped.
const floor = 4

// layout is how wide which columns are drawn. It changes with the size of the screen
// and when a list grows by a digit, never while one scrolls, filters, or a number in
// it changes.
type layout struct {
	schema fleet.Schema // what wants was measured with
	digits int          // of the number of rows then, 0 for none
	wants  []int        // for each of the columns, shown or not
	shown  []slot
}

// slot is one column on the screen.
type slot struct {
	col   int // of the model
	field int // of the schema, -1 when it has none of that name
	width int
}

// arrange measures and lays out the columns, again from nothing if anew is set.
func (m *Model) arrange(anew bool) {
	m.redraw()
	schema := m.ix.Columns()
	digits := 0
	for n := m.ix.Len(); n > 0; n /= 10 {
		digits++
	}
	switch {
	case anew || m.layout.wants == nil || !slices.Equal(schema, m.layout.schema):
		m.layout.wants = make([]int, len(m.cols))
	case digits <= m.layout.digits:
		return
	}
	m.layout.digits, m.layout.schema = digits, schema
	for i := range m.cols {
		m.layout.wants[i] = max(m.layout.wants[i], m.want(i, schema.Find(m.cols[i].Name)))
	}
	m.layout.shown = m.fit()
	for i := range m.layout.shown {
		s := &m.layout.shown[i]
		s.field = schema.Find(m.cols[s.col].Name)
	}
}

// want measures how wide a column would like to be, from rows spread over the whole
// snapshot: what a filter hides counts too, so that filtering moves nothing.
func (m *Model) want(col, field int) int {
	c := &m.cols[col]
	w := width(m.title(col, field)) + 1 // the sort sign
	n := m.ix.Len()
	for i := range min(n, sampleRows) {
		row := i
		if n > sampleRows {
			row = int(int64(i) * int64(n) / sampleRows)
		}
		w = max(w, width(m.ix.Cell(row, field)))
	}
	return max(w, c.Min, 1)
}

func (m *Model) title(col, field int) string {
	if t := m.cols[col].Title; t != "" || field < 0 {
		return t
	}
	return m.ix.Columns()[field].Title
}

// fit chooses the columns that have room and their widths.
func (m *Model) fit() []slot {
	shown := make([]slot, len(m.cols))
	for i := range shown {
		shown[i] = slot{col: i, width: m.layout.wants[i]}
		if c := &m.cols[i]; c.Max > 0 {
			shown[i].width = min(shown[i].width, max(c.Max, c.Min, 1))
		}
	}
	for len(shown) > 1 && m.room(shown) < least(m.cols, shown) {
		drop := len(shown) - 1
		for i := drop - 1; i > 0; i-- {
			if m.cols[shown[i].col].Priority < m.cols[shown[drop].col].Priority {
				drop = i
			}
		}
		shown = append(shown[:drop], shown[drop+1:]...)
	}
	room := m.room(shown)
	for total(shown) > room {
		widest := -1
		for i, s := range shown {
			if s.width > minimum(&m.cols[s.col], s.width) && (widest < 0 || s.width > shown[widest].width) {
				widest = i
			}
		}
		if widest < 0 { // only the key column is left and has less than its minimum
			shown[0].width = max(room, 0)
			break
		}
		shown[widest].width--
	}
	left := room - total(shown) // goes to the columns that Max cuts off
	for i := range shown {
		s := &shown[i]
		more := max(min(m.layout.wants[s.col]-s.width, left), 0)
		s.width += more
		left -= more
	}
	return shown
}

// room is how many cells the columns have among them.
func (m *Model) room(shown []slot) int { return m.w - gutter - space*(len(shown)-1) }

func total(shown []slot) int {
	n := 0
	for _, s := range shown {
		n += s.width
	}
	return n
}

// least is how many cells the columns need at their narrowest.
func least(cols []Col, shown []slot) int {
	n := 0
	for _, s := range shown {
		n += minimum(&cols[s.col], s.width)
	}
	return n
}

func minimum(c *Col, want int) int { return min(want, max(c.Min, floor)) }
