package client_test

import (
	"context"
	"strings"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

// Every kind of object is read whole, with what lists leave out.
func TestReadItem(t *testing.T) {
	w := newWorld(t, simulator.Options{Faults: []string{"restricted"}})
	c := w.dial()
	ctx := context.Background()
	batches, err := c.Batches(ctx, w.customer())
	if err != nil {
		t.Fatal(err)
	}
	policies, err := c.Policies(ctx, w.customer())
	if err != nil {
		t.Fatal(err)
	}
	refs := map[string]model.ItemRef{
		"devicesLink.uri":      {Kind: model.BatchItem, ID: string(batches[1].ID)},
		"devicesAssignedCount": {Kind: model.PolicyItem, ID: string(policies[0].ID)},
	}
	var last model.Device // of the last page of its batch
	for page, err := range c.Devices(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Devices {
			if len(d.Allowed) > 0 {
				refs["allowedOperations"] = model.ItemRef{Kind: model.DeviceItem, ID: string(d.ID), Batch: d.Batch}
			}
			last = d
		}
	}
	refs["uploadedDate"] = model.ItemRef{Kind: model.DeviceItem, ID: string(last.ID), Batch: last.Batch}
	for page, err := range c.BIOSConfigurations(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		refs["configurationFileContent"] = model.ItemRef{Kind: model.BIOSItem, ID: string(page[0].ID)}
	}
	for property, ref := range refs {
		item, err := c.ReadItem(ctx, w.customer(), ref)
		if err != nil || item.Fact(property) == "" || !strings.EqualFold(item.Fact("id"), ref.ID) || item.Read.IsZero() || item.JSON == "" {
			t.Errorf("%s: %+v, %v", property, item.Facts, err)
		}
	}
	for _, ref := range []model.ItemRef{{Kind: model.BatchItem, ID: "no such batch"}, {Kind: model.DeviceItem, ID: "none", Batch: last.Batch},
		{Kind: model.PolicyItem, ID: model.ZeroGUID}, {Kind: model.JobItem, ID: model.ZeroGUID}, {Kind: model.BIOSItem, ID: model.ZeroGUID}} {
		if item, err := c.ReadItem(ctx, w.customer(), ref); model.KindOf(err) != model.NotFound || err == nil {
			t.Errorf("%v that is not there: %+v, %v", ref.Kind, item, err)
		}
	}
	for _, ref := range []model.ItemRef{{Kind: model.PolicyItem, ID: "../x"}, {Kind: model.JobItem, ID: "x"}, {Kind: model.BIOSItem, ID: "x"}, {Kind: model.DeviceItem, ID: "x", Batch: ".."}} {
		if _, err := c.ReadItem(ctx, w.customer(), ref); model.KindOf(err) != model.Invalid {
			t.Errorf("%v %q: %v, want Invalid", ref.Kind, ref.ID, err)
		}
	}
}
