package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"muster/model/fleet"
)

func parse(t *testing.T, s string) fleet.Query {
	t.Helper()
	q, err := fleet.Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	return q
}

func keys(ix *fleet.Index, rows fleet.Rows) string {
	var ks []string
	for _, row := range rows.All() {
		ks = append(ks, ix.Key(row))
	}
	return strings.Join(ks, " ")
}

func TestQueries(t *testing.T) {
	ix := fleet.New(fleet.Schema{{Name: "serial"}, {Name: "model"}, {Name: "mac"}},
		fleet.Row{Key: "a", Cells: []string{"5CG1", "Surface Pro 9", "aa:bb"}},
		fleet.Row{Key: "b", Cells: []string{"5CG12", "Latitude 5440", "aa:cc"}},
		fleet.Row{Key: "c", Cells: []string{"XY", "surface go", ""}},
	)
	for _, c := range []struct{ query, want string }{
		{"", "a b c"},
		{"  ", "a b c"},
		{"5cg", "a b"},
		{"SURFACE", "a c"},
		{"surface 5cg", "a"},
		{"!surface", "b"},
		{"!surface !latitude", ""},
		{"serial:5CG1", "a b"},
		{`serial:"5CG1"`, "a"},
		{`"5cg1"`, "a"},
		{`!"5cg1" 5cg`, "b"},
		{`"surface pro 9"`, "a"},
		{"SERIAL:xy", "c"},
		{"model:5cg", ""},
		{"aa:bb", "a"},       // no such column: a colon is a colon
		{"mac:aa:cc", "b"},   // only the first colon parts
		{"!", "a b c"},       // still being typed
		{"serial:", "a b c"}, // still being typed
		{`"`, "a b c"},       // still being typed
		{`"surface p`, "a"},  // still being typed
		{`model:"surf`, "a c"},
		{":go", ""},
	} {
		q := parse(t, c.query)
		rows, err := ix.Match(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := keys(ix, rows); got != c.want {
			t.Errorf("match %q: got %q, want %q", c.query, got, c.want)
		}
		if q.String() != strings.TrimSpace(c.query) {
			t.Errorf("String of %q: %q", c.query, q.String())
		}
	}
}

func TestQueryLimits(t *testing.T) {
	for _, s := range []string{strings.Repeat("x", 1001), strings.Repeat("x ", 33), "a\x00b", "\xff"} {
		if _, err := fleet.Parse(s); err == nil {
			t.Errorf("Parse of %d bytes, %.10q…: no error", len(s), s)
		}
	}
	parse(t, strings.Repeat("x ", 32))
}

func FuzzParse(f *testing.F) {
	ix := fleet.New(schema, fleet.Row{Key: "a", Cells: []string{"5CG1", "Surface", "3"}})
	for _, s := range []string{"", "a b", `!serial:"x y" z`, `"`, `!"`, "a:b:c", `:"`, "!!x", `serial:""x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := fleet.Parse(s)
		if err != nil {
			return
		}
		again, err := fleet.Parse(q.String())
		if err != nil || again.String() != q.String() || again.Empty() != q.Empty() {
			t.Errorf("%q read again: %q, %v", s, again, err)
		}
		if _, err := ix.Match(t.Context(), q); err != nil {
			t.Error(err)
		}
	})
}

func TestNumbersOfCells(t *testing.T) {
	ix := fleet.New(fleet.Schema{{Name: "n", Kind: fleet.Count}},
		fleet.Row{Key: "thousand", Cells: []string{"1 204"}},
		fleet.Row{Key: "none", Cells: []string{"–"}},
		fleet.Row{Key: "nine", Cells: []string{"9 of 12"}},
		fleet.Row{Key: "huge", Cells: []string{strings.Repeat("9", 40)}},
		fleet.Row{Key: "zero", Cells: []string{"0"}},
		fleet.Row{Key: "empty"},
		fleet.Row{Key: "given", Cells: []string{"many"}, Sort: []int64{500}},
	)
	for _, c := range []struct {
		desc bool
		want string
	}{{false, "zero nine given thousand none huge empty"}, {true, "thousand given nine zero none huge empty"}} {
		rows, err := ix.Sort(t.Context(), ix.All(), 0, c.desc)
		if err != nil {
			t.Fatal(err)
		}
		if got := keys(ix, rows); got != c.want {
			t.Errorf("desc %v: got %q, want %q", c.desc, got, c.want)
		}
	}
}

// Long texts that share their beginnings are the slow way through a sort.
func TestSortSharedBeginnings(t *testing.T) {
	var rows []fleet.Row
	for i := range 5000 {
		rows = append(rows, fleet.Row{Key: fmt.Sprint(i), Cells: []string{fmt.Sprintf("CONTOSO-MUNICH--%04d", (i*7919)%5000)}})
	}
	ix := fleet.New(schema, rows...)
	for _, desc := range []bool{false, true} {
		sorted, err := ix.Sort(t.Context(), ix.All(), 0, desc)
		if err != nil {
			t.Fatal(err)
		}
		for i := range sorted.Len() - 1 {
			a, b := ix.Cell(sorted.At(i), 0), ix.Cell(sorted.At(i+1), 0)
			if desc {
				a, b = b, a
			}
			if a >= b {
				t.Fatalf("desc %v: %s stands before %s", desc, a, b)
			}
		}
	}
}

func TestNoNewsIsTheSameIndex(t *testing.T) {
	ix := fleet.New(schema, filler(0, 5000)...)
	if ix.With(filler(100, 200)...) != ix {
		t.Error("rows as they were made a new index")
	}
	if ix.With() != ix || ix.Without("nobody") != ix {
		t.Error("nothing made a new index")
	}
	row := ix.Row(100)
	row.Sort[2] = 77
	if next := ix.With(row); next == ix || next.Value(100, 2) != 77 || ix.Value(100, 2) == 77 {
		t.Error("a changed sort value must make a new index and leave the old")
	}
}

func TestEndedContextGivesNoRows(t *testing.T) {
	ix := fleet.New(schema, filler(0, 20000)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if rows, err := ix.Match(ctx, parse(t, "5cg")); !errors.Is(err, context.Canceled) || rows.Len() != 0 {
		t.Errorf("Match: %d rows, %v", rows.Len(), err)
	}
	if rows, err := ix.Sort(ctx, ix.All(), 0, false); !errors.Is(err, context.Canceled) || rows.Len() != 0 {
		t.Errorf("Sort: %d rows, %v", rows.Len(), err)
	}
}

func TestColumnsOutOfRange(t *testing.T) {
	ix := fleet.New(schema, filler(0, 5)...)
	col := ix.Columns().Find("nonsense")
	if got := ix.Cell(0, col) + ix.Cell(0, 99); got != "" || ix.Value(0, col) != fleet.Unknown {
		t.Errorf("a column that does not exist holds %q", got)
	}
	if rows, err := ix.Sort(t.Context(), ix.All(), col, true); err != nil || rows.At(0) != 0 || rows.Len() != 5 {
		t.Errorf("sorted by no column: %d rows, %v", rows.Len(), err)
	}
}

// Two successors of one snapshot number their new rows alike, and yet they are not the
// same rows.
func TestMarksTellSuccessorsApart(t *testing.T) {
	schema := fleet.Schema{{Name: "name"}}
	base := fleet.New(schema, fleet.Row{Key: "a"})
	one, two := base.With(fleet.Row{Key: "b"}), base.With(fleet.Row{Key: "c"})
	m := fleet.Marks{}.Add(one, one.All())
	if got := strings.Join(m.Keys(two), " "); got != "a" || m.HasRow(two, 1) || !m.Has("b") {
		t.Errorf("marked in the other successor: %q, its second row %v", got, m.HasRow(two, 1))
	}
	if got := m.On(two); got.Count() != 2 || !got.Has("b") || got.Has("c") || got.Among(two, two.All()) != 1 {
		t.Errorf("the marks lost or won a row on their way: %d", got.Count())
	}
}

func TestMarksReturnWithTheirRows(t *testing.T) {
	ix := fleet.New(schema, filler(0, 10)...)
	m := fleet.Marks{}.Toggle("id-3").Toggle("id-7")
	less := ix.Without("id-3")
	if got := m.Keys(less); len(got) != 1 || m.Count() != 2 {
		t.Errorf("without row 3: %v of %d", got, m.Count())
	}
	if got := strings.Join(m.Keys(less.With(ix.Row(3))), " "); got != "id-7 id-3" {
		t.Errorf("row 3 is back at the end: %s", got)
	}
}

func filler(from, to int) []fleet.Row {
	models := []string{"Latitude 5440", "Latitude 7450", "Surface Pro 9", "Surface Go 4", "EliteBook 840 G10", "OptiPlex 7010", "ThinkPad T14 Gen 4"}
	tags := []string{"berlin", "hamburg", "kiosk", "lab", "ward-3", "reception", ""}
	rows := make([]fleet.Row, 0, to-from)
	for i := from; i < to; i++ {
		rows = append(rows, fleet.Row{
			Key: fmt.Sprintf("id-%d", i),
			Cells: []string{
				fmt.Sprintf("5CG%07d", (i*7919)%10_000_000), models[i%len(models)], fmt.Sprint(i % 1000), "2026-11-23 14:02",
				fmt.Sprintf("user%d@contoso.com", (i*104729)%1_000_000), tags[i%5], "Hospital west wing policy", "not contacted",
			},
			Sort: []int64{0, 0, int64(i % 1000), int64(i) * 1e9},
		})
	}
	return rows
}

// Lists of many chunks are searched by several goroutines; the answer is in order.
func TestMatchManyChunks(t *testing.T) {
	rows := filler(0, 70_000)
	ix := fleet.New(wide, rows...)
	got, err := ix.Match(t.Context(), parse(t, "surface user:7"))
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, r := range rows {
		if strings.Contains(r.Cells[1], "Surface") && strings.Contains(r.Cells[4], "7") {
			if at >= got.Len() || got.At(at) != i {
				t.Fatalf("answer %d is not row %d", at, i)
			}
			at++
		}
	}
	if at != got.Len() {
		t.Errorf("%d rows, want %d", got.Len(), at)
	}
}

// A column that stands aside is found by its name alone.
func TestColumnsAside(t *testing.T) {
	ix := fleet.New(fleet.Schema{{Name: "serial"}, {Name: "id", Aside: true}},
		fleet.Row{Key: "a", Cells: []string{"5CG1", "ffee"}}, fleet.Row{Key: "b", Cells: []string{"ee", "1234"}})
	for query, want := range map[string]string{"ee": "b", "id:ee": "a", "!ee": "a", `"ffee"`: "", `id:"ffee"`: "a"} {
		rows, err := ix.Match(t.Context(), parse(t, query))
		if err != nil {
			t.Fatal(err)
		}
		if got := keys(ix, rows); got != want {
			t.Errorf("match %q: got %q, want %q", query, got, want)
		}
	}
}
