package simulator_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type passwordView struct {
	ID, CurrentPassword string
	SerialNumber        *string
	PreviousPasswords   []string
}

const passwordList = "/beta/deviceManagement/hardwarePasswordDetails"

// withPasswords assigns a fresh configuration that sets passwords to every
// device, waits, and returns its path and the devices that succeeded.
func (b *bench) withPasswords() (item string, devices []string) {
	b.t.Helper()
	for _, h := range read[hardwareListView](b.t, b.graph("GET", "/hardwareConfigurations", "")).Value {
		b.graph("DELETE", "/hardwareConfigurations/"+h.ID, "").want(b.t, 204)
	}
	item = "/hardwareConfigurations/" + b.made(`{"perDevicePasswordDisabled":false}`)
	b.graph("POST", item+"/assign", assignBody(aimAt(includeType, b.group("Autopilot All Devices").ID, ""))).want(b.t, 200)
	b.watch.forward(9 * time.Hour)
	for _, r := range b.runs(item) {
		if r.ConfigurationState == "success" {
			_, device, _ := strings.Cut(r.ID, "_")
			devices = append(devices, device)
		}
	}
	if len(devices) < 3 {
		b.t.Fatalf("%d devices succeeded", len(devices))
	}
	return item, devices
}

func TestPasswordsAreThereAfterSuccess(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	item, devices := b.withPasswords()
	for _, id := range devices {
		one := read[passwordView](t, b.directory("GET", passwordList+"/"+id, "").want(t, 200))
		managed := read[managedView](t, b.graph("GET", "/managedDevices/"+id, "").want(t, 200))
		if one.ID != id || *one.SerialNumber != managed.SerialNumber || len(one.CurrentPassword) != 16 || one.PreviousPasswords == nil {
			t.Errorf("%+v of %+v", one.ID, managed)
		}
		twin := read[passwordView](t, b.graph("GET", "/hardwarePasswordInfo('"+id+"')", "").want(t, 200))
		if twin.CurrentPassword != one.CurrentPassword {
			t.Error("the older twin has another password")
		}
		found := read[setView[passwordView]](t, b.directory("GET", passwordList+filter("id eq '"+id+"'"), "").want(t, 200)).Value
		if len(found) != 1 || found[0].ID != id {
			t.Errorf("%d found by id", len(found))
		}
		only := b.directory("GET", passwordList+filter("id eq '"+id+"'")+"&$select=id", "").want(t, 200)
		if strings.Contains(string(only.body), one.CurrentPassword) || strings.Contains(string(only.body), "assword\":") {
			t.Error("$select=id brings more")
		}
	}
	for _, r := range b.runs(item) {
		if _, device, _ := strings.Cut(r.ID, "_"); r.ConfigurationState == "notApplicable" {
			if set := read[setView[passwordView]](t, b.directory("GET", passwordList+filter("id eq '"+device+"'"), "").want(t, 200)); len(set.Value) != 0 {
				t.Error("a device that the configuration does not concern has a password of another")
			}
			b.directory("GET", passwordList+"/"+device, "").want(t, 404)
			break
		}
	}
	b.directory("GET", passwordList+"/"+someID, "").want(t, 404)
}

func TestPasswordsRotate(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	item, devices := b.withPasswords()
	look := func() passwordView {
		t.Helper()
		return read[passwordView](t, b.directory("GET", passwordList+"/"+devices[0], "").want(t, 200))
	}
	first := look()
	b.graph("PATCH", item, `{"fileName":"again.cctk"}`).want(t, 200)
	b.watch.forward(9 * time.Hour)
	second := look()
	if second.CurrentPassword == first.CurrentPassword || second.PreviousPasswords[0] != first.CurrentPassword || len(second.PreviousPasswords) != len(first.PreviousPasswords)+1 {
		t.Error("a new version did not rotate the password")
	}
	b.watch.forward(31 * 24 * time.Hour)
	third := look()
	if third.CurrentPassword == second.CurrentPassword || third.PreviousPasswords[0] != second.CurrentPassword {
		t.Error("a month did not rotate the password")
	}
	b.watch.forward(400 * 24 * time.Hour)
	if many := look(); len(many.PreviousPasswords) != 10 || len(slices.Compact(slices.Sorted(slices.Values(many.PreviousPasswords)))) != 10 {
		t.Errorf("%d former passwords", len(many.PreviousPasswords))
	}
	b.graph("PATCH", item, `{"perDevicePasswordDisabled":true}`).want(t, 200)
	b.directory("GET", passwordList+"/"+devices[0], "").want(t, 200) // until the device has heard of it
	b.watch.forward(9 * time.Hour)
	b.directory("GET", passwordList+"/"+devices[0], "").want(t, 404)
}

