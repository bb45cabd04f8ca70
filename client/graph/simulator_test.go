package graph_test

import (
	"net/http/httptest"
	"testing"

	"muster/client/graph"
	"muster/client/simulator"
	"muster/model"
)

func simulated(t testing.TB, o simulator.Options) *graph.Client {
	t.Helper()
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		srv.Close()
		_ = sim.Close()
	})
	ready := sim.Ready(srv.Listener.Addr())
	return connect(t, ready.Graph, model.NewSecret(ready.GraphToken))
}

func TestAgainstTheSimulator(t *testing.T) {
	c := simulated(t, simulator.Options{Devices: 10})
	have, err := gather(c.BIOSConfigurations(t.Context()))
	if err != nil || len(have) == 0 {
		t.Fatal(have, err)
	}
	made, err := c.CreateBIOS(t.Context(), model.BIOSConfiguration{Name: "New", FileName: "new.cctk", Content: []byte("[cctk]\nWakeOnLan=Disabled\n"), Format: model.FormatDell, PasswordsOff: true}, "")
	if err != nil || made.ID == "" || made.Version != 1 {
		t.Fatal(made, err)
	}
	name := "Newer"
	if renamed, err := c.UpdateBIOS(t.Context(), made.ID, model.BIOSPatch{Name: &name}, ""); err != nil || renamed.Version != 1 || renamed.Name != name {
		t.Fatal(renamed, err)
	}
	changed, err := c.UpdateBIOS(t.Context(), made.ID, model.BIOSPatch{Content: []byte("[cctk]\nWakeOnLan=LanOnly\n")}, "")
	if err != nil || changed.Version != 2 || !changed.PasswordsOff {
		t.Fatal(changed, err)
	}
	got, err := c.BIOSConfiguration(t.Context(), made.ID)
	if err != nil || string(got.Content) != "[cctk]\nWakeOnLan=LanOnly\n" || got.Name != name {
		t.Fatal(got, err)
	}
	_, err = c.BIOSConfiguration(t.Context(), model.ZeroGUID)
	wantKind(t, err, model.NotFound)
	_, err = c.CreateBIOS(t.Context(), model.BIOSConfiguration{Name: "No content", FileName: "x.cctk", Format: model.FormatDell}, "")
	wantKind(t, err, model.Invalid)
}

func TestHostileSimulator(t *testing.T) {
	c := simulated(t, simulator.Options{Devices: 10, Faults: []string{"hostile"}})
	failed := 0
	for range 4 {
		some, err := gather(c.BIOSConfigurations(t.Context()))
		if err != nil {
			failed++
			wantKind(t, err, model.Incomplete)
		}
		for _, b := range some {
			if model.Clean(b.Name) != b.Name || model.Clean(b.FileName) != b.FileName {
				t.Errorf("got %q %q", b.Name, b.FileName)
			}
		}
	}
	if failed == 0 {
		t.Error("every list came whole")
	}
}
