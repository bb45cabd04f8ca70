package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"muster/client/ledger"
	"muster/client/rest"
	"muster/model"
)

// writeTimeout bounds one write with all its tries.
const writeTimeout = 3 * time.Minute

// receipt is what a sent chunk came home with.
type receipt struct {
	job         model.JobID
	correlation string
	done        []ledger.Result // a request without a job: what became of its rows
	parts       *parts          // a request for each row: what became of them
}

// sender is how the chunks of one kind of operation are sent. It is a [finder] or
// a [follower] as well.
type sender interface {
	// method says how the chunk will be sent: a word that is written down before. It
	// may ask to wait first, when something must be seen before.
	method(ctx context.Context, r *runner, chunks []ledger.Chunk, next ledger.Chunk) (word string, wait step, err error)
	// send sends it. Kind Lost in the error means that it may have taken effect.
	send(ctx context.Context, r *runner, next ledger.Chunk, method string) (receipt, error)
}

// finder is a sender whose lost answers are looked for chunk by chunk.
type finder interface {
	// find reads the service for the effect that the rows should have had and returns
	// those that have it. Secrets may be there still, by row number, or not.
	find(ctx context.Context, o model.Operation, rows []model.Row, spool [][]byte) ([]ledger.Result, error)
}

func (c *Client) sender(kind model.OperationKind) sender {
	switch kind {
	case model.UploadDevices:
		return uploads{c}
	case model.AssignPolicy, model.UnassignPolicy, model.UndoAssignment:
		return assignments{c}
	case model.CreateBIOS:
		return creations{c}
	case model.EditBIOS:
		return edits{c}
	case model.CreatePolicy:
		return policyWriter{c, methodPost}
	case model.EditPolicy:
		return policyWriter{c, methodPut}
	case model.DeletePolicy:
		return policyWriter{c, methodDelete}
	case model.RemoveDevices:
		return removals{c}
	case model.AdoptJob:
		return adopted{}
	}
	return c.intuneSender(kind)
}

// find looks for the effect of a chunk whose answer was lost.
func (c *Client) find(ctx context.Context, o model.Operation, rows []model.Row, spool [][]byte) ([]ledger.Result, error) {
	f, ok := c.sender(o.Kind).(finder)
	if !ok {
		return nil, nil
	}
	return f.find(ctx, o, rows, spool)
}

// send takes one chunk through intent, request and answer.
func (r *runner) send(ctx context.Context, chunks []ledger.Chunk, next ledger.Chunk) step {
	s := r.c.sender(r.op.Kind)
	if s == nil {
		return step{stop: true} // written by a newer muster: it knows how, this one does not
	}
	id, n := r.op.ID, next.Job.Chunk
	r.signIns = r.c.signIns()
	word, wait, err := s.method(ctx, r, chunks, next)
	switch {
	case err != nil:
		return r.postpone(ctx, next, asError(err))
	case wait.pause > 0:
		return wait
	}
	if err := r.book.Sending(ctx, id, n, word); err != nil {
		return step{stop: !ledger.Stale(err) || !r.owns(ctx)}
	}
	call, cancel := context.WithTimeout(ctx, writeTimeout)
	got, err := s.send(call, r, next, word)
	cancel()
	// What was sent must be written down even while everything is ending.
	note := context.WithoutCancel(ctx)
	if err != nil {
		return r.failed(note, next, word, asError(err))
	}
	r.delay, r.missed = 0, time.Time{}
	if got.parts != nil {
		return r.divide(note, next, word, *got.parts)
	}
	return step{stop: !r.insist(ctx, func() error {
		if got.done != nil {
			return r.book.Settle(note, id, n, got.done)
		}
		return r.book.Accepted(note, id, n, got.job, got.correlation)
	})}
}

// insist writes an answer down, again and again while the ledger cannot be
// written (the disk is full, another process holds it): the tracking id that it
// holds exists nowhere else. It gives up when the chunk is somebody else's now or
// the client is closing; then the chunk counts as lost at the next start.
func (r *runner) insist(ctx context.Context, write func() error) bool {
	for {
		err := write()
		if err == nil {
			return true
		}
		if ledger.Stale(err) || !r.sleep(ctx, nil, r.c.o.Look) {
			return false
		}
	}
}

// owns reports whether the operation is still this process's to send.
func (r *runner) owns(ctx context.Context) bool {
	o, err := r.book.Operation(ctx, r.op.ID)
	return err == nil && o.Mine && !o.Held && o.Rows.Queued > 0
}

// postpone puts off a chunk before it was touched.
func (r *runner) postpone(ctx context.Context, next ledger.Chunk, e *model.Error) step {
	note := context.WithoutCancel(ctx)
	id, n := r.op.ID, next.Job.Chunk
	switch e.Kind {
	case model.Throttled, model.Offline, model.Service, model.Incomplete:
		if e.Kind == model.Incomplete && r.missedFor() > lagging {
			break // what cannot be read whole now will not be in a while either
		}
		if r.book.Trouble(note, id, n, e.Msg) != nil {
			return step{stop: true}
		}
		return step{pause: r.backoff(e)}
	case model.Cancelled:
		return step{stop: true}
	case model.SignedOut:
		_ = r.book.Hold(note, id, e.Msg) // if that fails, the operation stops all the same
		r.c.pause(note, id, r.signIns, e)
		return step{stop: true}
	}
	if err := r.book.Sending(note, id, n, next.Method); err != nil {
		return step{stop: true}
	}
	return step{stop: r.book.Refused(note, id, n, e) != nil}
}

