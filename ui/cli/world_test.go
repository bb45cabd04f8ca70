package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/ui/cli"
	"muster/ui/kit"
)

const (
	contoso  = model.CustomerID("11111111-1111-1111-1111-111111111111")
	fabrikam = model.CustomerID("22222222-2222-2222-2222-222222222222")
	kiosk    = model.PolicyID("33333333-3333-3333-3333-333333333333")
	office   = model.PolicyID("44444444-4444-4444-4444-444444444444")
)

// world is a backend in memory. Its board moves one step each time somebody who
// has seen the present one waits for the next; without steps it stands still.
type world struct {
	customers   []model.Customer
	batches     []model.DeviceBatch
	pages       []model.DevicePage
	policies    []model.ConfigurationPolicy
	bios        []model.BIOSConfiguration
	listErr     error // ends every list after what is there
	readOnly    bool
	connectErr  error
	writeErr    error
	noPrune     bool
	pagesOf     map[model.CustomerID][]model.DevicePage // instead of pages
	errOf       map[model.CustomerID]error              // ends the devices of one customer
	customerErr error                                   // ends the customers

	intune kit.Autopilot // nil = the backend has none

	operations []model.Operation // newest first
	rows       map[model.OperationID][]model.Row
	steps      []func(*world)
	rev        uint64
	waiting    string // why nothing moves, as the board says it

	uploads     []model.Upload
	sent        [][]model.UploadRow // of each upload
	assignments []model.Assignment
	resumed     []model.OperationID
	dropped     []model.OperationID
	retried     []model.OperationID
	made        []model.ConfigurationPolicy
	edits       [][2]model.ConfigurationPolicy
	deleted     []model.ConfigurationPolicy
	removed     []model.Device
	freed       []model.Device // of their policy
	undone      []model.UndoPlan
	adopted     []model.JobID
	plan        model.UndoPlan
	planErr     error
	pruned      time.Duration
	targets     []cli.Target
	closed      int
}

func newWorld() *world {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	return &world{
		customers: []model.Customer{{ID: contoso, Name: "Contoso", Domain: "contoso.example"}},
		batches:   []model.DeviceBatch{{ID: "Spring 1", Devices: 2, Created: noon}, {ID: "b2", Devices: model.CountUnknown}},
		pages: []model.DevicePage{
			{Batch: "Spring 1", Devices: []model.Device{
				{ID: "d-1", Batch: "Spring 1", Serial: "SN1", Maker: "Dell Inc.", Model: "Latitude", Policy: model.PolicyRef{Value: string(office)}, Uploaded: noon},
				{ID: "d-2", Batch: "Spring 1", Serial: "SN2"},
			}},
			{Batch: "b2", Devices: []model.Device{{ID: "d-3", Batch: "b2", Serial: "SN\x1b[31m3", Policy: model.PolicyRef{Value: "made elsewhere"}}}},
		},
		policies: []model.ConfigurationPolicy{
			{ID: kiosk, Name: "Kiosk", Assigned: model.CountUnknown, Settings: []model.Setting{model.SettingSkipEULA}},
			{ID: office, Name: "Office", Assigned: 4},
		},
		bios: []model.BIOSConfiguration{{ID: "55555555-5555-5555-5555-555555555555", Name: "Lab", FileName: "lab.cctk", Format: model.FormatDell, Version: 2, Content: []byte("[cctk]\nsecret=1")}},
		rows: map[model.OperationID][]model.Row{},
		rev:  1,
	}
}

func list[T any](items []T, err error) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		if !yield(items, nil) || err == nil {
			return
		}
		yield(nil, err)
	}
}

func (w *world) Customers(context.Context) iter.Seq2[[]model.Customer, error] {
	return list(w.customers, w.customerErr)
}

func (w *world) Batches(context.Context, model.CustomerID) ([]model.DeviceBatch, error) {
	return w.batches, nil
}

func (w *world) Policies(context.Context, model.CustomerID) ([]model.ConfigurationPolicy, error) {
	return w.policies, nil
}

func (w *world) BIOSConfigurations(context.Context, model.CustomerID) iter.Seq2[[]model.BIOSConfiguration, error] {
	return list(w.bios, w.listErr)
}

func (w *world) Devices(ctx context.Context, c model.CustomerID) iter.Seq2[model.DevicePage, error] {
	pages, err := w.pages, w.listErr
	if w.pagesOf != nil {
		pages = w.pagesOf[c]
	}
	if w.errOf[c] != nil {
		err = w.errOf[c]
	}
	return func(yield func(model.DevicePage, error) bool) {
		for _, p := range pages {
			if ctx.Err() != nil || !yield(p, ctx.Err()) {
				return
			}
		}
		if err != nil {
			yield(model.DevicePage{}, err)
		}
	}
}

