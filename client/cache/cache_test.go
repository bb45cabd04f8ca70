package cache_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client/cache"
	"muster/model"
)

const contoso, fabrikam = model.CustomerID("0d8a4b3e-7f52-4a7e-b0c9-6a4f1c2d9e80"), model.CustomerID("91c0f6c2-2b6e-4d0b-8a43-7a0e2d5c1b33")

var taken = time.Date(2026, 8, 20, 14, 2, 0, 7, time.UTC)

func save(t *testing.T, c *cache.Cache, id model.CustomerID, list, text string) {
	t.Helper()
	err := c.Save(id, list, taken, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	if err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, c *cache.Cache, id model.CustomerID, list string) string {
	t.Helper()
	raw, at, err := c.Load(id, list)
	if err != nil {
		t.Fatal(err)
	}
	if raw != nil && !at.Equal(taken) {
		t.Errorf("as of %v, want %v", at, taken)
	}
	return string(raw)
}

func files(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestListsAreKeptApart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fleet")
	one, two := cache.New(dir, "issuer tenant"), cache.New(dir, "another")
	save(t, one, contoso, "devices", "a")
	save(t, one, contoso, "autopilot", "b")
	save(t, one, fabrikam, "devices", "c")
	save(t, two, contoso, "devices", "d")
	save(t, one, contoso, "devices", "a again")
	for _, c := range []struct {
		of   *cache.Cache
		id   model.CustomerID
		list string
		want string
	}{
		{one, contoso, "devices", "a again"}, {one, model.CustomerID(strings.ToUpper(string(contoso))), "devices", "a again"},
		{one, contoso, "autopilot", "b"}, {one, fabrikam, "devices", "c"}, {two, contoso, "devices", "d"}, {two, fabrikam, "devices", ""},
		{cache.New("", "issuer tenant"), contoso, "devices", ""},
	} {
		if got := load(t, c.of, c.id, c.list); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.list, c.id, got, c.want)
		}
	}
	for _, path := range files(t, dir) {
		if strings.Contains(path, string(contoso)) {
			t.Errorf("%s names the customer", path)
		}
		for p, want := path, os.FileMode(0o600); p != filepath.Dir(dir); p, want = filepath.Dir(p), 0o700 {
			if fi, err := os.Stat(p); err != nil || fi.Mode().Perm() != want {
				t.Errorf("%s: mode %v, %v; want %v", p, fi.Mode(), err, want)
			}
		}
	}
}

func TestWhatIsDamagedIsNotThere(t *testing.T) {
	for name, spoil := range map[string]func(path string, raw []byte) error{
		"cut":    func(p string, raw []byte) error { return os.WriteFile(p, raw[:len(raw)-1], 0o600) },
		"longer": func(p string, raw []byte) error { return os.WriteFile(p, append(raw, 0), 0o600) },
		"empty":  func(p string, _ []byte) error { return os.WriteFile(p, nil, 0o600) },
		"foreign": func(p string, raw []byte) error {
			return os.WriteFile(p, append([]byte("ELSEWHER"), raw[8:]...), 0o600)
		},
		"for others": func(p string, _ []byte) error { return os.Chmod(p, 0o640) },
		"a folder":   func(p string, _ []byte) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := cache.New(dir, "b")
			save(t, c, contoso, "devices", "good")
			path := files(t, dir)[0]
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(path, raw); err != nil {
				t.Fatal(err)
			}
			if got := load(t, c, contoso, "devices"); got != "" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAWriteThatFailsLeavesWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	c := cache.New(dir, "b")
	save(t, c, contoso, "devices", "good")
	err := c.Save(contoso, "devices", taken, func(w io.Writer) error {
		if _, err := w.Write(bytes.Repeat([]byte("x"), 1000)); err != nil {
			return err
		}
		return errors.New("the disk is full")
	})
	if model.KindOf(err) != model.Refused || !strings.Contains(err.Error(), "disk is full") || strings.Contains(err.Error(), dir) {
		t.Errorf("the error is %v", err)
	}
	if got := load(t, c, contoso, "devices"); got != "good" {
		t.Errorf("got %q", got)
	}
	if n := len(files(t, dir)); n != 1 {
		t.Errorf("%d files are left, want 1", n)
	}
}

func TestClearRemovesListsAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	save(t, cache.New(dir, "one"), contoso, "devices", "abc")
	save(t, cache.New(dir, "two"), contoso, "devices", "de")
	beside := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(beside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	done, err := cache.Clear(dir)
	if err != nil || done.Files != 2 || done.Bytes != 2*24+5 {
		t.Errorf("cleared %+v, %v; want 2 files of 53 bytes", done, err)
	}
	if left := files(t, dir); len(left) != 1 || left[0] != beside {
		t.Errorf("left are %v", left)
	}
	if done, err := cache.Clear(filepath.Join(dir, "never")); err != nil || done.Files != 0 {
		t.Errorf("a folder that is not there: %+v, %v", done, err)
	}
}

func TestOldListsAndHalvesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	old, fresh := cache.New(dir, "old"), cache.New(dir, "fresh")
	write := func(w io.Writer) error { _, err := w.Write([]byte("12345678")); return err }
	if err := old.Save("c", "devices", now, write); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	half := filepath.Join(filepath.Dir(files[0]), "new-1")
	other := filepath.Join(filepath.Dir(files[0]), "letter.txt")
	for _, f := range []string{half, other} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{files[0], half, other} {
		if err := os.Chtimes(f, now, now.Add(-61*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := fresh.Save("c", "devices", now, write); err != nil {
		t.Fatal(err)
	}
	if content, _, err := old.Load("c", "devices"); content != nil || err != nil {
		t.Errorf("a list of two months ago is still there: %q, %v", content, err)
	}
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Error("what was left half written is still there")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file that is not the cache's is gone")
	}
	if content, _, _ := fresh.Load("c", "devices"); content == nil {
		t.Error("the new list is gone")
	}
}
