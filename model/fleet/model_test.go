package fleet_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"muster/model/fleet"
)

var schema = fleet.Schema{
	{Name: "serial", Title: "Serial"},
	{Name: "model", Title: "Model"},
	{Name: "rows", Title: "Rows", Kind: fleet.Count},
	{Name: "seen", Title: "Last seen", Kind: fleet.Time},
	{Name: "user", Title: "User"},
	{Name: "ref", Title: "Ref"},
}

// naive is what an index must be equal to, written without a thought for speed.
type naive struct {
	rows  []fleet.Row
	marks map[string]bool
}

func (n *naive) find(key string) int {
	return slices.IndexFunc(n.rows, func(r fleet.Row) bool { return r.Key == key })
}

func (n *naive) with(rows []fleet.Row) {
	at := map[string]int{}
	for i, r := range n.rows {
		at[r.Key] = i
	}
	for _, r := range rows {
		if i, ok := at[r.Key]; ok {
			n.rows[i] = r
		} else {
			at[r.Key] = len(n.rows)
			n.rows = append(n.rows, r)
		}
	}
}

func cell(r fleet.Row, col int) string {
	if col < len(r.Cells) {
		return r.Cells[col]
	}
	return ""
}

// want is one term of a query as the naive model understands it.
type want struct {
	not, exact, fuzzy bool
	col               int // -1 for any
	value             string
	op                string // of a comparison: then col is rows, or seen with an age in hours
	bound             int64
}

// clock is the moment that ages are counted back from: the random times are around it.
var clock = time.Unix(0, 1<<49).UTC()

// compared says what a comparison should say of a row.
func (w want) compared(r fleet.Row) bool {
	v, by := int64(fleet.Unknown), w.bound
	if w.col < len(r.Sort) {
		v = r.Sort[w.col]
	} else if w.col == 2 && w.col < len(r.Cells) {
		v = int64(r.Cells[w.col][0] - '0')
	}
	if v == fleet.Unknown {
		return false
	}
	if w.col == 3 {
		v = clock.UnixNano() - v // the age
		by *= int64(time.Hour)
	}
	switch w.op {
	case "<":
		return v < by
	case "<=":
		return v <= by
	case ">":
		return v > by
	}
	return v >= by
}

