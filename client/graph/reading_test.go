package graph_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/rest"
	"muster/model"
)

const (
	front    model.AutopilotID     = "6f0c1a52-8d3e-4b7a-9c11-2f5e7ab04d10"
	clinic   model.ProfileID       = "c45f0f0e-9b1a-4f0c-8b57-1f0f4a5c9e21"
	ticket   model.ImportID        = "2f1d9a0e-58c1-4f43-9c0c-74a2b1f90c11"
	counterM model.ManagedDeviceID = "e1b7a4d0-5a2c-4c0d-9a2f-0b8f3f1c7d55"
	fronts   model.GroupID         = "3d1c9a70-46c7-4c5f-8f6c-0b2f8b7e6a11"
	filter                         = "5f5b0e3c-1d77-45f5-8e0b-0a1c2b3d4e5f"
)

// routes answers by "METHOD path?query", decoded; "404" and "500" stand for errors.
func routes(t testing.TB, answers map[string]string) *backend {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		q, _ := url.QueryUnescape(r.URL.RawQuery)
		key := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/beta/")
		if q != "" {
			key += "?" + q
		}
		switch a, ok := answers[key]; {
		case !ok:
			t.Errorf("asked for %s", key)
			w.WriteHeader(http.StatusTeapot)
		case len(a) == 3:
			var status int
			_, _ = fmt.Sscan(a, &status)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"error":{"code":"x","message":"An error has occurred"}}`)
		default:
			_, _ = io.WriteString(w, a)
		}
	})
}

func list(items ...string) string { return `{"value":[` + strings.Join(items, ",") + `]}` }

func TestAutopilotList(t *testing.T) {
	var b *backend
	n := 0
	b = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			_, _ = io.WriteString(w, strings.ReplaceAll(example(t, "autopilot-devices"), "https://graph.microsoft.com/beta", b.base))
			return
		}
		_, _ = io.WriteString(w, list(`{"id":"00000000-0000-0000-0000-000000000001","orderIdentifier":"OLD","enrollmentState":"someday"}`))
	})
	got, err := gather(b.AutopilotDevices(t.Context()))
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	if got[0].ID != front || got[2].Tag() != "OLD" || got[2].Enrollment != "someday" {
		t.Errorf("got %+v", got)
	}
	if want := "$skiptoken=LastSerialNumber%3d%278JH4T02%27"; !strings.HasSuffix(b.asks[1].Target, want) {
		t.Errorf("asked for %s, want %s", b.asks[1].Target, want)
	}
}

func TestFindAutopilot(t *testing.T) {
	b := routes(t, map[string]string{
		"GET deviceManagement/windowsAutopilotDeviceIdentities?$filter=contains(serialNumber,'O''Neil42')": list(
			`{"id":"00000000-0000-0000-0000-000000000001","serialNumber":" ab-o'neil42 x "}`,
			`{"id":"00000000-0000-0000-0000-000000000002","serialNumber":"O'Neil42"}`),
	})
	got, err := b.FindAutopilot(t.Context(), "AB-O'Neil42 x")
	if err != nil || len(got) != 1 || got[0].ID != "00000000-0000-0000-0000-000000000001" {
		t.Error(got, err)
	}
	if !strings.Contains(b.asks[0].Target, "%27O%27%27Neil42%27") {
		t.Errorf("asked for %s", b.asks[0].Target)
	}
	_, err = b.FindAutopilot(t.Context(), " - ")
	wantKind(t, err, model.Invalid)
}

func TestAutopilotDetail(t *testing.T) {
	const item = "GET deviceManagement/windowsAutopilotDeviceIdentities/" + string(front)
	const expanded = item + "?$expand=deploymentProfile,intendedDeploymentProfile"
	device := func(more string) string {
		return `{"id":"` + string(front) + `","serialNumber":"7QK2M93","deploymentProfileAssignmentStatus":"pending"` + more + `}`
	}
	profile := example(t, "profile")
	for _, tc := range []struct {
		name              string
		answers           map[string]string
		profile, intended bool
		missing           int
		kind              model.Kind
	}{
		{"with both", map[string]string{expanded: device(`,"deploymentProfile":` + profile + `,"intendedDeploymentProfile":` + profile)}, true, true, 0, 0},
		{"with none", map[string]string{expanded: device(`,"deploymentProfile":null,"intendedDeploymentProfile":null`)}, false, false, 0, 0},
		{"expand ignored", map[string]string{expanded: device(""), item + "/deploymentProfile": "404", item + "/intendedDeploymentProfile": profile}, false, true, 0, 0},
		{"expand refused", map[string]string{expanded: "400", item: device(""), item + "/deploymentProfile": profile, item + "/intendedDeploymentProfile": "404"}, true, false, 0, 0},
		{"expand fails", map[string]string{expanded: "500", item: device(""), item + "/deploymentProfile": "403", item + "/intendedDeploymentProfile": "500"}, false, false, 2, 0},
		{"gone", map[string]string{expanded: "404"}, false, false, 0, model.NotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := routes(t, tc.answers).AutopilotDevice(t.Context(), front)
			if tc.kind != 0 {
				wantKind(t, err, tc.kind)
				return
			}
			if err != nil || got.Device.ID != front || (got.Profile != nil) != tc.profile || (got.Intended != nil) != tc.intended || len(got.Missing) != tc.missing {
				t.Errorf("got %+v %v", got, err)
			}
			if got.ReadAt.IsZero() || got.Managed != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestItemThatKnowsNothing(t *testing.T) {
	const set = "GET deviceManagement/windowsAutopilotDeviceIdentities"
	unknown := `{"id":"` + string(front) + `","serialNumber":"7QK2M93","deploymentProfileAssignmentStatus":"unknown","deploymentProfile":null,"intendedDeploymentProfile":null}`
	got, err := routes(t, map[string]string{
		set + "/" + string(front) + "?$expand=deploymentProfile,intendedDeploymentProfile": unknown,
		set + "?$filter=contains(serialNumber,'7QK2M93')":                                  list(`{"id":"` + string(front) + `","serialNumber":"7QK2M93","deploymentProfileAssignmentStatus":"assignedInSync"}`),
	}).AutopilotDevice(t.Context(), front)
	if err != nil || got.Device.Assignment != model.AssignmentInSync {
		t.Error(got, err)
	}
}

func TestAutopilotSettings(t *testing.T) {
	got, err := routes(t, map[string]string{"GET deviceManagement/windowsAutopilotSettings": example(t, "autopilot-settings")}).AutopilotSettings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.ReadAt.IsZero() || got.Clock.IsZero() {
		t.Error("it does not say when it was read")
	}
	got.ReadAt, got.Clock = time.Time{}, time.Time{}
	same(t, model.AutopilotSettings{ID: "f0b7a1d2-3c4e-4f50-8a91-b2c3d4e5f607", LastSync: rest.ParseTime("2026-08-18T03:11:52Z"),
		LastManualSync: rest.ParseTime("2026-08-17T14:02:08Z"), Status: "completed"}, got)
}

func TestImports(t *testing.T) {
	const set = "GET deviceManagement/importedWindowsAutopilotDeviceIdentities"
	failed := strings.Replace(example(t, "import"), `"state": {`, `"state": `+strings.TrimSpace(example(t, "import-error"))+`,"x": {`, 1)
	done := strings.Replace(example(t, "import"), `"state": {`, `"state": `+strings.TrimSpace(example(t, "import-complete"))+`,"x": {`, 1)
	b := routes(t, map[string]string{set: list(example(t, "import")), set + "/" + string(ticket): failed})
	got, err := gather(b.Imports(t.Context()))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	same(t, model.ImportedDevice{ID: ticket, Serial: "9XW5B44", GroupTag: "CLINIC-FRONT", Import: string(ticket), Status: "unknown"}, got[0])
	if got[0].Ended() {
		t.Error("a fresh ticket has ended")
	}
	one, err := b.Import(t.Context(), ticket)
	if err != nil || !one.Ended() || one.Done() || one.Code != "806" || one.Name != "ZtdDeviceAlreadyAssigned" {
		t.Error(one, err)
	}
	one, err = routes(t, map[string]string{set + "/" + string(ticket): done}).Import(t.Context(), ticket)
	if err != nil || !one.Done() || one.Registration != "5be6d6d1-0a44-4d6f-9a5e-3a1f0cc7a902" || one.Code+one.Name != "" {
		t.Error(one, err)
	}
}

func TestProfiles(t *testing.T) {
	const set = "GET deviceManagement/windowsAutopilotDeploymentProfiles"
	b := routes(t, map[string]string{set: list(example(t, "profile")), set + "/" + string(clinic): example(t, "profile"),
		set + "/" + string(clinic) + "/assignments": list(strings.TrimSpace(example(t, "profile-assignments")),
			`{"id":"a_b","source":"policySets","target":{"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget","deviceAndAppManagementAssignmentFilterType":"include"}}`,
			`{"id":"","source":"direct"}`),
		set + "/" + string(clinic) + "/assignedDevices": list(`{"id":"` + string(front) + `"}`)})
	all, err := gather(b.Profiles(t.Context()))
	if err != nil || len(all) != 1 || all[0].Name != "Clinic front desk" {
		t.Fatal(all, err)
	}
	one, err := b.Profile(t.Context(), clinic)
	if err != nil {
		t.Fatal(err)
	}
	same(t, all[0], one)
	targets, err := b.ProfileTargets(t.Context(), clinic)
	wantKind(t, err, model.Incomplete, "left out")
	same(t, []model.ProfileTarget{
		{ID: string(clinic) + "_" + string(fronts) + "_0", Source: "direct", Target: model.Target{Kind: model.TargetGroup, Group: fronts}},
		{ID: "a_b", Source: "policySets", Target: model.Target{Kind: model.TargetAllDevices}}}, targets)
	devices, err := gather(b.ProfileDevices(t.Context(), clinic))
	if err != nil || len(devices) != 1 || devices[0].ID != front {
		t.Error(devices, err)
	}
	_, err = gather(b.ProfileDevices(t.Context(), "../x"))
	wantKind(t, err, model.Invalid)
}

func TestManagedDevices(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		item := `{"id":"` + string(counterM) + `","deviceName":"FJL-FRONT-01","serialNumber":"7QK2M93","azureADDeviceId":"b04d7d4b-3a0e-4a8f-8a51-77e1d2c90a3b","operatingSystem":"Windows","isEncrypted":true,"autopilotEnrolled":true,"complianceState":"compliant","enrolledDateTime":"0001-01-01T00:00:00Z"}`
		if strings.HasSuffix(r.URL.Path, string(counterM)) {
			_, _ = io.WriteString(w, item)
			return
		}
		_, _ = io.WriteString(w, list(item, `{"id":"`+string(front)+`","operatingSystem":"iOS"}`)) // the filter is ignored
	})
	got, err := gather(b.ManagedDevices(t.Context()))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	want := model.ManagedDevice{ID: counterM, Name: "FJL-FRONT-01", Serial: "7QK2M93", EntraDevice: "b04d7d4b-3a0e-4a8f-8a51-77e1d2c90a3b",
		System: "Windows", Compliance: "compliant", Encrypted: true, AutopilotJoined: true}
	same(t, want, got[0])
	one, err := b.ManagedDevice(t.Context(), counterM)
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, one)
	if q := b.asks[0].Target; !strings.Contains(q, "%24filter=operatingSystem%20eq%20%27Windows%27") || !strings.Contains(q, "azureADDeviceId") {
		t.Errorf("asked for %s", q)
	}
}

// A serial finds managed devices by equality, whatever the service does with the
// filter; one that identifies nothing is not asked for.
func TestFindManaged(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) { // the filter is ignored
		_, _ = io.WriteString(w, list(`{"id":"`+string(counterM)+`","serialNumber":" 7qk2m93 "}`, `{"id":"`+string(front)+`","serialNumber":"7QK2M93X"}`,
			`{"id":"`+string(clinic)+`","serialNumber":""}`, `{"id":"`+string(counter)+`","serialNumber":"Default string"}`))
	})
	got, err := b.FindManaged(t.Context(), "7QK2M93 ")
	if err != nil || len(got) != 1 || got[0].ID != counterM {
		t.Error(got, err)
	}
	if q := b.asks[0].Target; !strings.Contains(q, "%24filter=serialNumber%20eq%20%277QK2M93%27") {
		t.Errorf("asked for %s", q)
	}
	for _, serial := range []string{"", "  ", "Default string", "To be filled by O.E.M."} {
		if got, err := b.FindManaged(t.Context(), serial); err != nil || len(got) > 0 || len(b.asks) != 1 {
			t.Errorf("serial %q: %v, %v, %d requests", serial, got, err, len(b.asks))
		}
	}
}

func TestBIOSResults(t *testing.T) {
	const item = "GET deviceManagement/hardwareConfigurations/" + string(counter)
	b := routes(t, map[string]string{
		item + "/assignments":     example(t, "bios-assignments"),
		item + "/runSummary":      `{"id":"x","pendingDeviceCount":1,"successfulDeviceCount":20,"errorDeviceCount":3,"failedDeviceCount":4,"notApplicableDeviceCount":5,"unknownDeviceCount":"6","successfulUserCount":7,"lastRunDateTime":null}`,
		item + "/deviceRunStates": example(t, "bios-runs"),
		item + "/userRunStates":   list(`{"id":"u1","userName":"Ines","userEmail":"i@x.example","upn":"ines@x.example","failedDeviceCount":2}`),
	})
	targets, err := b.BIOSTargets(t.Context(), counter)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.Target{{Kind: model.TargetGroup, Group: fronts, Filter: filter, FilterType: "include"},
		{Kind: model.TargetExclude, Group: "91c0f6c2-2b6e-4d0b-8a43-7a0e2d5c1b33"}}, targets)
	sum, err := b.BIOSSummary(t.Context(), counter)
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[model.RunState]int{model.RunPending: 1, model.RunSuccess: 20, model.RunScriptError: 3, model.RunFail: 4, model.RunNotApplicable: 5, model.RunUnknown: 6}, sum.Devices)
	if sum.Users[model.RunSuccess] != 7 || !sum.LastRun.IsZero() {
		t.Errorf("got %+v", sum)
	}
	runs, err := gather(b.BIOSRuns(t.Context(), counter))
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	same(t, model.DeviceRun{ID: string(counter) + "_" + string(counterM), State: model.RunFail, Problem: "Setting TpmSecurity is not supported on this model",
		Device: "FJL-FRONT-01", System: "10.0.26100.4770", User: "ines.aalto@fjordlight.example", UserID: "6a1f4b0d-1c77-4a35-8e77-0b6d9a2c1f44",
		Version: 2, At: rest.ParseTime("2026-08-17T22:14:09.3310021Z")}, runs[0])
	users, err := gather(b.BIOSUserRuns(t.Context(), counter))
	if err != nil || len(users) != 1 || users[0].Devices[model.RunFail] != 2 || users[0].Name != "Ines" {
		t.Error(users, err)
	}
}

// A self-deploying profile has no user whose type could be said, whatever stands there.
func TestASharedProfileHasNoUserType(t *testing.T) {
	for usage, want := range map[string]string{model.UsageShared: "", model.UsageSingle: model.UserAdmin} {
		b := saying(t, 200, `{"@odata.type":"#microsoft.graph.azureADWindowsAutopilotDeploymentProfile","id":"`+string(clinic)+`","displayName":"x",
			"outOfBoxExperienceSetting":{"userType":"administrator","deviceUsageType":"`+usage+`"}}`)
		if p, err := b.Profile(t.Context(), clinic); err != nil || p.OutOfBox.UserType != want {
			t.Errorf("%s: %q, %v", usage, p.OutOfBox.UserType, err)
		}
	}
}
