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
	Marked int // marked rows among Rows
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
		for _, row := range m.Rows.All() {
			if marks.Has(ix.Key(row)) {
				m.Marked++
			}
		}
		return m
	}
}

// MarkedMsg answers [MarkRows].
type MarkedMsg struct {
	Reply
	Marks fleet.Marks
}

// MarkRows returns a command that adds rows to the marks.
func MarkRows(re Reply, marks fleet.Marks, ix *fleet.Index, rows fleet.Rows) tea.Cmd {
	return func() tea.Msg { return MarkedMsg{Reply: re, Marks: marks.Add(ix, rows)} }
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
