package fleet

import (
	"iter"
	"slices"
)

// Rows is a list of row numbers of one snapshot: the answer to a query, in the order
// to show. It is immutable; the zero value is the empty list. Row numbers mean
// something in the snapshot that made them only.
type Rows struct {
	list      []uint32 // nil when the rows are 0..n-1
	n         int
	ascending bool // whether list ascends, so that it can be bisected
}

// RowsOf returns the list of these row numbers in this order. It keeps the slice.
func RowsOf(list []uint32) Rows {
	return Rows{list: list, n: len(list), ascending: slices.IsSorted(list)}
}

// Len returns how many rows there are.
func (r Rows) Len() int { return r.n }

// At returns the row number at position i, which must be in 0..Len-1.
func (r Rows) At(i int) int {
	if r.list == nil {
		return i
	}
	return int(r.list[i])
}

// Position returns where row stands in the list, or -1. It takes the logarithm of
// the length for rows in their first order and one pass over the numbers else.
func (r Rows) Position(row int) int {
	switch {
	case row < 0:
		return -1
	case r.list == nil:
		if row < r.n {
			return row
		}
		return -1
	case r.ascending:
		if i, ok := slices.BinarySearch(r.list, uint32(row)); ok {
			return i
		}
		return -1
	}
	return slices.Index(r.list, uint32(row))
}

// All yields positions and row numbers in order.
func (r Rows) All() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i := range r.n {
			if !yield(i, r.At(i)) {
				return
			}
		}
	}
}
