package simulator_test

import (
	"slices"
	"testing"

	"muster/client/simulator"
)

func TestSwitchesAreScenariosAndCanBeSetLater(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Faults: []string{"no-direct-route", "storm"}})
	all := func() map[string]bool {
		return read[map[string]bool](t, b.control("GET", "/switches", "").want(t, 200))
	}
	first := all()
	for name, on := range first {
		if on != (name == "no-direct-route") || !slices.Contains(simulator.Scenarios(), name) {
			t.Errorf("%s is %v at the start, and is to be among %v", name, on, simulator.Scenarios())
		}
	}
	if first["storm"] || len(first) < 5 {
		t.Errorf("switches %v", first)
	}
	now := read[map[string]bool](t, b.control("POST", "/switches", `{"page-loop":true,"no-direct-route":false}`).want(t, 200))
	if !now["page-loop"] || now["no-direct-route"] {
		t.Errorf("after setting two: %v", now)
	}
	for _, body := range []string{`{"page-loop":false,"gremlins":true}`, `{"page-loop":1}`, `[]`, ``} {
		b.control("POST", "/switches", body).want(t, 400)
	}
	if !all()["page-loop"] {
		t.Error("a refused change turned a switch off")
	}
	b.control("DELETE", "/switches", "").want(t, 204)
	if now := all(); now["page-loop"] || now["no-direct-route"] {
		t.Errorf("after turning all off: %v", now)
	}
	b.control("POST", "/reset", "").want(t, 200)
	if !all()["no-direct-route"] {
		t.Error("a reset does not bring the scenario back")
	}
}
