package desk_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

var update = flag.Bool("update", false, "write testdata/uploads anew")

const uploads = "../../testdata/uploads"

func TestFilesAreAsGenerated(t *testing.T) {
	want := map[string]bool{".gitattributes": true}
	for _, f := range desktest.Files() {
		path := filepath.Join(uploads, filepath.FromSlash(f.Name))
		want[f.Name] = true
		if *update {
			if err := os.WriteFile(path, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, f.Data) {
			t.Errorf("%s is not what the generator makes (%d bytes, want %d); run with -update", f.Name, len(got), len(f.Data))
		}
		if len(got) > 100_000 {
			t.Errorf("%s has %d bytes; lists in the repository stay below 100 000", f.Name, len(got))
		}
	}
	err := filepath.WalkDir(uploads, func(path string, d os.DirEntry, err error) error {
		if name, _ := filepath.Rel(uploads, path); err == nil && !d.IsDir() && !want[filepath.ToSlash(name)] {
			t.Errorf("%s is in the folder and nothing generates it", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// where tells a problem by its place and its code.
func where(problems []desk.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
	}
	return out
}

func TestFilesAreJudged(t *testing.T) {
	for name, want := range map[string]struct {
		rows, good, repaired int
		encoding, separator  string
		problems             []string
		tag                  string
	}{
		"get-windowsautopilotinfo-utf16le.csv": {12, 12, 0, "UTF-16 LE", "comma", nil, ""},
		"intune-five-columns.csv":              {6, 6, 0, "UTF-8", "comma", nil, "ward-7"},
		"partner-center-portal.csv":            {7, 7, 0, "UTF-8", "comma", nil, ""},
		"semicolon-windows1252.csv":            {4, 4, 0, "Windows-1252", "semicolon", nil, ""},
		"tabs.txt":                             {4, 4, 0, "UTF-8", "tab", nil, ""},
		"with-failures.csv":                    {8, 8, 0, "UTF-8", "comma", nil, ""},
		"bad/duplicates.csv": {9, 5, 0, "UTF-8", "comma",
			[]string{"4:3 duplicate", "7:2 duplicate", "8:1 duplicate", "10:1 duplicate"}, ""},
		"bad/wrong-hash.csv":  {4, 1, 0, "UTF-8", "comma", []string{"3:3 hash", "4:3 hash", "5:3 hash"}, ""},
		"bad/formula.csv":     {4, 4, 0, "UTF-8", "comma", nil, ""},
		"bad/serial-only.csv": {3, 0, 0, "UTF-8", "comma", []string{"2:1 identification", "3:1 identification", "4:1 identification"}, ""},
		"bad/spreadsheet-damage.csv": {9, 6, 6, "UTF-8", "comma",
			[]string{"4:1 scientific", "10:1 serial-mismatch", "11:2 scientific"}, ""},
		"bad/mixed.csv": {10, 3, 0, "UTF-8", "comma", []string{"3:3 hash", "5:1 identification", "6:7 fields",
			"7:1 placeholder", "8:1 control", "10:3 duplicate", "11:1 quote"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			rep := checkFile(t, name, "")
			if rep.Rows != want.rows || rep.Good != want.good || rep.Repaired != want.repaired {
				t.Errorf("rows, good, repaired: got %d, %d, %d, want %d, %d, %d", rep.Rows, rep.Good, rep.Repaired, want.rows, want.good, want.repaired)
			}
			if rep.Encoding != want.encoding || rep.Separator != want.separator || rep.GroupTag != want.tag {
				t.Errorf("got %s, %s, tag %q, want %s, %s, tag %q", rep.Encoding, rep.Separator, rep.GroupTag, want.encoding, want.separator, want.tag)
			}
			if diff := cmp.Diff(want.problems, where(rep.Problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for name, code := range map[string]string{
		"bad/empty.csv": desk.CodeEmpty, "bad/binary.csv": desk.CodeBinary,
		"bad/no-known-column.csv": desk.CodeNoColumn, "bad/header-only.csv": desk.CodeNoDevice,
	} {
		t.Run(name, func(t *testing.T) { checkFile(t, name, code) })
	}
}

// checkFile judges a file of testdata and holds what is true of every report.
func checkFile(t *testing.T, name, code string) desk.Report {
	t.Helper()
	f, err := os.Open(filepath.Join(uploads, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rep, err := desk.Check(t.Context(), f)
	e := model.AsError(err)
	switch {
	case err == nil && code != "":
		t.Fatalf("got no error, want %s", code)
	case err != nil && (e == nil || e.Code != code || e.Kind != model.Invalid):
		t.Fatalf("got error %v, want code %q", err, code)
	}
	for _, p := range rep.Problems {
		if p.Text == "" || p.What == "" {
			t.Errorf("problem on line %d has no text or no advice: %+v", p.Line, p)
		}
		checkText(t, p.Text)
	}
	for _, r := range rep.Repairs {
		checkText(t, r.Old+r.New+r.Text)
	}
	return rep
}

func checkText(t *testing.T, s string) {
	t.Helper()
	if model.Clean(s) != s || strings.Contains(s, "T0E") || strings.Contains(s, "33400981") {
		t.Errorf("text is not clean or tells a secret: %q", s)
	}
}

// TestReportAsJSON holds the names that scripts rely on.
func TestReportAsJSON(t *testing.T) {
	rep := check(t, "Serial,Note\nX,y\n")
	got, err := json.Marshal(rep)
	want := `{"rows":1,"good":0,"repaired":0,"problems":[{"line":2,"column":1,"code":"identification",` +
		`"text":"a serial alone does not identify a device","what":"give a hardware hash, a product key, or serial, maker and model"}],` +
		`"repairs":[],"encoding":"UTF-8","separator":"comma","headerLine":1,` +
		`"columns":[{"number":1,"header":"Serial","field":"serial"},{"number":2,"header":"Note","field":"ignored"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}
