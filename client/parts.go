package client

import (
	"context"

	"muster/client/graph"
	"muster/client/ledger"
	"muster/model"
)

// parts is what became of the rows of a chunk each of which was a request of its
// own.
type parts struct {
	done  []ledger.Result // final outcomes
	taken []int           // the service took it; the effect is read back
	lost  []int           // no answer was recorded
	news  []ledger.Result // of taken ones, such as their tickets
	again []int           // certainly not carried out; sent again later
	doubt *model.Error    // why the lost ones are lost
	delay *model.Error    // why the others wait

	reroute bool // those that are sent again go by another method, at once
}

// oneByOne sends one request for each row, in order, until one says that the rest
// must wait, or is not there, or the client is closing.
func (c *Client) oneByOne(rows []model.Row, do func(model.Row) error) []error {
	errs := make([]error, len(rows))
	var stop error
	for i, row := range rows {
		if stop == nil && c.isClosing() {
			stop = &model.Error{Kind: model.Cancelled, Op: "send", Msg: "muster is ending"}
		}
		if stop != nil {
			errs[i] = stop
			continue
		}
		if errs[i] = do(row); errs[i] != nil && (waits(asError(errs[i]).Kind) || graph.NoRoute(errs[i])) {
			stop = errs[i]
		}
	}
	return errs
}

// waits reports whether an error of a write says that it was not carried out and
// may be later.
func waits(k model.Kind) bool {
	switch k {
	case model.Throttled, model.Offline, model.Cancelled, model.SignedOut, model.Refused, model.Service:
		return true
	}
	return false
}

// sorted notes what became of rows that were sent at once. errs has one for
// each.
func sorted(rows []model.Row, errs []error) *parts {
	p := &parts{}
	for i, row := range rows {
		if e := p.add(row, errs[i]); e != nil {
			p.wait(rows[i:i+1], e)
		}
	}
	return p
}

// add notes what became of one row, unless it waits: then it returns why.
func (p *parts) add(row model.Row, err error) (wait *model.Error) {
	if err == nil {
		p.taken = append(p.taken, row.Number)
		return nil
	}
	e := asError(err)
	switch {
	case e.Kind == model.Lost:
		p.lost, p.doubt = append(p.lost, row.Number), e
	case waits(e.Kind):
		return e
	default:
		p.done = append(p.done, failedRow(row.Number, e))
	}
	return nil
}

// wait notes that rows were not carried out.
func (p *parts) wait(rows []model.Row, why *model.Error) {
	p.delay = why
	for _, r := range rows {
		p.again = append(p.again, r.Number)
	}
}

// failedRow is the outcome of a row that the service refused.
func failedRow(number int, e *model.Error) ledger.Result {
	text := e.Msg
	if e.Ref != "" {
		text += " [" + e.Ref + "]"
	}
	return ledger.Result{Number: number, State: model.RowFailed, Code: e.Code, Text: text, What: e.Hint}
}

// openRows picks the rows that are to be sent.
func openRows(rows []model.Row) []model.Row {
	var out []model.Row
	for _, r := range rows {
		if r.State.Open() {
			out = append(out, r)
		}
	}
	return out
}

// divide writes down what became of the parts of a chunk: those that wait and
// those whose answer was lost become chunks of their own, unless nothing else is
// left in it.
func (r *runner) divide(ctx context.Context, next ledger.Chunk, word string, p parts) step {
	id, n := r.op.ID, next.Job.Chunk
	stay := len(p.done) + len(p.taken)
	var writes []func() error
	if len(p.lost) > 0 && stay+len(p.again) > 0 {
		writes = append(writes, func() error { return r.book.Split(ctx, id, n, p.lost, model.ChunkLost, p.doubt.Msg) })
	}
	if len(p.again) > 0 && stay > 0 {
		writes = append(writes, func() error { return r.book.Split(ctx, id, n, p.again, model.ChunkQueued, p.delay.Msg) })
	}
	if len(p.done) > 0 {
		r.tryAgain(ctx, n, p.done)
		writes = append(writes, func() error { return r.book.Settle(ctx, id, n, p.done) })
	}
	if len(p.taken) > 0 {
		writes = append(writes, func() error { return r.book.Accepted(ctx, id, n, "", "") })
	}
	if len(p.news) > 0 {
		writes = append(writes, func() error { return r.book.Settle(ctx, id, n, p.news) })
	}
	for _, w := range writes {
		if !r.insist(ctx, w) {
			return step{stop: true}
		}
	}
	switch {
	case p.reroute && stay == 0:
		return step{stop: !r.insist(ctx, func() error { return r.book.Reroute(ctx, id, n, p.delay.Msg) })}
	case p.reroute:
		return step{}
	case len(p.again) > 0 && stay == 0:
		return r.failed(ctx, next, word, p.delay)
	case len(p.again) > 0:
		return r.later(ctx, p.delay)
	case stay == 0:
		return r.failed(ctx, next, word, p.doubt)
	}
	return step{}
}

// later says what follows when a part of a chunk has become a queued chunk.
func (r *runner) later(ctx context.Context, e *model.Error) step {
	switch e.Kind {
	case model.Cancelled:
		return step{stop: true}
	case model.SignedOut, model.Refused:
		r.insist(ctx, func() error { return r.book.Hold(ctx, r.op.ID, e.Msg) })
		if e.Kind == model.SignedOut {
			r.c.pause(ctx, r.op.ID, r.signIns, e)
		}
		return step{stop: true}
	}
	return step{pause: r.backoff(e)}
}

// tryAgain lets rows with passing faults be sent again by themselves.
func (r *runner) tryAgain(ctx context.Context, chunk int, results []ledger.Result) {
	if rows, _, err := r.book.ChunkRows(ctx, r.op.ID, chunk); err == nil { // without it the operator decides
		r.c.tryAgain(r.op, rows, results)
	}
}
