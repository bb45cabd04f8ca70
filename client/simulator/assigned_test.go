package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

// assigned are the ids of the devices of a profile.
func (b *bench) assigned(profile string) []string {
	b.t.Helper()
	all, _ := walk[pilotView](b, "/beta/deviceManagement"+profiles+"/"+profile+"/assignedDevices?$top=7")
	var out []string
	for _, p := range all {
		out = append(out, p.ID)
	}
	return out
}

// settled moves the clock past the longest that a device takes.
func (b *bench) settled() { b.watch.forward(2 * time.Minute) }

func done(p pilotView) bool {
	return strings.HasPrefix(p.DeploymentProfileAssignmentStatus, "assigned")
}

func physical(p pilotView) bool { return p.Model != "Virtual Machine" }

func TestAssignedDevicesAgreeWithTheDevices(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	want := map[string][]string{}
	for _, p := range b.pilots() {
		if full := b.pilot(p.ID); full.IntendedDeploymentProfile != nil {
			want[full.IntendedDeploymentProfile.ID] = append(want[full.IntendedDeploymentProfile.ID], p.ID)
		} else if p.DeploymentProfileAssignmentStatus != "notAssigned" {
			t.Errorf("%+v", p)
		}
	}
	some := 0
	for _, p := range b.profiles() {
		if got := b.assigned(p.ID); !slices.Equal(got, want[p.ID]) {
			t.Errorf("%s has %d devices, and %d devices have it", p.DisplayName, len(got), len(want[p.ID]))
		} else if len(got) > 0 {
			some++
		}
	}
	if some < 4 {
		t.Errorf("%d profiles have devices", some)
	}
	b.graph("GET", profiles+"/"+someID+"/assignedDevices", "").want(t, 404)
}

func TestEveryWayToGiveADeviceAProfile(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	all := b.pilots()
	var free []pilotView
	for _, p := range all {
		if p.DeploymentProfileAssignmentStatus == "notAssigned" && physical(p) && p.SerialNumber != "Default string" {
			free = append(free, p)
		}
	}
	to := b.profileNamed("Standard users")
	anchor := some(t, all, func(p pilotView) bool {
		full := b.pilot(p.ID)
		return full.DeploymentProfile != nil && full.DeploymentProfile.ID == to.ID
	})
	below, through := profiles+"/"+to.ID+"/assignedDevices", pilots+"/"+anchor.ID+"/deploymentProfile/assignedDevices"
	const kind = `"@odata.type":"#microsoft.graph.windowsAutopilotDeviceIdentity"`
	whole := func(p pilotView) string {
		return fmt.Sprintf(`{%s,"deploymentProfileAssignmentStatus":"assignedInSync","deploymentProfileAssignmentDetailedStatus":"hardwareRequirementsNotMet",
			"deploymentProfileAssignedDateTime":"2016-12-31T23:58:26.2447023-08:00","groupTag":"Group Tag value","serialNumber":%q,"productKey":"Product Key value","enrollmentState":"enrolled",
			"lastContactedDateTime":"2016-12-31T23:58:44.2908994-08:00","remediationState":"noRemediationRequired","userlessEnrollmentStatus":"allowed"}`, kind, p.SerialNumber)
	}
	entity := func(p pilotView) string {
		return fmt.Sprintf(`{%s,"id":%q,"serialNumber":"not looked at"}`, kind, p.ID)
	}
	link := func(form string) func(pilotView) string {
		return func(p pilotView) string { return fmt.Sprintf(`{"@odata.id":%q}`, fmt.Sprintf(form, p.ID)) }
	}
	absolute := b.ready.Graph + "/deviceManagement" + pilots
	for i, c := range []struct {
		path   string
		body   func(pilotView) string
		status int
	}{
		{below, entity, 201}, {below, whole, 201}, {below + "/$ref", entity, 201}, {below + "/$ref", link(absolute + "/%s"), 204},
		{through, entity, 201}, {through, whole, 201}, {through + "/$ref", whole, 201}, {through + "/$ref", link(absolute + "('%s')"), 204},
		{through + "/$ref", link("windowsAutopilotDeviceIdentities/%s"), 204}, {through + "/%24ref", link("/deviceManagement/windowsAutopilotDeviceIdentities('%s')"), 204},
		{profiles + "/" + to.ID + "/assign", func(p pilotView) string { return fmt.Sprintf(`{"deviceIds":[%q]}`, p.ID) }, 204},
		{profiles + "/" + to.ID + "/assign", func(p pilotView) string { return fmt.Sprintf(`{"deviceIds":[%q]}`, p.SerialNumber) }, 204},
	} {
		p := free[i]
		got := b.graph("POST", c.path, c.body(p)).want(t, c.status)
		if c.status == 201 {
			if v := read[pilotView](t, got); v.ID != p.ID || v.DeploymentProfileAssignmentStatus != "pending" || v.GroupTag != p.GroupTag || !strings.Contains(string(got.body), `/assignedDevices/$entity"`) {
				t.Errorf("%d: %s", i, got.body)
			}
		} else if len(got.body) > 0 {
			t.Errorf("%d: 204 with %s", i, got.body)
		}
		if v := b.pilot(p.ID); v.DeploymentProfileAssignmentStatus != "pending" || v.DeploymentProfile != nil || v.IntendedDeploymentProfile == nil || v.IntendedDeploymentProfile.ID != to.ID || v.DeploymentProfileAssignedDateTime != noDate {
			t.Errorf("%d: %+v", i, v)
		}
		b.settled()
		v := b.pilot(p.ID)
		if !done(v) || v.DeploymentProfile == nil || v.DeploymentProfile.ID != to.ID || v.DeploymentProfileAssignedDateTime == noDate || !slices.Contains(b.assigned(to.ID), p.ID) {
			t.Errorf("%d: %+v", i, v)
		}
		b.graph("POST", c.path, c.body(p)).want(t, c.status) // again, which changes nothing
		if again := b.pilot(p.ID); again.DeploymentProfileAssignedDateTime != v.DeploymentProfileAssignedDateTime || again.DeploymentProfileAssignmentStatus != v.DeploymentProfileAssignmentStatus {
			t.Errorf("%d, again: %+v", i, again)
		}
	}
	for i, path := range []string{below + "/" + free[0].ID, through + "/" + free[1].ID, below + "/" + free[2].ID + "/$ref", through + "/" + free[3].ID + "/$ref"} {
		if v := read[pilotView](t, b.graph("GET", strings.TrimSuffix(path, "/$ref"), "").want(t, 200)); v.ID != free[i].ID {
			t.Errorf("%+v", v)
		}
		b.graph("DELETE", path, "").want(t, 204)
		b.graph("DELETE", path, "").want(t, 404)
		if v := b.pilot(free[i].ID); v.DeploymentProfileAssignmentStatus != "notAssigned" || v.DeploymentProfile != nil || v.IntendedDeploymentProfile != nil {
			t.Errorf("%+v", v)
		}
	}
	b.graph("POST", below+"/"+free[4].ID+"/updateDeviceProperties", `{"groupTag":"x"}`).want(t, 204)
}

