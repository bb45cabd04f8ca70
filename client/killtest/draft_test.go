package killtest_test

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"muster/model/desk/desktest"
)

// A program that is killed while it writes a list down has promised nothing: what
// it wrote is seen by nobody and goes, and the list can be uploaded again.
func TestKilledWhileTheListIsWrittenDown(t *testing.T) {
	w := start(t)
	cmd := w.command("upload", w.list, "--customer", w.ready.Customer, "--batch", "Kill batch", "--yes", "--wait")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	halfway := w.rows(func(n int) bool { return n >= devices/8 })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the kill is what it reports
	if halfway >= devices {
		t.Fatalf("all %d rows were written before the kill; muster said:\n%s", halfway, said.String())
	}
	ops, err := w.eye.Operations(context.Background())
	if err != nil || len(ops) != 0 {
		t.Fatalf("half an operation is shown: %+v, %v", ops, err)
	}
	w.rows(func(n int) bool { return n == 0 })
	hash := desktest.Hash("KILL00000", "Dell Inc.", "Latitude 7450")[:120]
	for until := time.Now().Add(time.Minute); w.holds(hash) != ""; { // the log is emptied a moment after the rows are gone
		if time.Now().After(until) {
			t.Fatalf("%s still holds a hash", w.holds(hash))
		}
		runtime.Gosched()
	}
	if len(w.effects()) != 0 {
		t.Errorf("something was sent: %v", w.effects())
	}
	o := w.ended(0, "upload", w.list, "--customer", w.ready.Customer, "--batch", "Kill batch", "--yes")
	if o.State != "done" || o.Rows.Done != devices {
		t.Errorf("the second time ended as %s with %+v", o.State, o.Rows)
	}
	w.everyDeviceOnce()
	w.everyChunkOnce()
}

// rows waits until the number of rows in the ledger, drafts included, is as wanted,
// and returns it.
func (w *world) rows(wanted func(int) bool) int {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.state, "ledger.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for n := 0; ; {
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM rows").Scan(&n); err != nil {
			w.t.Fatalf("after %d rows: %v", n, err)
		}
		if wanted(n) {
			return n
		}
		select {
		case <-ctx.Done():
			w.t.Fatalf("%d rows, and no more came or went", n)
		case <-look.C:
		}
	}
}

// holds names a file of the ledger that holds a text.
func (w *world) holds(text string) (name string) {
	w.t.Helper()
	err := filepath.WalkDir(w.state, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if strings.Contains(string(raw), text) {
			name = d.Name()
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return name
}
