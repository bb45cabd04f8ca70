package client_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

func readOnly(o *client.Connection) { o.ReadOnly = true }

// interrupted starts an upload of four jobs, lets the first be accepted and ends
// the client: what a closed window leaves behind. The service is busy for the
// others, however fast the first one is done.
func interrupted(t *testing.T, w *world) model.OperationID {
	t.Helper()
	first := w.dial()
	w.fault(`{"match": "/batchJobStatus/", "kind": "stuck", "times": 0}`)
	w.fault(`{"match": "POST .*/deviceBatches/[^/]+/devices", "status": 429, "retryAfter": 600, "times": 0}`)
	id, err := first.Upload(context.Background(), w.list("Four jobs", 2000, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, first, id, 2000, func(o model.Operation) bool { return o.Rows.Accepted == 500 })
	w.close(first)
	w.control("DELETE", "faults", "")
	return id
}

func TestAfterARestartWhatWasAcceptedEndsAndTheRestWaitsForAYes(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	id := interrupted(t, w)
	c := w.dial()
	o := await(t, c, id, 2000, func(o model.Operation) bool { return o.Rows.Done == 500 })
	if o.State() != model.OperationStopped || !o.Waits() || o.Rows.Queued != 1500 {
		t.Fatalf("state %v, %+v, want stopped at 500 of 2000", o.State(), o.Rows)
	}
	if n := accepted(w.requests("POST", "/deviceBatches")); n != 1 {
		t.Fatalf("%d chunks were accepted without a yes, want only the first", n)
	}
	if err := c.Resume(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 2000, over); o.State() != model.OperationDone || o.Rows.Done != 2000 {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n, twice := count(w.devices(c), "NEW"); n != 2000 || len(twice) > 0 {
		t.Errorf("%d devices at the service, twice: %v; want 2000, none", n, twice)
	}
}

func TestWhatWasNotSentCanBeDropped(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	id := interrupted(t, w)
	c := w.dial()
	if err := c.Drop(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 2000, over)
	if o.State() != model.OperationCancelled || o.Rows.Done != 500 || o.Rows.Skipped != 1500 {
		t.Errorf("ended as %v: %+v, want 500 done and 1500 skipped", o.State(), o.Rows)
	}
}

func TestReadOnlyFollowsButNeverSends(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	id := interrupted(t, w)
	before := len(w.requests("POST", ""))
	c := w.dial(readOnly)
	await(t, c, id, 2000, func(o model.Operation) bool { return o.Rows.Done == 500 })
	ctx := context.Background()
	_, upload := c.Upload(ctx, w.list("Never", 1, 5000))
	_, retry := c.Retry(ctx, id)
	for what, err := range map[string]error{"resume": c.Resume(ctx, id), "drop": c.Drop(ctx, id), "upload": upload, "retry": retry} {
		if model.KindOf(err) != model.Refused {
			t.Errorf("%s: %v, want it refused", what, err)
		}
	}
	if n := len(w.requests("POST", "")); n != before+0 && tokensOnly(w) != n-before {
		t.Errorf("%d POSTs left a read-only session", n-before)
	}
}

// accepted counts the requests that the service took.
func accepted(rr []request) (n int) {
	for _, r := range rr {
		if r.Status < 300 {
			n++
		}
	}
	return n
}

// tokensOnly counts the sign-ins, the only POSTs of a read-only session.
func tokensOnly(w *world) int { return len(w.requests("POST", "/oauth2/")) }

func TestTwoClientsOfOneUserShareTheLedgerAndOneOwns(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	one, two := w.dial(), w.dial()
	ctx := context.Background()
	id, err := one.Upload(ctx, w.list("Shared", 800, 0))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, two, id, 800, over); o.State() != model.OperationDone || o.Mine {
		t.Errorf("the watcher sees %v, mine %v, want done and not its own", o.State(), o.Mine)
	}
	if n := len(w.requests("POST", "/deviceBatches")); n != 2 {
		t.Errorf("%d chunks sent, want 2", n)
	}
}

func TestAWatcherTakesOverWhenTheOwnerEnds(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	two := w.dial()
	id := interrupted(t, w)
	o := await(t, two, id, 2000, func(o model.Operation) bool { return o.Rows.Done == 500 })
	if !o.Mine || !o.Held {
		t.Errorf("mine %v, held %v, want both: taken over, the rest waits", o.Mine, o.Held)
	}
}

func TestBackendsDoNotMix(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	id, err := c.Upload(context.Background(), w.list("Mine", 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	other := newWorld(t, simulator.Options{})
	other.dir = w.dir
	b, err := other.dial().WatchBoard(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Operations) != 0 {
		t.Errorf("another simulator's operations are shown: %+v", b.Operations)
	}
}

func TestSecretsLeaveTheDiskWithTheAcceptance(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	u := w.list("Secret", 3, 0, model.UploadRow{Identity: model.Identity{ProductKey: model.NewSecret("3340098124417")}})
	secrets := [][]byte{[]byte("3340098124417"), []byte(machines(1, 0)[0].Identity.Hash.Reveal()[:200])}
	w.fault(`{"match": "^POST .*/deviceBatches$", "kind": "slow", "delayMs": 150, "times": 1}`)
	id, err := c.Upload(context.Background(), u)
	if err != nil {
		t.Fatal(err)
	}
	if found := onDisk(t, w.dir, secrets); found == "" {
		t.Error("what is not accepted yet is not on disk: a crash would lose it")
	}
	await(t, c, id, 4, over)
	w.close(c)
	if found := onDisk(t, w.dir, secrets); found != "" {
		t.Errorf("%s still holds a secret after the end", found)
	}
}

// onDisk names a file below dir that holds one of the secrets.
func onDisk(t *testing.T, dir string, secrets [][]byte) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, s := range secrets {
			if bytes.Contains(raw, s) {
				found = filepath.Base(path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSection13_14_EverythingInTheStateFolderIsPrivate(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c := w.dial()
	id, err := c.Upload(context.Background(), w.list("Private", 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	err = filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		if fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", strings.TrimPrefix(path, w.dir), fi.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestClosingLetsAWriteComeHome(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^POST .*/deviceBatches$", "kind": "slow", "delayMs": 1500, "times": 1}`)
	id, err := c.Upload(context.Background(), w.list("Slow", 900, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 900, func(o model.Operation) bool { return o.Rows.InFlight == 500 })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Fatal(err)
	}
	next := w.dial()
	b, err := next.WatchBoard(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	o, _ := b.Find(id)
	if o.Rows.Accepted+o.Rows.Done != 500 || o.Rows.Queued != 400 || o.Jobs[0].ID == "" {
		t.Errorf("after the close: %+v, want 500 accepted with a tracking id and 400 queued", o.Rows)
	}
}
