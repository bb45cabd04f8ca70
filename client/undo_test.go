package client_test

import (
	"context"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

func policiesOf(devices []model.Device) map[model.DeviceID]string {
	out := map[model.DeviceID]string{}
	for _, d := range devices {
		out[d.ID] = d.Policy.Value
	}
	return out
}

func TestAnAssignmentIsUndoneWhereItHasAnInverse(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	devices := w.devices(c)[:60]
	before := policiesOf(devices)
	policies, err := c.Policies(ctx, w.customer())
	if err != nil {
		t.Fatal(err)
	}
	target := policies[len(policies)-1]
	id, err := c.Assign(ctx, model.Assignment{Customer: w.customer(), Policy: target, Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 60, over)
	plan, err := c.PlanUndo(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Devices) == 0 || plan.Kept() == 0 || len(plan.Devices)+plan.Kept() != 60 {
		t.Fatalf("%d can be put back, %d cannot: %+v (the assignment ended with %+v)", len(plan.Devices), plan.Kept(), plan.LeftOut, o.Rows)
	}
	undo, err := c.Undo(ctx, plan)
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, undo, len(plan.Devices), over); o.State() != model.OperationDone {
		t.Fatalf("the undo ended as %v: %+v", o.State(), o.Rows)
	}
	now := policiesOf(w.devices(c))
	for _, d := range plan.Devices {
		if now[d.Device.ID] != before[d.Device.ID] {
			t.Errorf("device %s has %q, had %q", d.Device.ID, now[d.Device.ID], before[d.Device.ID])
		}
	}
	again, err := c.PlanUndo(ctx, id)
	if err != nil || len(again.Devices) != 0 {
		t.Errorf("what was undone can be undone again: %+v, %v", again.Devices, err)
	}
}

func TestOnlyAnAssignmentThatHasEndedCanBeUndone(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	id, err := c.Upload(ctx, w.list("No inverse", 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	if _, err := c.PlanUndo(ctx, id); model.KindOf(err) != model.Invalid {
		t.Errorf("undo of an upload: %v", err)
	}
	if _, err := c.PlanUndo(ctx, "none"); model.KindOf(err) != model.NotFound {
		t.Errorf("undo of nothing: %v", err)
	}
}

func TestUnassignIsDoneWhenTheDevicesSaySo(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	var with []model.Device
	for _, d := range w.devices(c) {
		if !d.Policy.None() && len(with) < 20 {
			with = append(with, d)
		}
	}
	id, err := c.Unassign(context.Background(), w.first(), with)
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 20, over)
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	now := policiesOf(w.devices(c))
	for _, d := range with {
		if now[d.ID] != "" {
			t.Errorf("device %s still has %q", d.ID, now[d.ID])
		}
	}
	rows, err := c.Rows(context.Background(), id)
	if err != nil || rows[0].Text != "read back from the device" {
		t.Errorf("row %+v, %v", rows[0], err)
	}
	events, err := c.Events(context.Background(), id)
	if err != nil || len(events) < 3 || events[0].What != "asked" {
		t.Errorf("events %+v, %v", events, err)
	}
}
