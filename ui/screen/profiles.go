package screen

import (
	"cmp"
	"context"
	"iter"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var profileSchema = fleet.Schema{
	{Name: "profile", Title: "PROFILE"}, {Name: "mode", Title: "MODE"}, {Name: "join", Title: "JOIN"}, {Name: "type", Title: "DEVICE TYPE"},
	{Name: "template", Title: "NAMES"}, {Name: "language", Title: "LANGUAGE"}, {Name: "changed", Title: "CHANGED", Kind: fleet.Time},
	{Name: "description", Title: "DESCRIPTION"}, {Name: "id", Title: "ID", Aside: true},
}

var profileCols = []table.Col{
	{Name: "profile", Min: 20, Max: 40, Priority: 9}, {Name: "mode", Min: 11, Max: 14, Priority: 8}, {Name: "join", Min: 10, Max: 17, Priority: 7},
	{Name: "changed", Min: 16, Max: 16, Priority: 6}, {Name: "template", Min: 10, Max: 16, Priority: 5}, {Name: "type", Min: 9, Max: 14, Priority: 4},
	{Name: "language", Min: 8, Max: 12, Priority: 3}, {Name: "description", Min: 20, Max: 60, Priority: 2},
}

// Profiles lists the customer's Autopilot deployment profiles.
type Profiles struct {
	env     *kit.Env
	list    *list[model.DeploymentProfile]
	actions []kit.Action
}

// NewProfiles returns the list, still empty; Init begins to read it.
func NewProfiles(env *kit.Env) *Profiles {
	s := &Profiles{env: env}
	s.list = newList(env, s, listing[model.DeploymentProfile]{
		one: "profile", many: "profiles", idName: "id", schema: profileSchema, cols: profileCols,
		none: []string{"This customer has no Autopilot deployment profiles yet.", "n makes the first one.", "", intuneBeta}, intune: true,
		kinds: profileKinds(),
		pages: func() iter.Seq2[kit.Page[model.DeploymentProfile], error] {
			reader, id := env.Backend.Profiles, env.Customer.ID
			read := func(ctx context.Context) iter.Seq2[[]model.DeploymentProfile, error] {
				if reader == nil {
					return func(yield func([]model.DeploymentProfile, error) bool) { yield(nil, kit.Unreachable("list profiles")) }
				}
				return needsIntune(reader.Profiles(ctx, id))
			}
			return paged(env.Visit, read, profileRow(env.Moment))
		},
	})
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "open", Key: k.Open, Do: s.open, Off: s.list.needRow, Help: "Its settings in words, the groups it is assigned to, and who has it."},
		{Name: "new", Key: k.New, Hurt: true, Off: s.cannotCreate, Help: "Make a deployment profile.",
			Do: func() kit.Effect { return kit.Effect{Push: env.Forms.NewProfile(env)} }},
	}, append(append(profileActions(env, s.profile), s.list.looks()...), s.list.moves()...)...)
	return s
}

