package uitest

import (
	"context"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// Still is a backend that answers from its fields and never changes by itself: for
// tests of a single screen. Journeys take a real one.
type Still struct {
	CustomerList []model.Customer
	BatchList    []model.DeviceBatch
	DevicePages  []model.DevicePage
	PolicyList   []model.ConfigurationPolicy
	BIOSList     []model.BIOSConfiguration
	Board        *model.Board
	RowList      []model.Row
	RequestList  []model.Request
	Items        map[string]string // JSON by id; nil for a backend that reads no single objects
	// Err ends every reading but that of policies, after what there is to read.
	Err error
	// PolicyErr ends the reading of policies.
	PolicyErr error

	mu      sync.Mutex
	changed chan struct{} // closed when there is a newer board
	decided []string
}

// Decided returns what was decided, in order: "resume ID", "drop ID", "retry ID".
func (s *Still) Decided() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.decided)
}

func (s *Still) decide(what string, id model.OperationID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decided = append(s.decided, what+" "+string(id))
}

// Publish brings out a newer board.
func (s *Still) Publish(b *model.Board) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Board = b
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// board returns the board and a channel that is closed when there is a newer one.
func (s *Still) board() (*model.Board, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.Board, s.changed
}

// Backend returns the faces of s, and an Intune without devices.
func (s *Still) Backend() kit.Backend {
	intune := &StillAutopilot{}
	b := kit.Backend{Reader: s, Batch: s, Writer: s, Journal: s, Files: s, Requests: s, Autopilot: intune, Profiles: intune}
	if s.Items != nil {
		b.Items = s
	}
	return b
}

// ReadItem implements kit.Items.
func (s *Still) ReadItem(_ context.Context, _ model.CustomerID, ref model.ItemRef) (model.Item, error) {
	raw, ok := s.Items[ref.ID]
	if !ok {
		return model.Item{}, &model.Error{Kind: model.NotFound, Op: "read " + ref.Kind.String(), Msg: "it is gone"}
	}
	return model.ParseItem(ref, []byte(raw), Noon())
}

// Requests implements kit.RequestLog.
func (s *Still) Requests() []model.Request { return s.RequestList }

