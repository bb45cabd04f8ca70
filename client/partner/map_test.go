package partner_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client/partner"
	"muster/client/simulator"
	"muster/model"
)

// tokens reads the simulator's tokens for tests.
func tokens(t testing.TB, ready simulator.Ready) map[string]string {
	t.Helper()
	resp, err := http.Get(ready.Control + "/tokens")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	out := map[string]string{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// holding reads a batch's devices.
func holding(t testing.TB, c *partner.Client, me model.CustomerID, b model.BatchID) []model.Device {
	t.Helper()
	out, err := gather(c.Devices(t.Context(), me, b))
	if err != nil {
		t.Fatal(b, err)
	}
	return out
}

// batchEnding finds the batch whose name ends so.
func batchEnding(t testing.TB, c *partner.Client, me model.CustomerID, end string) model.DeviceBatch {
	t.Helper()
	batches, err := c.Batches(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(batches, func(b model.DeviceBatch) bool { return strings.HasSuffix(string(b.ID), end) })
	if i < 0 {
		t.Fatalf("no batch ends in %q", end)
	}
	return batches[i]
}

// policyOf reads which policy a device has.
func policyOf(t testing.TB, c *partner.Client, me model.CustomerID, d model.Device) string {
	t.Helper()
	for _, one := range holding(t, c, me, d.Batch) {
		if one.ID == d.ID {
			return one.Policy.Value
		}
	}
	t.Fatalf("device %s is not there", d.ID)
	return ""
}

func TestAPolicysLife(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 300})
	ctx, me := t.Context(), model.CustomerID(ready.Customer)
	made, err := c.CreatePolicy(ctx, me, kiosk(), "")
	if err != nil || !model.IsGUID(string(made.ID)) || made.Assigned != 0 || made.Created.IsZero() || made.Description != kiosk().Description {
		t.Fatalf("made %+v, %v", made, err)
	}
	changed := made
	changed.Name, changed.Description, changed.Settings = "Kiosks", "", []model.Setting{model.SettingNone}
	changed, err = c.ReplacePolicy(ctx, me, changed, "")
	if err != nil || changed.Description != "" || !changed.Created.Equal(made.Created) || changed.Modified.Before(made.Modified) || !slices.Equal(changed.Settings, []model.Setting{model.SettingNone}) {
		t.Fatalf("changed %+v, %v", changed, err)
	}
	all, err := c.Policies(ctx, me)
	if err != nil {
		t.Fatal(err)
	}
	same(t, changed, all[len(all)-1])
	devices := holding(t, c, me, batchEnding(t, c, me, "-100").ID)[:2]
	ids := []model.DeviceID{devices[0].ID, devices[1].ID}
	acc, err := c.ApplyPolicy(ctx, me, model.DevicePolicyUpdate{Policy: made.ID, Devices: ids}, "")
	if err != nil {
		t.Fatal(err)
	}
	ended(t, c, me, acc.Job)
	if one, err := c.Policy(ctx, me, made.ID); err != nil || one.Assigned != 2 || policyOf(t, c, me, devices[0]) != string(made.ID) {
		t.Errorf("assigned %+v, %v", one, err)
	}
	acc, err = c.ApplyPolicy(ctx, me, model.DevicePolicyUpdate{Remove: true, Devices: ids[:1]}, "")
	if err != nil {
		t.Fatal(err)
	}
	ended(t, c, me, acc.Job)
	if one, err := c.Policy(ctx, me, made.ID); err != nil || one.Assigned != 1 || policyOf(t, c, me, devices[0]) != "" {
		t.Errorf("unassigned %+v, %v", one, err)
	}
	if err := c.DeletePolicy(ctx, me, made.ID, ""); err != nil {
		t.Fatal(err)
	}
	if got := policyOf(t, c, me, devices[1]); got != "" {
		t.Errorf("device has %q", got)
	}
	wantKind(t, c.DeletePolicy(ctx, me, made.ID, ""), model.NotFound)
	_, err = c.ReplacePolicy(ctx, me, changed, "")
	wantKind(t, err, model.NotFound)
	fault(t, ready, `{"match":"^DELETE .*/policies/","status":409}`)
	wantKind(t, c.DeletePolicy(ctx, me, all[0].ID, ""), model.Conflict)
}

func TestRemovingDevices(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 300})
	ctx, me := t.Context(), model.CustomerID(ready.Customer)
	foreign := batchEnding(t, c, me, "-101")
	devices := holding(t, c, me, foreign.ID)
	if err := c.RemoveDevice(ctx, me, foreign.ID, devices[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	wantKind(t, c.RemoveDevice(ctx, me, foreign.ID, devices[0].ID, ""), model.NotFound)
	if left := holding(t, c, me, foreign.ID); len(left) != 100 || batchEnding(t, c, me, "-101").Devices != 100 || left[0].ID != devices[1].ID {
		t.Errorf("%d devices left", len(left))
	}
	others := slices.DeleteFunc(slices.Clone(devices), func(d model.Device) bool { return d.UploadedBy == "" })
	if len(others) != 4 {
		t.Fatalf("%d devices of other tenants", len(others))
	}
	wantKind(t, c.RemoveDevice(ctx, me, foreign.ID, others[0].ID, ""), model.Forbidden, "811", "registered by another tenant", "whoever registered it")
	returned := batchEnding(t, c, me, " returns")
	wantKind(t, c.RemoveDevice(ctx, me, returned.ID, holding(t, c, me, returned.ID)[0].ID, ""), model.NotFound, "807", "refresh the list")
	wantKind(t, c.RemoveDevice(ctx, me, "nowhere", devices[1].ID, ""), model.NotFound)
	wantKind(t, c.RemoveDevice(ctx, me, model.BatchID(strings.ToLower(string(foreign.ID))), devices[1].ID, ""), model.NotFound)
	acc, err := c.AppendDevices(ctx, me, foreign.ID, []model.Identity{{Serial: devices[0].Serial, Maker: "Dell Inc.", Model: "Latitude 7450"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if u := ended(t, c, me, acc.Job); u.Devices[0].Failed() {
		t.Errorf("uploaded again: %+v", u)
	}
	if now := holding(t, c, me, foreign.ID); len(now) != 101 || now[100].Serial != devices[0].Serial || now[100].ID == devices[0].ID {
		t.Errorf("%d devices", len(now))
	}
}

func TestUpdatingADevice(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 300})
	ctx, me := t.Context(), model.CustomerID(ready.Customer)
	d := holding(t, c, me, batchEnding(t, c, me, "-100").ID)[0]
	policies, err := c.Policies(ctx, me)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []model.PolicyID{policies[1].ID, ""} {
		got, err := c.UpdateDevice(ctx, me, d.Batch, d.ID, p, "")
		if err != nil || got.Serial != d.Serial || got.Policy.Value != string(p) || policyOf(t, c, me, d) != string(p) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	_, err = c.UpdateDevice(ctx, me, d.Batch, d.ID, kiosks, "")
	wantKind(t, err, model.Invalid, "3000")
}

func TestWhatSalesAgentsMayNot(t *testing.T) {
	ready, admin := simulated(t, simulator.Options{Devices: 300})
	ctx, me := t.Context(), model.CustomerID(ready.Customer)
	c := connect(t, ready.Partner, model.NewSecret(tokens(t, ready)["salesAgent"]))
	p, err := admin.Policies(ctx, me)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.CreatePolicy(ctx, me, kiosk(), "")
	wantKind(t, err, model.Forbidden, "900150", "AdminAgents")
	p[0].Settings = []model.Setting{model.SettingNone}
	_, err = c.ReplacePolicy(ctx, me, p[0], "")
	wantKind(t, err, model.Forbidden, "900150")
	wantKind(t, c.DeletePolicy(ctx, me, p[0].ID, ""), model.Forbidden, "900150")
	d := holding(t, c, me, batchEnding(t, c, me, "-100").ID)[0]
	if err := c.RemoveDevice(ctx, me, d.Batch, d.ID, ""); err != nil {
		t.Errorf("devices are theirs: %v", err)
	}
}

func TestWhatTheServiceAllows(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 300, Faults: []string{"restricted"}})
	me := model.CustomerID(ready.Customer)
	refused := 0
	for _, d := range holding(t, c, me, batchEnding(t, c, me, "-100").ID) {
		err := c.RemoveDevice(t.Context(), me, d.Batch, d.ID, "")
		if may := len(d.Allowed) == 0 || slices.Contains(d.Allowed, "DELETE"); may != (err == nil) {
			t.Errorf("device with %v: %v", d.Allowed, err)
		}
		if err != nil {
			refused++
			wantKind(t, err, model.Forbidden, "900308")
		}
	}
	if refused == 0 {
		t.Error("every device may be removed")
	}
}

// A lost answer to a single write, and its resend with the same id.
func TestSingleWritesResent(t *testing.T) {
	const id = "0c9d1b52-7f0e-4b5e-8a55-6f0f1f9a1c0"
	ready, c := simulated(t, simulator.Options{Devices: 300})
	ctx, me := t.Context(), model.CustomerID(ready.Customer)
	d := holding(t, c, me, batchEnding(t, c, me, "-100").ID)[0]
	before, err := c.Policies(ctx, me)
	if err != nil {
		t.Fatal(err)
	}
	for i, do := range []func() error{
		func() error { _, err := c.CreatePolicy(ctx, me, kiosk(), id+"1"); return err },
		func() error { return c.DeletePolicy(ctx, me, before[0].ID, id+"2") },
		func() error { return c.RemoveDevice(ctx, me, d.Batch, d.ID, id+"3") },
	} {
		fault(t, ready, `{"match":"^(POST|DELETE) /+v1","kind":"reset","times":1}`)
		wantKind(t, do(), model.Lost)
		if err := do(); err != nil {
			t.Errorf("resend %d: %v", i, err)
		}
	}
	after, err := c.Policies(ctx, me)
	if err != nil || len(after) != len(before) || batchEnding(t, c, me, "-100").Devices != 99 {
		t.Errorf("%d policies, had %d; %v", len(after), len(before), err)
	}
}

// The faults that need a client to be careful with what it is told.
func TestSpoiltAnswers(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 300})
	ctx, me := t.Context(), model.CustomerID(ready.Customer)
	fault(t, ready, `{"match":"^POST .*/deviceBatches$","kind":"nolocation","times":1}`)
	acc, err := c.CreateBatch(ctx, me, model.DeviceBatchCreationRequest{Batch: "quiet", Devices: []model.Identity{{ProductKey: model.NewSecret("3340098124417")}}}, "")
	if err != nil || acc.Job != "" {
		t.Errorf("got %+v, %v", acc, err)
	}
	fault(t, ready, `{"match":"^GET .*/policies$","kind":"garbage","times":1}`)
	_, err = c.Policies(ctx, me)
	wantKind(t, err, model.Service, "something else than JSON")
	fault(t, ready, `{"match":"^POST .*/policies$","kind":"garbage","times":1}`)
	if made, err := c.CreatePolicy(ctx, me, kiosk(), ""); err != nil || made.ID != "" || made.Name != kiosk().Name {
		t.Errorf("made %+v, %v", made, err)
	}
	fault(t, ready, `{"match":"^GET .*/policies$","kind":"endless","times":1}`)
	_, err = c.Policies(ctx, me)
	wantKind(t, err, model.Service, "too large")
	fault(t, ready, `{"match":"^GET .*/policies$","kind":"endless","delayMs":20,"times":1}`)
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if _, err = c.Policies(short, me); err == nil {
		t.Error("an endless list came to an end")
	}
	if _, err := c.Policies(ctx, me); err != nil {
		t.Error(err)
	}
}
