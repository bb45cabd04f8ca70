package client

import (
	"context"
	"fmt"

	"muster/client/ledger"
	"muster/model"
)

// Events reads the record of one operation, oldest first.
func (c *Client) Events(ctx context.Context, id model.OperationID) ([]model.Event, error) {
	book, err := c.ledger(ctx)
	if err != nil {
		return nil, err
	}
	return book.Events(ctx, id)
}

// PlanUndo reads the customer's devices and policies as they are now and decides
// what of a policy assignment, or of a change of Autopilot devices, can be put
// back. A list that is not whole refuses
// it: a device that was not read is not a device that was not changed.
func (c *Client) PlanUndo(ctx context.Context, id model.OperationID) (model.UndoPlan, error) {
	const op = "undo"
	book, err := c.ledger(ctx)
	if err != nil {
		return model.UndoPlan{}, err
	}
	o, err := book.Operation(ctx, id)
	if err != nil {
		return model.UndoPlan{}, err
	}
	if _, can := o.Kind.Inverse(); !can {
		return model.UndoPlan{}, &model.Error{Kind: model.Invalid, Op: op, Msg: o.Word + " has no inverse",
			Hint: "only a policy assignment and a change of Autopilot devices can be undone"}
	}
	if o.Rows.Open() > 0 {
		return model.UndoPlan{}, &model.Error{Kind: model.Conflict, Op: op, Msg: "the operation has not ended", Hint: "wait for it, or cancel what is not sent"}
	}
	if o.Kind == model.ChangeAutopilot {
		return c.planUndoAutopilot(ctx, book, o)
	}
	rows, err := book.Rows(ctx, id)
	if err != nil {
		return model.UndoPlan{}, err
	}
	policies, err := c.Policies(ctx, o.Customer)
	if err != nil {
		return model.UndoPlan{}, err
	}
	var now []model.Device
	for page, err := range c.Devices(ctx, o.Customer) {
		if err != nil {
			return model.UndoPlan{}, err
		}
		now = append(now, page.Devices...)
	}
	return model.PlanUndo(o, rows, now, policies), nil
}

// Undo writes a plan down as an operation of its own and begins to send it.
func (c *Client) Undo(ctx context.Context, p model.UndoPlan) (model.OperationID, error) {
	const op = "undo"
	if len(p.Changes) > 0 {
		return c.undoAutopilot(ctx, p)
	}
	if len(p.Devices) == 0 {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "nothing of it can be put back"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	in := ledger.Intent{Kind: model.UndoAssignment, Customer: p.Customer.ID, CustomerName: p.Customer.Name, Target: string(p.Operation), Chunk: c.o.Chunk,
		Title: fmt.Sprintf("undo of %s: former policies on %s", p.Title, plural(len(p.Devices), "device")), Source: "operation " + string(p.Operation)}
	groups := map[model.PolicyID][]model.UndoDevice{}
	var order []model.PolicyID
	for _, d := range p.Devices {
		if groups[d.Policy] == nil {
			order = append(order, d.Policy)
		}
		groups[d.Policy] = append(groups[d.Policy], d)
	}
	for _, policy := range order {
		for _, d := range groups[policy] {
			in.Rows = append(in.Rows, ledger.IntentRow{Row: model.Row{Serial: d.Device.Serial, Device: d.Device.ID, Batch: d.Device.Batch,
				Previous: d.Device.Policy.Value, Target: string(policy)}})
		}
	}
	return book.Record(ctx, in)
}
