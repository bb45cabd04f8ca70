package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// before is when Intune had been synced before an operation asked for it.
type before struct {
	Manual time.Time `json:"manual,omitzero"`
	Last   time.Time `json:"last,omitzero"`
}

// SyncAutopilot writes down that Intune is asked for a sync and begins to send it.
// Inside of [model.SyncPause] after the last one, or while one runs, it is refused
// and nothing is written down: a request would only be answered with a 429 that is
// no overload.
func (c *Client) SyncAutopilot(ctx context.Context, to model.Customer) (model.OperationID, error) {
	const op = "sync Autopilot"
	if !to.ID.Valid() {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	s, err := c.AutopilotSettings(ctx, to.ID)
	if err != nil {
		return "", err
	}
	if s.Syncing() {
		return "", &model.Error{Kind: model.Conflict, Op: op, Msg: "a sync is under way", Hint: "wait until it has ended"}
	}
	now := c.o.Now()
	if next := s.NextSync(now); !next.IsZero() {
		return "", &model.Error{Kind: model.Throttled, Op: op,
			Msg:  fmt.Sprintf("Intune takes one sync in %d minutes; the next one in %s", int(model.SyncPause.Minutes()), next.Sub(now).Round(time.Second)),
			Hint: "try again after " + next.Local().Format("15:04:05")}
	}
	was, err := json.Marshal(before{s.LastManualSync, s.LastSync})
	if err != nil {
		return "", &model.Error{Kind: model.Unexpected, Op: op, Msg: "it cannot be written down"}
	}
	return book.Record(ctx, ledger.Intent{Kind: model.SyncAutopilot, Customer: to.ID, CustomerName: to.Name, Title: "sync Autopilot",
		Rows: []ledger.IntentRow{{Row: model.Row{Name: "sync", Previous: string(was)}}}})
}

// syncs asks for a sync.
type syncs struct{ c *Client }

func (syncs) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return methodPost, step{}, nil
}

// send never sends a sync again by itself: a 429 says that somebody was faster, a
// 409 that a sync is under way, which is what was asked for.
func (s syncs) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, rows, err := s.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	p := &parts{}
	err = g.Sync(ctx, next.Job.RequestID)
	switch e := model.AsError(err); {
	case e != nil && e.Kind == model.Conflict:
		p.add(rows[0], nil)
	case e != nil && e.Kind == model.Throttled:
		p.done = append(p.done, failedRow(rows[0].Number, e))
	default:
		if wait := p.add(rows[0], err); wait != nil {
			return receipt{}, wait
		}
	}
	return receipt{parts: p}, nil
}

// look reads whether a sync that began after the asking has ended.
func (s syncs) look(ctx context.Context, v *view, _ model.Operation, rows []model.Row) ([]ledger.Result, error) {
	g, err := v.graph()
	if err != nil {
		return nil, err
	}
	now, err := g.AutopilotSettings(ctx)
	if err != nil {
		return nil, err
	}
	var out []ledger.Result
	for _, row := range rows {
		var was before
		_ = json.Unmarshal([]byte(row.Previous), &was) // zero = never synced before
		begun, ended := now.LastManualSync.After(was.Manual), now.LastSync.After(was.Last)
		switch {
		case now.Syncing():
			out = append(out, ledger.Result{Number: row.Number, Text: "the sync is under way"})
		case now.Status == "failed" && begun:
			out = append(out, ledger.Result{Number: row.Number, State: model.RowFailed, Text: "the sync failed; the service gave no reason", What: "ask again in ten minutes"})
		case now.Status == "completed" && ended:
			out = append(out, ledger.Result{Number: row.Number, State: model.RowDone, Text: "the sync has ended"})
		}
	}
	return out, nil
}

func (syncs) late() (text, what string) {
	return "Intune took the request and does not say that the sync has ended", "look at the settings later"
}
