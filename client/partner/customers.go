package partner

import (
	"context"
	"iter"
	"net/url"

	"muster/client/rest"
	"muster/model"
)

// customer is the wire form of a customer. Its name lies in a profile.
type customer struct {
	ID             string `json:"id"`
	CompanyProfile struct {
		TenantID    rest.Text `json:"tenantId"`
		Domain      rest.Text `json:"domain"`
		CompanyName rest.Text `json:"companyName"`
	} `json:"companyProfile"`
	Relationship rest.Text `json:"relationshipToPartner"`
}

func (w customer) model() (model.Customer, bool) {
	c := model.Customer{ID: model.CustomerID(w.ID), Name: w.CompanyProfile.CompanyName.Clean(),
		Domain: w.CompanyProfile.Domain.Clean(), Relationship: w.Relationship.Clean()}
	return c, c.ID.Valid()
}

// Customers yields the partner's customers, a page at a time (about 500).
//
// GET /customers
func (c *Client) Customers(ctx context.Context) iter.Seq2[[]model.Customer, error] {
	return walk(ctx, c, list[customer, model.Customer]{
		op: "list customers", path: []string{"customers"},
		first: url.Values{"size": {"500"}}, more: url.Values{"seekOperation": {"Next"}},
		item: customer.model, id: func(c model.Customer) string { return string(c.ID) },
	})
}

// Customer reads one customer. It also tells cheaply whether the sign-in reaches it.
//
// GET /customers/{customer}
func (c *Client) Customer(ctx context.Context, id model.CustomerID) (model.Customer, error) {
	const op = "read customer"
	wire, a, err := get[customer](ctx, c, call{op: op, customer: id})
	if err != nil {
		return model.Customer{}, err
	}
	cu, ok := wire.model()
	if !ok {
		return model.Customer{}, rest.Bare(op, "a customer", a)
	}
	return cu, nil
}
