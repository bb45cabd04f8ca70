package table_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"muster/model/fleet"
	"muster/ui/table"
	"muster/ui/theme"
)

var schema = fleet.Schema{
	{Name: "serial", Title: "Serial"},
	{Name: "model", Title: "Model"},
	{Name: "user", Title: "User"},
	{Name: "devices", Title: "Devices", Kind: fleet.Count},
	{Name: "state", Title: "State"},
}

var cols = []table.Col{
	{Name: "serial", Min: 8, Max: 16},
	{Name: "model", Min: 8, Max: 24, Priority: 3},
	{Name: "user", Min: 10, Max: 40, Priority: 1},
	{Name: "devices", Min: 7, Right: true, Priority: 2},
	{Name: "state", Min: 10, Priority: 4, Tone: tone},
}

func tone(cell string) theme.Tone {
	switch cell {
	case "finished":
		return theme.GoodTone
	case "failed":
		return theme.BadTone
	}
	return theme.PlainTone
}

var wideTexts = []string{"日本語パソコン製作所", "Größe L", "👩‍👩‍👧‍👦 family", "e\u0301te\u0301", "Latitude 5440 Rugged Extreme Edition", "", "שלום עולם", "🇩🇪🇫🇷"}

func rows(from, to int) []fleet.Row {
	var rs []fleet.Row
	for i := from; i < to; i++ {
		rs = append(rs, fleet.Row{Key: fmt.Sprintf("k%d", i), Cells: []string{
			fmt.Sprintf("5CG%05d", i), wideTexts[i%len(wideTexts)], fmt.Sprintf("user%d@contoso.com", i), fmt.Sprint(i * 37 % 1200),
			[]string{"queued", "processing", "finished", "failed"}[i%4],
		}})
	}
	return rs
}

func made(n, w, h int) (*table.Model, *fleet.Index) {
	m := table.New(theme.New(true, false), cols)
	m.Resize(w, h)
	ix := fleet.New(schema, rows(0, n)...)
	m.SetRows(ix, ix.All())
	return m, ix
}

