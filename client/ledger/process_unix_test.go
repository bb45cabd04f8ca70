//go:build unix

package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"muster/client/ledger"
	"muster/model"
)

func TestProcessesThatWriteAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	const processes = 4
	children := make([]*child, processes)
	for i := range children {
		children[i] = start(t, "write", dir, "")
	}
	said := map[model.OperationID]bool{}
	for _, c := range children {
		for _, line := range c.end() {
			if strings.HasPrefix(line, "op-") {
				said[model.OperationID(line)] = true
			}
		}
	}
	l := open(t, dir)
	ops, err := l.Operations(t.Context())
	must(t, err)
	if len(said) != processes*writes || len(ops) != len(said) {
		t.Fatalf("%d operations on disk, %d were promised, want %d", len(ops), len(said), processes*writes)
	}
	done := 0
	for _, o := range ops {
		if !said[o.ID] || o.Rows.Total() != 3 || len(o.Jobs) != 2 {
			t.Errorf("operation %+v is torn, promised %v", o, said[o.ID])
		}
		if o.Rows.Done == 2 {
			done++
			equal(t, "job", o.Jobs[0].ID, model.JobID("job of "+o.ID))
		}
	}
	equal(t, "operations with a finished chunk", done, processes*writes/5)
	check(t, l, ops[0].ID)
}

func TestProcessesThatOpenANewFolderAtOnceAllGetALedger(t *testing.T) {
	t.Parallel()
	for range thorough {
		dir := folder(t)
		children := make([]*child, 4)
		for i := range children {
			children[i] = start(t, "open", dir, "")
		}
		for _, c := range children {
			equal(t, "child", c.line(), "ready")
		}
		for _, c := range children {
			c.in.Write([]byte("\n"))
		}
		for _, c := range children {
			c.end()
		}
		ops, err := open(t, dir).Operations(t.Context())
		must(t, err)
		equal(t, "operations", len(ops), len(children))
	}
}

func TestAKilledOwnerIsTakenOver(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	l := open(t, dir)
	ctx := t.Context()
	c := start(t, "send", dir, "")
	id := model.OperationID(c.line())
	if mine, err := l.Adopt(ctx, id); mine || err != nil {
		t.Fatalf("adopted from a living owner: %v, %v", mine, err)
	}
	o := check(t, l, id)
	if o.Mine || !o.Owned || o.Waits() {
		t.Errorf("mine %v, owned %v, waits %v, want only owned", o.Mine, o.Owned, o.Waits())
	}
	if err := l.Accepted(ctx, id, 1, "job", ""); !ledger.Stale(err) {
		t.Errorf("accepted in a foreign operation: %v, want it stale", err)
	}
	c.kill()
	if o := check(t, l, id); o.Owned || !o.Waits() || o.State() != model.OperationRunning {
		t.Errorf("after the death: owned %v, waits %v, %v", o.Owned, o.Waits(), o.State())
	}
	mine, err := l.Adopt(ctx, id)
	must(t, err)
	o = check(t, l, id)
	if !mine || !o.Mine || !o.Held || o.Jobs[0].Phase != model.ChunkLost || o.Jobs[1].Phase != model.ChunkQueued {
		t.Errorf("after the takeover: %v, %+v", mine, o)
	}
	bodies, err := l.Spool(ctx, id, 1)
	must(t, err)
	equal(t, "bodies of what may not have been sent", len(bodies), 2)
	// Its chunk is in doubt for good: a retry goes out as the same request.
	must(t, l.Settle(ctx, id, 1, all(model.RowUnknown, 1, 2)))
	if _, err := l.Retry(ctx, id); err != nil {
		t.Fatal(err)
	}
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Requeue(ctx, id, 1, "throttled", false))
	equal(t, "method", chunk(t, l, id).Method, "create")
}

func TestAnAcceptedChunkOutlivesItsOwner(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, "accept", dir, "")
	id := model.OperationID(c.line())
	c.kill()
	l := open(t, dir)
	if mine, err := l.Adopt(t.Context(), id); !mine || err != nil {
		t.Fatalf("not adopted: %v, %v", mine, err)
	}
	o := check(t, l, id)
	if o.Jobs[0].Phase != model.ChunkAccepted || o.Jobs[0].ID != "job" || o.Rows.Accepted != 2 {
		t.Errorf("after the takeover: %+v", o)
	}
}

func TestSecretsOfAKilledProcessLeaveWithTheNextStart(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, "accept", dir, "")
	id := model.OperationID(c.line())
	c.kill()
	l := open(t, dir)
	_, err := l.Adopt(t.Context(), id)
	must(t, err)
	must(t, l.Drop(t.Context(), id))
	if found := onDisk(t, dir, "secret body"); found != "" {
		t.Errorf("%s still holds a secret", found)
	}
}

func TestOfManyWhoTakeOverOneWins(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for range thorough {
		c := start(t, "send", dir, "")
		id := model.OperationID(c.line())
		heirs := make([]*child, 3)
		for i := range heirs {
			heirs[i] = start(t, "adopt", dir, id)
			equal(t, "heir", heirs[i].line(), "ready")
		}
		c.kill()
		for _, h := range heirs {
			h.in.Write([]byte("\n"))
		}
		won := 0
		for _, h := range heirs {
			if h.line() == "true" {
				won++
			}
		}
		// All may have met in the middle and let each other pass; then the next look
		// decides. Two winners there are never.
		if won > 1 {
			t.Fatalf("%d processes own one operation", won)
		}
		for _, h := range heirs {
			h.end()
		}
	}
}

func TestADiskThatIsFull(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if out := start(t, "full", dir, "").end(); len(out) == 0 || out[0] != "survived" {
		t.Fatalf("%q", out)
	}
	ops, err := open(t, dir).Operations(t.Context())
	must(t, err)
	equal(t, "operations", len(ops), 2)
	for _, o := range ops {
		equal(t, "rows", o.Rows.Total(), 4)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	theirs := filepath.Join(t.TempDir(), "theirs")
	must(t, os.Mkdir(theirs, 0o555))
	out := strings.Join(start(t, "nobody", filepath.Join(theirs, "state"), "").end(), "\n")
	if !strings.Contains(out, "permission denied") || strings.Contains(out, theirs) {
		t.Errorf("%q, want the reason without the path", out)
	}
	entries, err := os.ReadDir(theirs)
	must(t, err)
	equal(t, "files left behind", len(entries), 0)
}
