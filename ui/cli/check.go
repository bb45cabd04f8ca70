package cli

import (
	"bytes"
	"context"
	"io"

	"muster/model"
	"muster/model/desk"
)

// problemRecord is one problem of a list; line and column count from 1, 0 means
// the whole file or the whole row.
type problemRecord struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Code   string `json:"code"`
	Text   string `json:"text"`
	What   string `json:"what,omitempty"`
}

type checkRecord struct {
	Rows     int             `json:"rows"`
	Good     int             `json:"good"` // repaired ones included
	Repaired int             `json:"repaired"`
	Problems []problemRecord `json:"problems"`
	More     int             `json:"more,omitempty"` // problems beyond those listed
}

func (checkRecord) record() {}

func newCheckRecord(r desk.Report) checkRecord {
	out := checkRecord{Rows: r.Rows, Good: r.Good, Repaired: r.Repaired, More: r.More, Problems: make([]problemRecord, len(r.Problems))}
	for i, p := range r.Problems {
		out.Problems[i] = problemRecord{p.Line, p.Column, p.Code, p.Text, p.What}
	}
	return out
}

// list opens an upload list, - being standard input, which is read once.
func (p *program) list(ctx context.Context, path string) (io.ReadCloser, error) {
	if path != "-" {
		return p.open(ctx, path, desk.MaxFile)
	}
	in, end := p.input(ctx)
	return ender{in, end}, nil
}

// reopen returns how an upload list is opened again and again. Standard input, which
// comes once, is held in memory.
func (p *program) reopen(ctx context.Context, path string) (desk.Opener, error) {
	if path != "-" {
		return func(ctx context.Context) (io.ReadCloser, error) { return p.open(ctx, path, desk.MaxFile) }, nil
	}
	in, end := p.input(ctx)
	defer end()
	text, err := io.ReadAll(io.LimitReader(in, desk.MaxFile+1)) // the desk refuses what is longer
	if err != nil {
		return nil, &model.Error{Kind: model.Incomplete, Op: "read list", Msg: "standard input could not be read to its end", Err: err}
	}
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }, nil
}

// ender is a reader with something to do at its end.
type ender struct {
	io.Reader
	end func()
}

// Close implements io.Closer.
func (e ender) Close() error { e.end(); return nil }

// check judges a list and sends nothing: 0 clean, 3 problems, 1 unreadable.
func (p *program) check(ctx context.Context, path string, json bool) error {
	var report desk.Report
	f, err := p.list(ctx, path)
	if err == nil {
		report, err = desk.Check(ctx, f)
		_ = f.Close()
	}
	if err != nil && ctx.Err() != nil {
		return err
	}
	r := newCheckRecord(report)
	if err != nil {
		line, text := desk.LineOf(err)
		if text == "" {
			text = describe(err)
		}
		r.Problems = append(r.Problems, problemRecord{Line: line, Code: codeOfList(err), Text: text})
	}
	if json {
		if werr := p.out.object(r); werr != nil {
			return werr
		}
	} else if err == nil {
		p.showCheck(path, report)
	}
	switch {
	case err != nil:
		return failure{exitFailed, err}
	case report.Good != report.Rows:
		return silent(exitRows)
	}
	return nil
}

// codeOfList is the code under which an unreadable list is reported.
func codeOfList(err error) string {
	if e := model.AsError(err); e != nil && e.Code != "" {
		return e.Code
	}
	return desk.CodeUnreadable
}

func (p *program) showCheck(path string, r desk.Report) {
	p.out.line("%s: %s, %s good, %s repaired, %s with problems", model.Clean(path), count(r.Rows, "row"),
		number(r.Good), number(r.Repaired), number(r.Rows-r.Good))
	p.out.line("read as %s, separated by %s", r.Encoding, r.Separator)
	t := p.out.table("COLUMN", "HEADER", "READ AS")
	for _, c := range r.Columns {
		t.row(number(c.Number), c.Header, c.Use())
	}
	t.end()
	t = p.out.table("LINE", "COLUMN", "CODE", "WHAT IS WRONG", "WHAT TO DO")
	for _, x := range r.Problems {
		t.row(number(x.Line), place(x.Column), x.Code, x.Text, x.What)
	}
	t.end()
	if r.More > 0 {
		p.out.line("and %s more", count(r.More, "problem"))
	}
	p.showRepairs(r)
}

// place is a line or column, a dash when there is none.
func place(n int) string {
	if n == 0 {
		return "-"
	}
	return number(n)
}
