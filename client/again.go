package client

import (
	"context"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// maxAttempts is how often a row with a passing fault is sent without being asked
// for, the first time included.
const maxAttempts = 3

// againAfter is how long after a passing fault a row is sent again: longer after
// each attempt.
func againAfter(attempt int) time.Duration {
	const first = 30 * time.Second
	return first << (2 * (attempt - 1))
}

// nextAttempt is a failed row as it is sent again. The error says that what must
// be sent is not known.
func nextAttempt(k model.OperationKind, r model.Row) (ledger.Again, error) {
	again := ledger.Again{Number: r.Number, Target: r.Target}
	if k != model.UploadDevices {
		return again, nil
	}
	var err error
	if again.Body, err = spool(model.Identity{Serial: r.Serial, Maker: r.Maker, Model: r.Model}); err != nil {
		return again, &model.Error{Kind: model.Unexpected, Op: "retry", Msg: "a row cannot be written down"}
	}
	return again, nil
}

// tryAgain lets rows whose results are passing faults go on by themselves, until
// they have had their attempts. A read-only session leaves that to the operator.
func (c *Client) tryAgain(o model.Operation, rows []model.Row, results []ledger.Result) {
	if c.o.ReadOnly {
		return
	}
	at := make(map[int]model.Row, len(rows))
	for _, r := range rows {
		at[r.Number] = r
	}
	for i := range results {
		r := &results[i]
		row := at[r.Number]
		row.State, row.Code, row.CodeName = r.State, r.Code, r.CodeName
		if row.Attempt >= maxAttempts || !row.Again(o.Kind) {
			continue
		}
		if next, err := nextAttempt(o.Kind, row); err == nil {
			next.Due = c.o.Now().Add(c.o.AgainAfter(row.Attempt))
			r.Retry = &next
		}
	}
}

// RetryList sends failed rows again whose hash or product key is erased, with those
// of the list that they came from, see [model.Relist]. Rows that are not in the list
// stay as they are. It returns how many rows were queued, also beside an error: a
// list that breaks off has queued what was found before.
func (c *Client) RetryList(ctx context.Context, id model.OperationID, list model.UploadRows) (int, error) {
	const op = "retry"
	book, err := c.writable(ctx, op)
	if err != nil {
		return 0, err
	}
	if _, err := book.Adopt(ctx, id); err != nil {
		return 0, err
	}
	o, err := book.Operation(ctx, id)
	if err != nil {
		return 0, err
	}
	rows, err := book.Rows(ctx, id)
	if err != nil {
		return 0, err
	}
	wanted := model.Relist(o, rows)
	if wanted.Left() == 0 {
		return 0, &model.Error{Kind: model.Invalid, Op: op, Msg: "no row of this operation needs its list to be sent again"}
	}
	n := 0
	var batch []ledger.Again
	send := func() error {
		err := book.RetryRows(ctx, id, batch)
		if err == nil {
			n += len(batch)
		}
		batch = batch[:0]
		return err
	}
	for u, err := range list {
		if err != nil {
			return n, err
		}
		row, ok := wanted.Take(u)
		if !ok {
			continue
		}
		body, err := spool(u.Identity.Sent())
		if err != nil {
			return n, &model.Error{Kind: model.Unexpected, Op: op, Msg: "a row cannot be written down"}
		}
		if batch = append(batch, ledger.Again{Number: row.Number, Target: row.Target, Body: body}); len(batch) < model.ChunkDevices {
			continue
		}
		if err := send(); err != nil {
			return n, err
		}
	}
	if len(batch) > 0 {
		err = send()
	}
	if err == nil && n == 0 {
		err = &model.Error{Kind: model.NotFound, Op: op, Msg: "none of the rows that failed is in this list", Hint: "give the list that was uploaded"}
	}
	return n, err
}
