package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"muster/model/fleet"
)

// TestKeptOrdersEqualFreshOnes sorts an index that is large enough to keep its
// orders, changes it, and sorts again: by other columns, the other way round, and
// what a filter leaves.
func TestKeptOrdersEqualFreshOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		p := &pair{T: t, r: r, n: &naive{marks: map[string]bool{}}, ix: fleet.New(schema)}
		p.add(1<<12 + r.IntN(1000))
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range rapid.IntRange(1, 2).Draw(t, "sorts") {
				p.sort()
				p.sortPart()
			}
			switch rapid.IntRange(0, 3).Draw(t, "news") {
			case 0:
				p.add(rapid.SampledFrom([]int{1, 100, 1200}).Draw(t, "page"))
			case 1:
				p.remove()
			default:
				p.change()
			}
		}
		p.sort()
	})
}

// sortPart sorts what a word matches.
func (p *pair) sortPart() {
	word := rapid.SampledFrom([]string{"5440", "pro", "e", "user1", "zz"}).Draw(p.T, "part")
	q, err := fleet.Parse(word)
	if err != nil {
		p.Fatal(err)
	}
	found, err := p.ix.Match(p.Context(), q)
	if err != nil {
		p.Fatal(err)
	}
	var rows []int
	for _, row := range found.All() {
		rows = append(rows, row)
	}
	col, desc := rapid.IntRange(0, len(schema)-1).Draw(p.T, "by"), rapid.Bool().Draw(p.T, "down")
	got, err := p.ix.Sort(p.Context(), found, col, desc)
	if err != nil {
		p.Fatal(err)
	}
	equalRows(p.T, fmt.Sprintf("%q sorted by %s, desc %v", word, schema[col].Name, desc), got, p.n.sorted(rows, col, desc))
}
