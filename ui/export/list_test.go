package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/model/desk"
	"muster/ui/export"
)

// hostile are cells that a spreadsheet, a terminal or a page would obey.
var hostile = []string{"=cmd|' /C calc'!A0", "+1", "-1", "@x", "  =1+1", "\t=1", "\r=1", "\n@x", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x",
	"\u00a0=1", "\u2003+1", "a\x1b[31mb", "a\u202eb", "a\u009b2Jb", `say "hi", ok`, "two\r\nlines", "plain", "", "Zo\u00eb", "\xff\xfe"}

func write(t *testing.T, f export.Format, columns []string, rows ...[]string) string {
	t.Helper()
	var b bytes.Buffer
	n, err := export.WriteList(&b, f, columns, slices.Values(rows))
	if err != nil || n != len(rows) {
		t.Fatalf("%d rows written, want %d: %v", n, len(rows), err)
	}
	return b.String()
}

func TestListAsCSV(t *testing.T) {
	got := write(t, export.CSV, []string{"Serial", "Model"}, []string{"SN1", `13" "Pro"`}, []string{"=1"}, []string{"a", "b", "surplus"})
	want := "\"Serial\",\"Model\"\r\n\"SN1\",\"13\"\" \"\"Pro\"\"\"\r\n\"'=1\",\"\"\r\n\"a\",\"b\"\r\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
}

func TestSection13_15_HostileCellsAreHarmlessInCSV(t *testing.T) {
	var rows [][]string
	for _, h := range hostile {
		rows = append(rows, []string{h, h})
	}
	text := write(t, export.CSV, []string{"a", "b"}, rows...)
	if i := strings.IndexFunc(text, func(r rune) bool {
		return r < 0x20 && r != '\r' && r != '\n' || r == 0x7f || r == 0x9b || r == 0x202e
	}); i >= 0 {
		t.Errorf("a control character reaches the file: %q", text[i:min(len(text), i+12)])
	}
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(all) != len(rows)+1 {
		t.Fatalf("%d lines, want %d: %v", len(all), len(rows)+1, err)
	}
	for i, cells := range all[1:] {
		first := strings.TrimLeftFunc(cells[0], unicode.IsSpace)
		if first != "" && strings.ContainsAny(first[:1], "=+-@\t\r\n") || slices.Contains([]string{"\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"}, first) {
			t.Errorf("%q became %q, which runs", rows[i][0], cells[0])
		}
	}
}

func TestDeskUndoesTheApostrophe(t *testing.T) {
	text := write(t, export.CSV, strings.Split(desk.ExpectedHeader, ","), []string{"-123", "", "", "@maker", "=model"})
	var rows []model.UploadRow
	if _, err := desk.Read(t.Context(), strings.NewReader(text), func(r model.UploadRow) error { rows = append(rows, r); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Identity.Serial != "-123" || rows[0].Identity.Maker != "@maker" || rows[0].Identity.Model != "=model" {
		t.Errorf("read back: %d rows %+v", len(rows), rows)
	}
}

func TestListAsJSONIsExactAndHarmless(t *testing.T) {
	var rows [][]string
	for _, h := range hostile {
		rows = append(rows, []string{h})
	}
	for _, f := range []export.Format{export.JSON, export.NDJSON} {
		text := write(t, f, []string{"a \"cell\""}, rows...)
		if strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f || r == 0x9b || r == 0x202e }) {
			t.Errorf("%s: a control character reaches the file: %q", f, text)
		}
		var got []map[string]string
		if f == export.JSON {
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatal(err)
			}
		} else {
			d := json.NewDecoder(strings.NewReader(text))
			for d.More() {
				var one map[string]string
				if err := d.Decode(&one); err != nil {
					t.Fatal(err)
				}
				got = append(got, one)
			}
			if n := strings.Count(text, "\n"); n != len(rows) {
				t.Errorf("%d lines, want %d", n, len(rows))
			}
		}
		for i, r := range got {
			if want := strings.ToValidUTF8(rows[i][0], "\ufffd"); rows[i][0] != "\xff\xfe" && r[`a "cell"`] != want {
				t.Errorf("%s: got %q, want %q", f, r[`a "cell"`], want)
			}
		}
	}
}

func TestEmptyLists(t *testing.T) {
	for f, want := range map[export.Format]string{export.CSV: "\"a\"\r\n", export.JSON: "[\n\n]\n", export.NDJSON: ""} {
		if got := write(t, f, []string{"a"}); got != want {
			t.Errorf("%s: got %q, want %q", f, got, want)
		}
	}
}

// full is a disk that takes a number of bytes.
type full int

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if *f -= full(len(b)); *f < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestListOnAFullDisk(t *testing.T) {
	rows := slices.Repeat([][]string{{strings.Repeat("x", 1000)}}, 200)
	for _, f := range export.ListFormats() {
		disk := full(70_000)
		if _, err := export.WriteList(&disk, f, []string{"a"}, slices.Values(rows)); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want %v", f, err, errFull)
		}
	}
}

func TestFormats(t *testing.T) {
	if f, err := export.ParseFormat(" CSV ", export.ListFormats()); f != export.CSV || err != nil {
		t.Errorf("got %q, %v", f, err)
	}
	if _, err := export.ParseFormat("md", export.ListFormats()); model.KindOf(err) != model.Invalid || !strings.Contains(err.Error(), "csv, json, ndjson") {
		t.Errorf("got %v", err)
	}
	if _, err := export.WriteList(io.Discard, export.Markdown, nil, slices.Values([][]string(nil))); model.KindOf(err) != model.Invalid {
		t.Errorf("got %v", err)
	}
}

func FuzzListAsCSV(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if _, err := export.WriteList(&b, export.CSV, []string{"a"}, slices.Values([][]string{{s}})); err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(all) != 2 || len(all[1]) != 1 {
			t.Fatalf("%q became %q: %v", s, all, err)
		}
		cell := strings.TrimLeftFunc(all[1][0], unicode.IsSpace)
		for _, bad := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"} {
			if strings.HasPrefix(cell, bad) {
				t.Errorf("%q became %q, which runs", s, cell)
			}
		}
	})
}
