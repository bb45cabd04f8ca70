package simulator_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type pilotView struct {
	ID, SerialNumber, Manufacturer, Model, SystemFamily, SKUNumber, ProductKey                             string
	GroupTag, PurchaseOrderIdentifier, DisplayName, AddressableUserName, UserPrincipalName, ResourceName   string
	EnrollmentState, LastContactedDateTime, ManagedDeviceID, AzureActiveDirectoryDeviceID, AzureADDeviceID string
	DeploymentProfileAssignmentStatus, DeploymentProfileAssignmentDetailedStatus                           string
	DeploymentProfileAssignedDateTime, DeviceAccountUPN, DeviceAccountPassword, DeviceFriendlyName         string
	RemediationState, RemediationStateLastModifiedDateTime, UserlessEnrollmentStatus                       string
	DeploymentProfile, IntendedDeploymentProfile                                                           *struct {
		Type            string `json:"@odata.type"`
		ID, DisplayName string
	}
}

const (
	pilots = "/windowsAutopilotDeviceIdentities"
	noGUID = "00000000-0000-0000-0000-000000000000"
	noDate = "0001-01-01T00:00:00Z"
)

func (b *bench) pilots() []pilotView {
	b.t.Helper()
	all, _ := walk[pilotView](b, "/beta/deviceManagement"+pilots)
	return all
}

// pilot reads one identity with its profiles.
func (b *bench) pilot(id string) pilotView {
	b.t.Helper()
	return read[pilotView](b.t, b.graph("GET", pilots+"/"+id+"?$expand=deploymentProfile,intendedDeploymentProfile", "").want(b.t, 200))
}

// some finds an identity that a test can use, or fails.
func some(t *testing.T, all []pilotView, ok func(pilotView) bool) pilotView {
	t.Helper()
	i := slices.IndexFunc(all, ok)
	if i < 0 {
		t.Fatal("no identity of the kind that the test needs")
	}
	return all[i]
}

func idle(p pilotView) bool { return p.EnrollmentState == "notContacted" }

func TestIdentitiesAreListedOnceInTheOrderOfTheirSerialNumbers(t *testing.T) {
	b := start(t, simulator.Options{Devices: 900, Page: 70})
	all, pages := walk[pilotView](b, "/beta/deviceManagement"+pilots)
	if pages < 13 {
		t.Errorf("%d pages", pages)
	}
	seen := map[string]bool{}
	for i, p := range all {
		if seen[p.ID] || i > 0 && p.SerialNumber < all[i-1].SerialNumber {
			t.Fatalf("%s (%s) at %d behind %s", p.ID, p.SerialNumber, i, all[i-1].SerialNumber)
		}
		seen[p.ID] = true
	}
	partner := map[string]bool{}
	for _, batch := range b.batches() {
		for _, d := range b.devices(batch.ID) {
			if !strings.HasPrefix(d.SerialNumber, "SIM-807-") {
				partner[d.SerialNumber] = true
			}
		}
	}
	own := 0
	for _, p := range all {
		if !partner[p.SerialNumber] {
			own++
		}
		delete(partner, p.SerialNumber)
	}
	if len(partner) > 0 || own != 900/25+2 {
		t.Errorf("%d devices of the partner are missing, %d identities are the customer's own", len(partner), own)
	}
	for _, top := range []int{1, 2, 13} {
		if again, _ := walk[pilotView](b, fmt.Sprintf("/beta/deviceManagement%s?$top=%d&$filter=contains(serialNumber,'D')", pilots, top)); len(again) == 0 ||
			!slices.EqualFunc(again, slices.Collect(func(yield func(pilotView) bool) {
				for _, p := range all {
					if strings.Contains(strings.ToUpper(p.SerialNumber), "D") && !yield(p) {
						return
					}
				}
			}), func(a, b pilotView) bool { return a == b }) {
			t.Errorf("pages of %d: %d identities with a D", top, len(again))
		}
	}
}

func TestAnEmptyTenantHasAnEmptyList(t *testing.T) {
	b := start(t, simulator.Options{Devices: 0})
	if got := b.graph("GET", pilots, "").want(t, 200); !strings.Contains(string(got.body), `"value":[]`) {
		t.Errorf("%s", got.body)
	}
}

