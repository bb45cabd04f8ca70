package client_test

import (
	"context"
	"strings"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

func TestUploadOfSeveralJobsEndsWithEveryDeviceOnce(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	id, err := c.Upload(context.Background(), w.list("Spring 2026", 1200, 0))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 1200, over)
	if o.State() != model.OperationDone || o.Rows.Done != 1200 || len(o.Jobs) != 3 {
		t.Fatalf("ended as %v with %+v in %d jobs, want 1200 done in 3", o.State(), o.Rows, len(o.Jobs))
	}
	if n, twice := count(w.devices(c), "NEW"); n != 1200 || len(twice) > 0 {
		t.Errorf("%d devices at the service, twice: %v; want 1200, none", n, twice)
	}
	if n := len(w.requests("POST", "/deviceBatches")); n != 3 {
		t.Errorf("%d POSTs, want 3: one creation, two appends", n)
	}
}

// What the configuration says holds for every kind of job; what an upload says, before it.
func TestJobsHaveTheSizeOfTheConfiguration(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial(func(o *client.Connection) { o.Chunk = 100 })
	ctx := context.Background()
	id, err := c.Upload(ctx, w.list("Cut", 250, 0))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 250, over); len(o.Jobs) != 3 {
		t.Errorf("%d jobs of 250 devices, want 3", len(o.Jobs))
	}
	u := w.list("Cut otherwise", 250, 1000)
	u.Chunk = 250
	if id, err = c.Upload(ctx, u); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 250, over); len(o.Jobs) != 1 {
		t.Errorf("%d jobs where one was asked for", len(o.Jobs))
	}
	devices := w.devices(c)[:150]
	if id, err = c.Assign(ctx, model.Assignment{Customer: w.customer(), Policy: w.policy(c, devices), Devices: devices}); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 150, over); len(o.Jobs) != 2 {
		t.Errorf("%d jobs of an assignment to 150 devices, want 2", len(o.Jobs))
	}
}

func TestUploadToABatchThatIsThereAppendsInItsSpelling(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	first, err := c.Upload(ctx, w.list("Spring 2026", 3, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, first, 3, over)
	second, err := c.Upload(ctx, w.list("SPRING 2026", 4, 100))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, second, 4, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o)
	}
	batches, err := c.Batches(ctx, w.customer())
	if err != nil {
		t.Fatal(err)
	}
	b, ok := model.FindBatch(batches, "spring 2026")
	if !ok || b.ID != "Spring 2026" || b.Devices != 7 {
		t.Errorf("batch %+v, want Spring 2026 with 7 devices", b)
	}
}

func TestUploadNamesTheReasonOfEachFailedRow(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	known := w.devices(c)[0]
	id, err := c.Upload(context.Background(), w.list("Mixed", 3, 0,
		model.UploadRow{Line: 9, Identity: model.Identity{Serial: known.Serial, Maker: known.Maker, Model: known.Model}}))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 4, over); o.State() != model.OperationPartly || o.Rows.Failed != 1 || o.Rows.Done != 3 {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	rows, err := c.Rows(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	got := rows[3]
	if got.Code != "806" || got.Text == "" || got.What == "" || got.By != model.BySerial || got.Line != 9 {
		t.Errorf("row %+v, want 806 with its meaning, by serial, line 9", got)
	}
}

func TestTheDeskAndTheServiceAgreeOnCopies(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	list := "Device Serial Number,Windows Product ID,Hardware Hash,Manufacturer name,Device model\r\n" +
		"NEW1,,,HP,EliteBook\r\nNEW1,,,Dell Inc.,Latitude 7450\r\nnew1,,,hp,EliteBook\r\nNEW1,,,HP,ZBook\r\n" +
		",," + desktest.Hash("NEW2", "HP", "") + ",HP,another\r\nNEW2,,,HP,EliteBook\r\nNEW2,,,Acer,Swift\r\n"
	var all, good []model.UploadRow
	report, err := desk.Walk(ctx, strings.NewReader(list), desk.Options{}, func(r desk.Row) error {
		all = append(all, r.Upload)
		if r.Good() {
			good = append(good, r.Upload)
		}
		return nil
	})
	if err != nil || report.Rows != 7 || report.Good != 5 {
		t.Fatalf("report %+v, %v; want 5 good of 7", report, err)
	}
	id, err := c.Upload(ctx, w.list("Copies", 0, 0, good...))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 5, over); o.State() != model.OperationDone {
		t.Errorf("what the desk lets through ended as %v: %+v", o.State(), o.Rows)
	}
	for i := range all { // the same machines again, the copies too, under other serials
		all[i].Identity.Serial += "X"
		if i == 4 {
			all[i].Identity = model.Identity{Serial: "NEW2X", Hash: model.NewSecret(desktest.Hash("NEW2X", "HP", ""))}
		}
	}
	if id, err = c.Upload(ctx, w.list("Copies too", 0, 0, all...)); err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 7, over)
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "", "ZtdDeviceDuplicated", "", "", "ZtdDeviceDuplicated", ""} {
		if rows[i].CodeName != want {
			t.Errorf("row %d: %q, want %q", i+1, rows[i].CodeName, want)
		}
	}
}

func TestAListThatBreaksOffSendsNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	list := machines(900, 0)
	broken := &model.Error{Kind: model.Incomplete, Op: "read list", Msg: "the disk went away"}
	for name, u := range map[string]model.Upload{
		"an error at the end": {Count: 900, Rows: func(yield func(model.UploadRow, error) bool) {
			for _, r := range list {
				if !yield(r, nil) {
					return
				}
			}
			yield(model.UploadRow{}, broken)
		}},
		"a bad row":  model.Upload{}.Of(append(machines(900, 0), model.UploadRow{Line: 902, Identity: model.Identity{Serial: "A"}})...),
		"fewer rows": {Count: 901, Rows: model.Upload{}.Of(list...).Rows},
		"more rows":  {Count: 899, Rows: model.Upload{}.Of(list...).Rows},
	} {
		u.Customer, u.Batch = w.customer(), "Broken"
		if id, err := c.Upload(ctx, u); err == nil || id != "" {
			t.Errorf("%s: operation %q, %v", name, id, err)
		}
	}
	b, err := c.WatchBoard(ctx, 0)
	if err != nil || len(b.Operations) != 0 {
		t.Errorf("%d operations on the board, %v; want none", len(b.Operations), err)
	}
	if sent := w.requests("POST", "/deviceBatches"); len(sent) != 0 {
		t.Errorf("sent %+v", sent)
	}
}
