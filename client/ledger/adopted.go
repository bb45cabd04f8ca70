package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"muster/model"
)

// RecordJob writes down a job that was started elsewhere: an operation of this
// process with one chunk that is accepted already. Its devices are not known
// before the service reports on them, so it begins with one row that stands for
// the job, see [Ledger.Expand]. A job that is in the ledger already is refused.
func (l *Ledger) RecordJob(ctx context.Context, in Intent, job model.JobID) (model.OperationID, error) {
	const op = "adopt job"
	id := model.OperationID(l.o.Name())
	err := l.change(ctx, op, func(tx *sql.Tx) error {
		var known model.OperationID
		err := tx.QueryRowContext(ctx, `SELECT c.operation FROM chunks c JOIN operations o ON o.id = c.operation
			WHERE c.job = ? AND o.backend = ?`, job, l.o.Backend).Scan(&known)
		if err == nil {
			return &model.Error{Kind: model.Conflict, Op: op, Msg: fmt.Sprintf("operation %s follows this job already", known)}
		}
		if err != sql.ErrNoRows {
			return err
		}
		if err := l.insertOperation(ctx, tx, id, in); err != nil {
			return err
		}
		if err := l.insertRows(ctx, tx, id, in, len(in.Rows)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET phase = ?, job = ?, accepted = ?, request_id = '' WHERE operation = ?`,
			model.ChunkAccepted, job, ms(l.o.Now()), id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE rows SET state = ? WHERE operation = ?`, model.RowAccepted, id); err != nil {
			return err
		}
		return l.note(ctx, tx, id, 1, "adopted", string(job))
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Expand replaces the row that stood for an adopted job by the devices that the
// service reported on, in one step, and ends the chunk. Each row is final.
func (l *Ledger) Expand(ctx context.Context, id model.OperationID, rows []model.Row) error {
	return l.change(ctx, "note outcomes", func(tx *sql.Tx) error {
		if err := l.own(ctx, tx, id, 1, model.ChunkAccepted); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM rows WHERE operation = ?`, id); err != nil {
			return err
		}
		for i, r := range rows {
			if _, err := tx.ExecContext(ctx, `INSERT INTO rows (operation, number, chunk, state, serial, device, key_sum, code, code_name, text, what, paired)
				VALUES (?,?,1,?,?,?,?,?,?,?,?,?)`, id, i+1, r.State, r.Serial, r.Device, r.KeySum, r.Code, r.CodeName, r.Text, r.What, r.By); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE chunks SET rows = ? WHERE operation = ?`, len(rows), id); err != nil {
			return err
		}
		return l.endChunk(ctx, tx, id, 1)
	})
}