func TestIdentitiesAreWorthLookingAt(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	counts := map[string]int{}
	count := func(what, value string) { counts[what+"="+value]++ }
	words := map[string][]string{
		"status":      {"unknown", "assignedInSync", "assignedOutOfSync", "assignedUnkownSyncState", "notAssigned", "pending", "failed"},
		"detail":      {"none", "hardwareRequirementsNotMet", "surfaceHubProfileNotSupported", "holoLensProfileNotSupported", "windowsPcProfileNotSupported", "surfaceHub2SProfileNotSupported"},
		"enrolment":   {"unknown", "enrolled", "pendingReset", "failed", "notContacted", "blocked"},
		"remediation": {"unknown", "noRemediationRequired", "automaticRemediationRequired", "manualRemediationRequired"},
		"userless":    {"unknown", "allowed", "blocked"},
	}
	placeholders := 0
	for _, p := range b.pilots() {
		for what, value := range map[string]string{
			"status": p.DeploymentProfileAssignmentStatus, "detail": p.DeploymentProfileAssignmentDetailedStatus, "enrolment": p.EnrollmentState,
			"remediation": p.RemediationState, "userless": p.UserlessEnrollmentStatus,
		} {
			if !slices.Contains(words[what], value) {
				t.Fatalf("%s %q is no word of the service", what, value)
			}
			count(what, value)
		}
		if p.SerialNumber == "Default string" {
			placeholders++
		}
		enrolled := p.EnrollmentState == "enrolled" || p.EnrollmentState == "pendingReset"
		assigned := strings.HasPrefix(p.DeploymentProfileAssignmentStatus, "assigned")
		if enrolled != (p.ManagedDeviceID != noGUID) || enrolled != (p.LastContactedDateTime != noDate) || assigned != (p.DeploymentProfileAssignedDateTime != noDate) ||
			p.AzureADDeviceID != p.AzureActiveDirectoryDeviceID || len(p.AzureADDeviceID) != 36 || p.DeviceAccountPassword != "" || len(p.DisplayName) > 15 ||
			(p.EnrollmentState == "blocked") != (p.UserlessEnrollmentStatus == "blocked") || (p.AddressableUserName != "") != (p.UserPrincipalName != "") {
			t.Errorf("%+v", p)
		}
		for _, date := range []string{p.LastContactedDateTime, p.DeploymentProfileAssignedDateTime, p.RemediationStateLastModifiedDateTime} {
			if date != noDate && len(date) != len("2026-08-18T05:58:02.4419021Z") {
				t.Errorf("date %q", date)
			}
		}
		count("tag", p.GroupTag)
		for what, value := range map[string]string{"user": p.UserPrincipalName, "name": p.DisplayName, "order": p.PurchaseOrderIdentifier, "sku": p.SKUNumber, "family": p.SystemFamily} {
			if value != "" {
				count(what, "some")
			}
		}
	}
	for _, what := range []string{"status=notAssigned", "status=assignedInSync", "status=assignedUnkownSyncState", "status=assignedOutOfSync", "status=failed", "enrolment=enrolled", "enrolment=notContacted",
		"enrolment=blocked", "enrolment=failed", "enrolment=pendingReset", "remediation=manualRemediationRequired", "user=some", "name=some", "order=some", "sku=some", "family=some", "tag="} {
		if counts[what] == 0 {
			t.Errorf("no identity with %s", what)
		}
	}
	for _, batch := range b.batches() {
		if batch.DevicesCount > 20 && counts["tag="+batch.ID] == 0 {
			t.Errorf("batch %q is no group tag among %v", batch.ID, slices.Sorted(maps.Keys(counts)))
		}
	}
	if placeholders != 2 {
		t.Errorf("%d identities with a placeholder for a serial number", placeholders)
	}
}

