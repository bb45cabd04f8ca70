package client_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// autopilot lists the first customer's Autopilot devices.
func (w *world) autopilot(c *client.Client) []model.AutopilotDevice {
	w.t.Helper()
	var out []model.AutopilotDevice
	for page, err := range c.AutopilotDevices(context.Background(), w.customer()) {
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, page...)
	}
	return out
}

// now reads the same devices again, in their order.
func (w *world) now(c *client.Client, devices []model.AutopilotDevice) []model.AutopilotDevice {
	w.t.Helper()
	byID := map[model.AutopilotID]model.AutopilotDevice{}
	for _, d := range w.autopilot(c) {
		byID[d.ID] = d
	}
	out := make([]model.AutopilotDevice, len(devices))
	for i, d := range devices {
		out[i] = byID[d.ID]
	}
	return out
}

func (w *world) turn(switches string) {
	w.t.Helper()
	w.control(http.MethodPost, "switches", switches)
}

func (w *world) rows(c *client.Client, id model.OperationID) []model.Row {
	w.t.Helper()
	rows, err := c.Rows(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func tag(s string) model.AutopilotChange { return model.AutopilotChange{GroupTag: &s} }

// change changes devices and waits for the end.
func (w *world) change(c *client.Client, devices []model.AutopilotDevice, to model.AutopilotChange) (model.OperationID, model.Operation) {
	w.t.Helper()
	id, err := c.ChangeAutopilot(context.Background(), w.first(), devices, to)
	if err != nil {
		w.t.Fatal(err)
	}
	return id, await(w.t, c, id, len(devices), over)
}

const updates = "/updateDeviceProperties"

func TestAGroupTagIsDoneWhenItIsReadBack(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 200})
	c := w.dial()
	w.turn(`{"late-reads": true}`)
	devices := w.autopilot(c)[:45]
	id, err := c.ChangeAutopilot(context.Background(), w.first(), devices, tag("KIOSK"))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 45, over)
	acceptedFirst(t, o)
	if o.State() != model.OperationDone || len(o.Jobs) != 3 {
		t.Fatalf("ended as %v in %d chunks: %+v", o.State(), len(o.Jobs), o.Rows)
	}
	for i, d := range w.now(c, devices) {
		if d.GroupTag != "KIOSK" {
			t.Fatalf("device %d has tag %q", i, d.GroupTag)
		}
	}
	for i, r := range w.rows(c, id) {
		if r.Autopilot != devices[i].ID || r.Device != "" || !strings.Contains(r.Target, "KIOSK") {
			t.Fatalf("row %+v", r)
		}
	}
	if sent := w.requests("POST", updates); len(sent) != 45 {
		t.Errorf("%d requests for 45 devices", len(sent))
	}
}

func TestOneReadOfTheListAnswersAllThatWait(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	devices := w.autopilot(c)[:60]
	w.turn(`{"late-reads": true}`)
	w.control(http.MethodDelete, "requests", "")
	w.change(c, devices, tag("KIOSK"))
	for _, r := range w.requests("GET", "/windowsAutopilotDeviceIdentities") {
		if !strings.HasSuffix(r.Path, "/windowsAutopilotDeviceIdentities") {
			t.Errorf("%s was read by itself", r.Path)
		}
	}
}

func TestUndoPutsBackWhatNobodyElseChangedSince(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	devices := w.autopilot(c)[:50]
	id, o := w.change(c, devices, tag("KIOSK"))
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v", o.State())
	}
	w.change(c, w.now(c, devices[:7]), tag("SOMEBODY ELSE"))
	plan, err := c.PlanUndo(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for _, d := range devices[7:] {
		if d.GroupTag == "KIOSK" {
			same++
		}
	}
	if plan.Rows() != 43-same || plan.Kept() != 7+same || plan.LeftOut[0].Why != "somebody changed the device since" {
		t.Fatalf("%d of 50 can be undone, left out: %+v", plan.Rows(), plan.LeftOut)
	}
	undo, err := c.Undo(ctx, plan)
	if err != nil {
		t.Fatal(err)
	}
	o = await(t, c, undo, plan.Rows(), over)
	if o.State() != model.OperationDone || o.Kind != model.UndoAutopilot || len(o.Jobs) != 3 {
		t.Fatalf("undo ended as %v in %d chunks: %+v", o.State(), len(o.Jobs), w.rows(c, undo)[0])
	}
	for i, d := range w.now(c, devices) {
		want := devices[i].GroupTag
		if i < 7 {
			want = "SOMEBODY ELSE"
		}
		if d.GroupTag != want {
			t.Errorf("device %d has tag %q, want %q", i, d.GroupTag, want)
		}
	}
	if _, err := c.PlanUndo(ctx, undo); model.KindOf(err) != model.Invalid {
		t.Errorf("an undo can be undone: %v", err)
	}
}

