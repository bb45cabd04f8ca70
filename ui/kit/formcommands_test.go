package kit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"muster/model"
	"muster/model/desk/desktest"
)

// shelf is files in memory that says nothing of their size, as a file does that grows
// while it is read. It counts what is open.
type shelf struct {
	files map[string]io.Reader
	open  int
}

type volume struct {
	io.Reader
	s *shelf
}

func (v volume) Close() error { v.s.open--; return nil }

func (s *shelf) Open(_ context.Context, path string, _ int64) (io.ReadCloser, int64, error) {
	r, ok := s.files[path]
	if !ok {
		return nil, 0, &model.Error{Kind: model.NotFound, Msg: "there is no such file"}
	}
	s.open++
	return volume{r, s}, 0, nil
}

func (s *shelf) Complete(context.Context, string, int) ([]string, error) { return nil, nil }

func TestReadContent(t *testing.T) {
	for name, c := range map[string]struct {
		r    io.Reader
		want string // content or error
	}{
		"whole":     {strings.NewReader("12345678"), "12345678"},
		"empty":     {strings.NewReader(""), "the file is empty"},
		"too large": {strings.NewReader("123456789"), "the file is larger than 8 bytes"},
		"broken":    {iotest.ErrReader(errors.New("input/output error")), "the file could not be read to its end"},
		"missing":   {nil, "there is no such file"},
	} {
		s := &shelf{files: map[string]io.Reader{}}
		if c.r != nil {
			s.files["f"] = c.r
		}
		env := NewEnv(context.Background(), Backend{Files: s})
		msg := ReadContent(context.Background(), env, Reply{Seq: 7}, "f", 8)().(ContentMsg)
		got := string(msg.Content)
		if msg.Err != nil {
			got = msg.Err.Msg
		}
		if got != c.want || s.open != 0 || msg.Seq != 7 {
			t.Errorf("%s: got %q with %d files left open, want %q", name, got, s.open, c.want)
		}
	}
}

func TestCheckListKeepsNoRowsOfAFileThatBreaks(t *testing.T) {
	list := desktest.Script("5CG", 3)
	s := &shelf{files: map[string]io.Reader{
		"good":   bytes.NewReader(list),
		"broken": io.MultiReader(bytes.NewReader(list), iotest.ErrReader(errors.New("input/output error"))),
	}}
	env := NewEnv(context.Background(), Backend{Files: s})
	msg := CheckList(context.Background(), env, Reply{}, "good")().(CheckedMsg)
	if msg.Err != nil || len(msg.List.First) != 3 || msg.List.Report.Good != 3 {
		t.Errorf("good: %d rows, report %d, error %v, want 3", len(msg.List.First), msg.List.Report.Good, msg.Err)
	}
	msg = CheckList(context.Background(), env, Reply{}, "broken")().(CheckedMsg)
	if msg.Err == nil || msg.Err.Kind != model.Incomplete || len(msg.List.First) != 0 {
		t.Errorf("broken: %d rows, error %v, want none and an incomplete reading", len(msg.List.First), msg.Err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.files["good"] = bytes.NewReader(list)
	msg = CheckList(ctx, env, Reply{}, "good")().(CheckedMsg)
	if msg.Err == nil || msg.Err.Kind != model.Cancelled {
		t.Errorf("cancelled: error %v", msg.Err)
	}
	if s.open != 0 {
		t.Errorf("%d files left open", s.open)
	}
}