// needsIntune says with an error what Intune needs, where that may be what is missing.
func needsIntune[T any](pages iter.Seq2[[]T, error]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for page, err := range pages {
			if e := kit.Trouble(err); e != nil && e.Hint == "" {
				said := *e
				said.Hint = kit.NeedsIntune(e.Kind)
				err = &said
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// profileKinds are the operations that change what profiles are or whom they reach.
func profileKinds() []model.OperationKind {
	return []model.OperationKind{model.CreateProfile, model.EditProfile, model.DeleteProfile, model.TargetProfile, model.AssignProfile}
}

// profileActions are the actions that change a profile; which says which one, if any.
func profileActions(env *kit.Env, which func() (model.DeploymentProfile, bool)) []kit.Action {
	type form = func(*kit.Env, model.DeploymentProfile) kit.Screen
	off := func(f form) func() string {
		return func() string {
			switch {
			case f == nil:
				return "not available here"
			case env.Backend.ProfileWriter == nil:
				return kit.NoIntune
			}
			if _, ok := which(); !ok {
				return "there is no profile here"
			}
			return ""
		}
	}
	do := func(f form) func() kit.Effect {
		return func() kit.Effect {
			p, _ := which()
			return kit.Effect{Push: f(env, p)}
		}
	}
	edit, target, remove := env.Forms.EditProfile, env.Forms.TargetProfile, env.Forms.DeleteProfile
	return []kit.Action{
		{Name: "groups", Key: env.Keys.Assign, Hurt: true, Do: do(target), Off: off(target), Help: "Assign it to groups, or leave groups out. To chosen devices: p among the devices."},
		{Name: "edit", Key: env.Keys.Edit, Hurt: true, Do: do(edit), Off: off(edit), Help: "Change it in a form; only what changes is sent."},
		{Name: "delete", Key: env.Keys.Remove, Hurt: true, Do: do(remove), Off: off(remove), Help: "Its assignments go first. Its name has to be typed."},
	}
}

// profile is the one under the cursor.
func (s *Profiles) profile() (model.DeploymentProfile, bool) {
	p, _, ok := s.list.current()
	return p, ok
}

func (s *Profiles) cannotCreate() string {
	switch {
	case s.env.Forms.NewProfile == nil:
		return "not available here"
	case s.env.Backend.ProfileWriter == nil:
		return kit.NoIntune
	}
	return ""
}

func profileRow(moment momentFunc) func(model.DeploymentProfile) fleet.Row {
	return func(p model.DeploymentProfile) fleet.Row {
		language := p.Locale
		if language == "" {
			language = "user selects"
		}
		return fleet.Row{
			Key: string(p.ID),
			Cells: []string{model.Clean(p.Name), p.OutOfBox.Mode(), p.Kind(), model.Clean(p.DeviceType), model.Clean(p.NameTemplate), model.Clean(language),
				moment(p.Modified), model.Clean(p.Description), model.Clean(string(p.ID))},
			Sort: []int64{6: sortTime(p.Modified)},
		}
	}
}

// Init implements kit.Screen.
func (s *Profiles) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Profiles) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *Profiles) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Profiles) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Profiles) Card() kit.Card { return s.list.card("profiles", s.actions) }

func (s *Profiles) open() kit.Effect {
	p, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Push: NewProfile(s.env, p)}
}

// Profile shows one deployment profile: its settings in words, whom it is assigned to,
// and the first of those who have it. Each part is read by itself.
type Profile struct {
	detail
	own     own
	profile model.DeploymentProfile
	seq     uint64
	waits   int // answers that are to come
	err     *model.Error
	targets *kit.ProfileTargetsMsg // nil until read
	devices *kit.ProfileDevicesMsg
}

// shownDevices is how many of a profile's devices its detail names.
const shownDevices = 20

// NewProfile returns the detail of a profile as its list has it; Init reads more.
func NewProfile(env *kit.Env, p model.DeploymentProfile) *Profile {
	s := &Profile{profile: p, own: owning(env, string(p.ID), model.DeleteProfile)}
	s.detail = detail{env: env, name: model.Clean(p.Name), write: s.fill}
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "devices", Key: k.Open, Do: s.list, Help: "All devices that have this profile."},
	}, s.own.guard(profileActions(env, func() (model.DeploymentProfile, bool) { return s.profile, true }))...)
	s.actions = append(append(s.actions,
		kit.Action{Name: "refresh", Key: k.Refresh, Do: s.refresh, Help: "Read it again. It changes nothing."},
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			return env.Customer.ID, model.ItemRef{Kind: model.ProfileItem, ID: string(s.profile.ID)}, s.name, true
		})), s.moves(env)...)
	return s
}

// Init implements kit.Screen.
func (s *Profile) Init() kit.Effect { return s.refresh() }

func (s *Profile) refresh() kit.Effect {
	s.seq++
	s.waits = 3
	s.source = source{began: s.env.Now(), kinds: profileKinds()}
	s.age()
	s.redraw()
	re, ctx := kit.Reply{To: s, Seq: s.seq}, s.env.Visit
	return kit.Effect{Cmd: tea.Batch(kit.ReadProfile(ctx, s.env, re, s.profile.ID), kit.ReadProfileTargets(ctx, s.env, re, s.profile.ID),
		kit.ReadProfileDevices(ctx, s.env, re, s.profile.ID, shownDevices))}
}

