package fleet

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of a query. What a person types stays far below; a paste may not.
const (
	maxQuery = 1000 // bytes
	maxTerms = 32
)

// Query is what the operator looks for. The zero value matches every row.
type Query struct {
	text  string
	terms []term
	now   time.Time
}

// term is one condition. All of a query's terms must hold.
type term struct {
	not   bool
	exact bool   // the whole cell, not a part of it
	fuzzy bool   // the letters in this order, others between them
	op    string // "", or how a number or an instant compares: < <= > >=
	field string // "" for any column
	value string // in lower case
	plain string // field and value as one word, for lists without such a column
}

// Parse reads a query.
//
//	word         in any column, as a part of the cell
//	~wrd         its letters in this order, with others between them
//	"two words"  a whole cell of any column
//	field:word   in that column; field:~wrd and field:"two words" likewise
//	field:>30    a count above 30; also < <= >=
//	field:>30d   older than 30 days, <12h younger than that; m h d w y, see [Query.At]
//	field:>=2026-08  on or after the first of August; a year, a month, a day or a minute
//	!term        not that
//
// age stands for the first column of times in lists without a column of that name.
// Upper and lower case are alike, and every term must hold. What is still being
// typed never hides all: a lone ! or ~, a field without a value, a comparison without
// a bound and a quote without its end count for what stands there so far. A colon
// after anything but the name of a column is a colon, though [Query.Unread] refuses what
// looks like such a name and is none. Only a query of over 1000 bytes
// or 32 terms is an error.
func Parse(s string) (Query, error) {
	if len(s) > maxQuery {
		return Query{}, fmt.Errorf("the filter is %d bytes long; the limit is %d", len(s), maxQuery)
	}
	if !utf8.ValidString(s) || strings.Contains(s, gap) {
		return Query{}, errors.New("the filter holds characters that no row can have")
	}
	q := Query{text: strings.TrimSpace(s)}
	rest := q.text
	for rest != "" {
		var t term
		t, rest = nextTerm(rest)
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if t.value == "" && t.plain == "" {
			continue
		}
		if len(q.terms) == maxTerms {
			return Query{}, fmt.Errorf("the filter has more than %d terms", maxTerms)
		}
		q.terms = append(q.terms, t)
	}
	return q, nil
}

// At returns the query with its ages counted back from now and its dates read in
// now's time zone. Without it ages match everything, and dates are UTC.
func (q Query) At(now time.Time) Query {
	q.now = now
	return q
}

// String returns the query as it was typed, without blanks around it.
func (q Query) String() string { return q.text }

// Empty reports whether the query matches every row because it asks for nothing.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// nextTerm cuts one term off s, which does not start with a blank.
func nextTerm(s string) (t term, rest string) {
	if strings.HasPrefix(s, "!") {
		t.not, s = true, s[1:]
	}
	if strings.HasPrefix(s, `"`) {
		t.value, t.exact, rest = quoted(s[1:])
		return t, rest
	}
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		end = len(s)
	}
	word, rest := s[:end], s[end:]
	colon := strings.IndexByte(word, ':')
	if colon <= 0 {
		t.fuzzy, t.value = vague(fold(word))
		return t, rest
	}
	t.field = word[:colon]
	if strings.HasPrefix(s[colon+1:], `"`) {
		t.value, t.exact, rest = quoted(s[colon+2:])
		t.plain = fold(t.field) + ":" + t.value
		return t, rest
	}
	t.value, t.plain = fold(word[colon+1:]), fold(word)
	for _, op := range [...]string{">=", "<=", ">", "<"} {
		if after, ok := strings.CutPrefix(t.value, op); ok {
			t.op, t.value = op, after
			return t, rest
		}
	}
	t.fuzzy, t.value = vague(t.value)
	return t, rest
}

// vague reads the sign of a fuzzy word.
func vague(s string) (fuzzy bool, word string) {
	after, ok := strings.CutPrefix(s, "~")
	return ok, after
}

// quoted reads up to the closing quote; without one the text is a part of a cell,
// as the rest of it may still come.
func quoted(s string) (value string, exact bool, rest string) {
	inside, rest, closed := strings.Cut(s, `"`)
	if inside == "" {
		return "", false, rest
	}
	return fold(inside), closed, rest
}

// fold is the form in which text is compared.
func fold(s string) string { return strings.ToLower(s) }
