package client_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// An Autopilot device is joined with the managed device that it names, else with the
// only one that has its serial; otherwise it is said why not.
func TestADeviceIsJoinedWithItsManagedDeviceOrSaysWhyNot(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 600})
	c := w.dial()
	ctx := context.Background()
	managed, serials := map[model.ManagedDeviceID]model.ManagedDevice{}, map[string]int{}
	for page, err := range c.ManagedDevices(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			managed[m.ID] = m
			serials[model.JoinSerial(m.Serial)]++
		}
	}
	const byID, byHand, anew, free = "by id", "enrolled by hand", "enrolled anew", "not enrolled"
	some := map[string]model.AutopilotDevice{}
	for _, d := range w.autopilot(c) {
		m, there := managed[d.ManagedDevice]
		n := serials[model.JoinSerial(d.Serial)]
		switch {
		case there && strings.EqualFold(m.Serial, d.Serial):
			some[byID] = d
		case !d.Enrolled() && n == 1:
			some[byHand] = d
		case d.Enrolled() && !there && n == 1:
			some[anew] = d
		case !d.Enrolled() && n == 0:
			some[free] = d
		}
	}
	for what, want := range map[string]struct{ joined, bySerial bool }{byID: {true, false}, byHand: {true, true}, anew: {true, true}, free: {false, false}} {
		d, ok := some[what]
		if !ok {
			t.Errorf("no device is %s; the test shows nothing", what)
			continue
		}
		got, err := c.AutopilotDevice(ctx, w.customer(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if (got.Managed != nil) != want.joined || got.BySerial != want.bySerial || len(got.Missing) > 0 {
			t.Errorf("%s: managed %+v, by serial %v, missing %v", what, got.Managed, got.BySerial, got.Missing)
		}
		if m := got.Managed; m != nil && !strings.EqualFold(m.Serial, d.Serial) {
			t.Errorf("%s: device %s got the managed device of %s", what, d.Serial, m.Serial)
		}
	}
	w.graph(http.MethodDelete, "deviceManagement/managedDevices/"+string(some[byID].ManagedDevice))
	got, err := c.AutopilotDevice(ctx, w.customer(), some[byID].ID)
	if err != nil || got.Managed != nil || len(got.Missing) != 1 || got.Missing[0].Kind != model.NotFound || got.Missing[0].Ref == "" {
		t.Errorf("its managed device is gone: managed %+v, missing %+v, %v", got.Managed, got.Missing, err)
	}
	w.fault(`{"match": "^GET .*/managedDevices", "kind": "status", "status": 500, "times": 0}`)
	for _, what := range []string{byHand, anew, free} {
		got, err := c.AutopilotDevice(ctx, w.customer(), some[what].ID)
		if err != nil || got.Managed != nil || len(got.Missing) == 0 {
			t.Errorf("%s while managed devices cannot be read: managed %+v, missing %+v, %v", what, got.Managed, got.Missing, err)
		}
	}
}

func TestAReadOnlySessionChangesNothingInIntune(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial(func(o *client.Connection) { o.ReadOnly = true })
	ctx := context.Background()
	free := slices.DeleteFunc(w.autopilot(c), model.AutopilotDevice.Enrolled)[:1]
	p := w.profiles(c)[0]
	b := model.BIOSConfiguration{ID: "11111111-1111-4111-8111-111111111111", Name: "x"}
	target := []model.Target{{Kind: model.TargetGroup, Group: "11111111-1111-4111-8111-111111111111"}}
	for what, do := range map[string]func() (model.OperationID, error){
		"change":  func() (model.OperationID, error) { return c.ChangeAutopilot(ctx, w.first(), free, tag("X")) },
		"delete":  func() (model.OperationID, error) { return c.DeleteAutopilot(ctx, w.first(), free) },
		"sync":    func() (model.OperationID, error) { return c.SyncAutopilot(ctx, w.first()) },
		"import":  func() (model.OperationID, error) { return c.ImportAutopilot(ctx, w.importList(1, 0)) },
		"profile": func() (model.OperationID, error) { return c.CreateProfile(ctx, w.first(), counterProfile("X")) },
		"targets": func() (model.OperationID, error) { return c.TargetProfile(ctx, w.first(), p, target, nil) },
		"BIOS":    func() (model.OperationID, error) { return c.AssignBIOS(ctx, w.first(), b, nil, target) },
		"no BIOS": func() (model.OperationID, error) { return c.DeleteBIOS(ctx, w.first(), b) },
		"password": func() (model.OperationID, error) {
			_, err := c.BIOSPassword(ctx, w.first(), model.ManagedDeviceID(b.ID))
			return "", err
		},
		"assign": func() (model.OperationID, error) {
			return c.AssignProfile(ctx, model.ProfileAssignment{Customer: w.first(), Profile: p, Devices: free})
		},
	} {
		if _, err := do(); model.KindOf(err) != model.Refused || err == nil {
			t.Errorf("%s: %v, want it refused", what, err)
		}
	}
	for _, method := range []string{"POST", "PATCH", "DELETE"} {
		for _, r := range w.requests(method, "deviceManagement") {
			t.Errorf("%s %s was sent", r.Method, r.Path)
		}
	}
	if bd, err := c.WatchBoard(ctx, 0); err != nil || len(bd.Operations) > 0 {
		t.Errorf("board %+v, %v", bd, err)
	}
}

func TestDeletionsAndAssignmentsOutliveThrottlingAndLostAnswers(t *testing.T) {
	for name, fault := range map[string]string{
		"throttled":       `{"match": "^(DELETE|POST) .*/(windowsAutopilotDeviceIdentities/|assignedDevices)", "kind": "status", "status": 429, "times": 2}`,
		"answer lost":     `{"match": "^(DELETE|POST) .*/(windowsAutopilotDeviceIdentities/|assignedDevices)", "kind": "reset", "times": 1}`,
		"service failing": `{"match": "^GET .*/(windowsAutopilotDeviceIdentities|assignedDevices)", "kind": "status", "status": 503, "times": 3}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{Speed: 20_000}) // what is deleted goes with an hourly sync
			c := w.dial(func(o *client.Connection) { o.ReadBack = 2 * time.Second })
			free := slices.DeleteFunc(w.autopilot(c), model.AutopilotDevice.Enrolled)[:22]
			p, devices := w.profile(c, 5)
			w.fault(fault)
			id, err := c.DeleteAutopilot(context.Background(), w.first(), free)
			if err != nil {
				t.Fatal(err)
			}
			if o := await(t, c, id, 22, over); o.State() != model.OperationDone {
				t.Errorf("the deletion ended as %v: %+v", o.State(), model.Failures(w.rows(c, id)))
			}
			devices = slices.DeleteFunc(devices, func(d model.AutopilotDevice) bool {
				return slices.ContainsFunc(free, func(f model.AutopilotDevice) bool { return f.ID == d.ID })
			})
			if len(devices) == 0 {
				return
			}
			w.fault(fault)
			if id, o := w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices}); o.State() != model.OperationDone {
				t.Errorf("the assignment ended as %v: %+v", o.State(), model.Failures(w.rows(c, id)))
			}
		})
	}
}
