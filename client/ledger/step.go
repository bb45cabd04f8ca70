package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"muster/model"
)

// errStale says that a chunk is not in the phase that a step starts from, or not
// this process's: somebody else decided meanwhile.
var errStale = errors.New("the chunk has moved on")

// Stale reports whether a step was refused because the chunk had moved on: it
// was dropped, taken over or already settled. Nothing was changed.
func Stale(err error) bool { return errors.Is(err, errStale) }

// step moves one chunk of an operation of this process from one of the phases in
// from to phase to, and lets do change its rows in the same transaction.
func (l *Ledger) step(ctx context.Context, op string, id model.OperationID, chunk int,
	from []model.ChunkPhase, to model.ChunkPhase, set string, args []any, do func(tx *sql.Tx) error) error {
	return l.change(ctx, op, func(tx *sql.Tx) error {
		phase, held, err := l.phase(ctx, tx, id, chunk)
		if err != nil {
			return err
		}
		if !contains(from, phase) || to == model.ChunkSending && held {
			return errStale
		}
		if set != "" {
			set = ", " + set
		}
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET phase = ?`+set+` WHERE operation = ? AND number = ?`,
			append(append([]any{to}, args...), id, chunk)...); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

func contains(phases []model.ChunkPhase, p model.ChunkPhase) bool {
	for _, q := range phases {
		if p == q {
			return true
		}
	}
	return false
}

// touch counts the operation's revision up and notes its end when no row is open. It
// looks for one where the phase of the chunk allows it: the rows of the others are
// final, and in a large operation too many to be looked at in every step.
func (l *Ledger) touch(ctx context.Context, tx *sql.Tx, id model.OperationID) error {
	_, err := tx.ExecContext(ctx, `UPDATE operations SET rev = rev + 1,
		ended = CASE WHEN EXISTS (SELECT 1 FROM chunks c JOIN rows r ON r.operation = c.operation AND r.chunk = c.number AND r.state <= ?
				WHERE c.operation = operations.id AND c.phase IN (?, ?, ?, ?)) THEN 0
			WHEN ended > 0 THEN ended ELSE ? END
		WHERE id = ?`, model.RowAccepted, model.ChunkQueued, model.ChunkSending, model.ChunkAccepted, model.ChunkLost, ms(l.o.Now()), id)
	return err
}

func (l *Ledger) moveRows(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int, from, to model.RowState) error {
	_, err := tx.ExecContext(ctx, `UPDATE rows SET state = ? WHERE operation = ? AND chunk = ? AND state = ?`, to, id, chunk, from)
	return err
}

func erase(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM spool WHERE operation = ? AND chunk = ?`, id, chunk)
	return err
}

// erased empties the write-ahead log after a step that erased a part of the spool.
func (l *Ledger) erased(ctx context.Context, err error) error {
	if err == nil {
		l.truncate(ctx)
	}
	return err
}

// Sending notes, before the first byte leaves, that a queued chunk is about to
// be sent and by which method (a word of the caller's). It refuses when the chunk
// was dropped, is held for the operator's yes, or is not this process's.
func (l *Ledger) Sending(ctx context.Context, id model.OperationID, chunk int, method string) error {
	return l.step(ctx, "note sending", id, chunk, []model.ChunkPhase{model.ChunkQueued}, model.ChunkSending,
		"sent = ?, method = ?, tries = tries + 1, problem = ''", []any{ms(l.o.Now()), method}, func(tx *sql.Tx) error {
			if err := l.moveRows(ctx, tx, id, chunk, model.RowQueued, model.RowInFlight); err != nil {
				return err
			}
			return l.note(ctx, tx, id, chunk, "sending", method)
		})
}

// Accepted notes that the service took the chunk. job may be empty: accepted,
// job unknown. The chunk's secrets are erased with it.
func (l *Ledger) Accepted(ctx context.Context, id model.OperationID, chunk int, job model.JobID, correlation string) error {
	return l.erased(ctx, l.step(ctx, "note acceptance", id, chunk,
		[]model.ChunkPhase{model.ChunkSending, model.ChunkLost, model.ChunkUnknown}, model.ChunkAccepted,
		"job = ?, correlation = ?, accepted = ?, job_state = ?, ended = 0, problem = ''",
		[]any{job, correlation, ms(l.o.Now()), model.JobUnknown}, func(tx *sql.Tx) error {
			if err := l.moveRows(ctx, tx, id, chunk, model.RowInFlight, model.RowAccepted); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE rows SET state = ?, text = '', what = '' WHERE operation = ? AND chunk = ? AND state = ?`,
				model.RowAccepted, id, chunk, model.RowUnknown); err != nil {
				return err
			}
			if err := erase(ctx, tx, id, chunk); err != nil {
				return err
			}
			return l.note(ctx, tx, id, chunk, "accepted", string(job)+" "+correlation)
		}))
}

// Requeue notes that a sent chunk was certainly not carried out (the service
// asked to wait, or was not reached) and waits to be sent again. With hold it
// waits for the operator. A chunk that was sent before without an answer keeps
// its method: only the same request under the same id has no second effect.
func (l *Ledger) Requeue(ctx context.Context, id model.OperationID, chunk int, why string, hold bool) error {
	return l.requeue(ctx, id, chunk, why, hold, "problem = ?, method = CASE WHEN doubt THEN method ELSE '' END")
}

// Reroute is [Ledger.Requeue] for a chunk whose method turned out to be the wrong
// one: the caller has looked at the service and chooses again.
func (l *Ledger) Reroute(ctx context.Context, id model.OperationID, chunk int, why string) error {
	return l.requeue(ctx, id, chunk, why, false, "problem = ?, method = ''")
}

func (l *Ledger) requeue(ctx context.Context, id model.OperationID, chunk int, why string, hold bool, set string) error {
	return l.step(ctx, "note delay", id, chunk, []model.ChunkPhase{model.ChunkSending}, model.ChunkQueued, set, []any{why},
		func(tx *sql.Tx) error {
			if hold {
				if _, err := tx.ExecContext(ctx, `UPDATE operations SET held = 1, note = ? WHERE id = ?`, why, id); err != nil {
					return err
				}
			}
			if err := l.moveRows(ctx, tx, id, chunk, model.RowInFlight, model.RowQueued); err != nil {
				return err
			}
			return l.note(ctx, tx, id, chunk, "delayed", why)
		})
}

// Renew gives a queued chunk a new request id, after the service has answered
// the old one with a refusal that had no effect. A chunk that was sent before
// without an answer keeps its id.
func (l *Ledger) Renew(ctx context.Context, id model.OperationID, chunk int) error {
	return l.step(ctx, "renew request id", id, chunk, []model.ChunkPhase{model.ChunkQueued}, model.ChunkQueued,
		"request_id = CASE WHEN doubt THEN request_id ELSE ? END, method = ''", []any{l.o.NewID()}, func(tx *sql.Tx) error {
			return l.note(ctx, tx, id, chunk, "request id renewed", "")
		})
}

// Refused notes that the service refused the chunk as a whole: its rows failed.
// It was not accepted, so what must be sent stays in the spool for a retry.
func (l *Ledger) Refused(ctx context.Context, id model.OperationID, chunk int, e *model.Error) error {
	return l.step(ctx, "note refusal", id, chunk, []model.ChunkPhase{model.ChunkSending}, model.ChunkRefused,
		"ended = ?, correlation = ?, problem = ?", []any{ms(l.o.Now()), e.Ref, e.Msg}, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `UPDATE rows SET state = ?, code = ?, text = ?, what = ?
				WHERE operation = ? AND chunk = ? AND state <= ?`,
				model.RowFailed, e.Code, e.Msg, e.Hint, id, chunk, model.RowAccepted); err != nil {
				return err
			}
			return l.note(ctx, tx, id, chunk, "refused", e.Code+" "+e.Msg+" "+e.Ref)
		})
}

// Lost notes that the chunk was sent and no answer came back. Its rows stay in
// flight until they are found or given up.
func (l *Ledger) Lost(ctx context.Context, id model.OperationID, chunk int, why string) error {
	return l.step(ctx, "note lost answer", id, chunk, []model.ChunkPhase{model.ChunkSending, model.ChunkAccepted}, model.ChunkLost,
		"doubt = 1, problem = ?", []any{why}, func(tx *sql.Tx) error {
			if err := l.moveRows(ctx, tx, id, chunk, model.RowAccepted, model.RowInFlight); err != nil {
				return err
			}
			return l.note(ctx, tx, id, chunk, "answer lost", why)
		})
}

// Result is what became of one row. One whose state is not final is news of a row
// that stays as it is.
type Result struct {
	Number   int
	State    model.RowState
	Code     string
	CodeName string
	Text     string
	What     string
	By       model.PairedBy
	Object   string // id of what was made or found, when there is one
	Retry    *Again // of a failed row: it is queued again at once, this outcome is kept as past
	// Of an import: the device that it made, and its ticket.
	Autopilot model.AutopilotID
	Ticket    model.ImportID
}

// retry queues failed rows of a chunk for another attempt.
func (l *Ledger) retry(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int, again []Again) error {
	if len(again) == 0 {
		return nil
	}
	if err := l.attempt(ctx, tx, id, again); err != nil {
		return err
	}
	return l.note(ctx, tx, id, chunk, "retried by itself", fmt.Sprintf("%d rows, not before %s", len(again), again[0].Due.UTC().Format(time.RFC3339)))
}

// Settle notes final outcomes of some rows of a chunk that was sent. Rows that
// are final already keep what they have. When no row of the chunk is open any
// more, the chunk has ended and its secrets are erased. It is stale for a chunk
// that is queued or has come to an end. A failed row with a Retry goes on in a
// chunk of its own in the same step.
func (l *Ledger) Settle(ctx context.Context, id model.OperationID, chunk int, results []Result) error {
	return l.erased(ctx, l.change(ctx, "note outcomes", func(tx *sql.Tx) error {
		if err := l.own(ctx, tx, id, chunk, model.ChunkSending, model.ChunkAccepted, model.ChunkLost); err != nil {
			return err
		}
		set, err := tx.PrepareContext(ctx, `UPDATE rows SET state = CASE WHEN ? THEN ? ELSE state END, code = ?, code_name = ?, text = ?, what = ?, paired = ?,
			device = CASE WHEN device = '' THEN ? ELSE device END,
			autopilot = CASE WHEN autopilot = '' THEN ? ELSE autopilot END,
			ticket = CASE WHEN ticket = '' THEN ? ELSE ticket END
			WHERE operation = ? AND number = ? AND chunk = ? AND state <= ?`)
		if err != nil {
			return err
		}
		defer set.Close()
		var again []Again
		for _, r := range results {
			res, err := set.ExecContext(ctx, r.State.Final(), r.State, r.Code, r.CodeName, r.Text, r.What, r.By, r.Object, r.Autopilot, r.Ticket, id, r.Number, chunk, model.RowAccepted)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil {
				return err
			} else if n == 1 && r.Retry != nil {
				again = append(again, *r.Retry)
			}
		}
		if err := l.retry(ctx, tx, id, chunk, again); err != nil {
			return err
		}
		return l.endChunk(ctx, tx, id, chunk)
	}))
}

// endChunk ends a chunk whose rows are all final. A chunk with unknown rows that
// was never accepted keeps its spool: the operator may have it sent again.
func (l *Ledger) endChunk(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int) error {
	var open, unknown int
	var accepted int64
	err := tx.QueryRowContext(ctx, `SELECT accepted,
		(SELECT count(*) FROM rows r WHERE r.operation = c.operation AND r.chunk = c.number AND r.state <= ?),
		(SELECT count(*) FROM rows r WHERE r.operation = c.operation AND r.chunk = c.number AND r.state = ?)
		FROM chunks c WHERE c.operation = ? AND c.number = ?`, model.RowAccepted, model.RowUnknown, id, chunk).
		Scan(&accepted, &open, &unknown)
	if err != nil {
		return err
	}
	if open == 0 {
		end := model.ChunkEnded
		if unknown > 0 && accepted == 0 {
			end = model.ChunkUnknown
		} else if err := erase(ctx, tx, id, chunk); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET phase = ?, ended = ? WHERE operation = ? AND number = ?`,
			end, ms(l.o.Now()), id, chunk); err != nil {
			return err
		}
		if err := l.note(ctx, tx, id, chunk, end.String(), ""); err != nil {
			return err
		}
	}
	return l.touch(ctx, tx, id)
}

// Polled notes the service's word on the job of an accepted chunk.
func (l *Ledger) Polled(ctx context.Context, id model.OperationID, chunk int, state model.JobState, word string) error {
	return l.change(ctx, "note job state", func(tx *sql.Tx) error {
		if err := l.own(ctx, tx, id, chunk, model.ChunkAccepted); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET job_state = ?, job_word = ?, polled = ?, problem = ''
			WHERE operation = ? AND number = ?`, state, word, ms(l.o.Now()), id, chunk); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

// Trouble notes why a chunk that has not come to an end does not move. Nothing
// is written when it says the same as before.
func (l *Ledger) Trouble(ctx context.Context, id model.OperationID, chunk int, why string) error {
	return l.change(ctx, "note trouble", func(tx *sql.Tx) error {
		if err := l.own(ctx, tx, id, chunk, model.ChunkQueued, model.ChunkSending, model.ChunkAccepted, model.ChunkLost); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE chunks SET problem = ? WHERE operation = ? AND number = ? AND problem <> ?`, why, id, chunk, why)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

// own refuses when the operation is not this process's, or its chunk is in none
// of the phases.
func (l *Ledger) own(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int, phases ...model.ChunkPhase) error {
	phase, _, err := l.phase(ctx, tx, id, chunk)
	if err == nil && !contains(phases, phase) {
		return errStale
	}
	return err
}

// phase reads the phase of a chunk of an operation of this process, and whether
// the operation is held.
func (l *Ledger) phase(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int) (phase model.ChunkPhase, held bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT c.phase, o.held FROM chunks c JOIN operations o ON o.id = c.operation
		WHERE c.operation = ? AND c.number = ? AND o.owner = ? AND o.backend = ?`,
		id, chunk, l.owner.id, l.o.Backend).Scan(&phase, &held)
	if errors.Is(err, sql.ErrNoRows) {
		err = errStale
	}
	return phase, held, err
}
