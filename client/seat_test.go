package client_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// seatOf is what a new process at the same connection remembers.
func seatOf(t *testing.T, c *client.Client) model.Seat {
	t.Helper()
	s, err := c.ChangeSeat(t.Context(), func(s model.Seat) model.Seat { return s })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASeatIsRememberedForEachConnectionAlone(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := w.dial()
	for i, name := range []string{"one", "two", "one"} {
		at := noon.Add(time.Duration(i) * time.Minute)
		if _, err := c.ChangeSeat(t.Context(), func(s model.Seat) model.Seat {
			s = s.Clear("", noon)
			return s.Visit(model.Customer{ID: model.CustomerID(name), Name: name + "\x1b]52;c;aGk=\a"}, at)
		}); err != nil {
			t.Fatal(err)
		}
	}
	again := seatOf(t, w.dial())
	if len(again.Recent) != 2 || again.Recent[0].Customer != "one" || again.Recent[1].Customer != "two" || !again.Cleared[""].Equal(noon) {
		t.Errorf("the next start remembers %+v", again)
	}
	if strings.ContainsRune(again.Recent[0].Name, 0x1b) {
		t.Errorf("a name comes back as it was: %q", again.Recent[0].Name)
	}
	if other := seatOf(t, w.dial(func(o *client.Connection) { o.Backend = "another tenant" })); len(other.Recent) != 0 {
		t.Errorf("another connection remembers %+v", other)
	}
	seats := filepath.Join(w.dir, "seats")
	if fi, err := os.Stat(seats); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", fi, err)
	}
	n := 0
	_ = filepath.WalkDir(seats, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		if fi, err := d.Info(); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, fi.Mode(), err)
		}
		return os.WriteFile(path, []byte(`{"recent": [{"custo`), 0o600)
	})
	if n != 2 {
		t.Errorf("%d files, want one a connection", n)
	}
	if s := seatOf(t, w.dial()); len(s.Recent) != 0 {
		t.Errorf("a damaged file is remembered as %+v", s)
	}
}

func TestASeatThatCannotBeKeptSaysSo(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "seats"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := c.ChangeSeat(t.Context(), func(s model.Seat) model.Seat {
		return s.Visit(model.Customer{ID: "one"}, time.Now())
	})
	if model.KindOf(err) != model.Refused || len(s.Recent) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}
