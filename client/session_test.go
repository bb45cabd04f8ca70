package client_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/client/tracker"
	"muster/model"
)

// tenant is a simulator that is reached as a real tenant is: over TLS, with a sign-in.
type tenant struct {
	t     *testing.T
	ready simulator.Ready
	trust *http.Client
	conn  model.Connection
	dir   string
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	s, err := simulator.New(simulator.Options{Devices: 30, Speed: 2000, TLS: true})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() { stop(); <-done })
	n := &tenant{t: t, ready: s.Ready(l.Addr()), dir: filepath.Join(t.TempDir(), "state")}
	raw, err := os.ReadFile(n.ready.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(raw)
	n.trust = rest.NewTransport(roots)
	root := strings.TrimSuffix(n.ready.Graph, "/beta")
	n.conn = model.Connection{Name: "sim", Cloud: model.CloudCustom, Tenant: n.ready.Tenant, ClientID: "11111111-2222-4333-8444-555555555555",
		SignIn: model.SignInDevice, CAFile: n.ready.CAFile, Authority: n.ready.Authority, Graph: root, Partner: n.ready.Partner,
		GraphAudience: "https://graph.microsoft.com", PartnerAudience: "https://api.partnercenter.microsoft.com"}
	return n
}

func (n *tenant) dial(change func(*client.Connection)) *client.Client {
	n.t.Helper()
	o, err := client.Tenant(n.conn, client.Real{})
	if err != nil {
		n.t.Fatal(err)
	}
	o.StateDir, o.Look = n.dir, 20*time.Millisecond
	o.Tracker = tracker.Options{Pace: func(time.Duration, int) time.Duration { return 15 * time.Millisecond }}
	if change != nil {
		change(&o)
	}
	c, err := client.Dial(o)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			n.t.Error(err)
		}
	})
	return c
}

func (n *tenant) control(path, body string) {
	n.t.Helper()
	resp, err := n.trust.Post(n.ready.Control+path, "application/json", strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		n.t.Fatalf("control %s: %s", path, resp.Status)
	}
}

func (n *tenant) signIn(c *client.Client) {
	n.t.Helper()
	_, err := c.SignIn(n.t.Context(), func(p model.Prompt) { n.control("/signin", `{"code": "`+p.Code+`", "account": "agent"}`) })
	if err != nil {
		n.t.Fatal(err)
	}
}

// list is an upload of one new device.
func (n *tenant) list(serial string) model.Upload {
	return model.Upload{Customer: model.CustomerID(n.ready.Customer), Batch: "Signed"}.Of(
		model.UploadRow{Line: 2, Identity: model.Identity{Serial: serial, Maker: "Dell Inc.", Model: "Latitude 7450"}})
}

// TestAnOperationIsPausedByALostSignInAndGoesOn: the service wants another token in
// mid-flight, the authority has revoked what it gave, nothing fails, a person signs in
// again, and the operation ends with one effect.
func TestAnOperationIsPausedByALostSignInAndGoesOn(t *testing.T) {
	n := newTenant(t)
	c := n.dial(nil)
	n.signIn(c)
	n.control("/signin", `{"revoke": true}`)
	n.control("/faults", `{"match": "POST .*/deviceBatches", "kind": "challenge", "times": 1}`)
	id, err := c.Upload(t.Context(), n.list("SIGNED-1"))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 1, func(o model.Operation) bool { return o.Waits() })
	if o.Rows.Queued != 1 || o.Note == "" {
		t.Errorf("paused as %+v, note %q", o.Rows, o.Note)
	}
	if state, _, _ := c.WatchSignIn(t.Context(), 0); state.Valid || state.Trouble == nil {
		t.Errorf("the sign-in is %+v, want it gone", state)
	}
	n.signIn(c)
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone {
		t.Errorf("ended as %v: %+v", o.State(), o.Rows)
	}
}

// TestSection13_10_AChallengeOnAWriteHasOneEffect: one more request with
// another token, and one effect.
func TestSection13_10_AChallengeOnAWriteHasOneEffect(t *testing.T) {
	n := newTenant(t)
	c := n.dial(nil)
	n.signIn(c)
	n.control("/faults", `{"match": "POST .*/deviceBatches", "kind": "challenge", "times": 1}`)
	id, err := c.Upload(t.Context(), n.list("CHALLENGED-1"))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone {
		t.Errorf("ended as %v: %+v", o.State(), o.Rows)
	}
	var statuses []int
	w := &world{t: t, ready: n.ready}
	for _, r := range w.requestsBy(n.trust, "POST", "/deviceBatches") {
		statuses = append(statuses, r.Status)
	}
	if len(statuses) != 2 || statuses[0] != 401 || statuses[1]/100 != 2 {
		t.Errorf("the service saw %v, want 401 and one good one", statuses)
	}
}

func TestASingleTenantHasIntuneAlone(t *testing.T) {
	n := newTenant(t)
	n.conn.Single, n.conn.Partner, n.conn.PartnerAudience, n.conn.Tenant = true, "", "", n.ready.Customer
	c := n.dial(nil)
	if _, err := c.Batches(t.Context(), model.CustomerID(n.ready.Customer)); model.KindOf(err) != model.NoBackend {
		t.Errorf("Partner Center: %v", err)
	}
	var all []model.Customer
	for page, err := range c.Customers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
	}
	if len(all) != 1 || string(all[0].ID) != n.ready.Customer {
		t.Errorf("customers %+v", all)
	}
}

func TestCustomersOfInterest(t *testing.T) {
	n := newTenant(t)
	n.conn.Customers = []string{strings.ToUpper(n.ready.Customer)}
	c := n.dial(nil)
	n.signIn(c)
	count := 0
	for page, err := range c.Customers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		count += len(page)
	}
	if count != 1 {
		t.Errorf("%d customers, want the one", count)
	}
}

// TestASignInWithoutASecondFactorIsAskedForAgain: Partner Center takes no token without
// one (900421), and getting another token silently would change nothing.
func TestASignInWithoutASecondFactorIsAskedForAgain(t *testing.T) {
	n := newTenant(t)
	c := n.dial(nil)
	if _, err := c.SignIn(t.Context(), func(p model.Prompt) { n.control("/signin", `{"code": "`+p.Code+`", "account": "password"}`) }); err != nil {
		t.Fatal(err)
	}
	id, err := c.Upload(t.Context(), n.list("FACTOR-1"))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 1, func(o model.Operation) bool { return o.Waits() })
	state, _, _ := c.WatchSignIn(t.Context(), 0)
	if o.Rows.Queued != 1 || state.Valid || state.Trouble == nil || !strings.Contains(state.Trouble.Error(), "multi-factor") {
		t.Errorf("waits as %+v with sign-in %+v", o.Rows, state)
	}
	n.signIn(c)
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone {
		t.Errorf("ended as %v: %+v", o.State(), o.Rows)
	}
}
