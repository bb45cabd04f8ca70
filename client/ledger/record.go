package ledger

import (
	"context"
	"database/sql"
	"strings"

	"muster/model"
)

// Intent is what the operator asked for, before anything is sent.
type Intent struct {
	Kind         model.OperationKind
	Customer     model.CustomerID
	CustomerName string
	Title        string
	Target       string // policy id, batch id or BIOS configuration id, by kind
	Source       string
	Chunk        int         // rows a chunk; 0 = model.ChunkDevices
	Rows         []IntentRow // those of one target together: a chunk has one target, see OperationKind.OwnTargets
}

// IntentRow is one row of an intent.
type IntentRow struct {
	Row        model.Row // number, chunk and state are set here
	SentSerial bool      // the serial travels with the request, so an outcome can name it
	Body       []byte    // what must be sent and may not stay on disk; goes into the spool
}

// Record writes an intent down: the operation, its rows cut into chunks, each
// with the request id it will keep, and the spool. When it returns nil, all of
// it is on disk; the operation belongs to this process.
func (l *Ledger) Record(ctx context.Context, in Intent) (model.OperationID, error) {
	const op = "write down operation"
	size := in.Chunk
	if size <= 0 {
		size = model.ChunkDevices
	}
	id := model.OperationID(l.o.Name())
	err := l.change(ctx, op, func(tx *sql.Tx) error {
		if err := l.insertOperation(ctx, tx, id, in); err != nil {
			return err
		}
		if err := l.insertRows(ctx, tx, id, in, size); err != nil {
			return err
		}
		return l.note(ctx, tx, id, 0, "asked", in.Title)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

func (l *Ledger) insertOperation(ctx context.Context, tx *sql.Tx, id model.OperationID, in Intent) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO operations
		(id, backend, owner, kind, customer, customer_name, title, target, source, who, created)
		VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
		id, l.o.Backend, l.owner.id, in.Kind.String(), in.Customer, in.CustomerName, in.Title, in.Target, in.Source, l.o.Who, ms(l.o.Now()))
	return err
}

func (l *Ledger) insertRows(ctx context.Context, tx *sql.Tx, id model.OperationID, in Intent, size int) error {
	row, err := tx.PrepareContext(ctx, `INSERT INTO rows
		(operation, number, chunk, line, serial, sent_serial, device, batch, name, key_sum, hash_sum, previous,
		target, maker, model, autopilot, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)`)
	if err != nil {
		return err
	}
	defer row.Close()
	spool, err := tx.PrepareContext(ctx, `INSERT INTO spool (operation, chunk, number, body) VALUES (?,?,?,?)`)
	if err != nil {
		return err
	}
	defer spool.Close()
	number := 0
	for i, part := range cut(in.Rows, size, together(in.Kind, func(r IntentRow) string { return r.Row.Target })) {
		chunk := i + 1
		if _, err := tx.ExecContext(ctx, `INSERT INTO chunks (operation, number, request_id, rows) VALUES (?,?,?,?)`,
			id, chunk, l.o.NewID(), len(part)); err != nil {
			return err
		}
		for _, r := range part {
			number++
			m := r.Row
			if _, err := row.ExecContext(ctx, id, number, chunk, m.Line, m.Serial, r.SentSerial, m.Device, m.Batch, m.Name,
				m.KeySum, m.HashSum, m.Previous, m.Target, m.Maker, m.Model, m.Autopilot); err != nil {
				return err
			}
			if r.Body == nil {
				continue
			}
			if _, err := spool.ExecContext(ctx, id, chunk, number, r.Body); err != nil {
				return err
			}
		}
	}
	return nil
}

// together tells which rows may share a chunk: those of one target, unless rows
// of the kind have targets of their own.
func together[R any](k model.OperationKind, target func(R) string) func(R) string {
	if k.OwnTargets() {
		return func(R) string { return "" }
	}
	return target
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

// note adds to the record of events: times, ids and words, never a secret.
func (l *Ledger) note(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int, what, detail string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO events (at, operation, chunk, what, detail) VALUES (?,?,?,?,?)`,
		ms(l.o.Now()), id, chunk, what, strings.TrimSpace(detail))
	return err
}
