package client_test

import (
	"context"
	"strings"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

// A creation whose answer was lost takes nothing older for its effect that is just like
// what it sent, and finds what is new.
func TestALostCreationIsNotAnOlderTwin(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	for what, x := range map[string]struct {
		path   string
		create func() (model.OperationID, error)
	}{
		"profile": {"windowsAutopilotDeploymentProfiles", func() (model.OperationID, error) { return c.CreateProfile(ctx, w.first(), counterProfile("Twin")) }},
		"BIOS configuration": {"hardwareConfigurations", func() (model.OperationID, error) {
			return c.CreateBIOS(ctx, w.first(), bios("Twin", "Camera=Disabled\r\n"))
		}},
		"policy": {"policies", func() (model.OperationID, error) {
			return c.CreatePolicy(ctx, w.first(), model.ConfigurationPolicy{Name: "Twin", Settings: []model.Setting{model.SettingSkipEULA}})
		}},
	} {
		create := func() model.Row {
			t.Helper()
			id, err := x.create()
			if err != nil {
				t.Fatal(err)
			}
			await(t, c, id, 1, over)
			return w.rows(c, id)[0]
		}
		seen := map[string]bool{}
		first := create()
		if first.State != model.RowDone {
			t.Fatalf("%s: the first one ended as %+v", what, first)
		}
		seen[string(first.Device)] = true
		w.fault(`{"match": "^POST .*/` + x.path + `$", "kind": "reset", "times": 1}`) // it arrives, the answer does not
		found := create()
		if found.State != model.RowDone || !strings.Contains(found.Text, "answer was lost") || seen[string(found.Device)] {
			t.Errorf("%s: the second one is %+v, the first %s", what, found, string(first.Device))
		}
		w.fault(`{"match": "^POST .*/` + x.path + `$", "kind": "status", "status": 500, "times": 0}`) // it never arrives
		if r := create(); r.State != model.RowUnknown {
			t.Errorf("%s: one that never arrived ended as %v: %s", what, r.State, r.Text)
		}
	}
}