func TestPasswordsOutliveConfigurationAndDevice(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	item, devices := b.withPasswords()
	look := func(id string) string {
		t.Helper()
		return read[passwordView](t, b.directory("GET", passwordList+"/"+id, "").want(t, 200)).CurrentPassword
	}
	one, two, three := look(devices[0]), look(devices[1]), look(devices[2])
	b.graph("DELETE", "/managedDevices/"+devices[0], "").want(t, 204)
	if look(devices[0]) != one {
		t.Error("another password after the managed device was deleted")
	}
	b.graph("POST", item+"/assign", assignBody()).want(t, 200)
	b.watch.forward(100 * 24 * time.Hour)
	if look(devices[1]) != two {
		t.Error("the password changed although nothing reaches the device")
	}
	b.graph("DELETE", item, "").want(t, 204)
	if look(devices[2]) != three {
		t.Error("the password changed with the configuration's end")
	}
}

func TestPasswordListsAndRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	b.withPasswords()
	all, pages := walk[passwordView](b, passwordList+"?$top=4")
	if len(all) < 10 || pages != (len(all)+3)/4 {
		t.Fatalf("%d passwords on %d pages", len(all), pages)
	}
	sorted, _ := walk[passwordView](b, passwordList+"?$top=4&$orderby=serialNumber%20desc&$skip=2")
	if len(sorted) != len(all)-2 || !slices.IsSortedFunc(sorted, func(x, y passwordView) int { return strings.Compare(*y.SerialNumber, *x.SerialNumber) }) {
		t.Errorf("%d in order", len(sorted))
	}
	if rest, _ := walk[passwordView](b, passwordList+"?$top=4&$skip=3"); len(rest) != len(all)-3 || rest[0].ID != all[3].ID {
		t.Errorf("%d after three", len(rest))
	}
	for text, want := range map[string]int{
		"serialNumber eq '" + *all[1].SerialNumber + "'":                          1,
		"id eq '' or serialNumber eq ''":                                          0,
		"id ne ''":                                                                len(all),
		"currentPassword eq '" + all[2].CurrentPassword + "'":                     1,
		"previousPasswords/any(p:p eq '" + all[2].CurrentPassword + "')":          0,
		"id eq '" + all[0].ID + "' and serialNumber eq 'of somebody else'":        0,
		"id eq '" + all[0].ID + "' or id eq '" + strings.ToUpper(all[1].ID) + "'": 2,
	} {
		if got, _ := walk[passwordView](b, passwordList+filter(text)); len(got) != want {
			t.Errorf("a filter keeps %d, want %d: %s", len(got), want, strings.SplitN(text, "'", 2)[0])
		}
	}
	for _, query := range []string{"?$orderby=previousPasswords", filter("model eq 'x'"), filter("id gt 'x'"), "?$skip=-1", "?$select=nothing"} {
		b.directory("GET", passwordList+query, "").want(t, 400)
	}
	tokens := read[map[string]string](t, b.control("GET", "/tokens", ""))
	b.do(request{method: "GET", url: b.ready.Graph + "/deviceManagement/hardwarePasswordDetails", token: tokens["graphReadOnly"]}).want(t, 200)
	b.control("POST", "/switches", `{"no-password-role":true}`).want(t, 200)
	for _, path := range []string{"", "/" + all[0].ID} {
		e := read[graphErrorView](t, b.directory("GET", passwordList+path, "").want(t, 403)).Error
		if e.Code != "Forbidden" || !strings.Contains(e.Message, "User is not authorized to perform this operation - Operation ID") {
			t.Errorf("%+v", e)
		}
	}
	b.control("POST", "/switches", `{"no-password-role":false,"passwords-down":true}`).want(t, 200)
	b.directory("GET", passwordList, "").want(t, 503)
	b.graph("GET", "/hardwareConfigurations", "").want(t, 200)
}

func TestEndpointsGoDownAlone(t *testing.T) {
	b := start(t, simulator.Options{Devices: 50})
	runs := "/deviceManagement/hardwareConfigurations/" + b.made(`{}`) + "/runSummary"
	paths := map[string]string{"managed-down": "/deviceManagement/managedDevices", "groups-down": "/groups", "tags-down": "/deviceManagement/roleScopeTags", "passwords-down": "/deviceManagement/hardwarePasswordInfo", "runs-down": runs}
	for name := range paths {
		b.control("POST", "/switches", `{"`+name+`":true}`).want(t, 200)
		for other, path := range paths {
			status := 200
			if other == name {
				status = 503
			}
			if got := b.directory("GET", "/beta"+path, ""); got.status != status || got.header.Get("request-id") == "" {
				t.Errorf("%s: %s answers %d, want %d", name, path, got.status, status)
			}
		}
		b.control("POST", "/switches", `{"`+name+`":false}`).want(t, 200)
	}
	b.control("POST", "/switches", `{"endpoints-down":true}`).want(t, 200)
	for _, path := range paths {
		b.directory("GET", "/beta"+path, "").want(t, 503)
	}
	b.graph("GET", "/hardwareConfigurations", "").want(t, 200)
	b.control("POST", "/switches", `{"endpoints-down":false,"large-files":true}`).want(t, 200)
	b.made(`{"configurationFileContent":"` + strings.Repeat("QUFB", 100_000) + `"}`)
}
