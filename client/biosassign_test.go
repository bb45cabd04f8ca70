package client_test

import (
	"context"
	"strings"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// retarget assigns a BIOS configuration and waits for the end.
func (w *world) retarget(c *client.Client, b model.BIOSConfiguration, was, want []model.Target) (model.OperationID, model.Operation) {
	w.t.Helper()
	id, err := c.AssignBIOS(context.Background(), w.first(), b, was, want)
	if err != nil {
		w.t.Fatal(err)
	}
	return id, await(w.t, c, id, 1, over)
}

func (w *world) groups(c *client.Client, n int) []model.Target {
	w.t.Helper()
	groups, err := c.Groups(context.Background(), w.customer(), "", n)
	if err != nil || len(groups) < n {
		w.t.Fatalf("%d groups, %v", len(groups), err)
	}
	out := make([]model.Target, n)
	for i := range out {
		out[i] = model.Target{Kind: model.TargetGroup, Group: groups[i].ID}
	}
	return out
}

func TestABIOSConfigurationIsAssignedAsAWholeSet(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	made := w.create(c, bios("Counters", "Camera=Disabled\r\n"))
	g := w.groups(c, 3)
	if id, o := w.retarget(c, made, nil, g[:2]); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), w.rows(c, id))
	}
	id, o := w.retarget(c, made, nil, g[2:])
	if r := w.rows(c, id)[0]; o.Rows.Failed != 1 || !strings.Contains(r.Text, "somebody changed the assignments") {
		t.Errorf("a set that was not seen was replaced: %+v", r)
	}
	w.fault(`{"match": "^POST .*/assign$", "kind": "reset", "times": 1}`)
	id, o = w.retarget(c, made, []model.Target{g[1], g[0]}, g[:1])
	if o.State() != model.OperationDone || !strings.Contains(w.rows(c, id)[0].Text, "answer was lost") {
		t.Errorf("ended as %v: %+v", o.State(), w.rows(c, id))
	}
	now, err := c.BIOSTargets(context.Background(), w.customer(), made.ID)
	if err != nil || len(now) != 1 || now[0].Group != g[0].Group {
		t.Errorf("now %+v, %v", now, err)
	}
	if n := len(w.requests("POST", "/assign")); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestABIOSConfigurationIsDeletedAsItWasSeen(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	made := w.create(c, bios("Counters", "Camera=Disabled\r\n"))
	old := made
	old.Version--
	id, err := c.DeleteBIOS(ctx, w.first(), old)
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.Rows.Failed != 1 || len(w.requests("DELETE", "/hardwareConfigurations/")) != 0 {
		t.Errorf("what was changed since was deleted: %+v", w.rows(c, id))
	}
	w.fault(`{"match": "^DELETE .*/hardwareConfigurations/", "kind": "reset", "times": 1}`)
	if id, err = c.DeleteBIOS(ctx, w.first(), made); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone || !strings.Contains(w.rows(c, id)[0].Text, "answer was lost") {
		t.Errorf("ended as %v: %+v", o.State(), w.rows(c, id))
	}
	if _, err := c.ReadBIOS(ctx, w.customer(), made.ID); model.KindOf(err) != model.NotFound {
		t.Errorf("it is still there: %v", err)
	}
}

func TestDevicesOfAnAssignedBIOSConfigurationAreFollowedWhileSomebodyLooks(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	b := w.create(c, bios("Counters", "Camera=Disabled\r\n"))
	id, o := w.retarget(c, b, nil, w.groups(c, 4))
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v", o.State())
	}
	o = await(t, c, id, 1, func(o model.Operation) bool { return strings.HasPrefix(o.Jobs[0].Raw, "devices: ") })
	if o.State() != model.OperationDone || o.Jobs[0].Polled.IsZero() {
		t.Errorf("operation %+v", o)
	}
}

func TestThatABIOSPasswordWasReadIsWrittenDownAndThePasswordNowhere(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 1}) // passwords come and go with the settings of a device
	c := w.dial()
	ctx := context.Background()
	var with model.ManagedDevice
	for page, err := range c.ManagedDevices(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			if has, err := c.HasBIOSPassword(ctx, w.customer(), d.ID); err != nil {
				t.Fatal(err)
			} else if has {
				with = d
				break
			}
		}
		if with.ID != "" {
			break
		}
	}
	if with.ID == "" {
		t.Fatal("no device has a BIOS password; the test shows nothing")
	}
	p, err := c.BIOSPassword(ctx, w.first(), with.ID)
	if err != nil || p.Current.Empty() {
		t.Fatalf("%v, %v", p, err)
	}
	b, err := c.WatchBoard(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if o := b.Operations[0]; o.Kind != model.ReadBIOSPassword || o.State() != model.OperationDone || !strings.Contains(o.Title, with.Serial) {
		t.Errorf("the ledger says %+v", o)
	}
	w.fault(`{"match": "^GET .*/hardwarePasswordDetails", "kind": "status", "status": 403}`)
	if _, err := c.BIOSPassword(ctx, w.first(), with.ID); err == nil {
		t.Error("it was read all the same")
	}
	if b, _ := c.WatchBoard(ctx, 0); len(b.Operations) != 2 {
		t.Errorf("%d records of two askings", len(b.Operations))
	}
	if name := w.holding(p.Current.Reveal()); name != "" {
		t.Errorf("%s holds the password", name)
	}
}

func TestABIOSPasswordThatWasNotReadIsWrittenDownAsFailed(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 1})
	c := w.dial()
	ctx := context.Background()
	var without model.ManagedDevice
	for page, err := range c.ManagedDevices(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			if has, err := c.HasBIOSPassword(ctx, w.customer(), d.ID); err != nil {
				t.Fatal(err)
			} else if !has {
				without = d
				break
			}
		}
		if without.ID != "" {
			break
		}
	}
	if _, err := c.BIOSPassword(ctx, w.first(), without.ID); model.KindOf(err) != model.NotFound {
		t.Fatalf("reading the password of %q: %v", without.Serial, err)
	}
	b, err := c.WatchBoard(ctx, 0)
	if err != nil || len(b.Operations) != 1 {
		t.Fatalf("%d records, %v", len(b.Operations), err)
	}
	o := b.Operations[0]
	rows, err := c.Rows(ctx, o.ID)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if o.State() != model.OperationFailed || rows[0].State != model.RowFailed || !strings.Contains(rows[0].Text, "keeps no BIOS password") {
		t.Errorf("the ledger says %s: %s, %q", o.State(), rows[0].State, rows[0].Text)
	}
	if len(model.Retryable(o, rows)) > 0 {
		t.Error("it is offered to be sent again")
	}
}
