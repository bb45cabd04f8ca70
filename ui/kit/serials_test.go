package kit_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
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

func TestCheckListKnowsWhatIsThere(t *testing.T) {
	list := "serial,maker,model\nS0,HP,Latitude\nTWICE,HP,Latitude\ns1,HP,Another model\nNEW,HP,Latitude\n"
	path := uitest.File(t, "list.csv", list)
	b := (&uitest.Still{}).Backend()
	b.Files = disk{}
	env := uitest.Env(t.Context(), b)
	env.Fleet = knows("s0", "twice", "twice", "S1")
	m := answer[kit.CheckedMsg](t, kit.CheckList(t.Context(), env, kit.Reply{}, path))
	if m.Err != nil || len(m.List.Report.Problems) != 1 || m.List.Report.Problems[0].Line != 2 || m.List.Report.Good != 3 || !m.Known {
		t.Errorf("%d good rows, problems %v, error %v", m.List.Report.Good, m.List.Report.Problems, m.Err)
	}
	env.Fleet.Whole = false
	m = answer[kit.CheckedMsg](t, kit.CheckList(t.Context(), env, kit.Reply{}, path))
	if m.List.Report.Good != 4 || m.Known {
		t.Errorf("with a list that is not whole: %d good rows, known %v", m.List.Report.Good, m.Known)
	}
}

// disk reads the files of a test.
type disk struct{ kit.Files }

func (disk) Open(_ context.Context, path string, _ int64) (io.ReadCloser, int64, error) {
	f, err := os.Open(path)
	return f, 0, err
}

func TestFindSerialGoesOnAfterACustomerThatCannotBeRead(t *testing.T) {
	still := &uitest.Still{CustomerList: []model.Customer{{ID: "a", Name: "A"}, {ID: "b", Name: "B"}, {ID: "c", Name: "C"}},
		DevicePages: []model.DevicePage{{Devices: []model.Device{{ID: "x", Serial: "Abc"}, {ID: "y", Serial: "abcd"}}}}}
	found, failed, last := 0, 0, 0
	for f, err := range kit.FindSerial(t.Context(), half{still}, "aBC", nil) {
		found += len(f.Devices)
		if err != nil {
			failed++
			if !strings.Contains(err.Error(), "not all devices of B could be read") {
				t.Errorf("the error is %v", err)
			}
		}
		last = f.Read
	}
	if found != 3 || failed != 1 || last != 3 {
		t.Errorf("%d found, %d failed, %d searched, want 3, 1 and 3", found, failed, last)
	}
	for range kit.FindSerial(t.Context(), half{still}, "abc", nil) {
		break // ends every search before it returns
	}
}

// A customer whose search a panic ended was not searched: nobody may read that the device
// is not there.
func TestFindSerialSaysWhereAPanicEndedTheSearch(t *testing.T) {
	still := &uitest.Still{CustomerList: []model.Customer{{ID: "a", Name: "A"}, {ID: "b", Name: "B"}},
		DevicePages: []model.DevicePage{{Devices: []model.Device{{ID: "x", Serial: "abc"}}}}}
	told, failed, found := make(chan any, 2), map[string]error{}, 0
	for f, err := range kit.FindSerial(t.Context(), faulty{still}, "abc", func(what any, _ []byte) { told <- what }) {
		if err != nil {
			failed[f.Customer.Name] = err
		}
		found += len(f.Devices)
	}
	if len(told) != 1 || found != 2 || len(failed) != 1 || !strings.Contains(fmt.Sprint(failed["B"]), "not all devices of B could be read") {
		t.Errorf("%d reports, %d found, errors %v", len(told), found, failed)
	}
}

// faulty is a reader that panics after the first page of customer b.
type faulty struct{ *uitest.Still }

func (f faulty) Devices(ctx context.Context, c model.CustomerID) iter.Seq2[model.DevicePage, error] {
	return func(yield func(model.DevicePage, error) bool) {
		for page, err := range f.Still.Devices(ctx, c) {
			if !yield(page, err) {
				return
			}
		}
		if c == "b" {
			panic("a fault of muster's own")
		}
	}
}

// half is a reader that cannot read the devices of customer b to their end.
type half struct{ *uitest.Still }

func (h half) Devices(ctx context.Context, c model.CustomerID) iter.Seq2[model.DevicePage, error] {
	return func(yield func(model.DevicePage, error) bool) {
		for page, err := range h.Still.Devices(ctx, c) {
			if !yield(page, err) {
				return
			}
		}
		if c == "b" {
			yield(model.DevicePage{}, &model.Error{Kind: model.Incomplete, Msg: "page 2 failed"})
		}
	}
}
