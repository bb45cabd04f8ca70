package ledger_test

import (
	"context"
	"flag"
	"fmt"
	"reflect"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"muster/client/ledger"
	"muster/model"
)

// Two processes of one user take steps in any order, each at any operation, its
// own or not. Whatever comes of it, every row is there once and in one state, all
// ways of reading agree, and both processes read the same.
func TestAnyStepsOfTwoProcessesKeepEveryRow(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ls := []*ledger.Ledger{open(t, dir), open(t, dir)}
	ctx := context.Background()
	must(t, flag.Set("rapid.checks", strconv.Itoa(10*thorough*thorough)))
	rapid.Check(t, func(r *rapid.T) {
		var ops []model.OperationID
		sizes := map[model.OperationID]int{}
		for range rapid.IntRange(1, 3).Draw(r, "operations") {
			n := rapid.IntRange(1, 6).Draw(r, "rows")
			l := rapid.SampledFrom(ls).Draw(r, "process")
			id, err := l.Record(ctx, intent(n, rapid.IntRange(1, 4).Draw(r, "size")))
			if err != nil {
				r.Fatal(err)
			}
			ops, sizes[id] = append(ops, id), n
		}
		for range rapid.IntRange(1, 14).Draw(r, "steps") {
			l := rapid.SampledFrom(ls).Draw(r, "process")
			id := rapid.SampledFrom(ops).Draw(r, "operation")
			if err := anyStep(ctx, r, l, id); err != nil && !ledger.Stale(err) && model.KindOf(err) != model.Invalid && model.KindOf(err) != model.Conflict {
				r.Fatal(err)
			}
			for _, l := range ls {
				agree(ctx, r, l, id, sizes[id])
			}
		}
		for _, l := range ls { // so that a run does not slow down the next one
			for _, id := range ops {
				if err := l.Drop(ctx, id); err != nil {
					r.Fatal(err)
				}
			}
		}
	})
}

func anyStep(ctx context.Context, r *rapid.T, l *ledger.Ledger, id model.OperationID) error {
	chunk := rapid.IntRange(1, 4).Draw(r, "chunk")
	method := rapid.SampledFrom([]string{"create", "append"}).Draw(r, "method")
	states := rapid.SliceOfN(rapid.SampledFrom([]model.RowState{model.RowDone, model.RowFailed, model.RowUnknown}), 0, 6).Draw(r, "states")
	results := make([]ledger.Result, len(states))
	for i, s := range states {
		n := rapid.IntRange(1, 6).Draw(r, "row")
		results[i] = ledger.Result{Number: n, State: s}
		if s == model.RowFailed && rapid.Bool().Draw(r, "passes") {
			results[i].Retry = &ledger.Again{Number: n, Body: []byte("again")}
		}
	}
	row := rapid.IntRange(1, 6).Draw(r, "row")
	steps := []func() error{
		func() error { return l.Sending(ctx, id, chunk, method) },
		func() error { return l.Sending(ctx, id, chunk, method) },
		func() error { return l.Accepted(ctx, id, chunk, "job", "correlation") },
		func() error { return l.Requeue(ctx, id, chunk, "throttled", false) },
		func() error { return l.Requeue(ctx, id, chunk, "signed out", true) },
		func() error { return l.Reroute(ctx, id, chunk, "there") },
		func() error { return l.Renew(ctx, id, chunk) },
		func() error { return l.Refused(ctx, id, chunk, refusal()) },
		func() error { return l.Lost(ctx, id, chunk, "no answer") },
		func() error { return l.Settle(ctx, id, chunk, results) },
		func() error {
			to := rapid.SampledFrom([]model.ChunkPhase{model.ChunkQueued, model.ChunkLost}).Draw(r, "split to")
			return l.Split(ctx, id, chunk, rapid.SliceOfN(rapid.IntRange(1, 6), 0, 3).Draw(r, "split"), to, "apart")
		},
		func() error { return l.Polled(ctx, id, chunk, model.JobQueued, "queued") },
		func() error { return l.Trouble(ctx, id, chunk, "offline") },
		func() error { return l.Hold(ctx, id, "wait") },
		func() error { return l.Resume(ctx, id) },
		func() error { return l.Drop(ctx, id) },
		func() error { _, err := l.Retry(ctx, id); return err },
		func() error { return l.RetryRows(ctx, id, []ledger.Again{{Number: row, Body: []byte("again")}}) },
		func() error { return l.Found(ctx, id, []ledger.Result{{Number: row, Text: "there"}}) },
		func() error {
			o, err := l.Operation(ctx, id)
			if err != nil {
				return err
			}
			mine, err := l.Adopt(ctx, id)
			if mine != o.Mine {
				return fmt.Errorf("a living owner lost its operation: mine %v, before %v", mine, o.Mine)
			}
			return err
		},
	}
	return steps[rapid.IntRange(0, len(steps)-1).Draw(r, "step")]()
}

// agree compares what a process remembers of an operation with what it reads
// afresh, and checks that it accounts for all rows.
func agree(ctx context.Context, r *rapid.T, l *ledger.Ledger, id model.OperationID, rows int) {
	remembered, err := l.Operation(ctx, id)
	if err != nil {
		r.Fatal(err)
	}
	fresh, err := ledger.Afresh(ctx, l, id)
	if err != nil {
		r.Fatal(err)
	}
	fresh.Mine, fresh.Owned, fresh.Held = remembered.Mine, remembered.Owned, remembered.Held // not part of what is remembered
	if !reflect.DeepEqual(remembered, fresh) {
		r.Fatalf("remembered %+v\nread %+v", remembered, fresh)
	}
	all, err := l.Rows(ctx, id)
	if err != nil {
		r.Fatal(err)
	}
	chunks, err := l.Chunks(ctx, id)
	if err != nil {
		r.Fatal(err)
	}
	if len(all) != rows || remembered.Rows.Total() != rows {
		r.Fatalf("%d rows, tally %+v, want %d", len(all), remembered.Rows, rows)
	}
	if err := sound(remembered, all, chunks); err != nil {
		r.Fatal(err)
	}
}
