package killtest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"muster/model"
)

const (
	policyUpdates = "/DevicePolicyUpdates"

	slowUpdate  = `{"match": "^PATCH .*/DevicePolicyUpdates", "kind": "slow", "delayMs": 300}`
	deferUpdate = `{"match": "^PATCH .*/DevicePolicyUpdates", "kind": "status", "status": 429, "retryAfter": 30}`
)

// applied is the moment at which the service has carried out so many chunks of an
// assignment, and the program does not know of the last one yet.
func applied(chunk int) func(*world, model.Operation) bool {
	sending := phase(chunk, model.ChunkSending)
	return func(w *world, o model.Operation) bool {
		return sending(w, o) && len(w.effectsOf(http.MethodPatch, policyUpdates)) == chunk
	}
}

// putOff is the moment at which the intent is on disk and nothing had an effect: the
// service told the first request to come again later.
func putOff(w *world, o model.Operation) bool {
	return phase(1, model.ChunkSending)(w, o) && len(w.sentTo(http.MethodPatch, policyUpdates)) > 0
}

func (w *world) sentTo(method, part string) (out []request) {
	for _, r := range w.requests() {
		if r.Method == method && strings.Contains(r.Path, part) {
			out = append(out, r)
		}
	}
	return out
}

func TestKilledWhileAPolicyIsAssignedEveryDeviceHasItOnce(t *testing.T) {
	for _, p := range []point{
		{"intent on disk, first job put off by the service", []string{deferUpdate}, putOff},
		{"first job about to leave", []string{slowUpdate}, phase(1, model.ChunkSending)},
		{"first job carried out, not answered", []string{slowUpdate}, applied(1)},
		{"first job accepted", []string{slowJobs, slowUpdate}, phase(1, model.ChunkAccepted)},
		{"first job ended", []string{slowUpdate}, phase(1, model.ChunkEnded)},
		{"second job about to leave", []string{slowUpdate}, phase(2, model.ChunkSending)},
		{"last job carried out, not answered", []string{slowUpdate}, applied(4)},
		{"all accepted", []string{slowJobs}, phase(4, model.ChunkAccepted)},
		{"last job ended", []string{slowJobs}, func(_ *world, o model.Operation) bool { return o.Rows.Done >= 3*devices/chunks }},
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.run("policies", "create", "--customer", w.ready.Customer, "--name", "Killed", "--setting", "skip_oem_registration", "--yes", "--wait")
			w.run("upload", w.list, "--customer", w.ready.Customer, "--batch", "Kill batch", "--yes", "--wait")
			before := w.policiesNow()
			for _, f := range p.faults {
				w.control(http.MethodPost, "faults", f)
			}
			id := w.killed(func(w *world, o model.Operation) bool { return o.Kind == model.AssignPolicy && p.there(w, o) },
				"policies", "assign", "Killed", "--customer", w.ready.Customer, "--batch", "Kill batch", "--yes", "--wait")
			w.control(http.MethodDelete, "faults", "")
			w.finish(id)
			w.onceEach(w.effectsOf(http.MethodPatch, policyUpdates))
			w.everyDeviceOnce()
			after := w.policiesNow()
			if len(after) != len(before) {
				t.Errorf("%d devices, were %d", len(after), len(before))
			}
			for serial, policy := range after {
				want := before[serial]
				if strings.HasPrefix(serial, "KILL") {
					want = "Killed"
				}
				if policy != want {
					t.Fatalf("device %s has policy %q, want %q", serial, policy, want)
				}
			}
		})
	}
}

// policiesNow lists the names of the policies that the service says the customer's
// devices have, by serial.
func (w *world) policiesNow() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for line := range bytes.Lines(w.run("devices", "list", "--customer", w.ready.Customer, "--json")) {
		var d struct {
			Serial string
			Policy struct{ Name string }
		}
		if err := json.Unmarshal(line, &d); err != nil {
			w.t.Fatal(err)
		}
		out[d.Serial] = d.Policy.Name
	}
	return out
}

// run runs the program to its end and returns what it wrote.
func (w *world) run(args ...string) []byte {
	w.t.Helper()
	cmd := w.command(args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("muster %v: %v\n%s", args, err, errs.String())
	}
	return out
}
