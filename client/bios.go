package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"muster/client/graph"
	"muster/client/ledger"
	"muster/model"
)

const (
	methodPost  = "POST"
	methodPatch = "PATCH"
)

// spooledBIOS is a new BIOS configuration, or the change of one, as it waits in
// the spool. Its file may hold passwords, so it is erased like a hash.
type spooledBIOS struct {
	New      *model.BIOSConfiguration `json:"new,omitempty"`
	Patch    *model.BIOSPatch         `json:"patch,omitempty"`
	Version  int                      `json:"version,omitempty"` // as the form saw it
	Modified time.Time                `json:"modified,omitzero"`
}

func readSpooledBIOS(spool [][]byte) (spooledBIOS, error) {
	var s spooledBIOS
	if len(spool) != 1 || json.Unmarshal(spool[0], &s) != nil {
		return s, &model.Error{Kind: model.Invalid, Op: "write BIOS configuration", Msg: "what was to be sent is not on disk any more"}
	}
	return s, nil
}

// CreateBIOS writes down a new BIOS configuration and begins to send it.
func (c *Client) CreateBIOS(ctx context.Context, to model.Customer, b model.BIOSConfiguration) (model.OperationID, error) {
	if err := b.ValidateOverride(); err != nil {
		return "", err
	}
	return c.recordBIOS(ctx, ledger.Intent{Kind: model.CreateBIOS, Customer: to.ID, CustomerName: to.Name,
		Title: "new BIOS configuration " + model.Clean(b.Name)}, b.Name, spooledBIOS{New: &b})
}

// EditBIOS writes down a change of a BIOS configuration and begins to send it.
// was is what the operator saw; somebody else's change since then refuses it.
func (c *Client) EditBIOS(ctx context.Context, to model.Customer, was model.BIOSConfiguration, p model.BIOSPatch) (model.OperationID, error) {
	const op = "edit BIOS configuration"
	if p.Empty() {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "nothing was changed"}
	}
	return c.recordBIOS(ctx, ledger.Intent{Kind: model.EditBIOS, Customer: to.ID, CustomerName: to.Name,
		Title: "edit BIOS configuration " + model.Clean(was.Name), Target: string(was.ID)}, was.Name,
		spooledBIOS{Patch: &p, Version: was.Version, Modified: was.Modified})
}

func (c *Client) recordBIOS(ctx context.Context, in ledger.Intent, name string, s spooledBIOS) (model.OperationID, error) {
	op := in.Kind.String()
	if !in.Customer.Valid() {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return "", &model.Error{Kind: model.Unexpected, Op: op, Msg: "it cannot be written down"}
	}
	in.Rows = []ledger.IntentRow{{Row: model.Row{Name: model.Clean(name)}, Body: body}}
	return book.Record(ctx, in)
}

// ReadBIOS reads one BIOS configuration with its content.
func (c *Client) ReadBIOS(ctx context.Context, customer model.CustomerID, id model.BIOSID) (model.BIOSConfiguration, error) {
	g, err := c.graph(customer)
	if err != nil {
		return model.BIOSConfiguration{}, err
	}
	return g.BIOSConfiguration(ctx, id)
}

func (c *Client) graph(customer model.CustomerID) (*graph.Client, error) {
	if c.o.Graph == nil {
		return nil, &model.Error{Kind: model.NoBackend, Op: "reach Intune", Msg: "this connection has no address for Microsoft Graph"}
	}
	return c.o.Graph(customer)
}

// creations sends new BIOS configurations.
type creations struct{ c *Client }

func (b creations) method(ctx context.Context, r *runner, _ []ledger.Chunk, next ledger.Chunk) (string, step, error) {
	word, err := creation(next, func() ([]string, error) {
		g, s, err := b.c.openSpooled(ctx, r, next)
		if err != nil || s.New == nil {
			return nil, err
		}
		return biosNamed(ctx, g, *s.New)
	})
	return word, step{}, err
}

