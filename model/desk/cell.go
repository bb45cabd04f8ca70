package desk

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"muster/model"
)

// shown bounds a text from the file in our own texts, in characters.
const shown = 40

// show makes a text of the file fit to be drawn: cleaned and short. A text with a
// long word in it may hold a hash, and only its length is told.
func show(s string) string {
	for word := range strings.FieldsFuncSeq(s, blankOrInvisible) {
		if len(word) > 2*shown {
			return fmt.Sprintf("(%d characters)", utf8.RuneCountInString(s))
		}
	}
	s = model.Clean(s)
	if utf8.RuneCountInString(s) <= shown {
		return s
	}
	return string([]rune(s)[:shown-1]) + "…"
}

// showKey tells a product key by its last five characters.
func showKey(s string) string {
	r := []rune(model.Clean(s))
	return "…" + string(r[max(0, min(len(r)-5, len(r))):])
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// invisible reports characters that copying from web pages and mails leaves in
// a cell, and that nobody sees.
func invisible(r rune) bool {
	switch r {
	case 0xad, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0xfeff:
		return true
	}
	return false
}

// oddBlank reports blanks other than the plain one, the non-breaking one above all.
func oddBlank(r rune) bool { return unicode.Is(unicode.Zs, r) && r != ' ' }

func asciiBlank(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

func blankOrInvisible(r rune) bool { return asciiBlank(r) || oddBlank(r) || invisible(r) }

// mend returns a cell without what a spreadsheet or a clipboard put into it, and
// says in words what that was; "" means that at most blanks around were dropped.
func mend(s string) (mended, why string) {
	s = strings.TrimFunc(s, asciiBlank)
	if plainCell(s) {
		return s, ""
	}
	var did []string
	clean := strings.TrimFunc(strings.Map(func(r rune) rune {
		switch {
		case invisible(r):
			return -1
		case oddBlank(r):
			return ' '
		}
		return r
	}, s), asciiBlank)
	if clean != s {
		did = append(did, "invisible characters removed")
	}
	if n := len(clean); n >= 3 && strings.HasPrefix(clean, `="`) && clean[n-1] == '"' {
		clean = strings.TrimFunc(strings.ReplaceAll(clean[2:n-1], `""`, `"`), asciiBlank)
		did = append(did, "the spreadsheet's formula around the text removed")
	}
	if rest, ok := strings.CutPrefix(clean, "'"); ok && guarded(rest) {
		clean = rest
		did = append(did, "the apostrophe that marks text removed")
	}
	return clean, strings.Join(did, ", ")
}

func plainCell(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == '=' || s[0] == '\'' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// guarded reports whether an apostrophe before s is not part of it: exports put
// one before what a spreadsheet would take for a formula, people before digits.
func guarded(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " "))
	return strings.ContainsRune("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", r) || '0' <= r && r <= '9'
}

// compact returns a hash without blanks, line ends, quotes and the like.
func compact(s string) string {
	s = strings.Map(func(r rune) rune {
		if blankOrInvisible(r) {
			return -1
		}
		return r
	}, s)
	if n := len(s); n >= 3 && strings.HasPrefix(s, `="`) && s[n-1] == '"' {
		s = s[2 : n-1]
	}
	return strings.TrimPrefix(s, "'")
}

// unfit returns the code and the words for what makes a cell unusable, or "".
func unfit(f Field, s string) (code, text string) {
	switch {
	case strings.ContainsRune(s, utf8.RuneError):
		return CodeEncoding, fmt.Sprintf("the %s holds bytes that are no text", f)
	case len(s) > MaxCell && utf8.RuneCountInString(s) > MaxCell:
		return CodeLong, fmt.Sprintf("the %s has %d characters; the limit is %d", f, utf8.RuneCountInString(s), MaxCell)
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) }) || model.Clean(s) != s:
		return CodeControl, fmt.Sprintf("the %s holds control characters", f)
	}
	return "", ""
}

// scientific reports whether s is a number as a spreadsheet writes it when it is
// too long for its cell: 1.23E+11, in some countries 1,23E+11.
func scientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
	if !ok || len(exponent) < 2 || !digits(exponent) {
		return false
	}
	whole, part, _ := strings.Cut(strings.Replace(mantissa, ",", ".", 1), ".")
	return len(whole) == 1 && digits(whole) && (part == "" || digits(part))
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// clipped reports whether short is serial with zeros in place of all but its
// first 15 digits, which is all that a spreadsheet keeps of a number.
func clipped(short, serial string) bool {
	const kept = 15
	return len(short) == len(serial) && len(short) > kept && digits(short) && digits(serial) &&
		short[:kept] == serial[:kept] && strings.Trim(short[kept:], "0") == ""
}

// rounded reports whether serial, read as a number, is shown by a spreadsheet as
// the scientific number short.
func rounded(short, serial string) bool {
	number := strings.Replace(strings.ToUpper(short), ",", ".", 1)
	a, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return false
	}
	b, err := strconv.ParseFloat(serial, 64)
	if err != nil {
		return false
	}
	mantissa, exponent, _ := strings.Cut(number, "E+")
	_, part, _ := strings.Cut(mantissa, ".")
	e, err := strconv.Atoi(exponent)
	return err == nil && math.Abs(a-b) <= 0.5*math.Pow10(e-len(part))
}
