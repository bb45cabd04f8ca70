package simulator_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type deviceRunView struct {
	ID, ConfigurationState, ConfigurationOutput, ConfigurationError string
	DeviceName, UPN, UserID, OSVersion                              string
	InternalVersion                                                 int
	LastStateUpdateDateTime                                         time.Time
	AssignmentFilterIDs                                             *string
}

type userRunView struct {
	ID, UserName, UserEmail, UPN                             string
	SuccessfulDeviceCount, FailedDeviceCount                 int
	ErrorDeviceCount, PendingDeviceCount, UnknownDeviceCount int
	NotApplicableDeviceCount                                 int
	LastStateUpdateDateTime                                  time.Time
}

func (b *bench) runs(item string) []deviceRunView {
	b.t.Helper()
	all, _ := walk[deviceRunView](b, "/beta/deviceManagement"+item+"/deviceRunStates?$top=50")
	return all
}

// tally checks that the summary is the states counted, and returns it.
func (b *bench) tally(item string) map[string]int {
	b.t.Helper()
	raw := read[map[string]any](b.t, b.graph("GET", item+"/runSummary", "").want(b.t, 200))
	counted := map[string]int{}
	last := time.Time{}
	for _, r := range b.runs(item) {
		counted[r.ConfigurationState]++
		if r.ConfigurationState != "pending" && r.LastStateUpdateDateTime.After(last) {
			last = r.LastStateUpdateDateTime
		}
	}
	for state, property := range map[string]string{"pending": "pending", "success": "successful", "scriptError": "error", "fail": "failed", "notApplicable": "notApplicable", "unknown": "unknown"} {
		if n, ok := raw[property+"DeviceCount"].(float64); !ok || int(n) != counted[state] {
			b.t.Errorf("%sDeviceCount %v, states say %d", property, raw[property+"DeviceCount"], counted[state])
		}
	}
	users, people := 0, map[string]int{}
	all, _ := walk[userRunView](b, "/beta/deviceManagement"+item+"/userRunStates?$top=30")
	for _, u := range all {
		people[u.UPN]++
		if people[u.UPN] > 1 {
			b.t.Errorf("%s comes twice", u.UPN)
		}
		for state, n := range map[string]int{"success": u.SuccessfulDeviceCount, "fail": u.FailedDeviceCount, "scriptError": u.ErrorDeviceCount,
			"pending": u.PendingDeviceCount, "notApplicable": u.NotApplicableDeviceCount, "unknown": u.UnknownDeviceCount} {
			counted[state] -= n
		}
	}
	for state, n := range counted {
		if n != 0 {
			b.t.Errorf("the users' states leave %d of %s", n, state)
		}
	}
	for _, property := range []string{"pending", "successful", "error", "failed", "notApplicable", "unknown"} {
		n, _ := raw[property+"UserCount"].(float64)
		users += int(n)
	}
	if users != len(all) {
		b.t.Errorf("%d users in the summary, %d states", users, len(all))
	}
	if at, _ := raw["lastRunDateTime"].(string); last.IsZero() != (at == "") {
		b.t.Errorf("last run %q, latest state %s", at, last)
	}
	for _, r := range b.runs(item) {
		counted[r.ConfigurationState]++
	}
	return counted
}

