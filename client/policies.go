package client

import (
	"context"
	"encoding/json"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// Words of the ledger for requests that are answered at once.
const (
	methodPut    = "PUT"
	methodDelete = "DELETE"
)

// spooledPolicy is a policy as it waits to be written. Nothing in it is secret;
// it lies in the spool because that is where what must be sent lies.
type spooledPolicy struct {
	Was  model.ConfigurationPolicy // as the operator saw it
	Want model.ConfigurationPolicy
}

// CreatePolicy writes down a new policy and begins to send it.
func (c *Client) CreatePolicy(ctx context.Context, to model.Customer, p model.ConfigurationPolicy) (model.OperationID, error) {
	if err := p.Validate(); err != nil {
		return "", err
	}
	return c.recordPolicy(ctx, model.CreatePolicy, to, p, spooledPolicy{Want: p})
}

// EditPolicy writes down that a policy is replaced and begins to send it. was is
// what the operator saw; somebody else's change since then refuses it.
func (c *Client) EditPolicy(ctx context.Context, to model.Customer, was, want model.ConfigurationPolicy) (model.OperationID, error) {
	want.ID = was.ID
	if err := want.Validate(); err != nil {
		return "", err
	}
	if was.Same(want) {
		return "", &model.Error{Kind: model.Invalid, Op: "edit policy", Msg: "nothing was changed"}
	}
	return c.recordPolicy(ctx, model.EditPolicy, to, was, spooledPolicy{Was: was, Want: want})
}

// DeletePolicy writes down that a policy is deleted and begins to send it. It
// cannot be undone; devices that use it fall back to none.
func (c *Client) DeletePolicy(ctx context.Context, to model.Customer, p model.ConfigurationPolicy) (model.OperationID, error) {
	return c.recordPolicy(ctx, model.DeletePolicy, to, p, spooledPolicy{Was: p, Want: p})
}

func (c *Client) recordPolicy(ctx context.Context, kind model.OperationKind, to model.Customer, was model.ConfigurationPolicy, s spooledPolicy) (model.OperationID, error) {
	op := kind.String()
	if !to.ID.Valid() {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	}
	if kind != model.CreatePolicy && !model.IsGUID(string(was.ID)) {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the policy id is not a GUID"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return "", &model.Error{Kind: model.Unexpected, Op: op, Msg: "it cannot be written down"}
	}
	name := model.Clean(was.Name)
	return book.Record(ctx, ledger.Intent{Kind: kind, Customer: to.ID, CustomerName: to.Name, Target: string(was.ID),
		Title: op + " " + name, Rows: []ledger.IntentRow{{Row: model.Row{Name: name}, Body: body}}})
}

// policyWriter sends the three kinds of operation on one policy.
type policyWriter struct {
	c    *Client
	verb string
}

func (p policyWriter) method(ctx context.Context, r *runner, _ []ledger.Chunk, next ledger.Chunk) (string, step, error) {
	if p.verb != methodPost {
		return p.verb, step{}, nil
	}
	word, err := creation(next, func() ([]string, error) {
		s, err := openSpooledPolicy(ctx, r, next)
		if err != nil {
			return nil, err
		}
		policies, err := p.c.o.Partner.Policies(ctx, r.op.Customer)
		return policiesLike(policies, s.Want), err
	})
	return word, step{}, err
}

// policiesLike returns the ids of the policies that are just like one.
func policiesLike(policies []model.ConfigurationPolicy, want model.ConfigurationPolicy) []string {
	var ids []string
	for _, have := range policies {
		if have.Same(want) {
			ids = append(ids, string(have.ID))
		}
	}
	return ids
}

func (p policyWriter) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	s, err := openSpooledPolicy(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	partner, customer, id := p.c.o.Partner, r.op.Customer, model.PolicyID(r.op.Target)
	if p.verb != methodPost {
		if err := p.unchanged(ctx, customer, s.Was); err != nil {
			return receipt{}, err
		}
	}
	switch p.verb {
	case methodPost:
		made, err := partner.CreatePolicy(ctx, customer, s.Want, next.Job.RequestID)
		return receipt{done: oneDone(string(made.ID), "created")}, err
	case methodPut:
		_, err := partner.ReplacePolicy(ctx, customer, s.Want, next.Job.RequestID)
		return receipt{done: oneDone(string(id), "changed")}, err
	}
	return receipt{done: oneDone(string(id), "deleted")}, partner.DeletePolicy(ctx, customer, id, next.Job.RequestID)
}

// unchanged reads the policy once more: the service has no ETag, so this is all
// that stands between two operators. The list and the single policy spell their
// dates with different precision, so whole seconds are compared.
func (p policyWriter) unchanged(ctx context.Context, customer model.CustomerID, was model.ConfigurationPolicy) error {
	now, err := p.c.o.Partner.Policy(ctx, customer, was.ID)
	if err != nil {
		return err
	}
	if !now.Same(was) || !now.Modified.Truncate(time.Second).Equal(was.Modified.Truncate(time.Second)) {
		return changedSince("write policy", "somebody changed it since you opened it", "open it again and look at what is different")
	}
	return nil
}

func openSpooledPolicy(ctx context.Context, r *runner, next ledger.Chunk) (spooledPolicy, error) {
	bodies, err := r.book.Spool(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return spooledPolicy{}, err
	}
	return readSpooledPolicy(bodies)
}

func readSpooledPolicy(bodies [][]byte) (spooledPolicy, error) {
	var s spooledPolicy
	if len(bodies) != 1 || json.Unmarshal(bodies[0], &s) != nil {
		return s, &model.Error{Kind: model.Invalid, Op: "write policy", Msg: "what was to be sent is not on disk any more"}
	}
	return s, nil
}

// find looks for what the request should have left: a policy like the one that
// was sent, or none of that id.
func (p policyWriter) find(ctx context.Context, o model.Operation, _ []model.Row, spool [][]byte) ([]ledger.Result, error) {
	s, err := readSpooledPolicy(spool)
	if err != nil {
		return nil, err
	}
	policies, err := p.c.o.Partner.Policies(ctx, o.Customer)
	if err != nil {
		return nil, err
	}
	if p.verb == methodPost {
		return p.c.newTwin(ctx, o.ID, policiesLike(policies, s.Want))
	}
	there := false
	for _, have := range policies {
		there = there || string(have.ID) == o.Target
		if string(have.ID) == o.Target && p.verb != methodDelete && have.Same(s.Want) {
			return oneDone(string(have.ID), "found at the service; the answer was lost"), nil
		}
	}
	if p.verb == methodDelete && !there {
		return oneDone(o.Target, "it is gone; the answer was lost"), nil
	}
	return nil, nil
}

// oneDone is the result of an operation that has one row.
func oneDone(object, how string) []ledger.Result {
	return []ledger.Result{{Number: onlyRow, State: model.RowDone, Object: object, Text: how}}
}