// BatchDevices ends with the list's error in the batch of the last page.
func (w *world) BatchDevices(_ context.Context, _ model.CustomerID, b model.BatchID) iter.Seq2[[]model.Device, error] {
	return func(yield func([]model.Device, error) bool) {
		for _, p := range w.pages {
			if p.Batch == b && !yield(p.Devices, nil) {
				return
			}
		}
		if w.listErr != nil && w.pages[len(w.pages)-1].Batch == b {
			yield(nil, w.listErr)
		}
	}
}

// Device implements kit.BatchReader.
func (w *world) Device(ctx context.Context, c model.CustomerID, b model.BatchID, id model.DeviceID) (model.Device, error) {
	for page, err := range w.BatchDevices(ctx, c, b) {
		for _, d := range page {
			if d.ID == id {
				return d, nil
			}
		}
		if err != nil {
			return model.Device{}, err
		}
	}
	return model.Device{}, &model.Error{Kind: model.NotFound, Op: "read device", Msg: "there is no such device"}
}

func (w *world) CreatePolicy(_ context.Context, _ model.Customer, p model.ConfigurationPolicy) (model.OperationID, error) {
	w.made = append(w.made, p)
	return w.write("create 1", 1)
}

func (w *world) EditPolicy(_ context.Context, _ model.Customer, was, want model.ConfigurationPolicy) (model.OperationID, error) {
	w.edits = append(w.edits, [2]model.ConfigurationPolicy{was, want})
	return w.write("edit 1", 1)
}

func (w *world) DeletePolicy(_ context.Context, _ model.Customer, p model.ConfigurationPolicy) (model.OperationID, error) {
	w.deleted = append(w.deleted, p)
	return w.write("delete 1", 1)
}

func (w *world) RemoveDevices(_ context.Context, _ model.Customer, d []model.Device) (model.OperationID, error) {
	w.removed = append(w.removed, d...)
	return w.write("remove 1", len(d))
}

func (w *world) Unassign(_ context.Context, _ model.Customer, d []model.Device) (model.OperationID, error) {
	w.freed = append(w.freed, d...)
	return w.write("unassign 1", len(d))
}

func (w *world) PlanUndo(context.Context, model.OperationID) (model.UndoPlan, error) {
	return w.plan, w.planErr
}

func (w *world) Undo(_ context.Context, p model.UndoPlan) (model.OperationID, error) {
	w.undone = append(w.undone, p)
	return w.write("undo 1", len(p.Devices))
}

func (w *world) Adopt(_ context.Context, _ model.Customer, job model.JobID) (model.OperationID, error) {
	w.adopted = append(w.adopted, job)
	return w.write("adopt 1", 1)
}

func (w *world) Events(context.Context, model.OperationID) ([]model.Event, error) {
	return []model.Event{{At: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), What: "asked", Detail: "of a test"}}, nil
}

// write begins an operation of n rows, or fails as the world says.
func (w *world) write(id model.OperationID, n int) (model.OperationID, error) {
	if w.writeErr != nil {
		return "", w.writeErr
	}
	return w.begin(id, n), nil
}

func (w *world) Upload(_ context.Context, u model.Upload) (model.OperationID, error) {
	if w.writeErr != nil {
		return "", w.writeErr
	}
	var rows []model.UploadRow
	for r, err := range u.Rows {
		if err != nil {
			return "", err
		}
		rows = append(rows, r)
	}
	if len(rows) != u.Count {
		return "", &model.Error{Kind: model.Conflict, Op: "upload", Msg: fmt.Sprintf("%d rows of %d", len(rows), u.Count)}
	}
	w.uploads, w.sent = append(w.uploads, u), append(w.sent, rows)
	return w.begin("upload 1", len(rows)), nil
}

func (w *world) Assign(_ context.Context, a model.Assignment) (model.OperationID, error) {
	if w.writeErr != nil {
		return "", w.writeErr
	}
	w.assignments = append(w.assignments, a)
	return w.begin("assign 1", len(a.Devices)), nil
}

// begin puts a new operation of n unsent rows on the board.
func (w *world) begin(id model.OperationID, n int) model.OperationID {
	o := model.Operation{ID: id, Title: string(id) + " of a test", Customer: contoso, CustomerName: "Contoso", Owned: true, Mine: true, Rows: model.Tally{Queued: n},
		Jobs: []model.Job{{Chunk: 1, Rows: n, RequestID: "request-1"}}}
	w.operations = append([]model.Operation{o}, w.operations...)
	w.rev++
	return id
}

func (w *world) CreateBIOS(context.Context, model.Customer, model.BIOSConfiguration) (model.OperationID, error) {
	return "", io.ErrUnexpectedEOF
}

func (w *world) EditBIOS(context.Context, model.Customer, model.BIOSConfiguration, model.BIOSPatch) (model.OperationID, error) {
	return "", io.ErrUnexpectedEOF
}

