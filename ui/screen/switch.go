package screen

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

var switchSchema = fleet.Schema{{Name: "customer", Title: "CUSTOMER"}, {Name: "domain", Title: "DOMAIN"}, {Name: "visited", Title: "LAST VISIT"}}

var switchCols = []table.Col{
	{Name: "customer", Min: 24, Max: 48, Priority: 9}, {Name: "domain", Min: 20, Max: 40, Priority: 7}, {Name: "visited", Min: 10, Max: 10, Priority: 8},
}

// Switch goes over to another customer: those that were worked with last come first, so
// that Enter takes the one before, and letters find any other.
// It holds names only, a few thousand at most.
type Switch struct {
	picker
	seq     uint64
	reading bool
	err     *model.Error
	known   []model.Customer // as far as they were read
	began   time.Time
	shown   []candidate // behind the rows of the table's index
	all     []candidate
}

// candidate is a customer with what it is found by. The one without an id stands for all.
type candidate struct {
	customer model.Customer
	visited  time.Time
	name     string // lower case
	more     string // domain and id, lower case
}

// NewSwitch returns the screen. It reads the customers once a connection.
func NewSwitch(env *kit.Env) *Switch {
	s := &Switch{}
	s.picker = picker{env: env, table: table.New(env.Theme, switchCols), sift: s.find, choose: s.take}
	s.known, s.began = env.Partner.List, env.Partner.Began
	k := env.Keys
	s.actions = []kit.Action{{Name: "switch", Key: k.Open, Help: "Work with this customer."}, {Name: "as a list", Key: k.Pane, Help: "All customers as a list, to read anew, sort and export."},
		{Name: "close", Key: k.Back, Help: "Stay where you are."}}
	s.gather()
	return s
}

// Init implements kit.Screen.
func (s *Switch) Init() kit.Effect {
	if !s.began.IsZero() {
		return kit.Effect{}
	}
	s.seq++
	s.reading = true
	s.gather()
	env := s.env
	return kit.Effect{Cmd: kit.ReadList(env.Visit, env.Now, kit.Reply{To: s, Seq: s.seq}, customerSchema, paged(env.Visit, env.Backend.Reader.Customers, customerRow))}
}

// gather puts together who can be chosen: the recent ones, all at once, and the others in
// the order of the service.
func (s *Switch) gather() {
	at := make(map[model.CustomerID]int, len(s.known))
	for i, c := range s.known {
		at[c.ID] = i
	}
	here := s.env.Customer.ID
	s.all = s.all[:0]
	recent := map[model.CustomerID]bool{here: here != ""}
	for _, v := range s.env.Seat.Recent {
		c := model.Customer{ID: v.Customer, Name: v.Name}
		i, known := at[v.Customer]
		switch {
		case v.Customer == here:
			continue
		case known:
			c = s.known[i]
		case !s.began.IsZero(): // the partner has it no more
			continue
		}
		recent[v.Customer] = true
		s.all = append(s.all, candidateOf(c, v.At))
	}
	s.all = append(s.all, candidateOf(model.Customer{Name: allCustomers}, time.Time{}))
	for _, c := range s.known {
		if !recent[c.ID] {
			s.all = append(s.all, candidateOf(c, time.Time{}))
		}
	}
	s.find()
}

// allCustomers is what stands for no customer in particular.
const allCustomers = "all customers"

func candidateOf(c model.Customer, visited time.Time) candidate {
	return candidate{customer: c, visited: visited, name: strings.ToLower(model.Clean(c.Name)), more: strings.ToLower(model.Clean(c.Domain) + " " + model.Clean(string(c.ID)))}
}

// find shows who fits what was typed, the best first; among equals the order of gather.
func (s *Switch) find() {
	typed := strings.ToLower(strings.TrimSpace(s.line.String()))
	type hit struct{ at, rank, spread int }
	hits := make([]hit, 0, len(s.all))
	for i, c := range s.all {
		rank, spread := fits(c.name, typed)
		if rank >= fitsLoosely && strings.Contains(c.more, typed) {
			rank, spread = fitsInside, maxSpread // found by its domain or id: after all names
		}
		if rank != fitsNot {
			hits = append(hits, hit{i, rank, spread})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(a.rank-b.rank, a.spread-b.spread) })
	rows := make([]fleet.Row, len(hits))
	s.shown = s.shown[:0:0]
	for i, h := range hits {
		c := s.all[h.at]
		rows[i] = fleet.Row{Key: string(c.customer.ID), Cells: []string{model.Clean(c.customer.Name), model.Clean(c.customer.Domain), s.env.When(c.visited)}}
		s.shown = append(s.shown, c)
	}
	ix := fleet.New(switchSchema, rows...)
	s.table.SetRows(ix, ix.All())
	s.table.Top()
	s.describe()
}

func (s *Switch) describe() {
	s.facts = []string{kit.Counted(len(s.known), "customer", "customers")}
	if s.line.String() != "" {
		s.facts = []string{kit.Count(len(s.shown)) + " of " + s.facts[0]}
	}
	switch {
	case s.reading:
		s.facts = append(s.facts, "reading "+kit.Count(len(s.known)))
	case s.err != nil:
		s.facts = append(s.facts, "not all were read: "+s.err.Msg)
	default:
		s.facts = append(s.facts, s.env.AsOf(s.began))
	}
	s.table.SetEmpty("No customer is called like that.")
	if s.reading {
		s.table.SetEmpty("None of those read so far is called like that.")
	}
}

// Update implements kit.Screen.
func (s *Switch) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if s.env.Keys.Pane.Matches(msg) {
			return kit.Effect{Pop: true, Open: kit.Open{View: kit.CustomersView, Above: true}}
		}
	case kit.ListMsg[model.Customer]:
		return s.read(msg)
	case kit.AgainMsg:
		if s.err != nil && !s.reading {
			return s.Init()
		}
		return kit.Effect{}
	case kit.SeatMsg:
		s.keep(s.gather)
		return kit.Effect{}
	}
	return s.update(msg)
}

// keep leaves the cursor on whom it is while the list grows around it.
func (s *Switch) keep(change func()) {
	_, key, ok := s.table.Current()
	top := s.table.Position() == 0
	change()
	if ok && !top {
		s.table.Select(key)
	}
}

// read takes the customers that were read so far.
func (s *Switch) read(msg kit.ListMsg[model.Customer]) kit.Effect {
	if msg.Seq != s.seq {
		return kit.Effect{}
	}
	e := kit.Effect{Cmd: msg.Next}
	s.known = msg.Items
	if msg.Done {
		s.reading, s.err = false, msg.Err
	}
	if msg.Done && msg.Err == nil {
		s.began = msg.Began
		e.Partner = &kit.Customers{List: msg.Items, Began: msg.Began}
	}
	s.keep(s.gather)
	return e
}

func (s *Switch) take() kit.Effect {
	row, _, ok := s.table.Current()
	if s.reading && !ok {
		return kit.Effect{Toast: kit.Toast{Text: "still reading the customers: none of those read so far is called like that", Tone: theme.WarnTone}}
	}
	if !ok || row >= len(s.shown) {
		return kit.Effect{Toast: kit.Toast{Text: "no customer is called like that", Tone: theme.WarnTone}}
	}
	c := s.shown[row].customer
	if c.ID == "" {
		c = model.Customer{}
	}
	return kit.Effect{Visit: &c}
}

// Card implements kit.Screen.
func (s *Switch) Card() kit.Card { return s.card("switch customer", "customer: ") }
