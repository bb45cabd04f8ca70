package client_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

func TestADeviceIsJoinedWithItsManagedDeviceOrSaysWhyNot(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 600})
	c := w.dial()
	ctx := context.Background()
	managed := map[model.ManagedDeviceID]model.ManagedDevice{}
	for page, err := range c.ManagedDevices(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			managed[m.ID] = m
		}
	}
	joined, dangling, free := 0, 0, 0
	for _, d := range w.autopilot(c) {
		m, there := managed[d.ManagedDevice]
		switch {
		case !d.Enrolled() && free > 0, d.Enrolled() && there && joined > 0:
			continue // one of each is enough
		}
		got, err := c.AutopilotDevice(ctx, w.customer(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case !d.Enrolled():
			if free++; got.Managed != nil || len(got.Missing) > 0 {
				t.Errorf("not enrolled, yet managed %+v, missing %v", got.Managed, got.Missing)
			}
		case there && strings.EqualFold(m.Serial, d.Serial):
			if joined++; got.Managed == nil || got.Managed.ID != m.ID {
				t.Errorf("device %s: managed %+v, want %s", d.Serial, got.Managed, m.ID)
			}
		case !there:
			dangling++
			if got.Managed != nil || len(got.Missing) != 1 || got.Missing[0].Kind != model.NotFound || got.Missing[0].Ref == "" {
				t.Errorf("its managed device is gone: managed %+v, missing %+v", got.Managed, got.Missing)
			}
		}
	}
	if joined == 0 || dangling == 0 || free == 0 {
		t.Errorf("%d joined, %d dangling, %d free; the test shows nothing", joined, dangling, free)
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
