package fleet_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"muster/model/fleet"
)

// fatal is what tests, fuzz targets and property tests share.
type fatal interface{ Fatal(...any) }

func encoded(t fatal, ix *fleet.Index) []byte {
	var b bytes.Buffer
	if err := ix.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestADecodedIndexIsTheEncodedOne also changes what was decoded, since a refresh
// goes on from it.
func TestADecodedIndexIsTheEncodedOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		p := &pair{T: t, r: r, n: &naive{marks: map[string]bool{}}, ix: fleet.New(schema)}
		p.add(rapid.SampledFrom([]int{0, 1, 50, 300, 4096, 4100}).Draw(t, "size"))
		p.change()
		raw := encoded(t, p.ix)
		if cut := rapid.IntRange(0, 7).Draw(t, "misplaced"); cut > 0 { // bytes that lie where no processor wants them
			raw = append(make([]byte, cut, cut+len(raw)), raw...)[cut:]
		}
		var err error
		if p.ix, err = fleet.Decode(schema, raw); err != nil {
			t.Fatal(err)
		}
		equalIndex(t, p.ix, p.n.rows)
		before := slices.Clone(raw)
		p.match()
		p.sort()
		p.count()
		p.change()
		p.add(10)
		p.remove()
		equalIndex(t, p.ix, p.n.rows)
		if !bytes.Equal(raw, before) {
			t.Fatal("the encoded bytes were changed")
		}
	})
}

// TestDamageIsNoticed flips bits and cuts ends: what comes back is an error, never an
// index that lies.
func TestDamageIsNoticed(t *testing.T) {
	ix := fleet.New(wide, filler(0, 4200)...)
	good := encoded(t, ix)
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		bad := slices.Clone(good)
		at := r.IntN(len(bad))
		bad[at] ^= 1 << r.IntN(8)
		if _, err := fleet.Decode(wide, bad); err == nil {
			t.Fatalf("a flipped bit at %d of %d was not noticed", at, len(bad))
		}
		if _, err := fleet.Decode(wide, good[:at]); err == nil {
			t.Fatalf("an end cut off at %d of %d was not noticed", at, len(bad))
		}
	}
	if _, err := fleet.Decode(wide[:7], good); err == nil {
		t.Error("another schema was taken")
	}
	renamed := slices.Clone(wide)
	renamed[0].Name = "number"
	if _, err := fleet.Decode(renamed, good); err == nil {
		t.Error("a renamed column was taken")
	}
}

// framed puts blocks together as Encode does, with the sums that belong to them: what
// is wrong with them is theirs alone.
func framed(blocks ...[]byte) []byte {
	out := []byte("MUSTERF1")
	for _, b := range blocks {
		out = binary.LittleEndian.AppendUint64(out, uint64(len(b)))
		out = binary.LittleEndian.AppendUint64(out, uint64(crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))))
		out = append(out, b...)
	}
	return out
}

// blocks takes apart what framed made.
func blocks(raw []byte) (out [][]byte) {
	for raw = raw[8:]; len(raw) > 0; {
		n := binary.LittleEndian.Uint64(raw)
		out, raw = append(out, raw[16:16+n]), raw[16+n:]
	}
	return out
}

func FuzzDecode(f *testing.F) {
	for _, n := range []int{0, 1, 2, 40} {
		p := fleet.New(schema)
		for id := range n {
			p = p.With(randomRow(rand.New(rand.NewPCG(uint64(id), 1)), id))
		}
		parts := append(blocks(encoded(f, p)), nil)
		f.Add(parts[0], parts[1])
	}
	f.Fuzz(func(t *testing.T, head, chunk []byte) {
		for _, raw := range [][]byte{head, framed(head), framed(head, chunk)} {
			ix, err := fleet.Decode(schema, raw)
			if err == nil {
				use(t, ix)
			}
		}
	})
}

// use does with an index what lists do.
func use(t *testing.T, ix *fleet.Index) {
	for row := range ix.Len() {
		for col := range schema {
			_, _ = ix.Cell(row, col), ix.Value(row, col)
		}
		_, _ = ix.Find(ix.Key(row))
	}
	q, err := fleet.Parse("~a rows:>1 !x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ix.Match(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	ix.With(randomRow(rand.New(rand.NewPCG(3, 1)), 3))
}

func BenchmarkCache(b *testing.B) {
	for _, n := range scales[1:] {
		ix := grown(n)
		raw := encoded(b, ix)
		b.Run(kilo(n)+"/encode", func(b *testing.B) {
			for b.Loop() {
				if err := ix.Encode(discard{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(raw))/float64(n), "B/row")
		})
		b.Run(kilo(n)+"/decode", func(b *testing.B) {
			for b.Loop() {
				if _, err := fleet.Decode(wide, raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func kilo(n int) string {
	if n >= 1_000_000 {
		return "1M"
	}
	return "100k"
}