func TestWhatDirectAssignmentRefuses(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	all := b.pilots()
	to := b.profileNamed("Standard users")
	anchor := some(t, all, done)
	bare := some(t, all, func(p pilotView) bool { return p.DeploymentProfileAssignmentStatus == "notAssigned" })
	below, through := profiles+"/"+to.ID+"/assignedDevices", pilots+"/"+anchor.ID+"/deploymentProfile/assignedDevices"
	target := fmt.Sprintf(`{"id":%q}`, bare.ID)
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{
		"unknown profile":        {profiles + "/" + someID + "/assignedDevices", target, 404},
		"unknown anchor":         {pilots + "/" + someID + "/deploymentProfile/assignedDevices/$ref", target, 404},
		"anchor without profile": {pilots + "/" + bare.ID + "/deploymentProfile/assignedDevices", target, 404},
		"unknown target":         {below, `{"id":"` + someID + `"}`, 404},
		"unknown serial":         {through, `{"serialNumber":"NOTHING"}`, 404},
		"serial in other case":   {through, fmt.Sprintf(`{"serialNumber":%q}`, strings.ToLower(anchor.SerialNumber+"x")), 404},
		"shared serial":          {below, `{"serialNumber":"Default string"}`, 404},
		"unknown reference":      {below + "/$ref", `{"@odata.id":"windowsAutopilotDeviceIdentities/` + someID + `"}`, 404},
		"reference elsewhere":    {below + "/$ref", `{"@odata.id":"https://graph.microsoft.com/beta/directoryObjects/` + bare.ID + `"}`, 400},
		"reference without ref":  {below, `{"@odata.id":"windowsAutopilotDeviceIdentities/` + bare.ID + `"}`, 400},
		"nothing":                {below, `{}`, 400},
		"no JSON":                {through + "/$ref", `x`, 400},
		"placeholder for a word": {through + "/$ref", `{"serialNumber":"` + bare.SerialNumber + `","enrollmentState":"String"}`, 400},
		"unknown id to assign":   {profiles + "/" + to.ID + "/assign", fmt.Sprintf(`{"deviceIds":[%q,"nothing"]}`, bare.ID), 404},
		"nothing to assign":      {profiles + "/" + to.ID + "/assign", `{}`, 400},
	} {
		if got := b.graph("POST", c.path, c.body); got.status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, got.status, c.status, got.body)
		}
	}
	if v := b.pilot(bare.ID); v.DeploymentProfileAssignmentStatus != "notAssigned" {
		t.Errorf("%+v", v)
	}
	b.control("POST", "/switches", `{"no-direct-route":true}`).want(t, 200)
	for _, c := range [][2]string{{"POST", below}, {"POST", below + "/$ref"}, {"POST", through}, {"POST", through + "/$ref"}, {"POST", profiles + "/" + to.ID + "/assign"}, {"DELETE", below + "/" + bare.ID}} {
		e := read[graphErrorView](t, b.graph(c[0], c[1], target).want(t, 400)).Error
		if e.Code != "No method match route template" || !strings.HasPrefix(e.Message, "No OData route exists that match template ~/") {
			t.Errorf("%s: %+v", c[1], e)
		}
	}
	b.graph("GET", below, "").want(t, 200)
}

