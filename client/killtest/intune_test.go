package killtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/model"
	"muster/model/desk/desktest"
)

// Operations in Intune are begun by this test's own program, run once more as a
// child, so that they need no verb of the command line; the real program ends them.

// childWork names what a child is to begin, childWorld the world it does so in.
const (
	childWork  = "MUSTER_KILL_WORK"
	childWorld = "MUSTER_KILL_WORLD"
)

// The two operations, and what they hold: three chunks each.
const (
	workTags, tagged     = "tags", 50
	workImport, imported = "import", 250
	intuneChunks         = 3
	newTag               = "KILLED"
)

// place is what a child must know of the world.
type place struct {
	Partner, Graph, PartnerToken, GraphToken, Customer, State, List string
}

func (p place) dial() (*client.Client, error) {
	return client.Dial(client.Connection{Partner: p.Partner, Graph: p.Graph, PartnerToken: model.NewSecret(p.PartnerToken),
		GraphToken: model.NewSecret(p.GraphToken), StateDir: p.State, Who: "child"})
}

// child begins an operation and waits for its end, which does not come.
func child(work string) int {
	if err := begin(work); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func begin(work string) error {
	var p place
	if err := json.Unmarshal([]byte(os.Getenv(childWorld)), &p); err != nil {
		return err
	}
	client.Private()
	c, err := p.dial()
	if err != nil {
		return err
	}
	ctx := context.Background()
	to := model.Customer{ID: model.CustomerID(p.Customer), Name: "first"}
	var id model.OperationID
	if work == workTags {
		devices, err := autopilot(ctx, c, to.ID)
		if err != nil {
			return err
		}
		tag := newTag
		if id, err = c.ChangeAutopilot(ctx, to, devices[:tagged], model.AutopilotChange{GroupTag: &tag}); err != nil {
			return err
		}
	} else if id, err = c.ImportAutopilot(ctx, importList(to.ID)); err != nil {
		return err
	}
	var rev uint64 = 1
	for {
		b, err := c.WatchBoard(ctx, rev)
		if err != nil {
			return err
		}
		rev = b.Rev
		if o, ok := b.Find(id); ok && o.State().Ended() {
			return nil
		}
	}
}

func importList(customer model.CustomerID) model.Upload {
	rows := make([]model.UploadRow, imported)
	for i := range rows {
		serial := fmt.Sprintf("KILL%05d", i)
		rows[i] = model.UploadRow{Identity: model.Identity{Serial: serial, Hash: model.NewSecret(desktest.Hash(serial, "Dell Inc.", "Latitude 7450"))}}
	}
	return model.Upload{Customer: customer}.Of(rows...)
}

func autopilot(ctx context.Context, c *client.Client, customer model.CustomerID) ([]model.AutopilotDevice, error) {
	var out []model.AutopilotDevice
	for page, err := range c.AutopilotDevices(ctx, customer) {
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
	}
	return out, nil
}

func (w *world) place() place {
	return place{w.ready.Partner, w.ready.Graph, w.ready.PartnerToken, w.ready.GraphToken, w.ready.Customer, w.state, w.list}
}

// killedWork lets a child begin an operation and kills it at a moment.
func (w *world) killedWork(work string, there func(*world, model.Operation) bool) model.OperationID {
	w.t.Helper()
	return w.killedAt(there, w.childOf(work))
}

// childOf is this test program again, with other work.
func (w *world) childOf(work string) *exec.Cmd {
	w.t.Helper()
	raw, err := json.Marshal(w.place())
	if err != nil {
		w.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childWork+"="+work, childWorld+"="+string(raw))
	return cmd
}

// devicesNow reads the customer's Autopilot devices.
func (w *world) devicesNow() []model.AutopilotDevice {
	w.t.Helper()
	p := w.place()
	p.State = w.t.TempDir()
	c, err := p.dial()
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	defer c.Close(ctx)
	devices, err := autopilot(ctx, c, model.CustomerID(w.ready.Customer))
	if err != nil {
		w.t.Fatal(err)
	}
	return devices
}

func intunePhase(chunk int, p model.ChunkPhase) func(*world, model.Operation) bool {
	return func(_ *world, o model.Operation) bool {
		return len(o.Jobs) >= intuneChunks && o.Jobs[chunk-1].Phase == p
	}
}

// arrived is the moment at which requests of a chunk are at the service and the
// program does not know what became of them.
func arrived(chunk, requests int, what string) func(*world, model.Operation) bool {
	sending := intunePhase(chunk, model.ChunkSending)
	return func(w *world, o model.Operation) bool { return sending(w, o) && len(w.sent(what)) >= requests }
}

// sent lists the request ids under which something was sent, with how often it had
// an effect.
func (w *world) sent(what string) map[string]int {
	w.t.Helper()
	out := map[string]int{}
	for _, r := range w.requests() {
		if r.Method == http.MethodPost && strings.Contains(r.Path, what) && r.Status/100 == 2 {
			out[r.Path+" "+r.RequestID]++
		}
	}
	return out
}

const (
	updates   = "/updateDeviceProperties"
	importing = "/importedWindowsAutopilotDeviceIdentities/import"

	slowUpdates = `{"match": "^POST .*(updateDeviceProperties|\\$batch)", "kind": "slow", "delayMs": 40}`
	slowImports = `{"match": "^POST .*/import$", "kind": "slow", "delayMs": 300}`
	slowReads   = `{"match": "^GET .*/(windowsAutopilotDeviceIdentities|importedWindowsAutopilotDeviceIdentities)", "kind": "slow", "delayMs": 300}`
)

func TestKilledWhileGroupTagsChangeEveryDeviceGetsItsTag(t *testing.T) {
	for _, p := range []point{
		{"first chunk about to leave", []string{slowUpdates}, intunePhase(1, model.ChunkSending)},
		{"a part of the first chunk carried out", []string{slowUpdates}, arrived(1, 5, updates)},
		{"first chunk accepted", []string{slowUpdates}, intunePhase(1, model.ChunkAccepted)},
		{"a part of the last chunk carried out", []string{slowUpdates}, arrived(3, 42, updates)},
		{"all accepted, none read back", []string{slowReads}, intunePhase(3, model.ChunkAccepted)},
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			for _, f := range p.faults {
				w.control(http.MethodPost, "faults", f)
			}
			id := w.killedWork(workTags, p.there)
			w.control(http.MethodDelete, "faults", "")
			w.finishRows(id, tagged)
			n := 0
			for _, d := range w.devicesNow() {
				if d.GroupTag == newTag {
					n++
				}
			}
			if n != tagged {
				t.Errorf("%d devices have the tag, want %d", n, tagged)
			}
			if ids := w.sent(updates); len(ids) != tagged {
				t.Errorf("%d devices and request ids, want %d: a device was written under two ids", len(ids), tagged)
			}
		})
	}
}

