package screen

import (
	"iter"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var customerSchema = fleet.Schema{
	{Name: "customer", Title: "CUSTOMER"}, {Name: "domain", Title: "DOMAIN"},
	{Name: "relationship", Title: "RELATIONSHIP"}, {Name: "id", Title: "ID"},
}

var customerCols = []table.Col{
	{Name: "customer", Min: 24, Max: 40, Priority: 9}, {Name: "domain", Min: 20, Max: 40, Priority: 7},
	{Name: "relationship", Min: 12, Max: 14, Priority: 4}, {Name: "id", Min: 36, Max: 36, Priority: 2},
}

// Customers lists the partner's customers; opening one begins a visit to it.
type Customers struct {
	env     *kit.Env
	list    *list[model.Customer]
	actions []kit.Action
}

// NewCustomers returns the list, still empty; Init begins to read it.
func NewCustomers(env *kit.Env) *Customers {
	s := &Customers{env: env}
	s.list = newList(env, s, listing[model.Customer]{
		one: "customer", many: "customers", whose: env.Place.Connection, schema: customerSchema, cols: customerCols,
		none: []string{"There are no customers.", "This sign-in may see none of them."},
		pages: func() iter.Seq2[kit.Page[model.Customer], error] {
			return paged(env.Visit, env.Backend.Reader.Customers, customerRow)
		},
	})
	s.actions = append([]kit.Action{
		{Name: "choose", Key: env.Keys.Open, Do: s.choose, Off: s.list.needRow, Help: "Work with this customer."},
		{Name: "details", Key: env.Keys.Details, Do: s.details, Off: s.list.needRow, Help: "All that is known of the customer, read anew."},
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			c, _, ok := s.list.current()
			return c.ID, customerRefOf(c), c.Name, ok
		}),
	}, append(s.list.looks(), s.list.moves()...)...)
	return s
}

func customerRow(c model.Customer) fleet.Row {
	return fleet.Row{
		Key:   string(c.ID),
		Cells: []string{model.Clean(c.Name), model.Clean(c.Domain), model.Clean(c.Relationship), model.Clean(string(c.ID))},
	}
}

// Init implements kit.Screen.
func (s *Customers) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Customers) Update(msg tea.Msg) kit.Effect {
	e := s.list.handle(msg, s.actions)
	if msg, ok := msg.(kit.ListMsg[model.Customer]); ok && msg.Done && s.list.complete {
		e.Partner = &kit.Customers{List: s.list.items, Began: s.list.began}
	}
	return e
}

// View implements kit.Screen.
func (s *Customers) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Customers) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Customers) Card() kit.Card { return s.list.card("customers", s.actions) }

func (s *Customers) choose() kit.Effect {
	c, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Visit: &c}
}

func (s *Customers) details() kit.Effect {
	c, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	d := NewCustomer(s.env, c, s.list.began)
	d.follow(source{began: s.list.began, read: s.list.refresh})
	return kit.Effect{Push: d}
}
