package screen

import (
	"iter"
	"slices"
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
	actions := batchActions(env, s.batch)
	actions[0].Name, actions[0].Help = "open", "All that is known of the batch; Enter there shows its devices."
	actions[0].Do = s.open
	s.actions = slices.Concat(actions, s.list.looks(), s.list.moves())
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

// batch is the one under the cursor.
func (s *Batches) batch() (model.DeviceBatch, bool) {
	b, _, ok := s.list.current()
	return b, ok
}

func (s *Batches) open() kit.Effect {
	b, ok := s.batch()
	if !ok {
		return kit.Effect{}
	}
	d := NewBatch(s.env, b, s.list.began)
	d.follow(source{began: s.list.began, kinds: s.list.kinds, read: s.list.refresh})
	return kit.Effect{Push: d}
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