func TestKilledWhileDevicesAreImportedEachIsRegisteredOnce(t *testing.T) {
	for _, p := range []point{
		{"first request about to leave", []string{slowImports}, intunePhase(1, model.ChunkSending)},
		{"first request carried out, not answered", []string{slowImports}, arrived(1, 1, importing)},
		{"first request accepted", []string{slowImports}, intunePhase(1, model.ChunkAccepted)},
		{"last request carried out, not answered", []string{slowImports}, arrived(3, 3, importing)},
		{"some registered, others on their way", nil, func(_ *world, o model.Operation) bool { return o.Rows.Done > 0 && o.Rows.Done < imported }},
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			for _, f := range p.faults {
				w.control(http.MethodPost, "faults", f)
			}
			id := w.killedWork(workImport, p.there)
			w.control(http.MethodDelete, "faults", "")
			w.finishRows(id, imported)
			seen := map[string]int{}
			for _, d := range w.devicesNow() {
				if strings.HasPrefix(d.Serial, "KILL") {
					seen[d.Serial]++
				}
			}
			for serial, n := range seen {
				if n != 1 {
					t.Errorf("%s is registered %d times", serial, n)
				}
			}
			if len(seen) != imported {
				t.Errorf("%d devices are registered, want %d", len(seen), imported)
			}
			for request, n := range w.sent(importing) {
				if n != 1 {
					t.Errorf("%s had %d effects", request, n)
				}
			}
			if n := len(w.sent(importing)); n != intuneChunks {
				t.Errorf("%d requests had an effect, want %d", n, intuneChunks)
			}
			if name := w.holds(desktest.Hash("KILL00000", "Dell Inc.", "Latitude 7450")[:120]); name != "" {
				t.Errorf("%s still holds a hash", name)
			}
		})
	}
}
