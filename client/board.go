package client

import (
	"context"
	"reflect"
	"sync"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// boards keeps the newest board.
type boards struct {
	mu  sync.Mutex
	now *model.Board
}

// Board makes the board anew and returns it. A board that says the same as the
// last one is the last one, so that its revision rises with news only.
func (c *Client) board(ctx context.Context) (*model.Board, error) {
	c.boards.mu.Lock() // over the reading, so that an older snapshot never follows a newer one
	defer c.boards.mu.Unlock()
	fresh := &model.Board{Problem: c.problem, Waiting: c.o.Waiting()}
	if c.book != nil {
		ops, err := c.book.Operations(ctx)
		if err != nil {
			if model.KindOf(err) == model.Cancelled {
				return nil, err
			}
			fresh.Problem = asError(err)
		}
		fresh.Operations = ops
	}
	last := c.boards.now
	if last == nil {
		fresh.Rev = 1
		c.boards.now = fresh
		return fresh, nil
	}
	fresh.Rev = last.Rev
	if reflect.DeepEqual(fresh, last) {
		return last, nil
	}
	fresh.Rev++
	c.boards.now = fresh
	return fresh, nil
}

// WatchBoard returns the board as soon as it is newer than rev; rev 0 returns
// what there is. Who asks with a revision stays to watch, so what is open is
// followed from then on.
func (c *Client) WatchBoard(ctx context.Context, rev uint64) (*model.Board, error) {
	const op = "watch operations"
	select {
	case <-ctx.Done():
		return nil, ended(op, ctx.Err())
	case <-c.opened:
	}
	if rev > 0 {
		c.Follow()
		c.lookers.Add(1)
		defer c.lookers.Add(-1)
	}
	tick := time.NewTicker(c.o.Look)
	defer tick.Stop()
	for {
		var changed <-chan struct{}
		if c.book != nil {
			changed = c.book.Changed()
		}
		b, err := c.board(ctx)
		if err != nil {
			return nil, err
		}
		if b.Rev > rev {
			return b, nil
		}
		select {
		case <-ctx.Done():
			return nil, ended(op, ctx.Err())
		case <-c.base.Done():
			return nil, ended(op, context.Canceled)
		case <-changed:
		case <-tick.C:
		}
	}
}

// Rows reads the rows of one operation, by number.
func (c *Client) Rows(ctx context.Context, id model.OperationID) ([]model.Row, error) {
	book, err := c.ledger(ctx)
	if err != nil {
		return nil, err
	}
	return book.Rows(ctx, id)
}

// Resume is the operator's yes: what was not sent yet is sent. An operation
// whose process is dead becomes this process's first; one that a living process
// holds goes on there.
func (c *Client) Resume(ctx context.Context, id model.OperationID) error {
	book, err := c.writable(ctx, "resume")
	if err != nil {
		return err
	}
	if _, err := book.Adopt(ctx, id); err != nil {
		return err
	}
	return book.Resume(ctx, id)
}

// Drop gives up what was not sent yet; its rows become skipped.
func (c *Client) Drop(ctx context.Context, id model.OperationID) error {
	book, err := c.writable(ctx, "drop")
	if err != nil {
		return err
	}
	return book.Drop(ctx, id)
}

// Retry sends again what [model.Retryable] names, and returns how many rows that
// is: unknown chunks under the request ids they had, refused ones and passing
// faults as new attempts.
func (c *Client) Retry(ctx context.Context, id model.OperationID) (int, error) {
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
	var failed []ledger.Again
	for _, r := range model.Retryable(o, rows) {
		if !r.Again(o.Kind) {
			continue
		}
		again, err := nextAttempt(o.Kind, r)
		if err != nil {
			return 0, err
		}
		failed = append(failed, again)
	}
	return book.Retry(ctx, id, failed...)
}

// Prune forgets what ended longer ago than olderThan and returns how many
// operations that were.
func (c *Client) Prune(ctx context.Context, olderThan time.Duration) (int, error) {
	book, err := c.ledger(ctx)
	if err != nil {
		return 0, err
	}
	return book.Prune(ctx, c.o.Now().Add(-olderThan))
}
