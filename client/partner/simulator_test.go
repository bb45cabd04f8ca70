package partner_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/auth"
	"muster/client/partner"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/model"
)

// simulated serves a simulator over loopback.
func simulated(t testing.TB, o simulator.Options) (simulator.Ready, *partner.Client) {
	t.Helper()
	o.Speed = 1e6
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		srv.Close()
		_ = sim.Close()
	})
	ready := sim.Ready(srv.Listener.Addr())
	return ready, connect(t, ready.Partner, model.NewSecret(ready.PartnerToken))
}

// fault asks the simulator for a fault.
func fault(t testing.TB, ready simulator.Ready, spec string) {
	t.Helper()
	resp, err := http.Post(ready.Control+"/faults", "application/json", strings.NewReader(spec))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("fault %s: %d", spec, resp.StatusCode)
	}
}

// writes counts the POSTs and PATCHes that the simulator has seen.
func writes(t testing.TB, ready simulator.Ready) int {
	t.Helper()
	resp, err := http.Get(ready.Control + "/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	n := 0
	for d := json.NewDecoder(resp.Body); ; {
		var line struct{ Method, Path string }
		if d.Decode(&line) != nil {
			return n
		}
		if line.Method != http.MethodGet && !strings.Contains(line.Path, "_simulator") {
			n++
		}
	}
}

func TestAgainstTheSimulator(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 350, Customers: 12})
	ctx, me := t.Context(), model.CustomerID(ready.Customer)
	customers, err := gather(c.Customers(ctx))
	if err != nil || len(customers) != 12 {
		t.Fatalf("got %d customers, %v", len(customers), err)
	}
	if one, err := c.Customer(ctx, me); err != nil || one.Name == "" {
		t.Fatal(one, err)
	}
	batches, err := c.Batches(ctx, me)
	if err != nil || len(batches) == 0 {
		t.Fatal(batches, err)
	}
	var devices []model.Device
	for _, b := range batches {
		some, err := gather(c.Devices(ctx, me, b.ID))
		if err != nil {
			t.Fatal(b.ID, err)
		}
		if b.Devices != len(some) {
			t.Errorf("batch %q says %d devices and has %d", b.ID, b.Devices, len(some))
		}
		devices = append(devices, some...)
	}
	if len(devices) != 350 {
		t.Errorf("got %d devices, want 350", len(devices))
	}
	policies, err := c.Policies(ctx, me)
	if err != nil || len(policies) == 0 {
		t.Fatal(policies, err)
	}
	if one, err := c.Policy(ctx, me, policies[0].ID); err != nil || one.Name != policies[0].Name {
		t.Fatal(one, err)
	}
	acc, err := c.ApplyPolicy(ctx, me, model.DevicePolicyUpdate{Policy: policies[0].ID, Devices: []model.DeviceID{devices[0].ID}}, "0c9d1b52-7f0e-4b5e-8a55-6f0f1f9a1c01")
	if err != nil || acc.Job == "" || acc.RequestID != "0c9d1b52-7f0e-4b5e-8a55-6f0f1f9a1c01" {
		t.Fatal(acc, err)
	}
	acc, err = c.CreateBatch(ctx, me, model.DeviceBatchCreationRequest{Batch: "New off: new & shiny", Devices: []model.Identity{{Serial: "NEW1", Maker: "Dell Inc.", Model: "Latitude 7450"}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if u := ended(t, c, me, acc.Job); len(u.Devices) != 1 {
		t.Errorf("got %+v", u)
	}
	acc, err = c.AppendDevices(ctx, me, "New off: new & shiny", []model.Identity{{Serial: "NEW2", Maker: "Dell Inc.", Model: "Latitude 7450"}, {Serial: "SIM-814-1", Maker: "Dell Inc.", Model: "Latitude 7450"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if u := ended(t, c, me, acc.Job); len(u.Devices) != 2 || u.Devices[1].Code != "814" || !u.Devices[1].Failed() {
		t.Errorf("got %+v", u)
	}
	_, err = c.CreateBatch(ctx, me, model.DeviceBatchCreationRequest{Batch: "NEW off: new & shiny", Devices: []model.Identity{{ProductKey: model.NewSecret("3340098124417")}}}, "")
	wantKind(t, err, model.Conflict)
}

// ended reads a job until it has ended. The simulated clock runs a million times
// as fast, so a handful of reads is enough.
func ended(t testing.TB, c *partner.Client, customer model.CustomerID, id model.JobID) model.BatchUpload {
	t.Helper()
	for range 1000 {
		u, err := c.JobStatus(t.Context(), customer, id)
		if err != nil && model.KindOf(err) != model.NotFound {
			t.Fatal(err)
		}
		if err == nil && u.State.Ended() {
			return u
		}
	}
	t.Fatal("the job does not end")
	return model.BatchUpload{}
}

func TestFaultsOfTheSimulator(t *testing.T) {
	for _, tc := range []struct {
		spec string
		kind model.Kind // Unexpected = accepted
		n    int
	}{
		{`{"match":"POST","kind":"reset","times":1}`, model.Lost, 1},
		{`{"match":"POST","status":500,"times":1}`, model.Lost, 1},
		{`{"match":"POST","status":502,"times":1}`, model.Lost, 1},
		{`{"match":"POST","status":400,"times":1}`, model.Invalid, 1},
		{`{"match":"POST","status":401,"times":1}`, model.SignedOut, 1},
	} {
		ready, c := simulated(t, simulator.Options{Devices: 10})
		fault(t, ready, tc.spec)
		before := writes(t, ready)
		_, err := c.CreateBatch(t.Context(), model.CustomerID(ready.Customer), model.DeviceBatchCreationRequest{Batch: "b", Devices: []model.Identity{{ProductKey: model.NewSecret("3340098124417")}}}, "")
		wantKind(t, err, tc.kind)
		if n := writes(t, ready) - before; n != tc.n {
			t.Errorf("%s: got %d writes, want %d", tc.spec, n, tc.n)
		}
	}
}

// A resend with the id of the first sending has one effect.
func TestAResendHasOneEffect(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 10})
	me := model.CustomerID(ready.Customer)
	r := model.DeviceBatchCreationRequest{Batch: "again", Devices: []model.Identity{{Serial: "S1", Maker: "Dell Inc.", Model: "Latitude 7450"}}}
	fault(t, ready, `{"match":"POST","kind":"reset","times":1}`)
	_, err := c.CreateBatch(t.Context(), me, r, "0c9d1b52-7f0e-4b5e-8a55-6f0f1f9a1c02")
	wantKind(t, err, model.Lost)
	acc, err := c.CreateBatch(t.Context(), me, r, "0c9d1b52-7f0e-4b5e-8a55-6f0f1f9a1c02")
	if err != nil || acc.Job == "" {
		t.Fatal(acc, err)
	}
}

// Nothing of a hostile service leads a walk astray or comes through unclean.
func TestHostileSimulator(t *testing.T) {
	ready, c := simulated(t, simulator.Options{Devices: 2000, Faults: []string{"hostile"}})
	me := model.CustomerID(ready.Customer)
	_, err := gather(c.Customers(t.Context()))
	wantKind(t, err, model.Incomplete, "somewhere else")
	batches, err := c.Batches(t.Context(), me)
	if err != nil {
		wantKind(t, err, model.Incomplete)
	}
	incomplete := 0
	for _, b := range batches {
		if !rest.UsableID(string(b.ID)) {
			t.Errorf("batch %q", b.ID)
		}
		devices, err := gather(c.Devices(t.Context(), me, b.ID))
		if err != nil {
			incomplete++
			if k := model.KindOf(err); k != model.Incomplete && k != model.Service && k != model.Offline {
				t.Errorf("batch %q: %v", b.ID, err)
			}
		}
		for _, d := range devices {
			if model.Clean(d.Serial) != d.Serial || model.Clean(d.Model) != d.Model || model.Clean(d.Policy.Value) != d.Policy.Value {
				t.Errorf("got %+v", d)
			}
		}
	}
	if incomplete == 0 {
		t.Error("no batch was incomplete")
	}
	if _, err = c.Policies(t.Context(), me); err != nil && model.KindOf(err) != model.Service {
		t.Error(err)
	}
}

// The simulator's own token endpoint, through the credential.
func TestTokenEndpoint(t *testing.T) {
	ready, _ := simulated(t, simulator.Options{Devices: 10})
	authority, err := url.Parse(ready.Authority)
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(ready.Partner)
	if err != nil {
		t.Fatal(err)
	}
	_, tenant, _, ok := auth.Claims(model.NewSecret(ready.PartnerToken))
	if !ok {
		t.Fatal("the token tells no tenant")
	}
	r, err := rest.New(rest.Options{Service: rest.Partner, Base: base, Tenant: tenant, Backoff: time.Microsecond,
		Scopes:     []string{"https://api.partnercenter.microsoft.com/.default"},
		Credential: &auth.Endpoint{Authority: authority, ClientID: "app", Secret: model.NewSecret("secret")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := partner.New(r).Batches(t.Context(), model.CustomerID(ready.Customer)); err != nil {
		t.Error(err)
	}
	wrong := connect(t, ready.Partner, model.NewSecret("wrong"))
	_, err = wrong.Batches(t.Context(), model.CustomerID(ready.Customer))
	wantKind(t, err, model.SignedOut)
	if strings.Contains(err.Error(), "wrong") {
		t.Errorf("got %q", err)
	}
}
