package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"muster/client/ledger"
	"muster/model"
)

// seenBIOS is a BIOS configuration as the operator saw it, in a row's Previous.
type seenBIOS struct {
	Version  int             `json:"version"`
	Modified json.RawMessage `json:"modified,omitempty"`
	Targets  []model.Target  `json:"targets,omitempty"`
}

// DeleteBIOS writes down that a BIOS configuration is deleted, its assignments with
// it, and begins to send it. No BIOS password leaves a device by that. It cannot be
// undone.
func (c *Client) DeleteBIOS(ctx context.Context, to model.Customer, b model.BIOSConfiguration) (model.OperationID, error) {
	return c.recordBIOSChange(ctx, model.DeleteBIOS, to, b, nil, nil)
}

// AssignBIOS writes down whom a BIOS configuration reaches from now on and begins to
// send it, as the whole set that the service takes. was is the set that the operator
// saw; when the service has another one, it is refused.
func (c *Client) AssignBIOS(ctx context.Context, to model.Customer, b model.BIOSConfiguration, was, want []model.Target) (model.OperationID, error) {
	bad := func(msg string) (model.OperationID, error) {
		return "", &model.Error{Kind: model.Invalid, Op: "assign BIOS configuration", Msg: msg}
	}
	if sameTargets(was, want) {
		return bad("nothing was changed")
	}
	seen := map[model.GroupID]bool{}
	for _, t := range want {
		switch {
		case (t.Kind == model.TargetGroup || t.Kind == model.TargetExclude) && !model.IsGUID(string(t.Group)):
			return bad("the id of a group is not a GUID")
		case t.Group != "" && seen[model.OneCase(t.Group)]:
			return bad("group " + model.Clean(string(t.Group)) + " stands twice; it is either included or excluded")
		}
		seen[model.OneCase(t.Group)] = true
	}
	return c.recordBIOSChange(ctx, model.AssignBIOS, to, b, was, want)
}

func (c *Client) recordBIOSChange(ctx context.Context, kind model.OperationKind, to model.Customer, b model.BIOSConfiguration, was, want []model.Target) (model.OperationID, error) {
	op := kind.String()
	bad := func(msg string) (model.OperationID, error) {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: msg}
	}
	switch {
	case !to.ID.Valid():
		return bad("the customer id is not a GUID")
	case !model.IsGUID(string(b.ID)):
		return bad("the id of the BIOS configuration is not a GUID")
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	modified, err := json.Marshal(b.Modified)
	if err != nil {
		return bad("it cannot be written down")
	}
	previous, err := json.Marshal(seenBIOS{Version: b.Version, Modified: modified, Targets: was})
	if err != nil {
		return bad("it cannot be written down")
	}
	target, err := json.Marshal(want)
	if err != nil {
		return bad("it cannot be written down")
	}
	name := model.Clean(b.Name)
	title := op + " " + name
	if kind == model.AssignBIOS {
		title = fmt.Sprintf("BIOS configuration %s to %s", name, plural(len(want), "target"))
	}
	return book.Record(ctx, ledger.Intent{Kind: kind, Customer: to.ID, CustomerName: to.Name, Target: string(b.ID), Title: title,
		Rows: []ledger.IntentRow{{Row: model.Row{Name: name, Previous: string(previous), Target: string(target)}}}})
}

// sameTargets reports whether two sets of targets are equal, in whatever order.
func sameTargets(a, b []model.Target) bool {
	left := map[model.Target]int{}
	for _, t := range a {
		left[plain(t)]++
	}
	for _, t := range b {
		left[plain(t)]--
	}
	for _, n := range left {
		if n != 0 {
			return false
		}
	}
	return true
}

// plain is a target without the words that stand for "no filter", and with its ids in
// one letter case.
func plain(t model.Target) model.Target {
	t.Group, t.Filter = model.OneCase(t.Group), model.OneCase(t.Filter)
	if t.Filter == "" || t.Filter == model.ZeroGUID {
		t.Filter, t.FilterType = "", ""
	}
	return t
}

// biosRow reads what the only row of an operation on a BIOS configuration was
// written down with.
func biosRow(rows []model.Row) (seen seenBIOS, want []model.Target, err error) {
	if len(rows) == 1 && json.Unmarshal([]byte(rows[0].Previous), &seen) == nil && json.Unmarshal([]byte(rows[0].Target), &want) == nil {
		return seen, want, nil
	}
	return seen, nil, &model.Error{Kind: model.Invalid, Op: "write BIOS configuration", Msg: "what was to be sent is not on disk any more"}
}

// biosRemovals deletes BIOS configurations.
type biosRemovals struct{ c *Client }

func (biosRemovals) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodDelete, step{}, nil
}

