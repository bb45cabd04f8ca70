package client

import (
	"context"
	"encoding/json"
	"fmt"

	"muster/client/ledger"
	"muster/model"
)

// retarget is one assignment of a profile that is made or removed, as it stands in
// a row's Target.
type retarget struct {
	Add    *model.Target        `json:"add,omitempty"`
	Remove *model.ProfileTarget `json:"remove,omitempty"`
}

func (t retarget) words() string {
	switch {
	case t.Add != nil:
		return "add " + targetWords(*t.Add)
	case t.Remove != nil:
		return "remove " + targetWords(t.Remove.Target)
	}
	return ""
}

func targetWords(t model.Target) string {
	if t.Group == "" {
		return t.Kind.Words()
	}
	return t.Kind.Words() + " group " + model.Clean(string(t.Group))
}

// TargetProfile writes down that a deployment profile is assigned to groups and
// taken from others, one call each, and begins to send it. Removing comes first, so
// that a group can change from included to excluded. An assignment of a policy set
// is refused.
func (c *Client) TargetProfile(ctx context.Context, to model.Customer, p model.DeploymentProfile, add []model.Target, remove []model.ProfileTarget) (model.OperationID, error) {
	const op = "assign profile to groups"
	bad := func(msg string) (model.OperationID, error) {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: msg}
	}
	switch {
	case !to.ID.Valid():
		return bad("the customer id is not a GUID")
	case !model.IsGUID(string(p.ID)):
		return bad("the profile id is not a GUID")
	case len(add)+len(remove) == 0:
		return bad("nothing was changed")
	}
	var all []retarget
	for i := range remove {
		if remove[i].Source == fromPolicySet {
			return bad("the assignment to " + targetWords(remove[i].Target) + " belongs to a policy set and can only be removed there")
		}
		all = append(all, retarget{Remove: &remove[i]})
	}
	for i := range add {
		if add[i].Kind != model.TargetAllDevices && !model.IsGUID(string(add[i].Group)) {
			return bad("the id of a group is not a GUID")
		}
		all = append(all, retarget{Add: &add[i]})
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	in := ledger.Intent{Kind: model.TargetProfile, Customer: to.ID, CustomerName: to.Name, Target: string(p.ID), Chunk: 1,
		Title: fmt.Sprintf("profile %s: %s added, %s removed", model.Clean(p.Name), plural(len(add), "target"), plural(len(remove), "target"))}
	for _, t := range all {
		raw, err := json.Marshal(t)
		if err != nil {
			return bad("it cannot be written down")
		}
		in.Rows = append(in.Rows, ledger.IntentRow{Row: model.Row{Name: t.words(), Target: string(raw)}})
	}
	return book.Record(ctx, in)
}

// retargets sends the assignment of profiles to groups, a chunk of one row each.
type retargets struct{ c *Client }

func (retargets) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodUpdate, step{}, nil
}

func (t retargets) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, rows, err := t.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	profile, row := model.ProfileID(r.op.Target), rows[0]
	var what retarget
	if err := json.Unmarshal([]byte(row.Target), &what); err != nil {
		return receipt{}, &model.Error{Kind: model.Invalid, Op: r.op.Word, Msg: "what was to be sent is not on disk any more"}
	}
	done := ledger.Result{Number: row.Number, State: model.RowDone, Text: "removed"}
	if what.Remove != nil {
		err = g.DeleteProfileTarget(ctx, profile, what.Remove.ID, next.Job.RequestID)
	} else if what.Add != nil {
		done.Text = "assigned"
		_, err = g.AddProfileTarget(ctx, profile, *what.Add, next.Job.RequestID)
	}
	if e := model.AsError(err); e != nil && e.Kind == model.Invalid { // a second one is refused without a reason
		if there, look := t.find(ctx, r.op, rows, nil); look == nil && len(there) > 0 {
			done.Text, err = "it was assigned already", nil
		}
	}
	return receipt{done: []ledger.Result{done}}, err
}

// find reads the profile's assignments.
func (t retargets) find(ctx context.Context, o model.Operation, rows []model.Row, _ [][]byte) ([]ledger.Result, error) {
	g, err := t.c.graph(o.Customer)
	if err != nil {
		return nil, err
	}
	now, err := g.ProfileTargets(ctx, model.ProfileID(o.Target))
	if err != nil {
		return nil, err
	}
	ids, targets := map[string]bool{}, map[model.Target]bool{}
	for _, have := range now {
		ids[have.ID], targets[plain(have.Target)] = true, true
	}
	var out []ledger.Result
	for _, row := range openRows(rows) {
		var what retarget
		_ = json.Unmarshal([]byte(row.Target), &what) // nothing to find then
		if what.Add != nil && targets[plain(*what.Add)] || what.Remove != nil && !ids[what.Remove.ID] {
			out = append(out, ledger.Result{Number: row.Number, State: model.RowDone, Text: "found at the service; the answer was lost"})
		}
	}
	return out, nil
}
