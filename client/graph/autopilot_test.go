package graph

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/client/rest"
	"muster/model"
)

func exchange(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "exchanges", "graph", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAutopilotDevices(t *testing.T) {
	var w collection[autopilotDevice]
	if err := json.Unmarshal(exchange(t, "autopilot-devices"), &w); err != nil || len(w.Value) != 2 || w.Next == "" {
		t.Fatal(w, err)
	}
	first, ok := w.Value[0].model()
	want := model.AutopilotDevice{ID: "6f0c1a52-8d3e-4b7a-9c11-2f5e7ab04d10", Serial: "7QK2M93", Maker: "Dell Inc.", Model: "Latitude 7450",
		Family: "Latitude", SKU: "0CB7", GroupTag: "CLINIC-FRONT", PurchaseOrder: "PO-20417", DisplayName: "FJL-FRONT-01", Enrollment: "enrolled",
		LastContact: rest.ParseTime("2026-08-18T05:58:02.4419021Z"), ManagedDevice: "e1b7a4d0-5a2c-4c0d-9a2f-0b8f3f1c7d55",
		EntraDevice: "b04d7d4b-3a0e-4a8f-8a51-77e1d2c90a3b", Assignment: model.AssignmentUnknownSync, AssignmentDetail: "none",
		AssignedAt: rest.ParseTime("2026-08-11T09:41:17.0264412Z"), Remediation: "noRemediationRequired",
		RemediationAt: rest.ParseTime("2026-08-11T09:30:00Z"), Userless: "allowed"}
	if d := cmp.Diff(want, first, cmp.Comparer(func(a, b model.Secret) bool { return a.Reveal() == b.Reveal() })); !ok || d != "" {
		t.Error(ok, d)
	}
	second, ok := w.Value[1].model()
	if !ok || second.ManagedDevice != "" || !second.LastContact.IsZero() || second.Assignment != model.AssignmentNone {
		t.Errorf("got %+v", second)
	}
}

func TestDeploymentProfile(t *testing.T) {
	var w deploymentProfile
	if err := json.Unmarshal(exchange(t, "profile"), &w); err != nil {
		t.Fatal(err)
	}
	got, ok := w.model()
	want := model.DeploymentProfile{ID: "c45f0f0e-9b1a-4f0c-8b57-1f0f4a5c9e21", Name: "Clinic front desk", Description: "User driven, standard user",
		Locale: "nb-NO", DeviceType: "windowsPc", NameTemplate: "FJL-%RAND:5%", Preprovision: true, ScopeTags: []string{"0"},
		OutOfBox: model.OutOfBox{PrivacyHidden: true, EULAHidden: true, UserType: "standard", Usage: "singleUser", KeyboardSkipped: true, EscapeLinkHidden: true},
		Created:  rest.ParseTime("2026-08-18T07:20:31.5528107Z"), Modified: rest.ParseTime("2026-08-18T07:20:31.5528107Z")}
	if d := cmp.Diff(want, got); !ok || d != "" {
		t.Error(ok, d)
	}
	old := `{"@odata.type":"` + hybridProfile + `","id":"c45f0f0e-9b1a-4f0c-8b57-1f0f4a5c9e21","language":"os-default","extractHardwareHash":true,"enableWhiteGlove":true,"outOfBoxExperienceSettings":{"hideEULA":true}}`
	w = deploymentProfile{}
	if err := json.Unmarshal([]byte(old), &w); err != nil {
		t.Fatal(err)
	}
	if got, _ = w.model(); !got.Hybrid || got.Locale != "os-default" || !got.ExtractHash || !got.Preprovision || !got.OutOfBox.EULAHidden {
		t.Errorf("got %+v", got)
	}
}

// TestEveryRecordedBody gives every recorded body to every decoder: none of them
// may take one for an error of the form it does not have.
func TestEveryRecordedBody(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("..", "..", "testdata", "exchanges", "graph", "*.json"))
	if err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		b := exchange(t, strings.TrimSuffix(filepath.Base(name), ".json"))
		if !json.Valid(b) {
			t.Errorf("%s is not JSON", name)
		}
		decodeAll(t, b)
	}
}

// decodeAll checks that what the decoders make of a body is clean.
func decodeAll(t testing.TB, body []byte) {
	a := &rest.Answer{Body: body}
	each(t, a, bios.model)
	each(t, a, autopilotDevice.model)
	each(t, a, deploymentProfile.model)
	each(t, a, profileTarget.model)
	each(t, a, importedDevice.model)
	each(t, a, managedDevice.model)
	each(t, a, deviceRun.model)
	each(t, a, userRun.model)
	each(t, a, group.model)
	each(t, a, assignmentFilter.model)
	each(t, a, scopeTag.model)
	each(t, a, autopilotSettings.model)
	each(t, a, func(w biosTarget) (model.Target, bool) { return w.Target.model(), true })
	each(t, a, func(w biosPassword) (model.BIOSPassword, bool) { return w.model(model.ManagedDeviceID(w.ID)) })
	each(t, a, func(w autopilotDetail) (navigation, bool) { return w.Profile, true })
	each(t, a, func(w runSummary) (map[model.RunState]int, bool) { return w.deviceCounts.model(), true })
}

// each gives a body to a decoder as an item and as a list, and checks every text
// that comes out.
func each[W, T any](t testing.TB, a *rest.Answer, item func(W) (T, bool)) {
	var all []W
	if l, err := rest.Decode[collection[W]]("x", a); err == nil {
		all = l.Value
	}
	if w, err := rest.Decode[W]("x", a); err == nil {
		all = append(all, w)
	}
	for _, w := range all {
		if m, ok := item(w); ok {
			texts(t, reflect.ValueOf(m))
		}
	}
}

// texts checks every text below v; a secret is none.
func texts(t testing.TB, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); model.Clean(s) != s {
			t.Errorf("not clean: %q", s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[model.Secret]() {
				texts(t, v.Field(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			texts(t, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(t, v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			texts(t, k)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, n := range []string{"bios-configurations", "autopilot-devices", "profile", "fault-b", "profile-assignments", "import", "bios-runs", "bios-assignments", "groups", "autopilot-settings"} {
		f.Add(exchange(f, n))
	}
	f.Fuzz(func(t *testing.T, body []byte) { decodeAll(t, body) })
}