func TestRunsMoveWithTime(t *testing.T) {
	b := start(t, simulator.Options{Devices: 900})
	item := "/hardwareConfigurations/" + b.made(`{}`)
	if all := b.runs(item); len(all) != 0 {
		t.Errorf("%d results of nothing", len(all))
	}
	all := b.group("Autopilot All Devices").ID
	b.graph("POST", item+"/assign", assignBody(aimAt(includeType, all, ""))).want(t, 200)
	begun := b.tally(item)
	if begun["pending"] < 450 || len(begun) > 2 && begun["success"]+begun["fail"] > 0 {
		t.Fatalf("at once %v", begun)
	}
	b.watch.forward(10 * time.Minute)
	middle := b.tally(item)
	if middle["pending"] == 0 || middle["pending"] >= begun["pending"] || middle["success"] == 0 {
		t.Errorf("after ten minutes %v", middle)
	}
	b.watch.forward(9 * time.Hour)
	done := b.tally(item)
	if done["pending"] == 0 || done["pending"] > begun["pending"]/4 {
		t.Errorf("%d of %d devices lie in drawers", done["pending"], begun["pending"])
	}
	for _, state := range []string{"success", "fail", "scriptError", "notApplicable", "unknown"} {
		if done[state] == 0 {
			t.Errorf("no device says %s: %v", state, done)
		}
	}
	for _, r := range b.runs(item) {
		if (r.ConfigurationError != "") != (r.ConfigurationState == "fail" || r.ConfigurationState == "scriptError") || r.InternalVersion != 1 || !strings.Contains(r.ID, "_") ||
			r.ConfigurationState == "fail" && r.ConfigurationError != "Setting Camera is not supported on this model" {
			t.Errorf("%+v", r)
		}
	}
	one := b.runs(item)[3]
	if got := read[deviceRunView](t, b.graph("GET", item+"/deviceRunStates/"+one.ID, "").want(t, 200)); got != one {
		t.Errorf("%+v, in the list %+v", got, one)
	}
	b.graph("GET", item+"/deviceRunStates/"+someID+"_"+someID, "").want(t, 404)
	failed, _ := walk[deviceRunView](b, "/beta/deviceManagement"+item+"/deviceRunStates"+filter("configurationState eq 'fail'"))
	if len(failed) != done["fail"] {
		t.Errorf("%d are filtered as failed, want %d", len(failed), done["fail"])
	}
	b.graph("GET", item+"/deviceRunStates"+filter("deviceName eq 'x'"), "").want(t, 400)
	people, _ := walk[userRunView](b, "/beta/deviceManagement"+item+"/userRunStates")
	if got := read[userRunView](t, b.graph("GET", item+"/userRunStates/"+people[2].ID, "").want(t, 200)); got != people[2] {
		t.Errorf("%+v, in the list %+v", got, people[2])
	}
	b.graph("GET", item+"/userRunStates/x", "").want(t, 404)
	for _, path := range []string{"/runSummary", "/deviceRunStates", "/userRunStates", "/deviceRunStates/x", "/userRunStates/x"} {
		b.graph("GET", "/hardwareConfigurations/"+someID+path, "").want(t, 404)
	}
}

func TestRunsFollowTheVersion(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	item := "/hardwareConfigurations/" + b.made(`{}`)
	b.graph("POST", item+"/assign", assignBody(aimAt(includeType, b.group("Autopilot All Devices").ID, ""))).want(t, 200)
	b.watch.forward(9 * time.Hour)
	b.graph("PATCH", item, `{"displayName":"another name"}`).want(t, 200)
	before := b.tally(item)
	file := base64.StdEncoding.EncodeToString([]byte("[cctk]\nTpmSecurity=Enabled\n"))
	if got := read[hardwareView](t, b.graph("PATCH", item, `{"configurationFileContent":"`+file+`"}`).want(t, 200)); got.Version != 2 {
		t.Fatalf("version %d", got.Version)
	}
	versions := func() map[int]int {
		out := map[int]int{}
		for _, r := range b.runs(item) {
			if r.ConfigurationState != "pending" {
				out[r.InternalVersion]++
			}
		}
		return out
	}
	if got := versions(); got[2] != 0 || got[1] == 0 {
		t.Errorf("at once %v", got)
	}
	b.watch.forward(8 * time.Minute)
	if got := versions(); got[2] == 0 || got[1] == 0 {
		t.Errorf("after some minutes %v", got)
	}
	b.watch.forward(9 * time.Hour)
	if got := versions(); got[2] == 0 || got[1] != 0 {
		t.Errorf("in the end %v", got)
	}
	if after := b.tally(item); after["fail"] != 0 || after["success"] != before["success"]+before["fail"] {
		t.Errorf("the setting that failed is gone: %v, before %v", after, before)
	}
}

