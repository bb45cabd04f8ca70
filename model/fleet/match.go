package fleet

import (
	"context"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"muster/model"
)

// set is a set of rows of one chunk.
type set [chunkRows / 64]uint64

func (s *set) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s *set) remove(i int)   { s[i>>6] &^= 1 << (i & 63) }
func (s *set) has(i int) bool { return s[i>>6]&(1<<(i&63)) != 0 }

func (s *set) fill() {
	for i := range s {
		s[i] = ^uint64(0)
	}
}

// nextFree returns the first row from i on that is not in the set, chunkRows if none.
func (s *set) nextFree(i int) int {
	for w := i >> 6; w < len(s); w++ {
		free := ^s[w]
		if w == i>>6 {
			free &= ^uint64(0) << (i & 63)
		}
		if free != 0 {
			return w<<6 + bits.TrailingZeros64(free)
		}
	}
	return chunkRows
}

// and keeps what is in the other set, too, or what is not.
func (s *set) and(o *set, not bool) {
	for w := range s {
		if not {
			s[w] &^= o[w]
		} else {
			s[w] &= o[w]
		}
	}
}

// condition is a term made ready for one schema.
type condition struct {
	term
	cols []int
	span *span // of a comparison; then there is one column
}

// conditions makes a query ready for the schema. A field that is no column makes its
// term a plain word, and so does a comparison in a column of text.
func (ix *Index) conditions(q Query) []condition {
	all := make([]int, 0, len(ix.schema))
	for i := range ix.schema {
		if !ix.schema[i].Aside {
			all = append(all, i)
		}
	}
	var cs []condition
	for _, t := range q.terms {
		c := condition{term: t, cols: all}
		col := ix.schema.field(t.field)
		switch {
		case t.field == "":
		case col < 0:
			c.value, c.exact, c.fuzzy = t.plain, false, false
		case t.op != "" && ix.schema[col].Kind != Text:
			s, ok := t.compared(ix.schema[col].Kind, q.now)
			if !ok {
				continue
			}
			c.cols, c.span = []int{col}, &s
		case t.value == "": // a bound or a word that is still to be typed
			continue
		default:
			c.cols, c.value = []int{col}, t.op+t.value
		}
		if c.value != "" { // the value is still to be typed
			cs = append(cs, c)
		}
	}
	return cs
}

// field finds the column that a term names.
func (s Schema) field(name string) int {
	col := s.Find(name)
	if col >= 0 || !strings.EqualFold(name, "age") {
		return col
	}
	return slices.IndexFunc(s, func(c Column) bool { return c.Kind == Time })
}

// Match returns the rows that q matches, in the order in which they came. It uses
// every core and stops soon after ctx ends, then with ctx's error and no rows: a part
// of an answer is none.
func (ix *Index) Match(ctx context.Context, q Query) (Rows, error) {
	if err := ctx.Err(); err != nil {
		return Rows{}, err
	}
	cs := ix.conditions(q)
	if len(cs) == 0 {
		return ix.All(), nil
	}
	found := make([][]uint32, len(ix.chunks))
	err := spread(ctx, len(ix.chunks), func(n int) {
		found[n] = ix.chunks[n].match(cs, uint32(n)<<chunkShift)
	})
	if err != nil {
		return Rows{}, err
	}
	total := len(ix.tail)
	for _, f := range found {
		total += len(f)
	}
	list := make([]uint32, 0, total)
	for _, f := range found {
		list = append(list, f...)
	}
	for i, l := range ix.tail {
		if l.matches(cs) {
			list = append(list, uint32(len(ix.chunks)<<chunkShift+i))
		}
	}
	return Rows{list: list, n: len(list), ascending: true}, nil
}

// each calls do(0..n-1) from a few goroutines and waits for them.
func each(n int, do func(int)) { _ = spread(context.Background(), n, do) } // which does not end

// spread calls do(0..n-1) from a few goroutines and waits for them. It stops handing
// out work when ctx ends. A panic of any of them becomes one of the caller's.
func spread(ctx context.Context, n int, do func(int)) error {
	workers := min(runtime.GOMAXPROCS(0), n/4)
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			do(i)
		}
	}
	var wg sync.WaitGroup
	var fault atomic.Pointer[any]
	caught := func(what any, _ []byte) { fault.CompareAndSwap(nil, &what) }
	for range workers - 1 {
		wg.Go(func() { model.Guard(caught, work) })
	}
	work()
	wg.Wait()
	if what := fault.Load(); what != nil {
		panic(*what)
	}
	return ctx.Err()
}

func (t *term) holds(cell string) bool {
	switch {
	case t.exact:
		return cell == t.value
	case t.fuzzy:
		return fuzzyIn(cell, t.value)
	}
	return strings.Contains(cell, t.value)
}

func (l *loose) matches(cs []condition) bool {
	for i := range cs {
		c := &cs[i]
		hit := slices.ContainsFunc(c.cols, func(col int) bool {
			if c.span != nil {
				return c.span.holds(l.nums[col])
			}
			return c.holds(l.folds[col])
		})
		if hit == c.not {
			return false
		}
	}
	return true
}

// match returns the matching rows of the chunk, counted from base.
func (c *chunk) match(cs []condition, base uint32) []uint32 {
	var all set
	all.fill()
	for i := range cs {
		var one set
		if cs[i].span != nil {
			c.cols[cs[i].cols[0]].compare(cs[i].span, &one)
			all.and(&one, cs[i].not)
			continue
		}
		// Dictionaries first: they are quick, and rows found there need no scan.
		for _, col := range cs[i].cols {
			if c.cols[col].codes != nil {
				c.cols[col].look(&cs[i].term, &one)
			}
		}
		for _, col := range cs[i].cols {
			if c.cols[col].codes == nil {
				c.cols[col].scan(&cs[i].term, &one)
			}
		}
		all.and(&one, cs[i].not)
	}
	for _, p := range c.patches {
		if p.row.matches(cs) {
			all.add(p.pos)
		} else {
			all.remove(p.pos)
		}
	}
	return all.list(base)
}

func (s *set) list(base uint32) []uint32 {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	if n == 0 {
		return nil
	}
	list := make([]uint32, 0, n)
	for i, w := range s {
		list = appendBits(list, w, base+uint32(i<<6))
	}
	return list
}

// appendBits appends the numbers of the bits of a word, counted from base.
func appendBits(list []uint32, word uint64, base uint32) []uint32 {
	for word != 0 {
		list = append(list, base+uint32(bits.TrailingZeros64(word)))
		word &= word - 1
	}
	return list
}

// look finds a term in a dictionary column: in its values, then by their codes.
func (c *column) look(t *term, found *set) {
	var values set // of codes, which are fewer than rows
	n := 0
	c.fold.search(t, &values, func(i int) { n++ })
	switch n {
	case 0:
		return
	case c.fold.len():
		found.fill()
		return
	}
	for w := range found {
		var word uint64
		for i, code := range c.codes[w<<6 : w<<6+64] {
			word |= (values[code>>6] >> (code & 63) & 1) << i
		}
		found[w] |= word
	}
}

// compare finds the rows with a value in the span.
func (c *column) compare(s *span, found *set) {
	for i, v := range c.nums {
		if s.holds(v) {
			found.add(i)
		}
	}
}

// scan finds a term in a column without a dictionary.
func (c *column) scan(t *term, found *set) { c.fold.search(t, found, nil) }
