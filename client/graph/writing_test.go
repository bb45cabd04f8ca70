package graph_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/client/graph"
	"muster/client/rest"
	"muster/model"
)

const spare model.AutopilotID = "a93be7c4-17f6-4c2d-bb0e-5d6c40e2f871"

func ptr[T any](v T) *T { return &v }

// sameJSON compares what was sent with what should have been, as JSON.
func sameJSON(t testing.TB, want, got string) {
	t.Helper()
	norm := func(s string) (v any) {
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			t.Fatalf("%v in %q", err, s)
		}
		return v
	}
	if d := cmp.Diff(norm(want), norm(got)); d != "" {
		t.Error(d)
	}
}

// typeFirst checks that every object that names its type does so first.
func typeFirst(t testing.TB, body string) {
	t.Helper()
	for i, part := range strings.Split(body, `"@odata.type":"`)[1:] {
		before := strings.Split(body, `"@odata.type":"`)[i]
		if !strings.HasSuffix(before, "{") || !strings.HasPrefix(part, "#microsoft.graph.") {
			t.Errorf("a type is not first or has no #: %.80s", before+part)
		}
	}
}

func TestUpdateAutopilot(t *testing.T) {
	const item = "/beta/deviceManagement/windowsAutopilotDeviceIdentities/" + string(spare)
	b := saying(t, 204, "")
	if err := b.UpdateAutopilot(t.Context(), spare, model.AutopilotChange{GroupTag: ptr("CLINIC-FRONT"), DisplayName: ptr("FJL-FRONT-07")}, "id-1"); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, example(t, "autopilot-update.request"), b.asks[0].Body)
	if a := b.asks[0]; a.Method != "POST" || a.Target != item+"/updateDeviceProperties" || a.RequestID != "id-1" {
		t.Errorf("asked %+v", a)
	}
	b = saying(t, 200, "")
	if err := b.UpdateAutopilot(t.Context(), spare, model.AutopilotChange{GroupTag: ptr("")}, ""); err != nil || b.asks[0].Body != `{"groupTag":""}` {
		t.Error(err, b.asks)
	}
	b = saying(t, 204, "")
	if err := b.UpdateAutopilot(t.Context(), spare, model.AutopilotChange{User: ptr(""), AddressableUser: ptr("")}, ""); err != nil {
		t.Error(err)
	}
	if len(b.asks) != 1 || b.asks[0].Target != item+"/unassignUserFromDevice" || b.asks[0].Body != "" {
		t.Errorf("asked %+v", b.asks)
	}
	b = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "unassignUserFromDevice") {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	err := b.UpdateAutopilot(t.Context(), spare, model.AutopilotChange{User: ptr(""), GroupTag: ptr("X")}, "")
	wantKind(t, err, model.Lost, "the user is still assigned")
	wantKind(t, saying(t, 412, `{"error":{"code":"ConditionNotMet","message":"An error has occurred"}}`).UpdateAutopilot(t.Context(), spare, model.AutopilotChange{GroupTag: ptr("X")}, ""), model.Conflict)
	wantKind(t, b.UpdateAutopilot(t.Context(), spare, model.AutopilotChange{}, ""), model.Invalid)
	wantKind(t, b.UpdateAutopilot(t.Context(), "x", model.AutopilotChange{GroupTag: ptr("X")}, ""), model.Invalid)
}

func TestDeletions(t *testing.T) {
	for name, call := range map[string]func(*backend) error{
		"windowsAutopilotDeviceIdentities/" + string(spare):          func(b *backend) error { return b.DeleteAutopilot(t.Context(), spare, "id-9") },
		"importedWindowsAutopilotDeviceIdentities/" + string(ticket): func(b *backend) error { return b.DeleteImport(t.Context(), ticket, "id-9") },
		"windowsAutopilotDeploymentProfiles/" + string(clinic):       func(b *backend) error { return b.DeleteProfile(t.Context(), clinic, "id-9") },
		"windowsAutopilotDeploymentProfiles/" + string(clinic) + "/assignments/a_b_0": func(b *backend) error {
			return b.DeleteProfileTarget(t.Context(), clinic, "a_b_0", "id-9")
		},
		"hardwareConfigurations/" + string(counter): func(b *backend) error { return b.DeleteBIOS(t.Context(), counter, "id-9") },
	} {
		for _, status := range []int{200, 204, 404} {
			b := saying(t, status, "")
			if err := call(b); err != nil {
				t.Errorf("%s, %d: %v", name, status, err)
			}
			if d := cmp.Diff(ask{"DELETE", "/beta/deviceManagement/" + name, "id-9", ""}, b.asks[0]); d != "" {
				t.Error(d)
			}
		}
		wantKind(t, call(saying(t, 400, "")), model.Invalid)
		wantKind(t, call(saying(t, 504, "<html>")), model.Lost)
	}
	wantKind(t, saying(t, 204, "").DeleteProfileTarget(t.Context(), clinic, "", ""), model.Invalid)
}

