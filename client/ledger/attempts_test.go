package ledger_test

import (
	"testing"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// passing is a passing fault of a row that is to be tried again at a time.
func passing(number int, due time.Time) ledger.Result {
	return ledger.Result{Number: number, State: model.RowFailed, Code: "640", CodeName: "StorageError", Text: "a passing fault", What: "wait",
		Retry: &ledger.Again{Number: number, Body: []byte("secret body again"), Due: due}}
}

// settled is an operation of two chunks of two rows of which the first has ended
// with a passing fault in row 2.
func settled(t *testing.T, l *ledger.Ledger, due time.Time) model.OperationID {
	t.Helper()
	id := record(t, l, 4, 2)
	must(t, l.Sending(t.Context(), id, 1, "create"))
	must(t, l.Accepted(t.Context(), id, 1, "job 1", ""))
	must(t, l.Settle(t.Context(), id, 1, []ledger.Result{{Number: 1, State: model.RowDone}, passing(2, due)}))
	return id
}

func TestAPassingFaultIsQueuedAgainInTheSameStep(t *testing.T) {
	l := open(t, folder(t))
	due := time.UnixMilli(1_800_000_000_000)
	id := settled(t, l, due)
	o := check(t, l, id)
	if o.Rows != (model.Tally{Queued: 3, Done: 1}) || len(o.Jobs) != 3 || o.Again != 1 {
		t.Fatalf("%+v in %d jobs, %d again; want 3 queued, 1 done in 3 jobs", o.Rows, len(o.Jobs), o.Again)
	}
	if j := o.Jobs[2]; j.Phase != model.ChunkQueued || !j.Due.Equal(due) || j.Rows != 1 || j.RequestID == o.Jobs[0].RequestID {
		t.Errorf("the new job is %+v", j)
	}
	equal(t, "phase of the first", o.Jobs[0].Phase, model.ChunkEnded)
	rows, err := l.Rows(t.Context(), id)
	must(t, err)
	r := rows[1]
	if r.Attempt != 2 || r.Code != "" || r.State != model.RowQueued || len(r.Past) != 1 {
		t.Fatalf("row 2 is %+v", r)
	}
	p := r.Past[0]
	if p.Attempt != 1 || p.Chunk != 1 || p.Job != "job 1" || p.State != model.RowFailed || p.Code != "640" || p.CodeName != "StorageError" ||
		p.Text != "a passing fault" || p.At.IsZero() {
		t.Errorf("its past is %+v", p)
	}
	bodies, err := l.Spool(t.Context(), id, 3)
	must(t, err)
	equal(t, "bodies", len(bodies), 1)
	events, err := l.Events(t.Context(), id)
	must(t, err)
	if e := events[len(events)-2]; e.What != "retried by itself" || e.Detail != "1 rows, not before 2027-01-15T08:00:00Z" {
		t.Errorf("event %+v", e)
	}
	// The second attempt ends well; the first stays on record.
	must(t, l.Sending(t.Context(), id, 3, "append"))
	must(t, l.Accepted(t.Context(), id, 3, "job 3", ""))
	must(t, l.Settle(t.Context(), id, 3, all(model.RowDone, 2, 2)))
	rows, err = l.Rows(t.Context(), id)
	must(t, err)
	equal(t, "state", rows[1].State, model.RowDone)
	equal(t, "past", len(rows[1].Past), 1)
	check(t, l, id)
}

func TestAWordThatComesTwiceIsNotTriedAgainTwice(t *testing.T) {
	l := open(t, folder(t))
	id := record(t, l, 2, 2)
	must(t, l.Sending(t.Context(), id, 1, "create"))
	must(t, l.Accepted(t.Context(), id, 1, "job 1", ""))
	for range 2 {
		must(t, l.Settle(t.Context(), id, 1, []ledger.Result{passing(2, time.Time{})}))
	}
	equal(t, "rows", check(t, l, id).Rows, model.Tally{Accepted: 1, Queued: 1})
	equal(t, "jobs", len(operation(t, l, id).Jobs), 2)
}

func TestADroppedAttemptGivesTheFormerOutcomeBack(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	id := settled(t, l, time.Time{})
	must(t, l.Drop(t.Context(), id))
	o := check(t, l, id)
	if o.Rows != (model.Tally{Done: 1, Failed: 1, Skipped: 2}) || len(o.Jobs) != 2 || o.Again != 0 {
		t.Fatalf("%+v in %d jobs, %d again", o.Rows, len(o.Jobs), o.Again)
	}
	rows, err := l.Rows(t.Context(), id)
	must(t, err)
	r := rows[1]
	if r.State != model.RowFailed || r.Code != "640" || r.CodeName != "StorageError" || r.Text != "a passing fault" || r.What != "wait" ||
		r.Attempt != 1 || r.Chunk != 1 || len(r.Past) != 0 {
		t.Errorf("row 2 is %+v", r)
	}
	if found := onDisk(t, dir, "secret body"); found != "" {
		t.Errorf("%s still holds a secret", found)
	}
}

func TestADroppedRetryOfARefusedChunkIsRefusedAgain(t *testing.T) {
	l := open(t, folder(t))
	id := record(t, l, 2, 2)
	must(t, l.Sending(t.Context(), id, 1, "create"))
	must(t, l.Refused(t.Context(), id, 1, refusal()))
	before, err := l.Rows(t.Context(), id)
	must(t, err)
	if _, err := l.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	rows, err := l.Rows(t.Context(), id)
	must(t, err)
	if len(rows[0].Past) != 1 || rows[0].Past[0].Text != before[0].Text {
		t.Errorf("the past is %+v", rows[0].Past)
	}
	must(t, l.Drop(t.Context(), id))
	equal(t, "rows", check(t, l, id).Rows, model.Tally{Failed: 2})
	rows, err = l.Rows(t.Context(), id)
	must(t, err)
	equal(t, "text", rows[0].Text, before[0].Text)
}
