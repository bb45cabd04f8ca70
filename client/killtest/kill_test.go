// Package killtest_test kills the real program at every step between the intent
// and the end of an upload or a policy assignment, starts it again and counts what exists: nothing may
// be lost and nothing may have happened twice.
package killtest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client/auth"
	"muster/client/ledger"
	"muster/model"
	"muster/model/desk/desktest"
)

var muster string // the program as it is shipped

func TestMain(m *testing.M) {
	if what := os.Getenv(childWork); what != "" {
		if strings.HasPrefix(what, workCrash) {
			os.Exit(crash(what))
		}
		os.Exit(child(what))
	}
	dir, err := os.MkdirTemp("", "muster-kill-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	muster = filepath.Join(dir, "muster")
	if out, err := exec.Command("go", "build", "-o", muster, "muster").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build muster: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// devices in the list, and in a chunk: four jobs.
const (
	devices = 2000
	chunks  = 4
)

// point is a moment at which the program is killed.
type point struct {
	name   string
	faults []string // that hold the program there
	there  func(w *world, o model.Operation) bool
}

func phase(chunk int, p model.ChunkPhase) func(*world, model.Operation) bool {
	return func(_ *world, o model.Operation) bool { return len(o.Jobs) == chunks && o.Jobs[chunk-1].Phase == p }
}

// unanswered is the moment at which the service has carried a chunk out and the
// program does not know it yet.
func unanswered(chunk int) func(*world, model.Operation) bool {
	sending := phase(chunk, model.ChunkSending)
	return func(w *world, o model.Operation) bool { return sending(w, o) && len(w.effects()) == chunk }
}

const (
	slowBatches = `{"match": "^GET .*/deviceBatches$", "kind": "slow", "delayMs": 400}`
	slowSending = `{"match": "^POST .*/(deviceBatches|devices)$", "kind": "slow", "delayMs": 300}`
	slowJobs    = `{"match": "^GET .*/batchJobStatus/", "kind": "slow", "delayMs": 200}`
)

// points are all steps of the ledger between the intent and the end, for the
// first chunk (a creation) and a later one (an append).
func points() []point {
	return []point{
		{"intent on disk, nothing sent", []string{slowBatches}, phase(1, model.ChunkQueued)},
		{"creation about to leave", nil, phase(1, model.ChunkSending)},
		{"creation carried out, not answered", []string{slowSending}, unanswered(1)},
		{"creation accepted", []string{slowJobs}, phase(1, model.ChunkAccepted)},
		{"creation ended", []string{slowSending}, phase(1, model.ChunkEnded)},
		{"append about to leave", nil, phase(2, model.ChunkSending)},
		{"append carried out, not answered", []string{slowSending}, unanswered(2)},
		{"append accepted", []string{slowSending, slowJobs}, phase(2, model.ChunkAccepted)},
		{"last append carried out, not answered", []string{slowSending}, unanswered(4)},
		{"all accepted", []string{slowJobs}, phase(4, model.ChunkAccepted)},
		{"last job ended", []string{slowJobs}, func(_ *world, o model.Operation) bool { return o.Rows.Done >= 3*devices/chunks }},
	}
}

func TestKilledAtAnyStepNothingIsLostAndNothingHappensTwice(t *testing.T) {
	for _, p := range points() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			for _, f := range p.faults {
				w.control(http.MethodPost, "faults", f)
			}
			id := w.killedUpload(p.there)
			w.control(http.MethodDelete, "faults", "")
			w.finish(id)
			w.everyDeviceOnce()
			w.everyChunkOnce()
		})
	}
}

func TestKilledAgainAndAgain(t *testing.T) {
	w := start(t)
	w.control(http.MethodPost, "faults", slowSending)
	id := w.killedUpload(unanswered(1))
	for chunk := 2; chunk <= chunks; chunk++ {
		w.killed(unanswered(chunk), "operations", "resume", string(id), "--wait")
	}
	w.control(http.MethodDelete, "faults", "")
	w.finish(id)
	w.everyDeviceOnce()
	w.everyChunkOnce()
}

