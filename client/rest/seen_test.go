package rest

import (
	"strconv"
	"testing"
)

func TestSeen(t *testing.T) {
	m := newSeen()
	const n = 100_000
	for i := range n {
		if s := strconv.Itoa(i); !m.add(s) || m.add(s) {
			t.Fatalf("%s is not new once", s)
		}
	}
	for i := range n {
		if m.add(strconv.Itoa(i)) {
			t.Fatalf("%d is forgotten", i)
		}
	}
	if m.used != n || len(m.slots) > 4*n {
		t.Errorf("%d used of %d slots", m.used, len(m.slots))
	}
}

// BenchmarkSeen is what a walk of a million devices remembers.
func BenchmarkSeen(b *testing.B) {
	ids := make([]string, 1_000_000)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	for b.Loop() {
		m := newSeen()
		for _, id := range ids {
			m.add(id)
		}
		b.ReportMetric(float64(8*len(m.slots))/float64(len(ids)), "B/id")
	}
}
