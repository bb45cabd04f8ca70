package fleet

import (
	"iter"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"
)

// Marks is the set of rows that the operator marked, by key: it survives filter,
// sort, refresh and rows that go and come again. It is a value; every change gives a
// new one. The zero value is the empty set.
//
// Marked rows of one snapshot and its successors are bits, a few kilobytes for a
// million. [Marks.On] moves them to another list.
type Marks struct {
	ix    *Index   // the bits are of its rows; nil without any
	bits  []*set   // by chunk of rows, nil for an empty one; never changed in place
	apart []string // marked keys that ix did not have; ascending, never changed in place
	n     int
}

// lineage is an index with its successors: they number their rows alike, as far as they
// have them.
type lineage struct{ rows atomic.Int64 } // of the longest

// grow notes that a snapshot of this lineage with n rows gave one of more. It returns
// the lineage of the new one: another one when the longer part was taken before.
func (l *lineage) grow(n, more int) *lineage {
	if more == n || l.rows.CompareAndSwap(int64(n), int64(more)) {
		return l
	}
	fresh := &lineage{}
	fresh.rows.Store(int64(more))
	return fresh
}

// Count returns how many keys are marked, those of rows out of sight included.
func (m Marks) Count() int { return m.n }

// Has reports whether the key is marked.
func (m Marks) Has(key string) bool {
	if m.n == 0 {
		return false
	}
	if m.ix != nil {
		if row, ok := m.ix.Find(key); ok {
			return m.bit(row)
		}
	}
	_, ok := slices.BinarySearch(m.apart, key)
	return ok
}

// HasRow reports whether a row of ix is marked. It is quicker than Has where the marks
// are of the same list.
func (m Marks) HasRow(ix *Index, row int) bool {
	switch {
	case m.n == 0:
		return false
	case m.ix != nil && m.ix.line == ix.line && row < m.ix.Len():
		return m.bit(row)
	}
	return m.Has(ix.Key(row))
}

// Among returns how many of rows, which are rows of ix, are marked.
func (m Marks) Among(ix *Index, rows Rows) int {
	if m.n == 0 {
		return 0
	}
	n := 0
	for _, row := range rows.All() {
		if m.HasRow(ix, row) {
			n++
		}
	}
	return n
}

func (m Marks) bit(row int) bool {
	n := row >> chunkShift
	return n < len(m.bits) && m.bits[n] != nil && m.bits[n].has(row&chunkMask)
}

// Toggle marks the key, or unmarks it.
func (m Marks) Toggle(key string) Marks {
	if m.ix != nil {
		if row, ok := m.ix.Find(key); ok {
			e := m.edit()
			e.put(row, !m.bit(row))
			return e.marks()
		}
	}
	i, ok := slices.BinarySearch(m.apart, key)
	if ok {
		m.apart, m.n = slices.Concat(m.apart[:i], m.apart[i+1:]), m.n-1
		return m
	}
	m.apart, m.n = slices.Insert(slices.Clip(m.apart), i, strings.Clone(key)), m.n+1
	return m
}

// Add marks all of rows, which are rows of ix. It takes a few milliseconds for a
// million; for marks of another list also what [Marks.On] takes.
func (m Marks) Add(ix *Index, rows Rows) Marks { return m.put(ix, rows, true) }

// Remove unmarks all of rows, which are rows of ix.
func (m Marks) Remove(ix *Index, rows Rows) Marks {
	if m.n == 0 {
		return m
	}
	return m.put(ix, rows, false)
}

func (m Marks) put(ix *Index, rows Rows, on bool) Marks {
	e := m.On(ix).edit()
	for _, row := range rows.All() {
		e.put(row, on)
	}
	return e.marks()
}

