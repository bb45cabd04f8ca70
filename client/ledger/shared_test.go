package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/ledger"
	"muster/model"
)

func fired(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestChangedTellsOwnAndForeignCommitsAndNothingElse(t *testing.T) {
	dir := folder(t)
	synctest.Test(t, func(t *testing.T) {
		const watch = 400 * time.Millisecond
		slow := func(o *ledger.Options) { o.Watch = watch }
		one, two := open(t, dir, slow), open(t, dir, slow)
		ctx := t.Context()
		id := record(t, one, 2, 1)
		time.Sleep(2 * watch)

		own, foreign := one.Changed(), two.Changed()
		must(t, one.Sending(ctx, id, 1, "create"))
		if !fired(own) {
			t.Error("an own commit is not told at once")
		}
		time.Sleep(2 * watch)
		if !fired(foreign) {
			t.Error("a foreign commit is not told")
		}

		own, foreign = one.Changed(), two.Changed()
		time.Sleep(10 * watch)
		if fired(own) || fired(foreign) {
			t.Error("a change is told when nothing has changed")
		}

		if err := one.Sending(ctx, id, 1, "create"); !ledger.Stale(err) {
			t.Fatal(err)
		}
		_, err := one.Retry(ctx, id)
		kind(t, err, model.Invalid)
		if err := two.Accepted(ctx, id, 1, "job", ""); !ledger.Stale(err) {
			t.Fatal(err)
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		kind(t, one.Hold(cancelled, id, "never"), model.Cancelled)
		time.Sleep(10 * watch)
		if fired(own) || fired(foreign) {
			t.Error("what was rolled back is told as a change")
		}
		equal(t, "held", check(t, two, id).Held, false)
		must(t, one.Close())
		must(t, two.Close())
	})
}

// Another backend's operations are not there: not in a list, not by their id, not
// for a step or a decision.
func TestBackendsDoNotSeeEachOther(t *testing.T) {
	dir := folder(t)
	mine := open(t, dir)
	other := open(t, dir, func(o *ledger.Options) { o.Backend = "simulator 2" })
	ctx := t.Context()
	id := record(t, mine, 3, 3)
	before := check(t, mine, id)

	ops, err := other.Operations(ctx)
	must(t, err)
	equal(t, "operations of another backend", len(ops), 0)
	rows, err := other.Rows(ctx, id)
	must(t, err)
	equal(t, "rows", len(rows), 0)
	chunks, err := other.Chunks(ctx, id)
	must(t, err)
	equal(t, "chunks", len(chunks), 0)
	rows, _, err = other.ChunkRows(ctx, id, 1)
	must(t, err)
	equal(t, "rows of a chunk", len(rows), 0)
	bodies, err := other.Spool(ctx, id, 1)
	must(t, err)
	equal(t, "secrets", len(bodies), 0)

	for _, m := range moves() {
		if err := m.do(ctx, other, id); !ledger.Stale(err) {
			t.Errorf("%s: %v, want it stale", m.name, err)
		}
	}
	_, retry := other.Retry(ctx, id)
	_, read := other.Operation(ctx, id)
	for what, err := range map[string]error{"resume": other.Resume(ctx, id), "hold": other.Hold(ctx, id, ""), "drop": other.Drop(ctx, id),
		"retry": retry, "read": read} {
		if model.KindOf(err) != model.NotFound {
			t.Errorf("%s: %v, want it not found", what, err)
		}
	}
	must(t, mine.Close())
	if got, err := other.Adopt(ctx, id); got || err != nil {
		t.Errorf("adopted from another backend: %v, %v", got, err)
	}
	n, err := other.Prune(ctx, time.Now().Add(time.Hour))
	must(t, err)
	equal(t, "pruned", n, 0)
	again := open(t, dir)
	after := check(t, again, id)
	if after.Rows != before.Rows || after.Held {
		t.Errorf("%+v, before %+v", after, before)
	}
}

func TestPruneForgetsWhatEndedAndNothingElse(t *testing.T) {
	dir := folder(t)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	l := open(t, dir, func(o *ledger.Options) { o.Now = func() time.Time { return now } })
	ctx := t.Context()
	old := record(t, l, 2, 2)
	must(t, l.Drop(ctx, old))
	running := record(t, l, 2, 2)
	unknown := record(t, l, 2, 2)
	must(t, l.Sending(ctx, unknown, 1, "create"))
	must(t, l.Lost(ctx, unknown, 1, "no answer"))
	must(t, l.Settle(ctx, unknown, 1, all(model.RowUnknown, 1, 2)))
	ended := now
	now = now.Add(24 * time.Hour)
	young := record(t, l, 2, 2)
	must(t, l.Drop(ctx, young))
	dead := filepath.Join(dir, "owners", "dead")
	must(t, os.WriteFile(dead, nil, 0o600))

	n, err := l.Prune(ctx, ended)
	must(t, err)
	equal(t, "pruned what ended at that very moment", n, 0)
	n, err = l.Prune(ctx, ended.Add(time.Hour))
	must(t, err)
	equal(t, "pruned", n, 2)
	ops, err := l.Operations(ctx)
	must(t, err)
	equal(t, "left", len(ops), 2)
	check(t, l, running)
	check(t, l, young)
	rows, err := l.Rows(ctx, old)
	must(t, err)
	equal(t, "rows of what was pruned", len(rows), 0)
	bodies, err := l.Spool(ctx, unknown, 1)
	must(t, err)
	equal(t, "secrets of what was pruned", len(bodies), 0)
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Errorf("the file of a dead owner is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "owners", l.Owner())); err != nil {
		t.Errorf("the file of a living owner: %v", err)
	}
}

// Asking whether an owner lives, sweeping dead ones away and opening at the same
// time must neither hinder an opening nor cost a living owner its file.
func TestOwnersOutliveThoseWhoAskForThem(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	sweeper := open(t, dir)
	ctx := t.Context()
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if _, err := sweeper.Prune(ctx, time.Unix(0, 0)); err != nil {
				done <- err
				return
			}
		}
	}()
	for range 6 * thorough {
		l, err := ledger.Open(ctx, options(dir))
		must(t, err)
		if _, err := os.Stat(filepath.Join(dir, "owners", l.Owner())); err != nil {
			t.Errorf("a living owner has no file: %v", err)
		}
		must(t, l.Close())
	}
	close(stop)
	must(t, <-done)
}

