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
// it is on disk; the operation belongs to this process. For rows that are too
// many to be held in memory there is [Ledger.Draft].
func (l *Ledger) Record(ctx context.Context, in Intent) (model.OperationID, error) {
	d := l.Draft(in)
	defer d.Discard()
	for _, r := range in.Rows {
		if err := d.Add(ctx, r); err != nil {
			return "", err
		}
	}
	return d.Commit(ctx)
}

// insertOperation writes the operation itself down, without rows.
func (l *Ledger) insertOperation(ctx context.Context, tx *sql.Tx, id model.OperationID, in Intent) error {
	return l.insertAs(ctx, tx, id, in, l.o.Backend)
}

// insertRows writes the intent's rows down, size a chunk.
func (l *Ledger) insertRows(ctx context.Context, tx *sql.Tx, id model.OperationID, in Intent, size int) error {
	return l.cutter(id, in.Kind, size).write(ctx, tx, in.Rows)
}

func (l *Ledger) insertAs(ctx context.Context, tx *sql.Tx, id model.OperationID, in Intent, backend string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO operations
		(id, backend, owner, kind, customer, customer_name, title, target, source, who, created)
		VALUES (?,?,?,?,?,?,?,?,?,?,?)`, id, backend, l.owner.id, in.Kind.String(), in.Customer, in.CustomerName,
		in.Title, in.Target, in.Source, l.o.Who, ms(l.o.Now()))
	return err
}

// cutter writes rows into chunks of at most size rows that have the same target.
// It goes on where it stopped, in whatever transaction.
type cutter struct {
	id     model.OperationID
	size   int
	apart  func(IntentRow) string // rows of which it differs do not share a chunk
	newID  func() string
	number int // rows written
	chunk  int // the one that is being filled, 0 = none
	filled int // rows in it
	target string
}

func (l *Ledger) cutter(id model.OperationID, kind model.OperationKind, size int) *cutter {
	if size <= 0 {
		size = model.ChunkDevices
	}
	return &cutter{id: id, size: size, newID: l.o.NewID, apart: together(kind, func(r IntentRow) string { return r.Row.Target })}
}

const (
	insertRow = `INSERT INTO rows (operation, number, chunk, line, serial, sent_serial, device, batch, name, key_sum, hash_sum, previous,
		target, maker, model, autopilot, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)`
	insertSpool = `INSERT INTO spool (operation, chunk, number, body) VALUES (?,?,?,?)`
	insertChunk = `INSERT INTO chunks (operation, number, request_id, rows) VALUES (?,?,?,0)`
	countChunk  = `UPDATE chunks SET rows = ? WHERE operation = ? AND number = ?`
)

// write puts rows behind those that were written before.
func (c *cutter) write(ctx context.Context, tx *sql.Tx, rows []IntentRow) error {
	row, err := tx.PrepareContext(ctx, insertRow)
	if err != nil {
		return err
	}
	defer row.Close()
	spool, err := tx.PrepareContext(ctx, insertSpool)
	if err != nil {
		return err
	}
	defer spool.Close()
	for _, r := range rows {
		if target := c.apart(r); c.chunk == 0 || c.filled == c.size || target != c.target {
			if err := c.next(ctx, tx, target); err != nil {
				return err
			}
		}
		c.number++
		c.filled++
		m := r.Row
		if _, err := row.ExecContext(ctx, c.id, c.number, c.chunk, m.Line, m.Serial, r.SentSerial, m.Device, m.Batch, m.Name,
			m.KeySum, m.HashSum, m.Previous, m.Target, m.Maker, m.Model, m.Autopilot); err != nil {
			return err
		}
		if r.Body == nil {
			continue
		}
		if _, err := spool.ExecContext(ctx, c.id, c.chunk, c.number, r.Body); err != nil {
			return err
		}
	}
	return c.count(ctx, tx)
}

// next begins a chunk.
func (c *cutter) next(ctx context.Context, tx *sql.Tx, target string) error {
	if err := c.count(ctx, tx); err != nil {
		return err
	}
	c.chunk, c.filled, c.target = c.chunk+1, 0, target
	_, err := tx.ExecContext(ctx, insertChunk, c.id, c.chunk, c.newID())
	return err
}

// count notes how many rows the chunk has that is being filled.
func (c *cutter) count(ctx context.Context, tx *sql.Tx) error {
	if c.chunk == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, countChunk, c.filled, c.id, c.chunk)
	return err
}

// together tells which rows may share a chunk: those of one target, unless rows
// of the kind have targets of their own.
func together[R any](k model.OperationKind, target func(R) string) func(R) string {
	if k.OwnTargets() {
		return func(R) string { return "" }
	}
	return target
}

// note adds to the record of events: times, ids and words, never a secret.
func (l *Ledger) note(ctx context.Context, tx *sql.Tx, id model.OperationID, chunk int, what, detail string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO events (at, operation, chunk, what, detail) VALUES (?,?,?,?,?)`,
		ms(l.o.Now()), id, chunk, what, strings.TrimSpace(detail))
	return err
}
