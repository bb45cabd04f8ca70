package partner_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"muster/client/partner"
	"muster/model"
)

const (
	kiosks model.PolicyID = "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20"
	vm     model.DeviceID = "4471-0092-3318-6650-1204-7783-19"
)

// kiosk is the policy of the recorded requests.
func kiosk() model.ConfigurationPolicy {
	return model.ConfigurationPolicy{Name: "Reception kiosks", Category: "stays at home", Description: "No local admin, straight to sign-in", Assigned: 41,
		Settings: []model.Setting{model.SettingUserNotLocalAdmin, model.SettingSkipExpress, model.SettingSkipOEMRegister}, Created: date("2026-05-04T09:20:11Z")}
}

func TestPolicyWritesAreAsRecorded(t *testing.T) {
	b := saying(t, example(t, "policy"))
	made, err := b.CreatePolicy(t.Context(), larkspur, kiosk(), "id-1")
	if err != nil {
		t.Fatal(err)
	}
	want := kiosk()
	want.ID, want.Category, want.Assigned = kiosks, model.CategoryOOBE, 0
	want.Created, want.Modified = date("2026-05-04T09:20:11Z"), date("2026-05-04T09:20:11Z")
	same(t, want, made)
	changed := made
	changed.Name, changed.Settings = "Reception kiosks 2026", made.Settings[:2]
	if _, err = b.ReplacePolicy(t.Context(), larkspur, changed, "id-2"); err != nil {
		t.Fatal(err)
	}
	changed.Description = ""
	if _, err = b.ReplacePolicy(t.Context(), larkspur, changed, "id-3"); err != nil {
		t.Fatal(err)
	}
	if err := b.DeletePolicy(t.Context(), larkspur, kiosks, "id-4"); err != nil {
		t.Fatal(err)
	}
	base := "/v1/customers/" + string(larkspur) + "/policies"
	for i, want := range []ask{
		{"POST", base, "", "id-1", example(t, "policy-create.request")},
		{"PUT", base + "/" + string(kiosks), "", "id-2", example(t, "policy-replace.request")},
		{"PUT", base + "/" + string(kiosks), "", "id-3", `{"id":"` + string(kiosks) + `","name":"Reception kiosks 2026","category":"o_o_b_e","policySettings":["oobe_user_not_local_admin","skip_express_settings"]}`},
		{"DELETE", base + "/" + string(kiosks), "", "id-4", ""},
	} {
		got := b.asks[i]
		if want.Body != "" {
			sentJSON(t, want.Body, got.Body)
			got.Body = want.Body
		}
		same(t, want, got)
	}
}

func TestDeviceWritesAreAsDocumented(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_, _ = io.WriteString(w, "\xef\xbb\xbf"+`{"id":"`+string(vm)+`","serialNumber":"s","policies":[{"key":"o_o_b_e","value":null}]}`)
	})
	if err := b.RemoveDevice(t.Context(), larkspur, "LARK spring refresh", vm, "id-1"); err != nil {
		t.Fatal(err)
	}
	got, err := b.UpdateDevice(t.Context(), larkspur, "50% off", vm, kiosks, "id-2")
	if err != nil {
		t.Fatal(err)
	}
	same(t, model.Device{ID: vm, Batch: "50% off", Serial: "s"}, got)
	if _, err = b.UpdateDevice(t.Context(), larkspur, "50% off", vm, "", "id-3"); err != nil {
		t.Fatal(err)
	}
	if _, err = b.ApplyPolicy(t.Context(), larkspur, model.DevicePolicyUpdate{Remove: true, Devices: []model.DeviceID{vm, "b"}}, "id-4"); err != nil {
		t.Fatal(err)
	}
	base := "/v1/customers/" + string(larkspur)
	for i, want := range []ask{
		{"DELETE", base + "/deviceBatches/LARK%20spring%20refresh/devices/" + string(vm), "", "id-1", ""},
		{"PUT", base + "/deviceBatches/50%25%20off/devices/" + string(vm), "", "id-2", `{"id":"` + string(vm) + `","policies":[{"key":"o_o_b_e","value":"` + string(kiosks) + `"}]}`},
		{"PUT", base + "/deviceBatches/50%25%20off/devices/" + string(vm), "", "id-3", `{"id":"` + string(vm) + `","policies":[{"key":"o_o_b_e","value":null}]}`},
		{"PATCH", base + "/DevicePolicyUpdates", "", "id-4", `{"devices":[{"id":"` + string(vm) + `","policies":[{"key":"o_o_b_e","value":null}]},{"id":"b","policies":[{"key":"o_o_b_e","value":null}]}]}`},
	} {
		same(t, want, b.asks[i])
	}
}

