package desk_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

// FuzzRead holds what is true of any bytes: no panic, every row accounted for,
// problems in order and inside the file, clean texts, and the same answer twice.
func FuzzRead(f *testing.F) {
	for _, file := range desktest.Files() {
		if len(file.Data) < 6000 { // large seeds make the fuzzer minimise all day
			f.Add(file.Data)
		}
	}
	for _, s := range []string{"Serial\n\"", "\"Serial\",x\r\r\"a\"\"b\r\n\",c\n", "PKID\tHash\n1\t\"\n\"\n", "sep=;\nSerial;Model;Make\n;;\n",
		"Serial,Maker,Model\n\"a\n\nb\",c\n'=1,=\"2\",1E+22\n", "\xff\xfeS\x00e", "Serial\n\xe4\n\xc3\xa4\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, good, handed := 0, 0, 0
		rep, err := desk.Walk(t.Context(), bytes.NewReader(data), desk.Options{}, func(r desk.Row) error {
			rows++
			if r.Good() {
				good++
				if err := r.Upload.Identity.Validate(); err != nil {
					t.Errorf("a good row that could not be sent: line %d, %v", r.Upload.Line, err)
				}
			} else {
				handed++
			}
			return nil
		})
		if rep.Rows != rows && err == nil || rep.Good != good || rows != good+handed || rep.Repaired > rep.Good {
			t.Errorf("rows %d, good %d, repaired %d; handed over %d and %d", rep.Rows, rep.Good, rep.Repaired, good, handed)
		}
		if err != nil && model.KindOf(err) != model.Invalid {
			t.Errorf("got %v", err)
		}
		lines := bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'}) + 1
		last := 0
		for _, p := range rep.Problems {
			if p.Line < last || p.Line > lines || p.Line < 1 || p.Column < 0 || p.Code == "" {
				t.Errorf("problem out of order or outside of %d lines: %+v", lines, p)
			}
			last = p.Line
			if model.Clean(p.Text) != p.Text {
				t.Errorf("unclean text %q", p.Text)
			}
		}
		again, err2 := desk.Check(t.Context(), bytes.NewReader(data))
		a, _ := json.Marshal(rep)
		b, _ := json.Marshal(again)
		if !bytes.Equal(a, b) || (err == nil) != (err2 == nil) {
			t.Errorf("two readings differ:\n%s\n%s", a, b)
		}
	})
}

// FuzzFieldOf holds that a header's meaning does not hang on its case, on blanks
// around it or on quotes.
func FuzzFieldOf(f *testing.F) {
	for _, h := range strings.Split(desktest.PortalHeader+","+desktest.IntuneHeader+","+desktest.ExportHeader+",Ünïcode,PKID", ",") {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, header string) {
		want := desk.FieldOf(header)
		for _, same := range []string{" " + header + "\t", `"` + header + `"`, "\ufeff" + header} {
			if got := desk.FieldOf(same); got != want {
				t.Errorf("%q is %s, but %q is %s", header, want, same, got)
			}
		}
		if want != desk.Ignored && desk.FieldOf(strings.ToUpper(header)) != want {
			t.Errorf("%q is %s, in upper case %s", header, want, desk.FieldOf(strings.ToUpper(header)))
		}
	})
}
