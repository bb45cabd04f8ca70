package cli_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"muster/model"
)

func TestExitCodesOfCommandLines(t *testing.T) {
	refused := &model.Error{Kind: model.NoBackend, Op: "connect", Msg: "there is no connection", Hint: "use --demo"}
	for _, tc := range []struct {
		line   string
		change func(*world)
		code   int
		says   string // on standard error
	}{
		{line: "--version", code: 0},
		{line: "--help", code: 0},
		{line: "upload --help", code: 0},
		{line: "customers list", code: 0},
		{line: "--demo customers list", code: 0},
		{line: "customers --demo list", code: 0},
		{line: "customers list --demo", code: 0},
		{line: "custommers list", code: 2, says: "did you mean muster customers?"},
		{line: "customers lits", code: 2, says: "did you mean muster customers list?"},
		{line: "customers", code: 2, says: "one of list"},
		{line: "customers list extra", code: 2, says: `unexpected argument "extra"`},
		{line: "customers list --nope", code: 2, says: "--nope"},
		{line: "--devices many", code: 2, says: "many"},
		{line: "upload", code: 2, says: "FILE is missing"},
		{line: "operations show", code: 2, says: "ID is missing"},
		{line: "operations show a b", code: 2, says: `unexpected argument "b"`},
		{line: "operations show nothing", code: 2, says: "no operation has the id"},
		{line: "operations wait nothing", code: 2, says: "no operation has the id"},
		{line: "operations wait", code: 0, says: "nothing is running"},
		{line: "jobs wait nothing", code: 2, says: "no job has the tracking id"},
		{line: "jobs wait", code: 0, says: "no job is open"},
		{line: "operations prune", code: 2, says: "older"},
		{line: "operations prune --older soon", code: 2, says: "90d"},
		{line: "operations prune --older 90d", code: 0},
		{line: "operations prune --older 90d", change: func(w *world) { w.noPrune = true }, code: 1, says: "cannot forget"},
		{line: "operations wait --timeout -3s", code: 2, says: "is not a time"},
		{line: "customers list", change: func(w *world) { w.connectErr = refused }, code: 4, says: "muster: connect: there is no connection; use --demo"},
		{line: "customers list", change: func(w *world) { w.connectErr = &model.Error{Kind: model.SignedOut, Msg: "sign in"} }, code: 4},
		{line: "customers list", change: func(w *world) { w.connectErr = &model.Error{Kind: model.Invalid, Msg: "not loopback"} }, code: 2},
		{line: "customers list", change: func(w *world) { w.connectErr = errors.New("boom\x1b[2J") }, code: 1, says: "muster: boom\ufffd[2J"},
		{line: "info", change: func(w *world) { w.connectErr = refused }, code: 0},
		{line: "devices list", change: func(w *world) { w.customers = append(w.customers, model.Customer{ID: fabrikam, Name: "Fabrikam"}) }, code: 2, says: "--customer"},
		{line: "devices list", change: func(w *world) { w.customers = nil }, code: 2, says: "no customer"},
		{line: "devices list --customer contoso", code: 2, says: `exact name "contoso"`},
		{line: "devices list --customer " + strings.ToUpper(string(contoso)), code: 0},
		{line: "devices list --customer Contoso", change: func(w *world) { w.customers = append(w.customers, model.Customer{ID: fabrikam, Name: "Contoso"}) }, code: 2, says: "name it by id"},
		{line: "bios list", change: func(w *world) {
			w.listErr = &model.Error{Kind: model.Incomplete, Op: "list", Msg: "stopped after page 1"}
		}, code: 1, says: "stopped after page 1"},
		{line: "", code: 2, says: "not a terminal"},
	} {
		t.Run(tc.line, func(t *testing.T) {
			w, r := newWorld(), run{}
			if tc.change != nil {
				tc.change(w)
			}
			if got := r.muster(t, w, tc.line); got != tc.code {
				t.Errorf("exit code %d, want %d; stderr: %s", got, tc.code, &r.err)
			}
			if !strings.Contains(r.err.String(), tc.says) {
				t.Errorf("stderr %q does not say %q", &r.err, tc.says)
			}
			if tc.code != 0 && tc.line != "bios list" && r.out.Len() > 0 {
				t.Errorf("an error wrote to stdout: %q", &r.out)
			}
			if want := len(w.targets); w.connectErr == nil && w.closed != want {
				t.Errorf("closed %d of %d backends", w.closed, want)
			}
		})
	}
}

