package desk

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"muster/model"
)

// walk is one reading of one list.
type walk struct {
	ctx    context.Context
	o      Options
	each   func(Row) error
	enc    encoding
	layout layout
	report Report
	seen   *seen
	tag    string
	tagged int // good rows that agree on tag; -1 = they do not
	limit  int64
}

func newWalk(ctx context.Context, o Options, each func(Row) error) *walk {
	return &walk{ctx: ctx, o: o, each: each, seen: newSeen(), limit: MaxFile,
		report: Report{Problems: []Problem{}, Repairs: []Repair{}}}
}

func (w *walk) run(r io.Reader) error {
	if err := w.ctx.Err(); err != nil {
		return cancelled(err)
	}
	src, enc, err := open(r, w.limit)
	if err != nil {
		return err
	}
	w.enc = enc
	s := newScanner(w.ctx, src)
	if w.layout, err = findHeader(s, &w.enc); err != nil {
		return err
	}
	w.report.Columns, w.report.HeaderLine, w.report.Separator = w.layout.columns, w.layout.line, separatorName(w.layout.sep)
	for {
		rec, err := s.record(w.layout.sep)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = w.record(rec)
		}
		if err != nil {
			return err
		}
	}
	if w.report.Rows == 0 {
		return bad(CodeNoDevice, "", w.layout.line, "no device in the file: there is nothing below the header")
	}
	return nil
}

// finish returns the report as far as the reading has come.
func (w *walk) finish() Report {
	w.report.Encoding = w.enc.String()
	if w.tagged == w.report.Good && model.ValidateBatchID(model.BatchID(w.tag)) == nil {
		w.report.GroupTag = w.tag
	}
	return w.report
}

// record judges one record, unless a person would not count it as a row.
func (w *walk) record(rec record) error {
	if rec.quote == 0 && (blank(rec.fields) || bytes.Equal(bytes.Trim(rec.raw, " "), w.layout.raw)) {
		return nil
	}
	if w.report.Rows == MaxRows {
		return bad(CodeTooMany, "split the list", rec.line, fmt.Sprintf("the list has more than %d rows", MaxRows))
	}
	w.report.Rows++
	w.decide(rec.fields)
	j := judge{walk: w, rec: rec}
	j.row.Upload.Line = rec.line
	j.run()
	w.count(j.row)
	if w.each == nil {
		return nil
	}
	if !j.row.Good() {
		j.row.Cells = w.cells(rec)
	}
	return w.each(j.row)
}

// decide lets the cells of ignored columns, too, say what the encoding is. A hash
// is ASCII or no hash, and not worth the look.
func (w *walk) decide(cells [][]byte) {
	for i, c := range cells {
		if w.enc != ascii {
			return
		}
		if i >= len(w.layout.columns) || w.layout.columns[i].Field != Hash {
			w.enc.decide(c)
		}
	}
}

func (w *walk) cells(rec record) []string {
	enc := w.enc // what is shown decides nothing
	if rec.quote > 0 {
		text, _ := enc.text(rec.raw)
		return []string{text}
	}
	cells := make([]string, len(rec.fields))
	for i, f := range rec.fields {
		cells[i], _ = enc.text(f)
	}
	return cells
}

func (w *walk) count(row Row) {
	r := &w.report
	if row.Good() {
		r.Good++
		if len(row.Repairs) > 0 {
			r.Repaired++
		}
		switch {
		case w.tagged == 0 && r.Good == 1:
			w.tag, w.tagged = row.GroupTag, 1
		case w.tagged > 0 && row.GroupTag == w.tag:
			w.tagged++
		default:
			w.tagged = -1
		}
	}
	keep := min(len(row.Problems), MaxProblems-len(r.Problems))
	r.Problems = append(r.Problems, row.Problems[:keep]...)
	r.More += len(row.Problems) - keep
	keep = min(len(row.Repairs), MaxProblems-len(r.Repairs))
	r.Repairs = append(r.Repairs, row.Repairs[:keep]...)
	r.MoreRepairs += len(row.Repairs) - keep
}

func blank(fields [][]byte) bool {
	for _, f := range fields {
		if len(f) > 0 && len(bytes.TrimSpace(f)) > 0 {
			return false
		}
	}
	return true
}
