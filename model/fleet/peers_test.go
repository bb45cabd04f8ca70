package fleet_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/sahilm/fuzzy"

	"muster/model/beside"
	"muster/model/fleet"
)

// BenchmarkFuzzyPeer looks for a fuzzy word in every cell, with the library that bubbles'
// list uses beside it, which looks through each row as one text.
func BenchmarkFuzzyPeer(b *testing.B) {
	for _, n := range scales {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			ix := grown(n)
			query, err := fleet.Parse("~srfbl")
			if err != nil {
				b.Fatal(err)
			}
			lines := make([]string, n)
			for i, r := range filler(0, n) {
				lines[i] = strings.Join(r.Cells, " ")
			}
			b.ResetTimer()
			beside.Run(b, "sahilm", func() {
				if _, err := ix.Match(b.Context(), query); err != nil {
					b.Fatal(err)
				}
			}, func() { fuzzy.Find("srfbl", lines) })
		})
	}
}

// BenchmarkSortPeer sorts by serial, nothing known of the order yet, with sort.Slice over
// the rows beside it.
func BenchmarkSortPeer(b *testing.B) {
	for _, n := range scales {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			ix := grown(n)
			rows := filler(0, n)
			work := make([]fleet.Row, n)
			b.ResetTimer()
			beside.Run(b, "sort.Slice", func() {
				if _, err := fleet.Fresh(ix).Sort(b.Context(), ix.All(), 0, false); err != nil {
					b.Fatal(err)
				}
			}, func() {
				copy(work, rows)
				sort.Slice(work, func(i, j int) bool { return work[i].Cells[0] < work[j].Cells[0] })
			})
		})
	}
}
