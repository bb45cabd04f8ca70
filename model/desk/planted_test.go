package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

// planted is one kind of defect: what it does to a row and what must be said.
type planted struct {
	kind   string
	spoil  func(cells []string) string // the whole line
	code   string
	column int
}

func line(cells []string) string { return strings.Join(cells, ",") }

// kinds are twelve ways in which lists are broken in practice.
func kinds(first string) []planted {
	with := func(at int, value string) func([]string) string {
		return func(c []string) string {
			c[at] = value
			return line(c)
		}
	}
	return []planted{
		{"hash cut off", func(c []string) string { c[2] = c[2][:3900]; return line(c) }, "hash", 3},
		{"hash with another checksum", func(c []string) string { c[2] = desktest.Damaged(c[0], "Dell Inc.", "Latitude 7450"); return line(c) }, "hash", 3},
		{"hash that is no base64", with(2, "not/a*hash"), "hash", 3},
		{"serial of another machine", with(0, "OTHER-MACHINE"), "serial-mismatch", 1},
		{"second copy", func([]string) string { return first }, "duplicate", 0},
		{"serial alone", func(c []string) string { return c[0] + ",,,," }, "identification", 1},
		{"serial and maker alone", func(c []string) string { return c[0] + ",,,Dell Inc.," }, "identification", 1},
		{"spreadsheet's notation", func([]string) string { return "1.23457E+11,,,Dell Inc.,Latitude 7450" }, "scientific", 1},
		{"placeholder serial", func([]string) string { return "To be filled by O.E.M.,,,Dell Inc.,Latitude 7450" }, "placeholder", 1},
		{"one cell too many", func(c []string) string { return line(c) + ",surplus" }, "fields", 6},
		{"two cells too few", func(c []string) string { return c[0] + ",," + c[2][:40] }, "fields", 4},
		{"control character", func([]string) string { return "BELL\a1,,,Dell Inc.,Latitude 7450" }, "control", 1},
	}
}

func TestFortyPlantedDefectsAreAllFoundWhereTheyAre(t *testing.T) {
	const rows, defects = 2350, 40
	good := func(i int) []string {
		serial := fmt.Sprintf("PLANT%05d", i)
		return []string{serial, "", desktest.Hash(serial, "Dell Inc.", "Latitude 7450"), "", ""}
	}
	all := kinds(line(good(0)))
	if len(all) != 12 {
		t.Fatalf("%d kinds, want 12", len(all))
	}
	type at struct {
		line   int
		column int
		code   string
	}
	want := map[at]string{}
	var list strings.Builder
	list.WriteString("Device Serial Number,Windows Product ID,Hardware Hash,Manufacturer name,Device model\r\n")
	for i := range rows {
		text := line(good(i))
		if k := (i - 7) / 58; i >= 7 && (i-7)%58 == 0 && k < defects {
			p := all[k%len(all)]
			text = p.spoil(good(i))
			want[at{i + 2, p.column, p.code}] = p.kind
		}
		list.WriteString(text + "\r\n")
	}
	if len(want) != defects {
		t.Fatalf("%d defects were planted, want %d", len(want), defects)
	}
	sent := 0
	report, err := desk.Read(context.Background(), strings.NewReader(list.String()), func(model.UploadRow) error { sent++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != rows || report.Good != rows-defects || sent != report.Good {
		t.Errorf("%d rows, %d good, %d given out; want %d, %d", report.Rows, report.Good, sent, rows, rows-defects)
	}
	for _, p := range report.Problems {
		key := at{p.Line, p.Column, p.Code}
		if _, ok := want[key]; !ok {
			key.column = 0
		}
		if _, ok := want[key]; !ok {
			t.Errorf("line %d, column %d: %s: %s: not planted there", p.Line, p.Column, p.Code, p.Text)
		}
		delete(want, key)
		if p.Text == "" || p.What == "" {
			t.Errorf("line %d: %q, %q: it does not say what is wrong or what to do", p.Line, p.Text, p.What)
		}
	}
	for where, kind := range want {
		t.Errorf("%s at line %d was not found", kind, where.line)
	}
}
