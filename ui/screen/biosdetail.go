package screen

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/theme"
)

// The parts of the detail of a BIOS configuration, in the order of the tabs.
const (
	overviewPart = iota
	contentPart
	devicesPart
	usersPart
	biosParts
)

// BIOSConfiguration shows one BIOS configuration in four parts: what it is and how it
// stands, its content, what became of it on devices and for users. Each part is read
// by itself, so one that cannot be read leaves the others alone.
type BIOSConfiguration struct {
	env  *kit.Env
	w, h int
	at   int // the part in sight

	own     own
	bios    model.BIOSConfiguration
	read    bool // with its content
	editing bool // open the form when the content is there
	err     *model.Error
	targets answer[kit.BIOSTargetsMsg]
	summary answer[kit.BIOSSummaryMsg]
	tags    map[string]string // names of scope tags by id
	seq     uint64
	reading int       // answers that are to come
	began   time.Time // of the reading under way
	asOf    time.Time // what is shown is no older than this; zero before anything was read

	overview detail
	lines    *list[contentLine]
	runs     *list[model.DeviceRun]
	users    *list[model.UserRun]
	begun    [biosParts]bool
	actions  [biosParts][]kit.Action
}

// answer is what a part was told, once it was.
type answer[T any] struct {
	msg  T
	came bool
}

// NewBIOSConfiguration returns the detail; Init reads it. Results are read when their
// part is first looked at.
func NewBIOSConfiguration(env *kit.Env, b model.BIOSConfiguration) *BIOSConfiguration {
	s := &BIOSConfiguration{env: env, bios: b, own: owning(env, string(b.ID), model.DeleteBIOS)}
	s.overview = detail{env: env, write: s.fill}
	s.lines = newList(env, s, s.contentListing())
	s.runs = newList(env, s, s.runListing())
	s.users = newList(env, s, s.userListing())
	s.begun[overviewPart], s.begun[contentPart] = true, true
	k := env.Keys
	changes := append([]kit.Action{
		{Name: "next part", Key: k.Pane, Do: s.turn, Help: "Overview, content, devices, users, and round again."},
		{Name: "edit", Key: k.Edit, Hurt: true, Do: s.edit, Off: s.cannotEdit, Help: "Change properties or content; what changes is shown first."},
	}, biosChanges(env, func() (model.BIOSConfiguration, bool) { return s.bios, true })...)
	changes = s.own.guard(changes)
	refresh := kit.Action{Name: "refresh", Key: k.Refresh, Do: s.refresh, Off: s.busy, Help: "Read it again. It changes nothing."}
	s.actions[overviewPart] = slices.Concat(changes, []kit.Action{refresh}, s.overview.moves(env))
	s.actions[contentPart] = slices.Concat(s.contentActions(), changes, []kit.Action{refresh}, without(s.lines.looks(), k.Refresh), s.lines.moves())
	s.actions[devicesPart] = slices.Concat(s.runActions(), changes, s.runs.looks(), s.runs.moves())
	s.actions[usersPart] = slices.Concat(changes, s.users.looks(), s.users.moves())
	return s
}

// without leaves out the action of a key.
func without(actions []kit.Action, key []string) []kit.Action {
	return slices.DeleteFunc(actions, func(a kit.Action) bool { return slices.Equal(a.Key, key) })
}

// Init implements kit.Screen.
func (s *BIOSConfiguration) Init() kit.Effect { return s.refresh() }

func (s *BIOSConfiguration) refresh() kit.Effect {
	ctx := s.env.Visit
	s.seq++
	s.reading, s.began = 3, s.env.Now()
	s.overview.redraw()
	re := kit.Reply{To: s, Seq: s.seq}
	cmds := []tea.Cmd{kit.ReadBIOS(s.env, re, s.bios.ID), kit.ReadBIOSTargets(ctx, s.env, re, s.bios.ID), kit.ReadBIOSSummary(ctx, s.env, re, s.bios.ID)}
	if s.tags == nil {
		cmds = append(cmds, kit.ReadScopeTags(s.env, re))
	}
	return kit.Effect{Cmd: tea.Batch(cmds...)}
}

