package client

import (
	"context"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// reconcile brings what runs in this process in line with the ledger, after
// every change, until the client ends.
func (c *Client) reconcile() {
	book, err := c.ledger(c.base)
	if err != nil {
		return
	}
	tick := time.NewTicker(c.o.Look)
	defer tick.Stop()
	c.watchTickets()
	for {
		changed := book.Changed()
		c.align(c.base, book)
		select {
		case <-c.closing:
			return
		case <-c.base.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

// align starts what should be running. It is idempotent: what runs already is
// left alone.
func (c *Client) align(ctx context.Context, book *ledger.Ledger) {
	ops, err := book.Operations(ctx)
	if err != nil {
		return // the next look tries again; the board shows the problem
	}
	for _, o := range ops {
		c.watchRuns(o)
		if o.Rows.Open() == 0 || c.sender(o.Kind) == nil || c.yields(ctx, book, o) {
			continue
		}
		if !o.Mine {
			if o.Owned {
				continue
			}
			if mine, err := book.Adopt(ctx, o.ID); err != nil || !mine {
				continue
			}
			if o, err = book.Operation(ctx, o.ID); err != nil {
				continue
			}
		}
		c.watch(o)
		if o.Rows.Queued > 0 && !o.Held && !c.o.ReadOnly {
			c.startRunner(book, o)
		}
	}
}

// yields gives an operation up that was resumed elsewhere while this read-only
// session follows it: who sends must own, and this one never sends.
func (c *Client) yields(ctx context.Context, book *ledger.Ledger, o model.Operation) bool {
	if !c.o.ReadOnly || o.Held || o.Rows.Queued == 0 {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if o.Mine {
		c.yielded[o.ID] = book.Release(ctx, o.ID) == nil
	}
	return c.yielded[o.ID]
}

// watch makes sure that every accepted job and every lost answer of an operation
// is being looked at.
func (c *Client) watch(o model.Operation) {
	if _, ok := c.sender(o.Kind).(follower); ok {
		c.watchPending(o)
		return
	}
	for _, j := range o.Jobs {
		switch {
		case j.Phase == model.ChunkAccepted && j.ID != "":
			c.tracker.Add(jobKey(o.ID, j.Chunk), (*jobs)(c), j.Accepted)
		case j.Phase == model.ChunkAccepted, j.Phase == model.ChunkLost:
			c.tracker.Add(lostKey(o.ID, j.Chunk), (*lost)(c), c.o.Now())
		}
	}
}

func (c *Client) startRunner(book *ledger.Ledger, o model.Operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runners[o.ID] || c.isClosing() {
		return
	}
	c.runners[o.ID] = true
	c.wg.Add(1)
	c.spawn(func() {
		defer c.endRunner(o.ID)
		(&runner{c: c, book: book, op: o}).run(c.base)
	})
}

func (c *Client) endRunner(id model.OperationID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.runners, id)
}

func (c *Client) isClosing() bool {
	select {
	case <-c.closing:
		return true
	default:
		return false
	}
}

// waitRunners returns when no runner is left. New ones do not begin any more.
func (c *Client) waitRunners() {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		c.mu.Lock()
		n := len(c.runners)
		c.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-c.base.Done():
			return
		case <-tick.C:
		}
	}
}

// runner sends the queued chunks of one operation, in order and one at a time.
type runner struct {
	signIns int // of this process, when the chunk under way was begun
	c       *Client
	book    *ledger.Ledger
	op      model.Operation
	delay   time.Duration // of the last failed try, grows

	batch   model.BatchID                    // upload: the service's spelling, once the batch is known to be there
	missed  time.Time                        // since when something that must be there is not listed
	blocked map[model.AssignWay]*model.Error // assigning a profile: why ways lead nowhere for these rows
}

// step is what follows the sending of a chunk.
type step struct {
	pause time.Duration // wait this long
	wake  bool          // but no longer than until the ledger changes
	stop  bool          // nothing follows: the operator or another process decides
}

// run ends when nothing is left to send, when the operator must decide, or when
// the client is closing.
func (r *runner) run(ctx context.Context) {
	for !r.c.isClosing() {
		changed := r.book.Changed()
		chunks, err := r.book.Chunks(ctx, r.op.ID)
		if err != nil {
			return
		}
		next, clear, wait := queued(chunks, r.c.o.Now())
		then := step{pause: r.c.o.Look, wake: true}
		switch {
		case next == nil && wait == 0:
			r.c.tracker.Poke(pendingKey(r.op.ID)) // all is sent: what is still open is worth a look
			return
		case next == nil:
			then.pause = wait
		case clear || r.apart():
			then = r.send(ctx, chunks, *next)
		}
		if then.stop {
			return
		}
		if !then.wake {
			changed = nil
		}
		if then.pause > 0 && !r.sleep(ctx, changed, then.pause) {
			return
		}
	}
}

// apart reports whether the chunks of the operation have nothing to do with each
// other, so that one can be sent while the answer to another is being looked for.
func (r *runner) apart() bool {
	_, ok := r.c.sender(r.op.Kind).(follower)
	return ok
}

// queued returns the first chunk that is not sent and due, and whether it may be
// sent: not while the answer to another one is being looked for. When none is due,
// wait says how long it is until one is; 0 = there is none.
func queued(chunks []ledger.Chunk, now time.Time) (next *ledger.Chunk, clear bool, wait time.Duration) {
	clear = true
	for i := range chunks {
		switch chunks[i].Job.Phase {
		case model.ChunkSending, model.ChunkLost:
			clear = false
		case model.ChunkQueued:
			early := chunks[i].Job.Due.Sub(now)
			switch {
			case early <= 0 && next == nil:
				next = &chunks[i]
			case early > 0 && (wait == 0 || early < wait):
				wait = early
			}
		}
	}
	return next, clear, wait
}

// sleep waits for a change or for some time, and reports whether to go on.
func (r *runner) sleep(ctx context.Context, changed <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-r.c.closing:
		return false
	case <-changed:
	case <-t.C:
	}
	return true
}
