package client

import (
	"context"

	"muster/client/graph"
	"muster/model"
)

// view is what was read of one tenant in one read, each list at most once.
type view struct {
	c        *Client
	customer model.CustomerID
	want     int // rows that somebody wants to know about

	walked  bool
	devices map[model.AutopilotID]model.AutopilotDevice

	profiles map[model.ProfileID]map[model.AutopilotID]model.AutopilotDevice

	ticketsRead bool
	tickets     []model.ImportedDevice
}

func (v *view) graph() (*graph.Client, error) { return v.c.graph(v.customer) }

// device looks an Autopilot device up: in the list, when reading that takes fewer
// requests than reading the devices one by one, else by itself. It is there, or
// certainly not.
func (v *view) device(ctx context.Context, id model.AutopilotID) (d model.AutopilotDevice, there bool, err error) {
	if !v.walked && v.want > v.c.listPages(v.customer) {
		if err := v.walk(ctx); err != nil {
			return d, false, err
		}
	}
	if v.walked {
		d, there = v.devices[id]
		return d, there, nil
	}
	g, err := v.graph()
	if err != nil {
		return d, false, err
	}
	detail, err := g.AutopilotDevice(ctx, id)
	if err != nil && model.KindOf(err) == model.NotFound {
		return d, false, nil
	}
	return detail.Device, err == nil, err
}

// walk reads the whole list.
func (v *view) walk(ctx context.Context) error {
	g, err := v.graph()
	if err != nil {
		return err
	}
	devices, pages := map[model.AutopilotID]model.AutopilotDevice{}, 0
	for page, err := range g.AutopilotDevices(ctx) {
		if err != nil {
			return err
		}
		pages++
		for _, d := range page {
			devices[d.ID] = d
		}
	}
	v.devices, v.walked = devices, true
	v.c.mu.Lock()
	v.c.pages[v.customer] = pages
	v.c.mu.Unlock()
	return nil
}

// listPages is how many requests the customer's list of Autopilot devices took
// when it was last read whole; 1 before.
func (c *Client) listPages(id model.CustomerID) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(c.pages[id], 1)
}

// imports reads all tickets, everybody's.
func (v *view) imports(ctx context.Context) ([]model.ImportedDevice, error) {
	if v.ticketsRead {
		return v.tickets, nil
	}
	g, err := v.graph()
	if err != nil {
		return nil, err
	}
	var all []model.ImportedDevice
	for page, err := range g.Imports(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	v.tickets, v.ticketsRead = all, true
	return all, nil
}
