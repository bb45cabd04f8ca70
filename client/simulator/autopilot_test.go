package simulator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/client/simulator"
)

func TestNoPropertyOfAnIdentityIsLost(t *testing.T) {
	b := start(t, simulator.Options{Devices: 20})
	one := read[setView[map[string]any]](t, b.graph("GET", pilots+"?$top=1", "").want(t, 200)).Value[0]
	want := []string{"addressableUserName", "azureActiveDirectoryDeviceId", "azureAdDeviceId", "deploymentProfileAssignedDateTime", "deploymentProfileAssignmentDetailedStatus",
		"deploymentProfileAssignmentStatus", "deviceAccountPassword", "deviceAccountUpn", "deviceFriendlyName", "displayName", "enrollmentState", "groupTag", "id", "lastContactedDateTime",
		"managedDeviceId", "manufacturer", "model", "productKey", "purchaseOrderIdentifier", "remediationState", "remediationStateLastModifiedDateTime", "resourceName", "serialNumber",
		"skuNumber", "systemFamily", "userPrincipalName", "userlessEnrollmentStatus"}
	if have := slices.Sorted(maps.Keys(one)); !slices.Equal(have, want) {
		t.Errorf("properties %v, want %v", have, want)
	}
	profile := read[setView[map[string]any]](t, b.graph("GET", profiles+"?$top=1", "").want(t, 200)).Value[0]
	want = []string{"@odata.type", "createdDateTime", "description", "deviceNameTemplate", "deviceType", "displayName", "enableWhiteGlove", "enrollmentStatusScreenSettings", "extractHardwareHash",
		"hardwareHashExtractionEnabled", "id", "language", "lastModifiedDateTime", "locale", "managementServiceAppId", "outOfBoxExperienceSetting", "outOfBoxExperienceSettings",
		"preprovisioningAllowed", "roleScopeTagIds"}
	if have := slices.Sorted(maps.Keys(profile)); !slices.Equal(have, want) {
		t.Errorf("properties %v, want %v", have, want)
	}
}

func TestIdentitiesAgreeWithManagedDevicesButForOne(t *testing.T) {
	b := start(t, simulator.Options{Devices: 500})
	managed, _ := walk[managedView](b, "/beta/deviceManagement/managedDevices")
	byID := map[string]managedView{}
	for _, m := range managed {
		byID[m.ID] = m
	}
	dangling := 0
	for _, p := range b.pilots() {
		m, ok := byID[p.ManagedDeviceID]
		switch {
		case p.ManagedDeviceID == noGUID:
		case !ok:
			dangling++
			b.graph("GET", "/managedDevices/"+p.ManagedDeviceID, "").want(t, 404)
			b.graph("DELETE", pilots+"/"+p.ID, "").want(t, 204)
		case m.SerialNumber != p.SerialNumber || m.AzureADDeviceID != p.AzureADDeviceID:
			t.Errorf("%+v is managed as %+v", p, m)
		}
	}
	if dangling != 1 {
		t.Errorf("%d identities point at a managed device that is not there", dangling)
	}
	one := some(t, b.pilots(), func(p pilotView) bool { return p.EnrollmentState == "enrolled" && byID[p.ManagedDeviceID].ID != "" })
	b.graph("DELETE", pilots+"/"+one.ID, "").want(t, 400)
	b.graph("DELETE", "/managedDevices/"+one.ManagedDeviceID, "").want(t, 204)
	if now := b.pilot(one.ID); now.ManagedDeviceID != one.ManagedDeviceID {
		t.Errorf("%+v", now)
	}
	b.graph("DELETE", pilots+"/"+one.ID, "").want(t, 204)
	b.watch.forward(time.Hour)
	b.graph("GET", pilots+"/"+one.ID, "").want(t, 404)
}

func TestADeletedIdentityIsUnknownToPartnerCenter(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200})
	var batch string
	var device deviceView
	var one pilotView
	all := b.pilots()
	for _, list := range b.batches() {
		for _, d := range b.devices(list.ID) {
			if i := slices.IndexFunc(all, func(p pilotView) bool { return p.SerialNumber == d.SerialNumber && idle(p) }); i >= 0 && d.OEMManufacturerName != "" {
				batch, device, one = list.ID, d, all[i]
			}
		}
	}
	count := len(b.devices(batch))
	b.graph("DELETE", pilots+"/"+one.ID, "").want(t, 204)
	b.watch.forward(time.Hour) // the service syncs by itself, whoever looks first
	if now := len(b.devices(batch)); now != count {
		t.Errorf("%d devices listed, before %d", now, count)
	}
	job := b.finish(b.mine("PATCH", "/DevicePolicyUpdates", fmt.Sprintf(`{"devices":[{"id":%q,"policies":[{"key":"o_o_b_e","value":null}]}]}`, device.ID)))
	if job.DevicesStatus[0].ErrorCode != "807" {
		t.Errorf("%+v", job)
	}
	job = b.finish(b.mine("POST", "/deviceBatches", upload("AGAIN", fmt.Sprintf(`{"serialNumber":%q,"oemManufacturerName":%q,"modelName":%q}`, device.SerialNumber, device.OEMManufacturerName, device.ModelName))))
	b.graph("GET", pilots+"/"+one.ID, "").want(t, 404)
	if job.Status != "finished" || job.DevicesStatus[0].ErrorCode != "" {
		t.Errorf("%+v", job)
	}
	b.watch.forward(time.Hour)
	again := some(t, b.pilots(), func(p pilotView) bool { return p.SerialNumber == device.SerialNumber })
	if again.ID == one.ID || again.GroupTag != "AGAIN" {
		t.Errorf("%+v", again)
	}
}

