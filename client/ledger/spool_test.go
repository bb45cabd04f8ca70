package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// onDisk names a file below dir, the write-ahead log included, that holds secret.
func onDisk(t testing.TB, dir, secret string) string {
	t.Helper()
	found := ""
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(secret)) {
			found = d.Name()
		}
		return err
	}))
	return found
}

const hash = "T0FABCD-hardware-hash-of-a-machine-"

func secretive() ledger.Intent {
	in := intent(40, 20)
	for i := range in.Rows {
		in.Rows[i].Body = bytes.Repeat([]byte(hash), 120) // longer than a page, so that it overflows
	}
	return in
}

func TestSecretsLeaveAllFilesWithTheChunk(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	type end struct {
		name string
		do   func(l *ledger.Ledger, id model.OperationID, chunk int) error
	}
	sent := func(then func(l *ledger.Ledger, id model.OperationID, chunk int) error) func(*ledger.Ledger, model.OperationID, int) error {
		return func(l *ledger.Ledger, id model.OperationID, chunk int) error {
			if err := l.Sending(ctx, id, chunk, "create"); err != nil {
				return err
			}
			return then(l, id, chunk)
		}
	}
	ends := []end{
		{"accepted", sent(func(l *ledger.Ledger, id model.OperationID, n int) error { return l.Accepted(ctx, id, n, "job", "") })},
		{"refused and dropped", sent(func(l *ledger.Ledger, id model.OperationID, n int) error {
			if err := l.Refused(ctx, id, n, refusal()); err != nil || n == 1 {
				return err
			}
			return l.Drop(ctx, id)
		})},
		{"found", sent(func(l *ledger.Ledger, id model.OperationID, n int) error {
			if err := l.Lost(ctx, id, n, "no answer"); err != nil {
				return err
			}
			return l.Settle(ctx, id, n, all(model.RowDone, 1, 40))
		})},
		{"dropped", func(l *ledger.Ledger, id model.OperationID, _ int) error { return l.Drop(ctx, id) }},
	}
	for _, e := range ends {
		t.Run(e.name, func(t *testing.T) {
			dir := folder(t)
			l, reader := open(t, dir), open(t, dir)
			id, err := l.Record(ctx, secretive())
			must(t, err)
			if onDisk(t, dir, hash) == "" {
				t.Fatal("nothing is on disk: a crash would lose it")
			}
			must(t, e.do(l, id, 1))
			if e.name != "dropped" {
				if onDisk(t, dir, hash) == "" {
					t.Fatal("the other chunk's secrets are gone, too")
				}
				check(t, reader, id)
				must(t, e.do(l, id, 2))
			}
			if found := onDisk(t, dir, hash); found != "" {
				t.Errorf("%s still holds a secret", found)
			}
			check(t, reader, id)
		})
	}
}

func TestUnknownChunksKeepWhatARetryNeeds(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	ctx := t.Context()
	id := record(t, l, 2, 2)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Lost(ctx, id, 1, "no answer"))
	must(t, l.Settle(ctx, id, 1, all(model.RowUnknown, 1, 2)))
	bodies, err := l.Spool(ctx, id, 1)
	must(t, err)
	if len(bodies) != 2 || string(bodies[1]) != "secret body of row 2" {
		t.Errorf("the spool holds %q", bodies)
	}
}

// reading begins a read on the database in dir and does not end it until the
// returned function is called.
func reading(t *testing.T, dir string) (end func()) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	must(t, err)
	tx, err := db.Begin()
	must(t, err)
	var n int
	must(t, tx.QueryRow("SELECT count(*) FROM spool").Scan(&n))
	return func() {
		tx.Rollback()
		db.Close()
	}
}

func TestAReaderInTheWayDelaysTheErasureAndNothingElse(t *testing.T) {
	dir, image := folder(t), folder(t)
	synctest.Test(t, func(t *testing.T) {
		l := open(t, dir)
		ctx := t.Context()
		id, err := l.Record(ctx, secretive())
		must(t, err)
		end := reading(t, dir)
		before := time.Now()
		must(t, l.Drop(ctx, id))
		if took := time.Since(before); took > time.Second {
			t.Errorf("the reader held the drop up for %v", took)
		}
		if onDisk(t, dir, hash) == "" {
			t.Fatal("the reader is not in the way; the test shows nothing")
		}
		must(t, os.CopyFS(image, os.DirFS(dir))) // what a kill at this moment leaves
		end()
		time.Sleep(time.Second)
		if found := onDisk(t, dir, hash); found != "" {
			t.Errorf("%s still holds a secret after the reader went", found)
		}
		must(t, l.Close())
	})
	must(t, os.Remove(filepath.Join(image, "ledger.db-shm")))
	if onDisk(t, image, hash) == "" {
		t.Fatal("the image holds no secret; the test shows nothing")
	}
	open(t, image)
	if found := onDisk(t, image, hash); found != "" {
		t.Errorf("%s of a killed process still holds a secret after the next start", found)
	}
}
