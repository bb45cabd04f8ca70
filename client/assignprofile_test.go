package client_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// profiles lists the first customer's deployment profiles.
func (w *world) profiles(c *client.Client) []model.DeploymentProfile {
	w.t.Helper()
	var out []model.DeploymentProfile
	for page, err := range c.Profiles(context.Background(), w.customer()) {
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, page...)
	}
	return out
}

// profile returns a profile for PCs that users set up and that somebody has, and
// some devices that it fits and that do not have it.
func (w *world) profile(c *client.Client, n int) (model.DeploymentProfile, []model.AutopilotDevice) {
	w.t.Helper()
	for _, p := range w.profiles(c) {
		if p.DeviceType != model.TypeWindowsPC || p.OutOfBox.Usage == model.UsageShared {
			continue
		}
		has := map[model.AutopilotID]bool{}
		for page, err := range c.ProfileDevices(context.Background(), w.customer(), p.ID) {
			if err != nil {
				w.t.Fatal(err)
			}
			for _, d := range page {
				has[d.ID] = true
			}
		}
		free := slices.DeleteFunc(w.autopilot(c), func(d model.AutopilotDevice) bool {
			return has[d.ID] || strings.Contains(d.Model, "Surface Hub") || strings.Contains(d.Model, "HoloLens")
		})
		if len(has) > 0 && len(free) >= n {
			return p, free[:n]
		}
	}
	w.t.Fatal("the simulator has no such profile; the test shows nothing")
	return model.DeploymentProfile{}, nil
}

func (w *world) assign(c *client.Client, a model.ProfileAssignment) (model.OperationID, model.Operation) {
	w.t.Helper()
	a.Customer = w.first()
	id, err := c.AssignProfile(context.Background(), a)
	if err != nil {
		w.t.Fatal(err)
	}
	return id, await(w.t, c, id, len(a.Devices), over)
}

func TestAProfileIsAssignedWhenTheDeviceSaysSo(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 200})
	c := w.dial()
	p, devices := w.profile(c, 25)
	id, err := c.AssignProfile(context.Background(), model.ProfileAssignment{Customer: w.first(), Profile: p, Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 25, over)
	acceptedFirst(t, o)
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v, %+v", o.State(), o.Rows, model.Failures(w.rows(c, id)))
	}
	for _, d := range w.now(c, devices) {
		if !d.Assignment.Assigned() {
			t.Errorf("device %s is %s", d.Serial, d.Assignment)
		}
	}
	if r := w.rows(c, id)[0]; !strings.HasPrefix(r.Text, "assigned") {
		t.Errorf("row %+v", r)
	}
	if n := len(w.requests("POST", "/windowsAutopilotDeploymentProfiles/")); n != 25 {
		t.Errorf("%d requests to the profile, want 25", n)
	}
}

func TestAProfileThatDoesNotFitFailsByTheDevicesWord(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	p, devices := w.profile(c, 2)
	hub := p
	hub.ID, hub.Name, hub.DeviceType = "", "Meeting rooms", "surfaceHub2"
	made := w.createProfile(c, hub)
	id, o := w.assign(c, model.ProfileAssignment{Profile: made, Devices: devices})
	if o.Rows.Failed != 2 {
		t.Fatalf("ended with %+v", o.Rows)
	}
	if r := w.rows(c, id)[0]; r.Code != "surfaceHubProfileNotSupported" || !strings.Contains(r.Text, "Surface Hub") || r.What == "" {
		t.Errorf("row %+v", r)
	}
}

func TestEachWayOfAssigningAProfile(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	p, devices := w.profile(c, 5)
	if _, o := w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices[:1], Way: model.WayDirect}); o.State() != model.OperationDone {
		t.Errorf("direct ended as %v", o.State())
	}
	id, o := w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices[1:2], Way: model.WayDevice, Anchor: devices[0].ID})
	if o.State() != model.OperationDone {
		t.Errorf("through a device ended as %v: %+v", o.State(), w.rows(c, id))
	}
	if id, o = w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices[4:], Way: model.WayDevice, Anchor: devices[0].ID, Whole: true}); o.State() != model.OperationDone {
		t.Errorf("with the whole device it ended as %v: %+v", o.State(), w.rows(c, id))
	}
	// The reference is answered with 204, the whole device with itself.
	if sent := w.requests("POST", "/"+string(devices[0].ID)+"/deploymentProfile/assignedDevices/$ref"); len(sent) != 2 || sent[0].Status != 204 || sent[1].Status != 201 {
		t.Errorf("requests %+v through the device that was named, want 204 and 201", sent)
	}
	if id, o = w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices[2:3], Way: model.WayDevice}); o.State() != model.OperationDone {
		t.Errorf("through any device ended as %v: %+v", o.State(), w.rows(c, id))
	}
	wrong := slices.IndexFunc(w.autopilot(c), func(d model.AutopilotDevice) bool { return d.ID == devices[3].ID })
	if wrong < 0 {
		t.Fatal("the device is gone")
	}
	id, o = w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices[2:3], Way: model.WayDevice, Anchor: devices[3].ID})
	if r := w.rows(c, id)[0]; o.Rows.Failed != 1 || !strings.Contains(r.Text, "does not have this profile") {
		t.Errorf("through a device without the profile: %+v", r)
	}
}

