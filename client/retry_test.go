package client_test

import (
	"context"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

func TestARetryTouchesOnlyWhatMayPass(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	var list []model.UploadRow
	for _, serial := range []string{"NEW-1", "SIM-640-1", "SIM-808-1", "SIM-640-2", "NEW-2"} {
		list = append(list, typed(0, serial))
	}
	id, err := c.Upload(ctx, w.list("Retry", 0, 0, list...))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 5, over)
	if o.Rows.Done != 2 || o.Rows.Failed != 3 {
		t.Fatalf("ended with %+v, want 2 done and 3 failed", o.Rows)
	}
	n, err := c.Retry(ctx, id)
	if err != nil || n != 2 {
		t.Fatalf("retried %d rows, %v; want the two of code 640", n, err)
	}
	o = await(t, c, id, 5, over)
	if len(o.Jobs) != 2 || o.Jobs[1].Rows != 2 || o.Jobs[1].RequestID == o.Jobs[0].RequestID {
		t.Errorf("jobs %+v, want a second one of 2 rows with an id of its own", o.Jobs)
	}
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 2, 1, 2, 1} {
		if rows[i].Attempt != want {
			t.Errorf("row %d %s: attempt %d, want %d", i+1, rows[i].Serial, rows[i].Attempt, want)
		}
	}
}

func TestARefusedChunkCanBeSentAgainWithItsSecrets(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	w.fault(`{"match": "^POST .*/deviceBatches$", "kind": "status", "status": 403, "times": 1}`)
	id, err := c.Upload(ctx, w.list("Refused", 4, 0))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 4, over); o.Rows.Failed != 4 {
		t.Fatalf("ended with %+v, want 4 failed", o.Rows)
	}
	if n, err := c.Retry(ctx, id); err != nil || n != 4 {
		t.Fatalf("retried %d rows, %v", n, err)
	}
	if o := await(t, c, id, 4, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	sent := w.requests("POST", "/deviceBatches")
	if len(sent) != 2 || sent[0].RequestID == sent[1].RequestID {
		t.Errorf("sent %+v, want a new request id after an answer", sent)
	}
}

func TestWhatHasSucceededIsNotRetried(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	id, err := c.Upload(context.Background(), w.list("Fine", 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 2, over)
	if n, err := c.Retry(context.Background(), id); n != 0 || model.KindOf(err) != model.Invalid {
		t.Errorf("retried %d rows, %v", n, err)
	}
}
