package ledger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// half begins a draft of n rows with bodies and leaves it unfinished.
func half(t testing.TB, l *ledger.Ledger, n int) *ledger.Draft {
	t.Helper()
	in := intent(n, 400)
	d := l.Draft(in)
	for _, r := range in.Rows {
		r.Body = fmt.Appendf(nil, "%s%s", hash, r.Row.Serial)
		must(t, d.Add(context.Background(), r))
	}
	return d
}

// slowly lets a ledger look about as seldom as it does in earnest.
func slowly(o *ledger.Options) { o.Watch = 0 }

func none(t testing.TB, ls ...*ledger.Ledger) {
	t.Helper()
	for _, l := range ls {
		ops, err := l.Operations(context.Background())
		must(t, err)
		equal(t, "operations", len(ops), 0)
	}
}

func TestADraftIsSeenByNobodyUntilItIsWhole(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	l, other := open(t, dir), open(t, dir)
	d := half(t, l, 1210)
	if onDisk(t, dir, hash+"S1000") == "" {
		t.Error("nothing of the draft is on disk: all of it is in memory")
	}
	none(t, l, other)
	id, err := d.Commit(t.Context())
	must(t, err)
	d.Discard() // does nothing any more
	for _, l := range []*ledger.Ledger{l, other} {
		o := check(t, l, id)
		if o.Rows.Queued != 1210 || len(o.Jobs) != 4 || o.Jobs[0].Rows != 400 || o.Jobs[3].Rows != 10 {
			t.Errorf("%+v in %d jobs, want 1210 queued in 4", o.Rows, len(o.Jobs))
		}
	}
	bodies, err := l.Spool(t.Context(), id, 4)
	must(t, err)
	equal(t, "bodies", len(bodies), 10)
	equal(t, "last body", string(bodies[9]), hash+"S1210")
	events, err := l.Events(t.Context(), id)
	must(t, err)
	equal(t, "first event", events[0].What, "asked")
}

func TestADiscardedDraftLeavesNoTrace(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	l := open(t, dir)
	d := half(t, l, 1100)
	d.Discard()
	none(t, l)
	if found := onDisk(t, dir, hash); found != "" {
		t.Errorf("%s still holds a secret", found)
	}
}

func TestAnIntentThatFailsHalfWayLeavesNoTrace(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithCancel(t.Context())
	dealt := 0
	l := open(t, dir, func(o *ledger.Options) {
		o.NewID = func() string {
			if dealt++; dealt == 4 { // the owner's id and three chunks: in the second transaction
				cancel()
			}
			return newID()
		}
	})
	in := intent(1100, 0)
	for i := range in.Rows {
		in.Rows[i].Body = []byte(hash)
	}
	if _, err := l.Record(ctx, in); model.KindOf(err) != model.Cancelled {
		t.Fatalf("recorded with %v, want it cancelled", err)
	}
	none(t, l)
	if found := onDisk(t, dir, hash); found != "" {
		t.Errorf("%s still holds a secret", found)
	}
}

func TestADraftOfADeadProcessIsRemovedByTheNext(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := open(t, dir)
	half(t, first, 1100)
	must(t, ledger.Die(first))
	synctest.Test(t, func(t *testing.T) {
		next := open(t, dir, slowly)
		synctest.Wait()
		none(t, next)
		if found := onDisk(t, dir, hash); found != "" {
			t.Errorf("%s still holds a secret", found)
		}
		// A process that runs already finds it, too, in its own time.
		late := open(t, dir, slowly)
		half(t, late, 1100)
		must(t, ledger.Die(late))
		time.Sleep(time.Minute)
		synctest.Wait()
		if found := onDisk(t, dir, hash); found != "" {
			t.Errorf("%s still holds a secret of the second", found)
		}
		must(t, next.Close())
	})
}

func TestADraftOfALivingProcessIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	l := open(t, dir)
	d := half(t, l, 1100)
	synctest.Test(t, func(t *testing.T) {
		next := open(t, dir, slowly)
		synctest.Wait()
		time.Sleep(time.Minute)
		must(t, next.Close())
	})
	id, err := d.Commit(t.Context())
	must(t, err)
	equal(t, "rows", check(t, l, id).Rows.Queued, 1100)
}

func TestOthersWriteWhileALongDraftGrows(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	l, other := open(t, dir), open(t, dir)
	id := record(t, other, 1, 1)
	d := half(t, l, 1100)
	defer d.Discard()
	must(t, other.Hold(t.Context(), id, "in between"))
	must(t, d.Add(t.Context(), intent(1, 1).Rows[0]))
	equal(t, "held", operation(t, other, id).Held, true)
}

func TestTheFileShrinksAfterALongList(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	size := func() int64 {
		fi, err := os.Stat(filepath.Join(dir, "ledger.db"))
		must(t, err)
		return fi.Size()
	}
	l := open(t, dir)
	id, err := l.Record(t.Context(), large(8000))
	must(t, err)
	must(t, l.Close())
	full := size()
	synctest.Test(t, func(t *testing.T) {
		l := open(t, dir, slowly)
		must(t, l.Drop(t.Context(), id))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		must(t, l.Close())
	})
	if empty := size(); full < 30<<20 || empty > 20<<20 {
		t.Errorf("the file has %d MB with the list and %d MB without", full>>20, empty>>20)
	}
}
