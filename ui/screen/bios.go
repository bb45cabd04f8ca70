package screen

import (
	"context"
	"iter"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var biosSchema = fleet.Schema{
	{Name: "name", Title: "BIOS CONFIGURATION"}, {Name: "format", Title: "FORMAT"}, {Name: "file", Title: "FILE"},
	{Name: "version", Title: "VERSION", Kind: fleet.Count}, {Name: "changed", Title: "CHANGED", Kind: fleet.Time}, {Name: "description", Title: "DESCRIPTION"},
}

var biosCols = []table.Col{
	{Name: "name", Min: 30, Max: 40, Priority: 9}, {Name: "format", Min: 6, Max: 12, Priority: 8}, {Name: "version", Min: 7, Right: true, Priority: 6},
	{Name: "changed", Min: 16, Max: 16, Priority: 5}, {Name: "file", Min: 20, Max: 30, Priority: 4}, {Name: "description", Min: 20, Max: 40, Priority: 2},
}

// BIOSConfigurations lists the customer's BIOS configurations.
type BIOSConfigurations struct {
	env     *kit.Env
	list    *list[model.BIOSConfiguration]
	actions []kit.Action
}

// NewBIOSConfigurations returns the list, still empty; Init begins to read it.
func NewBIOSConfigurations(env *kit.Env) *BIOSConfigurations {
	s := &BIOSConfigurations{env: env}
	s.list = newList(env, s, listing[model.BIOSConfiguration]{
		one: "BIOS configuration", many: "BIOS configurations", idName: "id", schema: biosSchema, cols: biosCols,
		none: []string{"This customer has no BIOS configurations yet.", "n makes the first one.", "", intuneBeta}, intune: true,
		kinds: []model.OperationKind{model.CreateBIOS, model.EditBIOS, model.DeleteBIOS},
		pages: func() iter.Seq2[kit.Page[model.BIOSConfiguration], error] {
			reader, id := env.Backend.Reader, env.Customer.ID
			read := func(ctx context.Context) iter.Seq2[[]model.BIOSConfiguration, error] {
				return reader.BIOSConfigurations(ctx, id)
			}
			return paged(env.Visit, read, biosRow(env.Moment))
		},
	})
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "open", Key: k.Open, Do: s.open, Off: s.list.needRow, Help: "Its properties, its content, whom it is assigned to and what became of it."},
		{Name: "new", Key: k.New, Hurt: true, Do: s.create, Off: s.cannotCreate, Help: "Make a BIOS configuration."},
		{Name: "edit", Key: k.Edit, Hurt: true, Do: s.edit, Off: s.cannotEdit, Help: "Read the content, then change it in a form."},
	}, append(append(biosChanges(env, s.configuration), s.list.looks()...), s.list.moves()...)...)
	return s
}

func biosRow(moment momentFunc) func(model.BIOSConfiguration) fleet.Row {
	return func(b model.BIOSConfiguration) fleet.Row {
		return fleet.Row{
			Key: string(b.ID),
			Cells: []string{model.Clean(b.Name), model.Clean(string(b.Format)), model.Clean(b.FileName), kit.Count(b.Version),
				moment(b.Modified), model.Clean(b.Description)},
			Sort: []int64{3: int64(b.Version), 4: sortTime(b.Modified)},
		}
	}
}

// Init implements kit.Screen.
func (s *BIOSConfigurations) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *BIOSConfigurations) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *BIOSConfigurations) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *BIOSConfigurations) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *BIOSConfigurations) Card() kit.Card { return s.list.card("BIOS configurations", s.actions) }

func (s *BIOSConfigurations) open() kit.Effect {
	b, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Push: NewBIOSConfiguration(s.env, b)}
}

func (s *BIOSConfigurations) cannotCreate() string {
	if s.env.Forms.NewBIOS == nil {
		return "not available here"
	}
	return ""
}

func (s *BIOSConfigurations) create() kit.Effect {
	return kit.Effect{Push: s.env.Forms.NewBIOS(s.env)}
}

func (s *BIOSConfigurations) cannotEdit() string {
	if s.env.Forms.EditBIOS == nil {
		return "not available here"
	}
	return s.list.needRow()
}

// edit opens the detail, which reads the content and then opens the form: a form on
// a list's row would not know what it changes.
func (s *BIOSConfigurations) edit() kit.Effect {
	b, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	d := NewBIOSConfiguration(s.env, b)
	d.editing = true
	return kit.Effect{Push: d}
}

// configuration is the one under the cursor.
func (s *BIOSConfigurations) configuration() (model.BIOSConfiguration, bool) {
	b, _, ok := s.list.current()
	return b, ok
}

// biosChanges are the actions that change whom a BIOS configuration reaches; which
// says which one, if any. Both forms read what they change anew.
func biosChanges(env *kit.Env, which func() (model.BIOSConfiguration, bool)) []kit.Action {
	off := func(form func(*kit.Env, model.BIOSConfiguration) kit.Screen) func() string {
		return func() string {
			if form == nil {
				return "not available here"
			}
			if env.Backend.BIOSWriter == nil || env.Backend.BIOS == nil {
				return kit.NoIntune
			}
			if _, ok := which(); !ok {
				return "there is no BIOS configuration here"
			}
			return ""
		}
	}
	do := func(form func(*kit.Env, model.BIOSConfiguration) kit.Screen) func() kit.Effect {
		return func() kit.Effect {
			b, _ := which()
			return kit.Effect{Push: form(env, b)}
		}
	}
	assign, remove := env.Forms.AssignBIOS, env.Forms.DeleteBIOS
	return []kit.Action{
		{Name: "assign", Key: env.Keys.Assign, Hurt: true, Do: do(assign), Off: off(assign), Help: "Choose the groups that get it and those that are left out; the whole set is written."},
		{Name: "delete", Key: env.Keys.Remove, Hurt: true, Do: do(remove), Off: off(remove), Help: "Its name has to be typed. It cannot be undone."},
		differenceAction(env, "BIOS configuration", which, NewBIOSDifference),
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			b, ok := which()
			return env.Customer.ID, model.ItemRef{Kind: model.BIOSItem, ID: string(b.ID)}, b.Name, ok
		}),
	}
}