func TestAProfileForOtherMachinesFails(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	all := b.pilots()
	virtual := some(t, all, func(p pilotView) bool { return !physical(p) })
	real := some(t, all, physical)
	for device, want := range map[string]string{"holoLens": "holoLensProfileNotSupported", "surfaceHub2": "surfaceHubProfileNotSupported", "surfaceHub2S": "surfaceHub2SProfileNotSupported"} {
		p := read[profileView](t, b.graph("POST", profiles, deployment(t, `{"deviceType":"`+device+`"}`)).want(t, 201))
		b.graph("POST", profiles+"/"+p.ID+"/assign", fmt.Sprintf(`{"deviceIds":[%q]}`, real.ID)).want(t, 204)
		if v := b.pilot(real.ID); v.DeploymentProfileAssignmentStatus != "pending" {
			t.Errorf("%+v", v)
		}
		b.settled()
		v := b.pilot(real.ID)
		if v.DeploymentProfileAssignmentStatus != "failed" || v.DeploymentProfileAssignmentDetailedStatus != want || v.DeploymentProfile != nil || v.IntendedDeploymentProfile.ID != p.ID {
			t.Errorf("%s: %+v", device, v)
		}
	}
	kiosks := b.profileNamed("Shared kiosks")
	b.graph("POST", profiles+"/"+kiosks.ID+"/assign", fmt.Sprintf(`{"deviceIds":[%q]}`, virtual.SerialNumber)).want(t, 204)
	b.settled()
	if v := b.pilot(virtual.ID); v.DeploymentProfileAssignmentStatus != "failed" || v.DeploymentProfileAssignmentDetailedStatus != "hardwareRequirementsNotMet" {
		t.Errorf("%+v", v)
	}
}

func TestAnEditedProfileIsOutOfSyncForAWhile(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	p := b.profileNamed("Standard users")
	id := some(t, b.pilots(), func(one pilotView) bool {
		return one.DeploymentProfileAssignmentStatus == "assignedInSync" && slices.Contains(b.assigned(p.ID), one.ID)
	}).ID
	before := b.pilot(id)
	patch := func(more string) {
		t.Helper()
		b.graph("PATCH", profiles+"/"+p.ID, `{"@odata.type":"#microsoft.graph.azureADWindowsAutopilotDeploymentProfile",`+more+`}`).want(t, 200)
	}
	patch(`"description":"other words"`)
	if v := b.pilot(id); v.DeploymentProfileAssignmentStatus != before.DeploymentProfileAssignmentStatus {
		t.Errorf("after other words: %+v", v)
	}
	patch(`"locale":"de-DE"`)
	if v := b.pilot(id); v.DeploymentProfileAssignmentStatus != "assignedOutOfSync" || v.DeploymentProfile == nil {
		t.Errorf("after another locale: %+v", v)
	}
	b.settled()
	if v := b.pilot(id); v.DeploymentProfileAssignmentStatus != before.DeploymentProfileAssignmentStatus {
		t.Errorf("after a while: %+v", v)
	}
}

