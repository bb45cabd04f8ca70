package screen

import (
	"iter"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

var connectionSchema = fleet.Schema{
	{Name: "connection", Title: "CONNECTION"}, {Name: "use", Title: "USE"}, {Name: "tenant", Title: "TENANT"}, {Name: "kind", Title: "KIND"},
	{Name: "cloud", Title: "CLOUD"}, {Name: "sign-in", Title: "SIGN-IN"}, {Name: "writes", Title: "WRITES"}, {Name: "account", Title: "ACCOUNT"},
}

var connectionCols = []table.Col{
	{Name: "connection", Min: 14, Max: 40, Priority: 9}, {Name: "use", Min: 11, Max: 12, Priority: 8}, {Name: "tenant", Min: 20, Max: 40, Priority: 7},
	{Name: "kind", Min: 7, Priority: 3}, {Name: "cloud", Min: 7, Max: 10, Priority: 5}, {Name: "sign-in", Min: 11, Max: 16, Priority: 4},
	{Name: "writes", Min: 6, Priority: 6}, {Name: "account", Min: 12, Max: 40, Priority: 2},
}

// Connections lists the connections of the configuration and the simulator; opening one
// goes over to it.
type Connections struct {
	env     *kit.Env
	list    *list[model.Connection]
	seq     uint64 // of the change of the file that is under way
	said    string // what it was, for the toast
	wanted  string // whom the cursor goes to after the next reading
	actions []kit.Action
}

// NewConnections returns the list, still empty; Init begins to read it.
func NewConnections(env *kit.Env) *Connections {
	s := &Connections{env: env}
	s.list = newList(env, s, listing[model.Connection]{
		one: "connection", many: "connections", whose: "muster", schema: connectionSchema, cols: connectionCols, live: true,
		none: []string{"There is no connection."}, pages: s.pages,
	})
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "work with it", Key: k.Open, Do: s.open, Off: s.cannotOpen, Help: "Leave the present connection; its jobs go on at the service."},
		{Name: "add", Key: k.New, Do: s.add, Off: s.cannotAdd, Help: "A connection to a real tenant; it is read-only until the file says otherwise."},
		{Name: "usual", Key: k.Usual, Do: s.use, Off: s.list.needRow, Help: "Make it the one that muster takes when none is named."},
		{Name: "remove", Key: k.Remove, Do: s.remove, Off: s.cannotRemove, Help: "Take it out of the configuration; the ledger stays."},
	}, append(s.list.looks(), s.list.moves()...)...)
	return s
}

// pages reads the file, the simulator first. What is wrong in the file is told beside it.
func (s *Connections) pages() iter.Seq2[kit.Page[model.Connection], error] {
	conf, here := s.env.Configuration, s.env.Place
	return func(yield func(kit.Page[model.Connection], error) bool) {
		read, err := conf.Read()
		var page kit.Page[model.Connection]
		for _, c := range append([]model.Connection{{}}, read.Connections...) {
			page.Rows = append(page.Rows, connectionRow(c, read.Use, here))
			page.Items = append(page.Items, c)
		}
		if n := len(read.Problems); n > 0 {
			page.Note = kit.Counted(n, "fault", "faults") + " in the file: " + model.Clean(read.Problems[0].Text)
		}
		yield(page, err)
	}
}

// isHere reports whether a connection of the file, or the simulator, is the place.
func isHere(c model.Connection, here kit.Place) bool {
	if c.Name == "" {
		return here.Forgotten
	}
	return !here.Simulated && here.Connection == c.Name
}

func connectionRow(c model.Connection, usual string, here kit.Place) fleet.Row {
	use := ""
	switch is := c.Name == usual; {
	case isHere(c, here) && is:
		use = "here, usual"
	case isHere(c, here):
		use = "here"
	case is:
		use = "usual"
	}
	if c.Name == "" {
		return fleet.Row{Key: kit.SimulatorName, Cells: []string{kit.SimulatorName, use, "inside this program", "", "", "none", "yes", ""}}
	}
	kind, writes := "partner", "yes"
	if c.Single {
		kind = "tenant"
	}
	if c.ReadOnly {
		writes = "no"
	}
	cloud := c.Cloud
	if cloud == model.CloudCustom {
		cloud = "CUSTOM"
	}
	return fleet.Row{Key: "/" + c.Name, Cells: []string{model.Clean(c.Name), use, model.Clean(c.Tenant), kind, model.Clean(cloud), string(c.SignIn), writes, model.Clean(c.Account)}}
}

