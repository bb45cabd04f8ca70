package ledger_test

import (
	"testing"

	"muster/client/ledger"
	"muster/model"
)

// doubtful brings an upload of four rows to where its answer was lost, two of the
// rows were found, and the operator has the others sent again.
func doubtful(t *testing.T, l *ledger.Ledger) model.OperationID {
	t.Helper()
	ctx := t.Context()
	id := record(t, l, 4, 4)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Lost(ctx, id, 1, "no answer"))
	must(t, l.Settle(ctx, id, 1, append(all(model.RowDone, 1, 2), all(model.RowUnknown, 3, 4)...)))
	equal(t, "phase", check(t, l, id).Jobs[0].Phase, model.ChunkUnknown)
	n, err := l.Retry(ctx, id)
	must(t, err)
	equal(t, "rows to send again", n, 2)
	return id
}

func chunk(t *testing.T, l *ledger.Ledger, id model.OperationID) ledger.Chunk {
	t.Helper()
	cs, err := l.Chunks(t.Context(), id)
	must(t, err)
	return cs[0]
}

func TestARetryKeepsRequestIDAndMethodHoweverOftenItIsPutOff(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := doubtful(t, l)
	first := chunk(t, l, id)
	for range 3 {
		must(t, l.Sending(ctx, id, 1, "create"))
		must(t, l.Requeue(ctx, id, 1, "throttled", false))
		now := chunk(t, l, id)
		equal(t, "method", now.Method, "create")
		equal(t, "request id", now.Job.RequestID, first.Job.RequestID)
	}
	must(t, l.Renew(ctx, id, 1))
	equal(t, "request id after a renewal", chunk(t, l, id).Job.RequestID, first.Job.RequestID)
	bodies, err := l.Spool(ctx, id, 1)
	must(t, err)
	equal(t, "bodies: the same request again", len(bodies), 4)
}

func TestAnUnsentChunkMayChooseAgain(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := record(t, l, 1, 1)
	first := chunk(t, l, id)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Requeue(ctx, id, 1, "throttled", false))
	equal(t, "method", chunk(t, l, id).Method, "")
	must(t, l.Renew(ctx, id, 1))
	if now := chunk(t, l, id); now.Job.RequestID == first.Job.RequestID || now.Job.RequestID == "" {
		t.Errorf("request id %q was not renewed", now.Job.RequestID)
	}
}

func TestReroutedChunksKeepTheirIDAndChooseTheirMethodAgain(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := doubtful(t, l)
	first := chunk(t, l, id)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Reroute(ctx, id, 1, "the batch is there"))
	now := chunk(t, l, id)
	equal(t, "method", now.Method, "")
	equal(t, "request id", now.Job.RequestID, first.Job.RequestID)
}

func TestADroppedRetryIsUnknownAndNotUnsent(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	id := doubtful(t, l)
	must(t, l.Drop(t.Context(), id))
	o := check(t, l, id)
	equal(t, "rows", o.Rows, model.Tally{Done: 2, Unknown: 2})
	equal(t, "state", o.State(), model.OperationPartly)
	if found := onDisk(t, dir, "secret body"); found != "" {
		t.Errorf("%s holds what was dropped", found)
	}
}

func TestWhatWasDoneStaysDoneWhenTheRetryIsRefused(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := doubtful(t, l)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Refused(ctx, id, 1, refusal()))
	equal(t, "rows", check(t, l, id).Rows, model.Tally{Done: 2, Failed: 2})
}

func TestALateAcceptanceMakesUnknownRowsOpenAgain(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := record(t, l, 3, 3)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Lost(ctx, id, 1, "no answer"))
	must(t, l.Settle(ctx, id, 1, append(all(model.RowDone, 1, 1), all(model.RowUnknown, 2, 3)...)))
	must(t, l.Accepted(ctx, id, 1, "job", ""))
	o := check(t, l, id)
	equal(t, "rows", o.Rows, model.Tally{Done: 1, Accepted: 2})
	rows, err := l.Rows(ctx, id)
	must(t, err)
	equal(t, "text", rows[1].Text, "")
}

func TestAChunkLostAfterItsAcceptanceIsNeverSentAgain(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := record(t, l, 2, 2)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Accepted(ctx, id, 1, "job", ""))
	must(t, l.Lost(ctx, id, 1, "the service does not know the job"))
	equal(t, "rows", check(t, l, id).Rows, model.Tally{InFlight: 2})
	must(t, l.Settle(ctx, id, 1, all(model.RowUnknown, 1, 2)))
	equal(t, "phase", check(t, l, id).Jobs[0].Phase, model.ChunkEnded)
	_, err := l.Retry(ctx, id)
	kind(t, err, model.Invalid)
}

func TestNoSuchOperation(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	_, retry := l.Retry(ctx, "nobody")
	_, read := l.Operation(ctx, "nobody")
	for what, err := range map[string]error{"resume": l.Resume(ctx, "nobody"), "hold": l.Hold(ctx, "nobody", ""),
		"drop": l.Drop(ctx, "nobody\x1b[2J"), "retry": retry, "read": read} {
		if e := kind(t, err, model.NotFound); e.Msg != model.Clean(e.Msg) {
			t.Errorf("%s: %q", what, e.Msg)
		}
	}
	if mine, err := l.Adopt(ctx, "nobody"); mine || err != nil {
		t.Errorf("adopted nothing: %v, %v", mine, err)
	}
	if err := l.Sending(ctx, "nobody", 1, "create"); !ledger.Stale(err) {
		t.Errorf("sending: %v, want it stale", err)
	}
}
