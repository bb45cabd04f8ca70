package fleet

import (
	"hash/maphash"
	"slices"
	"sort"
)

// Index is an immutable snapshot of a list. Rows are numbered from 0 in the order in
// which they first came; a changed row keeps its number, a removed one closes the gap.
type Index struct {
	schema Schema
	seed   maphash.Seed // scatters keys; no answer depends on it
	chunks []*chunk
	tail   []*loose // fewer than chunkRows
	tables []*keyTable
	orders *orders
	line   *lineage
}

// New returns an index of these rows. It keeps the schema and copies the rows.
func New(schema Schema, rows ...Row) *Index {
	ix := &Index{schema: schema, seed: maphash.MakeSeed(), orders: &orders{}, line: &lineage{}}
	return ix.With(rows...)
}

// Columns returns the schema, which must not be changed.
func (ix *Index) Columns() Schema { return ix.schema }

// Len returns how many rows there are.
func (ix *Index) Len() int { return len(ix.chunks)<<chunkShift + len(ix.tail) }

// All returns every row in the order in which they came.
func (ix *Index) All() Rows { return Rows{n: ix.Len(), ascending: true} }

// Key returns the key of a row, which must be in 0..Len-1.
func (ix *Index) Key(row int) string {
	if n := row >> chunkShift; n < len(ix.chunks) {
		return ix.chunks[n].keys.at(row & chunkMask)
	}
	return ix.tail[row&chunkMask].key
}

// keyIs reports whether the key of a row is key.
func (ix *Index) keyIs(row int, key string) bool {
	if n := row >> chunkShift; n < len(ix.chunks) {
		return ix.chunks[n].keys.is(row&chunkMask, key)
	}
	return ix.tail[row&chunkMask].key == key
}

// cellIs reports whether a cell is s, for a column that there is.
func (ix *Index) cellIs(row, col int, s string) bool {
	if n := row >> chunkShift; n < len(ix.chunks) {
		return ix.chunks[n].cellIs(row&chunkMask, col, s)
	}
	return ix.tail[row&chunkMask].cells[col] == s
}

// Cell returns the text of a cell, for a row in 0..Len-1. A column out of range,
// such as the -1 of [Schema.Find], is empty everywhere.
func (ix *Index) Cell(row, col int) string {
	if col < 0 || col >= len(ix.schema) {
		return ""
	}
	if n := row >> chunkShift; n < len(ix.chunks) {
		return ix.chunks[n].cell(row&chunkMask, col)
	}
	return ix.tail[row&chunkMask].cells[col]
}

// Value returns what a cell of a Count or Time column is sorted by, [Unknown] for
// text and for a column out of range.
func (ix *Index) Value(row, col int) int64 {
	if col < 0 || col >= len(ix.schema) {
		return Unknown
	}
	if n := row >> chunkShift; n < len(ix.chunks) {
		return ix.chunks[n].num(row&chunkMask, col)
	}
	return ix.tail[row&chunkMask].nums[col]
}

// Row returns a copy of a row in 0..Len-1.
func (ix *Index) Row(row int) Row {
	r := Row{Key: ix.Key(row), Cells: make([]string, len(ix.schema)), Sort: make([]int64, len(ix.schema))}
	for i := range ix.schema {
		r.Cells[i], r.Sort[i] = ix.Cell(row, i), ix.Value(row, i)
	}
	return r
}

func (ix *Index) loosened(row int) *loose {
	if n := row >> chunkShift; n < len(ix.chunks) {
		return ix.chunks[n].loosened(ix.schema, row&chunkMask)
	}
	return ix.tail[row&chunkMask]
}

func (ix *Index) folded(row, col int) string {
	if n := row >> chunkShift; n < len(ix.chunks) {
		return ix.chunks[n].folded(row&chunkMask, col)
	}
	return ix.tail[row&chunkMask].folds[col]
}

// With returns a snapshot in which these rows are there as given: new keys at the
// end, known keys in place. When nothing differs it returns ix itself, so that a poll
// without news can be told by comparing pointers. A page costs in proportion to
// itself, not to the index.
func (ix *Index) With(rows ...Row) *Index {
	b := builder{Index: *ix, fresh: newKeyTable(ix.Len(), len(rows))}
	b.chunks = slices.Clone(ix.chunks)
	b.tail = slices.Clone(ix.tail)
	for i := range rows {
		b.put(&rows[i])
	}
	if !b.changed {
		return ix
	}
	b.reseal()
	b.settle(b.fresh)
	next := b.Index
	next.orders = ix.orders.inherit(b.dirty, next.Len())
	next.line = ix.line.grow(ix.Len(), next.Len())
	return &next
}

