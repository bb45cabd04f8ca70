package ui_test

import (
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
	s.WaitFor("314 devices", "stopped", "as of 14:02 CET, kept")
	s.Press(uitest.Down)
	s.Type("/latitude")
	s.WaitFor("of 314 devices")
}
