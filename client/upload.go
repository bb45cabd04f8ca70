package client

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"muster/client/ledger"
	"muster/client/partner"
	"muster/model"
)

// The two ways in which a chunk of an upload is sent.
const (
	methodCreate = "create"
	methodAppend = "append"
)

// spooled is a device as it waits in the ledger's spool.
type spooled struct {
	Serial string `json:"serial,omitempty"`
	Key    string `json:"key,omitempty"`
	Hash   string `json:"hash,omitempty"`
	Maker  string `json:"maker,omitempty"`
	Model  string `json:"model,omitempty"`
}

func spool(d model.Identity) ([]byte, error) {
	return json.Marshal(spooled{Serial: d.Serial, Key: d.ProductKey.Reveal(), Hash: d.Hash.Reveal(), Maker: d.Maker, Model: d.Model})
}

func unspool(body []byte) (model.Identity, error) {
	var s spooled
	if err := json.Unmarshal(body, &s); err != nil {
		return model.Identity{}, &model.Error{Kind: model.Unexpected, Op: "read spool", Msg: "the spool holds something else than a device"}
	}
	return model.Identity{Serial: s.Serial, ProductKey: model.NewSecret(s.Key), Hash: model.NewSecret(s.Hash), Maker: s.Maker, Model: s.Model}, nil
}

