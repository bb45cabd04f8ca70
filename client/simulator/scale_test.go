package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"muster/client/simulator"
)

// BenchmarkMillion starts a simulator with a million devices for the first
// customer and as many for the others, and asks for the list that has to
// count them all.
func BenchmarkMillion(b *testing.B) {
	for b.Loop() {
		sim, err := simulator.New(simulator.Options{Devices: 1_000_000})
		if err != nil {
			b.Fatal(err)
		}
		ready := sim.Ready(nil)
		r := httptest.NewRequest(http.MethodGet, ready.Partner+"/v1/customers/"+ready.Customer+"/policies", nil)
		r.Header.Set("Authorization", "Bearer "+ready.PartnerToken)
		w := httptest.NewRecorder()
		sim.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("status %d: %s", w.Code, w.Body)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB")
	}
}

// BenchmarkMillionOfGraph asks a tenant of a million devices for what has to
// look at many of them.
func BenchmarkMillionOfGraph(b *testing.B) {
	sim, err := simulator.New(simulator.Options{Devices: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	ready := sim.Ready(nil)
	get := func(b *testing.B, path string) []byte {
		r := httptest.NewRequest(http.MethodGet, ready.Graph+path, nil)
		r.Header.Set("Authorization", "Bearer "+ready.GraphToken)
		w := httptest.NewRecorder()
		sim.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("status %d: %s", w.Code, w.Body)
		}
		return w.Body.Bytes()
	}
	var list hardwareListView
	if err := json.Unmarshal(get(b, "/deviceManagement/hardwareConfigurations"), &list); err != nil {
		b.Fatal(err)
	}
	item := "/deviceManagement/hardwareConfigurations/" + list.Value[1].ID // its target is everything
	for name, path := range map[string]string{
		"managed":   "/deviceManagement/managedDevices",
		"serial":    "/deviceManagement/managedDevices?$filter=serialNumber%20eq%20'nobody'",
		"prefix":    "/deviceManagement/managedDevices?$filter=startsWith(deviceName,'nobody')",
		"groups":    "/groups?$top=999",
		"summary":   item + "/runSummary",
		"states":    item + "/deviceRunStates",
		"people":    item + "/userRunStates",
		"passwords": "/deviceManagement/hardwarePasswordDetails",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				get(b, path)
			}
		})
	}
}

// BenchmarkDevicePage reads one page of a hundred devices.
func BenchmarkDevicePage(b *testing.B) {
	sim, err := simulator.New(simulator.Options{Devices: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	ready := sim.Ready(nil)
	list := httptest.NewRequest(http.MethodGet, ready.Partner+"/v1/customers/"+ready.Customer+"/deviceBatches", nil)
	list.Header.Set("Authorization", "Bearer "+ready.PartnerToken)
	w := httptest.NewRecorder()
	sim.Handler().ServeHTTP(w, list)
	url := ready.Partner + "/v1/customers/" + ready.Customer + "/deviceBatches/" + escape(decodeList[batchView](b, w.Body.Bytes()).Items[0].ID) + "/devices"
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		r.Header.Set("Authorization", "Bearer "+ready.PartnerToken)
		w := httptest.NewRecorder()
		sim.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
}

// BenchmarkIdentities walks all of a million identities by their next links.
func BenchmarkIdentities(b *testing.B) {
	sim, err := simulator.New(simulator.Options{Devices: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	ready := sim.Ready(nil)
	for b.Loop() {
		count := 0
		for next := ready.Graph + "/deviceManagement/windowsAutopilotDeviceIdentities"; next != ""; {
			r := httptest.NewRequest(http.MethodGet, next, nil)
			r.Header.Set("Authorization", "Bearer "+ready.GraphToken)
			w := httptest.NewRecorder()
			sim.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatalf("status %d: %s", w.Code, w.Body)
			}
			var page struct {
				Next  string `json:"@odata.nextLink"`
				Value []struct{ ID string }
			}
			if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
				b.Fatal(err)
			}
			count, next = count+len(page.Value), page.Next
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB")
		b.ReportMetric(float64(count), "identities")
	}
}

// BenchmarkIdentitySearch looks for a serial number among a million, which no
// index helps with.
func BenchmarkIdentitySearch(b *testing.B) {
	benchmarkOne(b, "/windowsAutopilotDeviceIdentities?$filter=contains(serialNumber,'ZZZZZ')")
}

// BenchmarkAssignedDevices looks for the devices of a profile that few of a
// million have.
func BenchmarkAssignedDevices(b *testing.B) {
	benchmarkOne(b, "/windowsAutopilotDeploymentProfiles/%s/assignedDevices")
}

// benchmarkOne asks for one thing, in which %s is the profile of the hubs.
func benchmarkOne(b *testing.B, path string) {
	sim, err := simulator.New(simulator.Options{Devices: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	ready := sim.Ready(nil)
	get := func(path string) []byte {
		r := httptest.NewRequest(http.MethodGet, ready.Graph+"/deviceManagement"+path, nil)
		r.Header.Set("Authorization", "Bearer "+ready.GraphToken)
		w := httptest.NewRecorder()
		sim.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("status %d: %s", w.Code, w.Body)
		}
		return w.Body.Bytes()
	}
	if strings.Contains(path, "%s") {
		var all struct{ Value []profileView }
		if err := json.Unmarshal(get("/windowsAutopilotDeploymentProfiles"), &all); err != nil {
			b.Fatal(err)
		}
		hubs := slices.IndexFunc(all.Value, func(p profileView) bool { return p.DisplayName == "Meeting room hubs" })
		path = fmt.Sprintf(path, all.Value[hubs].ID)
	}
	get("/windowsAutopilotDeviceIdentities?$top=1") // works out the order
	for b.Loop() {
		get(path)
	}
}