func TestSync(t *testing.T) {
	b := saying(t, 204, "")
	if err := b.Sync(t.Context(), "id-1"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(ask{"POST", "/beta/deviceManagement/windowsAutopilotSettings/sync", "id-1", ""}, b.asks[0]); d != "" {
		t.Error(d)
	}
	wantKind(t, saying(t, 409, "").Sync(t.Context(), ""), model.Conflict, "under way")
	b = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	err := b.Sync(t.Context(), "")
	wantKind(t, err, model.Throttled, "one sync in ten minutes", "1s")
	if d, ok := rest.RetryAfter(err); !ok || d != time.Second || len(b.asks) != 1 {
		t.Error(d, ok, len(b.asks))
	}
	wantKind(t, saying(t, 403, "").Sync(t.Context(), ""), model.Forbidden)
}

func TestImportDevices(t *testing.T) {
	rows := []graph.ImportRow{{Identity: model.Identity{Serial: "9XW5B44", Hash: model.NewSecret("T0FCMUFRQVVBQUFB")}, GroupTag: "CLINIC-FRONT"}}
	b := saying(t, 200, list(example(t, "import")))
	got, err := b.ImportDevices(t.Context(), rows, "", "id-1")
	if err != nil || len(got) != 1 || got[0].ID != ticket {
		t.Fatal(got, err)
	}
	want := strings.Replace(example(t, "import-create.request"), `"microsoft.graph.importedWindowsAutopilotDeviceIdentityState"`, `"#microsoft.graph.importedWindowsAutopilotDeviceIdentityState"`, 1)
	sameJSON(t, `{"importedWindowsAutopilotDeviceIdentities":[`+want+`]}`, b.asks[0].Body)
	typeFirst(t, b.asks[0].Body)
	if a := b.asks[0]; a.Target != "/beta/deviceManagement/importedWindowsAutopilotDeviceIdentities/import" || a.RequestID != "id-1" {
		t.Errorf("asked %+v", a)
	}
	if _, err = b.ImportDevices(t.Context(), rows, "ours", ""); err != nil || !strings.Contains(b.asks[1].Body, `"importId":"ours"`) {
		t.Error(err, b.asks[1].Body)
	}
	for _, answer := range []string{"", "<html>", list(), list(`{"id":"x"}`)} {
		_, err = saying(t, 200, answer).ImportDevices(t.Context(), rows, "ours", "")
		wantKind(t, err, model.Lost)
	}
	_, err = b.ImportDevices(t.Context(), make([]graph.ImportRow, graph.MaxImport+1), "", "")
	wantKind(t, err, model.Invalid)
	echo := saying(t, 400, `{"error":{"code":"BadRequest","message":"hash `+strings.Repeat("QUJD", 40)+` is bad"}}`)
	if _, err = echo.ImportDevices(t.Context(), rows, "", ""); strings.Contains(err.Error(), "QUJDQUJD") {
		t.Errorf("an error repeats a hash: %v", err)
	}
}

func created() model.DeploymentProfile {
	return model.DeploymentProfile{Name: "Clinic front desk", Description: "User driven, standard user", Locale: "nb-NO", DeviceType: "windowsPc",
		NameTemplate: "FJL-%RAND:5%", Preprovision: true, ScopeTags: []string{"0"},
		OutOfBox: model.OutOfBox{PrivacyHidden: true, EULAHidden: true, UserType: "standard", Usage: "singleUser", KeyboardSkipped: true, EscapeLinkHidden: true}}
}

func TestCreateProfile(t *testing.T) {
	b := saying(t, 201, example(t, "profile"))
	got, err := b.CreateProfile(t.Context(), created(), "id-1")
	if err != nil || got.ID != clinic {
		t.Fatal(got, err)
	}
	sameJSON(t, example(t, "profile-create.request"), b.asks[0].Body)
	typeFirst(t, b.asks[0].Body)
	b = saying(t, 201, "")
	hybrid := model.DeploymentProfile{Hybrid: true, Name: "H", OutOfBox: model.OutOfBox{UserType: "standard", Usage: "shared"}}
	if got, err = b.CreateProfile(t.Context(), hybrid, ""); err != nil || got.ID != "" || got.Name != "H" {
		t.Error(got, err)
	}
	sameJSON(t, `{"@odata.type":"#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile","displayName":"H","description":"","locale":"","deviceType":"windowsPc",
		"hardwareHashExtractionEnabled":false,"preprovisioningAllowed":false,"roleScopeTagIds":["0"],
		"outOfBoxExperienceSetting":{"privacySettingsHidden":false,"eulaHidden":false,"deviceUsageType":"shared","keyboardSelectionPageSkipped":false,"escapeLinkHidden":false}}`, b.asks[0].Body)
}

func TestUpdateProfile(t *testing.T) {
	was := created()
	was.ID = clinic
	want := was
	want.Locale, want.Preprovision = "", false
	b := saying(t, 200, example(t, "profile"))
	got, err := b.UpdateProfile(t.Context(), was, want, "id-2")
	if err != nil || got.ID != clinic {
		t.Fatal(got, err)
	}
	sameJSON(t, `{"@odata.type":"#microsoft.graph.azureADWindowsAutopilotDeploymentProfile","locale":"","preprovisioningAllowed":false}`, b.asks[0].Body)
	typeFirst(t, b.asks[0].Body)
	if a := b.asks[0]; a.Method != "PATCH" || a.RequestID != "id-2" || !strings.HasSuffix(a.Target, "/"+string(clinic)) {
		t.Errorf("asked %+v", a)
	}
	want.OutOfBox.Usage = model.UsageShared
	b = saying(t, 204, "")
	if got, err = b.UpdateProfile(t.Context(), was, want, ""); err != nil {
		t.Fatal(err)
	}
	same(t, want, got)
	if body := b.asks[0].Body; strings.Contains(body, "userType") || strings.Contains(body, "deviceType") || !strings.Contains(body, `"deviceUsageType":"shared"`) {
		t.Errorf("sent %s", body)
	}
	for _, bad := range []func(*model.DeploymentProfile){
		func(*model.DeploymentProfile) {},
		func(p *model.DeploymentProfile) { p.Hybrid = true },
		func(p *model.DeploymentProfile) { p.DeviceType = "holoLens" },
	} {
		want := was
		bad(&want)
		_, err = b.UpdateProfile(t.Context(), was, want, "")
		wantKind(t, err, model.Invalid)
	}
}

func TestAddProfileTarget(t *testing.T) {
	to := model.Target{Kind: model.TargetGroup, Group: fronts}
	b := saying(t, 201, example(t, "profile-assignments"))
	got, err := b.AddProfileTarget(t.Context(), clinic, to, "id-1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, model.ProfileTarget{ID: string(clinic) + "_" + string(fronts) + "_0", Target: to, Source: "direct"}, got)
	sameJSON(t, example(t, "profile-assign.request"), b.asks[0].Body)
	typeFirst(t, b.asks[0].Body)
	if got, err = saying(t, 201, "").AddProfileTarget(t.Context(), clinic, to, ""); err != nil || got.ID != "" || got.Target != to {
		t.Error(got, err)
	}
	other := saying(t, 400, `{"error":{"code":"BadRequest","message":"Another Profile `+string(clinic)+` is already assigned to All Devices."}}`)
	_, err = other.AddProfileTarget(t.Context(), clinic, model.Target{Kind: model.TargetAllDevices}, "")
	wantKind(t, err, model.Invalid, "already assigned to All Devices")
	sameJSON(t, `{"target":{"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget"}}`, other.asks[0].Body)
	for _, bad := range []model.Target{{}, {Kind: model.TargetGroup}, {Kind: model.TargetExclude, Group: "x"},
		{Kind: model.TargetGroup, Group: fronts, Filter: filter}, {Kind: model.TargetGroup, Group: fronts, Filter: "x", FilterType: "include"}} {
		_, err = b.AddProfileTarget(t.Context(), clinic, bad, "")
		wantKind(t, err, model.Invalid)
	}
}

func TestAssignBIOS(t *testing.T) {
	const path = "/beta/deviceManagement/hardwareConfigurations/" + string(counter) + "/assign"
	targets, err := routes(t, map[string]string{"GET deviceManagement/hardwareConfigurations/" + string(counter) + "/assignments": example(t, "bios-assignments")}).BIOSTargets(t.Context(), counter)
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{200, 204} {
		b := saying(t, status, "")
		if err := b.AssignBIOS(t.Context(), counter, targets, "id-1"); err != nil {
			t.Fatal(err)
		}
		sameJSON(t, example(t, "bios-assign.request"), b.asks[0].Body)
		typeFirst(t, b.asks[0].Body)
		if a := b.asks[0]; a.Method != "POST" || a.Target != path || a.RequestID != "id-1" {
			t.Errorf("asked %+v", a)
		}
	}
	b := saying(t, 200, "")
	if err := b.AssignBIOS(t.Context(), counter, nil, ""); err != nil || b.asks[0].Body != `{"hardwareConfigurationAssignments":[]}` {
		t.Error(err, b.asks)
	}
	both := []model.Target{{Kind: model.TargetGroup, Group: fronts}, {Kind: model.TargetExclude, Group: fronts}}
	wantKind(t, b.AssignBIOS(t.Context(), counter, both, ""), model.Invalid, "included and excluded")
}

// seedDevice is the device of the first recorded page.
func seedDevice(t testing.TB) (d model.AutopilotDevice, wire map[string]json.RawMessage) {
	t.Helper()
	var page struct {
		Value []map[string]json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal([]byte(example(t, "autopilot-devices")), &page); err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(page.Value[0])
	all, err := gather(saying(t, 200, list(string(raw))).AutopilotDevices(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return all[0], page.Value[0]
}

func TestAssignDirect(t *testing.T) {
	d, _ := seedDevice(t)
	b := saying(t, 201, "")
	if err := b.AssignDirect(t.Context(), clinic, d, "id-1"); err != nil {
		t.Fatal(err)
	}
	want := ask{"POST", "/beta/deviceManagement/windowsAutopilotDeploymentProfiles/" + string(clinic) + "/assignedDevices", "id-1",
		`{"@odata.type":"#microsoft.graph.windowsAutopilotDeviceIdentity","id":"` + string(front) + `","serialNumber":"7QK2M93"}`}
	if diff := cmp.Diff(want, b.asks[0]); diff != "" {
		t.Error(diff)
	}
}

func TestAssignVia(t *testing.T) {
	d, wire := seedDevice(t)
	const target = "/beta/deviceManagement/windowsAutopilotDeviceIdentities/" + string(spare) + "/deploymentProfile/assignedDevices/$ref"
	b := saying(t, 204, "")
	if err := b.AssignVia(t.Context(), spare, d, false, "id-1"); err != nil {
		t.Fatal(err)
	}
	want := ask{"POST", target, "id-1", `{"@odata.id":"` + b.base + `/deviceManagement/windowsAutopilotDeviceIdentities/` + string(front) + `"}`}
	if diff := cmp.Diff(want, b.asks[0]); diff != "" {
		t.Error(diff)
	}
	b = saying(t, 201, "")
	if err := b.AssignVia(t.Context(), spare, d, true, ""); err != nil {
		t.Fatal(err)
	}
	typeFirst(t, b.asks[0].Body)
	// Nothing of the device is lost on the way back, but the password stays.
	delete(wire, "deviceAccountPassword")
	wire["@odata.type"] = json.RawMessage(`"#microsoft.graph.windowsAutopilotDeviceIdentity"`)
	raw, _ := json.Marshal(wire)
	sameJSON(t, string(raw), b.asks[0].Body)
}

func TestNoRoute(t *testing.T) {
	const profile = "/beta/deviceManagement/windowsAutopilotDeploymentProfiles/" + string(clinic)
	const nav = "/beta/deviceManagement/windowsAutopilotDeviceIdentities/" + string(spare) + "/deploymentProfile"
	const device = "/beta/deviceManagement/windowsAutopilotDeviceIdentities/" + string(front)
	for _, tc := range []struct {
		name   string
		status int
		body   string
		gone   string // path that is not there
		want   bool
		kind   model.Kind
	}{
		{"no template", 400, example(t, "fault-c"), "", true, model.Invalid},
		{"no segment", 400, `{"error":{"code":"BadRequest","message":"Resource not found for the segment 'assignedDevices'."}}`, "", true, model.Invalid},
		{"no verb", 405, "", "", true, model.Invalid},
		{"not found, though both are there", 404, "", "", true, model.NotFound},
		{"no device", 404, "", device, false, model.NotFound},
		{"no profile", 404, "", profile, false, model.NotFound},
		{"anchor without a profile", 404, "", nav, false, model.NotFound},
		{"refused", 400, example(t, "fault-a"), "", false, model.Invalid},
		{"lost", 500, "", "", false, model.Lost},
	} {
		for i := range 2 {
			if tc.gone == profile && i == 1 || tc.gone == nav && i == 0 {
				continue
			}
			t.Run(fmt.Sprint(tc.name, i), func(t *testing.T) {
				b := serve(t, func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.Method == http.MethodPost:
						w.WriteHeader(tc.status)
						_, _ = io.WriteString(w, tc.body)
					case r.URL.Path == tc.gone:
						w.WriteHeader(http.StatusNotFound)
					case r.URL.Path == device:
						_, _ = io.WriteString(w, `{"id":"`+string(front)+`"}`)
					case r.URL.Path == profile, r.URL.Path == nav:
						_, _ = io.WriteString(w, example(t, "profile"))
					default:
						t.Errorf("asked for %s", r.URL.Path)
					}
				})
				d := model.AutopilotDevice{ID: front}
				err := b.AssignDirect(t.Context(), clinic, d, "")
				if i == 1 {
					err = b.AssignVia(t.Context(), spare, d, true, "")
				}
				wantKind(t, err, tc.kind)
				if graph.NoRoute(err) != tc.want {
					t.Errorf("got %v of %v", !tc.want, err)
				}
			})
		}
	}
	if graph.NoRoute(nil) {
		t.Error("no error is no missing route")
	}
}
