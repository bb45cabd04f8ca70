package desk

import (
	"context"
	"strings"
	"testing"

	"muster/model"
)

func TestFileSize(t *testing.T) {
	text := "Serial,Maker,Model\n" + strings.Repeat("A,HP,X\n", 4000)
	for _, c := range []struct {
		limit int64
		code  string
	}{{int64(len(text)), ""}, {int64(len(text)) - 1, CodeTooBig}, {100, CodeTooBig}} {
		w := newWalk(context.Background(), Options{}, nil)
		w.limit = c.limit
		err := w.run(strings.NewReader(text))
		if e := model.AsError(err); (err != nil) != (c.code != "") || e != nil && e.Code != c.code {
			t.Errorf("limit %d of %d bytes: got %v, want %q", c.limit, len(text), err, c.code)
		}
	}
}

func TestRowCount(t *testing.T) {
	w := newWalk(context.Background(), Options{}, nil)
	w.report.Rows = MaxRows - 1
	err := w.run(strings.NewReader("PKID\n1\n2\n"))
	if e := model.AsError(err); e == nil || e.Code != CodeTooMany || !strings.Contains(e.Msg, "line 3") {
		t.Errorf("got %v, want %s on line 3", err, CodeTooMany)
	}
}

// TestQuotedCellOverTheLimit holds that one quotation mark does not swallow a
// list, however long it is.
func TestQuotedCellOverTheLimit(t *testing.T) {
	const n = 160_000
	text := "Serial,Maker,Model\n\"A,HP,X\n" + strings.Repeat("B,HP,X\n", n)
	w := newWalk(context.Background(), Options{}, nil)
	if err := w.run(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	// all B are copies of the first
	if r := w.finish(); r.Rows != n+1 || r.Good != 1 || r.Problems[0].Code != CodeQuote || r.Problems[1].Line != 4 {
		t.Errorf("got %d rows, %d good, first problems %+v", r.Rows, r.Good, r.Problems[:2])
	}
}

func TestShowTellsNoHash(t *testing.T) {
	for in, want := range map[string]string{
		"Serial":                        "Serial",
		strings.Repeat("T0", 100):       "(200 characters)",
		strings.Repeat("ab ", 30):       strings.Repeat("ab ", 13) + "…",
		"x " + strings.Repeat("T0", 60): "(122 characters)",
		"\x1b[31mred":                   "\ufffd[31mred",
	} {
		if got := show(in); got != want {
			t.Errorf("show(%q): got %q, want %q", in, got, want)
		}
	}
	if got := showKey("334"); got != "…334" {
		t.Errorf("a short key: got %q", got)
	}
}

func TestAnErrorOfTheWholeListSaysItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
	}{"no known column": {"Name,Colour\nBox,red\n", 1}, "column twice": {"\nSerial,Serial Number\nA,B\n", 2}, "empty": {"", 0}} {
		_, err := Check(context.Background(), strings.NewReader(c.text))
		line, msg := LineOf(err)
		if err == nil || line != c.line || msg == "" || strings.HasPrefix(msg, "line ") {
			t.Errorf("%s: line %d, %q (%v), want line %d", name, line, msg, err, c.line)
		}
	}
}
