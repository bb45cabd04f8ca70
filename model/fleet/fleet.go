// Package fleet answers questions over a list of rows with named columns, up to a
// million of them, within a frame: what matches, in which order, which rows are
// marked. Every list of muster stands on it; devices are one kind of list.
//
// An [Index] is an immutable snapshot. [Index.With] and [Index.Without] give a new
// one that shares almost everything with the old, so a snapshot may be read by any
// number of goroutines while its successor is made.
//
// It does no I/O, has no clock and draws nothing. It does not clean text either:
// cells come in as they are to be shown.
package fleet

import "strings"

// Kind says how the values of a column compare.
type Kind uint8

// The kinds of columns.
const (
	Text  Kind = iota // by letters, upper and lower case alike
	Count             // by number
	Time              // by instant
)

// Column is one named column of a list.
type Column struct {
	Name  string // as it is typed in a query: "serial" in serial:5CG
	Title string // as it stands in a header
	Kind  Kind
	// Aside keeps the column out of searches that name no column: for ids and codes,
	// which hold every short word somewhere.
	Aside bool
}

// Schema is the columns of a list in the order of the cells of its rows.
type Schema []Column

// Find returns the position of the column with that name, upper and lower case
// alike, or -1.
func (s Schema) Find(name string) int {
	for i := range s {
		if strings.EqualFold(s[i].Name, name) {
			return i
		}
	}
	return -1
}

// Row is one row on its way into an index or out of it.
type Row struct {
	// Key identifies the row in its list for as long as the list lives: an id of the
	// service, never a position. Two rows with one key are one row.
	Key string
	// Cells holds the text to show, one for each column. Missing cells are empty,
	// surplus ones are dropped.
	Cells []string
	// Sort holds what columns of kind Count and Time compare by: the number, or the
	// nanoseconds since 1970. Text columns ignore theirs. For a column without an
	// entry the number is read from the cell's digits. [Unknown] sorts last.
	Sort []int64
}

// Unknown is the sort value of a count or a time that nobody knows. Such rows come
// last whichever way the column is sorted, as do rows with an empty text cell.
const Unknown = -1 << 63

// sortValue returns what row r compares by in column c.
func (r *Row) sortValue(c int) int64 {
	if c < len(r.Sort) {
		return r.Sort[c]
	}
	if c < len(r.Cells) {
		return number(r.Cells[c])
	}
	return Unknown
}

// number reads a count from its text: digits, with blanks, dots or commas between
// thousands, until anything else ("1 204 devices" is 1204).
func number(s string) int64 {
	var n int64
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			if digits++; digits > 18 {
				return Unknown
			}
			n = n*10 + int64(r-'0')
			continue
		case digits > 0 && (r == ' ' || r == ',' || r == '.' || r == '\u00a0' || r == '\u202f'):
			continue
		}
		break
	}
	if digits == 0 {
		return Unknown
	}
	return n
}
