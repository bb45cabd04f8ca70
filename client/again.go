package client

import (
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
