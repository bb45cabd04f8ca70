package kit_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/export"
	"muster/ui/kit"
	"muster/ui/uitest"
)

func TestExportSheet(t *testing.T) {
	schema := fleet.Schema{{Name: "name"}, {Name: "devices", Kind: fleet.Count}, {Name: "read", Kind: fleet.Time}, {Name: "state", Kind: fleet.Count}}
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("CET", 3600))
	ix := fleet.New(schema,
		fleet.Row{Key: "k1", Cells: []string{"one", "12 871", "2026-03-04", "failed"}, Sort: []int64{1: 12871, 2: at.UnixNano(), 3: 1}},
		fleet.Row{Key: "k2", Cells: []string{"=two", "?", "", "done"}, Sort: []int64{1: fleet.Unknown, 2: fleet.Unknown, 3: 2}})
	s := kit.Sheet{What: "things", Key: "id", Index: ix, Shown: fleet.RowsOf([]uint32{1, 0}), Marks: fleet.Marks{}.Toggle("k1").Toggle("gone")}
	for _, c := range []struct {
		part kit.Part
		want string
	}{
		{kit.MarkedRows, `{"id":"k1","name":"one","devices":"12871","read":"2026-03-04T04:06:07Z","state":"failed"}`},
		{kit.ShownRows, `{"id":"k2","name":"=two","devices":"?","read":"","state":"done"}`},
		{kit.AllRows, `{"id":"k1",`},
	} {
		path := filepath.Join(t.TempDir(), "list")
		m := answer[kit.ExportedMsg](t, kit.ExportSheet(t.Context(), kit.Reply{}, s, c.part, export.NDJSON, path, "ours"))
		raw, err := os.ReadFile(path)
		if m.Err != nil || err != nil || !strings.HasPrefix(string(raw), c.want) || m.Rows != strings.Count(string(raw), "\n") {
			t.Errorf("part %d: %d rows, error %v, %v:\n%s", c.part, m.Rows, m.Err, err, raw)
		}
	}
	dir := t.TempDir()
	m := answer[kit.ExportedMsg](t, kit.ExportSheet(t.Context(), kit.Reply{}, s, kit.AllRows, export.CSV, dir, "ours.csv"))
	if m.Err != nil || m.Path != filepath.Join(dir, "ours.csv") {
		t.Errorf("into a folder: %s, %v", m.Path, m.Err)
	}
	if m := answer[kit.ExportedMsg](t, kit.ExportSheet(t.Context(), kit.Reply{}, s, kit.AllRows, export.CSV, dir, "ours.csv")); m.Err == nil || m.Err.Kind != model.Conflict {
		t.Errorf("onto a file that is there: %v", m.Err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	m = answer[kit.ExportedMsg](t, kit.ExportSheet(ended, kit.Reply{}, s, kit.AllRows, export.JSON, dir, "late.json"))
	if _, err := os.Stat(filepath.Join(dir, "late.json")); m.Err == nil || m.Err.Kind != model.Cancelled || err == nil {
		t.Errorf("an export that was stopped: %v, file %v", m.Err, err)
	}
}

func TestExportEvidence(t *testing.T) {
	still := &uitest.Still{RowList: []model.Row{{Number: 1, Serial: "S1", State: model.RowDone}}}
	env := uitest.Env(t.Context(), still.Backend())
	path := filepath.Join(t.TempDir(), "evidence.json")
	o := model.Operation{ID: "k3f9-2mqa", Kind: model.AssignPolicy, Title: "policy Kiosk on 1 device", Rows: model.Tally{Done: 1}}
	m := answer[kit.ExportedMsg](t, kit.ExportEvidence(t.Context(), env, kit.Reply{}, o, export.JSON, path, "ours"))
	raw, err := os.ReadFile(path)
	if m.Err != nil || err != nil || m.Rows != 1 || !strings.Contains(string(raw), "policy Kiosk on 1 device") {
		t.Errorf("%d rows, error %v, %v:\n%s", m.Rows, m.Err, err, raw)
	}
	still.Err = &model.Error{Kind: model.Offline, Msg: "the ledger is gone"}
	m = answer[kit.ExportedMsg](t, kit.ExportEvidence(t.Context(), env, kit.Reply{}, o, export.JSON, path+"2", "ours"))
	if _, err := os.Stat(path + "2"); m.Err == nil || err == nil {
		t.Errorf("without rows: error %v, file %v", m.Err, err)
	}
}
