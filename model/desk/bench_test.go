package desk_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

// rows serves a list of n machines with hashes without ever holding it whole.
func rows(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		out := bufio.NewWriterSize(w, 1<<20)
		fmt.Fprintln(out, desktest.ScriptHeader)
		for i := range n {
			d := desktest.Device("B", i)
			fmt.Fprintf(out, "%s,,%s\n", d.Serial, d.Hash())
		}
		w.CloseWithError(out.Flush())
	}()
	return r
}

const benchRows = 2000

// BenchmarkCheck judges a list with hashes; MB/s times 406 MB is a list of
// 100 000 rows.
func BenchmarkCheck(b *testing.B) {
	data, err := io.ReadAll(rows(benchRows))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		rep, err := desk.Check(b.Context(), bytes.NewReader(data))
		if err != nil || rep.Good != benchRows {
			b.Fatalf("got %d good rows, %v", rep.Good, err)
		}
	}
}

// BenchmarkEncodingCSV is what the standard library takes for the same: fields
// and hashes, without the judgement of anything else.
func BenchmarkEncodingCSV(b *testing.B) {
	data, err := io.ReadAll(rows(benchRows))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(data))
		r.ReuseRecord = true
		for n := 0; ; n++ {
			rec, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if n == 0 {
				continue
			}
			if _, err := model.ReadHash(rec[2]); err != nil {
				b.Fatal(err)
			}
		}
	}
}
