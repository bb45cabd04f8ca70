package client

import (
	"context"
	"fmt"

	"muster/client/ledger"
	"muster/model"
)

// DeleteAutopilot writes down that registrations are removed and begins to send
// it. A device that is still managed is refused, with all others, before anything
// is written down: its managed device must go first. It cannot be undone.
func (c *Client) DeleteAutopilot(ctx context.Context, to model.Customer, devices []model.AutopilotDevice) (model.OperationID, error) {
	const op = "delete Autopilot devices"
	if err := checkDevices(op, to, devices); err != nil {
		return "", err
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	if err := c.noneManaged(ctx, op, to.ID, devices); err != nil {
		return "", err
	}
	in := ledger.Intent{Kind: model.DeleteAutopilot, Customer: to.ID, CustomerName: to.Name, Chunk: intuneChunk,
		Title: "delete " + plural(len(devices), "Autopilot device"), Rows: make([]ledger.IntentRow, len(devices))}
	for i, d := range devices {
		in.Rows[i] = autopilotRow(d, "", "")
	}
	return book.Record(ctx, in)
}

// singleReads is up to how many managed devices are looked up one by one rather
// than in the whole list.
const singleReads = 20

// noneManaged refuses devices whose managed device exists. An Autopilot device may
// go on naming one that was deleted.
func (c *Client) noneManaged(ctx context.Context, op string, customer model.CustomerID, devices []model.AutopilotDevice) error {
	named := map[model.ManagedDeviceID]string{}
	for _, d := range devices {
		if d.Enrolled() {
			named[model.OneCase(d.ManagedDevice)] = d.Serial
		}
	}
	if len(named) == 0 {
		return nil
	}
	living, err := c.living(ctx, customer, named)
	if err != nil || len(living) == 0 {
		return err
	}
	msg := fmt.Sprintf("%s enrolled, the first with serial %s; nothing was sent", areThey(len(living)), orNone(living[0]))
	return &model.Error{Kind: model.Refused, Op: op, Msg: msg, Hint: "delete the managed device in Intune first, or leave these devices out"}
}

func areThey(n int) string {
	if n == 1 {
		return "1 device is"
	}
	return fmt.Sprintf("%d devices are", n)
}

// living returns the serials of those whose managed device exists.
func (c *Client) living(ctx context.Context, customer model.CustomerID, named map[model.ManagedDeviceID]string) ([]string, error) {
	var out []string
	if len(named) > singleReads {
		for page, err := range c.ManagedDevices(ctx, customer) {
			if err != nil {
				return nil, err
			}
			for _, m := range page {
				if serial, ok := named[m.ID]; ok {
					out = append(out, serial)
				}
			}
		}
		return out, nil
	}
	g, err := c.graph(customer)
	if err != nil {
		return nil, err
	}
	for id, serial := range named {
		_, err := g.ManagedDevice(ctx, id)
		switch {
		case err == nil:
			out = append(out, serial)
		case model.KindOf(err) != model.NotFound:
			return nil, err
		}
	}
	return out, nil
}

// deregistrations sends the removal of Autopilot devices.
type deregistrations struct{ c *Client }

func (deregistrations) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodDelete, step{}, nil
}

func (d deregistrations) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, rows, err := d.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	return receipt{parts: sorted(rows, g.DeleteAutopilotMany(ctx, autopilotWrites(next, rows)))}, nil
}

// look looks whether the devices are gone. The service removes them with one of
// its next syncs.
func (deregistrations) look(ctx context.Context, v *view, _ model.Operation, rows []model.Row) ([]ledger.Result, error) {
	var out []ledger.Result
	for _, row := range rows {
		_, there, err := v.device(ctx, row.Autopilot)
		if err != nil {
			return out, err
		}
		if !there {
			out = append(out, ledger.Result{Number: row.Number, State: model.RowDone, Text: "it is gone"})
		}
	}
	return out, nil
}

func (deregistrations) late() (text, what string) {
	return "Intune took the deletion and still lists the device; it gives no deadline", "sync Autopilot, then look at the list again"
}
