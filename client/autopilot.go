package client

import (
	"context"
	"encoding/json"
	"fmt"

	"muster/client/graph"
	"muster/client/ledger"
	"muster/model"
)

// intuneChunk is how many devices stand in one chunk of an operation in Intune:
// as many as one $batch takes.
const intuneChunk = 20

// checkDevices reports the first device that cannot be named in a request.
func checkDevices(op string, to model.Customer, devices []model.AutopilotDevice) error {
	bad := func(msg string) error { return &model.Error{Kind: model.Invalid, Op: op, Msg: msg} }
	if !to.ID.Valid() {
		return bad("the customer id is not a GUID")
	}
	if len(devices) == 0 {
		return bad("no device was chosen")
	}
	seen := make(map[model.AutopilotID]bool, len(devices))
	for _, d := range devices {
		switch {
		case !model.IsGUID(string(d.ID)):
			return bad("the id of device " + model.Clean(d.Serial) + " is not a GUID")
		case seen[model.OneCase(d.ID)]:
			return bad("device " + model.Clean(d.Serial) + " is chosen twice")
		}
		seen[model.OneCase(d.ID)] = true
	}
	return nil
}

// changeText is how a change stands in a row's Previous and Target.
func changeText(ch model.AutopilotChange) string {
	raw, err := json.Marshal(ch)
	if err != nil { // pointers to texts
		return ""
	}
	return string(raw)
}

func readChange(s string) (ch model.AutopilotChange, ok bool) {
	return ch, json.Unmarshal([]byte(s), &ch) == nil
}

// ChangeAutopilot writes down that Autopilot devices get this change and begins to
// send it. Each row keeps what stood there before, as the operator saw it.
func (c *Client) ChangeAutopilot(ctx context.Context, to model.Customer, devices []model.AutopilotDevice, ch model.AutopilotChange) (model.OperationID, error) {
	const op = "change Autopilot devices"
	if err := ch.Validate(); err != nil {
		return "", err
	}
	if err := checkDevices(op, to, devices); err != nil {
		return "", err
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	in := ledger.Intent{Kind: model.ChangeAutopilot, Customer: to.ID, CustomerName: to.Name, Chunk: intuneChunk,
		Title: fmt.Sprintf("%s on %s", ch.Words(), plural(len(devices), "Autopilot device")), Rows: make([]ledger.IntentRow, len(devices))}
	target := changeText(ch)
	for i, d := range devices {
		in.Rows[i] = autopilotRow(d, changeText(ch.Now(d)), target)
	}
	return book.Record(ctx, in)
}

func autopilotRow(d model.AutopilotDevice, previous, target string) ledger.IntentRow {
	return ledger.IntentRow{Row: model.Row{Serial: model.Clean(d.Serial), Autopilot: model.OneCase(d.ID), Previous: previous, Target: target}}
}

// planUndoAutopilot reads the customer's Autopilot devices as they are now.
func (c *Client) planUndoAutopilot(ctx context.Context, book *ledger.Ledger, o model.Operation) (model.UndoPlan, error) {
	rows, err := book.Rows(ctx, o.ID)
	if err != nil {
		return model.UndoPlan{}, err
	}
	var now []model.AutopilotDevice
	for page, err := range c.AutopilotDevices(ctx, o.Customer) {
		if err != nil {
			return model.UndoPlan{}, err
		}
		now = append(now, page...)
	}
	return model.PlanUndoAutopilot(o, rows, now, readChange), nil
}

// undoAutopilot writes down that Autopilot devices get back what they had.
func (c *Client) undoAutopilot(ctx context.Context, p model.UndoPlan) (model.OperationID, error) {
	book, err := c.writable(ctx, "undo")
	if err != nil {
		return "", err
	}
	in := ledger.Intent{Kind: model.UndoAutopilot, Customer: p.Customer.ID, CustomerName: p.Customer.Name, Chunk: intuneChunk,
		Target: string(p.Operation), Source: "operation " + string(p.Operation), Rows: make([]ledger.IntentRow, len(p.Changes)),
		Title: fmt.Sprintf("undo of %s: former values on %s", p.Title, plural(len(p.Changes), "Autopilot device"))}
	for i, ch := range p.Changes {
		in.Rows[i] = autopilotRow(ch.Device, changeText(ch.Back.Now(ch.Device)), changeText(ch.Back))
	}
	return book.Record(ctx, in)
}

// changes sends changes of Autopilot devices.
type changes struct{ c *Client }

func (changes) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodPost, step{}, nil
}