// Update implements kit.Screen.
func (s *BIOSConfiguration) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return s.typed(msg)
	case kit.ThemeMsg, kit.JobsMsg:
		return s.news(msg)
	case kit.ListMsg[contentLine]:
		e, _ := s.lines.update(msg)
		return e
	case kit.ListMsg[model.DeviceRun]:
		e, _ := s.runs.update(msg)
		return e
	case kit.ListMsg[model.UserRun]:
		e, _ := s.users.update(msg)
		return e
	case kit.ArrangedMsg:
		return s.arranged(msg)
	case kit.Addressed:
		return s.answered(msg)
	}
	return kit.Effect{}
}

// answered takes an answer about the configuration itself.
func (s *BIOSConfiguration) answered(msg kit.Addressed) kit.Effect {
	if msg.Address().Seq != s.seq {
		return kit.Effect{}
	}
	var e kit.Effect
	switch msg := msg.(type) {
	case kit.BIOSMsg:
		s.reading--
		e = s.take(msg)
	case kit.BIOSTargetsMsg:
		s.reading--
		s.targets = answer[kit.BIOSTargetsMsg]{msg, true}
	case kit.BIOSSummaryMsg:
		s.reading--
		s.summary = answer[kit.BIOSSummaryMsg]{msg, true}
	case kit.ScopeTagsMsg:
		if msg.Err == nil {
			s.tags = make(map[string]string, len(msg.Tags))
			for _, t := range msg.Tags {
				s.tags[t.ID] = t.Name
			}
		}
	}
	s.age()
	s.overview.redraw()
	return e
}

// take brings in the configuration with its content.
func (s *BIOSConfiguration) take(msg kit.BIOSMsg) kit.Effect {
	editing := s.editing
	s.editing, s.err = false, msg.Err
	if msg.Err != nil {
		return kit.Effect{}
	}
	newer := msg.Configuration.Version != s.bios.Version
	s.bios, s.read, s.own.again = msg.Configuration, true, false
	s.asOf = s.began
	e := s.lines.refresh()
	if newer && s.begun[devicesPart] { // which results are old is another question now
		e.Cmd = tea.Batch(e.Cmd, s.runs.refresh().Cmd)
	}
	if editing {
		e.Push = s.env.Forms.EditBIOS(s.env, s.bios)
	}
	return e
}

// arranged brings rows to the list whose they are.
func (s *BIOSConfiguration) arranged(msg kit.ArrangedMsg) kit.Effect {
	is := func(ix *fleet.Index, schema fleet.Schema) bool {
		return msg.Index == ix || slices.Equal(msg.Index.Columns(), schema)
	}
	switch {
	case is(s.lines.ix, contentSchema):
		return s.lines.arranged(msg)
	case is(s.runs.ix, runSchema):
		return s.runs.arranged(msg)
	}
	return s.users.arranged(msg)
}

// news reaches every part.
func (s *BIOSConfiguration) news(msg tea.Msg) kit.Effect {
	var cmds []tea.Cmd
	for _, update := range []func(tea.Msg) (kit.Effect, bool){s.lines.update, s.runs.update, s.users.update} {
		e, _ := update(msg)
		cmds = append(cmds, e.Cmd)
	}
	s.age()
	s.overview.redraw()
	e := s.own.news(s.refresh)
	e.Cmd = tea.Batch(append(cmds, e.Cmd)...)
	return e
}

// typed brings a key to the part in sight.
func (s *BIOSConfiguration) typed(msg tea.Msg) kit.Effect {
	actions := s.actions[s.at]
	switch s.at {
	case contentPart:
		if s.read {
			return s.lines.handle(msg, actions)
		}
	case devicesPart:
		return s.runs.handle(msg, actions)
	case usersPart:
		return s.users.handle(msg, actions)
	}
	if key, ok := msg.(tea.KeyPressMsg); ok {
		return kit.Dispatch(s.env, key, actions)
	}
	return kit.Effect{}
}

