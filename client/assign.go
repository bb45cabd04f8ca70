package client

import (
	"context"
	"fmt"

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
		Target: string(a.Policy.ID), Chunk: a.Chunk, Rows: make([]ledger.IntentRow, len(a.Devices))}
	for i, d := range a.Devices {
		in.Rows[i] = ledger.IntentRow{Row: model.Row{Serial: d.Serial, Device: d.ID, Batch: d.Batch, Previous: d.Policy.Value}}
	}
	return book.Record(ctx, in)
}

// assignments sends the chunks of a policy assignment.
type assignments struct{ c *Client }

func (assignments) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, bool, error) {
	return methodUpdate, false, nil
}

func (a assignments) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	rows, _, err := r.book.ChunkRows(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return receipt{}, err
	}
	u := model.DevicePolicyUpdate{Policy: model.PolicyID(r.op.Target), Devices: make([]model.DeviceID, len(rows))}
	for i, row := range rows {
		u.Devices[i] = row.Device
	}
	got, err := a.c.o.Partner.ApplyPolicy(ctx, r.op.Customer, u, next.Job.RequestID)
	return receipt{job: got.Job, correlation: got.Correlation}, err
}

// find reads the policy that the rows' devices have now.
func (a assignments) find(ctx context.Context, o model.Operation, rows []model.Row, _ [][]byte) ([]ledger.Result, error) {
	wanted := map[model.BatchID]map[model.DeviceID]int{}
	for _, r := range rows {
		if !r.State.Open() {
			continue
		}
		if wanted[r.Batch] == nil {
			wanted[r.Batch] = map[model.DeviceID]int{}
		}
		wanted[r.Batch][r.Device] = r.Number
	}
	var out []ledger.Result
	for batch, devices := range wanted {
		for page, err := range a.c.o.Partner.Devices(ctx, o.Customer, batch) {
			if err != nil {
				return nil, err
			}
			for _, d := range page {
				if n, ok := devices[d.ID]; ok && d.Policy.Value == o.Target {
					out = append(out, ledger.Result{Number: n, State: model.RowDone, By: model.ByDevice,
						Text: "the device has the policy; the answer was lost"})
				}
			}
		}
	}
	return out, nil
}