func (a changes) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, rows, err := a.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	updates := make([]graph.AutopilotUpdate, len(rows))
	for i, row := range rows {
		want, _ := readChange(row.Target) // what cannot be read changes nothing, which is refused
		updates[i] = graph.AutopilotUpdate{ID: row.Autopilot, To: want, RequestID: partID(next, row)}
	}
	errs := g.UpdateAutopilotMany(ctx, updates)
	for i, err := range errs {
		if err != nil && model.KindOf(err) == model.Conflict {
			errs[i] = again(ctx, g, updates[i])
		}
	}
	return receipt{parts: sorted(rows, errs)}, nil
}

// openIntune returns the tenant's client and the rows of a chunk that are to be
// sent.
func (c *Client) openIntune(ctx context.Context, r *runner, next ledger.Chunk) (*graph.Client, []model.Row, error) {
	g, err := c.graph(r.op.Customer)
	if err != nil {
		return nil, nil, err
	}
	rows, _, err := r.book.ChunkRows(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return nil, nil, err
	}
	if rows = openRows(rows); len(rows) == 0 {
		return nil, nil, &model.Error{Kind: model.Invalid, Op: r.op.Word, Msg: "the rows are not on disk any more"}
	}
	return g, rows, nil
}

// partID is the request id of one row of a chunk: that of the chunk with the row's
// number in its last twelve digits, so that the same row is sent under the same
// id again, in whatever chunk.
func partID(next ledger.Chunk, row model.Row) string {
	id := next.Job.RequestID
	if len(id) != 36 {
		return id
	}
	var tail uint64
	if _, err := fmt.Sscanf(id[24:], "%012x", &tail); err != nil {
		return id
	}
	return fmt.Sprintf("%s%012x", id[:24], tail^uint64(row.Number))
}

// again answers a 412, which a few of many changes get without reason, by looking
// and one more try.
func again(ctx context.Context, g *graph.Client, u graph.AutopilotUpdate) error {
	now, err := g.AutopilotDevice(ctx, u.ID)
	switch {
	case err != nil && model.KindOf(err) == model.NotFound:
		return err
	case err == nil && u.To.On(now.Device):
		return nil
	}
	return g.UpdateAutopilot(ctx, u.ID, u.To, u.RequestID)
}

// look reads the devices back.
func (a changes) look(ctx context.Context, v *view, _ model.Operation, rows []model.Row) ([]ledger.Result, error) {
	var out []ledger.Result
	for _, row := range rows {
		d, there, err := v.device(ctx, row.Autopilot)
		if err != nil {
			return out, err
		}
		want, ok := readChange(row.Target)
		switch {
		case there && ok && want.On(d):
			out = append(out, ledger.Result{Number: row.Number, State: model.RowDone, Text: "read back from the device"})
		case !there && !v.walked:
			out = append(out, ledger.Result{Number: row.Number, State: model.RowFailed, Text: "the device is not registered any more", What: "read the list again"})
		}
	}
	return out, nil
}

func (changes) late() (text, what string) {
	return "Intune took the change and does not show it yet; it gives no deadline", "look at the device later"
}

// autopilotWrites names the rows' devices for a call for many.
func autopilotWrites(next ledger.Chunk, rows []model.Row) []graph.AutopilotWrite {
	out := make([]graph.AutopilotWrite, len(rows))
	for i, row := range rows {
		out[i] = graph.AutopilotWrite{Device: deviceOf(row), RequestID: partID(next, row)}
	}
	return out
}
