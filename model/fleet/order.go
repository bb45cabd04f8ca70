package fleet

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
)

// maxOrders is how many orders an index keeps: a person goes back and forth between
// few columns, and each takes four bytes a row.
const maxOrders = 4

// orders keeps whole orders of an index that were built once, so that a filter that
// changes does not sort again. A successor takes them over with the rows that changed
// in between, and mends them when they are next asked for. It is the only part of an
// index that changes; it never changes an answer.
type orders struct {
	mu   sync.Mutex
	kept []*order // the one used last in front
}

// order is all rows of some snapshot by one column. It is immutable.
type order struct {
	col  int
	desc bool
	rows []uint32 // those with a value, then the unknown or empty ones
	last int      // how many are unknown or empty
	n    int      // rows of the snapshot
	// dirty are the rows that changed since, ascending or not, perhaps twice.
	dirty []uint32
}

// keep puts an order in front, in place of the one for the same column.
func (o *orders) keep(fresh *order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = slices.DeleteFunc(o.kept, func(old *order) bool { return old.col == fresh.col && old.desc == fresh.desc })
	o.kept = slices.Insert(o.kept, 0, fresh)
	if len(o.kept) > maxOrders {
		o.kept = slices.Clip(o.kept[:maxOrders])
	}
}

func (o *orders) find(col int, desc bool) *order {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range o.kept {
		if k.col == col && k.desc == desc {
			return k
		}
	}
	return nil
}

// inherit hands the orders of a predecessor on, with the rows that changed since. One
// of which a quarter changed is not worth mending.
func (o *orders) inherit(dirty []uint32, n int) *orders {
	next := &orders{}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range o.kept {
		if n-k.n+len(k.dirty)+len(dirty) > n/4 {
			continue
		}
		heir := *k
		heir.dirty = append(k.dirty[:len(k.dirty):len(k.dirty)], dirty...)
		next.kept = append(next.kept, &heir)
	}
	return next
}

// minKept is from how many rows on an order is kept: fewer are sorted at once.
const minKept = 1 << 12

// whole returns the order of all rows of the index, built, mended or as it was kept.
func (ix *Index) whole(ctx context.Context, col int, desc bool) (*order, error) {
	k := ix.orders.find(col, desc)
	switch {
	case k == nil:
		keys, last, err := ix.sorted(ctx, ix.All(), col, desc)
		if err != nil {
			return nil, err
		}
		k = &order{col: col, desc: desc, rows: joined(keys, last), last: len(last), n: ix.Len()}
	case len(k.dirty) == 0 && k.n == ix.Len():
		return k, nil
	default:
		var err error
		if k, err = ix.mended(ctx, k); err != nil {
			return nil, err
		}
	}
	ix.orders.keep(k)
	return k, nil
}

// mended returns an order of an earlier snapshot with what changed since in its place.
func (ix *Index) mended(ctx context.Context, k *order) (*order, error) {
	moved := newBitmap(ix.Len())
	for _, row := range k.dirty {
		moved.add(int(row))
	}
	for row := k.n; row < ix.Len(); row++ {
		moved.add(row)
	}
	fresh := Rows{list: moved.list(), ascending: true}
	fresh.n = len(fresh.list)
	keys, last, err := ix.sorted(ctx, fresh, k.col, k.desc)
	if err != nil {
		return nil, err
	}
	valued := len(k.rows) - k.last
	m := &order{col: k.col, desc: k.desc, n: ix.Len(), rows: make([]uint32, 0, ix.Len())}
	stay := make([]uint32, 0, valued)
	for _, row := range k.rows[:valued] {
		if !moved.has(int(row)) {
			stay = append(stay, row)
		}
	}
	for _, key := range keys {
		at := sort.Search(len(stay), func(i int) bool { return ix.before(key.row, stay[i], k.col, k.desc) })
		m.rows = append(append(m.rows, stay[:at]...), key.row)
		stay = stay[at:]
	}
	m.rows = append(m.rows, stay...)
	ends := last
	for _, row := range k.rows[valued:] {
		if !moved.has(int(row)) {
			ends = append(ends, row)
		}
	}
	slices.Sort(ends) // those without a value are in the order in which they came
	m.rows, m.last = append(m.rows, ends...), len(ends)
	return m, ctx.Err()
}

// before reports whether row a comes before row b, both with a value.
func (ix *Index) before(a, b uint32, col int, desc bool) bool {
	c := 0
	if ix.schema[col].Kind != Text {
		x, y := ix.Value(int(a), col), ix.Value(int(b), col)
		switch {
		case x < y:
			c = -1
		case x > y:
			c = 1
		}
	} else {
		c = strings.Compare(ix.folded(int(a), col), ix.folded(int(b), col))
	}
	if c == 0 {
		return a < b
	}
	return (c < 0) != desc
}

// chosen returns those of an order's rows that are among some, in its order.
func (k *order) chosen(among Rows) Rows {
	if among.Len() == len(k.rows) {
		return Rows{list: k.rows, n: len(k.rows)}
	}
	in := newBitmap(k.n)
	for _, row := range among.All() {
		in.add(row)
	}
	list := make([]uint32, 0, among.Len())
	for _, row := range k.rows {
		if in.has(int(row)) {
			list = append(list, row)
		}
	}
	return Rows{list: list, n: len(list)}
}

// bitmap is a set of rows of an index.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

func (b bitmap) add(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitmap) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }

// list returns the members, ascending.
func (b bitmap) list() []uint32 {
	var out []uint32
	for i, w := range b {
		out = appendBits(out, w, uint32(i<<6))
	}
	return out
}

func joined(keys []sortKey, last []uint32) []uint32 {
	list := make([]uint32, 0, len(keys)+len(last))
	for _, k := range keys {
		list = append(list, k.row)
	}
	return append(list, last...)
}
