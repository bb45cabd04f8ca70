package screen

import (
	"iter"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

var operationSchema = fleet.Schema{
	{Name: "operation", Title: "OPERATION"}, {Name: "state", Title: "STATE"}, {Name: "rows", Title: "ENDED", Kind: fleet.Count},
	{Name: "failed", Title: "FAILED", Kind: fleet.Count}, {Name: "asked", Title: "ASKED", Kind: fleet.Time}, {Name: "customer", Title: "CUSTOMER"},
}

var operationCols = []table.Col{
	{Name: "operation", Min: 23, Max: 60, Priority: 9},
	{Name: "state", Min: 15, Priority: 8, Tone: operationTone},
	{Name: "rows", Min: 13, Right: true, Priority: 6}, // "12 000/12 000"; the titles give way to more
	{Name: "failed", Min: 6, Right: true, Priority: 7, Tone: failedTone},
	{Name: "asked", Min: 10, Max: 10, Priority: 4},
	{Name: "customer", Min: 12, Max: 30, Priority: 3},
}

// stateTone is the tone of an operation's, a job's or a row's state.
func stateTone(cell string) theme.Tone {
	switch cell {
	case model.OperationRunning.String(), model.RowInFlight.String(), model.RowAccepted.String():
		return theme.AccentTone
	case model.OperationStopped.String(), model.OperationPartly.String(), model.RowUnknown.String(), model.ChunkLost.String():
		return theme.WarnTone
	case model.OperationDone.String():
		return theme.GoodTone
	case model.OperationFailed.String(), model.ChunkRefused.String():
		return theme.BadTone
	case model.OperationCancelled.String(), notSent, model.RowQueued.String(), model.ChunkDropped.String():
		return theme.MutedTone
	}
	return theme.PlainTone
}

// progress is the state of an operation, or while it runs how the service words what
// it does: "queued", "processing 2/4" for two jobs of four.
func progress(o model.Operation) string {
	if o.State() != model.OperationRunning {
		return o.State().String()
	}
	counts := map[model.JobState]int{}
	for _, j := range o.Jobs {
		counts[j.State]++
	}
	for _, state := range []model.JobState{model.JobProcessing, model.JobQueued} {
		switch n := counts[state]; {
		case n > 0 && len(o.Jobs) > 1:
			return state.String() + " " + kit.Count(n) + "/" + kit.Count(len(o.Jobs))
		case n > 0:
			return state.String()
		}
	}
	return o.State().String()
}

// operationTone is the tone of what [progress] says.
func operationTone(cell string) theme.Tone {
	if word, _, _ := strings.Cut(cell, " "); word == model.JobQueued.String() || word == model.JobProcessing.String() {
		return theme.AccentTone
	}
	return stateTone(cell)
}

func failedTone(cell string) theme.Tone {
	if cell == "0" {
		return theme.MutedTone
	}
	return theme.BadTone
}

// Operations lists what was asked for, of the customer or of all, newest first.
type Operations struct {
	env     *kit.Env
	list    *list[model.OperationID]
	all     bool // of all customers, also while one is chosen
	hand    bool // only what needs a hand
	missed  bool // a board came while the former was still being laid out
	newest  bool // the cursor stays on the first row until a key is pressed
	actions []kit.Action
}

// NewOperations returns the list, still empty; Init fills it from the board.
func NewOperations(env *kit.Env) *Operations {
	s := &Operations{env: env}
	s.list = newList(env, s, listing[model.OperationID]{
		one: "operation", many: "operations", idName: "id", whose: env.Place.Connection, schema: operationSchema, cols: operationCols, order: "asked", desc: true, live: true,
		none: []string{"Nothing was asked for yet.", "p on a device assigns a policy, U uploads a device list."},
		pages: func() iter.Seq2[kit.Page[model.OperationID], error] {
			return boardPages(env.Jobs, env.When, s.keeps())
		},
	})
	s.actions = append([]kit.Action{
		{Name: "open", Key: env.Keys.Open, Do: s.open, Off: s.list.needRow, Help: "Its rows, its jobs and why rows failed."},
		{Name: "follow a job", Key: env.Keys.New, Hurt: true, Quiet: true, Do: s.adopt, Off: s.cannotAdopt,
			Help: "Take up a job that was started elsewhere, by its tracking id. Nothing is sent."},
		{Name: "all customers", Key: env.Keys.Pane, Do: s.everybody, Off: s.cannotWiden, Help: "The operations of all customers, or of this one only."},
		{Name: "needs a hand", Key: env.Keys.Attention, Quiet: true, Do: s.attend, Help: "Only what waits for you or was not done in full; again shows all."},
	}, append(append(decisions(env, s, s.operation), s.list.looks()...), s.list.moves()...)...)
	return s
}

// keeps returns what the list is about, for use off the loop.
func (s *Operations) keeps() func(model.Operation) bool {
	whose, hand, now := s.env.Customer.ID, s.hand, s.env.Now()
	if s.all {
		whose = ""
	}
	return func(o model.Operation) bool {
		return (whose == "" || o.Customer == whose) && (!hand || o.NeedsHand(now))
	}
}

func (s *Operations) cannotWiden() string {
	if s.env.Customer.ID == "" {
		return "no customer is chosen: these are all"
	}
	return ""
}

func (s *Operations) everybody() kit.Effect {
	s.all = !s.all
	return s.again()
}

func (s *Operations) attend() kit.Effect {
	s.hand = !s.hand
	return s.again()
}

// again lists anew, after a reading that is under way.
func (s *Operations) again() kit.Effect {
	s.list.none = []string{"Nothing was asked for yet.", "p on a device assigns a policy, U uploads a device list."}
	if s.hand {
		s.list.none = []string{"Nothing needs a hand.", s.env.Keys.Attention.String() + " shows all operations."}
	}
	if s.missed = s.list.reading; s.missed {
		return kit.Effect{}
	}
	return s.list.refresh()
}

// scope says what the list is about.
func (s *Operations) scope() string {
	text := "of this customer"
	if s.all || s.env.Customer.ID == "" {
		text = "of all customers"
	}
	if s.hand {
		text += ", in need of a hand"
	}
	return text
}

func boardPages(b *model.Board, when momentFunc, keep func(model.Operation) bool) iter.Seq2[kit.Page[model.OperationID], error] {
	return func(yield func(kit.Page[model.OperationID], error) bool) {
		var page kit.Page[model.OperationID]
		if b != nil {
			for _, o := range b.Operations {
				if !keep(o) {
					continue
				}
				page.Rows = append(page.Rows, operationRow(o, when))
				page.Items = append(page.Items, o.ID)
			}
			if b.Problem != nil {
				yield(page, b.Problem)
				return
			}
		}
		yield(page, nil)
	}
}

func operationRow(o model.Operation, when momentFunc) fleet.Row {
	t := o.Rows
	failed := kit.Count(t.Failed)
	if t.Unknown > 0 {
		failed += "+" + kit.Count(t.Unknown) + "?"
	}
	return fleet.Row{
		Key: string(o.ID),
		Cells: []string{model.Clean(o.Title), progress(o), kit.Count(t.Ended()-t.Skipped) + "/" + kit.Count(t.Total()), failed,
			when(o.Created), customerOf(o)},
		Sort: []int64{2: int64(t.Total()), 3: int64(t.Failed + t.Unknown), 4: sortTime(o.Created)},
	}
}

// Init implements kit.Screen.
func (s *Operations) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Operations) Update(msg tea.Msg) kit.Effect {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		s.newest = false
	}
	e := s.list.handle(msg, s.actions)
	if s.newest {
		s.list.table.Top()
	}
	switch msg := msg.(type) {
	case kit.RetryableMsg:
		return askAgain(s.env, msg)
	case kit.JobsMsg:
		if s.missed = s.list.reading; !s.missed {
			return s.list.refresh()
		}
	case kit.ListMsg[model.OperationID]:
		if msg.Done && s.missed {
			s.missed = false
			e.Cmd = tea.Batch(e.Cmd, s.list.refresh().Cmd)
		}
	}
	return e
}

