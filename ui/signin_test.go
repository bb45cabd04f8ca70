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
	"muster/client/config"
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
	t          *testing.T
	ready      simulator.Ready
	trust      *http.Client
	connection model.Connection
}

func newGate(t *testing.T, customers, devices int, change ...func(*model.Connection, *client.Real)) (*gate, ui.Options) {
	t.Helper()
	s, err := simulator.New(simulator.Options{Devices: devices, Customers: customers, Speed: 2000, TLS: true, Instance: "11111111-2222-4333-8444-555555555555"})
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
	g.connection = model.Connection{Name: "harrowpike", Cloud: model.CloudCustom, Tenant: g.ready.Tenant, ClientID: "11111111-2222-4333-8444-555555555555",
		SignIn: model.SignInDevice, CAFile: g.ready.CAFile, Authority: g.ready.Authority, Graph: root, Partner: g.ready.Partner,
		GraphAudience: "https://graph.microsoft.com", PartnerAudience: "https://api.partnercenter.microsoft.com", Word: "LIVE", Colour: "red"}
	var real client.Real
	for _, f := range change {
		f(&g.connection, &real)
	}
	o, err := client.Tenant(g.connection, real)
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
		Backend: kit.Backend{Reader: c, Batch: c, Writer: c, Journal: c, Files: client.Files{}, Policies: c, Devices: c, Past: c, Mend: c, Requests: c, Memory: c, Items: c, Identity: c,
			Autopilot: c, AutopilotWriter: c, Profiles: c, ProfileWriter: c, BIOS: c, BIOSWriter: c, Directory: c},
		Forms: form.All(), Place: kit.Place{Connection: "harrowpike", Custom: true, Word: "LIVE", Colour: "red"},
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

// forget takes something back that control set.
func (g *gate) forget(path string) {
	g.t.Helper()
	req, err := http.NewRequest(http.MethodDelete, g.ready.Control+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	resp, err := g.trust.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
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
	left    = regexp.MustCompile(`about \d+:\d\d`)
)

// TestSigningInByACode goes from the first frame to a customer's devices, loses the
// sign-in in the middle of an assignment, signs in again, and the assignment ends.
func TestSigningInByACode(t *testing.T) {
	g, o := newGate(t, 40, 30)
	o.Now = time.Now // counts the code down
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

// TestManyCustomersFromTheSimulatorOn goes the whole way: from the simulator inside to a
// connection of the file, through a sign-in by code, to two customers of two thousand; a
// policy is assigned at one and a profile at the other; the sign-in runs out in between,
// somebody signs in again, and both operations end.
func TestManyCustomersFromTheSimulatorOn(t *testing.T) {
	g, there := newGate(t, 2000, 30_000)
	o := simulated(t, 20)
	file := fileWith(t, "# ours\n")
	o.Configuration = file
	o.Dial = func(context.Context, string) (kit.Link, error) {
		return kit.Link{Backend: there.Backend, Place: there.Place}, nil
	}
	s := start(t, o)
	s.WaitFor("devices", "as of")
	s.Type("1")
	s.WaitFor("H says what it needs, 9 adds the")
	s.Type("9")
	s.WaitFor("1 connection")
	// A cloud of one's own is described in the file only, as muster simulate prints it.
	if err := os.WriteFile(file.path, []byte("# ours\n"+config.Text(g.connection)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Type("r")
	s.WaitFor("harrowpike", "CUSTOM")
	s.Press(uitest.Down, uitest.Enter)
	s.WaitFor("Sign in to harrowpike", "type this code:", "SIGNED OUT", "CUSTOM", "LIVE")
	g.control("/signin", `{"code": "`+g.code()+`", "account": "agent"}`)
	s.WaitFor("signed in as agent@harrowpike.example", "2 000 customers")
	all := customersOf(t, there)
	one, other := all[1500], all[700]

	s.Type("C")
	s.WaitFor("2 000 customers · as of")
	s.Type(strings.ToLower(one.Domain))
	s.WaitFor("▌ " + one.Name)
	s.Press(uitest.Enter)
	s.WaitFor(one.Name+" › devices", "as of")
	g.control("/faults", `{"match": "batchJobStatus", "kind": "status", "status": 503, "times": 0}`)
	s.Type(" p")
	s.WaitFor("Which policy")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Assign")
	s.Type("y")
	s.WaitFor("1 running")

	s.Type("C")
	s.WaitFor("2 000 customers · as of")
	s.Type(strings.ToLower(other.Domain))
	s.WaitFor("▌ " + other.Name)
	s.Press(uitest.Enter)
	s.WaitFor(other.Name+" › devices", "as of")
	s.Type("/known:both profile:not\n")
	s.WaitFor(" of ", "not assigned")
	s.Type("p")
	s.WaitFor("an Autopilot profile…")
	s.Press(uitest.End, uitest.Up, uitest.Enter)
	s.WaitFor("Which profile goes on 1 Autopilot device?")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Way")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor("┃ Assign profile")
	g.control("/signin", `{"revoke": true}`)
	g.control("/faults", `{"match": "POST .*assignedDevices", "kind": "challenge", "times": 2}`)
	s.Type("y")
	s.WaitFor("Sign in to harrowpike", "the sign-in has run out", "type this code:")
	g.control("/signin", `{"code": "`+g.code()+`", "account": "agent"}`)
	s.WaitGone("the sign-in has run out")
	s.WaitGone("type this code:") // the screen closes a moment later
	g.forget("/faults")
	s.Type("o")
	s.WaitFor("operations")
	s.Press(uitest.Tab)
	s.WaitFor("2 operations · of all customers", "1/1")
	s.WaitGone("running")
	s.WaitGone("processing")
	if screen := s.Screen(); strings.Count(screen, "done                       1/1        0") != 2 {
		t.Errorf("not both are done:\n%s", screen)
	}
	s.Type("C")
	s.WaitFor("▌ " + one.Name) // the one before
}
