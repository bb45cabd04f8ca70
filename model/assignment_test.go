package model_test

import (
	"testing"

	"muster/model"
)

func TestDevicePolicyUpdateSaysOneThing(t *testing.T) {
	const policy model.PolicyID = "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20"
	one := []model.DeviceID{"a"}
	for name, tc := range map[string]struct {
		update model.DevicePolicyUpdate
		good   bool
	}{
		"assign":             {model.DevicePolicyUpdate{Policy: policy, Devices: one}, true},
		"unassign":           {model.DevicePolicyUpdate{Remove: true, Devices: one}, true},
		"both":               {model.DevicePolicyUpdate{Policy: policy, Remove: true, Devices: one}, false},
		"neither":            {model.DevicePolicyUpdate{Devices: one}, false},
		"a name":             {model.DevicePolicyUpdate{Policy: "kiosk", Devices: one}, false},
		"unassign nothing":   {model.DevicePolicyUpdate{Remove: true}, false},
		"unassign one twice": {model.DevicePolicyUpdate{Remove: true, Devices: []model.DeviceID{"a", "b", "a"}}, false},
		"unassign nobody":    {model.DevicePolicyUpdate{Remove: true, Devices: []model.DeviceID{""}}, false},
	} {
		err := tc.update.Validate()
		if (err == nil) != tc.good || err != nil && model.KindOf(err) != model.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