// biosNamed returns the ids of the BIOS configurations with the name and the file name
// of one. A list may leave the files themselves out.
func biosNamed(ctx context.Context, g *graph.Client, want model.BIOSConfiguration) ([]string, error) {
	var ids []string
	for page, err := range g.BIOSConfigurations(ctx) {
		if err != nil {
			return nil, err
		}
		for _, have := range page {
			if have.Name == model.Clean(want.Name) && have.FileName == model.Clean(want.FileName) {
				ids = append(ids, string(have.ID))
			}
		}
	}
	return ids, nil
}

func (b creations) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, s, err := b.c.openSpooled(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	if s.New == nil {
		return receipt{}, &model.Error{Kind: model.Invalid, Op: "create BIOS configuration", Msg: "there is nothing to send"}
	}
	made, err := g.CreateBIOS(ctx, *s.New, next.Job.RequestID)
	if err != nil {
		return receipt{}, err
	}
	return receipt{done: written(made, onlyRow, "created")}, nil
}

// find looks for one that is like the one that was sent, file included: names
// may stand twice.
func (b creations) find(ctx context.Context, o model.Operation, rows []model.Row, spool [][]byte) ([]ledger.Result, error) {
	g, err := b.c.graph(o.Customer)
	if err != nil {
		return nil, err
	}
	s, err := readSpooledBIOS(spool)
	if err != nil || s.New == nil || len(rows) != 1 {
		return nil, err
	}
	older, err := b.c.olderTwins(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	ids, err := biosNamed(ctx, g, *s.New)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if older[id] {
			continue
		}
		full, err := g.BIOSConfiguration(ctx, model.BIOSID(id))
		if err != nil {
			return nil, err
		}
		if bytes.Equal(full.Content, s.New.Content) {
			return written(full, rows[0].Number, "found at the service; the answer was lost"), nil
		}
	}
	return nil, nil
}

// edits sends changes of BIOS configurations.
type edits struct{ c *Client }

func (edits) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodPatch, step{}, nil
}

// send reads the configuration once more before it changes it: the service has no
// ETag, so this is all that stands between two operators.
func (b edits) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, s, err := b.c.openSpooled(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	if s.Patch == nil {
		return receipt{}, &model.Error{Kind: model.Invalid, Op: "edit BIOS configuration", Msg: "there is nothing to send"}
	}
	id := model.BIOSID(r.op.Target)
	now, err := g.BIOSConfiguration(ctx, id)
	if err != nil {
		return receipt{}, err
	}
	if now.Version != s.Version || !now.Modified.Equal(s.Modified) {
		return receipt{}, changedSince("edit BIOS configuration",
			fmt.Sprintf("somebody changed it since you opened it (version %d, now %d)", s.Version, now.Version), "open it again and look at what is different")
	}
	made, err := g.UpdateBIOS(ctx, id, *s.Patch, next.Job.RequestID)
	if err != nil {
		return receipt{}, err
	}
	return receipt{done: written(made, onlyRow, "changed")}, nil
}

// find reads the configuration and compares what was to be changed.
func (b edits) find(ctx context.Context, o model.Operation, rows []model.Row, spool [][]byte) ([]ledger.Result, error) {
	g, err := b.c.graph(o.Customer)
	if err != nil {
		return nil, err
	}
	s, err := readSpooledBIOS(spool)
	if err != nil || s.Patch == nil || len(rows) != 1 {
		return nil, err
	}
	now, err := g.BIOSConfiguration(ctx, model.BIOSID(o.Target))
	if err != nil {
		return nil, err
	}
	if !now.Patch(now.Apply(*s.Patch)).Empty() {
		return nil, nil
	}
	return written(now, rows[0].Number, "found at the service; the answer was lost"), nil
}

func (c *Client) openSpooled(ctx context.Context, r *runner, next ledger.Chunk) (*graph.Client, spooledBIOS, error) {
	g, err := c.graph(r.op.Customer)
	if err != nil {
		return nil, spooledBIOS{}, err
	}
	bodies, err := r.book.Spool(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return nil, spooledBIOS{}, err
	}
	s, err := readSpooledBIOS(bodies)
	return g, s, err
}

// onlyRow is the number of the row of an operation that has one.
const onlyRow = 1

func written(b model.BIOSConfiguration, row int, how string) []ledger.Result {
	return []ledger.Result{{Number: row, State: model.RowDone, Object: string(b.ID), Text: fmt.Sprintf("%s, version %d", how, b.Version)}}
}