// Update implements kit.Screen.
func (s *Profile) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	case kit.ThemeMsg:
		s.redraw()
	case kit.JobsMsg:
		s.age()
		return s.own.news(s.refresh)
	case kit.ProfileMsg:
		s.take(msg.Reply, func() {
			if s.err = msg.Err; msg.Err == nil {
				s.own.again = false
				s.profile, s.name = msg.Profile, model.Clean(msg.Profile.Name)
			}
		})
	case kit.ProfileTargetsMsg:
		s.take(msg.Reply, func() { s.targets = &msg })
	case kit.ProfileDevicesMsg:
		s.take(msg.Reply, func() { s.devices = &msg })
	}
	return kit.Effect{}
}

func (s *Profile) take(re kit.Reply, do func()) {
	if re.Seq != s.seq {
		return
	}
	s.waits--
	do()
	s.redraw()
}

func (s *Profile) list() kit.Effect { return kit.Effect{Push: NewProfileDevices(s.env, s.profile)} }

func (s *Profile) fill() {
	p := s.profile
	if s.err != nil {
		s.text(1, kit.IntuneTrouble("The profile could not be read", s.err)+". What is shown is from the list; r tries again.", s.env.Theme.Bad)
	}
	s.title("Deployment profile")
	s.field("name", p.Name)
	s.field("description", p.Description)
	s.field("mode", p.OutOfBox.Mode()+", "+p.Kind()+", "+p.DeviceType)
	s.fillTargets()
	s.title("In Windows setup")
	for _, e := range p.OutOfBox.Effects() {
		s.add("  " + s.env.Theme.Glyphs.Good + " " + e)
	}
	if len(p.OutOfBox.Effects()) == 0 {
		s.add("  nothing is changed")
	}
	language := p.Locale
	switch language {
	case model.LocaleOS:
		language = "that of the operating system"
	case "":
		language = "the user selects"
	}
	s.field("language", language)
	s.field("device names", p.NameTemplate)
	s.field("pre-provision", yesNo(p.Preprovision))
	s.field("register all", yesNo(p.ExtractHash)+": whether devices that get it become Autopilot devices")
	s.fillDevices()
	s.title("At the service")
	s.field("scope tags", strings.Join(p.ScopeTags, ", "))
	s.field("created", s.env.Stamp(p.Created))
	s.field("changed", s.env.Stamp(p.Modified))
	s.field("profile id", string(p.ID))
}

// fillTargets names the groups.
func (s *Profile) fillTargets() {
	s.title("Assigned to")
	switch m := s.targets; {
	case m == nil:
		s.add("  Reading" + s.env.Theme.Glyphs.Ellipsis)
	case m.Err != nil:
		s.text(2, kit.IntuneTrouble("Not read", m.Err)+". r tries again.", s.env.Theme.Bad)
	case len(m.Targets) == 0:
		s.add("  no group; p assigns it")
	default:
		for _, to := range m.Targets {
			line := m.Names.Whom(to.Target)
			if g, ok := m.Names.Groups[to.Target.Group]; ok && g.Dynamic {
				line += ", dynamic: " + g.Rule
			}
			if only := m.Names.Narrowed(to.Target); only != "" {
				line += ", " + only
			}
			if to.Source != "direct" && to.Source != "" {
				line += ", by " + to.Source
			}
			s.field(to.Target.Kind.Words(), line)
		}
		if m.Names.Err != nil {
			s.text(2, kit.IntuneTrouble("Not all names could be read", m.Names.Err), s.env.Theme.Warn)
		}
	}
}

// fillDevices names the first devices that have the profile.
func (s *Profile) fillDevices() {
	s.title("Devices that have it")
	switch m := s.devices; {
	case m == nil:
		s.add("  Reading" + s.env.Theme.Glyphs.Ellipsis)
		return
	case m.Err != nil:
		s.text(2, kit.IntuneTrouble("Not read", m.Err)+". r tries again.", s.env.Theme.Bad)
		return
	case len(m.Devices) == 0:
		s.add("  none")
	}
	for _, d := range s.devices.Devices {
		s.field(cmp.Or(model.Clean(d.Serial), "no serial"), d.Assignment.Words()+"  "+d.Model)
	}
	if s.devices.More {
		s.add("  and more: Enter lists them all")
	}
}
