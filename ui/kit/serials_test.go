package kit_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// knows returns what a device list knows of devices with these serials.
func knows(serials ...string) kit.Fleet {
	var rows []fleet.Row
	for i, s := range serials {
		rows = append(rows, fleet.Row{Key: fmt.Sprint("d", i), Cells: []string{s, "Latitude"}})
	}
	ix := fleet.New(fleet.Schema{{Name: "serial"}, {Name: "model"}}, rows...)
	return kit.Fleet{Whole: true, Began: uitest.Noon(), Known: kit.Known{Index: ix, Device: func(row int) model.Device {
		return model.Device{ID: model.DeviceID(ix.Key(row)), Serial: ix.Cell(row, 0), Model: ix.Cell(row, 1), Batch: model.BatchID("b" + fmt.Sprint(row%2))}
	}}}
}

func TestMatchSerials(t *testing.T) {
	env := uitest.Env(t.Context(), (&uitest.Still{}).Backend())
	env.Fleet = knows("ABC1", "abc2", "TWICE", "twice", "VMware-42 1a", "")
	for _, c := range []struct {
		list                     string
		keys, ambiguous, missing []string
		bad                      bool
	}{
		{list: "abc1", keys: []string{"d0"}},
		{list: " \"ABC2\" ,abc1;ABC1\r\n# a remark\n", keys: []string{"d1", "d0"}},
		{list: "vmware-42 1A", keys: []string{"d4"}},
		{list: "abc1 abc2 no", keys: []string{"d0", "d1"}, missing: []string{"no"}},
		{list: "Twice\tabc", ambiguous: []string{"Twice"}, missing: []string{"abc"}},
		{list: " ,;\n", bad: true},
		{list: "@/no/such/file", bad: true},
	} {
		m := answer[kit.MatchedMsg](t, kit.MatchSerials(t.Context(), env, kit.Reply{}, c.list))
		if !slices.Equal(m.Keys, c.keys) || !slices.Equal(m.Ambiguous, c.ambiguous) || !slices.Equal(m.Missing, c.missing) || (m.Err != nil) != c.bad || !m.Whole {
			t.Errorf("%q: keys %v, ambiguous %v, missing %v, error %v", c.list, m.Keys, m.Ambiguous, m.Missing, m.Err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if m := answer[kit.MatchedMsg](t, kit.MatchSerials(ended, env, kit.Reply{}, "abc1")); m.Err == nil {
		t.Error("a search that was given up found something")
	}
}

func FuzzSerials(f *testing.F) {
	f.Add("a,b;c\td\r\n\"e\"\n#f")
	f.Fuzz(func(t *testing.T, list string) {
		serials, err := kit.Serials(list)
		if (err == nil) != (len(serials) > 0) {
			t.Fatalf("%d serials and error %v", len(serials), err)
		}
		seen := map[string]bool{}
		for _, s := range serials {
			if s != strings.TrimSpace(s) || s == "" || strings.ContainsAny(s, "\r\n,;\t") || seen[strings.ToLower(s)] {
				t.Fatalf("%q is no serial of its own", s)
			}
			seen[strings.ToLower(s)] = true
		}
	})
}

func TestBatchDevicesComeFromTheListWhenItIsWhole(t *testing.T) {
	still := &uitest.Still{DevicePages: []model.DevicePage{{Devices: []model.Device{{ID: "x", Batch: "b0"}, {ID: "y", Batch: "b9"}}}}}
	env := uitest.Env(t.Context(), still.Backend())
	env.Fleet = knows("s0", "s1", "s2")
	ids := func() string {
		m := answer[kit.DevicesMsg](t, kit.BatchDevices(t.Context(), env, kit.Reply{}, "b0"))
		var out []string
		for _, d := range m.Devices {
			out = append(out, string(d.ID))
		}
		return fmt.Sprint(out, m.Err != nil)
	}
	if got := ids(); got != "[d0 d2] false" {
		t.Errorf("from a whole list: %s", got)
	}
	env.Fleet.Whole = false
	if got := ids(); got != "[x] false" {
		t.Errorf("from the service: %s", got)
	}
	still.Err = &model.Error{Kind: model.Incomplete, Msg: "page 2 failed"}
	if got := ids(); got != "[x] true" {
		t.Errorf("from a service that stops: %s", got)
	}
}
