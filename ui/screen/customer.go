package screen

import (
	"cmp"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// Customer shows one customer of the partner.
type Customer struct {
	detail
	customer model.Customer
}

// NewCustomer returns the detail of a customer as its list has it, read at asOf; Init
// reads it anew.
func NewCustomer(env *kit.Env, c model.Customer, asOf time.Time) *Customer {
	s := &Customer{customer: c}
	s.detail = detail{env: env, name: cmp.Or(model.Clean(c.Name), model.Clean(string(c.ID))), facts: []string{env.AsOf(asOf)}, write: s.fill}
	s.actions = append([]kit.Action{
		{Name: "choose", Key: env.Keys.Open, Help: "Work with this customer.", Do: func() kit.Effect { return kit.Effect{Pop: true, Visit: &s.customer} }},
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			return c.ID, customerRefOf(c), c.Name, true
		}),
	}, s.moves(env)...)
	s.anew(s, c.ID, customerRefOf(c))
	return s
}

// customerRefOf names a customer to the service.
func customerRefOf(c model.Customer) model.ItemRef {
	return model.ItemRef{Kind: model.CustomerItem, ID: string(c.ID)}
}

// Init implements kit.Screen.
func (s *Customer) Init() kit.Effect { return s.readItem() }

// Update implements kit.Screen.
func (s *Customer) Update(msg tea.Msg) kit.Effect { return s.turn(msg) }

func (s *Customer) fill() {
	c := s.customer
	s.title("Customer")
	s.field("name", s.said("companyProfile.companyName", c.Name))
	s.field("domain", s.said("companyProfile.domain", c.Domain))
	s.field("customer id", string(c.ID))
	s.field("tenant id", s.said("companyProfile.tenantId", ""))
	s.title("At the partner")
	s.field("relationship", s.said("relationshipToPartner", c.Relationship))
	s.field("commerce id", s.said("commerceId", ""))
	s.field("delegated", delegated(s.said("allowDelegatedAccess", "")))
	s.others("id", "companyProfile.companyName", "companyProfile.domain", "companyProfile.tenantId", "relationshipToPartner",
		"commerceId", "allowDelegatedAccess")
}

// delegated says in words whether the partner may act in the customer's tenant.
func delegated(value string) string {
	switch value {
	case "true":
		return "yes, the partner may act in the tenant"
	case "false":
		return "no, the partner may not act in the tenant by delegated rights"
	}
	return value
}