func TestGroupsDecideAtASync(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	sync := func() {
		t.Helper()
		b.watch.forward(10 * time.Minute)
		b.graph("POST", "/windowsAutopilotSettings/sync", "").want(t, 204)
		b.watch.forward(time.Minute)
	}
	name := func(p pilotView) string {
		if p.IntendedDeploymentProfile == nil {
			return ""
		}
		return p.IntendedDeploymentProfile.DisplayName
	}
	tagOf := map[string]string{}
	for _, p := range b.pilots() {
		if full := b.pilot(p.ID); physical(p) && done(p) && p.GroupTag != "" {
			tagOf[name(full)] = p.GroupTag
		}
	}
	one := some(t, b.pilots(), func(p pilotView) bool { return p.DeploymentProfileAssignmentStatus == "notAssigned" && physical(p) })
	post := func(body string) {
		t.Helper()
		b.graph("POST", pilots+"/"+one.ID+"/updateDeviceProperties", body).want(t, 204)
	}
	expect := func(what, profile string) {
		t.Helper()
		if v := b.pilot(one.ID); name(v) != profile {
			t.Errorf("%s: %q (%s), want %q", what, name(v), v.DeploymentProfileAssignmentStatus, profile)
		}
	}
	// By tag, through a dynamic group.
	post(fmt.Sprintf(`{"groupTag":%q}`, tagOf["Hybrid offices"]))
	expect("before a sync", "")
	sync()
	expect("after a sync", "Hybrid offices")
	b.settled()
	if v := b.pilot(one.ID); !done(v) || v.DeploymentProfile == nil {
		t.Errorf("%+v", v)
	}
	post(fmt.Sprintf(`{"groupTag":%q}`, tagOf["Standard users"]))
	sync()
	if v := b.pilot(one.ID); v.DeploymentProfileAssignmentStatus == "pending" && (v.DeploymentProfile == nil || v.DeploymentProfile.DisplayName != "Hybrid offices") {
		t.Errorf("on the way: %+v", v)
	}
	expect("with another tag", "Standard users")
	// What somebody decided about the device alone stays.
	workshop := b.profileNamed("Workshop laptops")
	b.graph("POST", profiles+"/"+workshop.ID+"/assign", fmt.Sprintf(`{"deviceIds":[%q]}`, one.ID)).want(t, 204)
	sync()
	expect("given alone", "Workshop laptops")
	b.graph("DELETE", profiles+"/"+workshop.ID+"/assignedDevices/"+one.ID, "").want(t, 204)
	expect("taken away", "")
	sync()
	expect("the group again", "Standard users")
	// By hand, through a static group that is kept out.
	object := read[setView[memberView]](t, b.directory("GET", "/v1.0/devices"+filter("deviceId eq '"+one.AzureADDeviceID+"'"), "").want(t, 200)).Value[0].ID
	members := "/v1.0/groups/" + b.group("BIOS Exclusions").ID + "/members"
	b.directory("POST", members+"/$ref", fmt.Sprintf(`{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/%s"}`, object)).want(t, 204)
	expect("before a sync", "Standard users")
	sync()
	expect("excluded", "")
	b.directory("DELETE", members+"/"+object+"/$ref", "").want(t, 204)
	sync()
	expect("no longer excluded", "Standard users")
}

func TestDevicesThatNobodyTouchedFollowNewAssignments(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	p := read[profileView](t, b.graph("POST", profiles, deployment(t, `{}`)).want(t, 201))
	group := b.group("Autopilot All Devices")
	before := map[string]pilotView{}
	for _, one := range b.pilots() {
		before[one.ID] = one
	}
	a := read[profileTargetView](t, b.graph("POST", profiles+"/"+p.ID+"/assignments", fmt.Sprintf(`{"target":{"@odata.type":"#microsoft.graph.groupAssignmentTarget","groupId":%q}}`, group.ID)).want(t, 201))
	if n := len(b.assigned(p.ID)); n != 0 {
		t.Errorf("%d devices before a sync", n)
	}
	b.watch.forward(time.Hour)
	got := b.assigned(p.ID)
	if len(got) == 0 {
		t.Fatal("no devices after a sync")
	}
	for _, id := range got { // the oldest profile wins, so only those without one
		if before[id].DeploymentProfileAssignmentStatus != "notAssigned" {
			t.Errorf("%+v", before[id])
		}
	}
	b.settled()
	counts := map[string]int{}
	for _, one := range b.pilots() {
		counts[one.DeploymentProfileAssignmentStatus]++
		if before[one.ID].DeploymentProfileAssignmentStatus != "notAssigned" && one != before[one.ID] {
			t.Errorf("was %+v, is %+v", before[one.ID], one)
		}
	}
	if counts["notAssigned"] > 10 || counts["pending"] > 0 { // the excluded ones are left
		t.Errorf("%v", counts)
	}
	b.graph("DELETE", profiles+"/"+p.ID+"/assignments/"+a.ID, "").want(t, 204)
	b.graph("DELETE", profiles+"/"+p.ID, "").want(t, 204)
	b.watch.forward(time.Hour)
	for _, one := range b.pilots() {
		if was := before[one.ID].DeploymentProfileAssignmentStatus; (was == "notAssigned") != (one.DeploymentProfileAssignmentStatus == "notAssigned") {
			t.Errorf("was %s, is %+v %+v", was, b.pilot(one.ID), b.pilot(one.ID).DeploymentProfile)
		}
	}
}
