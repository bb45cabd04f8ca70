package graph

import (
	"context"
	"net/http"

	"muster/client/rest"
	"muster/model"
)

// biosTarget is the wire form of a hardwareConfigurationAssignment.
type biosTarget struct {
	ID     rest.Text `json:"id"`
	Target target    `json:"target"`
}

// BIOSTargets lists whom a BIOS configuration reaches.
//
// GET /deviceManagement/hardwareConfigurations/{id}/assignments
func (c *Client) BIOSTargets(ctx context.Context, id model.BIOSID) ([]model.Target, error) {
	const op = "list BIOS assignments"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return nil, err
	}
	all := walk(ctx, c, rest.Call{Op: op, Path: biosPath(string(id), "assignments")},
		func(w biosTarget) (biosTarget, bool) { return w, true }, func(w biosTarget) string { return string(w.ID) + targetKey(w.Target) })
	wire, err := gathered(all)
	targets := make([]model.Target, len(wire))
	for i, w := range wire {
		targets[i] = w.Target.model()
	}
	return targets, err
}

// targetKey tells one target from another.
func targetKey(w target) string { return string(w.Type + " " + w.Group + " " + w.Filter) }

// biosTargets is the whole set of a configuration's targets, under the key that
// this resource has of its own: the one of other policies is refused.
type biosTargets struct {
	All []assignment `json:"hardwareConfigurationAssignments"`
}

// AssignBIOS replaces the whole set of targets of a BIOS configuration; an empty
// one removes them all. Which were there before is for the caller to know. What the
// service made of it is read back, its answer differs.
//
// POST /deviceManagement/hardwareConfigurations/{id}/assign
func (c *Client) AssignBIOS(ctx context.Context, id model.BIOSID, targets []model.Target, requestID string) error {
	const op = "assign BIOS configuration"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return err
	}
	body := biosTargets{All: make([]assignment, 0, len(targets))}
	way := map[model.GroupID]model.TargetKind{}
	for _, t := range targets {
		b, err := targeting(op, t)
		if err != nil {
			return err
		}
		if t.Group != "" && way[t.Group] != "" && way[t.Group] != t.Kind {
			return &model.Error{Kind: model.Invalid, Op: op, Msg: "group " + string(t.Group) + " is included and excluded at once"}
		}
		way[t.Group] = t.Kind
		body.All = append(body.All, assignment{b})
	}
	_, err := write(ctx, c, op, http.MethodPost, biosPath(string(id), "assign"), body, requestID)
	return err
}

// DeleteBIOS removes a BIOS configuration with its assignments. It takes no BIOS
// password off a device. One that is gone already is no error.
//
// DELETE /deviceManagement/hardwareConfigurations/{id}
func (c *Client) DeleteBIOS(ctx context.Context, id model.BIOSID, requestID string) error {
	const op = "delete BIOS configuration"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return err
	}
	return c.remove(ctx, op, biosPath(string(id)), requestID)
}
