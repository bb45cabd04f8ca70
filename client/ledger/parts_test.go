package ledger_test

import (
	"context"
	"testing"

	"muster/client/ledger"
	"muster/model"
)

func TestAChunkIsSplitByWhatBecameOfItsRows(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := record(t, l, 6, 6)
	must(t, l.Sending(ctx, id, 1, "update"))
	must(t, l.Split(ctx, id, 1, []int{2}, model.ChunkLost, "no answer"))
	must(t, l.Split(ctx, id, 1, []int{5, 6}, model.ChunkQueued, "throttled"))
	must(t, l.Settle(ctx, id, 1, all(model.RowFailed, 3, 3)))
	must(t, l.Accepted(ctx, id, 1, "", ""))
	o := check(t, l, id)
	equal(t, "tally", o.Rows, model.Tally{Queued: 2, InFlight: 1, Accepted: 2, Failed: 1})
	equal(t, "chunks", len(o.Jobs), 3)
	for i, want := range []model.ChunkPhase{model.ChunkAccepted, model.ChunkLost, model.ChunkQueued} {
		equal(t, "phase", o.Jobs[i].Phase, want)
		equal(t, "request id", o.Jobs[i].RequestID, o.Jobs[0].RequestID)
	}
	bodies, err := l.Spool(ctx, id, 3)
	must(t, err)
	if len(bodies) != 2 || string(bodies[0]) != "secret body of row 5" {
		t.Errorf("the new chunk's spool holds %q", bodies)
	}
	must(t, l.Drop(ctx, id))
	must(t, l.Settle(ctx, id, 2, all(model.RowDone, 2, 2)))
	must(t, l.Settle(ctx, id, 1, append(all(model.RowDone, 1, 1), all(model.RowDone, 4, 4)...)))
	equal(t, "tally", check(t, l, id).Rows, model.Tally{Done: 3, Failed: 1, Skipped: 2})
	if err := l.Split(ctx, id, 1, []int{1}, model.ChunkQueued, ""); !ledger.Stale(err) {
		t.Errorf("an ended chunk was split: %v", err)
	}
}

func TestWhatIsOnlyNotedIsDoneAtOnce(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	id, err := l.RecordDone(t.Context(), ledger.Intent{Kind: model.ReadBIOSPassword, Customer: "c", Title: "read BIOS password",
		Rows: []ledger.IntentRow{{Row: model.Row{Serial: "S1"}}}})
	must(t, err)
	o := check(t, open(t, dir), id)
	equal(t, "state", o.State(), model.OperationDone)
	if o.Ended.IsZero() {
		t.Error("it has no end")
	}
}

func TestTicketsStayKnownUntilTheyAreRemoved(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	ctx := context.Background()
	in := intent(3, 3)
	in.Kind = model.ImportAutopilot
	id, err := l.Record(ctx, in)
	must(t, err)
	must(t, l.Sending(ctx, id, 1, "import"))
	must(t, l.Accepted(ctx, id, 1, "", ""))
	must(t, l.Settle(ctx, id, 1, []ledger.Result{{Number: 1, State: model.RowAccepted, Ticket: "t1"}, {Number: 2, State: model.RowAccepted, Ticket: "t2"}}))
	left, err := l.Leftovers(ctx)
	must(t, err)
	equal(t, "leftovers of open rows", len(left), 0)
	must(t, l.Settle(ctx, id, 1, []ledger.Result{{Number: 1, State: model.RowDone, Autopilot: "a1"}, {Number: 2, State: model.RowFailed, Code: "806"}}))
	left, err = l.Leftovers(ctx)
	must(t, err)
	equal(t, "leftovers", len(left), 2)
	equal(t, "second leftover", left[1], ledger.Leftover{Operation: id, Customer: "c", Owner: true, Number: 2, Ticket: "t2"})
	must(t, l.TicketsRemoved(ctx, id, []int{1}))
	rows, err := l.Rows(ctx, id)
	must(t, err)
	equal(t, "device of row 1", rows[0].Autopilot, "a1")
	equal(t, "ticket of row 1", rows[0].Ticket, "")
	equal(t, "ticket of row 2", rows[1].Ticket, "t2")
	equal(t, "tally", check(t, l, id).Rows, model.Tally{Done: 1, Failed: 1, Accepted: 1})
}

func TestProgressOfAnEndedChunkIsNotedWhenItChanges(t *testing.T) {
	l := open(t, folder(t))
	ctx := t.Context()
	id := record(t, l, 1, 1)
	must(t, l.Sending(ctx, id, 1, "PATCH"))
	if err := l.Followed(ctx, id, 1, "2 pending"); !ledger.Stale(err) {
		t.Errorf("noted on a chunk that is being sent: %v", err)
	}
	must(t, l.Settle(ctx, id, 1, all(model.RowDone, 1, 1)))
	for _, word := range []string{"2 pending", "2 pending", "2 success"} {
		must(t, l.Followed(ctx, id, 1, word))
	}
	equal(t, "word", operation(t, l, id).Jobs[0].Raw, "2 success")
	events, err := l.Events(ctx, id)
	must(t, err)
	n := 0
	for _, e := range events {
		if e.What == "progress" {
			n++
		}
	}
	equal(t, "events", n, 2)
}

func TestRowsWithTargetsOfTheirOwnShareAChunk(t *testing.T) {
	l := open(t, folder(t))
	in := intent(5, 3)
	in.Kind = model.UndoAutopilot
	for i := range in.Rows {
		in.Rows[i].Row.Target = in.Rows[i].Row.Serial
		in.Rows[i].Row.Autopilot = model.AutopilotID(in.Rows[i].Row.Serial)
	}
	id, err := l.Record(t.Context(), in)
	must(t, err)
	equal(t, "chunks", len(check(t, l, id).Jobs), 2)
	rows, err := l.Rows(t.Context(), id)
	must(t, err)
	equal(t, "autopilot id", rows[4].Autopilot, "S5")
}