func TestTargetFromFlagsAndEnvironment(t *testing.T) {
	w := newWorld()
	r := run{env: map[string]string{"MUSTER_PARTNER_URL": "http://127.0.0.1:1", "MUSTER_GRAPH_URL": "http://127.0.0.1:2",
		"MUSTER_PARTNER_TOKEN": "p-token", "MUSTER_GRAPH_TOKEN": "g-token", "MUSTER_STATE_DIR": "state", "MUSTER_LOCALE": "de-DE"}}
	if code := r.muster(t, w, "--demo --devices 30 --seed 9 --graph http://localhost:3 --read-only customers list --utc --token-file tokens"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	got := w.targets[0]
	if !got.Demo || got.Devices != 30 || got.Seed != 9 || !got.ReadOnly || !got.UTC || got.TokenFile != "tokens" || got.StateDir != "state" || got.Locale != "de-DE" {
		t.Errorf("flags were lost: %+v", got)
	}
	if got.Partner != "http://127.0.0.1:1" || got.Graph != "http://localhost:3" {
		t.Errorf("a flag goes before the environment: got %q and %q", got.Partner, got.Graph)
	}
	if got.PartnerToken.Reveal() != "p-token" || got.GraphToken.Reveal() != "g-token" {
		t.Error("tokens of the environment were lost")
	}
}

func TestDevicesOfTheDemoBesideDevicesOfAnAssignment(t *testing.T) {
	w, r := newWorld(), run{}
	if code := r.muster(t, w, "--demo --devices 30 policies assign Kiosk --devices d-1,d-2 --dry-run"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	if w.targets[0].Devices != 30 {
		t.Errorf("the demo has %d devices, want 30", w.targets[0].Devices)
	}
}

func TestDashboardNeedsATerminal(t *testing.T) {
	w := newWorld()
	r := run{inTerminal: true, outTerminal: true}
	if code := r.muster(t, w, "--demo --seed 3"); code != 0 || r.dashboards != 1 {
		t.Errorf("exit code %d, %d dashboards: %s", code, r.dashboards, &r.err)
	}
	r.env = map[string]string{"TERM": "dumb"}
	if code := r.muster(t, w, ""); code != 2 || r.dashboards != 1 {
		t.Errorf("dumb terminal: exit code %d, %d dashboards", code, r.dashboards)
	}
}

func TestSimulateTakesItsFlags(t *testing.T) {
	r := run{}
	if code := r.muster(t, newWorld(), "simulate --devices 5 --customers 2 --seed 8 --speed 600 --lag 0 --fault storm --fault slow --listen 127.0.0.1:9"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	o := r.simulated
	if o.Devices != 5 || o.Customers != 2 || o.Seed != 8 || o.Speed != 600 || o.Lag != 0 || len(o.Faults) != 2 || o.Listen != "127.0.0.1:9" {
		t.Errorf("got %+v", o)
	}
	if r.out.String() != "{}\n" {
		t.Errorf("ready line %q", &r.out)
	}
	for _, bad := range []string{"--speed 0", "--speed -1", "--speed NaN", "--customers 0", "--devices -1", "--lag -1s", "--lag x"} {
		if code := r.muster(t, newWorld(), "simulate "+bad); code != 2 {
			t.Errorf("simulate %s: exit code %d, want 2", bad, code)
		}
	}
}

func TestSimulateRefusesWhatDoesNotExist(t *testing.T) {
	r := run{simulateErr: &model.Error{Kind: model.Invalid, Op: "start simulator", Msg: "no such fault"}}
	if code := r.muster(t, newWorld(), "simulate --fault nope"); code != 2 || !strings.Contains(r.err.String(), "no such fault") {
		t.Errorf("exit code %d, want 2: %s", code, &r.err)
	}
}

// deaf is a standard output that takes nothing.
type deaf struct{ err error }

func (d deaf) Write([]byte) (int, error) { return 0, d.err }

func TestOutputThatDoesNotArrive(t *testing.T) {
	for _, line := range []string{"devices list", "devices list --json", "operations prune --older 1d", "--version"} {
		r := run{stdout: deaf{syscall.ENOSPC}}
		if code := r.muster(t, newWorld(), line); code != 1 || !strings.Contains(r.err.String(), "write the output") {
			t.Errorf("%s on a full disk: exit code %d, stderr %q", line, code, &r.err)
		}
		r = run{stdout: deaf{&os.PathError{Op: "write", Err: syscall.EPIPE}}}
		if code := r.muster(t, newWorld(), line); code != 1 || r.err.Len() > 0 {
			t.Errorf("%s to nobody: exit code %d, stderr %q", line, code, &r.err)
		}
	}
}
