package fleet

import (
	"hash/maphash"
	"sync"
)

// keyTable finds the rows lo..hi-1 of an index by key: an open table of row numbers
// plus one, without pointers and without the keys, which the index has.
type keyTable struct {
	lo, hi int
	slots  []uint32   // a power of two, at most half full
	lazy   *sync.Once // fills slots at the first look, when not nil
}

// lazyKeyTable finds the rows 0..n-1, which are entered when one is first looked for.
func lazyKeyTable(n int) *keyTable { return &keyTable{hi: n, lazy: new(sync.Once)} }

// ready enters the rows of a lazy table. Every snapshot that shares the table has the
// same keys in them.
func (t *keyTable) ready(ix *Index) {
	if t.lazy == nil {
		return
	}
	t.lazy.Do(func() {
		full := newKeyTable(t.lo, t.hi-t.lo)
		for row := t.lo; row < t.hi; row++ {
			full.add(ix.hashAt(row))
		}
		t.slots = full.slots
	})
}

func newKeyTable(lo, capacity int) *keyTable {
	size := 8
	for size < 2*capacity {
		size *= 2
	}
	return &keyTable{lo: lo, hi: lo, slots: make([]uint32, size)}
}

// find returns the row with that key, or -1.
func (t *keyTable) find(ix *Index, hash uint64, key string) int {
	t.ready(ix)
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; t.slots[i] != 0; i = (i + 1) & mask {
		if row := int(t.slots[i] - 1); ix.keyIs(row, key) {
			return row
		}
	}
	return -1
}

// add enters the row hi, which must not be there yet and must find room.
func (t *keyTable) add(hash uint64) {
	mask := uint64(len(t.slots) - 1)
	i := hash & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.hi++
	t.slots[i] = uint32(t.hi)
}

func (t *keyTable) rows() int { return t.hi - t.lo }

func (ix *Index) hash(key string) uint64 { return maphash.String(ix.seed, key) }

// hashAt is the hash of the key of a row.
func (ix *Index) hashAt(row int) uint64 {
	n := row >> chunkShift
	if n >= len(ix.chunks) {
		return ix.hash(ix.tail[row&chunkMask].key)
	}
	var buf [64]byte
	return maphash.Bytes(ix.seed, ix.chunks[n].keys.appendTo(buf[:0], row&chunkMask))
}

// Find returns the row with that key.
func (ix *Index) Find(key string) (row int, ok bool) {
	if row = ix.find(ix.hash(key), key); row < 0 {
		return 0, false
	}
	return row, true
}

func (ix *Index) find(hash uint64, key string) int {
	for i := len(ix.tables) - 1; i >= 0; i-- {
		if row := ix.tables[i].find(ix, hash, key); row >= 0 {
			return row
		}
	}
	return -1
}

// settle adds the table of the newest rows. Tables are joined so that each is more
// than twice the size of the next: a look-up meets few of them, and a row moves a
// logarithm of times while pages come in.
func (ix *Index) settle(t *keyTable) {
	if t.rows() == 0 {
		return
	}
	tables := append(ix.tables[:len(ix.tables):len(ix.tables)], t)
	lo := t.lo
	for len(tables) > 1 && tables[len(tables)-2].rows() <= 2*(t.hi-lo) {
		tables = tables[:len(tables)-1]
		lo = tables[len(tables)-1].lo
	}
	if lo < t.lo {
		joined := newKeyTable(lo, t.hi-lo)
		for row := lo; row < t.hi; row++ {
			joined.add(ix.hashAt(row))
		}
		tables = append(tables[:len(tables)-1:len(tables)-1], joined)
	}
	ix.tables = tables
}
