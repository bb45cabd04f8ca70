package client

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"muster/client/ledger"
	"muster/model"
)

const methodUpdate = "update"

// Assign writes down that this policy goes on these devices and begins to send
// it. Each row keeps the policy that its device had before.
func (c *Client) Assign(ctx context.Context, a model.Assignment) (model.OperationID, error) {
	const op = "assign policy"
	if err := a.Validate(); err != nil {
		return "", err
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	in := ledger.Intent{Kind: model.AssignPolicy, Customer: a.Customer, CustomerName: a.CustomerName,
		Title:  fmt.Sprintf("policy %s on %s", model.Clean(a.Policy.Name), plural(len(a.Devices), "device")),
		Target: string(a.Policy.ID), Chunk: cmp.Or(a.Chunk, c.o.Chunk), Rows: make([]ledger.IntentRow, len(a.Devices))}
	for i, d := range a.Devices {
		in.Rows[i] = ledger.IntentRow{Row: model.Row{Serial: d.Serial, Device: d.ID, Batch: d.Batch, Previous: d.Policy.Value}}
	}
	return book.Record(ctx, in)
}

// Unassign writes down that devices lose their policy and begins to send it. The
// service documents no way to do this: what is sent mirrors how "no policy" is
// read, and a row is done only when the device has been read back without one.
func (c *Client) Unassign(ctx context.Context, to model.Customer, devices []model.Device) (model.OperationID, error) {
	const op = "unassign policy"
	ids := make([]model.DeviceID, len(devices))
	for i, d := range devices {
		ids[i] = d.ID
	}
	if err := (model.DevicePolicyUpdate{Remove: true, Devices: ids}).Validate(); err != nil {
		return "", err
	}
	if !to.ID.Valid() {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	in := ledger.Intent{Kind: model.UnassignPolicy, Customer: to.ID, CustomerName: to.Name, Chunk: c.o.Chunk,
		Title: "no policy on " + plural(len(devices), "device"), Rows: make([]ledger.IntentRow, len(devices))}
	for i, d := range devices {
		in.Rows[i] = ledger.IntentRow{Row: model.Row{Serial: d.Serial, Device: d.ID, Batch: d.Batch, Previous: d.Policy.Value}}
	}
	return book.Record(ctx, in)
}

// assignments sends the chunks of what changes the policy of devices.
type assignments struct{ c *Client }

func (assignments) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodUpdate, step{}, nil
}

func (a assignments) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	rows, _, err := r.book.ChunkRows(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return receipt{}, err
	}
	u := model.DevicePolicyUpdate{Remove: r.op.Kind == model.UnassignPolicy, Devices: make([]model.DeviceID, len(rows))}
	for i, row := range rows {
		u.Devices[i], u.Policy = row.Device, model.PolicyID(wanted(r.op, row))
	}
	got, err := a.c.o.Partner.ApplyPolicy(ctx, r.op.Customer, u, next.Job.RequestID)
	return receipt{job: got.Job, correlation: got.Correlation}, err
}

// wanted is the policy value that a row's device is to have; rows of one chunk
// have the same.
func wanted(o model.Operation, r model.Row) string {
	switch {
	case o.Kind == model.UnassignPolicy:
		return ""
	case r.Target != "":
		return r.Target
	}
	return o.Target
}

// find reads the policy that the rows' devices have now. A device may name its
// policy by id, in any letter case, or only by name.
func (a assignments) find(ctx context.Context, o model.Operation, rows []model.Row, _ [][]byte) ([]ledger.Result, error) {
	policies, err := a.c.o.Partner.Policies(ctx, o.Customer)
	if err != nil && model.KindOf(err) != model.Incomplete {
		return nil, err
	}
	batches := map[model.BatchID]map[model.DeviceID]model.Row{}
	for _, r := range rows {
		if !r.State.Open() {
			continue
		}
		if batches[r.Batch] == nil {
			batches[r.Batch] = map[model.DeviceID]model.Row{}
		}
		batches[r.Batch][r.Device] = r
	}
	var out []ledger.Result
	var short error // why that is not all; what was read before it counts all the same
	for batch, devices := range batches {
		for page, err := range a.c.o.Partner.Devices(ctx, o.Customer, batch) {
			if err != nil && (short == nil || model.KindOf(short) == model.Incomplete) {
				short = err // of several the one that will pass: rows are not given up for it
			}
			for _, d := range page {
				if r, ok := devices[d.ID]; ok && has(d.Policy, wanted(o, r), policies) {
					out = append(out, ledger.Result{Number: r.Number, State: model.RowDone, By: model.ByDevice, Text: "read back from the device"})
				}
			}
		}
	}
	return out, short
}

// has reports whether a device's policy is the wanted one; "" wants none.
func has(p model.PolicyRef, wanted string, policies []model.ConfigurationPolicy) bool {
	if wanted == "" || p.None() {
		return wanted == p.Value
	}
	return strings.EqualFold(p.Value, wanted) || p.Value == model.PolicyRef{Value: wanted}.Name(policies)
}