// world is a simulator as a process of its own, a ledger and a list.
type world struct {
	t     *testing.T
	ready struct {
		Partner, Graph, PartnerToken, GraphToken, Customer, Control string
	}
	state, list string
	eye         *ledger.Ledger // looks at what the killed process left
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, state: filepath.Join(t.TempDir(), "state"), list: filepath.Join(t.TempDir(), "list.csv")}
	sim := exec.Command(muster, "simulate", "--devices", "50", "--customers", "1", "--speed", "600")
	out, err := sim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = sim.Process.Signal(os.Interrupt)
		if err := sim.Wait(); err != nil {
			t.Errorf("simulator: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &w.ready); err != nil {
		t.Fatal(err)
	}
	var list bytes.Buffer
	list.WriteString("Device Serial Number,Windows Product ID,Hardware Hash\r\n")
	for i := range devices {
		serial := fmt.Sprintf("KILL%05d", i)
		fmt.Fprintf(&list, "%s,,%s\r\n", serial, desktest.Hash(serial, "Dell Inc.", "Latitude 7450"))
	}
	if err := os.WriteFile(w.list, list.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	iss, tid, _, ok := auth.Claims(model.NewSecret(w.ready.PartnerToken))
	if !ok {
		t.Fatal("the simulator's token says nothing about itself")
	}
	w.eye, err = ledger.Open(context.Background(), ledger.Options{Dir: w.state, Backend: iss + " " + tid, Watch: 2 * time.Millisecond,
		NewID: func() string { return "eye" }, Name: func() string { return "none" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.eye.Close() })
	return w
}

func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.Command(muster, append(args, "--state-dir", w.state, "--read-back", "2s")...)
	cmd.Env = append(os.Environ(), "MUSTER_PARTNER_URL="+w.ready.Partner, "MUSTER_GRAPH_URL="+w.ready.Graph,
		"MUSTER_PARTNER_TOKEN="+w.ready.PartnerToken, "MUSTER_GRAPH_TOKEN="+w.ready.GraphToken)
	return cmd
}

// killedUpload begins the upload and kills it as soon as the ledger is there.
func (w *world) killedUpload(there func(*world, model.Operation) bool) model.OperationID {
	return w.killed(there, "upload", w.list, "--customer", w.ready.Customer, "--batch", "Kill batch", "--yes", "--wait")
}

// killed runs the program and kills it with a signal that it cannot catch, as
// soon as the ledger says that the moment has come.
func (w *world) killed(there func(*world, model.Operation) bool, args ...string) model.OperationID {
	w.t.Helper()
	return w.killedAt(there, w.command(args...))
}

func (w *world) killedAt(there func(*world, model.Operation) bool, cmd *exec.Cmd) model.OperationID {
	w.t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	id := w.await(ctx, there)
	if err := cmd.Process.Kill(); err != nil {
		w.t.Fatal(err)
	}
	_ = cmd.Wait() // the kill is what it reports
	if id == "" {
		w.t.Fatalf("the moment never came; muster said:\n%s", said.String())
	}
	return id
}

func (w *world) await(ctx context.Context, there func(*world, model.Operation) bool) model.OperationID {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		changed := w.eye.Changed()
		ops, err := w.eye.Operations(ctx)
		if err != nil {
			return ""
		}
		for _, o := range ops {
			if there(w, o) {
				return o.ID
			}
		}
		select {
		case <-ctx.Done():
			return ""
		case <-changed:
		case <-look.C: // the simulator announces nothing
		}
	}
}

// finish starts the program again, gives the yes, and waits for the end. A kill
// can hit a request before it reached the service; nobody can tell that from one
// whose answer was lost, so its rows end as unknown and only a retry sends them.
func (w *world) finish(id model.OperationID) {
	w.t.Helper()
	w.finishRows(id, devices)
}

