package ledger_test

import (
	"context"
	"testing"

	"muster/client/ledger"
	"muster/model"
)

// phases are the ways into each phase for chunk 1 with rows 1 to 3; chunk 2 with
// rows 4 and 5 stays queued, except where everything queued is dropped.
func phases() map[model.ChunkPhase]func(t *testing.T, l *ledger.Ledger, id model.OperationID) {
	ctx := context.Background()
	sending := func(t *testing.T, l *ledger.Ledger, id model.OperationID) { must(t, l.Sending(ctx, id, 1, "create")) }
	accepted := func(t *testing.T, l *ledger.Ledger, id model.OperationID) {
		sending(t, l, id)
		must(t, l.Accepted(ctx, id, 1, "job", "correlation"))
	}
	lost := func(t *testing.T, l *ledger.Ledger, id model.OperationID) {
		sending(t, l, id)
		must(t, l.Lost(ctx, id, 1, "no answer"))
	}
	return map[model.ChunkPhase]func(*testing.T, *ledger.Ledger, model.OperationID){
		model.ChunkQueued:   func(*testing.T, *ledger.Ledger, model.OperationID) {},
		model.ChunkSending:  sending,
		model.ChunkAccepted: accepted,
		model.ChunkLost:     lost,
		model.ChunkRefused: func(t *testing.T, l *ledger.Ledger, id model.OperationID) {
			sending(t, l, id)
			must(t, l.Refused(ctx, id, 1, refusal()))
		},
		model.ChunkUnknown: func(t *testing.T, l *ledger.Ledger, id model.OperationID) {
			lost(t, l, id)
			must(t, l.Settle(ctx, id, 1, all(model.RowUnknown, 1, 3)))
		},
		model.ChunkEnded: func(t *testing.T, l *ledger.Ledger, id model.OperationID) {
			accepted(t, l, id)
			must(t, l.Settle(ctx, id, 1, all(model.RowDone, 1, 3)))
		},
		model.ChunkDropped: func(t *testing.T, l *ledger.Ledger, id model.OperationID) { must(t, l.Drop(ctx, id)) },
	}
}

func refusal() *model.Error {
	return &model.Error{Kind: model.Invalid, Op: "upload devices", Msg: "the service refuses it", Code: "600040", Ref: "ref", Hint: "change it"}
}

// outcome is where a step leads: the chunk's phase and its rows' state.
type outcome struct {
	phase model.ChunkPhase
	rows  model.RowState
}

// move is a step, and where it leads from the phases that it is allowed from;
// from all others it is stale and changes nothing.
type move struct {
	name string
	do   func(ctx context.Context, l *ledger.Ledger, id model.OperationID) error
	to   map[model.ChunkPhase]outcome
}