// On returns the same marks as bits of ix. Between snapshots that follow each other it
// is for free; to another list each mark is looked up by its key, a million in some
// tenths of a second: call it off the loop. Marks that stay with a former list keep it
// in memory.
func (m Marks) On(ix *Index) Marks {
	switch {
	case m.ix == ix, m.ix != nil && m.ix.line == ix.line && m.ix.Len() > ix.Len():
		return m
	case m.ix != nil && m.ix.line == ix.line:
		return Marks{ix: ix, bits: m.bits, n: m.n - len(m.apart)}.with(m.apart)
	}
	e := Marks{ix: ix}.edit()
	var apart []string
	for key, row := range m.each() {
		switch at, ok := row, row >= 0 && row < ix.Len() && ix.keyIs(row, key); {
		case ok:
			e.put(at, true)
		default:
			if at, ok = ix.Find(key); ok {
				e.put(at, true)
			} else {
				apart = append(apart, key)
			}
		}
	}
	next := e.marks()
	slices.Sort(apart)
	next.apart, next.n = apart, next.n+len(apart)
	return next
}

// with marks keys that may be rows of ix by now.
func (m Marks) with(keys []string) Marks {
	e := m.edit()
	var apart []string
	for _, key := range keys {
		if row, ok := m.ix.Find(key); ok {
			e.put(row, true)
		} else {
			apart = append(apart, key)
		}
	}
	next := e.marks()
	next.apart, next.n = apart, next.n+len(apart)
	return next
}

// Clear returns the empty set.
func (m Marks) Clear() Marks { return Marks{} }

// Rows returns the marked rows that ix has, in the order in which they came. Their
// number may be lower than Count: rows that are gone stay marked in case they return.
func (m Marks) Rows(ix *Index) Rows {
	m = m.On(ix)
	list := make([]uint32, 0, min(m.n, ix.Len()))
	for n, s := range m.bits {
		if s == nil {
			continue
		}
		for w, word := range s {
			list = appendBits(list, word, uint32(n<<chunkShift+w<<6))
		}
	}
	for len(list) > 0 && int(list[len(list)-1]) >= ix.Len() { // of a successor
		list = list[:len(list)-1]
	}
	return Rows{list: list, n: len(list), ascending: true}
}

// Keys returns the keys of Rows(ix): what an action on the marks works on.
func (m Marks) Keys(ix *Index) []string {
	rows := m.Rows(ix)
	keys := make([]string, rows.Len())
	for i, row := range rows.All() {
		keys[i] = ix.Key(row)
	}
	return keys
}

// All yields every marked key, in an order that means nothing but never varies.
func (m Marks) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		for key := range m.each() {
			if !yield(key) {
				return
			}
		}
	}
}

// each yields the marked keys with their rows in ix, -1 for those apart.
func (m Marks) each() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for n, s := range m.bits {
			if s == nil {
				continue
			}
			for w, word := range s {
				for ; word != 0; word &= word - 1 {
					row := n<<chunkShift + w<<6 + bits.TrailingZeros64(word)
					if !yield(m.ix.Key(row), row) {
						return
					}
				}
			}
		}
		for _, key := range m.apart {
			if !yield(key, -1) {
				return
			}
		}
	}
}

// editor changes bits, each chunk of which it copies once.
type editor struct {
	m     Marks
	owned map[int]bool
}

func (m Marks) edit() editor {
	m.bits = slices.Clone(m.bits)
	return editor{m, map[int]bool{}}
}

func (e *editor) put(row int, on bool) {
	n, pos := row>>chunkShift, row&chunkMask
	if n >= len(e.m.bits) {
		e.m.bits = append(e.m.bits, make([]*set, n+1-len(e.m.bits))...)
	}
	s := e.m.bits[n]
	if s != nil && s.has(pos) == on || s == nil && !on {
		return
	}
	if !e.owned[n] {
		fresh := new(set)
		if s != nil {
			*fresh = *s
		}
		s, e.owned[n] = fresh, true
		e.m.bits[n] = s
	}
	if on {
		s.add(pos)
		e.m.n++
		return
	}
	s.remove(pos)
	e.m.n--
}

func (e *editor) marks() Marks { return e.m }
