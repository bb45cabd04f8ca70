package screen

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"muster/model"
)

// BenchmarkJoin joins a hundred thousand devices of either service, in the order in
// which the services list them: batch by batch, and by serial.
func BenchmarkJoin(b *testing.B) {
	const n, page = 100_000, 1000
	day := func(t time.Time) string { return "2026-08-01" }
	serial := func(i int) string { return fmt.Sprintf("5CG%07d", i) }
	for b.Loop() {
		j := newJoiner(day)
		for from := 0; from < n; from += page {
			partner, intune := make([]model.Device, page), make([]model.AutopilotDevice, page)
			for k := range page {
				at := from + k
				partner[k] = model.Device{ID: model.DeviceID(fmt.Sprintf("p%d", at)), Serial: serial(at * 7919 % n), Batch: "spring", Maker: "HP", Model: "ProBook"}
				intune[k] = model.AutopilotDevice{ID: model.AutopilotID(guid(at)), Serial: serial(at), GroupTag: "spring", Assignment: model.AssignmentInSync, ManagedDevice: model.ManagedDeviceID(guid(at))}
			}
			j.partner(partner)
			j.autopilot(intune)
			j.snapshot(false)
		}
		j.flush(true)
		j.missing()
		ix := j.snapshot(true)
		if j.sides.Both != n || ix.Len() != n {
			b.Fatalf("%+v", j.sides)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/device")
}
