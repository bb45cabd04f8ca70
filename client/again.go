package client

import (
	"context"
	"strings"
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

// Settle looks for the devices of an upload of which the service said that they are
// there already (see [model.AlreadyThere]) among all the customer's devices, by
// equality, and counts the rows whose device it finds as done. It returns how many
// those are. With an error of kind Incomplete not all devices could be read: those
// that were found are counted, the others stay failed.
func (c *Client) Settle(ctx context.Context, id model.OperationID) (int, error) {
	const op = "settle"
	book, err := c.writable(ctx, op)
	if err != nil {
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
	rows = model.AlreadyThere(o, rows)
	if len(rows) == 0 {
		return 0, &model.Error{Kind: model.Invalid, Op: op, Msg: "no row of this operation failed because its device is there already"}
	}
	found, short := c.lookFor(ctx, o, rows)
	if ctx.Err() != nil {
		return 0, ended(op, ctx.Err())
	}
	if len(found) > 0 {
		if err := book.Found(ctx, id, found); err != nil {
			return 0, err
		}
	}
	return len(found), short
}

// lookFor finds rows' devices among all that the customer has.
func (c *Client) lookFor(ctx context.Context, o model.Operation, rows []model.Row) (found []ledger.Result, short error) {
	serials, keys := map[string][]model.Row{}, map[string][]model.Row{}
	for _, r := range rows {
		if r.Serial != "" {
			serials[strings.ToUpper(r.Serial)] = append(serials[strings.ToUpper(r.Serial)], r)
		}
		if r.KeySum != "" {
			keys[r.KeySum] = append(keys[r.KeySum], r)
		}
	}
	seen := map[int]bool{}
	note := func(r model.Row, d model.Device) {
		if !seen[r.Number] {
			seen[r.Number] = true
			found = append(found, ledger.Result{Number: r.Number, State: model.RowDone, Object: string(d.ID),
				Text: "already there, in batch " + model.Clean(string(d.Batch)) + "; checked " + c.o.Now().UTC().Format("2006-01-02 15:04 MST")})
		}
	}
	for page, err := range c.Devices(ctx, o.Customer) {
		if err != nil {
			short = err
		}
		for _, d := range page.Devices {
			for _, r := range serials[strings.ToUpper(d.Serial)] {
				if r.Machine().Same(d.Machine()) {
					note(r, d)
				}
			}
			if !d.ProductKey.Empty() {
				for _, r := range keys[d.ProductKey.Digest()] {
					note(r, d)
				}
			}
		}
	}
	return found, short
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
