package client

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"muster/client/rest"
	"muster/model"
)

// Customers yields the partner's customers as their pages come.
func (c *Client) Customers(ctx context.Context) iter.Seq2[[]model.Customer, error] {
	return c.o.Session.customers(c.o.Partner.Customers(ctx))
}

// Batches lists the customer's batches. With an error of kind Incomplete those
// beside it are valid.
func (c *Client) Batches(ctx context.Context, id model.CustomerID) ([]model.DeviceBatch, error) {
	return c.o.Partner.Batches(ctx, id)
}

// Policies lists the customer's configuration policies.
func (c *Client) Policies(ctx context.Context, id model.CustomerID) ([]model.ConfigurationPolicy, error) {
	return c.o.Partner.Policies(ctx, id)
}

// BIOSConfigurations yields the customer's BIOS configurations as their pages come.
func (c *Client) BIOSConfigurations(ctx context.Context, id model.CustomerID) iter.Seq2[[]model.BIOSConfiguration, error] {
	g, err := c.graph(id)
	if err != nil {
		return func(yield func([]model.BIOSConfiguration, error) bool) { yield(nil, err) }
	}
	return g.BIOSConfigurations(ctx)
}

// Walks of batches that run ahead of the one whose pages are being yielded, and
// pages that each of them may hold. The pace of the service bounds the requests.
const (
	walksAhead = 4
	pagesAhead = 4
)

// Devices walks all batches of the customer, several at once, and yields their
// pages in the order of the batches. A batch that cannot be read to its end
// yields an error of kind Incomplete and the walk goes on with the next one.
func (c *Client) Devices(ctx context.Context, id model.CustomerID) iter.Seq2[model.DevicePage, error] {
	return func(yield func(model.DevicePage, error) bool) {
		for p, err := range c.DevicesFrom(ctx, id, nil) {
			if p.Plan == nil && !yield(p, err) {
				return
			}
		}
	}
}

// DevicesFrom is Devices for what a former walk left, or for all that there is without
// any place. Its first step is the plan.
func (c *Client) DevicesFrom(ctx context.Context, id model.CustomerID, places []model.Place) iter.Seq2[model.DevicePage, error] {
	return func(yield func(model.DevicePage, error) bool) {
		at := model.DevicePage{Plan: places, Total: model.CountUnknown}
		var short error // why not every batch is known
		if places == nil {
			batches, err := c.o.Partner.Batches(ctx, id)
			if err != nil && (len(batches) == 0 || model.KindOf(err) != model.Incomplete) {
				yield(model.DevicePage{}, err)
				return
			}
			at.Plan, at.Total, short = make([]model.Place, len(batches)), claimed(batches), err
			for i, b := range batches {
				at.Plan[i].Batch = b.ID
			}
		}
		at.Of = len(at.Plan)
		if !yield(at, nil) {
			return
		}
		places, at.Plan = at.Plan, nil
		if c.walkPlaces(ctx, id, places, &at, yield) {
			yield(at, short) // the last word: every batch was walked, or not every batch is known
		}
	}
}

// walkPlaces yields the pages behind places and reports whether it came to their end.
func (c *Client) walkPlaces(ctx context.Context, id model.CustomerID, places []model.Place, at *model.DevicePage, yield func(model.DevicePage, error) bool) bool {
	ctx, cancel := context.WithCancel(ctx)
	walks := make([]chan devicePage, len(places))
	running := make(chan struct{}, walksAhead)
	done := make(chan struct{})
	defer func() { cancel(); <-done }()
	for i := range walks {
		walks[i] = make(chan devicePage, pagesAhead)
	}
	go func() {
		defer close(done)
		model.Guard(c.o.Crashed, func() { c.walkAll(ctx, id, places, walks, running) })
	}()
	for i, p := range places {
		at.Batch = p.Batch
		for page := range walks[i] {
			at.Devices, at.Next = page.Items, page.Next
			if page.err == nil {
				at.Page++
			}
			if !yield(*at, incomplete(p.Batch, page.err)) {
				return false
			}
		}
		if ctx.Err() != nil {
			break // this batch, or one to come, was not walked to its end
		}
		at.Batches++
		select {
		case <-running:
		default: // cancelled before this walk began
		}
	}
	at.Devices, at.Batch, at.Next = nil, "", ""
	if err := ctx.Err(); err != nil {
		yield(*at, ended("read devices", err))
		return false
	}
	return true
}

// BatchDevices yields the devices of one batch, page by page.
func (c *Client) BatchDevices(ctx context.Context, id model.CustomerID, b model.BatchID) iter.Seq2[[]model.Device, error] {
	return c.o.Partner.Devices(ctx, id, b)
}

// Device reads one device of a batch as it is now. The service has no call for one
// device, so the batch's pages are read until it is found. It is of kind NotFound
// when the batch was read to its end without it.
func (c *Client) Device(ctx context.Context, id model.CustomerID, b model.BatchID, device model.DeviceID) (model.Device, error) {
	for page, err := range c.o.Partner.Devices(ctx, id, b) {
		for _, d := range page {
			if d.ID == device {
				return d, nil
			}
		}
		if err != nil {
			return model.Device{}, err
		}
	}
	return model.Device{}, &model.Error{Kind: model.NotFound, Op: "read device",
		Msg: "batch " + model.Clean(string(b)) + " has no device with the id " + model.Clean(string(device))}
}

type devicePage struct {
	rest.Stretch[model.Device]
	err error
}

// walkAll walks on from places, each into its channel, which it closes. A walk holds
// a place in running until its pages are consumed.
func (c *Client) walkAll(ctx context.Context, id model.CustomerID, places []model.Place, walks []chan devicePage, running chan struct{}) {
	var all sync.WaitGroup
	defer all.Wait()
	for i, p := range places {
		select {
		case running <- struct{}{}:
		case <-ctx.Done():
			close(walks[i])
			continue
		}
		all.Go(func() { c.walk(ctx, id, p, walks[i]) })
	}
}

// walk sends the pages from a place on, and closes pages. A walk that a panic ended must
// not look like one that came to its end.
func (c *Client) walk(ctx context.Context, id model.CustomerID, from model.Place, pages chan<- devicePage) {
	defer close(pages)
	send := func(p devicePage) bool {
		select {
		case pages <- p:
			return true
		case <-ctx.Done():
			return false
		}
	}
	if !model.Guard(c.o.Crashed, func() {
		for page, err := range c.o.Partner.DevicesFrom(ctx, id, from) {
			if !send(devicePage{page, err}) {
				return
			}
		}
	}) {
		send(devicePage{err: model.OwnFault("list devices")})
	}
}

// claimed sums what the batches say they hold.
func claimed(batches []model.DeviceBatch) int {
	n := 0
	for _, b := range batches {
		if b.Devices == model.CountUnknown {
			return model.CountUnknown
		}
		n += b.Devices
	}
	return n
}

func incomplete(b model.BatchID, err error) error {
	if err == nil {
		return nil
	}
	e := *asError(err)
	if e.Kind == model.Cancelled {
		return &e
	}
	e.Kind, e.Err = model.Incomplete, err
	e.Msg = fmt.Sprintf("batch %s was not read to its end: %s", model.Clean(string(b)), e.Msg)
	return &e
}
