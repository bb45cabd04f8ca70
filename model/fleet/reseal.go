package fleet

import "slices"

// Packed returns the same snapshot with every changed row among the columns, where it
// takes a tenth of the memory. It costs in proportion to the chunks that have changed
// rows: call it off the loop, when many rows have changed and few more will.
func (ix *Index) Packed() *Index {
	next := *ix
	next.chunks = slices.Clone(ix.chunks)
	each(len(next.chunks), func(n int) {
		if len(next.chunks[n].patches) > 0 {
			next.chunks[n] = next.chunks[n].resealed(ix.schema)
		}
	})
	return &next
}

// resealed returns the chunk with its patches among its columns. It goes column by
// column: one in which nothing changed is shared, and a dictionary takes up the values
// that are new to it, so that the cost is that of what changed and of copying the rest.
func (c *chunk) resealed(s Schema) *chunk {
	next := &chunk{keys: c.keys, cols: make([]column, len(s))}
	for i := range s {
		next.cols[i] = c.cols[i].patched(i, c.patches)
	}
	return next
}

// patched returns the column, which is number col of its chunk, with other cells.
func (c *column) patched(col int, patches []patch) column {
	next := *c
	if c.nums != nil {
		next.nums = slices.Clone(c.nums)
		for _, p := range patches {
			next.nums[p.pos] = p.row.nums[col]
		}
	}
	if !slices.ContainsFunc(patches, func(p patch) bool { return !c.text.is(c.value(p.pos), p.row.cells[col]) }) {
		return next
	}
	if c.codes != nil {
		if recoded, ok := c.recoded(col, patches); ok {
			recoded.nums = next.nums
			return recoded
		}
	}
	cells, folds := make([]string, chunkRows), make([]string, chunkRows)
	for pos := range cells {
		cells[pos], folds[pos] = c.cell(pos), c.folded(pos)
	}
	for _, p := range patches {
		cells[p.pos], folds[p.pos] = p.row.cells[col], p.row.folds[col]
	}
	packed := packColumn(cells, folds, make(map[string]uint16, maxDistinct))
	packed.nums = next.nums
	return packed
}

// recoded returns a dictionary column with other cells. It is not ok when there are too
// many values. Values that no row has any more are left out, so that a dictionary does
// not grow with every change.
func (c *column) recoded(col int, patches []patch) (column, bool) {
	var used [chunkRows]bool // by code; more than there may be, so that nothing is checked
	codes := slices.Clone(c.codes)
	seen := make(map[string]uint16, c.text.len())
	values, folds := make([]string, c.text.len()), make([]string, c.text.len())
	for code := range values {
		values[code], folds[code] = c.text.at(code), c.fold.at(code)
		seen[values[code]] = uint16(code)
	}
	for _, p := range patches {
		code, ok := seen[p.row.cells[col]]
		if !ok {
			if len(values) == chunkRows {
				return column{}, false
			}
			code = uint16(len(values))
			seen[p.row.cells[col]] = code
			values, folds = append(values, p.row.cells[col]), append(folds, p.row.folds[col])
		}
		codes[p.pos] = code
	}
	for _, code := range codes {
		used[code] = true
	}
	var to [chunkRows]uint16
	kept := 0
	for code := range values {
		if used[code] {
			to[code] = uint16(kept)
			values[kept], folds[kept] = values[code], folds[code]
			kept++
		}
	}
	if kept > maxDistinct {
		return column{}, false
	}
	for i, code := range codes {
		codes[i] = to[code]
	}
	return newColumn(codes, values[:kept], folds[:kept]), true
}
