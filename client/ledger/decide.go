package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"muster/model"
)

// Resume notes the operator's yes: what is queued may be sent, also what waited for
// its time. A living owner sees it and goes on; otherwise the caller adopts the
// operation first.
func (l *Ledger) Resume(ctx context.Context, id model.OperationID) error {
	return l.decide(ctx, "resume", id, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET due = 0 WHERE operation = ? AND phase = ?`, id, model.ChunkQueued); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE operations SET held = 0, note = '' WHERE id = ?`, id); err != nil {
			return err
		}
		return l.note(ctx, tx, id, 0, "resumed", "")
	})
}

// Hold makes what is queued wait for the operator's yes, and says why.
func (l *Ledger) Hold(ctx context.Context, id model.OperationID, why string) error {
	return l.decide(ctx, "hold", id, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE operations SET held = 1, note = ? WHERE id = ?`, why, id); err != nil {
			return err
		}
		return l.note(ctx, tx, id, 0, "held", why)
	})
}

// Drop gives up what was not sent: queued chunks end, their rows are skipped,
// their secrets are erased. Chunks that are on their way are not touched. Rows
// that were sent before without an answer, and queued again by a retry, become
// unknown once more: nobody can say that they were not sent. Rows whose retry is
// dropped get the outcome back that they had before it.
func (l *Ledger) Drop(ctx context.Context, id model.OperationID) error {
	return l.erased(ctx, l.decide(ctx, "drop", id, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM spool WHERE operation = ? AND chunk IN
			(SELECT number FROM chunks WHERE operation = ? AND phase IN (?, ?))`, id, id, model.ChunkQueued, model.ChunkRefused); err != nil {
			return err
		}
		if err := l.restore(ctx, tx, id); err != nil {
			return err
		}
		for doubt, end := range []struct {
			state model.RowState
			text  string
		}{{model.RowSkipped, "not sent: dropped"}, {model.RowUnknown, "sent once without an answer; the retry was dropped"}} {
			if _, err := tx.ExecContext(ctx, `UPDATE rows SET state = ?, text = ? WHERE operation = ? AND state = ? AND chunk IN
				(SELECT number FROM chunks WHERE operation = ? AND phase = ? AND doubt = ?)`,
				end.state, end.text, id, model.RowQueued, id, model.ChunkQueued, doubt); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET phase = ?, ended = ? WHERE operation = ? AND phase = ?`,
			model.ChunkDropped, ms(l.o.Now()), id, model.ChunkQueued); err != nil {
			return err
		}
		return l.note(ctx, tx, id, 0, "dropped", "")
	}))
}

// restore gives rows that are queued for another attempt, after one that failed,
// their former outcome and job back. Chunks that were made for it go.
func (l *Ledger) restore(ctx context.Context, tx *sql.Tx, id model.OperationID) error {
	const queued = `operation = ?1 AND state = ?2 AND chunk IN (SELECT number FROM chunks WHERE operation = ?1 AND phase = ?3 AND doubt = 0)`
	for _, statement := range []string{
		`UPDATE rows SET (state, code, code_name, text, what, chunk, attempt) =
			(SELECT p.state, p.code, p.code_name, p.text, p.what, p.chunk, p.attempt FROM past p
				WHERE p.operation = rows.operation AND p.number = rows.number AND p.attempt = rows.attempt - 1)
			WHERE ` + queued + ` AND EXISTS (SELECT 1 FROM past p WHERE p.operation = rows.operation AND p.number = rows.number
				AND p.attempt = rows.attempt - 1 AND p.state = ?4)`,
		`DELETE FROM past WHERE operation = ?1 AND EXISTS (SELECT 1 FROM rows r WHERE r.operation = past.operation AND r.number = past.number
			AND r.attempt = past.attempt)`,
		`DELETE FROM chunks WHERE operation = ?1 AND phase = ?3 AND NOT EXISTS
			(SELECT 1 FROM rows r WHERE r.operation = chunks.operation AND r.chunk = chunks.number)`,
	} {
		if _, err := tx.ExecContext(ctx, statement, id, model.RowQueued, model.ChunkQueued, model.RowFailed); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) decide(ctx context.Context, op string, id model.OperationID, do func(tx *sql.Tx) error) error {
	return l.change(ctx, op, func(tx *sql.Tx) error {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM operations WHERE id = ? AND backend = ?`, id, l.o.Backend).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return &model.Error{Kind: model.NotFound, Op: op, Msg: fmt.Sprintf("there is no operation %q", model.Clean(string(id))),
				Hint: "muster operations list shows them"}
		}
		if err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

// Release gives an operation of this process up, for whoever adopts it next. A
// yes of the operator holds on.
func (l *Ledger) Release(ctx context.Context, id model.OperationID) error {
	return l.decide(ctx, "give up", id, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE operations SET owner = '' WHERE id = ? AND owner = ?`, id, l.owner.id)
		return err
	})
}

// Adopt takes over the operation if its owner is dead, or has given it up. What was queued is held
// for the operator's yes; what was being sent counts as a lost answer. It
// reports whether the operation is this process's now.
func (l *Ledger) Adopt(ctx context.Context, id model.OperationID) (bool, error) {
	if l.ReadOnly() != nil {
		return false, nil
	}
	l.adopting.Lock()
	defer l.adopting.Unlock()
	var dead string
	err := l.read.QueryRowContext(ctx, `SELECT owner FROM operations WHERE id = ? AND backend = ?`, id, l.o.Backend).Scan(&dead)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, broken("take over", err)
	}
	if dead == l.owner.id {
		return true, nil
	}
	if dead == "" {
		err = l.takeOver(ctx, id, dead)
	} else {
		err = inherit(l.o.Dir, dead, func() error { return l.takeOver(ctx, id, dead) })
	}
	if errors.Is(err, errHeld) || Stale(err) {
		return false, nil
	}
	if err != nil {
		return false, broken("take over", err)
	}
	return true, nil
}

func (l *Ledger) takeOver(ctx context.Context, id model.OperationID, dead string) error {
	return l.change(ctx, "take over", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE operations SET owner = ?, held = CASE WHEN owner <> '' AND EXISTS
			(SELECT 1 FROM chunks WHERE operation = operations.id AND phase = ?) THEN 1 ELSE held END
			WHERE id = ? AND owner = ?`, l.owner.id, model.ChunkQueued, id, dead)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errStale, err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET phase = ?, doubt = 1, problem = 'muster ended while it waited for the answer'
			WHERE operation = ? AND phase = ?`, model.ChunkLost, id, model.ChunkSending); err != nil {
			return err
		}
		if err := l.note(ctx, tx, id, 0, "taken over", dead); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

// Prune forgets operations of this backend that ended before a moment and
// returns how many. The files of dead owners go with it.
func (l *Ledger) Prune(ctx context.Context, before time.Time) (int, error) {
	var n int64
	err := l.change(ctx, "prune", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE operations SET backend = ?, owner = '' WHERE backend = ? AND ended > 0 AND ended < ?`,
			drafted, l.o.Backend, ms(before)) // nobody sees them any more; they go in steps that hold nobody up
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return 0, err
	}
	l.tidy(ctx)
	l.truncate(ctx)
	sweep(l.o.Dir, func(id string) bool {
		var k int
		return l.read.QueryRowContext(ctx, `SELECT 1 FROM operations WHERE owner = ?`, id).Scan(&k) == nil
	})
	return int(n), nil
}
