package fleet

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// span is the values of a count or a time that a comparison lets through, both ends
// included. [Unknown] never is.
type span struct{ lo, hi int64 }

func (s span) holds(v int64) bool { return v != Unknown && v >= s.lo && v <= s.hi }

// everything but the unknown.
var whole = span{Unknown + 1, math.MaxInt64}

// compared reads the bound of a comparison in a column of that kind. ok is false
// while the bound is still being typed.
func (t *term) compared(kind Kind, now time.Time) (s span, ok bool) {
	if kind == Count {
		n, err := strconv.ParseInt(t.value, 10, 64)
		if err != nil {
			return whole, false
		}
		return between(t.op, n, n), true
	}
	if age, ok := readAge(t.value); ok {
		if now.IsZero() {
			return whole, false
		}
		at := now.Add(-age).UnixNano()
		return between(turned[t.op], at, at), true
	}
	from, to, ok := readDate(t.value, now.Location())
	if !ok {
		return whole, false
	}
	return between(t.op, from.UnixNano(), to.UnixNano()-1), true
}

// Unread says what in the query is still to be typed, or cannot be read: the name of a
// column that is none, and a comparison without a bound that its column knows. The one
// matches nothing and its opposite everything, as the other does, which is right while it
// is being typed and wrong once it is used. "" means that all of it counts.
func (q Query) Unread(schema Schema) string {
	for _, t := range q.terms {
		col := schema.field(t.field)
		if col < 0 && likeColumn(t.field) {
			return "there is no column " + t.field + "; columns: " + schema.names()
		}
		if t.op == "" || t.field == "" || col < 0 || schema[col].Kind == Text {
			continue
		}
		if _, ok := t.compared(schema[col].Kind, time.Unix(0, 0)); ok {
			continue
		}
		what := "an age such as 30d or a date such as 2026-08"
		if schema[col].Kind == Count {
			what = "a number"
		}
		if t.value == "" {
			return t.plain + " wants " + what
		}
		return t.plain + ": " + t.value + " is not " + what
	}
	return ""
}

// likeColumn reports whether what stands before a colon looks like the name of a column.
// What begins otherwise is a part of a text: 10:30.
func likeColumn(field string) bool {
	for i, r := range field {
		if !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && r != '-' && r != '_') {
			return false
		}
	}
	return field != ""
}

// names lists the columns for a person.
func (s Schema) names() string {
	names := make([]string, len(s))
	for i, c := range s {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// turned maps a comparison of ages to the one of instants: older is earlier.
var turned = map[string]string{">": "<", ">=": "<=", "<": ">", "<=": ">="}

// between returns what stands in relation op to the stretch first..last.
func between(op string, first, last int64) span {
	s := whole
	switch op {
	case ">":
		s.lo = last + 1
	case ">=":
		s.lo = first
	case "<":
		s.hi = first - 1
	case "<=":
		s.hi = last
	}
	return s
}

// day is the unit that ages are mostly given in; it has 24 hours here.
const day = 24 * time.Hour

// units of an age. A month has no fixed length and is not among them; m is minutes.
var units = map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day, 'y': 365 * day}

// maxAge keeps an age within what a clock can be set back by.
const maxAge = 200 * 365 * day

// readAge reads "30d".
func readAge(s string) (time.Duration, bool) {
	if len(s) < 2 {
		return 0, false
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 31)
	if !ok || err != nil || n > uint64(maxAge/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// readDate reads a year, a month, a day or a minute as the stretch of time that it is.
func readDate(s string, zone *time.Location) (from, to time.Time, ok bool) {
	for _, f := range []struct {
		layout string
		next   func(time.Time) time.Time
	}{
		{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
		{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
		{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
		{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	} {
		if len(s) != len(f.layout) {
			continue
		}
		from, err := time.ParseInLocation(f.layout, strings.ToUpper(s), zone)
		if err != nil || from.Year() < 1700 || from.Year() > 2200 { // nanoseconds reach no further
			return from, to, false
		}
		return from, f.next(from), true
	}
	return from, to, false
}

// fuzzyIn reports whether the characters of word stand in s in this order.
func fuzzyIn(s, word string) bool {
	for word != "" {
		if word[0] < 0x80 {
			at := strings.IndexByte(s, word[0])
			if at < 0 {
				return false
			}
			s, word = s[at+1:], word[1:]
			continue
		}
		size := 1
		for size < len(word) && word[size]&0xc0 == 0x80 {
			size++
		}
		at := strings.Index(s, word[:size])
		if at < 0 {
			return false
		}
		s, word = s[at+size:], word[size:]
	}
	return true
}
