package client_test

import (
	"context"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

func TestOneBatchIsReadWithoutTheOthers(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 900})
	c := w.dial()
	ctx := context.Background()
	batches, err := c.Batches(ctx, w.customer())
	if err != nil {
		t.Fatal(err)
	}
	in := batches[1]
	n := 0
	var last model.Device
	for page, err := range c.BatchDevices(ctx, w.customer(), in.ID) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			if last = d; d.Batch != in.ID {
				t.Fatalf("device %+v is of another batch than %s", d, in.ID)
			}
		}
		n += len(page)
	}
	if n != in.Devices || n == 0 {
		t.Errorf("%d devices, want %d", n, in.Devices)
	}
	d, err := c.Device(ctx, w.customer(), in.ID, last.ID)
	if err != nil || d.Serial != last.Serial {
		t.Errorf("device %+v, %v; want %s", d, err, last.Serial)
	}
	if _, err := c.Device(ctx, w.customer(), batches[0].ID, last.ID); model.KindOf(err) != model.NotFound {
		t.Errorf("in another batch: %v", err)
	}
	all := w.requests("GET", "/deviceBatches/")
	for _, r := range all {
		if r.Status != 200 {
			t.Errorf("%+v", r)
		}
	}
	if most := 2*((n+99)/100) + (batches[0].Devices+99)/100; len(all) > most {
		t.Errorf("%d pages were read, want %d at most", len(all), most)
	}
}