// inOrder is the fuzzy match, one letter after the other.
func inOrder(s, word string) bool {
	rest := []rune(word)
	for _, r := range s {
		if len(rest) > 0 && r == rest[0] {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

func (w want) holds(r fleet.Row) bool {
	if w.op != "" {
		return w.compared(r) != w.not
	}
	hit := false
	for c := range schema {
		if w.col >= 0 && c != w.col {
			continue
		}
		low := strings.ToLower(cell(r, c))
		if w.fuzzy {
			hit = hit || inOrder(low, strings.ToLower(w.value))
		} else if w.exact {
			hit = hit || low == strings.ToLower(w.value)
		} else {
			hit = hit || strings.Contains(low, strings.ToLower(w.value))
		}
	}
	return hit != w.not
}

func (w want) String() string {
	s := w.value
	if w.exact {
		s = `"` + s + `"`
	}
	if w.fuzzy {
		s = "~" + s
	}
	if w.op != "" {
		s = w.op + fmt.Sprint(w.bound)
		if w.col == 3 {
			s += "h"
		}
	}
	if w.col >= 0 {
		s = schema[w.col].Name + ":" + s
	}
	if w.not {
		s = "!" + s
	}
	return s
}

func (n *naive) sorted(rows []int, col int, desc bool) []int {
	type keyed struct {
		row   int
		text  string
		value int64
		last  bool
	}
	keys := make([]keyed, len(rows))
	for i, row := range rows {
		k := keyed{row: row, text: strings.ToLower(cell(n.rows[row], col)), value: fleet.Unknown}
		if r := n.rows[row]; col < len(r.Sort) {
			k.value = r.Sort[col]
		}
		if k.last = k.text == ""; schema[col].Kind != fleet.Text {
			k.last, k.text = k.value == fleet.Unknown, ""
		} else {
			k.value = 0
		}
		keys[i] = k
	}
	slices.SortStableFunc(keys, func(a, b keyed) int {
		c := cmp.Or(cmp.Compare(a.value, b.value), strings.Compare(a.text, b.text))
		switch {
		case a.last && b.last:
			return 0
		case a.last:
			return 1
		case b.last:
			return -1
		case desc:
			return -c
		}
		return c
	})
	out := make([]int, len(keys))
	for i, k := range keys {
		out[i] = k.row
	}
	return out
}

var (
	makers = []string{"Latitude 5440", "Surface Pro 9", "OptiPlex", "", "größer STRASSE", "日本語パソコン", "İstanbul", "bad\xffbyte", "a\x00b"}
	words  = []string{"5440", "ltd", "gß", "日ソ", "sr1o", "pro", "e", "00", "STRASSE", "日本", "zz", "i̇s", "user1", "latitude", "5e", "5e1", "-8abc-"}
	exacts = []string{"optiplex", "Latitude 5440", "a", "b", "user1@contoso.com", "00000000-0000-0000-0000-000000000000", "5e"}
)

// keyOf is the key of a row: from some number on an id as services write them, so that
// there are chunks of either kind and mixed ones.
func keyOf(id int) string {
	if id < 5000 {
		return fmt.Sprintf("id-%d", id)
	}
	return fmt.Sprintf("0000abcd-1234-4abc-8abc-%012x", id)
}

// randomID is mostly an id as services write them, and seldom what only looks like one.
func randomID(r *rand.Rand) string {
	switch r.IntN(2000) {
	case 0:
		return "00000000-0000-0000-0000-000000000000"
	case 1:
		return "0000ABCD-1234-4abc-8abc-0123456789ab"
	case 2:
		return "0000abcd-1234-4abc-8abc_0123456789ab"
	}
	if r.IntN(9) == 0 {
		return ""
	}
	return fmt.Sprintf("5e%06x-1234-4abc-8abc-0123456789ab", r.IntN(1<<24))
}

func randomRow(r *rand.Rand, id int) fleet.Row {
	row := fleet.Row{Key: keyOf(id)}
	row.Cells = []string{
		fmt.Sprintf("5CG%07d", r.IntN(1<<20)), makers[r.IntN(len(makers))], fmt.Sprint(id % 7), "",
		fmt.Sprintf("User%d@contoso.com", r.IntN(40)), randomID(r),
	}[:r.IntN(4)+3]
	row.Sort = []int64{0, 0, int64(r.IntN(9) - 4), r.Int64N(1 << 50)}
	if r.IntN(5) == 0 {
		row.Sort[3] = fleet.Unknown
	}
	return row
}

// pair is an index and what it must be equal to.
type pair struct {
	*rapid.T
	r     *rand.Rand
	n     *naive
	ix    *fleet.Index
	marks fleet.Marks
	next  int // the id of the next new row
}

func TestIndexEqualsNaive(t *testing.T) {
	sizes := []int{0, 1, 3, 50, 50, 50, 300, 300, 300, 300, 4095, 8200, 13_000}
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		p := &pair{T: t, r: r, n: &naive{marks: map[string]bool{}}, ix: fleet.New(schema)}
		p.add(rapid.SampledFrom(sizes).Draw(t, "size"))
		// Old snapshots must not change: each is kept with what it was.
		var old []*fleet.Index
		var oldRows [][]fleet.Row
		steps := map[string]func(){
			"append": func() { p.add(rapid.SampledFrom([]int{1, 100, 100, 100, 100, 4200}).Draw(t, "page")) },
			"change": p.change, "remove": p.remove, "match": p.match, "sort": p.sort, "mark": p.mark, "count": p.count,
		}
		names := slices.Sorted(maps.Keys(steps))
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			old, oldRows = append(old, p.ix), append(oldRows, slices.Clone(p.n.rows))
			steps[rapid.SampledFrom(names).Draw(t, "step")]()
		}
		p.change() // and whatever came before, changed rows are found, sorted and marked
		p.match()
		p.sort()
		p.mark()
		p.count()
		for i, ix := range append(old, p.ix) {
			equalIndex(t, ix, append(oldRows, p.n.rows)[i])
		}
	})
}

