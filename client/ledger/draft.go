package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"muster/model"
)

// drafted stands where an operation has its backend while it is being written
// down. No backend has this key, so that nobody sees half an operation.
const drafted = "(draft)"

// What one transaction of a draft may hold. Others who want to write wait for one
// of them at most, never for a whole operation.
const (
	draftRows  = 1000
	draftBytes = 1 << 20
)

// Draft is an operation that is being written down, row by row, in transactions
// of bounded size. Nobody sees it before [Draft.Commit]; what a process that was
// killed left of one is removed by the next that opens the ledger. A draft is
// used by one goroutine.
type Draft struct {
	l       *Ledger
	in      Intent
	cut     *cutter
	waiting []IntentRow
	bytes   int
	begun   bool // the operation stands in the ledger
	over    bool
}

// Draft begins to write an intent down whose rows follow by [Draft.Add]; those in
// the intent are not taken. The caller ends it by Commit or Discard.
func (l *Ledger) Draft(in Intent) *Draft {
	id := model.OperationID(l.o.Name())
	in.Rows = nil
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drafts[id] = true
	return &Draft{l: l, in: in, cut: l.cutter(id, in.Kind, in.Chunk)}
}

// Add appends a row. Rows of one target stand together: a chunk has one target.
func (d *Draft) Add(ctx context.Context, r IntentRow) error {
	d.waiting = append(d.waiting, r)
	d.bytes += len(r.Body)
	if len(d.waiting) < draftRows && d.bytes < draftBytes {
		return nil
	}
	return d.l.quietly(ctx, opRecord, func(tx *sql.Tx) error { return d.flush(ctx, tx, drafted) })
}

const opRecord = "write down operation"

// flush writes what is waiting.
func (d *Draft) flush(ctx context.Context, tx *sql.Tx, backend string) error {
	if !d.begun {
		if err := d.l.insertAs(ctx, tx, d.cut.id, d.in, backend); err != nil {
			return err
		}
	}
	if err := d.cut.write(ctx, tx, d.waiting); err != nil {
		return err
	}
	d.begun, d.bytes = true, 0
	clear(d.waiting) // bodies are secrets and large
	d.waiting = d.waiting[:0]
	return nil
}

// Commit makes the operation one that everybody sees. When it returns nil, all of
// it is on disk; it belongs to this process.
func (d *Draft) Commit(ctx context.Context) (model.OperationID, error) {
	id := d.cut.id
	err := d.l.change(ctx, opRecord, func(tx *sql.Tx) error {
		if err := d.flush(ctx, tx, d.l.o.Backend); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE operations SET backend = ?, created = ? WHERE id = ?`,
			d.l.o.Backend, ms(d.l.o.Now()), id); err != nil {
			return err
		}
		return d.l.note(ctx, tx, id, 0, "asked", d.in.Title)
	})
	if err != nil {
		return "", err
	}
	d.end()
	return id, nil
}

// Discard removes the draft, its secrets first. After Commit it does nothing. If
// it fails (the disk is full), the ledger tries again by itself.
func (d *Draft) Discard() {
	if d.over {
		return
	}
	d.end()
	ctx := context.Background()
	if err := d.l.remove(ctx, d.cut.id); err == nil {
		d.l.truncate(ctx)
	}
}

func (d *Draft) end() {
	d.over, d.waiting = true, nil
	d.l.mu.Lock()
	defer d.l.mu.Unlock()
	delete(d.l.drafts, d.cut.id)
}

// removal are the statements that take an operation apart, in bounded steps: one
// is repeated until it changes nothing more. Secrets go first.
func removal() []string {
	return []string{
		`DELETE FROM spool WHERE rowid IN (SELECT rowid FROM spool WHERE operation = ? LIMIT 250)`,
		`DELETE FROM rows WHERE operation = ?1 AND number IN (SELECT number FROM rows WHERE operation = ?1 LIMIT 2000)`,
		`DELETE FROM operations WHERE id = ?`,
	}
}

// remove takes an operation that nobody sees any more out of the ledger.
func (l *Ledger) remove(ctx context.Context, id model.OperationID) error {
	for _, statement := range removal() {
		for n := int64(1); n > 0; {
			err := l.quietly(ctx, "remove draft", func(tx *sql.Tx) error {
				res, err := tx.ExecContext(ctx, statement, id)
				if err != nil {
					return err
				}
				n, err = res.RowsAffected()
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// tidy removes drafts that nobody will finish: those of dead processes, and those
// of this one that could not be discarded.
func (l *Ledger) tidy(ctx context.Context) {
	left := l.leftovers(ctx)
	for _, id := range left {
		if l.remove(ctx, id) != nil {
			return // the next look tries again
		}
	}
	if len(left) > 0 {
		l.truncate(ctx)
	}
}

func (l *Ledger) leftovers(ctx context.Context) []model.OperationID {
	rows, err := l.read.QueryContext(ctx, `SELECT id, owner FROM operations WHERE backend = ?`, drafted)
	if err != nil {
		return nil
	}
	defer rows.Close()
	var out []model.OperationID
	for rows.Next() {
		var id model.OperationID
		var owner string
		if rows.Scan(&id, &owner) != nil {
			return nil
		}
		if owner == l.owner.id && !l.drafting(id) || owner != l.owner.id && !alive(l.o.Dir, owner) {
			out = append(out, id)
		}
	}
	return out
}

func (l *Ledger) drafting(id model.OperationID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.drafts[id]
}

// Pages of 4 KiB that the file may hold without using them, and that one step gives
// back: the spool of a long list would otherwise stay on the disk as empty space.
const (
	sparePages  = 4096
	returnPages = 1024
)

// shrink gives disk space back that erased rows took, in bounded steps. A ledger of
// an older muster cannot be shrunk so; its free pages are used again.
func (l *Ledger) shrink(ctx context.Context) {
	var mode, free int
	if err := l.write.QueryRowContext(ctx, "PRAGMA auto_vacuum").Scan(&mode); err != nil || mode != 2 {
		return
	}
	for last := math.MaxInt; ; last = free {
		if err := l.write.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil || free <= sparePages || free >= last {
			return
		}
		if _, err := l.write.ExecContext(ctx, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", returnPages)); err != nil {
			return // the next look tries again
		}
	}
}
