package fleet

import (
	"cmp"
	"slices"
	"strings"
)

// maxCounts is how many values of a column are told apart: more are of no use to a
// bar, a menu or a completion.
const maxCounts = 10_000

// Counted is a value of a column and how many rows have it.
type Counted struct {
	Value string
	Rows  int
}

// Counts returns the values of a column with the number of their rows, the most
// frequent first. whole is false when the column has over 10 000 values: then those
// that were met first are there, with fewer rows than they have. It takes time in
// proportion to the index, a million rows some milliseconds: call it once for a
// snapshot, off the loop.
func (ix *Index) Counts(col int) (counts []Counted, whole bool) {
	if col < 0 || col >= len(ix.schema) {
		return nil, true
	}
	c := counter{at: map[string]int{}, whole: true}
	for _, ch := range ix.chunks {
		ch.count(col, &c)
	}
	for _, l := range ix.tail {
		c.add(l.cells[col], 1)
	}
	counts = slices.DeleteFunc(c.counts, func(v Counted) bool { return v.Rows == 0 })
	slices.SortFunc(counts, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Value, b.Value))
	})
	return counts, c.whole
}

type counter struct {
	at     map[string]int
	counts []Counted
	whole  bool
}

func (c *counter) add(value string, n int) {
	i, ok := c.at[value]
	if !ok {
		if len(c.counts) == maxCounts {
			c.whole = false
			return
		}
		i = len(c.counts)
		c.at[value] = i
		c.counts = append(c.counts, Counted{Value: value})
	}
	c.counts[i].Rows += n
}

// count adds the values of a chunk: those of a dictionary by their codes.
func (c *chunk) count(col int, to *counter) {
	column := &c.cols[col]
	if column.codes == nil {
		for pos := range chunkRows {
			if c.patched(pos) == nil {
				to.add(column.text.at(pos), 1)
			}
		}
	} else {
		var n [maxDistinct]int
		for _, code := range column.codes {
			n[code]++
		}
		for _, p := range c.patches {
			n[column.codes[p.pos]]--
		}
		for code := range column.text.len() {
			if n[code] > 0 {
				to.add(column.text.at(code), n[code])
			}
		}
	}
	for _, p := range c.patches {
		to.add(p.row.cells[col], 1)
	}
}
