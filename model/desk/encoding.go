package desk

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader turns UTF-16 into UTF-8. What is no character, a lone surrogate or
// half a unit at the end, becomes U+FFFD, so that its row is noticed.
type utf16Reader struct {
	r    io.Reader
	big  bool
	in   [32 << 10]byte
	n    int // bytes in in
	out  []byte
	next int // first unread byte of out
	high rune
	err  error
}

// Read implements io.Reader.
func (u *utf16Reader) Read(p []byte) (int, error) {
	for u.next == len(u.out) {
		if u.err != nil {
			return 0, u.err
		}
		u.fill()
	}
	n := copy(p, u.out[u.next:])
	u.next += n
	return n, nil
}

func (u *utf16Reader) fill() {
	n, err := u.r.Read(u.in[u.n:])
	u.n += n
	u.out, u.next = u.out[:0], 0
	used := u.n &^ 1
	lo, hi := 0, 1
	if u.big {
		lo, hi = 1, 0
	}
	for i := 0; i < used; i += 2 {
		if c := u.in[i+lo]; u.in[i+hi] == 0 && c < utf8.RuneSelf && u.high == 0 {
			u.out = append(u.out, c)
			continue
		}
		u.unit(rune(u.in[i+lo]) | rune(u.in[i+hi])<<8)
	}
	u.n = copy(u.in[:], u.in[used:u.n])
	if err != nil {
		u.err = err
		if u.high != 0 || u.n != 0 {
			u.out = utf8.AppendRune(u.out, utf8.RuneError)
		}
		u.high, u.n = 0, 0
	}
}

func (u *utf16Reader) unit(r rune) {
	if u.high != 0 {
		both := utf16.DecodeRune(u.high, r)
		u.high = 0
		u.out = utf8.AppendRune(u.out, both)
		if both != utf8.RuneError {
			return
		}
	}
	if utf16.IsSurrogate(r) && r < 0xdc00 {
		u.high = r
		return
	}
	u.out = utf8.AppendRune(u.out, r) // a lone low surrogate becomes U+FFFD
}

// high1252 is Windows-1252 from 0x80 to 0x9f; the five unused places stay
// control characters, which are a problem of their cell.
var high1252 = [32]rune{
	0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
}

func from1252(b []byte) string {
	out := make([]byte, 0, len(b)+len(b)/4)
	for _, c := range b {
		r := rune(c)
		if c >= 0x80 && c < 0xa0 {
			r = high1252[c-0x80]
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// isASCII reports whether b has no byte above 0x7f.
func isASCII(b []byte) bool {
	for len(b) >= 8 {
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&0x80 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decide chooses between UTF-8 and Windows-1252 by the first cell that is not
// ASCII, for the rest of the file, since a list is read once.
func (e *encoding) decide(cell []byte) {
	if *e != ascii || isASCII(cell) {
		return
	}
	*e = windows1252
	if utf8.Valid(cell) {
		*e = utf8Plain
	}
}

// text decodes a cell; ok is false for bytes that are no text in the encoding
// that was decided.
func (e *encoding) text(cell []byte) (s string, ok bool) {
	if isASCII(cell) {
		return string(cell), true
	}
	e.decide(cell)
	if *e == windows1252 {
		return from1252(cell), true
	}
	return string(cell), utf8.Valid(cell)
}