func TestEachTenantHasItsOwnIdentities(t *testing.T) {
	b := start(t, simulator.Options{Devices: 120})
	seen := map[string]bool{}
	for _, c := range read[stateView](t, b.control("GET", "/state", "")).Customers {
		if c.Forbidden {
			continue
		}
		token := read[map[string]string](t, b.control("GET", "/tokens?customer="+c.ID, ""))["graph"]
		get := func(path string, status int) reply {
			return b.do(request{method: "GET", url: b.ready.Graph + "/deviceManagement" + path, token: token}).want(t, status)
		}
		list := read[setView[pilotView]](t, get(pilots, 200)).Value
		if (len(list) == 0) != (c.Devices == 0) {
			t.Errorf("%d identities for %d devices", len(list), c.Devices)
		}
		for _, p := range list {
			if seen[p.ID] {
				t.Errorf("%s is in two tenants", p.ID)
			}
			seen[p.ID] = true
		}
		if len(list) > 0 && c.ID != b.ready.Customer {
			b.graph("GET", pilots+"/"+list[0].ID, "").want(t, 404)
		}
	}
}

func TestTheSameSeedHasTheSameIdentities(t *testing.T) {
	read := func(o simulator.Options) string {
		b := start(t, o)
		var out strings.Builder
		for _, path := range []string{pilots, profiles + "?$expand=assignments", imports} {
			out.WriteString(strings.ReplaceAll(string(b.graph("GET", path, "").want(t, 200).body), b.ready.Graph, ""))
		}
		return out.String()
	}
	first := read(simulator.Options{Devices: 300})
	if read(simulator.Options{Devices: 300, Instance: "another", Speed: 99}) != first {
		t.Error("another run of the same seed differs")
	}
	if read(simulator.Options{Devices: 300, Seed: 8}) == first {
		t.Error("another seed gives the same")
	}
}

func TestAHostileTenantsIdentities(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300, Page: 50, Faults: []string{"hostile"}})
	foreign, loops, strange := 0, 0, 0
	for range 4 {
		got := read[setView[pilotView]](t, b.graph("GET", pilots, "").want(t, 200))
		count(&foreign, strings.HasPrefix(got.Next, "https://collector.invalid/"))
		count(&loops, strings.HasSuffix(got.Next, "$skiptoken=again"))
		for _, p := range got.Value {
			count(&strange, strings.HasPrefix(p.DeploymentProfileAssignmentStatus, "assignedSomewhere"))
		}
	}
	if foreign != 2 || loops != 2 || strange == 0 {
		t.Errorf("%d links to elsewhere, %d loops, %d words that nobody has published", foreign, loops, strange)
	}
	b.do(request{method: "GET", url: b.ready.Graph + "/deviceManagement" + pilots + "?$skiptoken=again"}).want(t, 200)
}

func TestManyWriteToAutopilotAtOnce(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200, Page: 40})
	all := b.pilots()
	to := b.profileNamed("Workshop laptops")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 12 {
				p := all[i*12+k]
				for _, q := range []request{
					{method: "POST", url: pilots + "/" + p.ID + "/updateDeviceProperties", body: fmt.Sprintf(`{"groupTag":"tag %d"}`, i)},
					{method: "POST", url: profiles + "/" + to.ID + "/assign", body: fmt.Sprintf(`{"deviceIds":[%q]}`, p.ID)},
					{method: "POST", url: imports, body: importBody(fmt.Sprintf("MANY%02d%02d", i, k), shortened, "")},
					{method: "GET", url: pilots},
				} {
					q.url = b.ready.Graph + "/deviceManagement" + q.url
					if got, err := b.try(q); err != nil || got.status/100 != 2 {
						t.Errorf("%s %s: %d %v", q.method, q.url, got.status, err)
					}
				}
			}
		})
	}
	wg.Wait()
	b.watch.forward(5 * time.Minute)
	if now := b.pilots(); len(now) != len(all)+96 {
		t.Errorf("%d identities, want %d", len(now), len(all)+96)
	}
	if n := len(b.assigned(to.ID)); n < 96 {
		t.Errorf("%d devices of the profile", n)
	}
}

func TestAutopilotInABatch(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100})
	all := b.pilots()
	with := func(body string) string { return `,"headers":{"Content-Type":"application/json"},"body":` + body }
	var parts []string
	for i := range 17 {
		parts = append(parts, ask(fmt.Sprint("tag", i), "POST", "/deviceManagement"+pilots+"/"+all[i].ID+"/updateDeviceProperties", with(fmt.Sprintf(`{"groupTag":"batch %d"}`, i))))
	}
	parts = append(parts, ask("missing", "POST", "/deviceManagement"+pilots+"/"+someID+"/updateDeviceProperties", with(`{"groupTag":"x"}`)),
		ask("profiles", "GET", "/deviceManagement"+profiles+"?$top=1", ""),
		ask("one", "GET", "deviceManagement"+pilots+"('"+all[20].ID+"')?$expand=deploymentProfile", ""))
	for version, status := range map[string]int{"beta": 200, "v1.0": 400} {
		got, _ := b.batch(version, parts...)
		for i := range 17 {
			if p := got[fmt.Sprint("tag", i)]; p.Status != 204 {
				t.Errorf("%s, %d: %d %s", version, i, p.Status, p.Body)
			}
			if tag := b.pilot(all[i].ID).GroupTag; tag != fmt.Sprint("batch ", i) {
				t.Errorf("%s, %d: %q", version, i, tag)
			}
		}
		if got["missing"].Status != 404 || got["profiles"].Status != status || got["one"].Status != status {
			t.Errorf("%s: missing %d, profiles %d, one with its profile %d", version, got["missing"].Status, got["profiles"].Status, got["one"].Status)
		}
	}
}
