package client_test

import (
	"context"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

func bios(name, content string) model.BIOSConfiguration {
	return model.BIOSConfiguration{Name: name, FileName: "counter.cctk", Format: model.FormatDell, PasswordsOff: true,
		ScopeTags: []string{model.DefaultScopeTag}, Content: []byte("[cctk]\r\n" + content)}
}

func (w *world) first() model.Customer { return model.Customer{ID: w.customer(), Name: "first"} }

// create makes a BIOS configuration and reads it back.
func (w *world) create(c *client.Client, b model.BIOSConfiguration) model.BIOSConfiguration {
	w.t.Helper()
	id, err := c.CreateBIOS(context.Background(), w.first(), b)
	if err != nil {
		w.t.Fatal(err)
	}
	if o := await(w.t, c, id, 1, over); o.State() != model.OperationDone {
		rows, _ := c.Rows(context.Background(), id)
		w.t.Fatalf("creation ended as %v: %+v", o.State(), rows)
	}
	rows, err := c.Rows(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	made, err := c.ReadBIOS(context.Background(), w.customer(), model.BIOSID(rows[0].Device))
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

func TestBIOSConfigurationIsCreatedAndEditedByWhatChanged(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	made := w.create(c, bios("Counters", "Camera=Disabled\r\n"))
	if made.Version != 1 || string(made.Content) != "[cctk]\r\nCamera=Disabled\r\n" {
		t.Fatalf("made %+v", made)
	}
	want := made
	want.Description = "for the counters"
	id, err := c.EditBIOS(context.Background(), w.first(), made, made.Patch(want))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	now, err := c.ReadBIOS(context.Background(), w.customer(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if now.Description != want.Description || now.Version != 1 {
		t.Errorf("now %+v, want the description and still version 1", now)
	}
}

func TestAnEditOfWhatSomebodyElseChangedIsRefused(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	made := w.create(c, bios("Counters", "Camera=Disabled\r\n"))
	edit := func(content string) model.Operation {
		want := made
		want.Content = []byte("[cctk]\n" + content)
		id, err := c.EditBIOS(context.Background(), w.first(), made, made.Patch(want))
		if err != nil {
			t.Fatal(err)
		}
		return await(t, c, id, 1, over)
	}
	if o := edit("Camera=Enabled\n"); o.State() != model.OperationDone {
		t.Fatalf("the first edit ended as %v", o.State())
	}
	if o := edit("Camera=Disabled\nWakeOnLan=Disabled\n"); o.State() != model.OperationFailed {
		t.Errorf("the second edit, opened on the old version, ended as %v, want failed", o.State())
	}
	if n := len(w.requests("PATCH", "hardwareConfigurations")); n != 1 {
		t.Errorf("%d PATCHes, want 1", n)
	}
}

func TestABIOSConfigurationWhoseAnswerIsLostIsFoundAndNotMadeTwice(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^POST .*hardwareConfigurations", "kind": "reset", "times": 1}`)
	made := w.create(c, bios("Once", "Camera=Disabled\r\n"))
	n := 0
	for page, err := range c.BIOSConfigurations(context.Background(), w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page {
			if b.Name == "Once" {
				n++
			}
		}
	}
	if n != 1 || made.Name != "Once" {
		t.Errorf("%d of that name, want 1", n)
	}
}

func TestEachCustomerHasItsOwnIntune(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	var customers []model.Customer
	for page, err := range c.Customers(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		customers = append(customers, page...)
	}
	seen := map[model.BIOSID]model.CustomerID{}
	for _, cu := range customers {
		for page, err := range c.BIOSConfigurations(context.Background(), cu.ID) {
			if err != nil {
				continue // a customer may be closed to this partner
			}
			for _, b := range page {
				if other, ok := seen[b.ID]; ok {
					t.Errorf("%s is shown for %s and for %s", b.ID, other, cu.ID)
				}
				seen[b.ID] = cu.ID
			}
		}
	}
	if len(seen) < 2 {
		t.Errorf("only %d BIOS configurations in %d tenants", len(seen), len(customers))
	}
}
