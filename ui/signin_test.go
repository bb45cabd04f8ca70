package ui_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/client/tracker"
	"muster/model"
	"muster/ui"
	"muster/ui/form"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// gate is a simulator that is reached as a real tenant is: over TLS, by a person with
// a code.
type gate struct {
	t     *testing.T
	ready simulator.Ready
	trust *http.Client
}

func newGate(t *testing.T, change ...func(*model.Connection, *client.Real)) (*gate, ui.Options) {
	t.Helper()
	s, err := simulator.New(simulator.Options{Devices: 30, Customers: 40, Speed: 2000, TLS: true, Instance: "11111111-2222-4333-8444-555555555555"})
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
	g := &gate{t: t, ready: s.Ready(l.Addr())}
	raw, err := os.ReadFile(g.ready.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(raw)
	g.trust = rest.NewTransport(roots)
	root := strings.TrimSuffix(g.ready.Graph, "/beta")
	conn, real := model.Connection{Name: "harrowpike", Cloud: model.CloudCustom, Tenant: g.ready.Tenant, ClientID: "11111111-2222-4333-8444-555555555555",
		SignIn: model.SignInDevice, CAFile: g.ready.CAFile, Authority: g.ready.Authority, Graph: root, Partner: g.ready.Partner,
		GraphAudience: "https://graph.microsoft.com", PartnerAudience: "https://api.partnercenter.microsoft.com"}, client.Real{}
	for _, f := range change {
		f(&conn, &real)
	}
	o, err := client.Tenant(conn, real)
	if err != nil {
		t.Fatal(err)
	}
	o.StateDir, o.Who, o.Look = filepath.Join(t.TempDir(), "state"), "tester", 20*time.Millisecond
	o.Tracker = tracker.Options{Pace: func(time.Duration, int) time.Duration { return 15 * time.Millisecond }}
	c, err := client.Dial(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	noon := time.Date(2099, 11, 23, 13, 2, 0, 0, time.UTC)
	return g, ui.Options{
		Backend: kit.Backend{Reader: c, Writer: c, Journal: c, Files: client.Files{}, Policies: c, Devices: c, Past: c, Requests: c, Identity: c},
		Forms:   form.All(), Place: kit.Place{Connection: "harrowpike", Custom: true, Word: "LIVE", Colour: "red"},
		Now: func() time.Time { return noon }, Zone: time.FixedZone("CET", 3600), Version: "test",
	}
}

// control tells the simulator something about sign-ins or faults.
func (g *gate) control(path, body string) {
	g.t.Helper()
	resp, err := g.trust.Post(g.ready.Control+path, "application/json", strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		g.t.Fatalf("control %s: %s", path, resp.Status)
	}
}

// code is the newest code that waits for a person.
func (g *gate) code() string {
	g.t.Helper()
	resp, err := g.trust.Get(g.ready.Control + "/signin")
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	var waiting []struct{ Code string }
	if err := json.NewDecoder(resp.Body).Decode(&waiting); err != nil || len(waiting) == 0 {
		g.t.Fatalf("no sign-in waits: %v", err)
	}
	return waiting[len(waiting)-1].Code
}

var (
	codes   = regexp.MustCompile(`[A-Z]( [A-Z]){3}   [A-Z]( [A-Z]){3}`)
	address = regexp.MustCompile(`https://127\.0\.0\.1:\d+`)
	left    = regexp.MustCompile(`about \d+\w*`)
)

// TestSigningInByACode goes from the first frame to a customer's devices, loses the
// sign-in in the middle of an assignment, signs in again, and the assignment ends.
func TestSigningInByACode(t *testing.T) {
	g, o := newGate(t)
	s := start(t, o)
	s.WaitFor("type this code:")
	s.Golden("sign-in-80x24", codes, address, left)
	g.control("/signin", `{"code": "`+g.code()+`", "decline": true}`)
	s.WaitFor("the sign-in was declined")
	s.Golden("sign-in-declined-80x24", address, ids)
	s.Type("n")
	s.WaitFor("type this code:")
	g.control("/signin", `{"code": "`+g.code()+`", "account": "agent"}`)
	s.WaitFor("signed in as agent@harrowpike.example", "40 customers", "LIVE", "CUSTOM")
	s.Press(uitest.Enter)
	s.WaitFor("devices", "as of")
	s.WaitGone("SIGNED OUT")

	g.control("/signin", `{"revoke": true}`)
	g.control("/faults", `{"match": "DevicePolicyUpdates", "kind": "challenge", "times": 1}`)
	s.Type(" p")
	s.WaitFor("Which policy")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Assign All pages skipped to 1 device?")
	s.Type("y")
	s.WaitFor("Sign in to harrowpike", "type this code:", "SIGNED OUT")
	g.control("/signin", `{"code": "`+g.code()+`", "account": "agent"}`)
	s.WaitFor(" done")
	s.WaitGone("SIGNED OUT")
}
