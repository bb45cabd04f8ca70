package screen

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// joinedNaively is what a join has to come to, whatever the order of the pages: for
// each row its key, where it is known, and what differs.
func joinedNaively(partner []model.Device, intune []model.AutopilotDevice, whole bool) []string {
	p, i := map[string]int{}, map[string]int{}
	var devices []model.Device
	seen := map[string]bool{}
	for _, d := range partner {
		if !seen[string(d.ID)] {
			seen[string(d.ID)] = true
			devices = append(devices, d)
			p[model.JoinSerial(d.Serial)]++
		}
	}
	var autopilot []model.AutopilotDevice
	for _, d := range intune {
		if !seen[string(d.ID)] {
			seen[string(d.ID)] = true
			autopilot = append(autopilot, d)
			i[model.JoinSerial(d.Serial)]++
		}
	}
	differs := func(serial, alone string) string {
		if serial != "" && (p[serial] > 1 || i[serial] > 1) {
			return differsSerial
		}
		if !whole {
			return ""
		}
		return alone
	}
	taken := map[string]bool{}
	var out []string
	for _, d := range devices {
		serial := model.JoinSerial(d.Serial)
		if serial != "" && p[serial] == 1 && i[serial] == 1 {
			taken[serial] = true
			tag := autopilot[slices.IndexFunc(autopilot, func(a model.AutopilotDevice) bool { return model.JoinSerial(a.Serial) == serial })].Tag()
			state := ""
			if tag != string(d.Batch) {
				state = differsTag
			}
			out = append(out, fmt.Sprint(d.ID, "|", knownBoth, "|", state))
			continue
		}
		out = append(out, fmt.Sprint(d.ID, "|", knownPartner, "|", differs(serial, differsIntune)))
	}
	for _, d := range autopilot {
		if serial := model.JoinSerial(d.Serial); !taken[serial] {
			out = append(out, fmt.Sprint(d.ID, "|", knownIntune, "|", differs(serial, differsPartner)))
		}
	}
	return out
}

// Devices are joined by serial to the same list, in whatever order the pages come.
func TestJoinEqualsNaive(t *testing.T) {
	serials := []string{"", " ", "Default string", "A1", "a1 ", "B2", "C3", "D4", "E5", "F6", "G7", "H8", "I9", "J10"}
	rapid.Check(t, func(t *rapid.T) {
		serial := rapid.SampledFrom(serials)
		label := rapid.SampledFrom([]string{"spring", "autumn", ""})
		partner := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) model.Device {
			return model.Device{ID: model.DeviceID(fmt.Sprint("p", rapid.IntRange(0, 30).Draw(t, "id"))), Serial: serial.Draw(t, "serial"), Batch: model.BatchID(label.Draw(t, "batch"))}
		}), 0, 20).Draw(t, "partner")
		intune := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) model.AutopilotDevice {
			return model.AutopilotDevice{ID: model.AutopilotID(fmt.Sprint("i", rapid.IntRange(0, 30).Draw(t, "id"))), Serial: serial.Draw(t, "serial"), GroupTag: label.Draw(t, "tag")}
		}), 0, 20, func(d model.AutopilotDevice) model.AutopilotID { return d.ID }).Draw(t, "intune")

		j := newJoiner(uitest.Env(t.Context(), kit.Backend{}).Day)
		p, i := partner, intune
		for len(p) > 0 || len(i) > 0 {
			if n := rapid.IntRange(0, 3).Draw(t, "page"); len(i) == 0 || rapid.Bool().Draw(t, "side") {
				n = min(n, len(p))
				j.partner(p[:n])
				p = p[n:]
			} else {
				n = min(n, len(i))
				j.autopilot(i[:n])
				if n > 0 && rapid.Bool().Draw(t, "again") { // a page that comes twice changes nothing
					j.autopilot(i[:1])
				}
				i = i[n:]
			}
			if len(p) == 0 {
				j.flush(true)
			}
			if rapid.Bool().Draw(t, "look") {
				j.snapshot(rapid.Bool().Draw(t, "all"))
			}
		}
		j.flush(true)
		j.missing()
		ix := j.snapshot(true)
		var got []string
		counts := map[string]int{}
		for n := range ix.Len() {
			got = append(got, ix.Key(n)+"|"+ix.Cell(n, deviceKnown)+"|"+ix.Cell(n, deviceDiffers))
			counts[ix.Cell(n, deviceKnown)]++
			if ix.Cell(n, deviceDiffers) == differsTag {
				counts["tag"]++
			}
		}
		want := joinedNaively(partner, intune, true)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		s := j.sides
		if s.Both != counts[knownBoth] || s.Partner != counts[knownPartner] || s.Intune != counts[knownIntune] || s.Differ != counts["tag"] {
			t.Fatalf("counted %+v, want %v", s, counts)
		}
	})
}

// A row of the list gives the device back as it came, odd texts and all.
func TestRowsGiveTheirDevicesBack(t *testing.T) {
	j := newJoiner(uitest.Env(t.Context(), kit.Backend{}).Day)
	devices := []model.Device{{ID: "p1", Serial: "A1", Batch: "spring", Policy: model.PolicyRef{Value: guid(11)}, Maker: "Dell", Model: "x", UploadedBy: "me", Allowed: []string{"GET", "PATCH"}, Uploaded: born}}
	autopilot := []model.AutopilotDevice{{ID: "i1", Serial: "A1", GroupTag: "spring", DisplayName: "PC-1", User: "a@b", AddressableUser: "Ann", ManagedDevice: "m1", Assignment: model.AssignmentInSync}}
	for n, h := range hostile {
		id := fmt.Sprint(n)
		devices = append(devices, model.Device{ID: model.DeviceID(id + h), Serial: id + h, Batch: model.BatchID(h), Maker: h, Model: h, Policy: model.PolicyRef{Value: h}})
		autopilot = append(autopilot, model.AutopilotDevice{ID: model.AutopilotID("a" + id + h), Serial: "x" + id + h, GroupTag: h, DisplayName: h, User: h,
			AddressableUser: h, ManagedDevice: model.ManagedDeviceID(h), Assignment: model.AssignmentStatus(h), OrderIdentifier: h})
	}
	j.partner(devices)
	j.autopilot(autopilot)
	j.flush(true)
	ix := j.snapshot(true)
	for _, d := range devices {
		n, ok := ix.Find(string(d.ID))
		if !ok {
			t.Fatalf("device %q has no row", d.ID)
		}
		got := j.odd.device(ix.Row(n))
		if got.ID != d.ID || got.Serial != d.Serial || got.Batch != d.Batch || got.Policy != d.Policy || got.Maker != d.Maker || got.Model != d.Model || !got.Uploaded.Equal(d.Uploaded) {
			t.Errorf("the row gives %+v, want %+v", got, d)
		}
	}
	found := 0
	for n := range ix.Len() {
		got := j.odd.autopilotDevice(ix.Row(n))
		for _, d := range autopilot {
			if got.ID == d.ID {
				found++
				if got.GroupTag != d.GroupTag || got.DisplayName != d.DisplayName || got.User != d.User || got.AddressableUser != d.AddressableUser || got.Serial != d.Serial || got.Enrolled() != d.Enrolled() {
					t.Errorf("the row gives %+v, want %+v", got, d)
				}
			}
		}
	}
	if found != len(autopilot) {
		t.Errorf("%d of %d Autopilot devices were found", found, len(autopilot))
	}
}
