package client_test

import (
	"context"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

func kiosk() model.ConfigurationPolicy {
	return model.ConfigurationPolicy{Name: "Kiosk", Description: "straight to sign-in", Category: model.CategoryOOBE,
		Settings: []model.Setting{model.SettingSkipExpress, model.SettingUserNotLocalAdmin}}
}

// written waits for an operation of one row and returns it.
func (w *world) written(c *client.Client, id model.OperationID, err error) (model.Operation, model.Row) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	o := await(w.t, c, id, 1, over)
	rows, err := c.Rows(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return o, rows[0]
}

// named returns the customer's policies of that name.
func (w *world) named(c *client.Client, name string) []model.ConfigurationPolicy {
	w.t.Helper()
	all, err := c.Policies(context.Background(), w.customer())
	if err != nil {
		w.t.Fatal(err)
	}
	var out []model.ConfigurationPolicy
	for _, p := range all {
		if p.Name == name {
			out = append(out, p)
		}
	}
	return out
}

func TestPolicyIsCreatedReplacedAndDeleted(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	id, err := c.CreatePolicy(ctx, w.first(), kiosk())
	if o, row := w.written(c, id, err); o.State() != model.OperationDone {
		t.Fatalf("creation ended as %v: %+v", o.State(), row)
	}
	made := w.named(c, "Kiosk")
	if len(made) != 1 || !made[0].Same(kiosk()) {
		t.Fatalf("made %+v", made)
	}
	want := made[0]
	want.Name, want.Description, want.Settings = "Kiosk 2026", "", []model.Setting{model.SettingNone}
	id, err = c.EditPolicy(ctx, w.first(), made[0], want)
	if o, row := w.written(c, id, err); o.State() != model.OperationDone {
		t.Fatalf("edit ended as %v: %+v", o.State(), row)
	}
	now := w.named(c, "Kiosk 2026")
	if len(now) != 1 || !now[0].Same(want) || now[0].ID != made[0].ID {
		t.Fatalf("now %+v", now)
	}
	if id, err = c.EditPolicy(ctx, w.first(), made[0], kiosk()); err == nil {
		if o, _ := w.written(c, id, err); o.State() != model.OperationFailed {
			t.Errorf("an edit of what was read before somebody's change ended as %v", o.State())
		}
	}
	id, err = c.DeletePolicy(ctx, w.first(), now[0])
	if o, row := w.written(c, id, err); o.State() != model.OperationDone {
		t.Fatalf("deletion ended as %v: %+v", o.State(), row)
	}
	if left := w.named(c, "Kiosk 2026"); len(left) != 0 {
		t.Errorf("left %+v", left)
	}
}

func TestAPolicyWhoseAnswerIsLostIsNotMadeTwice(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^POST .*/policies$", "kind": "reset", "times": 1}`)
	id, err := c.CreatePolicy(context.Background(), w.first(), kiosk())
	if o, row := w.written(c, id, err); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), row)
	}
	if made := w.named(c, "Kiosk"); len(made) != 1 {
		t.Errorf("%d of that name, want 1", len(made))
	}
}

func TestDevicesAreRemovedOneCallEach(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	before := w.devices(c)
	w.fault(`{"match": "^DELETE ", "kind": "reset", "times": 1}`)
	id, err := c.RemoveDevices(context.Background(), w.first(), before[:5])
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 5, over); o.State() != model.OperationDone {
		rows, _ := c.Rows(context.Background(), id)
		t.Fatalf("ended as %v: %+v", o.State(), rows)
	}
	if n := len(w.requests("DELETE", "/devices/")); n != 5 {
		t.Errorf("%d DELETEs, want 5", n)
	}
	if after := w.devices(c); len(after) != len(before)-5 {
		t.Errorf("%d devices of %d are left, want 5 fewer", len(after), len(before))
	}
}