func moves() []move {
	const (
		queued, sending, accepted = model.ChunkQueued, model.ChunkSending, model.ChunkAccepted
		lost, unknown             = model.ChunkLost, model.ChunkUnknown
	)
	type to = map[model.ChunkPhase]outcome
	type led = *ledger.Ledger
	type op = model.OperationID
	return []move{
		{"sending", func(ctx context.Context, l led, id op) error { return l.Sending(ctx, id, 1, "create") },
			to{queued: {sending, model.RowInFlight}}},
		{"accepted", func(ctx context.Context, l led, id op) error { return l.Accepted(ctx, id, 1, "job", "c") },
			to{sending: {accepted, model.RowAccepted}, lost: {accepted, model.RowAccepted}, unknown: {accepted, model.RowAccepted}}},
		{"requeue", func(ctx context.Context, l led, id op) error { return l.Requeue(ctx, id, 1, "throttled", false) },
			to{sending: {queued, model.RowQueued}}},
		{"requeue and hold", func(ctx context.Context, l led, id op) error { return l.Requeue(ctx, id, 1, "signed out", true) },
			to{sending: {queued, model.RowQueued}}},
		{"reroute", func(ctx context.Context, l led, id op) error { return l.Reroute(ctx, id, 1, "the batch is there") },
			to{sending: {queued, model.RowQueued}}},
		{"renew", func(ctx context.Context, l led, id op) error { return l.Renew(ctx, id, 1) },
			to{queued: {queued, model.RowQueued}}},
		{"refused", func(ctx context.Context, l led, id op) error { return l.Refused(ctx, id, 1, refusal()) },
			to{sending: {model.ChunkRefused, model.RowFailed}}},
		{"lost", func(ctx context.Context, l led, id op) error { return l.Lost(ctx, id, 1, "no answer") },
			to{sending: {lost, model.RowInFlight}, accepted: {lost, model.RowInFlight}}},
		{"settle as done", func(ctx context.Context, l led, id op) error { return l.Settle(ctx, id, 1, all(model.RowDone, 1, 3)) },
			to{sending: {model.ChunkEnded, model.RowDone}, accepted: {model.ChunkEnded, model.RowDone}, lost: {model.ChunkEnded, model.RowDone}}},
		{"settle as unknown", func(ctx context.Context, l led, id op) error {
			return l.Settle(ctx, id, 1, all(model.RowUnknown, 1, 3))
		},
			to{sending: {unknown, model.RowUnknown}, accepted: {model.ChunkEnded, model.RowUnknown}, lost: {unknown, model.RowUnknown}}},
		{"polled", func(ctx context.Context, l led, id op) error {
			return l.Polled(ctx, id, 1, model.JobProcessing, "processing")
		}, to{accepted: {accepted, model.RowAccepted}}},
		{"trouble", func(ctx context.Context, l led, id op) error { return l.Trouble(ctx, id, 1, "offline") },
			to{queued: {queued, model.RowQueued}, sending: {sending, model.RowInFlight}, accepted: {accepted, model.RowAccepted},
				lost: {lost, model.RowInFlight}}},
	}
}

func TestEveryStepFromEveryPhase(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	l := open(t, dir)
	ctx := t.Context()
	for from, reach := range phases() {
		for _, m := range moves() {
			t.Run(from.String()+", "+m.name, func(t *testing.T) {
				id := record(t, l, 5, 3)
				reach(t, l, id)
				before := operation(t, l, id)
				rows := states(t, l, id)
				err := m.do(ctx, l, id)
				want, allowed := m.to[from]
				if !allowed {
					if !ledger.Stale(err) {
						t.Fatalf("%v, want it stale", err)
					}
					want = outcome{from, rows[0]}
				} else if err != nil {
					t.Fatal(err)
				}
				after := check(t, l, id)
				equal(t, "rows", after.Rows.Total(), before.Rows.Total())
				equal(t, "chunk 1", after.Jobs[0].Phase, want.phase)
				equal(t, "chunk 2", after.Jobs[1].Phase, before.Jobs[1].Phase)
				for i, s := range states(t, l, id) {
					if i < 3 {
						equal(t, "row of chunk 1", s, want.rows)
					} else {
						equal(t, "row of chunk 2", s, rows[i])
					}
				}
			})
		}
	}
}

// decisions are the operator's; they hit every chunk that they fit.
func TestEveryDecisionFromEveryPhase(t *testing.T) {
	t.Parallel()
	l := open(t, folder(t))
	ctx := t.Context()
	for from, reach := range phases() {
		t.Run(from.String(), func(t *testing.T) {
			t.Run("drop", func(t *testing.T) {
				id := record(t, l, 5, 3)
				reach(t, l, id)
				must(t, l.Drop(ctx, id))
				o := check(t, l, id)
				want := from
				if from == model.ChunkQueued {
					want = model.ChunkDropped
				}
				equal(t, "chunk 1", o.Jobs[0].Phase, want)
				equal(t, "chunk 2", o.Jobs[1].Phase, model.ChunkDropped)
				equal(t, "queued", o.Rows.Queued, 0)
			})
			t.Run("retry", func(t *testing.T) {
				id := record(t, l, 5, 3)
				reach(t, l, id)
				n, err := l.Retry(ctx, id)
				o := check(t, l, id)
				if from != model.ChunkUnknown && from != model.ChunkRefused {
					kind(t, err, model.Invalid)
					equal(t, "chunk 1", o.Jobs[0].Phase, from)
					return
				}
				must(t, err)
				equal(t, "rows to send again", n, 3)
				equal(t, "chunk 1", o.Jobs[0].Phase, model.ChunkQueued)
				equal(t, "queued", o.Rows.Queued, 5)
			})
			t.Run("hold and resume", func(t *testing.T) {
				id := record(t, l, 5, 3)
				reach(t, l, id)
				rows := states(t, l, id)
				must(t, l.Hold(ctx, id, "wait"))
				o := check(t, l, id)
				equal(t, "held", o.Held, true)
				equal(t, "note", o.Note, "wait")
				for chunk := 1; chunk <= 2; chunk++ {
					if err := l.Sending(ctx, id, chunk, "create"); !ledger.Stale(err) {
						t.Errorf("a held chunk is sent: %v", err)
					}
				}
				must(t, l.Resume(ctx, id))
				o = check(t, l, id)
				equal(t, "held", o.Held, false)
				equal(t, "note", o.Note, "")
				for i, s := range states(t, l, id) {
					equal(t, "row", s, rows[i])
				}
			})
		})
	}
}

