package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"muster/model"
)

// Split moves rows of a chunk that is being sent, each of which was a request of
// its own, into a new chunk behind the last one: of phase ChunkQueued when they
// were certainly not carried out, of phase ChunkLost when no answer to them was
// recorded. The request id goes with them, so a second sending can be told for one,
// and with lost ones the method. At least one row must stay behind; it is stale when
// a row is not in flight in the chunk.
func (l *Ledger) Split(ctx context.Context, id model.OperationID, chunk int, numbers []int, to model.ChunkPhase, why string) error {
	state := model.RowQueued
	if to == model.ChunkLost {
		state = model.RowInFlight
	}
	return l.change(ctx, "split chunk", func(tx *sql.Tx) error {
		if err := l.own(ctx, tx, id, chunk, model.ChunkSending); err != nil {
			return err
		}
		fresh, err := l.another(ctx, tx, id, chunk, len(numbers), to, why)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			res, err := tx.ExecContext(ctx, `UPDATE rows SET chunk = ?, state = ? WHERE operation = ? AND number = ? AND chunk = ? AND state = ?`,
				fresh, state, id, n, chunk, model.RowInFlight)
			if err != nil {
				return err
			}
			if moved, err := res.RowsAffected(); err != nil {
				return err
			} else if moved != 1 {
				return errStale
			}
			if _, err := tx.ExecContext(ctx, `UPDATE spool SET chunk = ? WHERE operation = ? AND number = ? AND chunk = ?`, fresh, id, n, chunk); err != nil {
				return err
			}
		}
		var stay int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM rows WHERE operation = ? AND chunk = ? AND state = ?`, id, chunk, model.RowInFlight).Scan(&stay); err != nil {
			return err
		}
		if stay == 0 || len(numbers) == 0 {
			return errStale
		}
		if err := l.note(ctx, tx, id, fresh, "split", fmt.Sprintf("%d rows of job %d: %s", len(numbers), chunk, why)); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

// another makes a chunk like the given one, takes rows away from that and returns
// the new one's number.
func (l *Ledger) another(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk, rows int, phase model.ChunkPhase, why string) (int, error) {
	var last int
	if err := tx.QueryRowContext(ctx, `SELECT max(number) FROM chunks WHERE operation = ?`, id).Scan(&last); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO chunks (operation, number, phase, request_id, rows, method, tries, sent, doubt, problem)
		SELECT operation, ?, ?, request_id, ?, CASE WHEN ? OR doubt THEN method ELSE '' END, tries, sent, ? OR doubt, ?
		FROM chunks WHERE operation = ? AND number = ?`,
		last+1, phase, rows, phase == model.ChunkLost, phase == model.ChunkLost, why, id, chunk); err != nil {
		return 0, err
	}
	_, err := tx.ExecContext(ctx, `UPDATE chunks SET rows = rows - ? WHERE operation = ? AND number = ?`, rows, id, chunk)
	return last + 1, err
}

// RecordDone writes down something that is only noted, because nothing is sent
// for it that this ledger would follow: every row is done when it returns.
func (l *Ledger) RecordDone(ctx context.Context, in Intent) (model.OperationID, error) {
	id := model.OperationID(l.o.Name())
	err := l.change(ctx, "write down operation", func(tx *sql.Tx) error {
		if err := l.insertOperation(ctx, tx, id, in); err != nil {
			return err
		}
		if err := l.insertRows(ctx, tx, id, in, max(len(in.Rows), 1)); err != nil {
			return err
		}
		now := ms(l.o.Now())
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET phase = ?, sent = ?, ended = ? WHERE operation = ?`, model.ChunkEnded, now, now, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE rows SET state = ? WHERE operation = ?`, model.RowDone, id); err != nil {
			return err
		}
		if err := l.note(ctx, tx, id, 0, "asked", in.Title); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// NotDone takes back what [Ledger.RecordDone] noted: it was asked for and came to
// nothing, for the reason in text. What can be done about it is in what.
func (l *Ledger) NotDone(ctx context.Context, id model.OperationID, text, what string) error {
	return l.change(ctx, "note failure", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE rows SET state = ?, text = ?, what = ? WHERE operation = ? AND state = ? AND
			operation IN (SELECT id FROM operations WHERE owner = ?)`, model.RowFailed, text, what, id, model.RowDone, l.owner.id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return errStale
		}
		if err := l.note(ctx, tx, id, 0, "failed", text); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

// Followed notes what the service says about a chunk that has ended here and goes
// on there, such as the devices of a configuration. Nothing is written when it
// says the same as before. It never changes a row.
func (l *Ledger) Followed(ctx context.Context, id model.OperationID, chunk int, word string) error {
	return l.change(ctx, "note progress", func(tx *sql.Tx) error {
		if err := l.own(ctx, tx, id, chunk, model.ChunkEnded); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE chunks SET job_word = ?, polled = ? WHERE operation = ? AND number = ? AND job_word <> ?`,
			word, ms(l.o.Now()), id, chunk, word)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if err := l.note(ctx, tx, id, chunk, "progress", word); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}

// Leftover is the ticket of an import whose row is done or failed.
type Leftover struct {
	Operation model.OperationID
	Customer  model.CustomerID
	Owner     bool // the operation is this process's
	Number    int
	Ticket    model.ImportID
}

// Leftovers lists the tickets that have said their last word and are still to be
// removed from the service. One that nobody waits for any more stays: it may yet speak.
func (l *Ledger) Leftovers(ctx context.Context) ([]Leftover, error) {
	const op = "read tickets"
	rows, err := l.read.QueryContext(ctx, `SELECT o.id, o.customer, o.owner = ?, r.number, r.ticket FROM operations o
		JOIN rows r ON r.operation = o.id WHERE o.backend = ? AND o.kind = ? AND r.ticket <> '' AND r.state IN (?, ?) ORDER BY o.created, r.number`,
		l.owner.id, l.o.Backend, model.ImportAutopilot.String(), model.RowDone, model.RowFailed)
	if err != nil {
		return nil, broken(op, err)
	}
	defer rows.Close()
	var out []Leftover
	for rows.Next() {
		var t Leftover
		if err := rows.Scan(&t.Operation, &t.Customer, &t.Owner, &t.Number, &t.Ticket); err != nil {
			return nil, broken(op, err)
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, broken(op, err)
	}
	return out, nil
}

// TicketsRemoved notes that the tickets of ended rows are gone from the service.
func (l *Ledger) TicketsRemoved(ctx context.Context, id model.OperationID, numbers []int) error {
	return l.change(ctx, "note removed tickets", func(tx *sql.Tx) error {
		for _, n := range numbers {
			if _, err := tx.ExecContext(ctx, `UPDATE rows SET ticket = '' WHERE operation = ? AND number = ? AND state IN (?, ?) AND
				operation IN (SELECT id FROM operations WHERE owner = ?)`, id, n, model.RowDone, model.RowFailed, l.owner.id); err != nil {
				return err
			}
		}
		if err := l.note(ctx, tx, id, 0, "tickets removed", fmt.Sprint(len(numbers), " tickets")); err != nil {
			return err
		}
		return l.touch(ctx, tx, id)
	})
}