// picture is what stands on the screen, without colours and without blanks at the
// ends of lines.
func picture(m *table.Model) string {
	lines := strings.Split(ansi.Strip(m.View()), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func current(t *testing.T, m *table.Model) string {
	t.Helper()
	_, key, ok := m.Current()
	if !ok {
		return ""
	}
	return key
}

func TestCursorStaysOnItsRow(t *testing.T) {
	m, ix := made(100, 80, 11)
	m.Move(40)
	line := func() int {
		from, _ := m.Visible()
		return m.Position() - from
	}
	at := line()
	check := func(what, key string) {
		t.Helper()
		if got := current(t, m); got != key || line() != at {
			t.Errorf("%s: cursor on %s, line %d; want %s, line %d", what, got, line(), key, at)
		}
	}
	check("at first", "k40")

	m.SetRows(ix.With(rows(100, 200)...), ix.With(rows(100, 200)...).All())
	check("more rows behind", "k40")

	less := ix.Without("k1", "k2", "k30", "k99")
	m.SetRows(less, less.All())
	check("fewer rows before", "k40")

	sorted, err := less.Sort(t.Context(), less.All(), 0, true)
	if err != nil {
		t.Fatal(err)
	}
	m.SetRows(less, sorted)
	check("sorted", "k40")

	q, _ := fleet.Parse("queued")
	some, err := less.Match(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	m.SetRows(less, some)
	check("filtered", "k40")

	gone := less.Without("k40", "k44")
	some, err = gone.Match(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	m.SetRows(gone, some)
	check("row and the next are gone", "k48")

	m.SetRows(gone, fleet.Rows{})
	if _, _, ok := m.Current(); ok {
		t.Error("an empty table has a current row")
	}
	m.SetRows(gone, gone.All())
	if got := current(t, m); got != "k48" {
		t.Errorf("rows are back: cursor on %s, want k48", got)
	}
}

func TestMoves(t *testing.T) {
	m, _ := made(100, 80, 11) // ten rows in sight
	for _, c := range []struct {
		what string
		do   func()
		pos  int
		from int
	}{
		{"up at the top", func() { m.Move(-1) }, 0, 0},
		{"down", func() { m.Move(1) }, 1, 0},
		{"to the margin", func() { m.Move(6) }, 7, 0},
		{"past the margin", func() { m.Move(1) }, 8, 1},
		{"page", func() { m.Page(1) }, 18, 11},
		{"half back", func() { m.Half(-1) }, 13, 6},
		{"bottom", func() { m.Bottom() }, 99, 90},
		{"page at the bottom", func() { m.Page(1) }, 99, 90},
		{"top", func() { m.Top() }, 0, 0},
		{"select", func() { m.Select("k50") }, 50, 43},
		{"select nobody", func() { m.Select("nobody") }, 50, 43},
		{"far down", func() { m.Move(1 << 40) }, 99, 90},
	} {
		c.do()
		if from, to := m.Visible(); m.Position() != c.pos || from != c.from || to != c.from+10 {
			t.Errorf("%s: cursor %d, rows %d to %d in sight; want %d, %d", c.what, m.Position(), from, to, c.pos, c.from)
		}
	}
}

// A step changes the two rows it goes between, a scroll by one no row that stays.
func TestWhatAStepChanges(t *testing.T) {
	m, _ := made(1000, 120, 31)
	m.Move(10)
	before := strings.Split(m.View(), "\n")
	m.Move(1)
	after := strings.Split(m.View(), "\n")
	var changed []int
	for i := range before {
		if before[i] != after[i] {
			changed = append(changed, i)
		}
	}
	if fmt.Sprint(changed) != "[11 12]" {
		t.Errorf("a step changed lines %v, want 11 and 12", changed)
	}
	m.Move(16)
	before = strings.Split(m.View(), "\n")
	m.Move(1)
	after = strings.Split(m.View(), "\n")
	changed = nil
	for i := 1; i < len(before)-1; i++ {
		if before[i+1] != after[i] {
			changed = append(changed, i)
		}
	}
	if fmt.Sprint(changed) != "[27 28]" { // where the cursor was and is
		t.Errorf("a scroll by one changed lines %v, want those of the cursor only", changed)
	}
}

func TestColumnsStayPut(t *testing.T) {
	m, ix := made(5000, 80, 24)
	header := func() string { return strings.Split(picture(m), "\n")[0] }
	want := header()
	m.Bottom()
	m.View()
	m.SetRows(ix, fleet.RowsOf([]uint32{4999, 7}))
	changed := ix.With(fleet.Row{Key: "k7", Cells: []string{"a very long serial number", "another model with a long name", "u", "1000000000"}})
	m.SetRows(changed, changed.All())
	if got := header(); got != want {
		t.Errorf("header moved:\n got %s\nwant %s", got, want)
	}
	m.SetOrder("model", false)
	if got, sorted := header(), strings.Replace(want, "Model ", "Model▲", 1); got != sorted {
		t.Errorf("sorted header:\n got %s\nwant %s", got, sorted)
	}
}

func TestEmptyTableSaysWhy(t *testing.T) {
	m, ix := made(0, 40, 4)
	m.SetEmpty("no devices yet", "U uploads a list")
	want := "  Serial    Model     State\n  no devices yet\n  U uploads a list\n"
	if got := picture(m); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	ix = ix.With(rows(0, 1)...)
	m.SetRows(ix, ix.All())
	if strings.Contains(picture(m), "no devices") {
		t.Error("the message stands beside rows")
	}
}

// Colour is never the only carrier, so nothing is lost without it; here it must be
// there, closed on every line.
func TestStylesEndWithTheirCells(t *testing.T) {
	m, ix := made(10, 80, 11)
	m.SetMarks(fleet.Marks{}.Toggle(ix.Key(3)))
	for i, line := range strings.Split(m.View(), "\n") {
		if on, off := strings.Count(line, "\x1b["), strings.Count(line, "\x1b[m"); on == 0 && i == 0 || on != 2*off {
			t.Errorf("line %d opens %d styles and closes %d: %q", i, on-off, off, line)
		}
	}
}