// add appends a page of new rows.
func (p *pair) add(n int) {
	rows := make([]fleet.Row, n)
	for i := range rows {
		rows[i] = randomRow(p.r, p.next)
		p.next++
	}
	p.ix = p.ix.With(rows...)
	p.n.with(rows)
}

// anyKey returns a key that there is, that there was or that there never was.
func (p *pair) anyKey() int { return p.r.IntN(p.next + 1) }

func (p *pair) change() {
	rows := make([]fleet.Row, rapid.SampledFrom([]int{1, 20, 700}).Draw(p.T, "changes"))
	for i := range rows {
		rows[i] = randomRow(p.r, p.anyKey())
	}
	p.next++
	p.ix = p.ix.With(rows...)
	p.n.with(rows)
}

func (p *pair) remove() {
	gone := map[string]bool{}
	for range rapid.SampledFrom([]int{1, 5, 500}).Draw(p.T, "removals") {
		gone[keyOf(p.anyKey())] = true
	}
	p.n.rows = slices.DeleteFunc(slices.Clone(p.n.rows), func(r fleet.Row) bool { return gone[r.Key] })
	p.ix = p.ix.Without(slices.Collect(maps.Keys(gone))...)
}

func (p *pair) sort() {
	col := rapid.IntRange(0, len(schema)-1).Draw(p.T, "column")
	desc := rapid.Bool().Draw(p.T, "desc")
	all := make([]int, len(p.n.rows))
	for i := range all {
		all[i] = i
	}
	got, err := p.ix.Sort(p.Context(), p.ix.All(), col, desc)
	if err != nil {
		p.Fatal(err)
	}
	equalRows(p.T, fmt.Sprintf("sort by %s, desc %v", schema[col].Name, desc), got, p.n.sorted(all, col, desc))
}

func (p *pair) match() {
	t, n, ix := p.T, p.n, p.ix
	var wants []want
	var text []string
	for range rapid.IntRange(0, 3).Draw(t, "terms") {
		w := want{not: rapid.Bool().Draw(t, "not"), exact: rapid.Bool().Draw(t, "exact"), col: rapid.IntRange(-1, len(schema)-1).Draw(t, "in")}
		w.value = rapid.SampledFrom(words).Draw(t, "word")
		if w.exact {
			w.value = rapid.SampledFrom(exacts).Draw(t, "text")
		}
		switch how := rapid.IntRange(0, 5).Draw(t, "how"); {
		case how == 0 && !w.exact:
			w.fuzzy = true
		case how == 1:
			w = want{not: w.not, col: rapid.IntRange(2, 3).Draw(t, "number"), bound: int64(rapid.IntRange(0, 160).Draw(t, "bound"))}
			w.op = rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "op")
			if w.col == 2 {
				w.bound %= 6
			}
		}
		wants, text = append(wants, w), append(text, w.String())
	}
	q, err := fleet.Parse(strings.Join(text, " "))
	if err != nil {
		t.Fatal(err)
	}
	var rows []int
	for i, r := range n.rows {
		if !slices.ContainsFunc(wants, func(w want) bool { return !w.holds(r) }) {
			rows = append(rows, i)
		}
	}
	got, err := ix.Match(t.Context(), q.At(clock))
	if err != nil {
		t.Fatal(err)
	}
	equalRows(t, "match "+q.String(), got, rows)
}

func (p *pair) count() {
	col := rapid.IntRange(0, len(schema)-1).Draw(p.T, "counted")
	want := map[string]int{}
	for _, r := range p.n.rows {
		want[cell(r, col)]++
	}
	counts, whole := p.ix.Counts(col)
	got, last := map[string]int{}, len(p.n.rows)
	for _, c := range counts {
		if c.Rows > last {
			p.Fatalf("%q with %d rows stands behind one with %d", c.Value, c.Rows, last)
		}
		got[c.Value], last = c.Rows, c.Rows
	}
	if whole && !maps.Equal(got, want) || whole != (len(want) <= 10_000) {
		p.Fatalf("counts of %s: %v, whole %v; want %v", schema[col].Name, got, whole, want)
	}
}

