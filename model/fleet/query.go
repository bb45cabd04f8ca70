package fleet

import (
	"errors"
	"fmt"
	"strings"
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
}

// term is one condition. All of a query's terms must hold.
type term struct {
	not   bool
	exact bool   // the whole cell, not a part of it
	field string // "" for any column
	value string // in lower case
	plain string // field and value as one word, for lists without such a column
}

// Parse reads a query.
//
//	word         in any column, as a part of the cell
//	"two words"  a whole cell of any column
//	field:word   in that column; field:"two words" its whole cell
//	!term        not that
//
// Upper and lower case are alike, and every term must hold. What is still being
// typed never hides all: a lone !, a field without a value and a quote without its
// end count for what stands there so far. A colon after anything but the name of a
// column is a colon. Only a query of over 1000 bytes or 32 terms is an error.
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
	colon := strings.IndexByte(s[:end], ':')
	if colon <= 0 {
		t.value = fold(s[:end])
		return t, s[end:]
	}
	t.field = s[:colon]
	if strings.HasPrefix(s[colon+1:], `"`) {
		t.value, t.exact, rest = quoted(s[colon+2:])
		t.plain = fold(t.field) + ":" + t.value
		return t, rest
	}
	t.value, t.plain = fold(s[colon+1:end]), fold(s[:end])
	return t, s[end:]
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
