package rest

import (
	"encoding/json"
	"unicode/utf8"
)

// scanner reads JSON in one pass, for [Decode]. It knows what services send and gives
// up on anything else, wrong or only strange: then encoding/json reads the whole body
// anew and has the last word. So it may refuse what is right, but never take what is
// wrong nor read it otherwise.
type scanner struct {
	data []byte
	at   int
	met  [512]string // short texts met before, by hash: most values of a list repeat
}

// maxNested bounds the values inside each other that a scanner passes over.
const maxNested = 100

// next returns the byte at which the next token begins, 0 at the end of the data.
func (s *scanner) next() byte {
	for ; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take passes over the next token if it is c.
func (s *scanner) take(c byte) bool {
	if s.next() != c {
		return false
	}
	s.at++
	return true
}

// word passes over null, true or false.
func (s *scanner) word(w string) bool {
	if len(s.data)-s.at < len(w) || string(s.data[s.at:s.at+len(w)]) != w {
		return false
	}
	s.at += len(w)
	return true
}

// What a byte is inside of a string.
const (
	ordinary = iota
	above    // beyond ASCII
	quote
	escape
	control // not allowed
)

var inString = func() (kinds [256]uint8) {
	for c := range kinds {
		switch {
		case c == '"':
			kinds[c] = quote
		case c == '\\':
			kinds[c] = escape
		case c < ' ':
			kinds[c] = control
		case c >= utf8.RuneSelf:
			kinds[c] = above
		}
	}
	return kinds
}()

// quoted passes over a string and returns what stands between its quotes, and the
// worst of what it met there: ordinary, above or escape.
func (s *scanner) quoted() (raw []byte, worst uint8, ok bool) {
	if !s.take('"') {
		return nil, 0, false
	}
	for i := s.at; i < len(s.data); i++ {
		switch kind := inString[s.data[i]]; kind {
		case ordinary:
		case above:
			worst = max(worst, above)
		case quote:
			raw, s.at = s.data[s.at:i], i+1
			return raw, worst, true
		case escape:
			n := escaped(s.data[i+1:])
			if n == 0 {
				return nil, 0, false
			}
			worst, i = escape, i+n
		default:
			return nil, 0, false
		}
	}
	return nil, 0, false
}

// escaped returns how many bytes behind a backslash belong to it, 0 = it is wrong.
func escaped(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if len(b) < 5 {
			return 0
		}
		for _, c := range b[1:5] {
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return 0
			}
		}
		return 5
	}
	return 0
}

// text reads a string.
func (s *scanner) text() (string, bool) {
	s.next()
	from := s.at
	raw, worst, ok := s.quoted()
	switch {
	case !ok:
		return "", false
	case worst == ordinary, worst == above && utf8.Valid(raw):
		return s.known(raw), true
	}
	var t string
	err := json.Unmarshal(s.data[from:s.at], &t)
	return t, err == nil
}

// known returns raw as a string, the same one again where it was met before.
func (s *scanner) known(raw []byte) string {
	n := len(raw)
	if n == 0 {
		return ""
	}
	if n > 32 {
		return string(raw)
	}
	h := uint32(n)
	for _, c := range raw {
		h = (h ^ uint32(c)) * 16777619
	}
	slot := &s.met[(h>>16^h)%uint32(len(s.met))]
	if *slot != string(raw) {
		*slot = string(raw)
	}
	return *slot
}

// number passes over a number.
func (s *scanner) number() bool {
	i := s.at
	digits := func() bool {
		from := i
		for i < len(s.data) && s.data[i] >= '0' && s.data[i] <= '9' {
			i++
		}
		return i > from
	}
	is := func(a, b byte) bool {
		if i < len(s.data) && (s.data[i] == a || s.data[i] == b) {
			i++
			return true
		}
		return false
	}
	is('-', '-')
	if !is('0', '0') && !digits() {
		return false
	}
	if is('.', '.') && !digits() {
		return false
	}
	if is('e', 'E') {
		is('+', '-')
		if !digits() {
			return false
		}
	}
	s.at = i
	return true
}

// skip passes over any value that lies in others, depth of them.
func (s *scanner) skip(depth int) bool {
	if depth > maxNested {
		return false
	}
	switch s.next() {
	case '"':
		_, _, ok := s.quoted()
		return ok
	case '{':
		return s.members(func([]byte, uint8) bool { return s.skip(depth + 1) })
	case '[':
		return s.items(func() bool { return s.skip(depth + 1) })
	case 'n':
		return s.word("null")
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	}
	return s.number()
}

// members passes over an object; value reads the value of each member, whose name it
// is given as [scanner.quoted] returns it.
func (s *scanner) members(value func(name []byte, worst uint8) bool) bool {
	if !s.take('{') {
		return false
	}
	if s.take('}') {
		return true
	}
	for {
		name, worst, ok := s.quoted()
		if !ok || !s.take(':') || !value(name, worst) {
			return false
		}
		if !s.take(',') {
			return s.take('}')
		}
	}
}

// items passes over a list; value reads each item.
func (s *scanner) items(value func() bool) bool {
	if !s.take('[') {
		return false
	}
	if s.take(']') {
		return true
	}
	for {
		if !value() {
			return false
		}
		if !s.take(',') {
			return s.take(']')
		}
	}
}
