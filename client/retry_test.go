package client_test

import (
	"context"
	"strings"
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

func TestRowsThatAreThereAlreadyAreCountedOnceTheyAreSeen(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	have := w.devices(c)
	known := func(i int) model.UploadRow {
		return model.UploadRow{Identity: model.Identity{Serial: strings.ToLower(have[i].Serial), Maker: have[i].Maker, Model: have[i].Model}}
	}
	hashed := model.UploadRow{Identity: model.Identity{Hash: model.NewSecret(desktest.Hash(have[7].Serial, have[7].Maker, have[7].Model))},
		Facts: model.HashFacts{Serial: have[7].Serial, Maker: have[7].Maker, Model: have[7].Model}}
	// The service says 806 about the last one, and no list has it.
	id, err := c.Upload(ctx, w.list("There", 1, 0, known(3), known(5), hashed, typed(9, "SIM-806-1"), typed(10, "SIM-808-1")))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 6, over); o.Rows.Done != 1 || o.Rows.Failed != 5 {
		t.Fatalf("ended with %+v", o.Rows)
	}
	n, err := c.Settle(ctx, id)
	if err != nil || n != 3 {
		t.Fatalf("settled %d rows, %v; want 3", n, err)
	}
	o := await(t, c, id, 6, over)
	if o.Rows.Done != 4 || o.Rows.Failed != 2 {
		t.Errorf("afterwards %+v, want 4 done", o.Rows)
	}
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[1]; r.State != model.RowDone || r.Device != have[3].ID || r.Code != "806" || !strings.Contains(r.Text, "already there, in batch "+string(have[3].Batch)) {
		t.Errorf("row 2 is %+v", r)
	}
	if r := rows[4]; r.State != model.RowFailed || r.Code != "806" {
		t.Errorf("a row whose device no list has: %+v", r)
	}
	if n, err := c.Settle(ctx, id); n != 0 || err != nil {
		t.Errorf("a second time: %d, %v; want nothing new", n, err)
	}
}

func TestAListThatIsNotWholeSettlesOnlyWhatItShows(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	id, err := c.Upload(ctx, w.list("There", 0, 0, typed(2, "SIM-806-1")))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	w.fault(`{"match": "^GET .*/devices", "kind": "status", "status": 404}`)
	if n, err := c.Settle(ctx, id); n != 0 || model.KindOf(err) != model.Incomplete {
		t.Errorf("settled %d, %v; want an incomplete reading", n, err)
	}
	if _, err := c.Settle(ctx, "nothing"); model.KindOf(err) != model.NotFound {
		t.Errorf("an unknown operation: %v", err)
	}
}

func TestFailedHashesGoAgainWithTheirList(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	hashed := func(line int, serial string) model.UploadRow {
		return model.UploadRow{Line: line, Identity: model.Identity{Serial: serial, Hash: model.NewSecret(desktest.Hash(serial, "HP", "EliteBook"))}}
	}
	key := model.UploadRow{Line: 8, Identity: model.Identity{ProductKey: model.NewSecret("SIM-640-7")}}
	list := []model.UploadRow{hashed(2, "NEW1"), hashed(3, "SIM-640-1"), hashed(4, "SIM-808-1"), hashed(5, "SIM-640-2"), key}
	id, err := c.Upload(ctx, w.list("Hashes", 0, 0, list...))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 5, over); o.Rows.Failed != 4 {
		t.Fatalf("ended with %+v", o.Rows)
	}
	if _, err := c.Retry(ctx, id); model.KindOf(err) != model.Invalid {
		t.Errorf("retried without the list: %v", err)
	}
	if _, err := c.RetryList(ctx, id, model.Upload{}.Of(hashed(3, "OTHER")).Rows); model.KindOf(err) != model.NotFound {
		t.Errorf("another list: %v", err)
	}
	n, err := c.RetryList(ctx, id, model.Upload{}.Of(list[0], list[1], list[2], key).Rows) // without the line 5
	if err != nil || n != 2 {
		t.Fatalf("sent %d rows again, %v; want 2", n, err)
	}
	o := await(t, c, id, 5, over)
	if len(o.Jobs) != 2 || o.Jobs[1].Rows != 2 || o.Rows.Done != 1 || o.Rows.Failed != 4 {
		t.Errorf("afterwards %+v in jobs %+v", o.Rows, o.Jobs)
	}
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 2, 1, 1, 2} {
		if rows[i].Attempt != want || len(rows[i].Past) != want-1 {
			t.Errorf("row %d: attempt %d with %d before, want %d", i+1, rows[i].Attempt, len(rows[i].Past), want)
		}
	}
}

