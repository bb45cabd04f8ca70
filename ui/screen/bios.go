package screen

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

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
		none:  []string{"This customer has no BIOS configurations yet.", "n makes the first one."},
		kinds: []model.OperationKind{model.CreateBIOS, model.EditBIOS},
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
		{Name: "open", Key: k.Open, Do: s.open, Off: s.list.needRow, Help: "Its properties and its content."},
		{Name: "new", Key: k.New, Hurt: true, Do: s.create, Off: s.cannotCreate, Help: "Make a BIOS configuration."},
		{Name: "edit", Key: k.Edit, Hurt: true, Do: s.edit, Off: s.cannotEdit, Help: "Read the content, then change it in a form."},
	}, append(s.list.looks(), s.list.moves()...)...)
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

// BIOSConfiguration shows one BIOS configuration with its content.
type BIOSConfiguration struct {
	detail
	bios    model.BIOSConfiguration
	seq     uint64
	reading bool
	read    bool
	editing bool      // open the form when the content is there
	began   time.Time // of the reading under way
	asOf    time.Time // what is shown is no older than this; zero before anything was read
	err     *model.Error
}

// NewBIOSConfiguration returns the detail; Init reads the content.
func NewBIOSConfiguration(env *kit.Env, b model.BIOSConfiguration) *BIOSConfiguration {
	s := &BIOSConfiguration{bios: b}
	s.detail = detail{env: env, name: model.Clean(b.Name), write: s.fill}
	s.actions = append([]kit.Action{
		{Name: "edit", Key: env.Keys.Edit, Hurt: true, Do: s.edit, Off: s.cannotEdit},
		{Name: "refresh", Key: env.Keys.Refresh, Do: s.refresh, Help: "Read it again. It changes nothing."},
	}, s.moves(env)...)
	return s
}

// Init implements kit.Screen.
func (s *BIOSConfiguration) Init() kit.Effect { return s.refresh() }

func (s *BIOSConfiguration) refresh() kit.Effect {
	s.seq++
	s.reading, s.began = true, s.env.Now()
	s.redraw()
	return kit.Effect{Cmd: kit.ReadBIOS(s.env, kit.Reply{To: s, Seq: s.seq}, s.bios.ID)}
}

// Update implements kit.Screen.
func (s *BIOSConfiguration) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	case kit.ThemeMsg:
		s.redraw()
	case kit.JobsMsg:
		s.age()
	case kit.BIOSMsg:
		if msg.Seq != s.seq {
			return kit.Effect{}
		}
		return s.take(msg)
	}
	return kit.Effect{}
}

func (s *BIOSConfiguration) take(msg kit.BIOSMsg) kit.Effect {
	editing := s.editing
	s.reading, s.editing, s.err = false, false, msg.Err
	if msg.Err == nil {
		s.bios, s.read = msg.Configuration, true
		s.name = model.Clean(s.bios.Name)
		s.asOf = s.began
		s.age()
	}
	s.redraw()
	if editing && s.read && msg.Err == nil {
		return kit.Effect{Push: s.env.Forms.EditBIOS(s.env, s.bios)}
	}
	return kit.Effect{}
}

// age says how old the content is, and whether an edit ended since it was read.
func (s *BIOSConfiguration) age() {
	if s.asOf.IsZero() {
		return
	}
	fact := s.env.AsOf(s.asOf)
	if s.env.Jobs != nil {
		for _, o := range s.env.Jobs.Operations {
			if o.Kind == model.EditBIOS && o.Target == string(s.bios.ID) && o.Ended.After(s.asOf) {
				fact += ", changed since: " + s.env.Keys.Refresh.String()
				break
			}
		}
	}
	s.facts = []string{fact}
}

func (s *BIOSConfiguration) cannotEdit() string {
	switch {
	case s.env.Forms.EditBIOS == nil:
		return "not available here"
	case s.reading:
		return "still reading"
	case !s.read:
		return "its content could not be read; r tries again"
	}
	return ""
}

func (s *BIOSConfiguration) edit() kit.Effect {
	return kit.Effect{Push: s.env.Forms.EditBIOS(s.env, s.bios)}
}

func (s *BIOSConfiguration) fill() {
	b := s.bios
	s.title("BIOS configuration")
	s.field("name", b.Name)
	s.field("description", b.Description)
	s.field("format", string(b.Format))
	s.field("version", kit.Count(b.Version))
	s.field("passwords", b.PasswordEffect())
	s.field("scope tags", strings.Join(b.ScopeTags, ", "))
	s.field("created", s.env.Stamp(b.Created))
	s.field("changed", s.env.Stamp(b.Modified))
	s.field("id", string(b.ID))
	s.title("Content")
	s.field("file", b.FileName)
	switch {
	case s.reading && !s.read:
		s.add("  Reading" + s.env.Theme.Glyphs.Ellipsis)
	case s.err != nil:
		s.text(2, "It could not be read: "+s.err.Error()+". r tries again.", s.env.Theme.Bad)
	case s.read:
		s.field("size", fmt.Sprintf("%s of %s bytes", kit.Count(len(b.Content)), kit.Count(model.MaxBIOSContent)))
		s.add("")
		s.text(2, string(b.Content), lipgloss.NewStyle())
	}
}