// What the status says was done is done, whatever stands in the body.
func TestDoneWithoutAnAnswerThatCanBeRead(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": "", "no JSON": "<html>", "an empty object": "{}", "a list": "[]", "cut": `{"id":"9f0b`,
		"another": `{"id":"00000000-0000-4000-8000-000000000001","name":"n"}`, "an id that is none": `{"id":"x\u001b[2J"}`,
	} {
		b := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, body)
		})
		if name != "another" { // a new policy has any id
			made, err := b.CreatePolicy(t.Context(), larkspur, kiosk(), "")
			if err != nil || made.ID != "" || made.Name != "Reception kiosks" || made.Assigned != model.CountUnknown || !made.Created.IsZero() {
				t.Errorf("%s: made %+v, %v", name, made, err)
			}
		}
		want := kiosk()
		want.ID = kiosks
		if got, err := b.ReplacePolicy(t.Context(), larkspur, want, ""); err != nil || got.ID != kiosks || got.Name != want.Name || got.Category != model.CategoryOOBE {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
		if err := b.DeletePolicy(t.Context(), larkspur, kiosks, ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := b.RemoveDevice(t.Context(), larkspur, "b", vm, ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got, err := b.UpdateDevice(t.Context(), larkspur, "b", vm, kiosks, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		same(t, model.Device{ID: vm, Batch: "b", Policy: model.PolicyRef{Value: string(kiosks)}}, got)
	}
}

func TestHowSingleWritesAreRefused(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   string
		kind   model.Kind
		words  string
	}{
		{400, `{"code":3000,"description":"Invalid property: policySettings"}`, model.Invalid, "policySettings"},
		{400, `{"code":"800002","description":"Invalid request input"}`, model.Invalid, "800002"},
		{401, `{"code":900421,"description":"x"}`, model.SignedOut, "multi-factor"},
		{403, `{"code":900150,"description":"x"}`, model.Forbidden, "AdminAgents"},
		{403, `{"code":811,"description":"ZtdDeviceRegisteredByOtherTenant"}`, model.Forbidden, "whoever registered it must remove it"},
		{404, `{"code":807,"description":"x"}`, model.NotFound, "not registered to this customer"},
		{404, ``, model.NotFound, "Not Found"},
		{409, `{"code":409,"description":"the policy is in use"}`, model.Conflict, "in use"},
		{500, `{"code":800003,"description":"x"}`, model.Lost, "looks at the service"},
		{502, `<html>`, model.Lost, "looks at the service"},
	} {
		b := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		})
		err := b.RemoveDevice(t.Context(), larkspur, "b", vm, "")
		wantKind(t, err, tc.kind, "remove device: ", tc.words)
		if tc.status == 404 && tc.body != "" || strings.Contains(tc.body, "811") {
			continue // codes of devices
		}
		wantKind(t, b.DeletePolicy(t.Context(), larkspur, kiosks, ""), tc.kind, "delete policy: ", tc.words)
		_, err = b.CreatePolicy(t.Context(), larkspur, kiosk(), "")
		wantKind(t, err, tc.kind, "create policy: ", tc.words)
		want := kiosk()
		want.ID = kiosks
		_, err = b.ReplacePolicy(t.Context(), larkspur, want, "")
		wantKind(t, err, tc.kind, "replace policy: ", tc.words)
		_, err = b.UpdateDevice(t.Context(), larkspur, "b", vm, "", "")
		wantKind(t, err, tc.kind, "update device: ", tc.words)
		if n := len(b.asks); n != 5 {
			t.Errorf("%d: asked %d times, want no second try of a write", tc.status, n)
		}
	}
}

func TestSingleWritesThatAreNotSent(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	ctx := t.Context()
	for name, change := range map[string]func(*model.ConfigurationPolicy){
		"no name":         func(p *model.ConfigurationPolicy) { p.Name = " " },
		"a long name":     func(p *model.ConfigurationPolicy) { p.Name = strings.Repeat("x", 129) },
		"no settings":     func(p *model.ConfigurationPolicy) { p.Settings = nil },
		"unknown setting": func(p *model.ConfigurationPolicy) { p.Settings = []model.Setting{"skip_new"} },
		"none and more":   func(p *model.ConfigurationPolicy) { p.Settings = append(p.Settings, model.SettingNone) },
		"a cleaned text":  func(p *model.ConfigurationPolicy) { p.Description = "kept \ufffd[31m" },
		"a broken text":   func(p *model.ConfigurationPolicy) { p.Name = "a\xff" },
		"an odd id":       func(p *model.ConfigurationPolicy) { p.ID = "../../x" },
		"no id":           func(p *model.ConfigurationPolicy) { p.ID = "" },
	} {
		p := kiosk()
		p.ID = kiosks
		change(&p)
		if _, err := b.ReplacePolicy(ctx, larkspur, p, ""); model.KindOf(err) != model.Invalid {
			t.Errorf("%s replaced: %v", name, err)
		}
		if strings.HasSuffix(name, "id") {
			continue // the service makes the id
		}
		if _, err := b.CreatePolicy(ctx, larkspur, p, ""); model.KindOf(err) != model.Invalid {
			t.Errorf("%s made: %v", name, err)
		}
	}
	_, err := b.CreatePolicy(ctx, "nobody", kiosk(), "")
	wantKind(t, err, model.Invalid)
	wantKind(t, b.DeletePolicy(ctx, larkspur, "kiosk", ""), model.Invalid)
	wantKind(t, b.DeletePolicy(ctx, "nobody", kiosks, ""), model.Invalid)
	for _, id := range []model.DeviceID{"", ".", "..", "a\x00", "a\u202eb", model.DeviceID(strings.Repeat("x", 300))} {
		wantKind(t, b.RemoveDevice(ctx, larkspur, "b", id, ""), model.Invalid)
		_, err := b.UpdateDevice(ctx, larkspur, "b", id, kiosks, "")
		wantKind(t, err, model.Invalid)
	}
	wantKind(t, b.RemoveDevice(ctx, larkspur, "..", vm, ""), model.Invalid)
	wantKind(t, b.RemoveDevice(ctx, "nobody", "b", vm, ""), model.Invalid)
	_, err = b.UpdateDevice(ctx, larkspur, "b", vm, "AzureAD Join Default Profile", "")
	wantKind(t, err, model.Invalid)
	for _, u := range []model.DevicePolicyUpdate{{}, {Remove: true}, {Remove: true, Policy: kiosks}, {Policy: "x"}, {}} {
		if u.Policy != "" || !u.Remove {
			u.Devices = []model.DeviceID{vm}
		}
		got, err := b.ApplyPolicy(ctx, larkspur, u, "")
		wantKind(t, err, model.Invalid)
		same(t, partner.Accepted{}, got)
	}
	if len(b.asks) != 0 {
		t.Errorf("asked %+v", b.asks)
	}
}