func TestADeviceThatOnlyIntuneShowsIsThere(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	id, err := c.ImportAutopilot(ctx, w.importList(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	if id, err = c.Upload(ctx, w.list("Theirs", 1, 0)); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.Rows.Failed != 1 {
		t.Fatalf("ended with %+v, want what Intune imported called there already", o.Rows)
	}
	w.fault(`{"match": "^GET .*/windowsAutopilotDeviceIdentities", "kind": "status", "status": 403, "times": 1}`)
	if n, err := c.Settle(ctx, id); n != 0 || model.KindOf(err) != model.Incomplete || !strings.Contains(err.Error(), "Intune could not be read") {
		t.Errorf("settled %d, %v; want to hear that Intune was not read", n, err)
	}
	if n, err := c.Settle(ctx, id); n != 1 || err != nil {
		t.Fatalf("settled %d, %v; want the row", n, err)
	}
	rows, err := c.Rows(ctx, id)
	if err != nil || !strings.Contains(rows[0].Text, "already there, in Intune; checked ") {
		t.Errorf("row %+v, %v", rows[0], err)
	}
}

func TestWhatWaitsForItsTimeOutlivesItsProcess(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	first := w.dial(func(o *client.Connection) { o.AgainAfter = func(int) time.Duration { return time.Hour } })
	ctx := context.Background()
	id, err := first.Upload(ctx, w.list("Later", 1, 0, typed(3, "SIM-640-1")))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, first, id, 2, func(o model.Operation) bool { return o.Again == 1 })
	if o.State() != model.OperationRunning || o.Rows != (model.Tally{Done: 1, Queued: 1}) || time.Until(o.Jobs[1].Due) < 50*time.Minute {
		t.Errorf("while it waits: %v, %+v, due %v", o.State(), o.Rows, o.Jobs[1].Due)
	}
	w.close(first)
	next := w.dial()
	o = await(t, next, id, 2, func(o model.Operation) bool { return o.Mine })
	if !o.Waits() || o.State() != model.OperationStopped {
		t.Errorf("in the next process: %v, waits %v; want it to wait for a yes", o.State(), o.Waits())
	}
	if err := next.Resume(ctx, id); err != nil {
		t.Fatal(err)
	}
	o = await(t, next, id, 2, over)
	if o.Rows != (model.Tally{Done: 1, Failed: 1}) || len(o.Jobs) != 3 {
		t.Errorf("in the end %+v in %d jobs, want the yes to send it at once", o.Rows, len(o.Jobs))
	}
}

func TestAReadOnlySessionTriesNothingAgain(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	w.fault(`{"match": "^GET .*/batchJobStatus/", "kind": "slow", "delayMs": 1500}`)
	id, err := c.Upload(ctx, w.list("Watched", 0, 0, typed(3, "SIM-640-1")))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, func(o model.Operation) bool { return o.Rows.Accepted == 1 })
	w.close(c)
	w.control("DELETE", "faults", "")
	reader := w.dial(func(o *client.Connection) { o.ReadOnly = true })
	if o := await(t, reader, id, 1, over); o.Rows.Failed != 1 || len(o.Jobs) != 1 {
		t.Errorf("ended with %+v in %d jobs", o.Rows, len(o.Jobs))
	}
}
