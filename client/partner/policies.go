package partner

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

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
	path, err := policyPath(op, id)
	if err != nil {
		return model.ConfigurationPolicy{}, err
	}
	wire, a, err := get[policy](ctx, c, call{op: op, customer: customer, path: path})
	if err != nil {
		return model.ConfigurationPolicy{}, err
	}
	p, ok := wire.model()
	if !ok {
		return model.ConfigurationPolicy{}, rest.Bare(op, "a policy", a)
	}
	return p, nil
}

// policyBody is a policy in a request: what an operator decides about. Counts
// and dates are the service's and are not sent.
type policyBody struct {
	ID          string   `json:"id,omitempty"`
	Name        string   `json:"name"`
	Category    string   `json:"category"`
	Description string   `json:"description,omitempty"`
	Settings    []string `json:"policySettings"`
}

func bodyOf(p model.ConfigurationPolicy) *policyBody {
	body := policyBody{Name: p.Name, Category: model.CategoryOOBE, Description: p.Description, Settings: make([]string, len(p.Settings))}
	for i, s := range p.Settings {
		body.Settings[i] = string(s)
	}
	return &body
}

// CreatePolicy makes a policy and returns it as the service has it. It reads
// the name, the description and the settings of want and nothing else; two
// policies may have the same name. When the service made the policy but its
// answer cannot be read, the result is what was sent, without an id.
//
// POST /customers/{customer}/policies
func (c *Client) CreatePolicy(ctx context.Context, customer model.CustomerID, want model.ConfigurationPolicy, requestID string) (model.ConfigurationPolicy, error) {
	const op = "create policy"
	if err := writable(op, want); err != nil {
		return model.ConfigurationPolicy{}, err
	}
	want.ID = ""
	return c.writePolicy(ctx, call{op: op, customer: customer, path: []string{"policies"}}, http.MethodPost, want, requestID)
}

// ReplacePolicy makes the policy with want's id what want says and returns it as
// the service has it. It replaces everything, an empty description clears the
// former one, and the last writer wins: the caller has read the policy right
// before. When the service did it but its answer cannot be read, the result is
// what was sent.
//
// PUT /customers/{customer}/policies/{policy}
func (c *Client) ReplacePolicy(ctx context.Context, customer model.CustomerID, want model.ConfigurationPolicy, requestID string) (model.ConfigurationPolicy, error) {
	const op = "replace policy"
	if err := writable(op, want); err != nil {
		return model.ConfigurationPolicy{}, err
	}
	path, err := policyPath(op, want.ID)
	if err != nil {
		return model.ConfigurationPolicy{}, err
	}
	return c.writePolicy(ctx, call{op: op, customer: customer, path: path}, http.MethodPut, want, requestID)
}

// writable reports what an operator must change before a policy is sent. A text
// that was cleaned when it was read must not replace the one it came from.
func writable(op string, p model.ConfigurationPolicy) error {
	if err := p.Validate(); err != nil {
		return err
	}
	for _, t := range [][2]string{{"name", p.Name}, {"description", p.Description}} {
		what, text := t[0], t[1]
		if strings.ContainsRune(text, utf8.RuneError) || !utf8.ValidString(text) {
			return &model.Error{Kind: model.Invalid, Op: op, Msg: "the " + what + " holds characters that cannot be shown", Hint: "type the " + what + " anew"}
		}
	}
	return nil
}

// writePolicy sends a policy and reads what became of it.
func (c *Client) writePolicy(ctx context.Context, k call, method string, want model.ConfigurationPolicy, requestID string) (model.ConfigurationPolicy, error) {
	body := bodyOf(want)
	body.ID = string(want.ID)
	a, err := write(ctx, c, k, method, body, requestID)
	if err != nil {
		return model.ConfigurationPolicy{}, err
	}
	if wire, err := rest.Decode[policy](k.op, a); err == nil {
		if got, ok := wire.model(); ok && (want.ID == "" || strings.EqualFold(string(got.ID), string(want.ID))) {
			return got, nil
		}
	}
	// Done, though: the status said so.
	want.Category, want.Assigned = model.CategoryOOBE, model.CountUnknown
	want.Created, want.Modified = time.Time{}, time.Time{}
	return want, nil
}

// DeletePolicy deletes a policy. What becomes of devices that use it the service
// does not say; it may refuse with Conflict.
//
// DELETE /customers/{customer}/policies/{policy}
func (c *Client) DeletePolicy(ctx context.Context, customer model.CustomerID, id model.PolicyID, requestID string) error {
	const op = "delete policy"
	path, err := policyPath(op, id)
	if err != nil {
		return err
	}
	_, err = write[struct{}](ctx, c, call{op: op, customer: customer, path: path}, http.MethodDelete, nil, requestID)
	return err
}

// policyPath returns the segments of a policy below its customer.
func policyPath(op string, id model.PolicyID) ([]string, error) {
	if !model.IsGUID(string(id)) {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the policy id is not a GUID"}
	}
	return []string{"policies", string(id)}, nil
}
