package client

import (
	"context"
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
}

// sender is how the chunks of one kind of operation are sent and looked for.
type sender interface {
	// method says how the chunk will be sent: a word that is written down before. It
	// may ask to wait, when something must be seen first.
	method(ctx context.Context, r *runner, chunks []ledger.Chunk, next ledger.Chunk) (word string, wait bool, err error)
	// send sends it. Kind Lost in the error means that it may have taken effect.
	send(ctx context.Context, r *runner, next ledger.Chunk, method string) (receipt, error)
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
	return nil
}

// send takes one chunk through intent, request and answer.
func (r *runner) send(ctx context.Context, chunks []ledger.Chunk, next ledger.Chunk) step {
	s := r.c.sender(r.op.Kind)
	if s == nil {
		return step{stop: true} // written by a newer muster: it knows how, this one does not
	}
	id, n := r.op.ID, next.Job.Chunk
	word, wait, err := s.method(ctx, r, chunks, next)
	switch {
	case err != nil:
		return r.postpone(ctx, next, asError(err))
	case wait:
		return step{pause: r.c.o.Look, wake: true}
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
	r.delay, r.missed = 0, 0
	if got.done != nil {
		err = r.book.Settle(note, id, n, got.done)
	} else {
		err = r.book.Accepted(note, id, n, got.job, got.correlation)
	}
	return step{stop: err != nil}
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
		if r.book.Trouble(note, id, n, e.Msg) != nil {
			return step{stop: true}
		}
		return step{pause: r.backoff(e)}
	case model.Cancelled:
		return step{stop: true}
	case model.SignedOut:
		_ = r.book.Hold(note, id, e.Msg) // if that fails, the operation stops all the same
		return step{stop: true}
	}
	if err := r.book.Sending(note, id, n, ""); err != nil {
		return step{stop: true}
	}
	return step{stop: r.book.Refused(note, id, n, e) != nil}
}

// failed writes down why a sent chunk brought no receipt.
func (r *runner) failed(ctx context.Context, next ledger.Chunk, word string, e *model.Error) step {
	id, n := r.op.ID, next.Job.Chunk
	switch e.Kind {
	case model.Lost:
		return step{stop: r.book.Lost(ctx, id, n, e.Msg) != nil}
	case model.Throttled, model.Offline:
		return step{pause: r.backoff(e), stop: r.book.Requeue(ctx, id, n, e.Msg, false) != nil}
	case model.Service: // of a read that comes before the write
		if next.Tries < maxMissed {
			return step{pause: r.backoff(e), stop: r.book.Requeue(ctx, id, n, e.Msg, false) != nil}
		}
	case model.Cancelled:
		_ = r.book.Requeue(ctx, id, n, e.Msg, false) // if that fails, it counts as lost at the next start
		return step{stop: true}
	case model.SignedOut, model.Refused:
		_ = r.book.Requeue(ctx, id, n, e.Msg, true)
		return step{stop: true}
	case model.Conflict, model.NotFound:
		return r.collided(ctx, next, word, e)
	}
	return step{stop: r.book.Refused(ctx, id, n, e) != nil}
}

// maxMissed is how often a batch may be neither to be created (it exists) nor to
// be appended to (it is not listed): lists lag behind jobs for up to a minute.
const maxMissed = 30

// collided handles the two answers that say that the batch is not as it was
// listed: 409 to a creation, 404 to an append. Neither had an effect.
func (r *runner) collided(ctx context.Context, next ledger.Chunk, word string, e *model.Error) step {
	id, n := r.op.ID, next.Job.Chunk
	known := word == methodCreate && e.Kind == model.Conflict || word == methodAppend && e.Kind == model.NotFound
	if !known || r.missed >= maxMissed {
		return step{stop: r.book.Refused(ctx, id, n, e) != nil}
	}
	r.missed++
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
	found, err := r.c.sender(r.op.Kind).find(look, r.op, rows, nil)
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