func (w *world) ReadBIOS(context.Context, model.CustomerID, model.BIOSID) (model.BIOSConfiguration, error) {
	return model.BIOSConfiguration{}, io.ErrUnexpectedEOF
}

func (w *world) WatchBoard(ctx context.Context, rev uint64) (*model.Board, error) {
	if rev >= w.rev {
		if len(w.steps) == 0 {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		w.steps[0](w)
		w.steps = w.steps[1:]
		w.rev++
	}
	return &model.Board{Rev: w.rev, Waiting: w.waiting, Operations: append([]model.Operation(nil), w.operations...)}, nil
}

func (w *world) Rows(_ context.Context, id model.OperationID) ([]model.Row, error) {
	return w.rows[id], nil
}

func (w *world) Resume(_ context.Context, id model.OperationID) error {
	w.resumed = append(w.resumed, id)
	w.operations[0].Owned, w.operations[0].Mine = true, true
	w.rev++
	return nil
}

func (w *world) Drop(_ context.Context, id model.OperationID) error {
	w.dropped = append(w.dropped, id)
	return nil
}

func (w *world) Retry(_ context.Context, id model.OperationID) (int, error) {
	w.retried = append(w.retried, id)
	t := &w.operations[0].Rows
	n := t.Unknown
	t.Queued, t.Unknown = n, 0
	w.rev++
	return n, nil
}

// pruning is the world's journal when it can forget.
type pruning struct{ *world }

func (p pruning) Prune(_ context.Context, older time.Duration) (int, error) {
	p.pruned = older
	return 3, nil
}

// disk opens real files, for lists that a test wrote.
type disk struct{}

func (disk) Open(_ context.Context, path string, _ int64) (io.ReadCloser, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, &model.Error{Kind: model.Invalid, Op: "open file", Msg: "there is no such file", Err: err}
	}
	info, err := f.Stat()
	return f, info.Size(), err
}

func (disk) Complete(context.Context, string, int) ([]string, error) { return nil, nil }

// set changes the newest operation.
func set(t model.Tally, p model.ChunkPhase, id model.JobID) func(*world) {
	return func(w *world) {
		o := &w.operations[0]
		o.Rows = t
		o.Jobs = []model.Job{{ID: id, Chunk: 1, Rows: t.Total(), Phase: p, State: model.JobProcessing, RequestID: "request-1", Correlation: "correlation-1"}}
	}
}

// run is one command line.
type run struct {
	ctx                     context.Context
	stdin                   string
	inTerminal, outTerminal bool
	errTerminal             bool
	errWidth                int
	env                     map[string]string
	out, err                bytes.Buffer
	simulated               cli.SimulateOptions
	dashboards              int
	simulateErr             error
	stdout                  io.Writer // instead of out
}

// muster carries out a command line, split at blanks, in the world.
func (r *run) muster(t *testing.T, w *world, line string) int {
	t.Helper()
	return r.args(w, strings.Fields(line)...)
}

func (r *run) args(w *world, args ...string) int {
	r.out.Reset()
	r.err.Reset()
	ctx := r.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	var out io.Writer = &r.out
	if r.stdout != nil {
		out = r.stdout
	}
	return cli.Run(ctx, args, cli.Options{
		In: strings.NewReader(r.stdin), Out: out, Err: &r.err, InTerminal: r.inTerminal, OutTerminal: r.outTerminal,
		ErrTerminal: r.errTerminal, ErrWidth: func() int { return r.errWidth },
		Connect: func(_ context.Context, t cli.Target) (kit.Backend, kit.Place, func(context.Context) error, error) {
			w.targets = append(w.targets, t)
			if w.connectErr != nil {
				return kit.Backend{}, kit.Place{}, nil, w.connectErr
			}
			var j kit.Journal = pruning{w}
			if w.noPrune {
				j = w
			}
			place := kit.Place{Connection: "test", Simulated: true, ReadOnly: w.readOnly || t.ReadOnly}
			return kit.Backend{Reader: w, Batch: w, Writer: w, Journal: j, Files: disk{}, Policies: w, Devices: w, Past: w, Autopilot: w.intune}, place, func(context.Context) error { w.closed++; return nil }, nil
		},
		Dashboard: func(context.Context, cli.Target) error { r.dashboards++; return nil },
		Simulate: func(_ context.Context, o cli.SimulateOptions, ready io.Writer) error {
			r.simulated = o
			if _, err := io.WriteString(ready, "{}\n"); err != nil {
				return err
			}
			return r.simulateErr
		},
		Files: disk{}, Version: "1.2.3",
		Now:    func() time.Time { return time.Date(2026, 5, 4, 14, 0, 0, 0, time.FixedZone("CEST", 7200)) },
		Getenv: func(name string) string { return r.env[name] },
	})
}
