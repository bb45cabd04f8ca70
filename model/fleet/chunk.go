package fleet

import (
	"sort"
	"strings"
)

// chunkRows is how many rows a sealed chunk holds. Every sealed chunk is full, so
// that a row number gives its chunk by a shift.
const (
	chunkShift = 12
	chunkRows  = 1 << chunkShift
	chunkMask  = chunkRows - 1
)

// maxDistinct is how many values a column may have within a chunk to be kept as a
// dictionary: a quarter of the rows, beyond which codes save nothing.
const maxDistinct = chunkRows / 4

// maxPatches is how many changed rows a chunk carries beside its columns before it
// is sealed anew: small enough to search at every look, large enough to spread the
// cost of sealing.
const maxPatches = chunkRows / 16

// column is one column of a sealed chunk. Without codes, cell i is value i; with
// codes, it is value codes[i]. Nothing in it but a few strings is a pointer.
type column struct {
	codes []uint16
	text  arena
	fold  arena   // text in lower case; the same memory where nothing differs
	nums  []int64 // for counts and times
}

func (c *column) cell(i int) string { return c.text.at(c.value(i)) }

func (c *column) folded(i int) string { return c.fold.at(c.value(i)) }

func (c *column) value(i int) int {
	if c.codes == nil {
		return i
	}
	return int(c.codes[i])
}

// loose is a row outside of sealed columns: in the tail of an index, or changed
// after its chunk was sealed.
type loose struct {
	key   string
	cells []string
	folds []string
	nums  []int64 // one for each column; Unknown for text
}

// loosen copies a row into as few pieces of memory as possible, so that it does not
// hold on to the buffers that its cells were cut from.
func loosen(s Schema, r *Row) *loose {
	var b strings.Builder
	b.WriteString(r.Key)
	n := min(len(s), len(r.Cells))
	for _, c := range r.Cells[:n] {
		b.WriteString(c)
	}
	all := b.String()
	l := &loose{key: all[:len(r.Key)], nums: make([]int64, len(s))}
	both := make([]string, 2*len(s))
	l.cells, l.folds = both[:len(s):len(s)], both[len(s):]
	low := strings.ToLower(all)
	even := len(low) == len(all) && isASCII(all)
	at := len(r.Key)
	for i, c := range r.Cells[:n] {
		end := at + len(c)
		l.cells[i] = all[at:end]
		if even {
			l.folds[i] = low[at:end]
		} else {
			l.folds[i] = strings.ToLower(l.cells[i])
		}
		at = end
	}
	for i := range s {
		l.nums[i] = Unknown
		if s[i].Kind != Text {
			l.nums[i] = r.sortValue(i)
		}
	}
	return l
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// patch is a row that changed after its chunk was sealed.
type patch struct {
	pos int
	row *loose
}

// chunk is chunkRows rows in columns. It never changes; a changed row gives a new
// chunk that shares the columns.
type chunk struct {
	keys    arena
	cols    []column
	patches []patch // ascending by pos
}

// patched returns the changed row at pos, or nil.
func (c *chunk) patched(pos int) *loose {
	if len(c.patches) == 0 {
		return nil
	}
	i := sort.Search(len(c.patches), func(i int) bool { return c.patches[i].pos >= pos })
	if i < len(c.patches) && c.patches[i].pos == pos {
		return c.patches[i].row
	}
	return nil
}

func (c *chunk) cell(pos, col int) string {
	if l := c.patched(pos); l != nil {
		return l.cells[col]
	}
	return c.cols[col].cell(pos)
}

// cellIs reports whether a cell is s.
func (c *chunk) cellIs(pos, col int, s string) bool {
	if l := c.patched(pos); l != nil {
		return l.cells[col] == s
	}
	column := &c.cols[col]
	return column.text.is(column.value(pos), s)
}

func (c *chunk) folded(pos, col int) string {
	if l := c.patched(pos); l != nil {
		return l.folds[col]
	}
	return c.cols[col].folded(pos)
}

func (c *chunk) num(pos, col int) int64 {
	if l := c.patched(pos); l != nil {
		return l.nums[col]
	}
	if c.cols[col].nums == nil {
		return Unknown
	}
	return c.cols[col].nums[pos]
}

// loosened returns the row at pos as a loose one.
func (c *chunk) loosened(s Schema, pos int) *loose {
	if l := c.patched(pos); l != nil {
		return l
	}
	l := &loose{key: c.keys.at(pos), nums: make([]int64, len(s))}
	both := make([]string, 2*len(s))
	l.cells, l.folds = both[:len(s):len(s)], both[len(s):]
	for i := range s {
		l.cells[i], l.folds[i], l.nums[i] = c.cols[i].cell(pos), c.cols[i].folded(pos), c.num(pos, i)
	}
	return l
}

// seal packs rows into columns.
func seal(s Schema, rows []*loose) *chunk {
	c := &chunk{cols: make([]column, len(s))}
	values := make([]string, len(rows))
	for i, r := range rows {
		values[i] = r.key
	}
	c.keys = newArena(values, nil)
	seen := make(map[string]uint16, maxDistinct)
	for i := range s {
		c.cols[i] = sealColumn(rows, i, s[i].Kind, values, seen)
	}
	return c
}

// sealColumn packs one column. values and seen are scratch space.
func sealColumn(rows []*loose, col int, kind Kind, values []string, seen map[string]uint16) column {
	folds := make([]string, len(rows))
	for i, r := range rows {
		values[i], folds[i] = r.cells[col], r.folds[col]
	}
	clear(seen)
	c := packColumn(values, folds, seen)
	if kind != Text {
		c.nums = make([]int64, len(rows))
		for i, r := range rows {
			c.nums[i] = r.nums[col]
		}
	}
	return c
}

// packColumn packs cells, with a dictionary when they repeat. seen is scratch space.
func packColumn(cells, folds []string, seen map[string]uint16) column {
	codes := make([]uint16, len(cells))
	var values, low []string
	for i, cell := range cells {
		code, ok := seen[cell]
		if !ok {
			if len(values) == maxDistinct {
				return newColumn(nil, cells, folds)
			}
			code = uint16(len(values))
			seen[cell] = code
			values, low = append(values, cell), append(low, folds[i])
		}
		codes[i] = code
	}
	return newColumn(codes, values, low)
}

// newColumn makes a column of values, which codes name when there are any.
func newColumn(codes []uint16, values, folds []string) column {
	c := column{codes: codes, text: newArena(values, nil)}
	c.fold = newArena(folds, &c.text)
	if c.fold.same(&c.text) {
		c.fold = c.text
	}
	return c
}