func once[T any](items []T, err error) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		if len(items) > 0 && !yield(items, nil) {
			return
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// Customers implements kit.Reader.
func (s *Still) Customers(context.Context) iter.Seq2[[]model.Customer, error] {
	return once(s.CustomerList, s.Err)
}

// Batches implements kit.Reader.
func (s *Still) Batches(context.Context, model.CustomerID) ([]model.DeviceBatch, error) {
	return s.BatchList, s.Err
}

// Devices implements kit.Reader.
func (s *Still) Devices(context.Context, model.CustomerID) iter.Seq2[model.DevicePage, error] {
	return func(yield func(model.DevicePage, error) bool) {
		for _, p := range s.DevicePages {
			if !yield(p, nil) {
				return
			}
		}
		if s.Err != nil {
			yield(model.DevicePage{}, s.Err)
		}
	}
}

// BatchDevices implements kit.BatchReader.
func (s *Still) BatchDevices(_ context.Context, _ model.CustomerID, b model.BatchID) iter.Seq2[[]model.Device, error] {
	var in []model.Device
	for _, p := range s.DevicePages {
		for _, d := range p.Devices {
			if d.Batch == b {
				in = append(in, d)
			}
		}
	}
	return once(in, s.Err)
}

// Device implements kit.BatchReader.
func (s *Still) Device(ctx context.Context, c model.CustomerID, b model.BatchID, id model.DeviceID) (model.Device, error) {
	for page, err := range s.BatchDevices(ctx, c, b) {
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

// Policies implements kit.Reader.
func (s *Still) Policies(context.Context, model.CustomerID) ([]model.ConfigurationPolicy, error) {
	return s.PolicyList, s.PolicyErr
}

// BIOSConfigurations implements kit.Reader.
func (s *Still) BIOSConfigurations(context.Context, model.CustomerID) iter.Seq2[[]model.BIOSConfiguration, error] {
	return once(s.BIOSList, s.Err)
}

var errStill = &model.Error{Kind: model.Refused, Op: "write", Msg: "this backend only reads"}

// Assign implements kit.Writer.
func (s *Still) Assign(context.Context, model.Assignment) (model.OperationID, error) {
	return "", errStill
}

// Upload implements kit.Writer.
func (s *Still) Upload(context.Context, model.Upload) (model.OperationID, error) { return "", errStill }

// CreateBIOS implements kit.Writer.
func (s *Still) CreateBIOS(context.Context, model.Customer, model.BIOSConfiguration) (model.OperationID, error) {
	return "", errStill
}

// EditBIOS implements kit.Writer.
func (s *Still) EditBIOS(context.Context, model.Customer, model.BIOSConfiguration, model.BIOSPatch) (model.OperationID, error) {
	return "", errStill
}

// ReadBIOS implements kit.Writer.
func (s *Still) ReadBIOS(_ context.Context, _ model.CustomerID, id model.BIOSID) (model.BIOSConfiguration, error) {
	for _, b := range s.BIOSList {
		if b.ID == id {
			return b, nil
		}
	}
	return model.BIOSConfiguration{}, &model.Error{Kind: model.NotFound, Op: "read BIOS configuration", Msg: "it is gone"}
}

// WatchBoard implements kit.Journal.
func (s *Still) WatchBoard(ctx context.Context, rev uint64) (*model.Board, error) {
	for {
		b, changed := s.board()
		if b != nil && b.Rev > rev {
			return b, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Rows implements kit.Journal.
func (s *Still) Rows(context.Context, model.OperationID) ([]model.Row, error) {
	return s.RowList, s.Err
}

// Resume implements kit.Journal.
func (s *Still) Resume(_ context.Context, id model.OperationID) error {
	s.decide("resume", id)
	return nil
}

// Drop implements kit.Journal.
func (s *Still) Drop(_ context.Context, id model.OperationID) error {
	s.decide("drop", id)
	return nil
}

// Retry implements kit.Journal.
func (s *Still) Retry(_ context.Context, id model.OperationID) (int, error) {
	s.decide("retry", id)
	return 1, nil
}

// Open implements kit.Files.
func (s *Still) Open(context.Context, string, int64) (io.ReadCloser, int64, error) {
	return nil, 0, &model.Error{Kind: model.NotFound, Op: "open file", Msg: "there are no files here"}
}

// Complete implements kit.Files.
func (s *Still) Complete(context.Context, string, int) ([]string, error) { return nil, nil }

// Noon is the time of every test with a fixed clock.
func Noon() time.Time { return time.Date(2026, 11, 23, 13, 2, 0, 0, time.UTC) }

// Env returns an environment on a backend with a fixed clock, one hour east of UTC.
func Env(ctx context.Context, b kit.Backend) *kit.Env {
	env := kit.NewEnv(ctx, b)
	env.Now, env.Zone = Noon, time.FixedZone("CET", 3600)
	env.Width, env.Height = 80, 24
	return env
}

// Run does what an effect asks for, commands one after the other with their answers
// going to the screen, until nothing follows. It returns what reached beyond the
// screen: pushes, toasts and the like, the last of each. Commands that wait for ever
// do not belong here.
func Run(s kit.Screen, e kit.Effect) kit.Effect {
	all := e
	all.Cmd = nil
	queue := []tea.Cmd{e.Cmd}
	for len(queue) > 0 {
		cmd := queue[0]
		queue = queue[1:]
		if cmd == nil {
			continue
		}
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			queue = append([]tea.Cmd(batch), queue...)
			continue
		}
		if msg == nil {
			continue
		}
		next := s.Update(msg)
		for _, key := range next.Keys {
			queue = append(queue, s.Update(key).Cmd)
		}
		queue = append(queue, next.Cmd)
		merge(&all, next)
	}
	return all
}

func merge(all *kit.Effect, e kit.Effect) {
	if e.Push != nil {
		all.Push = e.Push
	}
	if e.Toast.Text != "" {
		all.Toast = e.Toast
	}
	if e.Open.View != kit.NoView {
		all.Open = e.Open
	}
	if e.Visit != nil {
		all.Visit = e.Visit
	}
	if e.Partner != nil {
		all.Partner = e.Partner
	}
	if e.Fleet != nil {
		all.Fleet = e.Fleet
	}
	all.Pop = all.Pop || e.Pop
	all.Quit = all.Quit || e.Quit
}