func TestAnIdentityAlone(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	all := b.pilots()
	one := some(t, all, func(p pilotView) bool { return strings.HasPrefix(p.DeploymentProfileAssignmentStatus, "assigned") })
	for _, path := range []string{pilots + "/" + one.ID, pilots + "('" + one.ID + "')", "/WindowsAutopilotDeviceIdentities/" + strings.ToUpper(one.ID)} {
		got := b.graph("GET", path, "").want(t, 200)
		if v := read[pilotView](t, got); v != one || strings.Contains(string(got.body), `"deploymentProfile"`) ||
			read[map[string]any](t, got)["@odata.context"] != b.ready.Graph+"/$metadata#deviceManagement/windowsAutopilotDeviceIdentities/$entity" {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	full := b.pilot(one.ID)
	if full.DeploymentProfile == nil || full.IntendedDeploymentProfile == nil || full.DeploymentProfile.ID != full.IntendedDeploymentProfile.ID ||
		!strings.HasPrefix(full.DeploymentProfile.Type, "#microsoft.graph.") {
		t.Errorf("%+v", full)
	}
	alone := read[map[string]any](t, b.graph("GET", pilots+"/"+one.ID+"/deploymentProfile", "").want(t, 200))
	if alone["id"] != full.DeploymentProfile.ID || !strings.HasSuffix(fmt.Sprint(alone["@odata.context"]), "#deviceManagement/windowsAutopilotDeploymentProfiles/$entity") {
		t.Errorf("%v", alone)
	}
	none := some(t, all, func(p pilotView) bool { return p.DeploymentProfileAssignmentStatus == "notAssigned" })
	got := b.graph("GET", pilots+"/"+none.ID+"?$expand=deploymentProfile,intendedDeploymentProfile", "").want(t, 200)
	if !strings.Contains(string(got.body), `"deploymentProfile":null,"intendedDeploymentProfile":null`) {
		t.Errorf("%s", got.body)
	}
	b.graph("GET", pilots+"/"+none.ID+"/deploymentProfile", "").want(t, 404)
	b.graph("GET", pilots+"/"+none.ID+"/intendedDeploymentProfile", "").want(t, 404)
	b.graph("GET", pilots+"/"+one.ID+"?$expand=owner", "").want(t, 400)
	for _, id := range []string{someID, "x", noGUID, one.ManagedDeviceID} {
		b.graph("GET", pilots+"/"+id, "").want(t, 404)
	}
	b.graph("PATCH", pilots+"/"+one.ID, `{"groupTag":"x"}`).want(t, 400)
	if e := read[graphErrorView](t, b.graph("PATCH", pilots+"/"+one.ID, `{}`)).Error; e.Code != "No method match route template" || !strings.Contains(e.Message, "DeviceEnrollmentFE") {
		t.Errorf("%+v", e)
	}
	b.graph("POST", pilots, `{"serialNumber":"X"}`).want(t, 400)
	b.control("POST", "/switches", `{"item-unknown":true}`).want(t, 200)
	if v := b.pilot(one.ID); v.DeploymentProfileAssignmentStatus != "unknown" || v.DeploymentProfile == nil {
		t.Errorf("with the switch: %+v", v)
	}
	if v := some(t, b.pilots(), func(p pilotView) bool { return p.ID == one.ID }); v != one {
		t.Errorf("the list with the switch: %+v", v)
	}
}

func TestVersionOneKnowsLessOfAnIdentity(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	root := strings.TrimSuffix(b.ready.Graph, "/beta") + "/v1.0"
	get := func(path string, status int) reply {
		t.Helper()
		return b.do(request{method: "GET", url: root + "/deviceManagement" + path, token: b.ready.GraphToken}).want(t, status)
	}
	list := read[setView[map[string]any]](t, get(pilots+"?$top=5", 200))
	want := []string{"addressableUserName", "azureActiveDirectoryDeviceId", "displayName", "enrollmentState", "groupTag", "id", "lastContactedDateTime", "managedDeviceId", "manufacturer", "model",
		"productKey", "purchaseOrderIdentifier", "resourceName", "serialNumber", "skuNumber", "systemFamily", "userPrincipalName"}
	if have := slices.Sorted(maps.Keys(list.Value[0])); !slices.Equal(have, want) {
		t.Errorf("properties %v, want %v", have, want)
	}
	if len(list.Value) != 5 || !strings.HasPrefix(list.Next, root+"/") || list.Context != root+"/$metadata#deviceManagement/windowsAutopilotDeviceIdentities" {
		t.Errorf("%+v", list)
	}
	id := fmt.Sprint(list.Value[0]["id"])
	get(pilots+"/"+id, 200)
	get(pilots+"/"+id+"?$expand=deploymentProfile", 400)
	get(pilots+"/"+id+"/deploymentProfile", 400)
	get("/windowsAutopilotDeploymentProfiles", 400)
	get("/windowsAutopilotSettings", 400)
	for _, p := range read[setView[pilotView]](t, get(pilots, 200)).Value {
		if p.EnrollmentState == "blocked" {
			t.Error("v1.0 knows blocked")
		}
	}
	post := func(body string, status int) {
		t.Helper()
		b.do(request{method: "POST", url: root + "/deviceManagement" + pilots + "/" + id + "/updateDeviceProperties", token: b.ready.GraphToken, body: body}).want(t, status)
	}
	post(`{"groupTag":"of v1"}`, 204)
	post(`{"deviceFriendlyName":"x"}`, 400)
	if v := b.pilot(id); v.GroupTag != "of v1" {
		t.Errorf("%+v", v)
	}
}

func TestFiltersOfIdentitiesStrictAndLenient(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	all := b.pilots()
	one := some(t, all, func(p pilotView) bool {
		return !strings.Contains(p.SerialNumber, "-") && p.SerialNumber != "Default string"
	})
	virtual := some(t, all, func(p pilotView) bool { return strings.Contains(p.SerialNumber, "-") })
	get := func(filter string) reply {
		return b.graph("GET", pilots+"?"+filter, "")
	}
	filter := func(text string) string { return "$filter=" + url.QueryEscape(text) }
	for _, q := range []string{filter("contains(serialNumber,'" + one.SerialNumber + "')"), filter("contains(serialNumber, '" + strings.ToLower(one.SerialNumber) + "')")} {
		if got := read[setView[pilotView]](t, get(q).want(t, 200)); len(got.Value) != 1 || got.Value[0] != one {
			t.Errorf("%s: %d identities", q, len(got.Value))
		}
	}
	if got := read[setView[pilotView]](t, get(filter("contains(serialNumber,'O''Neil')")).want(t, 200)); len(got.Value) != 0 {
		t.Errorf("%+v", got)
	}
	eq, hyphen := filter("serialNumber eq '"+one.SerialNumber+"'"), filter("contains(serialNumber,'"+virtual.SerialNumber+"')")
	byID, tag := filter("id eq '"+one.ID+"'"), filter("groupTag eq '"+one.GroupTag+"' and serialNumber eq '"+one.SerialNumber+"'")
	for _, q := range []string{eq, hyphen, byID, tag, filter("contains(groupTag,'x')"), filter("contains(serialNumber,'x') or contains(serialNumber,'y')"), "$orderby=serialNumber",
		"$search=x", "$skip=5", "$expand=deploymentProfile", "$filter=nonsense", "$top=0", "$top=x", "$skiptoken=nonsense", "$skiptoken=LastSerialNumber%3d%27x%27%26Skip%3d0"} {
		if e := read[graphErrorView](t, get(q).want(t, 400)).Error; e.Code != "BadRequest" {
			t.Errorf("%s: %+v", q, e)
		}
	}
	b.control("POST", "/switches", `{"lenient-filter":true}`).want(t, 200)
	for q, want := range map[string]string{eq: one.ID, hyphen: virtual.ID, byID: one.ID, tag: one.ID} {
		if got := read[setView[pilotView]](t, get(q).want(t, 200)); len(got.Value) != 1 || got.Value[0].ID != want {
			t.Errorf("%s: %d identities", q, len(got.Value))
		}
	}
	get(filter("nothing eq 'x'")).want(t, 400)
}

func TestSelectOfIdentities(t *testing.T) {
	b := start(t, simulator.Options{Devices: 30})
	q := pilots + "?$select=id,serialNumber&$top=3"
	list := read[setView[map[string]any]](t, b.graph("GET", q, "").want(t, 200))
	if len(list.Value) != 3 || len(list.Value[0]) != 2 || list.Value[0]["serialNumber"] == nil || !strings.Contains(list.Next, "$select=id,serialNumber") {
		t.Errorf("%+v", list)
	}
	b.graph("GET", pilots+"?$select=nothing", "").want(t, 400)
	b.control("POST", "/switches", `{"no-select":true}`).want(t, 200)
	b.graph("GET", q, "").want(t, 500)
	b.graph("GET", pilots+"?$top=3", "").want(t, 200)
}

func TestALoopOfPagesCanBeHad(t *testing.T) {
	b := start(t, simulator.Options{Devices: 30})
	b.control("POST", "/switches", `{"page-loop":true,"order-id":true}`).want(t, 200)
	first := read[setView[map[string]any]](t, b.graph("GET", pilots+"?$top=2", "").want(t, 200))
	second := read[setView[map[string]any]](t, b.do(request{method: "GET", url: first.Next}).want(t, 200))
	if first.Next == "" || second.Next != first.Next || second.Value[0]["id"] != first.Value[0]["id"] {
		t.Errorf("%s and then %s", first.Next, second.Next)
	}
	if tag, ok := first.Value[0]["orderIdentifier"]; !ok || tag != first.Value[0]["groupTag"] {
		t.Errorf("%+v", first.Value[0])
	}
}

func TestDevicesOfPartnerCenterAppearAfterTheirJobAndASync(t *testing.T) {
	b := start(t, simulator.Options{Devices: 50})
	has := func(serial string) (pilotView, bool) {
		i := slices.IndexFunc(b.pilots(), func(p pilotView) bool { return p.SerialNumber == serial })
		if i < 0 {
			return pilotView{}, false
		}
		return b.pilots()[i], true
	}
	job := b.finish(b.mine("POST", "/deviceBatches", upload("NEW-TAG", `{"serialNumber":"NEWONE1","oemManufacturerName":"Dell Inc.","modelName":"Latitude 7450"}`)))
	if job.Status != "finished" {
		t.Fatalf("%+v", job)
	}
	if _, ok := has("NEWONE1"); ok {
		t.Error("there before a sync")
	}
	b.graph("POST", "/windowsAutopilotSettings/sync", "").want(t, 204)
	b.watch.forward(time.Minute)
	p, ok := has("NEWONE1")
	if !ok || p.GroupTag != "NEW-TAG" || p.Model != "Latitude 7450" || p.EnrollmentState != "notContacted" {
		t.Fatalf("after a sync: %v %+v", ok, p)
	}
	d := b.devices("NEW-TAG")[0]
	b.mine("DELETE", "/deviceBatches/NEW-TAG/devices/"+d.ID, "").want(t, 204)
	if _, ok := has("NEWONE1"); !ok {
		t.Error("gone before a sync")
	}
	b.watch.forward(time.Hour) // the service syncs by itself, too
	if _, ok := has("NEWONE1"); ok {
		t.Error("still there after the next sync")
	}
}

func TestDevicesKnownByTheirKeyHaveNoSerialNumber(t *testing.T) {
	b := start(t, simulator.Options{Devices: 30})
	b.finish(b.mine("POST", "/deviceBatches", upload("KEYS", `{"productKey":"3300000000001"},{"productKey":"3300000000002"},{"productKey":"3300000000003"}`)))
	b.watch.forward(time.Hour)
	for _, top := range []int{1, 2, 3, 100} {
		all, _ := walk[pilotView](b, fmt.Sprintf("/beta/deviceManagement%s?$top=%d", pilots, top))
		keys := map[string]bool{}
		for _, p := range all {
			if p.SerialNumber == "" {
				keys[p.ProductKey] = p.GroupTag == "KEYS"
			}
		}
		if len(all) != len(b.pilots()) || !maps.Equal(keys, map[string]bool{"3300000000001": true, "3300000000002": true, "3300000000003": true}) {
			t.Errorf("pages of %d: %d identities, without a serial number %v", top, len(all), keys)
		}
	}
}

func TestAnIdentityIsDeletedWithTheNextSync(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	all := b.pilots()
	busy := some(t, all, func(p pilotView) bool { return p.EnrollmentState == "enrolled" })
	b.graph("DELETE", pilots+"/"+busy.ID, "").want(t, 400)
	tags := map[string]bool{}
	for _, batch := range b.batches() {
		tags[batch.ID] = true
	}
	one := some(t, all, func(p pilotView) bool { return idle(p) && p.GroupTag != "" && tags[p.GroupTag] })
	for range 2 {
		b.graph("DELETE", pilots+"/"+one.ID, "").want(t, 204)
	}
	b.pilot(one.ID)
	b.graph("POST", "/windowsAutopilotSettings/sync", "{}").want(t, 204)
	b.watch.forward(time.Minute)
	b.graph("GET", pilots+"/"+one.ID, "").want(t, 404)
	b.graph("DELETE", pilots+"/"+one.ID, "").want(t, 404)
	if left := b.pilots(); len(left) != len(all)-1 {
		t.Errorf("%d identities, before %d", len(left), len(all))
	}
}

func TestDeleteDevicesBySerialNumber(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	all := b.pilots()
	busy := some(t, all, func(p pilotView) bool { return p.EnrollmentState == "enrolled" })
	one := some(t, all, idle)
	got := read[setView[struct{ SerialNumber, DeviceRegistrationID, DeletionState, ErrorMessage string }]](t,
		b.graph("POST", pilots+"/deleteDevices", fmt.Sprintf(`{"serialNumbers":[%q,%q,"NOTHING","Default string"]}`, one.SerialNumber, busy.SerialNumber)).want(t, 200)).Value
	if len(got) != 4 || got[0].DeletionState != "accepted" || got[0].DeviceRegistrationID != one.ID || got[1].DeletionState != "failed" || got[2].DeletionState != "failed" || got[3].DeletionState != "failed" {
		t.Errorf("%+v", got)
	}
	b.graph("POST", pilots+"/deleteDevices", `{}`).want(t, 400)
	b.watch.forward(time.Hour)
	b.graph("GET", pilots+"/"+one.ID, "").want(t, 404)
}
