// Package beside measures code of muster's with a peer beside it. It is for benchmarks
// only: what a claim of "faster" rests on is a ratio of one run, as times alone move by
// half from one machine and moment to the next.
package beside

import (
	"testing"
	"time"
)

// Run runs ours and the peer's way in turn, so that both meet the same machine, and
// reports ours as ns/op, the peer's as PEER-ns/op, and how many times as fast ours is.
func Run(b *testing.B, peer string, ours, theirs func()) {
	b.Helper()
	var mine, its time.Duration
	for b.Loop() {
		began := time.Now()
		ours()
		between := time.Now()
		theirs()
		mine, its = mine+between.Sub(began), its+time.Since(between)
	}
	b.ReportMetric(float64(mine)/float64(b.N), "ns/op")
	b.ReportMetric(float64(its)/float64(b.N), peer+"-ns/op")
	b.ReportMetric(float64(its)/float64(mine), "times-as-fast")
}
