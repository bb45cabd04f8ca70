package fleet

import (
	"slices"
	"sort"
	"strings"
)

// gap separates the values of an arena, so that no word is found across two of them.
const gap = "\x00"

// arena is a list of strings without a pointer to each. Value i is
// text[offs[i] : offs[i+1]-1], or, where all values are ids as the services write them,
// the sixteen bytes ids[16*i:] in hexadecimal: a fleet has four ids for each device, and
// written out they would be half of its memory.
type arena struct {
	text string
	offs []uint32
	ids  string // with it, text and offs are empty
}

// The sizes of an id, packed and written out.
const (
	idSize = 16
	idText = 36
)

func (a *arena) at(i int) string {
	if a.ids == "" {
		return a.text[a.offs[i] : a.offs[i+1]-1]
	}
	var buf [idText]byte
	return string(a.appendID(buf[:0], i))
}

func (a *arena) len() int {
	if a.ids != "" {
		return len(a.ids) / idSize
	}
	return len(a.offs) - 1
}

// is reports whether value i is s, without making it.
func (a *arena) is(i int, s string) bool {
	if a.ids == "" {
		return a.at(i) == s
	}
	var buf [idText]byte
	return string(a.appendID(buf[:0], i)) == s
}

// appendTo appends value i to buf.
func (a *arena) appendTo(buf []byte, i int) []byte {
	if a.ids == "" {
		return append(buf, a.at(i)...)
	}
	return a.appendID(buf, i)
}

// same reports whether two arenas of as many values are one.
func (a *arena) same(b *arena) bool { return a.ids == b.ids && a.text == b.text }

// noID is how an empty cell is packed. The id that is written with zeros alone is left
// unpacked.
const noID = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// appendID writes a packed id out.
func (a *arena) appendID(buf []byte, i int) []byte {
	id := a.ids[idSize*i : idSize*(i+1)]
	if id == noID {
		return buf
	}
	var out [idText]byte
	for _, at := range dashes {
		out[at] = '-'
	}
	for from, at := range digits {
		out[at], out[at+1] = hexDigits[id[from]>>4], hexDigits[id[from]&15]
	}
	return append(buf, out[:]...)
}

const hexDigits = "0123456789abcdef"

// Where an id has its dashes, and the first of the two digits of each byte.
var (
	dashes = [...]int{8, 13, 18, 23}
	digits = [idSize]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}
)

// packID appends the packed form of an id, and reports whether s is one: empty, or in
// the spelling that appendID writes.
func packID(buf []byte, s string) ([]byte, bool) {
	if s == "" {
		return append(buf, noID...), true
	}
	if len(s) != idText {
		return buf, false
	}
	for _, at := range dashes {
		if s[at] != '-' {
			return buf, false
		}
	}
	var id [idSize]byte
	for to, at := range digits {
		high, low := digit(s[at]), digit(s[at+1])
		if high|low > 15 {
			return buf, false
		}
		id[to] = high<<4 | low
	}
	return append(buf, id[:]...), string(id[:]) != noID
}

// digit is the value of a small hexadecimal digit, more than 15 of anything else.
func digit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}

// newArena packs values. shared, when it has the same offsets, lends them.
func newArena(values []string, shared *arena) arena {
	if ids, ok := packIDs(values); ok {
		return arena{ids: ids}
	}
	size := len(values)
	for _, v := range values {
		size += len(v)
	}
	var b strings.Builder
	b.Grow(size)
	offs := make([]uint32, 1, len(values)+1)
	same := shared != nil && len(shared.offs) > len(values)
	for i, v := range values {
		b.WriteString(v)
		b.WriteString(gap)
		offs = append(offs, uint32(b.Len()))
		same = same && shared.offs[i+1] == offs[i+1]
	}
	if same {
		offs = shared.offs
	}
	return arena{text: b.String(), offs: offs}
}

// packIDs packs values that are all ids, with at least one among them.
func packIDs(values []string) (string, bool) {
	if !slices.ContainsFunc(values, func(v string) bool { return v != "" }) {
		return "", false
	}
	var buf []byte
	for i, v := range values {
		var ok bool
		if buf, ok = packID(buf, v); !ok {
			return "", false
		}
		if i == 0 {
			buf = slices.Grow(buf, idSize*(len(values)-1))
		}
	}
	return string(buf), true
}

// search adds to found the values of the arena that hold the term and are not in it
// yet, and tells each.
func (a *arena) search(t *term, found *set, tell func(int)) {
	switch {
	case a.ids != "":
		a.searchIDs(t, found, tell)
		return
	case t.fuzzy:
		a.searchFuzzy(t.value, found, tell)
		return
	}
	needle := t.value
	if t.exact {
		needle += gap
	}
	n := a.len()
	for i := found.nextFree(0); i < n; i = found.nextFree(i) {
		at := strings.Index(a.text[a.offs[i]:], needle)
		if at < 0 {
			return
		}
		pos := int(a.offs[i]) + at
		i = a.holder(i, pos)
		if found.has(i) || t.exact && a.at(i) != t.value { // exact: the end of a longer value
			i++
			continue
		}
		// Values of a column are often built alike, serials above all: the next ones
		// are tried at the same place before the search starts over.
		for skip := pos - int(a.offs[i]); ; {
			if !found.has(i) {
				found.add(i)
				if tell != nil {
					tell(i)
				}
			}
			i++
			if i == n {
				return
			}
			from := int(a.offs[i]) + skip
			if from+len(needle) > int(a.offs[i+1]) || a.text[from:from+len(needle)] != needle {
				break
			}
		}
	}
}

// searchIDs is search where the values are packed ids, which are written out one by one.
func (a *arena) searchIDs(t *term, found *set, tell func(int)) {
	var buf [idText]byte
	n := a.len()
	for i := found.nextFree(0); i < n; i = found.nextFree(i + 1) {
		if t.holds(string(a.appendID(buf[:0], i))) {
			found.add(i)
			if tell != nil {
				tell(i)
			}
		}
	}
}

// searchFuzzy is search for a fuzzy word. Values without its first letter are passed
// over in one go.
func (a *arena) searchFuzzy(word string, found *set, tell func(int)) {
	n := a.len()
	for i := found.nextFree(0); i < n; i = found.nextFree(i + 1) {
		at := strings.IndexByte(a.text[a.offs[i]:], word[0])
		if at < 0 {
			return
		}
		pos := int(a.offs[i]) + at
		if i = a.holder(i, pos); found.has(i) {
			continue
		}
		if fuzzyIn(a.text[pos:a.offs[i+1]-1], word) {
			found.add(i)
			if tell != nil {
				tell(i)
			}
		}
	}
}

// holder returns the value that the byte at pos belongs to, which is i or later.
func (a *arena) holder(i, pos int) int {
	step := 1
	for i+step < len(a.offs) && int(a.offs[i+step]) <= pos {
		i += step
		step *= 2
	}
	return i + sort.Search(min(step, len(a.offs)-1-i), func(d int) bool { return int(a.offs[i+d+1]) > pos })
}
