package export

import (
	"bufio"
	"io"
	"strings"

	"muster/model"
)

// onlyColumns are those of a list of rows that failed for one reason: what the
// support of a service asks for first.
var onlyColumns = [...]string{"Serial", "Correlation id", "Tracking id", "Code", "Code name", "Why", "Line", "Batch"}

// WriteOnly writes the rows that failed with a code of one class, as a list that can
// be handed on as it is, and returns how many those are. It takes every format. An
// error of w is returned as it is.
func (e Evidence) WriteOnly(w io.Writer, f Format, c model.Class) (int, error) {
	if f != Markdown {
		return WriteList(w, f, onlyColumns[:], e.only(c))
	}
	p := page{out: bufio.NewWriterSize(w, 64<<10), zone: e.Zone}
	n := 0
	for cells := range e.only(c) {
		if n++; n == 1 {
			p.line("# " + inline(e.Operation.Title) + ": " + c.String())
			p.table("Rows", onlyColumns[:]...)
		}
		p.row(cells...)
	}
	return n, p.out.Flush()
}

// only yields the rows of a class in the columns of the list.
func (e Evidence) only(c model.Class) func(yield func([]string) bool) {
	jobs := e.jobs()
	return func(yield func([]string) bool) {
		for _, r := range e.Rows {
			if r.State != model.RowFailed || model.ClassOf(r.Code, r.CodeName) != c {
				continue
			}
			j := jobs[r.Chunk]
			if !yield([]string{r.Label(), j.Correlation, string(j.ID), r.Code, r.CodeName, r.Text, above(r.Line), string(r.Batch)}) {
				return
			}
		}
	}
}

// ClassWord is how a class of failures is named on a command line: "other-tenant".
func ClassWord(c model.Class) string { return strings.ReplaceAll(c.String(), " ", "-") }

// ParseClass is the inverse of [ClassWord], for the classes that [model.Classes]
// lists.
func ParseClass(word string) (model.Class, bool) {
	for _, c := range model.Classes() {
		if ClassWord(c) == word {
			return c, true
		}
	}
	return model.Unclassified, false
}