// Without returns a snapshot in which no row has one of these keys, ix itself when
// none had. The rows behind the first that goes are numbered anew, which takes time
// in proportion to them: call it off the loop for large lists.
func (ix *Index) Without(keys ...string) *Index {
	gone := make(map[int]bool, len(keys))
	first := ix.Len()
	for _, k := range keys {
		if row, ok := ix.Find(k); ok {
			gone[row] = true
			first = min(first, row)
		}
	}
	if len(gone) == 0 {
		return ix
	}
	whole := first >> chunkShift
	b := builder{Index: Index{schema: ix.schema, seed: ix.seed, orders: &orders{}}}
	b.chunks = slices.Clone(ix.chunks[:whole])
	kept := 0
	for _, t := range ix.tables {
		if t.hi > whole<<chunkShift {
			break
		}
		b.tables = append(b.tables, t)
		kept = t.hi
	}
	b.fresh = newKeyTable(kept, ix.Len()-kept)
	for row := kept; row < whole<<chunkShift; row++ {
		b.fresh.add(ix.hashAt(row))
	}
	for row := whole << chunkShift; row < ix.Len(); row++ {
		if !gone[row] {
			l := ix.loosened(row)
			b.push(ix.hash(l.key), l)
		}
	}
	b.settle(b.fresh)
	next := b.Index
	next.line = (&lineage{}).grow(0, next.Len())
	return &next
}

// builder is an index that is being made and that nobody else sees yet.
type builder struct {
	Index
	fresh   *keyTable    // the rows that this builder adds
	owned   map[int]bool // chunks whose patches this builder may change in place
	dirty   []uint32     // rows that were there and changed
	changed bool
}

// put enters a row or replaces the one with its key.
func (b *builder) put(r *Row) {
	hash := b.hash(r.Key)
	row := b.find(hash, r.Key)
	if row < 0 {
		row = b.fresh.find(&b.Index, hash, r.Key)
	}
	switch {
	case row < 0:
		b.push(hash, loosen(b.schema, r))
	case b.same(row, r):
		return
	default:
		b.replace(row, loosen(b.schema, r))
		b.dirty = append(b.dirty, uint32(row))
	}
	b.changed = true
}

func (b *builder) push(hash uint64, l *loose) {
	b.fresh.add(hash)
	b.tail = append(b.tail, l)
	if len(b.tail) == chunkRows {
		b.chunks = append(b.chunks, seal(b.schema, b.tail))
		b.tail = nil
	}
}

// same reports whether the row already is as r says.
func (b *builder) same(row int, r *Row) bool {
	for i := range b.schema {
		cell := ""
		if i < len(r.Cells) {
			cell = r.Cells[i]
		}
		if !b.cellIs(row, i, cell) {
			return false
		}
		if b.schema[i].Kind != Text && b.Value(row, i) != r.sortValue(i) {
			return false
		}
	}
	return true
}

func (b *builder) replace(row int, l *loose) {
	n, pos := row>>chunkShift, row&chunkMask
	if n >= len(b.chunks) {
		b.tail[pos] = l
		return
	}
	c := b.chunks[n]
	if !b.owned[n] {
		c = &chunk{keys: c.keys, cols: c.cols, patches: slices.Clone(c.patches)}
		if b.owned == nil {
			b.owned = make(map[int]bool)
		}
		b.owned[n], b.chunks[n] = true, c
	}
	i := sort.Search(len(c.patches), func(i int) bool { return c.patches[i].pos >= pos })
	if i < len(c.patches) && c.patches[i].pos == pos {
		c.patches[i].row = l
		return
	}
	c.patches = slices.Insert(c.patches, i, patch{pos, l})
}

// reseal packs the chunks of which too many rows changed, each once however many did.
func (b *builder) reseal() {
	for n := range b.owned {
		c := b.chunks[n]
		if len(c.patches) <= maxPatches {
			continue
		}
		b.chunks[n] = c.resealed(b.schema)
	}
}
