package client

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"muster/client/graph"
	"muster/client/ledger"
	"muster/model"
)

// importChunk is how many devices go to Intune in one request unless told
// otherwise. No limit is published; single requests were throttled after 60.
const importChunk = 100

// spooledImport is a device as it waits in the spool for its import.
type spooledImport struct {
	Serial string `json:"serial,omitempty"`
	Key    string `json:"key,omitempty"`
	Hash   string `json:"hash,omitempty"`
	Tag    string `json:"tag,omitempty"`
	User   string `json:"user,omitempty"`
}

// ImportAutopilot writes down that devices of a list are registered straight with
// Intune and begins to send them. Rows without a group tag of their own get the
// upload's batch as tag, which may be "".
func (c *Client) ImportAutopilot(ctx context.Context, u model.Upload) (model.OperationID, error) {
	const op = "import Autopilot devices"
	if err := u.ValidateImport(graph.MaxImport); err != nil {
		return "", err
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	draft := book.Draft(ledger.Intent{Kind: model.ImportAutopilot, Customer: u.Customer, CustomerName: u.CustomerName, Source: model.Clean(u.Source),
		Title: "import " + plural(u.Count, "Autopilot device"), Chunk: cmp.Or(u.Chunk, importChunk)})
	defer draft.Discard()
	seen, n := map[string]bool{}, 0
	for r, err := range u.Rows {
		if err == nil {
			err = r.ValidateImport()
		}
		if err != nil {
			return "", err
		}
		serial := strings.ToUpper(r.Serial())
		if serial != "" && seen[serial] {
			return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "serial " + model.Clean(r.Serial()) + " stands twice in the list"}
		}
		seen[serial] = true
		row, err := importRow(u.Batch, r)
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

// importRow is a device as it is written down. The serial inside the hash is sent
// beside it, since it is how the ticket is recognised.
func importRow(tag model.BatchID, r model.UploadRow) (ledger.IntentRow, error) {
	if r.GroupTag == "" {
		r.GroupTag = string(tag)
	}
	body, err := json.Marshal(spooledImport{Serial: r.Serial(), Key: r.Identity.ProductKey.Reveal(), Hash: r.Identity.Hash.Reveal(), Tag: r.GroupTag, User: r.User})
	if err != nil {
		return ledger.IntentRow{}, &model.Error{Kind: model.Unexpected, Op: "import Autopilot devices", Msg: "a row cannot be written down"}
	}
	return ledger.IntentRow{Body: body, SentSerial: r.Serial() != "", Row: model.Row{Line: r.Line, Serial: r.Serial(),
		Target: model.Clean(r.GroupTag), KeySum: r.Identity.ProductKey.Digest(), HashSum: r.Identity.Hash.Digest()}}, nil
}

// imports registers devices with Intune. The request id of a chunk is the import id
// of its tickets, so that these can be told from everybody else's.
type imports struct{ c *Client }

func (imports) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodPost, step{}, nil
}

func (m imports) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, rows, err := m.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	bodies, err := r.book.Spool(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return receipt{}, err
	}
	devices, err := unspoolImports(bodies)
	if err != nil {
		return receipt{}, err
	}
	if len(devices) != len(rows) {
		return receipt{}, &model.Error{Kind: model.Invalid, Op: r.op.Word, Msg: "what was to be sent is not on disk any more"}
	}
	tickets, err := g.ImportDevices(ctx, devices, next.Job.RequestID, next.Job.RequestID)
	if err != nil {
		return receipt{}, err
	}
	p := &parts{}
	mine := ticketsBySerial(tickets, next.Job.RequestID)
	for i, row := range rows {
		p.taken = append(p.taken, row.Number)
		t, ok := mine[strings.ToUpper(row.Serial)]
		if !ok && row.Serial == "" && tickets[i].Serial == "" { // nothing else than its place tells it
			t, ok = tickets[i], true
		}
		if ok {
			p.news = append(p.news, ledger.Result{Number: row.Number, Ticket: t.ID, Text: taken})
		}
	}
	return receipt{parts: p}, nil
}