func TestWhatAStepWritesDown(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := record(t, l, 2, 1)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Accepted(ctx, id, 1, "job 1", "corr 1"))
	must(t, l.Polled(ctx, id, 1, model.JobProcessing, "in-progress"))
	must(t, l.Settle(ctx, id, 1, []ledger.Result{{Number: 1, State: model.RowFailed, Code: "808", CodeName: "ZtdDeviceAssignedToOtherTenant",
		Text: "registered to another tenant", What: "ask", By: model.BySerial, Object: "device 1"}}))
	must(t, l.Sending(ctx, id, 2, "append"))
	must(t, l.Refused(ctx, id, 2, refusal()))
	o := check(t, l, id)
	equal(t, "state", o.State(), model.OperationFailed)
	j := o.Jobs[0]
	if j.ID != "job 1" || j.Correlation != "corr 1" || j.State != model.JobProcessing || j.Raw != "in-progress" ||
		j.Sent.IsZero() || j.Accepted.IsZero() || j.Polled.IsZero() || j.Ended.IsZero() || j.RequestID == o.Jobs[1].RequestID {
		t.Errorf("job %+v", j)
	}
	equal(t, "problem", o.Jobs[1].Problem, "the service refuses it")
	rows, err := l.Rows(ctx, id)
	must(t, err)
	if r := rows[0]; r.Code != "808" || r.CodeName == "" || r.Text == "" || r.What != "ask" || r.By != model.BySerial || r.Device != "device 1" {
		t.Errorf("row %+v", r)
	}
	if r := rows[1]; r.Code != "600040" || r.Text != "the service refuses it" || r.What != "change it" {
		t.Errorf("row %+v", r)
	}
}

func TestSettlingInPartsAndTwiceKeepsTheFirstWord(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := record(t, l, 4, 4)
	must(t, l.Sending(ctx, id, 1, "create"))
	must(t, l.Accepted(ctx, id, 1, "job", ""))
	must(t, l.Settle(ctx, id, 1, all(model.RowDone, 1, 2)))
	must(t, l.Settle(ctx, id, 1, all(model.RowFailed, 2, 3)))
	o := check(t, l, id)
	equal(t, "rows", o.Rows, model.Tally{Accepted: 1, Done: 2, Failed: 1})
	must(t, l.Settle(ctx, id, 1, nil))
	equal(t, "an empty word ends nothing", check(t, l, id).Jobs[0].Phase, model.ChunkAccepted)
	must(t, l.Lost(ctx, id, 1, "the job is gone"))
	must(t, l.Settle(ctx, id, 1, all(model.RowUnknown, 1, 4)))
	o = check(t, l, id)
	equal(t, "rows", o.Rows, model.Tally{Done: 2, Failed: 1, Unknown: 1})
	if _, err := l.Retry(ctx, id); model.KindOf(err) != model.Invalid {
		t.Errorf("rows of an accepted chunk are sent again: %v", err)
	}
	// A row of another chunk, or of none, is nobody's business here.
	other := record(t, l, 2, 1)
	must(t, l.Sending(ctx, other, 1, "create"))
	must(t, l.Settle(ctx, other, 1, append(all(model.RowDone, 2, 2), all(model.RowDone, 77, 77)...)))
	equal(t, "rows", check(t, l, other).Rows, model.Tally{InFlight: 1, Queued: 1})
}