func TestWhereThereIsNoDirectRouteItIsTriedOnceAndTheGroupWayIsOffered(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.turn(`{"no-direct-route": true}`)
	p, devices := w.profile(c, 4)
	id, o := w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices[:2]})
	if r := w.rows(c, id)[0]; o.Rows.Failed != 2 || !strings.Contains(r.What, "group") {
		t.Fatalf("ended with %+v: %+v", o.Rows, r)
	}
	tried := len(w.requests("POST", "assignedDevices"))
	if _, o = w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices[2:]}); o.Rows.Failed != 2 {
		t.Fatalf("ended with %+v", o.Rows)
	}
	if again := len(w.requests("POST", "assignedDevices")); again != tried || tried > 4 {
		t.Errorf("%d requests, then %d in all: it is known after the first batch that there is no route", tried, again)
	}
}

func TestTheGroupWayPutsDevicesIntoAGroupThatHasTheProfile(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	w.turn(`{"no-direct-route": true}`)
	p, devices := w.profile(c, 3)
	groups, err := c.Groups(ctx, w.customer(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	has, err := c.ProfileTargets(ctx, w.customer(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	static := slices.IndexFunc(groups, func(g model.Group) bool {
		return !g.Dynamic && g.Security && !slices.ContainsFunc(has, func(t model.ProfileTarget) bool { return t.Target.Group == g.ID })
	})
	dynamic := slices.IndexFunc(groups, func(g model.Group) bool { return g.Dynamic })
	group := groups[static].ID
	a := model.ProfileAssignment{Profile: p, Devices: devices, Group: group}
	id, o := w.assign(c, a)
	if r := w.rows(c, id)[0]; o.Rows.Failed != 3 {
		t.Fatalf("a group without the profile: %+v", r)
	} else if !strings.Contains(r.Text, "does not have this profile") {
		t.Errorf("a group without the profile: %+v", r)
	}
	a.Way = model.WayGroup
	id, _ = w.assign(c, a)
	if r := w.rows(c, id)[0]; !strings.Contains(r.Text, "does not have this profile") {
		t.Errorf("a group without the profile: %+v", r)
	}
	a.Group = groups[dynamic].ID
	id, _ = w.assign(c, a)
	if r := w.rows(c, id)[0]; !strings.Contains(r.Text, "follow from a rule") {
		t.Errorf("a dynamic group: %+v", r)
	}
	target, err := c.TargetProfile(ctx, w.first(), p, []model.Target{{Kind: model.TargetGroup, Group: group}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, target, 1, over); o.State() != model.OperationDone {
		t.Fatalf("the group did not get the profile: %+v", w.rows(c, target))
	}
	a.Way, a.Group = model.WayAuto, group
	id, o = w.assign(c, a)
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), w.rows(c, id)[0])
	}
	if n := len(w.requests("POST", "/members/$ref")); n != 3 {
		t.Errorf("%d members added, want 3", n)
	}
}

func TestALostAnswerToAnAssignmentIsReadFromTheDevice(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	p, devices := w.profile(c, 5)
	w.fault(`{"match": "^POST .*/assignedDevices", "kind": "reset", "times": 1}`)
	id, o := w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices})
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), w.rows(c, id))
	}
	if n := len(w.requests("POST", "assignedDevices")); n != 5 {
		t.Errorf("%d requests, want 5", n)
	}
}

// createProfile makes a deployment profile and reads it back.
func (w *world) createProfile(c *client.Client, p model.DeploymentProfile) model.DeploymentProfile {
	w.t.Helper()
	id, err := c.CreateProfile(context.Background(), w.first(), p)
	if err != nil {
		w.t.Fatal(err)
	}
	if o := await(w.t, c, id, 1, over); o.State() != model.OperationDone {
		w.t.Fatalf("creation ended as %v: %+v", o.State(), w.rows(c, id))
	}
	made, err := c.Profile(context.Background(), w.customer(), model.ProfileID(w.rows(c, id)[0].Device))
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}