func (p *pair) mark() {
	before, were := p.marks, slices.Collect(p.marks.All())
	p.changeMarks()
	if got := slices.Collect(before.All()); !slices.Equal(got, were) {
		p.Fatalf("a change of marks changed the set it was made from: %v, want %v", got, were)
	}
	if p.marks.Count() != len(p.n.marks) {
		p.Fatalf("Count() = %d, want %d", p.marks.Count(), len(p.n.marks))
	}
	var keys []string
	for _, r := range p.n.rows {
		if p.n.marks[r.Key] {
			keys = append(keys, r.Key)
		}
		if p.marks.Has(r.Key) != p.n.marks[r.Key] {
			p.Fatalf("Has(%q) = %v", r.Key, p.marks.Has(r.Key))
		}
	}
	if got := p.marks.Keys(p.ix); !slices.Equal(got, keys) {
		p.Fatalf("Keys: got %d, want %d", len(got), len(keys))
	}
}

func (p *pair) changeMarks() {
	q, err := fleet.Parse(rapid.SampledFrom(words).Draw(p.T, "marked"))
	if err != nil {
		p.Fatal(err)
	}
	rows, err := p.ix.Match(p.Context(), q)
	if err != nil {
		p.Fatal(err)
	}
	switch rapid.IntRange(0, 4).Draw(p.T, "how") {
	case 0, 1:
		key := keyOf(p.anyKey())
		p.marks = p.marks.Toggle(key)
		if p.n.marks[key] {
			delete(p.n.marks, key)
		} else {
			p.n.marks[key] = true
		}
	case 2:
		p.marks = p.marks.Add(p.ix, rows)
		for _, row := range rows.All() {
			p.n.marks[p.ix.Key(row)] = true
		}
	case 3:
		p.marks = p.marks.Remove(p.ix, rows)
		for _, row := range rows.All() {
			delete(p.n.marks, p.ix.Key(row))
		}
	case 4:
		p.marks = p.marks.Clear()
		clear(p.n.marks)
	}
}

func equalRows(t *rapid.T, what string, got fleet.Rows, want []int) {
	if got.Len() != len(want) {
		t.Fatalf("%s: %d rows, want %d", what, got.Len(), len(want))
	}
	for i, row := range got.All() {
		if row != want[i] {
			t.Fatalf("%s: row %d at %d, want %d", what, row, i, want[i])
		}
	}
	for _, i := range []int{0, len(want) / 2, len(want) - 1} {
		if i >= 0 && i < len(want) && got.Position(want[i]) != i {
			t.Fatalf("%s: Position(%d) = %d, want %d", what, want[i], got.Position(want[i]), i)
		}
	}
}

func equalIndex(t *rapid.T, ix *fleet.Index, rows []fleet.Row) {
	if ix.Len() != len(rows) {
		t.Fatalf("Len() = %d, want %d", ix.Len(), len(rows))
	}
	for i, r := range rows {
		if ix.Key(i) != r.Key {
			t.Fatalf("Key(%d) = %q, want %q", i, ix.Key(i), r.Key)
		}
		for c := range schema {
			if got := ix.Cell(i, c); got != cell(r, c) {
				t.Fatalf("Cell(%d, %d) = %q, want %q", i, c, got, cell(r, c))
			}
		}
		if i%5 > 0 && i < len(rows)-5 {
			continue
		}
		if row, ok := ix.Find(r.Key); !ok || row != i {
			t.Fatalf("Find(%q) = %d, %v, want %d", r.Key, row, ok, i)
		}
	}
	if row, ok := ix.Find("nobody"); ok {
		t.Fatalf("Find of an unknown key: %d", row)
	}
}