// Init implements kit.Screen.
func (s *Connections) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Connections) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.ConfiguredMsg:
		return s.configured(msg)
	case kit.ListMsg[model.Connection]:
		e, _ := s.list.update(msg)
		if msg.Done && s.wanted != "" {
			s.list.table.Select("/" + s.wanted)
			s.wanted = ""
		}
		return e
	}
	return s.list.handle(msg, s.actions)
}

// View implements kit.Screen.
func (s *Connections) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Connections) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Connections) Card() kit.Card {
	c := s.list.card("connections", s.actions)
	if s.list.note != "" {
		c.Facts = append(c.Facts[:len(c.Facts):len(c.Facts)], s.list.note)
	}
	return c
}

func (s *Connections) cannotOpen() string {
	c, _, ok := s.list.current()
	switch {
	case !ok:
		return s.list.needRow()
	case isHere(c, s.env.Place):
		return "you are working with it"
	}
	return ""
}

func (s *Connections) open() kit.Effect {
	c, _, _ := s.list.current()
	return kit.Effect{Connect: &c.Name}
}

func (s *Connections) cannotAdd() string {
	if s.env.Forms.NewConnection == nil {
		return "not available here"
	}
	return ""
}

func (s *Connections) add() kit.Effect {
	return kit.Effect{Push: s.env.Forms.NewConnection(s.env, func(name string) kit.Effect {
		s.wanted = name
		return s.list.refresh()
	})}
}

func (s *Connections) cannotRemove() string {
	c, _, ok := s.list.current()
	switch {
	case !ok:
		return s.list.needRow()
	case c.Name == "":
		return "the simulator is always there"
	case s.env.Forms.Confirm == nil:
		return "not available here"
	}
	return ""
}

func (s *Connections) remove() kit.Effect {
	c, _, _ := s.list.current()
	name := model.Clean(c.Name)
	lines := []string{"It is taken out of the configuration, with the comments inside of its table.", "Its operations stay in the ledger and are there again with a connection to the same tenant."}
	if isHere(c, s.env.Place) {
		lines = append(lines, "You are working with it: that goes on until you leave it.")
	}
	return kit.Effect{Push: s.env.Forms.Confirm(s.env, kit.Question{
		Title: "Remove the connection " + name + "?", Lines: lines,
		Answers: []kit.Answer{
			{Key: s.env.Keys.Yes[0], Text: "remove", Do: func() kit.Effect {
				return s.change("removed "+name, func(f kit.Configuration) error { return f.Remove(c.Name) })
			}},
			{Key: s.env.Keys.No[0], Text: "keep it", Do: func() kit.Effect { return kit.Effect{} }},
		},
	})}
}

func (s *Connections) use() kit.Effect {
	c, _, _ := s.list.current()
	name := kit.SimulatorName
	if c.Name != "" {
		name = model.Clean(c.Name)
	}
	return s.change("from now on muster alone means "+name, func(f kit.Configuration) error { return f.Use(c.Name) })
}

// change changes the file.
func (s *Connections) change(said string, do func(kit.Configuration) error) kit.Effect {
	s.seq++
	s.said = said
	return kit.Effect{Cmd: kit.Configure(s.env, kit.Reply{To: s, Seq: s.seq}, do)}
}

// configured takes the answer to a change.
func (s *Connections) configured(msg kit.ConfiguredMsg) kit.Effect {
	if msg.Err != nil {
		return kit.Effect{Toast: kit.Failed(msg.Err)}
	}
	e := s.list.refresh()
	e.Toast = kit.Toast{Text: s.said, Tone: theme.GoodTone}
	return e
}
