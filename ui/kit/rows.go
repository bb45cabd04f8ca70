package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model/fleet"
)

// ArrangedMsg answers [Arrange].
type ArrangedMsg struct {
	Reply
	Index  *fleet.Index
	Rows   fleet.Rows
	Marks  fleet.Marks // those that were asked with, on Index
	Marked int         // of them among Rows
	Err    error
}

// Arrange returns a command that finds the rows that a query asks for, in the order
// of a column; col -1 is the order of arrival. It stops early when ctx ends.
func Arrange(ctx context.Context, re Reply, ix *fleet.Index, q fleet.Query, col int, desc bool, marks fleet.Marks) tea.Cmd {
	return func() tea.Msg {
		m := ArrangedMsg{Reply: re, Index: ix}
		if m.Rows, m.Err = ix.Match(ctx, q); m.Err != nil {
			return m
		}
		if m.Rows, m.Err = ix.Sort(ctx, m.Rows, col, desc); m.Err != nil || marks.Count() == 0 {
			return m
		}
		m.Marks = marks.On(ix)
		m.Marked = m.Marks.Among(ix, m.Rows)
		return m
	}
}

// MarkedMsg answers [MarkRows].
type MarkedMsg struct {
	Reply
	Marks fleet.Marks
	Shown int // marked rows among those that are shown
}

// Choice are the rows that marks are added for: those among shown whose cell in a
// column is a text, or all of them.
type Choice struct {
	Shown fleet.Rows // what the list shows
	Among fleet.Rows // what is looked at, a part of Shown
	Same  bool       // only rows with this cell
	Col   int        // by position in the schema
	Cell  string
}

// Mark adds the rows of a choice to the marks. For a million rows it takes some
// milliseconds.
func Mark(re Reply, marks fleet.Marks, ix *fleet.Index, c Choice) MarkedMsg {
	add := c.Among
	if c.Same {
		var list []uint32
		for _, row := range c.Among.All() {
			if ix.Cell(row, c.Col) == c.Cell {
				list = append(list, uint32(row))
			}
		}
		add = fleet.RowsOf(list)
	}
	msg := MarkedMsg{Reply: re, Marks: marks.Add(ix, add)}
	msg.Shown = msg.Marks.Among(ix, c.Shown)
	return msg
}

// MarkRows returns a command that does what [Mark] does.
func MarkRows(re Reply, marks fleet.Marks, ix *fleet.Index, c Choice) tea.Cmd {
	return func() tea.Msg { return Mark(re, marks, ix, c) }
}

// PickedMsg answers [Pick]: the marked rows that a list has, by number.
type PickedMsg struct {
	Reply
	Index *fleet.Index
	Rows  fleet.Rows
}

// Pick returns a command that looks up marked rows.
func Pick(re Reply, marks fleet.Marks, ix *fleet.Index) tea.Cmd {
	return func() tea.Msg { return PickedMsg{Reply: re, Index: ix, Rows: marks.Rows(ix)} }
}
