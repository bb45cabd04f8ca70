package partner

import (
	"context"

	"muster/client/rest"
	"muster/model"
)

// policy is the wire form of a configuration policy.
type policy struct {
	ID          string      `json:"id"`
	Name        rest.Text   `json:"name"`
	Category    rest.Text   `json:"category"`
	Description rest.Text   `json:"description"`
	Assigned    *int        `json:"devicesAssignedCount"`
	AssignedOld *int        `json:"devicesAssigned"` // the spelling of 2017
	Settings    []rest.Text `json:"policySettings"`
	Created     rest.Time   `json:"createdDate"`
	Modified    rest.Time   `json:"lastModifiedDate"`
}

func (w policy) model() (model.ConfigurationPolicy, bool) {
	p := model.ConfigurationPolicy{ID: model.PolicyID(w.ID), Name: w.Name.Clean(), Category: w.Category.Clean(),
		Description: w.Description.Clean(), Assigned: count(w.Assigned, w.AssignedOld), Created: w.Created.Time, Modified: w.Modified.Time}
	for _, s := range w.Settings[:min(len(w.Settings), 64)] {
		p.Settings = append(p.Settings, model.Setting(s.Clean()))
	}
	return p, model.IsGUID(w.ID)
}

// Policies lists a customer's policies. With an error of kind Incomplete the
// policies beside it are valid.
//
// GET /customers/{customer}/policies
func (c *Client) Policies(ctx context.Context, customer model.CustomerID) ([]model.ConfigurationPolicy, error) {
	return all(ctx, c, call{op: "list policies", customer: customer, path: []string{"policies"}}, policy.model)
}

// Policy reads one policy.
//
// GET /customers/{customer}/policies/{policy}
func (c *Client) Policy(ctx context.Context, customer model.CustomerID, id model.PolicyID) (model.ConfigurationPolicy, error) {
	const op = "read policy"
	if !model.IsGUID(string(id)) {
		return model.ConfigurationPolicy{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "the policy id is not a GUID"}
	}
	wire, a, err := get[policy](ctx, c, call{op: op, customer: customer, path: []string{"policies", string(id)}})
	if err != nil {
		return model.ConfigurationPolicy{}, err
	}
	p, ok := wire.model()
	if !ok {
		return model.ConfigurationPolicy{}, rest.Bare(op, "a policy", a)
	}
	return p, nil
}
