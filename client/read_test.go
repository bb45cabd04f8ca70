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

// A walk that ended in the middle goes on there: nothing is missing, nothing comes
// twice, and no page is asked for again.
func TestAWalkGoesOnWhereItEnded(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 1200})
	c := w.dial()
	want := map[model.DeviceID]bool{}
	pages := 0
	for p, err := range c.Devices(t.Context(), w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range p.Devices {
			want[d.ID] = true
		}
		pages = max(pages, p.Page)
	}
	for cut := range pages {
		got := map[model.DeviceID]bool{}
		var left []model.Place
		var at model.Place
		read := 0
		take := func(p model.DevicePage) {
			for _, d := range p.Devices {
				if got[d.ID] {
					t.Errorf("cut at page %d: device %s came twice", cut, d.ID)
				}
				got[d.ID] = true
			}
		}
		for p, err := range c.DevicesFrom(t.Context(), w.customer(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			if p.Plan != nil {
				left = p.Plan
				continue
			}
			for len(left) > 0 && left[0].Batch != p.Batch {
				left = left[1:]
			}
			take(p)
			read = p.Page
			if at = (model.Place{Batch: p.Batch, Next: p.Next}); p.Page > cut {
				break
			}
		}
		if at.Next != "" {
			left[0] = at
		} else {
			left = left[1:]
		}
		more := 0
		if len(left) > 0 {
			for p, err := range c.DevicesFrom(t.Context(), w.customer(), left) {
				if err != nil {
					t.Fatal(err)
				}
				take(p)
				more = max(more, p.Page)
			}
		}
		if len(got) != len(want) || read+more != pages {
			t.Errorf("cut at page %d: %d devices on %d + %d pages, want %d on %d", cut, len(got), read, more, len(want), pages)
		}
	}
}