// Newest puts the cursor on the newest operation, where it stays as others come until
// a key is pressed. In another order or under a filter it is on the first row.
func (s *Operations) Newest() {
	s.newest = true
	s.list.table.Top()
}

// View implements kit.Screen.
func (s *Operations) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Operations) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Operations) Card() kit.Card {
	c := s.list.card("operations", s.actions)
	c.Facts = append(c.Facts[:len(c.Facts):len(c.Facts)], s.scope())
	return c
}

// operation is the one under the cursor, as the newest board has it.
func (s *Operations) operation() (model.Operation, bool) {
	id, _, ok := s.list.current()
	if !ok {
		return model.Operation{}, false
	}
	return s.env.Jobs.Find(id)
}

func (s *Operations) open() kit.Effect {
	o, ok := s.operation()
	if !ok {
		return kit.Effect{Toast: kit.Toast{Text: "the operation is gone", Tone: theme.WarnTone}}
	}
	return kit.Effect{Push: NewOperation(s.env, o)}
}

// words joins what is not empty with the separator of the theme.
func words(env *kit.Env, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " "+env.Theme.Glyphs.Separator+" ")
}

func (s *Operations) cannotAdopt() string {
	switch {
	case s.env.Forms.Adopt == nil || s.env.Backend.Past == nil:
		return "not available here"
	case s.env.Customer.ID == "":
		return "choose a customer first: " + s.env.Keys.Customers.String()
	}
	return ""
}

func (s *Operations) adopt() kit.Effect { return kit.Effect{Push: s.env.Forms.Adopt(s.env)} }
