package graph_test

import (
	"testing"

	"muster/client/graph"
	"muster/client/simulator"
	"muster/model"
)

// TestAutopilotAgainstTheSimulator reads and changes Autopilot devices.
func TestAutopilotAgainstTheSimulator(t *testing.T) {
	c := simulated(t, simulator.Options{Devices: 60, Page: 20})
	all, err := gather(c.AutopilotDevices(t.Context()))
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	d := all[0]
	found, err := c.FindAutopilot(t.Context(), d.Serial)
	if err != nil || len(found) == 0 || found[0].Serial != d.Serial {
		t.Error(found, err)
	}
	detail, err := c.AutopilotDevice(t.Context(), d.ID)
	if err != nil || detail.Device.ID != d.ID || len(detail.Missing) > 0 {
		t.Error(detail, err)
	}
	if err := c.UpdateAutopilot(t.Context(), d.ID, model.AutopilotChange{GroupTag: ptr("NEW-TAG"), DisplayName: ptr("PC-1")}, ""); err != nil {
		t.Error(err)
	}
	var updates []graph.AutopilotUpdate
	for _, d := range all[:min(len(all), 45)] {
		updates = append(updates, graph.AutopilotUpdate{ID: d.ID, To: model.AutopilotChange{GroupTag: ptr("MANY"), User: ptr("")}})
	}
	for i, err := range c.UpdateAutopilotMany(t.Context(), updates) {
		if err != nil {
			t.Errorf("device %d: %v", i, err)
		}
	}
	now, err := gather(c.AutopilotDevices(t.Context()))
	if err != nil || now[0].GroupTag != "MANY" || now[0].User != "" || now[len(updates)-1].GroupTag != "MANY" {
		t.Error(now[0], err)
	}
	if _, err := c.AutopilotSettings(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Sync(t.Context(), ""); err != nil {
		t.Error(err)
	}
	again := c.Sync(t.Context(), "")
	if k := model.KindOf(again); again == nil || k != model.Conflict && k != model.Throttled {
		t.Errorf("got %v of a second sync", again)
	}
	managed, err := gather(c.ManagedDevices(t.Context()))
	if err != nil || len(managed) == 0 {
		t.Fatal(len(managed), err)
	}
	if one, err := c.ManagedDevice(t.Context(), managed[0].ID); err != nil || one.Serial != managed[0].Serial {
		t.Error(one, err)
	}
	if _, err := c.HasBIOSPassword(t.Context(), managed[0].ID); err != nil {
		t.Error(err)
	}
	if object, err := c.EntraObject(t.Context(), managed[0].EntraDevice); err != nil || object == "" {
		t.Error(object, err)
	}
	wantKind(t, c.UpdateAutopilot(t.Context(), model.AutopilotID(counter), model.AutopilotChange{GroupTag: ptr("X")}, ""), model.NotFound)
	if err := c.DeleteAutopilot(t.Context(), model.AutopilotID(counter), ""); err != nil {
		t.Error(err)
	}
}

// TestProfilesAgainstTheSimulator makes, changes, assigns and removes a profile.
func TestProfilesAgainstTheSimulator(t *testing.T) {
	c := simulated(t, simulator.Options{Devices: 30})
	made, err := c.CreateProfile(t.Context(), created(), "")
	if err != nil || made.ID == "" || made.Name != created().Name || made.OutOfBox != created().OutOfBox {
		t.Fatal(made, err)
	}
	want := made
	want.Description, want.OutOfBox.Usage = "changed", model.UsageShared
	if now, err := c.UpdateProfile(t.Context(), made, want, ""); err != nil || now.Description != "changed" || now.OutOfBox.Usage != model.UsageShared {
		t.Error(now, err)
	}
	bad := created()
	bad.Name = "with-hyphen"
	_, err = c.CreateProfile(t.Context(), bad, "")
	wantKind(t, err, model.Lost) // the service's 500 says nothing about the outcome
	groups, err := c.Groups(t.Context(), "", 10)
	if err != nil || len(groups) == 0 {
		t.Fatal(groups, err)
	}
	names, err := c.GroupNames(t.Context(), []model.GroupID{groups[0].ID, model.GroupID(counter)})
	if err != nil || len(names) != 1 || names[groups[0].ID].Name != groups[0].Name {
		t.Error(names, err)
	}
	put, err := c.AddProfileTarget(t.Context(), made.ID, model.Target{Kind: model.TargetGroup, Group: groups[0].ID}, "")
	if err != nil || put.ID == "" {
		t.Fatal(put, err)
	}
	have, err := c.ProfileTargets(t.Context(), made.ID)
	if err != nil || len(have) != 1 || have[0] != put {
		t.Error(have, put, err)
	}
	wantKind(t, c.DeleteProfile(t.Context(), made.ID, ""), model.Invalid) // assignments first
	if err := c.DeleteProfileTarget(t.Context(), made.ID, put.ID, ""); err != nil {
		t.Error(err)
	}
	if err := c.DeleteProfile(t.Context(), made.ID, ""); err != nil {
		t.Error(err)
	}
	if tags, err := c.ScopeTags(t.Context()); err != nil || len(tags) == 0 {
		t.Error(tags, err)
	}
	if _, err := c.AssignmentFilters(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAssignmentAgainstTheSimulator puts devices under profiles in each direct way.
func TestAssignmentAgainstTheSimulator(t *testing.T) {
	c := simulated(t, simulator.Options{Devices: 60})
	profiles, err := gather(c.Profiles(t.Context()))
	if err != nil || len(profiles) == 0 {
		t.Fatal(profiles, err)
	}
	all, err := gather(c.AutopilotDevices(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	var devices []model.AutopilotDevice
	var anchor model.AutopilotDetail
	for _, d := range all {
		if d.Assignment == model.AssignmentNone {
			devices = append(devices, d)
		} else if anchor.Profile == nil && d.Assignment.Assigned() {
			if anchor, err = c.AutopilotDevice(t.Context(), d.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(devices) < 3 || anchor.Profile == nil {
		t.Fatalf("%d devices without a profile, anchor %+v", len(devices), anchor)
	}
	profile := anchor.Profile.ID
	if err := c.AssignDirect(t.Context(), profile, devices[0], ""); err != nil {
		t.Fatal(err)
	}
	for i, whole := range []bool{false, true} {
		if err := c.AssignVia(t.Context(), anchor.Device.ID, devices[i+1], whole, ""); err != nil {
			t.Errorf("whole %v: %v", whole, err)
		}
	}
	under := map[model.AutopilotID]bool{}
	for page, err := range c.ProfileDevices(t.Context(), profile) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			under[d.ID] = true
		}
	}
	for _, d := range devices[:3] {
		if detail, err := c.AutopilotDevice(t.Context(), d.ID); err != nil || !under[d.ID] && (detail.Intended == nil || detail.Intended.ID != profile) {
			t.Errorf("device %s: %+v %v", d.ID, detail, err)
		}
	}
	closed := simulated(t, simulator.Options{Devices: 60, Faults: []string{"no-direct-route"}})
	if err := closed.AssignDirect(t.Context(), profiles[0].ID, devices[0], ""); !graph.NoRoute(err) {
		t.Errorf("got %v, want no route", err)
	}
	if err := closed.AssignVia(t.Context(), anchor.Device.ID, devices[1], true, ""); !graph.NoRoute(err) {
		t.Errorf("got %v, want no route", err)
	}
}

// TestImportsAgainstTheSimulator registers a device and removes its ticket.
func TestImportsAgainstTheSimulator(t *testing.T) {
	c := simulated(t, simulator.Options{Devices: 10})
	rows := []graph.ImportRow{{Identity: model.Identity{Serial: "NEW-0001", ProductKey: model.NewSecret("3305-0001-0001")}, GroupTag: "T"}}
	tickets, err := c.ImportDevices(t.Context(), rows, "", "")
	if err != nil || len(tickets) != 1 || tickets[0].Serial != "NEW-0001" || tickets[0].Ended() {
		t.Fatal(tickets, err)
	}
	if one, err := c.Import(t.Context(), tickets[0].ID); err != nil || one.ID != tickets[0].ID {
		t.Error(one, err)
	}
	if all, err := gather(c.Imports(t.Context())); err != nil || len(all) == 0 {
		t.Error(all, err)
	}
	if err := c.DeleteImport(t.Context(), tickets[0].ID, ""); err != nil {
		t.Error(err)
	}
	_, err = c.Import(t.Context(), tickets[0].ID)
	wantKind(t, err, model.NotFound)
}

// TestBIOSAgainstTheSimulator assigns a configuration and reads what became of it.
func TestBIOSAgainstTheSimulator(t *testing.T) {
	c := simulated(t, simulator.Options{Devices: 40})
	have, err := gather(c.BIOSConfigurations(t.Context()))
	if err != nil || len(have) == 0 {
		t.Fatal(have, err)
	}
	groups, err := c.Groups(t.Context(), "", 10)
	if err != nil || len(groups) < 2 {
		t.Fatal(groups, err)
	}
	want := []model.Target{{Kind: model.TargetGroup, Group: groups[0].ID}, {Kind: model.TargetExclude, Group: groups[1].ID}}
	if err := c.AssignBIOS(t.Context(), have[0].ID, want, ""); err != nil {
		t.Fatal(err)
	}
	got, err := c.BIOSTargets(t.Context(), have[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, got)
	sum, err := c.BIOSSummary(t.Context(), have[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := gather(c.BIOSRuns(t.Context(), have[0].ID))
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, n := range sum.Devices {
		counted += n
	}
	if counted != len(runs) {
		t.Errorf("the summary counts %d devices, the list has %d", counted, len(runs))
	}
	if _, err := gather(c.BIOSUserRuns(t.Context(), have[0].ID)); err != nil {
		t.Error(err)
	}
	for range 2 { // the second finds it gone, which is as good
		if err := c.DeleteBIOS(t.Context(), have[0].ID, ""); err != nil {
			t.Error(err)
		}
	}
	_, err = c.BIOSConfiguration(t.Context(), have[0].ID)
	wantKind(t, err, model.NotFound)
}
