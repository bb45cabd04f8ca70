package screen

import (
	"strings"
	"unicode"
)

// How well a text fits what was typed, the best first.
const (
	fitsStart   = iota // it begins with it
	fitsWord           // a word of it begins with it
	fitsInside         // it holds it
	fitsLoosely        // it holds its letters in this order
	fitsNot
)

// maxSpread stands behind every text of the same rank that was found by itself.
const maxSpread = 1 << 20

// fits says how well a text fits what was typed; both are lower case. Among texts that fit
// loosely the one with the smaller spread holds the letters closer together. Blanks in
// what was typed part words that may stand apart.
func fits(text, typed string) (rank, spread int) {
	switch at := strings.Index(text, typed); {
	case typed == "" || at == 0:
		return fitsStart, 0
	case at > 0 && !isWordRune(text[at-1]):
		return fitsWord, at
	case at > 0:
		return fitsInside, at
	}
	if strings.Contains(typed, " ") {
		for word := range strings.FieldsSeq(typed) {
			r, s := fits(text, word)
			rank, spread = max(rank, r), spread+s
		}
		return rank, spread
	}
	return loosely(text, typed)
}

func isWordRune(b byte) bool {
	return b >= 0x80 || unicode.IsLetter(rune(b)) || unicode.IsDigit(rune(b))
}

// loosely looks for the letters in their order, from the end back, so that the spread is
// that of the tightest place which ends at the first fit.
func loosely(text, typed string) (rank, spread int) {
	want, end := []rune(typed), -1
	i := 0
	for at, r := range text {
		if i < len(want) && r == want[i] {
			if i++; i == len(want) {
				end = at
				break
			}
		}
	}
	if end < 0 {
		return fitsNot, 0
	}
	i = len(want) - 1
	begin := end
	head := []rune(text[:end+len(string(want[i]))])
	for at := len(head) - 1; at >= 0 && i >= 0; at-- {
		if head[at] == want[i] {
			begin = at
			i--
		}
	}
	return fitsLoosely, len(head) - begin
}