// Upload writes down that these devices go into this batch and begins to send
// them, the first chunk as a new batch when the customer has none of that name.
// The rows are read once, and no more than a few hundred are in memory. A list
// that breaks off, or turns out to have another number of devices, leaves nothing
// behind and sends nothing.
func (c *Client) Upload(ctx context.Context, u model.Upload) (model.OperationID, error) {
	const op = "upload devices"
	if err := u.Validate(); err != nil {
		return "", err
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	draft := book.Draft(ledger.Intent{Kind: model.UploadDevices, Customer: u.Customer, CustomerName: u.CustomerName,
		Title: fmt.Sprintf("upload %s to %s", plural(u.Count, "device"), model.Clean(string(u.Batch))), Target: string(u.Batch),
		Source: model.Clean(u.Source), Chunk: cmp.Or(u.Chunk, c.o.Chunk)})
	defer draft.Discard()
	n := 0
	for r, err := range u.Rows {
		if err == nil {
			err = r.Validate()
		}
		if err != nil {
			return "", err
		}
		row, err := intentRow(u.Batch, r)
		if err != nil {
			return "", err
		}
		if err := draft.Add(ctx, row); err != nil {
			return "", err
		}
		n++
	}
	if n != u.Count {
		return "", &model.Error{Kind: model.Conflict, Op: op, Msg: fmt.Sprintf("the list has %s now, not %d as before; nothing was sent", plural(n, "device"), u.Count)}
	}
	return draft.Commit(ctx)
}

// intentRow is a device as it is written down: what must be sent goes into the
// spool, what remains tells it apart.
func intentRow(batch model.BatchID, r model.UploadRow) (ledger.IntentRow, error) {
	sent, m := r.Identity.Sent(), r.Machine()
	body, err := spool(sent)
	if err != nil {
		return ledger.IntentRow{}, &model.Error{Kind: model.Unexpected, Op: "upload devices", Msg: "a row cannot be written down"}
	}
	return ledger.IntentRow{Body: body, SentSerial: sent.Serial != "", Row: model.Row{Line: r.Line, Serial: m.Serial, Batch: batch,
		KeySum: sent.ProductKey.Digest(), HashSum: sent.Hash.Digest(), Maker: m.Maker, Model: m.Model}}, nil
}

// uploads sends the chunks of an upload.
type uploads struct{ c *Client }

// method appends to a batch that is listed, in the service's spelling, and
// creates one that is not; but while an earlier chunk is creating it, it waits,
// since the batch does not exist before that job has ended.
func (u uploads) method(ctx context.Context, r *runner, chunks []ledger.Chunk, next ledger.Chunk) (string, step, error) {
	if next.Method != "" { // sent before without an answer: the same request again
		return next.Method, step{}, nil
	}
	if r.batch != "" {
		return methodAppend, step{}, nil
	}
	batches, err := u.c.o.Partner.Batches(ctx, r.op.Customer)
	if have, ok := model.FindBatch(batches, model.BatchID(r.op.Target)); ok { // even in a list that is not whole
		r.batch, r.missed = have.ID, time.Time{}
		return methodAppend, step{}, nil
	}
	if err != nil {
		return "", step{}, err
	}
	for _, c := range chunks {
		switch {
		case c.Method != methodCreate:
		case c.Job.Phase == model.ChunkAccepted:
			return "", step{pause: u.c.o.Look, wake: true}, nil
		case c.Job.Phase == model.ChunkEnded && r.missedFor() <= lagging:
			return "", step{pause: u.c.o.Look}, nil
		}
	}
	return methodCreate, step{}, nil
}

func (u uploads) send(ctx context.Context, r *runner, next ledger.Chunk, method string) (receipt, error) {
	bodies, err := r.book.Spool(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return receipt{}, err
	}
	if len(bodies) != next.Job.Rows {
		return receipt{}, &model.Error{Kind: model.Invalid, Op: "upload devices", Msg: "what was to be sent is not on disk any more"}
	}
	devices := make([]model.Identity, len(bodies))
	for i, b := range bodies {
		if devices[i], err = unspool(b); err != nil {
			return receipt{}, err
		}
	}
	var got partner.Accepted
	if method == methodCreate {
		got, err = u.c.o.Partner.CreateBatch(ctx, r.op.Customer,
			model.DeviceBatchCreationRequest{Batch: model.BatchID(r.op.Target), Devices: devices}, next.Job.RequestID)
	} else {
		batch := r.batch
		if batch == "" {
			batch = model.BatchID(r.op.Target)
		}
		got, err = u.c.o.Partner.AppendDevices(ctx, r.op.Customer, batch, devices, next.Job.RequestID)
	}
	return receipt{job: got.Job, correlation: got.Correlation}, err
}

// find looks for the rows' machines in the batch, by serial and by product key.
func (u uploads) find(ctx context.Context, o model.Operation, rows []model.Row, _ [][]byte) ([]ledger.Result, error) {
	batches, err := u.c.o.Partner.Batches(ctx, o.Customer)
	have, ok := model.FindBatch(batches, model.BatchID(o.Target))
	if !ok {
		return nil, err
	}
	serials, keys := map[string][]model.Device{}, map[string]model.DeviceID{}
	var short error // what was read before it is there all the same
	for page, err := range u.c.o.Partner.Devices(ctx, o.Customer, have.ID) {
		if model.KindOf(err) == model.NotFound && err != nil {
			return nil, nil // listed, but not to be read yet
		}
		if err != nil {
			short = err
		}
		for _, d := range page {
			serials[strings.ToUpper(d.Serial)] = append(serials[strings.ToUpper(d.Serial)], d)
			keys[d.ProductKey.Digest()] = d.ID
		}
	}
	delete(keys, "")
	var out []ledger.Result
	for _, row := range rows {
		id, ok := machineOf(row, serials[strings.ToUpper(row.Serial)])
		by := model.BySerial
		if !ok {
			id, ok = keys[row.KeySum]
			by = model.ByKey
		}
		if ok && row.State.Open() {
			out = append(out, ledger.Result{Number: row.Number, State: model.RowDone, By: by, Object: string(id),
				Text: "found in the batch; the answer was lost"})
		}
	}
	return out, short
}

// machineOf finds the row's machine among the devices of its serial.
func machineOf(row model.Row, devices []model.Device) (model.DeviceID, bool) {
	for _, d := range devices {
		if row.Machine().Same(d.Machine()) {
			return d.ID, true
		}
	}
	return "", false
}