// turn goes to the next part and has it read when nobody looked at it before.
func (s *BIOSConfiguration) turn() kit.Effect {
	s.at = (s.at + 1) % biosParts
	if s.begun[s.at] {
		return kit.Effect{}
	}
	s.begun[s.at] = true
	if s.at == devicesPart {
		return s.runs.refresh()
	}
	return s.users.refresh()
}

// age says how old the overview is, and whether an operation ended since that changed it.
func (s *BIOSConfiguration) age() {
	if s.asOf.IsZero() {
		return
	}
	fact := s.env.AsOf(s.asOf)
	if s.env.Jobs != nil {
		for _, o := range s.env.Jobs.Operations {
			if (o.Kind == model.EditBIOS || o.Kind == model.AssignBIOS) && o.Target == string(s.bios.ID) && o.Ended.After(s.asOf) {
				fact += ", changed since: " + s.env.Keys.Refresh.String()
				break
			}
		}
	}
	s.overview.facts = []string{fact}
}

func (s *BIOSConfiguration) busy() string {
	if s.reading > 0 {
		return "still reading"
	}
	return ""
}

func (s *BIOSConfiguration) cannotEdit() string {
	switch {
	case s.env.Forms.EditBIOS == nil:
		return "not available here"
	case !s.read && s.err == nil:
		return "still reading"
	case !s.read:
		return "its content could not be read; r tries again"
	}
	return ""
}

func (s *BIOSConfiguration) edit() kit.Effect {
	return kit.Effect{Push: s.env.Forms.EditBIOS(s.env, s.bios)}
}

// tabLines is the room of the names of the parts.
const tabLines = 1

// Resize implements kit.Screen.
func (s *BIOSConfiguration) Resize(w, h int) {
	s.w, s.h = w, h
	below := max(h-tabLines, 0)
	s.overview.Resize(w, below)
	s.lines.resize(w, below)
	s.runs.resize(w, below)
	s.users.resize(w, below)
}

// View implements kit.Screen.
func (s *BIOSConfiguration) View() string {
	if s.h <= 0 {
		return ""
	}
	if s.h == tabLines {
		return s.tabs()
	}
	var below string
	switch s.at {
	case overviewPart:
		below = s.overview.view()
	case contentPart:
		below = s.lines.view()
	case devicesPart:
		below = s.runs.view()
	default:
		below = s.users.view()
	}
	return s.tabs() + "\n" + below
}

// tabs is the line with the names of the parts; the one in sight stands in brackets.
func (s *BIOSConfiguration) tabs() string {
	t := s.env.Theme
	names := [biosParts]string{"overview", "content", "devices", "users"}
	if s.summary.came && s.summary.msg.Err == nil {
		failed := 0
		for state, n := range s.summary.msg.Summary.Devices {
			if state.Failed() {
				failed += n
			}
		}
		if failed > 0 {
			names[devicesPart] += ", " + kit.Count(failed) + " failed"
		}
	}
	parts := make([]string, biosParts)
	for i, name := range names {
		parts[i] = " " + t.Muted.Render(name) + " "
		if i == s.at {
			parts[i] = t.Here.Render("[" + name + "]")
		}
	}
	return ansi.Truncate(" "+strings.Join(parts, " "), s.w, t.Glyphs.Ellipsis)
}

// Card implements kit.Screen.
func (s *BIOSConfiguration) Card() kit.Card {
	name, actions := model.Clean(s.bios.Name), s.actions[s.at]
	switch s.at {
	case contentPart:
		if !s.read {
			return kit.Card{Title: name, Actions: actions}
		}
		return s.lines.card(name, actions)
	case devicesPart:
		return s.runs.card(name, actions)
	case usersPart:
		return s.users.card(name, actions)
	}
	s.overview.name, s.overview.actions = name, actions
	return s.overview.Card()
}

// levelTone is the tone of a problem.
func levelTone(l model.BIOSLevel) theme.Tone {
	if l == model.BIOSWarning {
		return theme.WarnTone
	}
	return theme.BadTone
}
