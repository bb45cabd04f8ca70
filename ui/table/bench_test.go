package table_test

import (
	"fmt"
	"strings"
	"testing"

	"charm.land/bubbles/v2/list"
	peer "charm.land/bubbles/v2/table"

	"muster/model/beside"
	"muster/model/fleet"
	"muster/ui/table"
	"muster/ui/theme"
)

// tenCols is a list as wide as muster's widest, on 200×50.
func tenCols() ([]table.Col, fleet.Schema) {
	var cs []table.Col
	var s fleet.Schema
	for i := range 10 {
		name := fmt.Sprintf("column%d", i)
		cs = append(cs, table.Col{Name: name, Min: 8, Tone: tone})
		s = append(s, fleet.Column{Name: name, Title: name})
	}
	return cs, s
}

func tenCells(i int) []string {
	cells := make([]string, 10)
	for c := range cells {
		cells[c] = fmt.Sprintf("cell %d of %d", c, i%1000)
	}
	return cells
}

func tall(n int) (*table.Model, *fleet.Index) {
	cs, s := tenCols()
	rows := make([]fleet.Row, n)
	for i := range rows {
		rows[i] = fleet.Row{Key: fmt.Sprint(i), Cells: tenCells(i)}
	}
	ix := fleet.New(s, rows...)
	m := table.New(theme.New(true, false), cs)
	m.Resize(200, 50)
	m.SetRows(ix, ix.All())
	return m, ix
}

// BenchmarkStep is a cursor step and the picture after it.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		m, _ := tall(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			m.Top()
			for b.Loop() {
				step(m, n)
			}
		})
	}
}

// step moves to the next of n rows and draws, at the last row to the first.
func step(m *table.Model, n int) {
	if m.Position() == n-1 {
		m.Top()
	}
	m.Move(1)
	m.View()
}

// BenchmarkStepPeers is the same with bubbles' table and list beside it. A step of
// theirs is in proportion to the rows, so a million is left out.
func BenchmarkStepPeers(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		m, _ := tall(n)
		b.Run(fmt.Sprintf("table/%d", n), func(b *testing.B) {
			var cs []peer.Column
			for i := range 10 {
				cs = append(cs, peer.Column{Title: fmt.Sprintf("column%d", i), Width: 16})
			}
			rows := make([]peer.Row, n)
			for i := range rows {
				rows[i] = tenCells(i)
			}
			p := peer.New(peer.WithColumns(cs), peer.WithRows(rows), peer.WithFocused(true), peer.WithWidth(200), peer.WithHeight(50))
			beside.Run(b, "bubbles", func() { step(m, n) }, func() {
				p.MoveDown(1)
				p.View()
			})
		})
		b.Run(fmt.Sprintf("list/%d", n), func(b *testing.B) {
			items := make([]list.Item, n)
			for i := range items {
				items[i] = item(strings.Join(tenCells(i), " "))
			}
			d := list.NewDefaultDelegate()
			d.ShowDescription = false
			d.SetSpacing(0)
			p := list.New(items, d, 200, 50)
			beside.Run(b, "bubbles", func() { step(m, n) }, func() {
				p.CursorDown()
				p.View()
			})
		})
	}
}

// item is a line of bubbles' list.
type item string

func (i item) FilterValue() string { return string(i) }
func (i item) Title() string       { return string(i) }
func (i item) Description() string { return "" }

// BenchmarkDraw is a whole picture anew, with one column of characters that are not
// ASCII or without, and the arrival of a new snapshot.
func BenchmarkDraw(b *testing.B) {
	m, ix := tall(1_000_000)
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.SetMarks(fleet.Marks{})
			m.View()
		}
	})
	b.Run("news", func(b *testing.B) {
		b.ReportAllocs()
		m.Select("500000")
		for b.Loop() {
			m.SetRows(ix, ix.All())
			m.View()
		}
	})
	b.Run("news/sorted", func(b *testing.B) {
		b.ReportAllocs()
		rows, err := ix.Sort(b.Context(), ix.All(), 3, true)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			m.SetRows(ix, rows)
			m.View()
		}
	})
	wide, _ := made(1000, 200, 50)
	b.Run("wide characters", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			wide.SetMarks(fleet.Marks{})
			wide.View()
		}
	})
}
