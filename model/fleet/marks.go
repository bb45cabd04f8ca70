package fleet

import (
	"iter"
	"slices"
	"strings"
)

// shards is how many parts a set of marks is kept in, so that changing one mark of a
// million copies a few kilobytes.
const shards = 256

// Marks is the set of rows that the operator marked, by key: it survives filter,
// sort, refresh and rows that go and come again. It is a value; every change gives a
// new one. The zero value is the empty set.
type Marks struct {
	parts *[shards][]string // each ascending, never changed in place
	n     int
}

// shard spreads keys by FNV-1a.
func shard(key string) int {
	h := uint32(2166136261)
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * 16777619
	}
	return int((h ^ h>>16) % shards)
}

// Count returns how many keys are marked, those of rows out of sight included.
func (m Marks) Count() int { return m.n }

// Has reports whether the key is marked.
func (m Marks) Has(key string) bool {
	if m.n == 0 {
		return false
	}
	_, ok := slices.BinarySearch(m.parts[shard(key)], key)
	return ok
}

// Toggle marks the key, or unmarks it.
func (m Marks) Toggle(key string) Marks {
	next := Marks{parts: new([shards][]string), n: m.n + 1}
	if m.parts != nil {
		*next.parts = *m.parts
	}
	part := &next.parts[shard(key)]
	i, ok := slices.BinarySearch(*part, key)
	if !ok {
		*part = slices.Insert(slices.Clip(*part), i, strings.Clone(key))
		return next
	}
	next.n = m.n - 1
	*part = slices.Concat((*part)[:i], (*part)[i+1:])
	return next
}

// Add marks all of rows, which are rows of ix. For a million it takes some tenths of
// a second: call it off the loop.
func (m Marks) Add(ix *Index, rows Rows) Marks {
	var more [shards][]string
	for _, row := range rows.All() {
		key := ix.Key(row)
		s := shard(key)
		more[s] = append(more[s], key)
	}
	next := Marks{parts: new([shards][]string)}
	for s := range more {
		var part []string
		if m.parts != nil {
			part = m.parts[s]
		}
		if len(more[s]) > 0 {
			part = slices.Concat(part, more[s])
			slices.Sort(part)
			part = slices.Compact(part)
		}
		next.parts[s] = part
		next.n += len(part)
	}
	return next
}

// Remove unmarks all of rows, which are rows of ix.
func (m Marks) Remove(ix *Index, rows Rows) Marks {
	if m.n == 0 {
		return m
	}
	gone := Marks{}.Add(ix, rows)
	next := Marks{parts: new([shards][]string)}
	for s, part := range m.parts {
		if len(gone.parts[s]) > 0 {
			part = slices.DeleteFunc(slices.Clone(part), func(key string) bool {
				_, ok := slices.BinarySearch(gone.parts[s], key)
				return ok
			})
		}
		next.parts[s] = part
		next.n += len(part)
	}
	return next
}

// Clear returns the empty set.
func (m Marks) Clear() Marks { return Marks{} }

// Rows returns the marked rows that ix has, in the order in which they came. Their
// number may be lower than Count: rows that are gone stay marked in case they return.
func (m Marks) Rows(ix *Index) Rows {
	if m.n == 0 {
		return Rows{}
	}
	list := make([]uint32, 0, min(m.n, ix.Len()))
	if m.n < ix.Len()/8 {
		for key := range m.All() {
			if row, ok := ix.Find(key); ok {
				list = append(list, uint32(row))
			}
		}
		slices.Sort(list)
	} else {
		for row := range ix.Len() {
			if m.Has(ix.Key(row)) {
				list = append(list, uint32(row))
			}
		}
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
		if m.parts == nil {
			return
		}
		for _, part := range m.parts {
			for _, key := range part {
				if !yield(key) {
					return
				}
			}
		}
	}
}