func TestAUserIsTakenOffAndPutBack(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	all := w.autopilot(c)
	i := slices.IndexFunc(all, func(d model.AutopilotDevice) bool { return d.User != "" })
	if i < 0 {
		t.Fatal("no device has a user; the test shows nothing")
	}
	none := ""
	id, o := w.change(c, all[i:i+1], model.AutopilotChange{User: &none, AddressableUser: &none})
	if o.State() != model.OperationDone || w.now(c, all[i:i+1])[0].User != "" {
		t.Fatalf("ended as %v with user %q", o.State(), w.now(c, all[i:i+1])[0].User)
	}
	plan, err := c.PlanUndo(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	undo, err := c.Undo(context.Background(), plan)
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, undo, 1, over)
	if now := w.now(c, all[i:i+1])[0]; now.User != all[i].User || now.AddressableUser != all[i].AddressableUser {
		t.Errorf("user %q greeting %q, want %q and %q", now.User, now.AddressableUser, all[i].User, all[i].AddressableUser)
	}
}

func TestAConflictWithoutReasonIsTriedOnceMore(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.turn(`{"conflicts": true}`)
	devices := w.autopilot(c)[:60]
	if _, o := w.change(c, devices, tag("KIOSK")); o.State() != model.OperationDone {
		t.Errorf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n := len(w.requests("POST", updates)); n != 62 {
		t.Errorf("%d requests, want 60 and two more for the conflicts", n)
	}
}

func TestADeviceThatIsGoneFailsAloneAndCanBeSeen(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	devices := w.autopilot(c)[:30]
	devices[4].ID = "00000000-0000-4000-8000-000000000001"
	id, o := w.change(c, devices, tag("KIOSK"))
	if o.Rows.Done != 29 || o.Rows.Failed != 1 {
		t.Fatalf("ended with %+v", o.Rows)
	}
	if r := w.rows(c, id)[4]; r.State != model.RowFailed || r.Text == "" {
		t.Errorf("row %+v", r)
	}
}

func TestALostAnswerToABatchIsLookedFor(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	devices := w.autopilot(c)[:25]
	w.fault(`{"match": "^POST .*/\\$batch$", "kind": "reset", "times": 1}`)
	id, o := w.change(c, devices, tag("KIOSK"))
	if o.State() != model.OperationDone || o.Rows.Done != 25 {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n := len(w.requests("POST", updates)); n != 25 {
		t.Errorf("%d requests, want 25: nothing is sent again by itself", n)
	}
	told := 0
	for _, r := range w.rows(c, id) {
		if strings.Contains(r.Text, "answer was lost") {
			told++
		}
	}
	if told != 20 {
		t.Errorf("%d rows say that their answer was lost, want the 20 of the batch", told)
	}
}

func TestAChangeThatNeverArrivedIsUnknownAndSentAgainUnderItsID(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	devices := w.autopilot(c)[:5]
	w.fault(`{"match": "^POST .*updateDeviceProperties", "kind": "status", "status": 504, "times": 1}`)
	id, o := w.change(c, devices, tag("KIOSK"))
	if o.Rows.Unknown != 1 || o.Rows.Done != 4 {
		t.Fatalf("ended with %+v, want 1 unknown", o.Rows)
	}
	if n, err := c.Retry(ctx, id); err != nil || n != 1 {
		t.Fatalf("retry: %d rows, %v", n, err)
	}
	if o := await(t, c, id, 5, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	ids := map[string]int{}
	for _, r := range w.requests("POST", updates) {
		ids[r.Path+" "+r.RequestID]++
	}
	if len(ids) != 5 || len(w.requests("POST", updates)) != 6 {
		t.Errorf("requests %v, want five paths, one of them twice under one id", ids)
	}
}

func TestThrottlingNeverFailsAnAutopilotRow(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	devices := w.autopilot(c)[:40]
	w.fault(`{"match": "^POST .*updateDeviceProperties", "kind": "status", "status": 429, "times": 4}`)
	if _, o := w.change(c, devices, tag("KIOSK")); o.State() != model.OperationDone {
		t.Errorf("ended as %v: %+v", o.State(), o.Rows)
	}
}

func TestWhatShowsNoEffectInTimeIsUnknown(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 0.01})
	c := w.dial(func(o *client.Connection) { o.Patience = 200e6 })
	w.turn(`{"late-reads": true}`)
	id, o := w.change(c, w.autopilot(c)[:3], tag("KIOSK"))
	if o.Rows.Unknown != 3 {
		t.Fatalf("ended with %+v", o.Rows)
	}
	if r := w.rows(c, id)[0]; !strings.Contains(r.Text, "no deadline") {
		t.Errorf("row %+v", r)
	}
}

func TestAnEnrolledDeviceIsNotDeletedWithItsManagedDevice(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	all := w.autopilot(c)
	enrolled := slices.IndexFunc(all, model.AutopilotDevice.Enrolled)
	free := slices.DeleteFunc(slices.Clone(all), model.AutopilotDevice.Enrolled)[:3]
	_, err := c.DeleteAutopilot(ctx, w.first(), append(slices.Clone(free), all[enrolled]))
	if e := model.AsError(err); e == nil || e.Kind != model.Refused || !strings.Contains(e.Msg, all[enrolled].Serial) {
		t.Fatalf("got %v", err)
	}
	if b, _ := c.WatchBoard(ctx, 0); len(b.Operations) != 0 || len(w.requests("DELETE", "/")) != 0 {
		t.Fatal("something was written down or sent all the same")
	}
	id, err := c.DeleteAutopilot(ctx, w.first(), free)
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 3, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), w.rows(c, id))
	}
	for _, d := range w.now(c, free) {
		if d.ID != "" {
			t.Errorf("device %s is still there", d.Serial)
		}
	}
}
