package client_test

import (
	"context"
	"testing"

	"muster/client/simulator"
	"muster/model"
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
	u := w.list("Mixed", 3, 0)
	known := w.devices(c)[0]
	u.Rows = append(u.Rows, model.UploadRow{Line: 9, Identity: model.Identity{Serial: known.Serial, Maker: known.Maker, Model: known.Model}})
	id, err := c.Upload(context.Background(), u)
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