// The operator's yes must reach the operation although others look at the dead
// owner in the same moment.
func TestTakingOverIsNotHinderedByThoseWhoLook(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	watcher := open(t, dir)
	ctx := t.Context()
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if _, err := watcher.Operations(ctx); err != nil {
				done <- err
				return
			}
		}
	}()
	heir := open(t, dir)
	for range 6 * thorough {
		gone := open(t, dir)
		id := record(t, gone, 1, 1)
		must(t, ledger.Die(gone))
		mine, err := heir.Adopt(ctx, id)
		must(t, err)
		if !mine {
			t.Fatal("a dead owner kept its operation")
		}
		must(t, heir.Drop(ctx, id))
	}
	close(stop)
	must(t, <-done)
}

func TestASecondTakeoverInOneProcessFindsTheFirst(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx := t.Context()
	for range 3 * thorough {
		gone := open(t, dir)
		id := record(t, gone, 1, 1)
		must(t, ledger.Die(gone))
		heir := open(t, dir)
		got := make(chan bool, 2)
		for range cap(got) {
			go func() {
				mine, err := heir.Adopt(ctx, id)
				got <- mine && err == nil
			}()
		}
		if one, two := <-got, <-got; !one || !two {
			t.Fatalf("mine: %v and %v, want both", one, two)
		}
	}
}

func TestWhatWasGivenUpIsTakenWithTheOperatorsYes(t *testing.T) {
	dir := folder(t)
	one, two := open(t, dir), open(t, dir)
	ctx := t.Context()
	id := record(t, one, 2, 1)
	must(t, two.Release(ctx, id)) // not its own: nothing happens
	equal(t, "mine", check(t, one, id).Mine, true)
	must(t, one.Release(ctx, id))
	if o := check(t, two, id); o.Owned || o.Mine {
		t.Errorf("owned %v, mine %v, want neither", o.Owned, o.Mine)
	}
	if err := one.Sending(ctx, id, 1, "create"); !ledger.Stale(err) {
		t.Errorf("sent after it was given up: %v", err)
	}
	mine, err := two.Adopt(ctx, id)
	must(t, err)
	if o := check(t, two, id); !mine || !o.Mine || o.Held {
		t.Errorf("mine %v, held %v, want it taken and not held", o.Mine, o.Held)
	}
}
