package client

import (
	"context"
	"fmt"

	"muster/client/ledger"
	"muster/model"
)

// RemoveDevices writes down that devices are removed, one call each, and begins
// to send it. It cannot be undone.
func (c *Client) RemoveDevices(ctx context.Context, to model.Customer, devices []model.Device) (model.OperationID, error) {
	const op = "remove devices"
	if !to.ID.Valid() {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	}
	in := ledger.Intent{Kind: model.RemoveDevices, Customer: to.ID, CustomerName: to.Name, Chunk: 1,
		Title: fmt.Sprintf("remove %s", plural(len(devices), "device")), Rows: make([]ledger.IntentRow, len(devices))}
	seen := map[model.DeviceID]bool{}
	for i, d := range devices {
		if d.ID == "" || d.Batch == "" || seen[d.ID] {
			return "", &model.Error{Kind: model.Invalid, Op: op, Msg: fmt.Sprintf("device %d has no id or batch, or stands twice", i+1)}
		}
		seen[d.ID] = true
		in.Rows[i] = ledger.IntentRow{Row: model.Row{Serial: d.Serial, Device: d.ID, Batch: d.Batch, Previous: d.Policy.Value}}
	}
	if len(devices) == 0 {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "no device was chosen"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	return book.Record(ctx, in)
}

// removals sends the removal of devices, a chunk of one row each.
type removals struct{ c *Client }

func (removals) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodDelete, step{}, nil
}

func (m removals) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	rows, _, err := r.book.ChunkRows(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return receipt{}, err
	}
	if len(rows) != 1 {
		return receipt{}, &model.Error{Kind: model.Invalid, Op: "remove device", Msg: "the row is not on disk any more"}
	}
	row := rows[0]
	err = m.c.o.Partner.RemoveDevice(ctx, r.op.Customer, row.Batch, row.Device, next.Job.RequestID)
	if model.KindOf(err) == model.NotFound && err != nil {
		return receipt{done: []ledger.Result{{Number: row.Number, State: model.RowDone, Text: "it was gone already"}}}, nil
	}
	return receipt{done: []ledger.Result{{Number: row.Number, State: model.RowDone, Text: "removed"}}}, err
}

// find looks whether the devices are gone from their batches.
func (m removals) find(ctx context.Context, o model.Operation, rows []model.Row, _ [][]byte) ([]ledger.Result, error) {
	there := map[model.DeviceID]bool{}
	read := map[model.BatchID]bool{}
	for _, r := range rows {
		if read[r.Batch] || !r.State.Open() {
			continue
		}
		read[r.Batch] = true
		for page, err := range m.c.o.Partner.Devices(ctx, o.Customer, r.Batch) {
			if err != nil {
				return nil, err
			}
			for _, d := range page {
				there[d.ID] = true
			}
		}
	}
	var out []ledger.Result
	for _, r := range rows {
		if r.State.Open() && !there[r.Device] {
			out = append(out, ledger.Result{Number: r.Number, State: model.RowDone, Text: "it is gone; the answer was lost"})
		}
	}
	return out, nil
}