// send reads the configuration once more before it deletes it.
func (b biosRemovals) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, rows, err := b.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	seen, _, err := biosRow(rows)
	if err != nil {
		return receipt{}, err
	}
	id := model.BIOSID(r.op.Target)
	now, err := g.BIOSConfiguration(ctx, id)
	if err != nil && model.KindOf(err) == model.NotFound {
		return receipt{done: oneDone(r.op.Target, "it was gone already")}, nil
	}
	if err != nil {
		return receipt{}, err
	}
	if modified, _ := json.Marshal(now.Modified); now.Version != seen.Version || string(modified) != string(seen.Modified) {
		return receipt{}, changedSince("delete BIOS configuration", "somebody changed it since you opened it", "open it again and look at what is different")
	}
	return receipt{done: oneDone(r.op.Target, "deleted")}, g.DeleteBIOS(ctx, id, next.Job.RequestID)
}

// find looks whether it is gone.
func (b biosRemovals) find(ctx context.Context, o model.Operation, _ []model.Row, _ [][]byte) ([]ledger.Result, error) {
	g, err := b.c.graph(o.Customer)
	if err != nil {
		return nil, err
	}
	_, err = g.BIOSConfiguration(ctx, model.BIOSID(o.Target))
	if err != nil && model.KindOf(err) == model.NotFound {
		return oneDone(o.Target, "it is gone; the answer was lost"), nil
	}
	return nil, err
}

// biosAssignments writes whom BIOS configurations reach.
type biosAssignments struct{ c *Client }

func (biosAssignments) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodPost, step{}, nil
}

// send compares the present set with the one that the operator saw: what is sent
// replaces all of it.
func (b biosAssignments) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, rows, err := b.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	seen, want, err := biosRow(rows)
	if err != nil {
		return receipt{}, err
	}
	id := model.BIOSID(r.op.Target)
	now, err := g.BIOSTargets(ctx, id)
	switch {
	case err != nil:
		return receipt{}, err
	case sameTargets(now, want):
		return receipt{done: oneDone(r.op.Target, "it was assigned like this already")}, nil
	case !sameTargets(now, seen.Targets):
		return receipt{}, changedSince("assign BIOS configuration",
			fmt.Sprintf("somebody changed the assignments since you saw them (%d then, %d now)", len(seen.Targets), len(now)),
			"open the assignments again and look at what is different")
	}
	if err := g.AssignBIOS(ctx, id, want, next.Job.RequestID); err != nil {
		return receipt{}, err
	}
	return receipt{parts: &parts{taken: []int{rows[0].Number}}}, nil
}

// look reads the set back.
func (b biosAssignments) look(ctx context.Context, v *view, o model.Operation, rows []model.Row) ([]ledger.Result, error) {
	g, err := v.graph()
	if err != nil {
		return nil, err
	}
	_, want, err := biosRow(rows)
	if err != nil {
		return nil, err
	}
	now, err := g.BIOSTargets(ctx, model.BIOSID(o.Target))
	if err != nil || !sameTargets(now, want) {
		return nil, err
	}
	return []ledger.Result{{Number: rows[0].Number, State: model.RowDone, Text: "read back: " + plural(len(now), "target")}}, nil
}

func (biosAssignments) late() (text, what string) {
	return "Intune took the assignments and shows other ones", "open the assignments again and look at what is different"
}

// BIOSPassword reads the BIOS password of one device. That it was asked for is in
// the ledger before it is read, as read; a reading that fails makes that record a failed
// one. The password itself is written nowhere.
func (c *Client) BIOSPassword(ctx context.Context, to model.Customer, id model.ManagedDeviceID) (model.BIOSPassword, error) {
	op := model.ReadBIOSPassword.String()
	if !to.ID.Valid() || !model.IsGUID(string(id)) {
		return model.BIOSPassword{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "the id of the customer or of the managed device is not a GUID"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return model.BIOSPassword{}, err
	}
	g, err := c.graph(to.ID)
	if err != nil {
		return model.BIOSPassword{}, err
	}
	row := model.Row{Name: string(id)}
	if d, err := g.ManagedDevice(ctx, id); err == nil { // the record names it by what people know; without, by its id
		row.Serial, row.Name = d.Serial, d.Name
	}
	noted, err := book.RecordDone(ctx, ledger.Intent{Kind: model.ReadBIOSPassword, Customer: to.ID, CustomerName: to.Name, Target: string(id),
		Title: "read BIOS password of " + row.Label(), Rows: []ledger.IntentRow{{Row: row}}})
	if err != nil {
		return model.BIOSPassword{}, err
	}
	p, err := g.BIOSPassword(ctx, id)
	if err != nil { // whoever waits may have gone: the record is put right all the same
		why := failedRow(onlyRow, asError(err))
		err = errors.Join(err, book.NotDone(context.WithoutCancel(ctx), noted, why.Text, why.What))
	}
	return p, err
}