// errChanged is the cause of what [changedSince] says.
var errChanged = errors.New("changed since")

// changedSince is why the write of one object is not sent: it is not what the operator
// saw any more. The chunk ends with that: what it would send belongs to what was seen,
// so to send it again could never pass.
func changedSince(op, msg, hint string) error {
	return &model.Error{Kind: model.Conflict, Op: op, Msg: msg + "; nothing was sent", Hint: hint, Err: errChanged}
}

// failed writes down why a sent chunk brought no receipt.
func (r *runner) failed(ctx context.Context, next ledger.Chunk, word string, e *model.Error) step {
	id, n := r.op.ID, next.Job.Chunk
	if errors.Is(e, errChanged) {
		return step{stop: r.book.Settle(ctx, id, n, []ledger.Result{failedRow(onlyRow, e)}) != nil}
	}
	switch e.Kind {
	case model.Lost:
		return step{stop: !r.insist(ctx, func() error { return r.book.Lost(ctx, id, n, e.Msg) })}
	case model.Throttled, model.Offline:
		return step{pause: r.backoff(e), stop: !r.insist(ctx, func() error { return r.book.Requeue(ctx, id, n, e.Msg, false) })}
	case model.Service: // of a read that comes before the write
		if next.Tries < maxTries {
			return step{pause: r.backoff(e), stop: r.book.Requeue(ctx, id, n, e.Msg, false) != nil}
		}
	case model.Cancelled:
		_ = r.book.Requeue(ctx, id, n, e.Msg, false) // if that fails, it counts as lost at the next start
		return step{stop: true}
	case model.SignedOut, model.Refused:
		r.insist(ctx, func() error { return r.book.Requeue(ctx, id, n, e.Msg, true) })
		if e.Kind == model.SignedOut {
			r.c.pause(ctx, id, r.signIns, e)
		}
		return step{stop: true}
	case model.Conflict, model.NotFound:
		return r.collided(ctx, next, word, e)
	}
	return step{stop: r.book.Refused(ctx, id, n, e) != nil}
}

// lagging is how long a batch may be neither to be created (it exists) nor to be
// appended to (it is not listed): lists lag behind jobs for up to a minute.
const lagging = time.Minute

// maxTries is how often a write is put off because the read before it failed.
const maxTries = 30

// missedFor returns for how long something that must be there has been missed,
// from the first call on.
func (r *runner) missedFor() time.Duration {
	if r.missed.IsZero() {
		r.missed = r.c.o.Now()
	}
	return r.c.o.Now().Sub(r.missed)
}

// collided handles the two answers that say that the batch is not as it was
// listed: 409 to a creation, 404 to an append. Neither had an effect.
func (r *runner) collided(ctx context.Context, next ledger.Chunk, word string, e *model.Error) step {
	id, n := r.op.ID, next.Job.Chunk
	known := word == methodCreate && e.Kind == model.Conflict || word == methodAppend && e.Kind == model.NotFound
	if !known || r.missedFor() > lagging {
		return step{stop: r.book.Refused(ctx, id, n, e) != nil}
	}
	r.batch = ""
	if next.Method == methodCreate {
		return r.createdBefore(ctx, next, e)
	}
	if r.book.Reroute(ctx, id, n, e.Msg) != nil {
		return step{stop: true}
	}
	return step{pause: r.c.o.Look, stop: r.book.Renew(ctx, id, n) != nil}
}

// createdBefore handles the 409 to a creation that is sent again after a lost
// answer. The service did not know the request id, and the batch is there: made
// by that first sending, or by a later chunk. What of the chunk is found in it is
// not sent again; when nothing is, the chunk is appended, under its own id.
func (r *runner) createdBefore(ctx context.Context, next ledger.Chunk, e *model.Error) step {
	id, n := r.op.ID, next.Job.Chunk
	rows, _, err := r.book.ChunkRows(ctx, id, n)
	if err != nil {
		return step{stop: true}
	}
	look, cancel := context.WithTimeout(ctx, writeTimeout)
	found, err := r.c.find(look, r.op, rows, nil)
	cancel()
	if err == nil && len(found) == 0 {
		return step{stop: r.book.Reroute(ctx, id, n, e.Msg) != nil}
	}
	return step{stop: r.book.Lost(ctx, id, n, e.Msg) != nil}
}

// backoff is how long to wait after a try that had no effect: as long as the
// service says, else longer each time.
func (r *runner) backoff(e *model.Error) time.Duration {
	if d, ok := rest.RetryAfter(e); ok {
		return d
	}
	r.delay = min(max(2*r.delay, time.Second), time.Minute)
	return r.delay
}

func asError(err error) *model.Error {
	if e := model.AsError(err); e != nil {
		return e
	}
	return &model.Error{Kind: model.Unexpected, Msg: "an unforeseen fault", Err: err}
}

// plural counts in words: "1 device", "300 devices".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
