package ui_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"muster/client/cache"
	"muster/client/simulator"
	"muster/model"
	"muster/ui"
	"muster/ui/uitest"
)

// The second start shows what the first one kept, also when the service is down, and
// says how old it is.
func TestTheFleetOfTheLastStartIsThereAtOnce(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 300})
	kept := cache.New(t.TempDir(), "backend of this test")
	with := func(o ui.Options) ui.Options {
		o.Backend.Fleets = kept
		return o
	}
	s := start(t, with(w.options(t)))
	s.WaitFor("314 devices", "as of")
	s.WaitUntil("the list is on disk", func() bool {
		content, _, err := kept.Load(model.CustomerID(w.ready.Customer), "devices CET")
		return err == nil && content != nil
	})
	w.fault(t, `{"match": "GET .*/(deviceBatches|windowsAutopilotDeviceIdentities)", "status": 503}`)
	s = start(t, with(w.options(t)))
	s.WaitFor("314 devices", "314 devices · kept as of 14:02 CET · stopped")
	s.Press(uitest.Down)
	s.Type("/latitude")
	s.WaitFor("of 314 devices")
}

// A page that fails stops one batch; what was read stays, and refresh asks for nothing
// that is there already.
func TestReadingGoesOnAtTheFailedPage(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 900, Seed: 7})
	w.fault(t, `{"match": "GET .*/deviceBatches/SALT-100/devices", "status": 503, "times": 0}`)
	s := start(t, w.options(t))
	s.WaitFor("stopped at", "r reads on")
	w.mend(t)
	first := w.asked(t, `GET .*/deviceBatches/[^/]+/devices`)
	s.Type("r")
	s.WaitFor("devices · as of")
	whole := w.asked(t, `GET .*/deviceBatches/[^/]+/devices`)

	// Read in one go, the list is the same and took as many good answers.
	other := newWorld(t, simulator.Options{Devices: 900, Seed: 7})
	o := start(t, other.options(t))
	o.WaitFor("devices · as of")
	if got, want := line(s, "devices ·"), line(o, "devices ·"); got != want {
		t.Errorf("read on: %q; read in one go: %q", got, want)
	}
	if want := other.asked(t, `GET .*/deviceBatches/[^/]+/devices`); whole != want || first == 0 || first == whole {
		t.Errorf("%d pages were asked for, %d of them before the stop; in one go %d", whole, first, want)
	}
	if n := w.asked(t, `GET .*/windowsAutopilotDeviceIdentities`); n != other.asked(t, `GET .*/windowsAutopilotDeviceIdentities`) {
		t.Errorf("Intune, which was whole, was read again: %d pages", n)
	}
}

// A side that is not to be had, now or ever, does not keep refresh from reading the other
// one again; going on is for what passes.
func TestRefreshReadsAnewWhereNothingPasses(t *testing.T) {
	for name, fault := range map[string]string{
		"Intune forbidden": `{"match": "GET .*/windowsAutopilotDeviceIdentities", "status": 403, "times": 0}`,
		"one bad batch":    `{"match": "GET .*/deviceBatches/SALT-100/devices", "status": 400, "times": 0}`,
		"no Intune":        "",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Devices: 300})
			o := w.options(t)
			if fault == "" {
				o.Backend.Autopilot = nil
			} else {
				w.fault(t, fault)
			}
			s := start(t, o)
			s.WaitFor("devices ·", "as of")
			before := w.asked(t, `GET .*/deviceBatches$`)
			s.Type("r")
			s.WaitUntil("the batches are read again", func() bool { return w.asked(t, `GET .*/deviceBatches$`) > before })
		})
	}
}

// A full stop ends a reading that takes too long; refresh goes on with it.
func TestAReadingCanBeStopped(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 900, Seed: 7})
	w.fault(t, `{"match": "GET .*/deviceBatches/SALT-100/devices", "kind": "slow", "delayMs": 60000, "times": 0}`)
	s := start(t, w.options(t))
	s.WaitFor("reading ", "page ")
	s.Type(".")
	s.WaitFor("stopped at", ", r reads on")
	w.mend(t)
	s.Type("r")
	s.WaitGone("reads on")
	s.WaitFor("devices · as of")
}

// line is the line of the screen that holds a text.
func line(s *uitest.Session, text string) string {
	for l := range strings.Lines(s.Screen()) {
		if strings.Contains(l, text) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// asked counts what the simulator answered well.
func (w *world) asked(t *testing.T, pattern string) int {
	t.Helper()
	res, err := http.Get(w.ready.Control + "/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	match := regexp.MustCompile(pattern)
	n := 0
	for d := json.NewDecoder(res.Body); ; {
		var r struct {
			Method, Path string
			Status       int
		}
		if err := d.Decode(&r); err == io.EOF {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		if r.Status < 300 && match.MatchString(r.Method+" "+r.Path) {
			n++
		}
	}
}

// mend takes all faults away.
func (w *world) mend(t *testing.T) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, w.ready.Control+"/faults", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
}
