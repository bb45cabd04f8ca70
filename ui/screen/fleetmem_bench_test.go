package screen

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"muster/model"
)

// BenchmarkFleetMemory joins fleets that both services know whole and reports what the
// list takes in memory, what joining took at most, and how long a whole collection of
// garbage is with it: goal 13 of muster's performance.
func BenchmarkFleetMemory(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				joinFleet(b, n)
			}
		})
	}
}

func joinFleet(b *testing.B, n int) {
	const page, every = 1000, 20
	j := newJoiner(func(t time.Time) string { return t.Format(time.DateOnly) })
	var m runtime.MemStats
	var peak uint64
	for from := 0; from < n; from += page {
		partner, intune := make([]model.Device, page), make([]model.AutopilotDevice, page)
		for k := range page {
			partner[k], intune[k] = fleetPartner(from+k, n), fleetAutopilot(from+k)
		}
		j.partner(partner)
		j.autopilot(intune)
		j.snapshot(false)
		if from/page%every == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
	}
	j.flush(true)
	j.missing()
	ix := j.snapshot(true)
	if j.sides.Both != n || ix.Len() != n {
		b.Fatalf("%+v", j.sides)
	}
	runtime.GC()
	begin := time.Now()
	runtime.GC()
	b.ReportMetric(float64(time.Since(begin).Microseconds())/1000, "ms/gc")
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc>>20), "MB")
	b.ReportMetric(float64(peak>>20), "MB-peak")
	runtime.KeepAlive(ix)
}

// fleetBegin is when the devices of the fleet were uploaded, some thousands an hour.
var fleetBegin = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)

func fleetPartner(at, n int) model.Device {
	return model.Device{ID: model.DeviceID(guid(at + n)), Serial: fmt.Sprintf("5CG%07d", at*7919%n), Batch: model.BatchID(fmt.Sprintf("batch-%d", at/5000)),
		Maker: "HP", Model: fmt.Sprintf("ProBook %d", at%40), UploadedBy: "agent@partner.example", Uploaded: fleetBegin.Add(time.Duration(at/5000) * time.Hour),
		Policy: model.PolicyRef{Value: guid(at % 8)}, Allowed: []string{"GET", "PATCH", "DELETE"}}
}

func fleetAutopilot(at int) model.AutopilotDevice {
	return model.AutopilotDevice{ID: model.AutopilotID(guid(at)), Serial: fmt.Sprintf("5CG%07d", at), GroupTag: "spring", Maker: "HP", Model: "ProBook",
		Assignment: model.AssignmentInSync, ManagedDevice: model.ManagedDeviceID(guid(at * 3)), EntraDevice: guid(at * 5), DisplayName: fmt.Sprintf("DESK-%07d", at),
		User: fmt.Sprintf("user%d@contoso.example", at), AddressableUser: "User", LastContact: fleetBegin.Add(time.Duration(at%90_000) * time.Minute), Enrollment: "enrolled"}
}
