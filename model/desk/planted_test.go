package desk_test

import (
	"bytes"
	"context"
	"testing"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

func TestFortyPlantedDefectsAreAllFoundWhereTheyAre(t *testing.T) {
	const rows, defects = 2350, 40
	list, planted, repaired := desktest.Planted("PLANT", rows, defects)
	kinds := map[string]bool{}
	want := map[desktest.Defect]string{}
	for _, d := range planted {
		kinds[d.Kind] = true
		want[desktest.Defect{Line: d.Line, Column: d.Column, Code: d.Code}] = d.Kind
	}
	if len(want) != defects || len(kinds) != 12 || repaired == 0 {
		t.Fatalf("%d defects of %d kinds and %d repairs were planted, want %d of 12, and some", len(want), len(kinds), repaired, defects)
	}
	sent := 0
	report, err := desk.Read(context.Background(), bytes.NewReader(list), func(model.UploadRow) error { sent++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != rows || report.Good != rows-defects || sent != report.Good {
		t.Errorf("%d rows, %d good, %d given out; want %d, %d", report.Rows, report.Good, sent, rows, rows-defects)
	}
	if report.Repaired != repaired || len(report.Repairs) != repaired {
		t.Errorf("%d rows repaired, %d repairs told; want %d", report.Repaired, len(report.Repairs), repaired)
	}
	for _, p := range report.Problems {
		key := desktest.Defect{Line: p.Line, Column: p.Column, Code: p.Code}
		if _, ok := want[key]; !ok {
			key.Column = 0
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
		t.Errorf("%s at line %d was not found", kind, where.Line)
	}
}
