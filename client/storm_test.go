package client_test

import (
	"context"
	"fmt"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

// A tenth of the rows fail, a third of the calls are answered 429, a tenth of the
// connections break off after the request was carried out.
func TestInAStormEveryRowEndsAndNothingHappensTwice(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	var list []model.UploadRow
	for i := range 300 {
		serial := serialOf(i)
		if i%10 == 3 {
			serial = fmt.Sprintf("SIM-640-%d", i)
		}
		list = append(list, typed(i+2, serial))
	}
	u := w.list("Storm", 0, 0, list...)
	u.Chunk = 60
	w.fault(`{"match": "^(GET|POST) ", "kind": "status", "status": 429, "probability": 0.33}`)
	w.fault(`{"match": "^(GET|POST) ", "kind": "reset", "probability": 0.1}`)
	id, err := c.Upload(ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 300, over)
	if o.Rows.Done+o.Rows.Failed+o.Rows.Unknown != 300 {
		t.Errorf("ended with %+v, want every row final", o.Rows)
	}
	w.control("DELETE", "faults", "")
	before := len(w.requests("POST", "/deviceBatches"))
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	again := map[string]bool{}
	for _, r := range model.Retryable(o, rows) {
		again[r.Serial] = true
	}
	n, err := c.Retry(ctx, id)
	if err != nil || n != len(again) {
		t.Fatalf("retried %d rows, %v, want %d", n, err, len(again))
	}
	o = await(t, c, id, 300, over)
	after, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range after {
		if tried := r.Attempt > rows[i].Attempt; tried != again[r.Serial] {
			t.Errorf("row %s: tried again %v, want %v", r.Serial, tried, again[r.Serial])
		}
	}
	if sent := len(w.requests("POST", "/deviceBatches")) - before; sent == 0 {
		t.Error("the retry sent nothing")
	}
	if n, twice := count(w.devices(c), "NEW"); n != 270 || len(twice) > 0 {
		t.Errorf("%d devices at the service, twice: %v; want 270, none (%+v)", n, twice, o.Rows)
	}
}

func TestAPartnerOfFourHundredCustomersIsListedWhole(t *testing.T) {
	w := newWorld(t, simulator.Options{Customers: 400})
	c := w.dial()
	seen := map[model.CustomerID]bool{}
	for page, err := range c.Customers(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, cu := range page {
			seen[cu.ID] = true
		}
	}
	if len(seen) != 400 {
		t.Errorf("%d customers, want 400", len(seen))
	}
}

func TestTwoHundredBatchesAreListedWholeWithARisingCount(t *testing.T) {
	const batches = 200
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	var ids []model.OperationID
	for b := range batches {
		id, err := c.Upload(ctx, w.list(fmt.Sprintf("Batch %03d", b), 5, 10*b))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		await(t, c, id, 5, over)
	}
	last, n := model.DevicePage{}, 0
	for p, err := range c.Devices(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Batches < last.Batches || p.Page < last.Page {
			t.Fatalf("the count went back: %+v after %+v", p, last)
		}
		n += len(p.Devices)
		last = p
	}
	got, twice := count(w.devices(c), "NEW")
	if got != batches*5 || len(twice) > 0 || last.Total != n || last.Batches != last.Of {
		t.Errorf("%d new devices (twice: %v), %d in all, claimed %d, batches %d of %d", got, twice, n, last.Total, last.Batches, last.Of)
	}
}
