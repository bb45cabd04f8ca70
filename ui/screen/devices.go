package screen

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

// Devices lists the customer's devices as one fleet: those of all batches at Partner
// Center joined with those that Intune knows.
type Devices struct {
	env     *kit.Env
	list    *list[noItem]
	odd     *oddities               // of the rows that are shown
	coming  *oddities               // of the reading under way
	reader  *fleetReader            // of the latest reading
	acting  func(chosen) kit.Effect // waits for the marked devices
	told    string                  // what was said about a side that could not be read
	actions []kit.Action
}

// NewDevices returns the list, still empty; Init begins to read it.
func NewDevices(env *kit.Env) *Devices {
	s := &Devices{env: env, odd: &oddities{}}
	s.list = newList(env, s, listing[noItem]{
		one: "device", many: "devices", idName: "id", schema: deviceSchema, cols: s.cols(),
		none:  []string{"This customer has no devices yet.", "U uploads a device list."},
		kinds: deviceKinds(),
		fill:  s.fill,
	})
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "open", Key: k.Open, Do: s.open, Off: s.list.needRow, Help: "All that is known of the device under the cursor."},
		{Name: "assign", Key: k.Assign, Hurt: true, Do: s.assign, Off: s.cannotAssign,
			Help: "A policy, or an Autopilot profile, to the marked devices, else to the one under the cursor."},
		{Name: "group tag", Key: k.Tag, Hurt: true, Do: s.change, Off: s.cannotChange,
			Help: "Group tag, name or user in Intune of the marked devices, else of the one under the cursor."},
		{Name: "remove", Key: k.Remove, Hurt: true, Quiet: true, Do: s.remove, Off: s.cannotRemove,
			Help: "Take the marked devices, else the one under the cursor, out of their batches, or out of Intune. It cannot be undone."},
		{Name: "disagreements", Key: k.Attention, Quiet: true, Do: s.attend, Off: s.cannotAttend,
			Help: "Only devices that one service does not know, or whose batch is not their group tag; again shows all."},
		{Name: "sync", Key: k.Sync, Hurt: true, Quiet: true, Do: s.sync, Off: s.cannotSync, Help: "Have Intune and the Autopilot service brought in line, once in ten minutes."},
		{Name: "mark list", Key: k.MarkList, Quiet: true, Do: s.markList, Off: s.cannotMarkList,
			Help: "Mark the devices of a list of serials, pasted or from a file."},
		rawAction(env, s.ref),
		{Name: "what changed", Key: k.Difference, Quiet: true, Do: s.changes, Off: s.cannotTellChanges,
			Help: "The devices that came and went between the list before and this one."},
	}, append(append(s.list.markings(), s.list.looks()...), s.list.moves()...)...)
	return s
}

// unsettled stands for where a device is known while Intune has not been read to its end:
// it may be on both sides.
const unsettled = "?"

// cols are the columns to show.
func (s *Devices) cols() []table.Col {
	cols := slices.Clone(deviceCols)
	for i := range cols {
		if cols[i].Name == deviceSchema[deviceKnown].Name {
			cols[i].Show = s.known
		}
	}
	return cols
}

// known is where a device is known, as far as the list can say.
func (s *Devices) known(cell string) string {
	if l := s.list; cell == knownPartner && (l.reading || l.further) && !l.kept && !l.sides.Whole {
		return unsettled
	}
	return cell
}

// fill returns how the list is read: from its beginning, or on from where the last
// reading stopped.
func (s *Devices) fill(ctx context.Context) func(kit.ListMsg[noItem], func(kit.ListMsg[noItem])) {
	env, b := s.env, s.env.Backend
	r := &fleetReader{ctx: ctx, reader: b.Reader, autopilot: b.Autopilot, walker: b.Walker, customer: env.Customer.ID, day: env.Day, crashed: env.Crashed,
		fleets: b.Fleets, zone: env.Zone.String()}
	switch l := s.list; {
	case s.reader != nil && s.reader.halted != nil && !l.old:
		r.from, r.odd, r.before, r.beforeAt = s.reader.halted, s.coming, s.reader.before, s.reader.beforeAt
	default:
		if l.complete || l.kept {
			r.before, r.beforeAt = l.ix, l.began
		}
		s.coming = &oddities{}
		r.odd = s.coming
	}
	s.reader = r
	return r.read
}

// deviceKinds are the operations that change what devices are or have.
func deviceKinds() []model.OperationKind {
	return []model.OperationKind{model.UploadDevices, model.AssignPolicy, model.UnassignPolicy, model.UndoAssignment,
		model.RemoveDevices, model.DeletePolicy, model.EditPolicy, model.AdoptJob, model.ChangeAutopilot, model.UndoAutopilot,
		model.DeleteAutopilot, model.SyncAutopilot, model.ImportAutopilot, model.AssignProfile, model.TargetProfile}
}

// Init implements kit.Screen.
func (s *Devices) Init() kit.Effect { return s.list.refresh() }

// Show puts a filter in place, as an opening of the view with one does.
func (s *Devices) Show(filter string) kit.Effect { return s.list.open(filter) }

