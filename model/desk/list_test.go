package desk_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

// shelf is a list in memory that can be changed between two readings, and counts
// how often it is open.
type shelf struct {
	text string
	open int
}

type volume struct {
	io.Reader
	s *shelf
}

func (v volume) Close() error { v.s.open--; return nil }

func (s *shelf) Open(context.Context) (io.ReadCloser, error) {
	s.open++
	return volume{strings.NewReader(s.text), s}, nil
}

func TestAListIsReadAgainWithoutItsBadRows(t *testing.T) {
	s := &shelf{text: string(desktest.Script("5CG", 40))}
	rows := 0
	l, err := desk.Survey(t.Context(), s.Open, desk.Options{Have: func(r model.UploadRow) string {
		if r.Line == 4 {
			return "batch spring"
		}
		return ""
	}}, func(desk.Row) error { rows++; return nil })
	if err != nil || rows != 40 || l.Report.Good != 39 || len(l.First) != desk.Sample {
		t.Fatalf("%d rows, %d good, a sample of %d, %v", rows, l.Report.Good, len(l.First), err)
	}
	var lines []int
	for r, err := range l.Rows(t.Context(), func(r model.UploadRow) bool { return r.Line%2 == 0 }) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, r.Line)
	}
	if len(lines) != 19 || lines[0] != 2 || lines[1] != 6 {
		t.Errorf("lines %v, want the even ones without 4", lines)
	}
	for range l.Rows(t.Context(), nil) {
		break
	}
	if s.open != 0 {
		t.Errorf("%d readings left open", s.open)
	}
}

func TestAListThatWasChangedSaysSo(t *testing.T) {
	s := &shelf{text: desktest.PortalHeader + "\nA,,,HP,X\nB,,,HP,X\n"}
	l, err := desk.Survey(t.Context(), s.Open, desk.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{strings.Replace(s.text, "B,", "C,", 1), s.text + "\n", s.text[:len(s.text)-1]} {
		s.text = text
		var last error
		n := 0
		for _, err := range l.Rows(t.Context(), nil) {
			if last = err; err == nil {
				n++
			}
		}
		if n != 2 || model.KindOf(last) != model.Conflict {
			t.Errorf("%q: %d rows and %v, want 2 and a conflict", text, n, last)
		}
	}
	s.text = ""
	for _, err := range l.Rows(t.Context(), nil) {
		if model.KindOf(err) != model.Invalid {
			t.Errorf("an empty file: %v", err)
		}
	}
}

func TestAListThatCannotBeOpened(t *testing.T) {
	gone := errors.New("gone")
	l, err := desk.Survey(t.Context(), func(context.Context) (io.ReadCloser, error) { return nil, gone }, desk.Options{}, nil)
	if err != gone || l == nil || l.Report.Problems == nil {
		t.Errorf("%+v, %v", l, err)
	}
}