func TestRunsReachOnlyTheTargets(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	item := "/hardwareConfigurations/" + b.made(`{}`)
	ring, all := b.group("BIOS Pilot Ring"), b.group("Autopilot All Devices")
	members, _ := walk[memberView](b, "/v1.0/groups/"+ring.ID+"/members")
	managed := 0
	for _, m := range members {
		if m.IsManaged != nil {
			managed++
		}
	}
	count := func(body string) int {
		t.Helper()
		b.graph("POST", item+"/assign", body).want(t, 200)
		b.tally(item)
		return len(b.runs(item))
	}
	whole := count(assignBody(aimAt(includeType, all.ID, "")))
	if got := count(assignBody(aimAt(includeType, ring.ID, ""))); got != managed || got == 0 {
		t.Errorf("%d results in a group of %d managed devices", got, managed)
	}
	if got := count(assignBody(aimAt(includeType, all.ID, ""), aimAt(excludeType, ring.ID, ""))); got != whole-managed {
		t.Errorf("%d results of %d without %d", got, whole, managed)
	}
	const dell = `,"deviceAndAppManagementAssignmentFilterId":"5f5b0e3c-1d77-45f5-8e0b-0a1c2b3d4e5f","deviceAndAppManagementAssignmentFilterType":`
	only, others := count(assignBody(aimAt(includeType, all.ID, dell+`"include"`))), count(assignBody(aimAt(includeType, all.ID, dell+`"exclude"`)))
	if only == 0 || others == 0 || only+others != whole {
		t.Errorf("%d of one maker and %d of others are not %d", only, others, whole)
	}
	for _, r := range b.runs(item) {
		if r.AssignmentFilterIDs == nil {
			t.Fatalf("no filter in %+v", r)
		}
	}
	if got := count(assignBody()); got != 0 {
		t.Errorf("%d results of no target", got)
	}
	b.graph("DELETE", item, "").want(t, 204)
	for _, path := range []string{"", "/assignments", "/runSummary"} {
		b.graph("GET", item+path, "").want(t, 404)
	}
	b.graph("DELETE", item, "").want(t, 404)
}

func TestUnreadableFilesAndOtherFormats(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	all := b.group("Autopilot All Devices").ID
	states := func(change string) map[string]int {
		item := "/hardwareConfigurations/" + b.made(change)
		b.graph("POST", item+"/assign", assignBody(aimAt(includeType, all, ""))).want(t, 200)
		b.watch.forward(9 * time.Hour)
		return b.tally(item)
	}
	for name, content := range map[string]string{"no section": "Camera=Disabled\n", "UTF-16": "\xff\xfe[\x00c\x00c\x00"} {
		if got := states(`{"configurationFileContent":"` + base64.StdEncoding.EncodeToString([]byte(content)) + `"}`); got["success"] != 0 || got["scriptError"] == 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := states(`{"hardwareConfigurationFormat":"surface","fileName":"x.msi"}`); got["success"] == 0 || got["fail"]+got["scriptError"] != 0 || got["notApplicable"] == 0 {
		t.Errorf("surface: %v", got)
	}
}

func TestSeededConfigurationsHaveResults(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	list := read[hardwareListView](t, b.graph("GET", "/hardwareConfigurations?$expand=assignments", "").want(t, 200)).Value
	var all [3]map[string]int
	for i, h := range list {
		all[i] = b.tally("/hardwareConfigurations/" + h.ID)
		if h.Assignments == nil || len(*h.Assignments) == 0 || all[i]["success"] == 0 {
			t.Errorf("%s: %v, assigned to %v", h.DisplayName, all[i], h.Assignments)
		}
	}
	if all[0]["fail"] == 0 || all[0]["notApplicable"] == 0 || all[2]["pending"] == 0 {
		t.Errorf("nothing to look at in %v", all)
	}
	for _, h := range list {
		for _, r := range b.runs("/hardwareConfigurations/" + h.ID) {
			if r.InternalVersion < 1 || r.InternalVersion > h.Version {
				t.Errorf("result of version %d of %d", r.InternalVersion, h.Version)
			}
		}
	}
}

func TestSyncBringsAResultSooner(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	item := "/hardwareConfigurations/" + b.made(`{}`)
	b.graph("POST", item+"/assign", assignBody(aimAt(includeType, b.group("Autopilot All Devices").ID, ""))).want(t, 200)
	for _, r := range b.runs(item) {
		_, device, _ := strings.Cut(r.ID, "_")
		b.graph("POST", "/managedDevices/"+device+"/syncDevice", "").want(t, 204)
	}
	b.watch.forward(time.Minute)
	if got := b.tally(item); got["success"] == 0 || got["pending"] > 60 {
		t.Errorf("%v", got)
	}
}
