package form

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"muster/model/desk"
	"muster/model/desk/desktest"
)

// mixed returns a folder of the disk and a world whose list lies in it: ten rows, three
// of them good.
func mixed(t *testing.T) (*world, string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range desktest.Files() {
		if f.Name == "bad/mixed.csv" {
			return &world{files: map[string][]byte{filepath.Join(dir, "mixed.csv"): f.Data}}, dir
		}
	}
	t.Fatal("there is no list with good and bad rows")
	return nil, ""
}

// The bad rows go to a file beside the list, as muster upload --repair writes them, and
// the good ones can be sent afterwards.
func TestUploadWritesBadRowsToMend(t *testing.T) {
	w, dir := mixed(t)
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(w.env()))
		p.enter(filepath.Join(dir, "mixed.csv"))
		p.press("enter")
		p.want("E bad rows to a file")
		p.press("E")
		p.want("Write 7 rows with problems to which file?", "mixed.problems.csv", "hashes and product keys in clear")
		p.press("enter")
		p.want("to mend   7 rows to mend written to", "┃ Go on with the 3 good rows and leave out 7 rows?")
		p.press("y")
		p.want("Into which batch go the 3 devices?")
	})
	name := filepath.Join(dir, "mixed.problems.csv")
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if _, err := desk.Split(t.Context(), bytes.NewReader(w.files[filepath.Join(dir, "mixed.csv")]), desk.Options{}, nil, &want); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("the file is not what --repair writes:\n%.300s\nwant\n%.300s", got, want.Bytes())
	}
	if fi, err := os.Stat(name); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", fi.Mode(), err)
	}
}

// What exists is replaced after a yes only, and a symbolic link not even then.
func TestUploadMendOverwritesNothingUnasked(t *testing.T) {
	w, dir := mixed(t)
	file := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, name := range []string{"mixed.problems.csv", "precious.csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "precious.csv"), filepath.Join(dir, "link.csv")); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(w.env()))
		p.enter(filepath.Join(dir, "mixed.csv"))
		p.press("enter", "E", "enter")
		p.want("┃ Replace what is there?", "mixed.problems.csv exists")
		p.press("n")
		p.want("Write 7 rows")
		if got := file("mixed.problems.csv"); got != "precious" {
			t.Errorf("the file holds %.40q after a no", got)
		}
		p.press("enter", "y")
		p.want("7 rows to mend written to", "┃ Go on with the 3 good rows")
		p.press("E", "ctrl+u")
		p.enter(filepath.Join(dir, "link.csv"))
		p.press("enter", "y")
		p.want("it is not a regular file", "Write 7 rows")
	})
	if got := file("mixed.problems.csv"); got == "precious" {
		t.Error("the file was not replaced after a yes")
	}
	if got := file("precious.csv"); got != "precious" {
		t.Errorf("what the link leads to holds %.40q", got)
	}
}

// A list that was changed since it was judged leaves no file.
func TestUploadMendRefusesAChangedList(t *testing.T) {
	w, dir := mixed(t)
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(w.env()))
		list := filepath.Join(dir, "mixed.csv")
		p.enter(list)
		p.press("enter", "E")
		w.files[list] = append(w.files[list], "\r\n"...)
		p.press("enter")
		p.want("the list was changed after it was judged", "Write 7 rows")
	})
	if _, err := os.Stat(filepath.Join(dir, "mixed.problems.csv")); err == nil {
		t.Error("a file was kept")
	}
}

// Which header became which field is shown, and which nobody knows.
func TestUploadShowsTheColumns(t *testing.T) {
	w := &world{files: map[string][]byte{"/l.csv": []byte("Asset;SERIAL no;make;Model;Group Tag;;Owner\nA;S1;HP;X;ward;;me\n")}}
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(w.env()))
		p.enter("/l.csv")
		p.press("enter")
		p.want("SERIAL no → serial; make → maker; Model → model; Group Tag → group tag, for Intune only",
			"ignored   Asset; column 6; Owner: not known")
		p.wantNot("bad rows to a file")
	})
}
