package client_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"muster/client/simulator"
	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

// BenchmarkUpload judges a list of 100 000 machines with hashes (406 MB) and
// writes it down, as muster upload does. peak-MB is the most heap that was in use.
func BenchmarkUpload(b *testing.B) {
	const machines = 100_000
	path := filepath.Join(b.TempDir(), "list.csv")
	writeList(b, path, machines)
	w := newWorld(b, simulator.Options{})
	w.fault(`{"match": "^GET .*/deviceBatches$", "kind": "status", "status": 429, "retryAfter": "600"}`) // nothing is sent
	open := func(context.Context) (io.ReadCloser, error) { return os.Open(path) }
	for b.Loop() {
		w.dir = filepath.Join(b.TempDir(), "state")
		c := w.dial()
		peak := watchHeap()
		list, err := desk.Survey(b.Context(), open, desk.Options{}, nil)
		if err != nil || list.Report.Good != machines {
			b.Fatalf("%d good rows, %v", list.Report.Good, err)
		}
		u := model.Upload{Customer: w.customer(), Batch: "Large", Count: list.Report.Good, Rows: list.Rows(b.Context(), nil)}
		if _, err := c.Upload(b.Context(), u); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(peak())/(1<<20), "peak-MB")
		b.StopTimer()
		w.close(c)
		b.StartTimer()
	}
}

func writeList(b *testing.B, path string, n int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(out, desktest.ScriptHeader)
	for i := range n {
		d := desktest.Device("B", i)
		fmt.Fprintf(out, "%s,,%s\n", d.Serial, d.Hash())
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// watchHeap looks at the heap until the returned function is called, which returns
// the most that was in use.
func watchHeap() func() uint64 {
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return peak.Load()
	}
}
