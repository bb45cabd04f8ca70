package rest

import "hash/maphash"

// seen remembers texts by a hash of 64 bits, in an open-addressed table of eight bytes
// a slot, at most three quarters full: 11 to 21 bytes a text, where a map takes 23 to
// 38. Two texts with one hash count as the same; at a million that happens once in 37
// million walks.
type seen struct {
	seed  maphash.Seed
	slots []uint64 // 0 = free; as many as a power of two
	used  int
}

func newSeen() seen { return seen{seed: maphash.MakeSeed()} }

// add remembers s and reports whether it is new.
func (m *seen) add(s string) bool {
	if m.used >= len(m.slots)/4*3 {
		m.grow()
	}
	h := max(maphash.String(m.seed, s), 1) // 0 is a free slot
	if !m.put(h) {
		return false
	}
	m.used++
	return true
}

// put stores a hash and reports whether it was not there.
func (m *seen) put(h uint64) bool {
	mask := uint64(len(m.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch m.slots[i] {
		case 0:
			m.slots[i] = h
			return true
		case h:
			return false
		}
	}
}

func (m *seen) grow() {
	former := m.slots
	m.slots = make([]uint64, max(16, 2*len(former)))
	for _, h := range former {
		if h != 0 {
			m.put(h)
		}
	}
}
