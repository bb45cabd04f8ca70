package fleet_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"muster/model/fleet"
)

// wide is the devices' list columns: eight, three of them with many values.
var wide = fleet.Schema{
	{Name: "serial"}, {Name: "model"}, {Name: "rows", Kind: fleet.Count}, {Name: "seen", Kind: fleet.Time},
	{Name: "user"}, {Name: "tag"}, {Name: "policy"}, {Name: "state"},
}

// fleets are made once for all benchmarks, page by page.
var fleets = struct {
	sync.Mutex
	made map[int]*fleet.Index
}{made: map[int]*fleet.Index{}}

func grown(n int) *fleet.Index {
	fleets.Lock()
	defer fleets.Unlock()
	ix := fleets.made[n]
	if ix == nil {
		ix = fleet.New(wide)
		for i := 0; i < n; i += 1000 {
			ix = ix.With(filler(i, min(i+1000, n))...)
		}
		fleets.made[n] = ix
	}
	return ix
}

var scales = []int{1_000, 100_000, 1_000_000}

func BenchmarkMatch(b *testing.B) {
	for _, n := range scales {
		for _, q := range []string{"e", "5cg", "user12345", "surface berlin", "zzz", "!surface", `serial:"5CG0001234"`, "~srfbl", "rows:>3"} {
			b.Run(fmt.Sprintf("%d/%s", n, q), func(b *testing.B) {
				ix := grown(n)
				query, err := fleet.Parse(q)
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, err := ix.Match(b.Context(), query); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkContains is what a list without an index does for a word: the peer beside
// BenchmarkMatch.
func BenchmarkContains(b *testing.B) {
	for _, n := range scales {
		b.Run(fmt.Sprintf("%d/user12345", n), func(b *testing.B) {
			rows := filler(0, n)
			hits := 0
			for b.Loop() {
				for i := range rows {
					for _, cell := range rows[i].Cells {
						if strings.Contains(strings.ToLower(cell), "user12345") {
							hits++
							break
						}
					}
				}
			}
		})
	}
}

// BenchmarkSortKept sorts what a filter left once the order of the column is kept, and
// once a row changed since.
func BenchmarkSortKept(b *testing.B) {
	for _, n := range scales[1:] {
		ix := grown(n)
		q, err := fleet.Parse("surface")
		if err != nil {
			b.Fatal(err)
		}
		found, err := ix.Match(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d/filtered", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := ix.Sort(b.Context(), found, 0, false); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("%d/changed", n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				row := ix.Row((i * 7919) % n)
				row.Cells[0] = fmt.Sprint("CHANGED", i)
				next := ix.With(row)
				if _, err := next.Sort(b.Context(), next.All(), 0, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSort(b *testing.B) {
	for _, n := range scales {
		for col, c := range wide {
			b.Run(fmt.Sprintf("%d/%s", n, c.Name), func(b *testing.B) {
				ix := grown(n)
				for b.Loop() {
					if _, err := fleet.Fresh(ix).Sort(b.Context(), ix.All(), col, false); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	b.Run("1000000/slices.SortFunc beside it", func(b *testing.B) {
		ix := grown(1_000_000)
		serials := make([]string, ix.Len())
		for i := range serials {
			serials[i] = ix.Cell(i, 0)
		}
		for b.Loop() {
			slices.SortFunc(slices.Clone(serials), strings.Compare)
		}
	})
}

// BenchmarkPages loads a list in pages of 100, as the services send it.
func BenchmarkPages(b *testing.B) {
	for _, n := range scales {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			pages := slices.Collect(slices.Chunk(filler(0, n), 100))
			b.ResetTimer()
			for range b.N {
				ix := fleet.New(wide)
				for _, p := range pages {
					ix = ix.With(p...)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}

func BenchmarkChange(b *testing.B) {
	for _, n := range scales {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			ix := grown(n)
			for i := 0; b.Loop(); i++ {
				row := ix.Row((i * 7919) % n)
				row.Cells[7] = fmt.Sprint(i)
				ix = ix.With(row)
			}
		})
		b.Run(fmt.Sprintf("%d/without", n), func(b *testing.B) {
			ix := grown(n)
			for b.Loop() {
				ix.Without("id-500", "id-900")
			}
		})
	}
}

func BenchmarkMarks(b *testing.B) {
	for _, n := range scales {
		ix := grown(n)
		all := fleet.Marks{}.Add(ix, ix.All())
		b.Run(fmt.Sprintf("%d/toggle", n), func(b *testing.B) {
			for b.Loop() {
				all.Toggle("id-77")
			}
		})
		b.Run(fmt.Sprintf("%d/all", n), func(b *testing.B) {
			for b.Loop() {
				fleet.Marks{}.Add(ix, ix.All())
			}
		})
		b.Run(fmt.Sprintf("%d/keys", n), func(b *testing.B) {
			for b.Loop() {
				all.Keys(ix)
			}
		})
	}
}

// BenchmarkMemory reports what a row costs when nothing else is held.
func BenchmarkMemory(b *testing.B) {
	const n = 1_000_000
	for range b.N {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		ix := fleet.New(wide)
		for i := 0; i < n; i += 1000 {
			ix = ix.With(filler(i, i+1000)...)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/row")
		runtime.KeepAlive(ix)
	}
}
