package screen

import (
	"iter"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var batchSchema = fleet.Schema{
	{Name: "batch", Title: "BATCH"}, {Name: "devices", Title: "DEVICES", Kind: fleet.Count},
	{Name: "created", Title: "CREATED", Kind: fleet.Time}, {Name: "by", Title: "BY"}, {Name: "status", Title: "STATUS"},
}

var batchCols = []table.Col{
	{Name: "batch", Min: 24, Max: 40, Priority: 9}, {Name: "devices", Min: 7, Right: true, Priority: 8},
	{Name: "created", Min: 16, Max: 16, Priority: 6}, {Name: "by", Min: 12, Max: 30, Priority: 3}, {Name: "status", Min: 8, Max: 12, Priority: 2},
}

// Batches lists the customer's device batches.
type Batches struct {
	env     *kit.Env
	list    *list[model.DeviceBatch]
	actions []kit.Action
}

// NewBatches returns the list, still empty; Init begins to read it.
func NewBatches(env *kit.Env) *Batches {
	s := &Batches{env: env}
	s.list = newList(env, s, listing[model.DeviceBatch]{
		one: "batch", many: "batches", schema: batchSchema, cols: batchCols,
		none:  []string{"This customer has no batches yet.", "U uploads a device list into a new one."},
		kinds: []model.OperationKind{model.UploadDevices, model.RemoveDevices, model.AdoptJob},
		pages: func() iter.Seq2[kit.Page[model.DeviceBatch], error] {
			ctx, reader, id := env.Visit, env.Backend.Reader, env.Customer.ID
			return atOnce(func() ([]model.DeviceBatch, error) { return reader.Batches(ctx, id) }, batchRow(env.Moment))
		},
	})
	s.actions = append([]kit.Action{
		{Name: "devices", Key: env.Keys.Open, Do: s.open, Off: s.list.needRow, Help: "The devices of this batch."},
		{Name: "assign policy", Key: env.Keys.Assign, Hurt: true, Do: s.assign, Off: s.cannotAssign, Help: "To all devices of this batch."},
	}, append(s.list.looks(), s.list.moves()...)...)
	return s
}

func batchRow(moment momentFunc) func(model.DeviceBatch) fleet.Row {
	return func(b model.DeviceBatch) fleet.Row {
		devices, n := countCell(b.Devices)
		return fleet.Row{
			Key:   string(b.ID),
			Cells: []string{model.Clean(string(b.ID)), devices, moment(b.Created), model.Clean(b.CreatedBy), model.Clean(b.Status)},
			Sort:  []int64{1: n, 2: sortTime(b.Created)},
		}
	}
}

// Init implements kit.Screen.
func (s *Batches) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Batches) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *Batches) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Batches) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Batches) Card() kit.Card { return s.list.card("batches", s.actions) }

func (s *Batches) cannotAssign() string {
	if s.env.Forms.AssignBatch == nil {
		return "not available here"
	}
	return s.list.needRow()
}

func (s *Batches) assign() kit.Effect {
	b, _, _ := s.list.current()
	return kit.Effect{Push: s.env.Forms.AssignBatch(s.env, b)}
}

func (s *Batches) open() kit.Effect {
	b, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Open: kit.Open{View: kit.DevicesView, Filter: cellFilter("batch", string(b.ID)), Above: true}}
}

// cellFilter is the filter for rows whose cell is this text. A text with a quote
// inside cannot be quoted; then its words have to do.
func cellFilter(column, text string) string {
	text = model.Clean(text)
	if strings.Contains(text, `"`) {
		return strings.ReplaceAll(text, `"`, " ")
	}
	return column + `:"` + text + `"`
}