func (w *world) finishRows(id model.OperationID, rows int) {
	w.t.Helper()
	o := w.ended(0, "operations", "resume", string(id))
	if o.Rows.Unknown > 0 {
		o = w.ended(0, "operations", "retry", string(id), "--yes")
	}
	if o.State != "done" || o.Rows.Done != rows {
		w.t.Errorf("ended as %s with %+v, want %d done", o.State, o.Rows, rows)
	}
}

// outcome is what the command line says about an operation that has ended.
type outcome struct {
	State string
	Rows  struct{ Queued, InFlight, Accepted, Done, Failed, Skipped, Unknown int }
}

func (w *world) ended(code int, args ...string) outcome {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd := w.command(append(args, "--wait", "--timeout", "2m", "--json")...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var o outcome
	if jerr := json.Unmarshal(out.Bytes(), &o); jerr != nil {
		w.t.Fatalf("%v: %v, %v\n%s", args, err, jerr, errs.String())
	}
	if got := cmd.ProcessState.ExitCode(); got != code && (got != 3 || o.Rows.Unknown == 0) {
		w.t.Fatalf("%v: exit code %d, want %d: %+v\n%s", args, got, code, o, errs.String())
	}
	return o
}

// everyDeviceOnce lists the customer's devices as an operator would.
func (w *world) everyDeviceOnce() {
	w.t.Helper()
	out, err := w.command("devices", "list", "--customer", w.ready.Customer, "--json").Output()
	if err != nil {
		var x *exec.ExitError
		errors.As(err, &x)
		w.t.Fatalf("list: %v\n%s", err, x.Stderr)
	}
	seen := map[string]int{}
	for line := range bytes.Lines(out) {
		var d struct{ Serial string }
		if err := json.Unmarshal(line, &d); err != nil {
			w.t.Fatal(err)
		}
		if strings.HasPrefix(d.Serial, "KILL") {
			seen[d.Serial]++
		}
	}
	for serial, n := range seen {
		if n != 1 {
			w.t.Errorf("%s exists %d times", serial, n)
		}
	}
	if len(seen) != devices {
		w.t.Errorf("%d devices exist, want %d", len(seen), devices)
	}
}

// everyChunkOnce reads the simulator's log: each chunk was carried out once and
// under one request id.
func (w *world) everyChunkOnce() { w.t.Helper(); w.onceEach(w.effects()) }

func (w *world) onceEach(effects map[string]int) {
	w.t.Helper()
	if len(effects) != chunks {
		w.t.Errorf("%d request ids had an effect, want %d: %v", len(effects), chunks, effects)
	}
	for id, n := range effects {
		if n != 1 {
			w.t.Errorf("request %s had %d effects", id, n)
		}
	}
}

// effects counts, by request id, how often a chunk was carried out.
func (w *world) effects() map[string]int { return w.effectsOf(http.MethodPost, "/deviceBatches") }

func (w *world) effectsOf(method, part string) map[string]int {
	w.t.Helper()
	effects := map[string]int{}
	for _, r := range w.requests() {
		if r.Method == method && strings.Contains(r.Path, part) && r.Status == http.StatusAccepted && !r.Replay {
			effects[r.RequestID]++
		}
	}
	return effects
}

// request is a line of the simulator's log.
type request struct {
	Method, Path, RequestID string
	Status                  int
	Replay                  bool
}

func (w *world) requests() []request {
	w.t.Helper()
	res, err := http.Get(w.ready.Control + "/requests")
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var out []request
	for dec := json.NewDecoder(res.Body); dec.More(); {
		var r request
		if err := dec.Decode(&r); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func (w *world) control(method, path, body string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.ready.Control+"/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		w.t.Fatalf("%s %s: %s", method, path, res.Status)
	}
}
