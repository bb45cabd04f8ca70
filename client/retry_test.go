package client_test

import (
	"context"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
	"muster/model/desk/desktest"
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
	if last := o.Jobs[len(o.Jobs)-1]; len(o.Jobs) != 4 || last.Rows != 2 || last.RequestID == o.Jobs[2].RequestID {
		t.Errorf("jobs %+v, want a fourth one of 2 rows with an id of its own", o.Jobs)
	}
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 4, 1, 4, 1} {
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

func TestPassingFaultsAreTriedAgainByThemselves(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	var asked []int
	c := w.dial(func(o *client.Connection) {
		again := o.AgainAfter
		o.AgainAfter = func(attempt int) time.Duration {
			asked = append(asked, attempt)
			return again(attempt)
		}
	})
	ctx := context.Background()
	id, err := c.Upload(ctx, w.list("Again", 1, 0, typed(3, "SIM-640-1"), typed(4, "SIM-808-1")))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 3, over)
	if o.Rows.Done != 1 || o.Rows.Failed != 2 || len(o.Jobs) != 3 || o.Again != 1 {
		t.Fatalf("ended with %+v in %d jobs, %d again; want three jobs for one row", o.Rows, len(o.Jobs), o.Again)
	}
	if len(asked) != 2 || asked[0] != 1 || asked[1] != 2 {
		t.Errorf("asked for the wait after attempts %v, want 1 and 2", asked)
	}
	for i, j := range o.Jobs {
		if i > 0 && j.Sent.Before(j.Due) {
			t.Errorf("job %d was sent at %v, before it was due at %v", i+1, j.Sent, j.Due)
		}
	}
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	r := rows[1]
	if r.Attempt != 3 || r.Code != "640" || len(r.Past) != 2 || r.Past[1].Attempt != 2 || r.Past[1].Code != "640" || r.Past[1].Job != o.Jobs[1].ID {
		t.Errorf("row 2 is %+v", r)
	}
	if len(rows[2].Past) != 0 {
		t.Errorf("what does not pass was tried again: %+v", rows[2])
	}
}

func TestARowKnownByItsHashIsNotTriedAgainByItself(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	row := model.UploadRow{Line: 2, Identity: model.Identity{Serial: "SIM-640-2", Hash: model.NewSecret(desktest.Hash("SIM-640-2", "HP", "EliteBook"))}}
	id, err := c.Upload(context.Background(), w.list("Hash", 0, 0, row))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.Rows.Failed != 1 || len(o.Jobs) != 1 {
		t.Errorf("ended with %+v in %d jobs; its hash is gone, so it cannot be sent", o.Rows, len(o.Jobs))
	}
}
