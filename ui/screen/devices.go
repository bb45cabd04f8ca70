package screen

import (
	"context"
	"iter"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

// deviceRef is what the index does not keep of a device: the raw texts that requests
// are made of. Everything else is in the row.
type deviceRef struct {
	batch   model.BatchID
	policy  model.PolicyRef
	by      string // who uploaded it
	allowed []string
}

// The columns of the device list, by position in the schema.
const (
	deviceSerial = iota
	deviceModel
	deviceMaker
	deviceBatch
	devicePolicy
	deviceUploaded
)

var deviceSchema = fleet.Schema{
	{Name: "serial", Title: "SERIAL"}, {Name: "model", Title: "MODEL"}, {Name: "maker", Title: "MAKER"},
	{Name: "batch", Title: "BATCH"}, {Name: "policy", Title: "POLICY"}, {Name: "uploaded", Title: "UPLOADED", Kind: fleet.Time},
}

var deviceCols = []table.Col{
	{Name: "serial", Min: 12, Max: 20, Priority: 9},
	{Name: "model", Min: 17, Max: 30, Priority: 6},
	{Name: "maker", Min: 9, Max: 22, Priority: 3},
	{Name: "batch", Min: 12, Max: 20, Priority: 5},
	{Name: "policy", Min: 17, Max: 30, Priority: 8, Tone: policyTone},
	{Name: "uploaded", Min: 10, Max: 10, Priority: 4},
}

func policyTone(cell string) theme.Tone {
	if cell == noPolicy {
		return theme.MutedTone
	}
	return theme.PlainTone
}

// noPolicy stands where a device has no policy.
const noPolicy = "none"

// Devices lists the devices of all batches of the customer.
type Devices struct {
	env     *kit.Env
	list    *list[deviceRef]
	acting  func(*kit.Env, []model.Device) kit.Screen // the form that waits for the marked devices
	actions []kit.Action
}

// NewDevices returns the list, still empty; Init begins to read it.
func NewDevices(env *kit.Env) *Devices {
	s := &Devices{env: env}
	s.list = newList(env, s, listing[deviceRef]{
		one: "device", many: "devices", idName: "partnerId", schema: deviceSchema, cols: deviceCols,
		none:  []string{"This customer has no devices yet.", "U uploads a device list."},
		kinds: deviceKinds(),
		pages: func() iter.Seq2[kit.Page[deviceRef], error] {
			return devicePages(env.Visit, env.Backend.Reader, env.Customer.ID, env.Day)
		},
	})
	s.actions = append([]kit.Action{
		{Name: "open", Key: env.Keys.Open, Do: s.open, Off: s.list.needRow, Help: "All that is known of the device under the cursor."},
		{Name: "assign policy", Key: env.Keys.Assign, Hurt: true, Do: s.assign, Off: s.cannotAssign,
			Help: "To the marked devices, else to the one under the cursor. The last choice takes the policy away."},
		{Name: "remove", Key: env.Keys.Remove, Hurt: true, Quiet: true, Do: s.remove, Off: s.cannotRemove,
			Help: "Take the marked devices, else the one under the cursor, out of their batches. It cannot be undone."},
		{Name: "mark list", Key: env.Keys.MarkList, Quiet: true, Do: s.markList, Off: s.cannotMarkList,
			Help: "Mark the devices of a list of serials, pasted or from a file."},
	}, append(append(s.list.markings(), s.list.looks()...), s.list.moves()...)...)
	return s
}

// deviceKinds are the operations that change what devices are or have.
func deviceKinds() []model.OperationKind {
	return []model.OperationKind{model.UploadDevices, model.AssignPolicy, model.UnassignPolicy, model.UndoAssignment,
		model.RemoveDevices, model.DeletePolicy, model.EditPolicy, model.AdoptJob}
}

// devicePages reads the policies for their names, then the devices page by page.
func devicePages(ctx context.Context, reader kit.Reader, c model.CustomerID, day momentFunc) iter.Seq2[kit.Page[deviceRef], error] {
	return func(yield func(kit.Page[deviceRef], error) bool) {
		policies, err := reader.Policies(ctx, c)
		if err != nil && !yield(kit.Page[deviceRef]{Note: "policies by id: their names could not be read"}, nil) {
			return
		}
		names := make(map[string]string, len(policies))
		for _, p := range policies {
			names[string(p.ID)] = model.Clean(p.Name)
		}
		for page, err := range reader.Devices(ctx, c) {
			out := kit.Page[deviceRef]{
				Rows: make([]fleet.Row, len(page.Devices)), Items: make([]deviceRef, len(page.Devices)), Groups: make([]string, len(page.Devices)),
				Progress: kit.Progress{Pages: page.Page, Batches: page.Batches, Of: page.Of, Total: max(page.Total, 0)},
			}
			for i, d := range page.Devices {
				name, known := names[d.Policy.Value]
				if !known {
					name = model.Clean(d.Policy.Value)
				}
				out.Rows[i] = deviceRow(d, name, day)
				out.Items[i] = deviceRef{batch: d.Batch, policy: d.Policy, by: model.Clean(d.UploadedBy), allowed: d.Allowed}
				out.Groups[i] = name
			}
			if !yield(out, err) {
				return
			}
		}
	}
}

func deviceRow(d model.Device, policy string, day momentFunc) fleet.Row {
	if policy == "" {
		policy = noPolicy
	}
	return fleet.Row{
		Key: string(d.ID),
		Cells: []string{model.Clean(d.Serial), model.Clean(d.Model), model.Clean(d.Maker), model.Clean(string(d.Batch)),
			policy, day(d.Uploaded)},
		Sort: []int64{deviceUploaded: sortTime(d.Uploaded)},
	}
}

// Init implements kit.Screen.
func (s *Devices) Init() kit.Effect { return s.list.refresh() }

// Show puts a filter in place, as an opening of the view with one does.
func (s *Devices) Show(filter string) kit.Effect { return s.list.open(filter) }

// Update implements kit.Screen.
func (s *Devices) Update(msg tea.Msg) kit.Effect {
	if e, ok := s.list.update(msg); ok {
		if _, ok := msg.(kit.ListMsg[deviceRef]); ok {
			e.Fleet = s.fleet()
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

func (s *Devices) open() kit.Effect {
	row, _, ok := s.list.table.Current()
	if !ok || row >= len(s.list.items) {
		return kit.Effect{}
	}
	d := NewDevice(s.env, s.device(row), s.list.items[row].by, s.list.ix.Cell(row, devicePolicy), s.list.began)
	d.follow(source{s.list.began, s.list.kinds, s.list.refresh})
	return kit.Effect{Push: d}
}

// fleet is what the list knows, for other screens.
func (s *Devices) fleet() *kit.Fleet {
	l := s.list
	ix, items := l.ix, l.items
	return &kit.Fleet{Devices: ix.Len(), Groups: l.groups, Began: l.began, Whole: l.complete,
		Known: kit.Known{Index: ix, Serial: deviceSerial, Device: func(row int) model.Device { return deviceOf(ix, items, row) }}}
}

func (s *Devices) device(row int) model.Device { return deviceOf(s.list.ix, s.list.items, row) }

// deviceOf puts a device together from its row and what is kept beside it.
func deviceOf(ix *fleet.Index, items []deviceRef, row int) model.Device {
	ref := items[row]
	return model.Device{
		ID: model.DeviceID(ix.Key(row)), Batch: ref.batch, Policy: ref.policy, Allowed: ref.allowed,
		Serial: ix.Cell(row, deviceSerial), Maker: ix.Cell(row, deviceMaker), Model: ix.Cell(row, deviceModel),
		Uploaded: timeOf(ix.Value(row, deviceUploaded)), UploadedBy: ref.by,
	}
}

func (s *Devices) cannotAssign() string { return s.needDevices(s.env.Forms.Assign != nil) }

func (s *Devices) cannotRemove() string {
	return s.needDevices(s.env.Forms.Remove != nil && s.env.Backend.Devices != nil)
}

func (s *Devices) needDevices(available bool) string {
	switch {
	case !available:
		return "not available here"
	case s.list.marks.Count() == 0:
		return s.list.needRow()
	}
	return ""
}

func (s *Devices) assign() kit.Effect { return s.act(s.env.Forms.Assign) }

func (s *Devices) remove() kit.Effect { return s.act(s.env.Forms.Remove) }

// act opens a form for the marked devices, else for the one under the cursor.
func (s *Devices) act(form func(*kit.Env, []model.Device) kit.Screen) kit.Effect {
	l := s.list
	if l.marks.Count() == 0 {
		row, _, _ := l.table.Current()
		return kit.Effect{Push: form(s.env, []model.Device{s.device(row)})}
	}
	s.acting = form
	if l.marks.Count() <= few {
		return s.form(l.marks.Rows(l.ix))
	}
	l.wait()
	return kit.Effect{Cmd: kit.Pick(kit.Reply{To: s, Seq: l.askSeq}, l.marks, l.ix)}
}

func (s *Devices) cannotMarkList() string {
	if s.env.Forms.MarkList == nil {
		return "not available here"
	}
	return s.list.needAny()
}

func (s *Devices) markList() kit.Effect {
	return kit.Effect{Push: s.env.Forms.MarkList(s.env, s.list.markKeys)}
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

// form opens what was asked for the marked devices, which are these rows.
func (s *Devices) form(rows fleet.Rows) kit.Effect {
	if rows.Len() == 0 {
		return kit.Effect{Toast: kit.Toast{Text: "the marked devices are gone; u forgets the marks", Tone: theme.WarnTone}}
	}
	devices := make([]model.Device, rows.Len())
	for i, row := range rows.All() {
		devices[i] = s.device(row)
	}
	e := kit.Effect{Push: s.acting(s.env, devices)}
	if gone := s.list.marks.Count() - rows.Len(); gone > 0 {
		e.Toast = kit.Toast{Text: kit.Counted(gone, "marked device is", "marked devices are") + " gone and left out", Tone: theme.WarnTone}
	}
	return e
}
