package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
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