// Update implements kit.Screen.
func (s *Devices) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.WrittenMsg); ok {
		return s.useUp(msg.Written)
	}
	if e, ok := s.list.update(msg); ok {
		if msg, ok := msg.(kit.ListMsg[noItem]); ok {
			if s.list.ix == msg.Index {
				s.odd = s.coming
			}
			e.Fleet = s.fleet()
			e.Toast = s.tell(msg)
		}
		return e
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return s.list.key(msg, s.actions)
	case tea.PasteMsg:
		return s.list.paste(msg)
	case kit.PickedMsg:
		return s.picked(msg)
	}
	return kit.Effect{}
}

// View implements kit.Screen.
func (s *Devices) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Devices) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Devices) Card() kit.Card { return s.list.card("devices", s.actions) }

// tell says once in a reading why the devices of one side are not all there.
func (s *Devices) tell(msg kit.ListMsg[noItem]) kit.Toast {
	say := ""
	switch err := msg.Sides.Err; {
	case !msg.Done:
		return kit.Toast{}
	case err != nil && err.Kind == model.Cancelled:
	case err != nil && err.Kind != model.NoBackend:
		say = kit.IntuneTrouble("Intune could not be read", err)
		if msg.Sides.Read > 0 {
			say = kit.IntuneTrouble("Intune could be read up to "+kit.Counted(msg.Sides.Read, "device", "devices"), err)
		}
	case msg.Err != nil && msg.Sides.Intune > 0 && msg.Sides.Partner+msg.Sides.Both == 0:
		say = kit.Failed(&model.Error{Msg: "Partner Center could not be read: " + msg.Err.Msg, Hint: msg.Err.Hint, Ref: msg.Err.Ref}).Text
	}
	if say == s.told {
		return kit.Toast{}
	}
	if s.told = say; say == "" {
		return kit.Toast{}
	}
	return kit.Toast{Text: say, Tone: theme.WarnTone}
}

func (s *Devices) cannotTellChanges() string {
	switch {
	case s.list.since.At.IsZero():
		return "the list was read once so far: there is none to compare it with"
	case !s.list.since.Any():
		return "no device came or went since " + s.env.When(s.list.since.At)
	}
	return ""
}

func (s *Devices) changes() kit.Effect {
	return kit.Effect{Push: newChanges(s.env, s.list.since, s.list.began)}
}

// ref names the device under the cursor to a service that knows it: Partner Center, else
// Intune.
func (s *Devices) ref() (model.CustomerID, model.ItemRef, string, bool) {
	row, _, ok := s.list.table.Current()
	if !ok {
		return "", model.ItemRef{}, "", false
	}
	r := s.list.ix.Row(row)
	name := r.Cells[deviceSerial]
	if d := s.odd.device(r); d.ID != "" {
		return s.env.Customer.ID, deviceRefOf(d), name, true
	}
	return s.env.Customer.ID, model.ItemRef{Kind: model.AutopilotItem, ID: string(s.odd.autopilotDevice(r).ID)}, name, true
}

func (s *Devices) open() kit.Effect {
	row, _, ok := s.list.table.Current()
	if !ok {
		return kit.Effect{}
	}
	r := s.list.ix.Row(row)
	from := source{s.list.began, s.list.kinds, s.list.refresh, s.list.kept}
	if r.Cells[deviceAutopilot] != "" {
		d := NewAutopilot(s.env, s.odd.device(r), r.Cells[devicePolicy], s.odd.autopilotDevice(r), from)
		return kit.Effect{Push: d}
	}
	d := NewDevice(s.env, s.odd.device(r), r.Cells[deviceBy], r.Cells[devicePolicy], s.list.began)
	d.follow(from)
	return kit.Effect{Push: d}
}

// fleet is what the list knows, for other screens.
func (s *Devices) fleet() *kit.Fleet {
	l, ix, odd := s.list, s.list.ix, s.odd
	return &kit.Fleet{Kept: l.kept, Devices: l.sides.Partner + l.sides.Both, Groups: l.groups, Began: l.began, Whole: l.complete, Sides: l.sides,
		Known: kit.Known{Index: ix, Serial: deviceSerial, Device: func(row int) model.Device { return odd.device(ix.Row(row)) }}}
}

func (s *Devices) picked(msg kit.PickedMsg) kit.Effect {
	l := s.list
	if msg.Seq != l.askSeq {
		return kit.Effect{}
	}
	again := l.anew
	l.stop()
	rows := msg.Rows
	if msg.Index != l.ix { // the list grew meanwhile; rows keep their numbers only within one
		rows = l.marks.Rows(l.ix)
	}
	e := s.form(rows)
	e.Keys = l.release().Keys
	if again {
		e.Cmd = l.arrange(false).Cmd
	}
	return e
}

// form does what was asked for with the marked devices, which are these rows.
func (s *Devices) form(rows fleet.Rows) kit.Effect {
	if rows.Len() == 0 {
		return kit.Effect{Toast: kit.Toast{Text: "the marked devices are gone; u forgets the marks", Tone: theme.WarnTone}}
	}
	e := s.acting(chosen{s, rows})
	if gone := s.list.marks.Count() - rows.Len(); gone > 0 && e.Toast.Text == "" {
		e.Toast = kit.Toast{Text: kit.Counted(gone, "marked device is", "marked devices are") + " gone and left out", Tone: theme.WarnTone}
	}
	return e
}
