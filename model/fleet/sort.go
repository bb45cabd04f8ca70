package fleet

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
)

// sortKey is a row on its way through a sort: a number that orders it, and the row.
type sortKey struct {
	key uint64
	row uint32
}

// breath is how many rows are handled between two looks at the context.
const breath = 1 << 16

// Sort returns rows ordered by a column: counts and times by value, text by letters
// with upper and lower case alike. Equal rows keep their order, and unknown or empty
// ones come last, in both directions. A column out of range changes nothing. When ctx
// ends it returns ctx's error and no rows.
//
// The order of a large index is built once and kept: sorting what another filter
// found is then one pass over it, also in a successor in which rows changed or came.
func (ix *Index) Sort(ctx context.Context, rows Rows, col int, desc bool) (Rows, error) {
	if err := ctx.Err(); err != nil {
		return Rows{}, err
	}
	if col < 0 || col >= len(ix.schema) || rows.Len() < 2 {
		return rows, nil
	}
	// A small part of the index is sorted sooner than its order is walked.
	if inOrder := rows.list == nil || rows.ascending; inOrder && ix.Len() >= minKept && rows.Len() > ix.Len()/16 {
		k, err := ix.whole(ctx, col, desc)
		if err != nil {
			return Rows{}, err
		}
		return k.chosen(rows), nil
	}
	keys, last, err := ix.sorted(ctx, rows, col, desc)
	if err != nil {
		return Rows{}, err
	}
	return Rows{list: joined(keys, last), n: rows.Len()}, nil
}

// sorted returns rows in the order of a column, and apart those that come last.
func (ix *Index) sorted(ctx context.Context, rows Rows, col int, desc bool) (keys []sortKey, last []uint32, err error) {
	s := sorter{ix: ix, ctx: ctx, col: col}
	if desc {
		s.flip = ^uint64(0)
	}
	if keys, last, err = s.keys(rows); err != nil {
		return nil, nil, err
	}
	s.spare = make([]sortKey, len(keys))
	return keys, last, s.order(keys, 0)
}

type sorter struct {
	ix    *Index
	ctx   context.Context // of this one call of Sort
	col   int
	flip  uint64 // turns the order round
	text  bool   // keys are the first eight bytes of texts, the rest is still to compare
	spare []sortKey
}

// keys returns the rows with their sort keys, and apart those that come last.
func (s *sorter) keys(rows Rows) (keys []sortKey, last []uint32, err error) {
	numeric := s.ix.schema[s.col].Kind != Text
	s.text = !numeric
	keys = make([]sortKey, 0, rows.Len())
	for i, row := range rows.All() {
		if i%breath == 0 && s.ctx.Err() != nil {
			return nil, nil, s.ctx.Err()
		}
		if numeric {
			v := s.ix.Value(row, s.col)
			if v == Unknown {
				last = append(last, uint32(row))
				continue
			}
			keys = append(keys, sortKey{(uint64(v) ^ 1<<63) ^ s.flip, uint32(row)})
			continue
		}
		v := s.ix.folded(row, s.col)
		if v == "" {
			last = append(last, uint32(row))
			continue
		}
		keys = append(keys, sortKey{prefix(v, 0) ^ s.flip, uint32(row)})
	}
	return keys, last, nil
}

// prefix returns the eight bytes of s from depth on as a number that compares as
// they do.
func prefix(s string, depth int) uint64 {
	if depth >= len(s) {
		return 0
	}
	var b [8]byte
	copy(b[:], s[depth:])
	return binary.BigEndian.Uint64(b[:])
}

// few is up to how many rows comparing whole texts beats counting bytes.
const few = 64

// order sorts keys, then the runs of equal keys by the texts' bytes from depth+8 on.
func (s *sorter) order(keys []sortKey, depth int) error {
	if err := s.radix(keys); err != nil || !s.text {
		return err
	}
	for lo := 0; lo < len(keys); {
		hi := lo + 1
		for hi < len(keys) && keys[hi].key == keys[lo].key {
			hi++
		}
		if err := s.run(keys[lo:hi], depth+8); err != nil {
			return err
		}
		lo = hi
	}
	return nil
}

// run sorts rows whose texts agree up to depth.
func (s *sorter) run(keys []sortKey, depth int) error {
	if len(keys) < 2 {
		return nil
	}
	if len(keys) <= few {
		slices.SortStableFunc(keys, func(a, b sortKey) int {
			c := strings.Compare(s.ix.folded(int(a.row), s.col), s.ix.folded(int(b.row), s.col))
			if s.flip != 0 {
				return -c
			}
			return c
		})
		return nil
	}
	ended := true
	for i := range keys {
		v := s.ix.folded(int(keys[i].row), s.col)
		ended = ended && len(v) <= depth
		keys[i].key = prefix(v, depth) ^ s.flip
	}
	if ended {
		return nil
	}
	return s.order(keys, depth)
}

// radix sorts by key, stably: one pass for each byte in which the keys differ.
func (s *sorter) radix(keys []sortKey) error {
	if len(keys) <= few {
		slices.SortStableFunc(keys, func(a, b sortKey) int {
			switch {
			case a.key < b.key:
				return -1
			case a.key > b.key:
				return 1
			}
			return 0
		})
		return nil
	}
	var differ uint64
	for _, k := range keys {
		differ |= k.key ^ keys[0].key
	}
	from, to := keys, s.spare[:len(keys)]
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		if err := s.ctx.Err(); err != nil {
			return err
		}
		var at [256]int
		for _, k := range from {
			at[k.key>>shift&0xff]++
		}
		sum := 0
		for i, n := range at {
			at[i], sum = sum, sum+n
		}
		for _, k := range from {
			b := k.key >> shift & 0xff
			to[at[b]] = k
			at[b]++
		}
		from, to = to, from
	}
	if &from[0] != &keys[0] {
		copy(keys, from)
	}
	return nil
}