func unspoolImports(bodies [][]byte) ([]graph.ImportRow, error) {
	out := make([]graph.ImportRow, len(bodies))
	for i, b := range bodies {
		var s spooledImport
		if json.Unmarshal(b, &s) != nil {
			return nil, &model.Error{Kind: model.Unexpected, Op: "read spool", Msg: "the spool holds something else than a device"}
		}
		out[i] = graph.ImportRow{GroupTag: s.Tag, User: s.User,
			Identity: model.Identity{Serial: s.Serial, ProductKey: model.NewSecret(s.Key), Hash: model.NewSecret(s.Hash)}}
	}
	return out, nil
}

// taken says of a row that its ticket was made, and nothing more.
const taken = "Intune took it in"

// importing says of a row that its ticket was seen to move.
const importing = "Intune is working on it"

// ticketsBySerial sorts the tickets of one request. When a retry has made a second
// one for a machine, the one that says most counts: registered, then on its way.
func ticketsBySerial(tickets []model.ImportedDevice, request string) map[string]model.ImportedDevice {
	out := map[string]model.ImportedDevice{}
	for _, t := range tickets {
		serial := strings.ToUpper(strings.TrimSpace(t.Serial))
		if !strings.EqualFold(t.Import, request) || serial == "" {
			continue
		}
		have, twice := out[serial]
		if !twice || t.Done() && !have.Done() || !t.Ended() && have.Ended() && !have.Done() {
			out[serial] = t
		}
	}
	return out
}

// look reads the tickets of all imports once.
func (m imports) look(ctx context.Context, v *view, o model.Operation, rows []model.Row) ([]ledger.Result, error) {
	tickets, err := v.imports(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[model.ImportID]model.ImportedDevice, len(tickets))
	for _, t := range tickets {
		byID[t.ID] = t
	}
	mine, jobs := map[int]map[string]model.ImportedDevice{}, jobsOf(o)
	var out []ledger.Result
	for _, row := range rows {
		if mine[row.Chunk] == nil {
			mine[row.Chunk] = ticketsBySerial(tickets, jobs[row.Chunk].RequestID)
		}
		t, ok := byID[row.Ticket]
		if !ok {
			t, ok = mine[row.Chunk][strings.ToUpper(row.Serial)]
		}
		switch {
		case ok:
			out = append(out, importResult(row, t))
		case row.Ticket != "" && row.Text == importing: // it was listed before, so it is gone now
			res, found, err := m.withoutTicket(ctx, v, row)
			if err != nil {
				return out, err
			}
			if found {
				out = append(out, res)
			}
		}
	}
	return out, nil
}

// importResult says what a ticket says about its row.
func importResult(row model.Row, t model.ImportedDevice) ledger.Result {
	r := ledger.Result{Number: row.Number, Ticket: t.ID, By: model.BySerial}
	switch {
	case !t.Ended():
		r.Text = importing
	case t.Done():
		r.State, r.Autopilot, r.Text = model.RowDone, t.Registration, "registered"
	default:
		r.State, r.Code, r.CodeName = model.RowFailed, t.Code, t.Name
		if m, ok := model.MeaningOf(t.Code, t.Name); ok {
			r.Text, r.What = m.Text, m.What
			break
		}
		r.Text = strings.TrimSpace(fmt.Sprintf("the ticket ended as %s %s %s", model.Clean(t.Status), t.Code, t.Name))
	}
	return r
}

// withoutTicket looks for the device of a ticket that somebody has removed.
func (m imports) withoutTicket(ctx context.Context, v *view, row model.Row) (ledger.Result, bool, error) {
	g, err := v.graph()
	if err != nil || row.Serial == "" {
		return ledger.Result{}, false, err
	}
	devices, err := g.FindAutopilot(ctx, row.Serial)
	if err != nil || len(devices) != 1 {
		return ledger.Result{}, false, err
	}
	return ledger.Result{Number: row.Number, State: model.RowDone, Autopilot: devices[0].ID, By: model.BySerial,
		Text: "registered; somebody removed its ticket"}, true, nil
}

func (imports) late() (text, what string) {
	return "Intune took the device and has not said yet what became of it; it gives no deadline", "look for the device by its serial later"
}
