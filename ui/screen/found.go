package screen

import (
	"iter"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var foundSchema = fleet.Schema{
	{Name: "serial", Title: "SERIAL"}, {Name: "customer", Title: "CUSTOMER"}, {Name: "batch", Title: "BATCH"},
	{Name: "model", Title: "MODEL"}, {Name: "maker", Title: "MAKER"}, {Name: "id", Title: "DEVICE ID"},
}

var foundCols = []table.Col{
	{Name: "serial", Min: 12, Max: 20, Priority: 9}, {Name: "customer", Min: 24, Max: 40, Priority: 8}, {Name: "batch", Min: 12, Max: 24, Priority: 6},
	{Name: "model", Min: 12, Max: 30, Priority: 5}, {Name: "maker", Min: 9, Max: 22, Priority: 3}, {Name: "id", Min: 36, Max: 36, Priority: 1},
}

// foundRef is a device that was found: whose it is, and its serial.
type foundRef struct {
	customer model.Customer
	serial   string
}

// FoundDevices lists the devices with one serial, of all customers of the partner.
type FoundDevices struct {
	env     *kit.Env
	list    *list[foundRef]
	actions []kit.Action
}

// NewFoundDevices returns the list, still empty; Init begins to search. The search ends
// with the visit.
func NewFoundDevices(env *kit.Env, serial string) *FoundDevices {
	s := &FoundDevices{env: env}
	s.list = newList(env, s, listing[foundRef]{
		one: "device", many: "devices", schema: foundSchema, cols: foundCols, step: "customer", whose: env.Place.Connection,
		none: []string{"No device of the customers that were read has the serial " + model.Clean(serial) + "."},
		pages: func() iter.Seq2[kit.Page[foundRef], error] {
			return foundPages(kit.FindSerial(env.Visit, env.Backend.Reader, serial, env.Crashed))
		},
	})
	s.actions = append([]kit.Action{
		{Name: "go there", Key: env.Keys.Open, Do: s.open, Off: s.list.needRow, Help: "Work with this customer, on this device."},
	}, append(s.list.looks(), s.list.moves()...)...)
	return s
}

// foundPages are the steps of a search. A customer that cannot be read does not end it:
// the list says whose devices are not among those that were searched.
func foundPages(found iter.Seq2[kit.Found, error]) iter.Seq2[kit.Page[foundRef], error] {
	return func(yield func(kit.Page[foundRef], error) bool) {
		var unread []string
		for f, err := range found {
			if err != nil && f.Customer.ID != "" {
				unread = append(unread, model.Clean(f.Customer.Name))
				err = nil
			}
			page := kit.Page[foundRef]{Progress: kit.Progress{Batches: f.Read, Of: f.Of}, Note: notSearched(unread)}
			for _, d := range f.Devices {
				page.Items = append(page.Items, foundRef{f.Customer, d.Serial})
				page.Rows = append(page.Rows, fleet.Row{Key: string(f.Customer.ID) + " " + string(d.ID),
					Cells: []string{model.Clean(d.Serial), model.Clean(f.Customer.Name), model.Clean(string(d.Batch)),
						model.Clean(d.Model), model.Clean(d.Maker), model.Clean(string(d.ID))}})
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// notSearched names the customers whose devices could not all be read.
func notSearched(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "not searched in full: " + names[0]
	}
	return "not searched in full: " + names[0] + " and " + kit.Counted(len(names)-1, "other", "others")
}

// Init implements kit.Screen.
func (s *FoundDevices) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *FoundDevices) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *FoundDevices) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *FoundDevices) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *FoundDevices) Card() kit.Card { return s.list.card("found devices", s.actions) }

// open goes to the device's customer, unless it is the present one, and to the device.
func (s *FoundDevices) open() kit.Effect {
	f, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	e := kit.Effect{Open: kit.Open{View: kit.DevicesView, Filter: cellFilter("serial", f.serial)}}
	if f.customer.ID != s.env.Customer.ID {
		e.Visit = &f.customer
	}
	return e
}
