package ui_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/client/tracker"
	"muster/model"
	"muster/ui"
	"muster/ui/form"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// Times and ids differ from run to run, what stands around them does not.
var (
	times = regexp.MustCompile(`\d{4}-\d\d-\d\d( \d\d:\d\d)?|\b\d\d:\d\d\b`)
	uris  = regexp.MustCompile(`"uri": .*|"id": .*`)
	clock = regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`)
	ids   = regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f-]*[0-9a-f…]*`)
)

// world is a simulator with real HTTP and a place for ledgers: the real client works
// on both.
type world struct {
	ready simulator.Ready
	dir   string
}

func newWorld(t *testing.T, o simulator.Options) *world {
	t.Helper()
	o.Instance = "11111111-2222-4333-8444-555555555555"
	if o.Speed == 0 {
		o.Speed = 2000
	}
	s, err := simulator.New(o)
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
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("simulator: %v", err)
		}
	})
	return &world{ready: s.Ready(l.Addr()), dir: filepath.Join(t.TempDir(), "state")}
}

// options are those of a dashboard on the world's first customer.
func (w *world) options(t *testing.T, change ...func(*client.Connection)) ui.Options {
	t.Helper()
	conn := client.Connection{Partner: w.ready.Partner, Graph: w.ready.Graph, Authority: w.ready.Authority,
		PartnerToken: model.NewSecret(w.ready.PartnerToken), ClientSecret: model.NewSecret("any"), StateDir: w.dir, Who: "tester",
		Tracker:  tracker.Options{Pace: func(time.Duration, int) time.Duration { return 15 * time.Millisecond }},
		ReadBack: 300 * time.Millisecond, Look: 20 * time.Millisecond}
	for _, f := range change {
		f(&conn)
	}
	c, err := client.Dial(conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	// The ledger has the clock of this machine; a day that it will not see keeps lists
	// from being older than an operation, whenever the test runs.
	noon := time.Date(2099, 11, 23, 13, 2, 0, 0, time.UTC)
	return ui.Options{
		Backend: kit.Backend{Reader: c, Batch: c, Walker: c, Writer: c, Journal: c, Files: client.Files{}, Policies: c, Devices: c, Past: c, Mend: c, Requests: c, Items: c,
			Autopilot: c, AutopilotWriter: c, Profiles: c, ProfileWriter: c, BIOS: c, BIOSWriter: c, Directory: c},
		Forms:    form.All(),
		Place:    kit.Place{Connection: "demo", Simulated: true, Forgotten: true},
		Customer: w.ready.Customer,
		Now:      func() time.Time { return noon },
		Zone:     time.FixedZone("CET", 3600),
		Version:  "test",
	}
}

func readOnly(c *client.Connection) { c.ReadOnly = true }

// fault plants a fault in the simulator.
func (w *world) fault(t *testing.T, body string) {
	t.Helper()
	res, err := http.Post(w.ready.Control+"/faults", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("plant a fault: %s", res.Status)
	}
}

// control sends a request without a body to the simulator's control interface.
func (w *world) control(t *testing.T, method, path string) {
	t.Helper()
	req, err := http.NewRequest(method, w.ready.Control+"/"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s", method, path, res.Status)
	}
}

// start runs the dashboard at 80 by 24.
func start(t *testing.T, o ui.Options) *uitest.Session {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := uitest.Start(t, ui.New(ctx, o), 80, 24)
	t.Cleanup(cancel) // runs first: what waits for the board gives up, then the program ends
	return s
}

func simulated(t *testing.T, devices int) ui.Options {
	t.Helper()
	return newWorld(t, simulator.Options{Devices: devices}).options(t)
}
