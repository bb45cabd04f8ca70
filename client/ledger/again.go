package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"muster/model"
)

// Again is a failed row that is to be sent once more, as a new attempt.
type Again struct {
	Number int
	Target string    // of the row: a chunk has one
	Body   []byte    // what must be sent and may not stay on disk; nil = nothing
	Due    time.Time // not before; zero = at once
}

// Retry queues again what the operator may have sent again, in one step, and
// returns how many rows that is:
//
//   - chunks with unknown rows, under the request ids and by the method they had,
//     so that a service that remembers them does nothing twice;
//   - chunks that the service refused as a whole, under new request ids, since the
//     old ones were answered;
//   - single failed rows, as a new attempt in chunks of their own; rows of one
//     target stand together in failed.
//
// What is done stays done.
func (l *Ledger) Retry(ctx context.Context, id model.OperationID, failed ...Again) (rows int, err error) {
	err = l.decide(ctx, "retry", id, func(tx *sql.Tx) error {
		unknown, err := l.queueAgain(ctx, tx, id, model.ChunkUnknown, model.RowUnknown)
		if err != nil {
			return err
		}
		refused, err := l.refusedAgain(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := l.attempt(ctx, tx, id, failed); err != nil {
			return err
		}
		if rows = unknown + refused + len(failed); rows == 0 {
			return &model.Error{Kind: model.Invalid, Op: "retry", Msg: "no row of this operation can be sent again"}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE operations SET held = 0, note = '' WHERE id = ?`, id); err != nil {
			return err
		}
		return l.note(ctx, tx, id, 0, "retried", fmt.Sprint(rows, " rows"))
	})
	return rows, err
}

// RetryRows queues failed rows as a new attempt and leaves all others as they are.
// Rows of one target stand together. It is refused as a whole when one of them is
// not failed any more.
func (l *Ledger) RetryRows(ctx context.Context, id model.OperationID, failed []Again) error {
	return l.decide(ctx, "retry", id, func(tx *sql.Tx) error {
		if err := l.attempt(ctx, tx, id, failed); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE operations SET held = 0, note = '' WHERE id = ?`, id); err != nil {
			return err
		}
		return l.note(ctx, tx, id, 0, "retried", fmt.Sprint(len(failed), " rows"))
	})
}

// Found makes failed rows done, because the operator had the service looked at and
// what they wanted is there. They keep the code that they failed with. Rows that
// are not failed any more stay as they are.
func (l *Ledger) Found(ctx context.Context, id model.OperationID, results []Result) error {
	return l.decide(ctx, "note findings", id, func(tx *sql.Tx) error {
		n := int64(0)
		for _, r := range results {
			res, err := tx.ExecContext(ctx, `UPDATE rows SET state = ?, text = ?, what = '', device = CASE WHEN device = '' THEN ? ELSE device END
				WHERE operation = ? AND number = ? AND state = ?`, model.RowDone, r.Text, r.Object, id, r.Number, model.RowFailed)
			if err != nil {
				return err
			}
			k, err := res.RowsAffected()
			if err != nil {
				return err
			}
			n += k
		}
		return l.note(ctx, tx, id, 0, "found there", fmt.Sprint(n, " rows"))
	})
}

// remember keeps what became of rows before they are queued for another attempt.
const remember = `INSERT INTO past (operation, number, attempt, chunk, job, state, code, code_name, text, what, ended)
	SELECT r.operation, r.number, r.attempt, r.chunk, c.job, r.state, r.code, r.code_name, r.text, r.what, ?
	FROM rows r JOIN chunks c ON c.operation = r.operation AND c.number = r.chunk WHERE r.operation = ? AND r.state = ? AND `

// queueAgain makes the chunks of a phase, and their rows of a state, queued ones.
func (l *Ledger) queueAgain(ctx context.Context, tx *sql.Tx, id model.OperationID, phase model.ChunkPhase, state model.RowState) (int, error) {
	if _, err := tx.ExecContext(ctx, remember+`c.phase = ?`, ms(l.o.Now()), id, state, phase); err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `UPDATE rows SET state = ?, code = '', code_name = '', text = '', what = '', attempt = attempt + 1
		WHERE operation = ? AND state = ? AND chunk IN (SELECT number FROM chunks WHERE operation = ? AND phase = ?)`,
		model.RowQueued, id, state, id, phase)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE chunks SET phase = ?, ended = 0 WHERE operation = ? AND phase = ?`, model.ChunkQueued, id, phase)
	return int(n), err
}

func (l *Ledger) refusedAgain(ctx context.Context, tx *sql.Tx, id model.OperationID) (int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT number FROM chunks WHERE operation = ? AND phase = ?`, id, model.ChunkRefused)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var chunks []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
		chunks = append(chunks, n)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, n := range chunks {
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET problem = '', request_id = CASE WHEN doubt THEN request_id ELSE ? END,
			method = CASE WHEN doubt THEN method ELSE '' END WHERE operation = ? AND number = ?`,
			l.o.NewID(), id, n); err != nil {
			return 0, err
		}
	}
	return l.queueAgain(ctx, tx, id, model.ChunkRefused, model.RowFailed)
}

// attempt moves failed rows into new chunks behind the last one.
func (l *Ledger) attempt(ctx context.Context, tx *sql.Tx, id model.OperationID, failed []Again) error {
	var chunk, size int
	var word string
	if len(failed) == 0 {
		return nil
	}
	if err := tx.QueryRowContext(ctx, `SELECT max(number), max(rows), (SELECT kind FROM operations WHERE id = ?) FROM chunks WHERE operation = ?`,
		id, id).Scan(&chunk, &size, &word); err != nil {
		return err
	}
	for _, part := range cut(failed, size, together(model.ParseOperationKind(word), func(a Again) string { return a.Target })) {
		chunk++
		if _, err := tx.ExecContext(ctx, `INSERT INTO chunks (operation, number, request_id, rows, due) VALUES (?,?,?,?,?)`,
			id, chunk, l.o.NewID(), len(part), ms(part[0].Due)); err != nil {
			return err
		}
		for _, r := range part {
			if _, err := tx.ExecContext(ctx, remember+`r.number = ?`, ms(l.o.Now()), id, model.RowFailed, r.Number); err != nil {
				return err
			}
			res, err := tx.ExecContext(ctx, `UPDATE rows SET chunk = ?, state = ?, attempt = attempt + 1, code = '', code_name = '', text = '', what = ''
				WHERE operation = ? AND number = ? AND state = ?`, chunk, model.RowQueued, id, r.Number, model.RowFailed)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				return &model.Error{Kind: model.Conflict, Op: "retry", Msg: fmt.Sprintf("row %d is not failed any more", r.Number), Err: err}
			}
			if r.Body == nil {
				continue
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO spool (operation, chunk, number, body) VALUES (?,?,?,?)`, id, chunk, r.Number, r.Body); err != nil {
				return err
			}
		}
	}
	return nil
}

// cut divides rows into chunks of at most size rows that have the same target.
func cut[R any](rows []R, size int, target func(R) string) [][]R {
	var out [][]R
	begin := 0
	for i := range rows {
		if i > begin && (i-begin == size || target(rows[i]) != target(rows[begin])) {
			out = append(out, rows[begin:i])
			begin = i
		}
	}
	if begin < len(rows) {
		out = append(out, rows[begin:])
	}
	return out
}
