package export_test

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/ui/export"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func TestNames(t *testing.T) {
	if got, want := export.Name("devices", "Contoso AG \u2013 Z\u00fcrich", noon, export.CSV), "muster-devices-contoso-ag-z-rich-20260504T120000Z.csv"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	form := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	for _, s := range append(hostile, "../../etc/passwd", "", "---", strings.Repeat("a-", 60), strings.Repeat("x", 39)+"-y", "CON", "a\x00b") {
		if got := export.Slug(s); !form.MatchString(got) {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func create(t *testing.T, path string, replace bool, text string) error {
	t.Helper()
	f, err := export.Create(path, "ours.csv", replace)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	return f.Keep()
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, want %q: %v", filepath.Base(path), got, want, err)
	}
}

func TestFilesAreNewAndPrivate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	if err := create(t, path, false, "one"); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "one")
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600: %v", fi.Mode(), err)
	}
	if err := create(t, path, false, "two"); model.KindOf(err) != model.Conflict || !strings.Contains(err.Error(), "exists") {
		t.Errorf("the second: got %v", err)
	}
	holds(t, path, "one")
	if err := create(t, path, true, "three"); err != nil {
		t.Errorf("replace: %v", err)
	}
	holds(t, path, "three")
	if err := create(t, dir, false, "in the folder"); err != nil {
		t.Errorf("a folder: %v", err)
	}
	holds(t, filepath.Join(dir, "ours.csv"), "in the folder")
	if names, err := os.ReadDir(dir); err != nil || len(names) != 2 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestSection13_15_LinksAndOddNamesAreRefused(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(outside, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.csv")
	dangling := filepath.Join(dir, "dangling.csv")
	for from, to := range map[string]string{link: outside, dangling: filepath.Join(dir, "nowhere")} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{link, dangling} {
		for _, replace := range []bool{false, true} {
			if err := create(t, path, replace, "mine"); err == nil {
				t.Errorf("%s, replace %v: a symbolic link was followed", filepath.Base(path), replace)
			}
		}
	}
	holds(t, outside, "precious")
	if _, err := os.Stat(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a dangling link made a file")
	}
	for _, path := range []string{filepath.Join(dir, "a\nb"), filepath.Join(dir, "no", "such", "folder.csv"), ""} {
		if err := create(t, path, false, "x"); model.KindOf(err) != model.Invalid {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

func TestDiscardLeavesWhatWas(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	if err := create(t, path, false, "old"); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(dir, "new.csv")} {
		f, err := export.Create(p, "ours", true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "half"); err != nil {
			t.Fatal(err)
		}
		f.Discard()
		f.Discard()
		if err := f.Keep(); err != nil {
			t.Errorf("keep after discard: %v", err)
		}
	}
	holds(t, path, "old")
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}
