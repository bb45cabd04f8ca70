package ledger_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

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
		{"refused", sent(func(l *ledger.Ledger, id model.OperationID, n int) error { return l.Refused(ctx, id, n, refusal()) })},
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
