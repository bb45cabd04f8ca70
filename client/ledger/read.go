package ledger

import (
	"context"
	"database/sql"
	"errors"

	"muster/model"
)

type cached struct {
	rev int64
	op  model.Operation
}

// Chunk is what the sender and the tracker need to know of one chunk.
type Chunk struct {
	Job       model.Job
	Method    string
	Tries     int
	Operation model.OperationID
}

// Operations reads all operations of the backend at one moment, newest first.
// Only what changed since the last call is read again.
func (l *Ledger) Operations(ctx context.Context) ([]model.Operation, error) {
	const op = "read operations"
	tx, err := l.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, broken(op, err)
	}
	defer tx.Rollback()
	heads, err := l.heads(ctx, tx)
	if err != nil {
		return nil, broken(op, err)
	}
	out := make([]model.Operation, 0, len(heads))
	fresh := make(map[model.OperationID]cached, len(heads))
	l.mu.Lock()
	old := l.cache
	l.mu.Unlock()
	owners := map[string]bool{}
	for _, h := range heads {
		c, ok := old[h.id]
		if !ok || c.rev != h.rev {
			if c.op, err = l.operation(ctx, tx, h.id); err != nil {
				return nil, broken(op, err)
			}
			c.rev = h.rev
		}
		fresh[h.id] = c
		o := c.op
		o.Mine = h.owner == l.owner.id
		o.Held = h.held
		o.Owned = o.Mine
		if !o.Mine && o.Rows.Open() > 0 {
			living, known := owners[h.owner]
			if !known {
				living = alive(l.o.Dir, h.owner)
				owners[h.owner] = living
			}
			o.Owned = living
		}
		out = append(out, o)
	}
	l.mu.Lock()
	l.cache = fresh
	l.mu.Unlock()
	return out, nil
}

type head struct {
	id    model.OperationID
	rev   int64
	owner string
	held  bool
}

func (l *Ledger) heads(ctx context.Context, tx *sql.Tx) ([]head, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, rev, owner, held FROM operations WHERE backend = ? ORDER BY created DESC, id`, l.o.Backend)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []head
	for rows.Next() {
		var h head
		if err := rows.Scan(&h.id, &h.rev, &h.owner, &h.held); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

func (l *Ledger) operation(ctx context.Context, tx *sql.Tx, id model.OperationID) (model.Operation, error) {
	o := model.Operation{ID: id}
	var created, ended int64
	err := tx.QueryRowContext(ctx, `SELECT kind, customer, customer_name, title, target, source, who, note, created, ended
		FROM operations WHERE id = ?`, id).
		Scan(&o.Word, &o.Customer, &o.CustomerName, &o.Title, &o.Target, &o.Source, &o.Who, &o.Note, &created, &ended)
	if err != nil {
		return o, err
	}
	o.Kind, o.Created, o.Ended = model.ParseOperationKind(o.Word), when(created), when(ended)
	rows, err := tx.QueryContext(ctx, `SELECT state, count(*) FROM rows WHERE operation = ? GROUP BY chunk, state`, id) // in the order of the index
	if err != nil {
		return o, err
	}
	defer rows.Close()
	for rows.Next() {
		var state model.RowState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return o, err
		}
		o.Rows.Add(state, n)
	}
	if err := rows.Err(); err != nil {
		return o, err
	}
	if err := tx.QueryRowContext(ctx, `SELECT count(DISTINCT number) FROM past WHERE operation = ?`, id).Scan(&o.Again); err != nil {
		return o, err
	}
	chunks, err := readChunks(ctx, tx, l.o.Backend, id)
	for _, c := range chunks {
		o.Jobs = append(o.Jobs, c.Job)
	}
	return o, err
}

// ours picks what belongs to an operation, when that is of this backend.
const ours = `operation = (SELECT id FROM operations WHERE id = ? AND backend = ?)`

func readChunks(ctx context.Context, tx *sql.Tx, backend string, id model.OperationID) ([]Chunk, error) {
	rows, err := tx.QueryContext(ctx, `SELECT number, phase, request_id, correlation, job, job_state, job_word, rows, method, tries,
		sent, accepted, polled, ended, due, problem FROM chunks WHERE `+ours+` ORDER BY number`, id, backend)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Chunk
	for rows.Next() {
		c := Chunk{Operation: id}
		j := &c.Job
		var sent, accepted, polled, ended, due int64
		if err := rows.Scan(&j.Chunk, &j.Phase, &j.RequestID, &j.Correlation, &j.ID, &j.State, &j.Raw, &j.Rows, &c.Method, &c.Tries,
			&sent, &accepted, &polled, &ended, &due, &j.Problem); err != nil {
			return nil, err
		}
		j.Sent, j.Accepted, j.Polled, j.Ended, j.Due = when(sent), when(accepted), when(polled), when(ended), when(due)
		out = append(out, c)
	}
	return out, rows.Err()
}

// Chunks reads the chunks of one operation, by number.
func (l *Ledger) Chunks(ctx context.Context, id model.OperationID) ([]Chunk, error) {
	tx, err := l.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, broken("read operation", err)
	}
	defer tx.Rollback()
	out, err := readChunks(ctx, tx, l.o.Backend, id)
	if err != nil {
		return nil, broken("read operation", err)
	}
	return out, nil
}

const rowColumns = `number, line, serial, device, batch, name, key_sum, hash_sum, chunk, state, code, code_name, text, what, paired, previous,
	target, maker, model, attempt, autopilot, ticket, sent_serial`

// Rows reads the rows of an operation, by number, with what became of each in
// earlier attempts.
func (l *Ledger) Rows(ctx context.Context, id model.OperationID) ([]model.Row, error) {
	var out []model.Row
	err := l.eachRow(ctx, `SELECT `+rowColumns+` FROM rows WHERE `+ours+` ORDER BY number`, []any{id, l.o.Backend},
		func(r model.Row, _ bool) { out = append(out, r) })
	if err != nil {
		return nil, err
	}
	past, err := l.past(ctx, id)
	for i := range out {
		out[i].Past = past[out[i].Number]
	}
	return out, err
}

// past reads the earlier attempts of an operation's rows, by row number.
func (l *Ledger) past(ctx context.Context, id model.OperationID) (map[int][]model.PastAttempt, error) {
	rows, err := l.read.QueryContext(ctx, `SELECT number, attempt, chunk, job, state, code, code_name, text, ended
		FROM past WHERE `+ours+` ORDER BY number, attempt`, id, l.o.Backend)
	if err != nil {
		return nil, broken("read rows", err)
	}
	defer rows.Close()
	out := map[int][]model.PastAttempt{}
	for rows.Next() {
		var n int
		var p model.PastAttempt
		var ended int64
		if err := rows.Scan(&n, &p.Attempt, &p.Chunk, &p.Job, &p.State, &p.Code, &p.CodeName, &p.Text, &ended); err != nil {
			return nil, broken("read rows", err)
		}
		p.At = when(ended)
		out[n] = append(out[n], p)
	}
	if err := rows.Err(); err != nil {
		return nil, broken("read rows", err)
	}
	return out, nil
}

// ChunkRows reads the rows of one chunk, by number, and what an outcome can name
// each by.
func (l *Ledger) ChunkRows(ctx context.Context, id model.OperationID, chunk int) ([]model.Row, []model.RowIdentity, error) {
	var out []model.Row
	var ids []model.RowIdentity
	err := l.eachRow(ctx, `SELECT `+rowColumns+` FROM rows WHERE `+ours+` AND chunk = ? ORDER BY number`, []any{id, l.o.Backend, chunk},
		func(r model.Row, sentSerial bool) {
			out = append(out, r)
			i := model.RowIdentity{Device: r.Device, KeySum: r.KeySum, HashSum: r.HashSum}
			if sentSerial {
				i.Serial = r.Serial
			}
			ids = append(ids, i)
		})
	return out, ids, err
}

func (l *Ledger) eachRow(ctx context.Context, query string, args []any, do func(r model.Row, sentSerial bool)) error {
	rows, err := l.read.QueryContext(ctx, query, args...)
	if err != nil {
		return broken("read rows", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r model.Row
		var sent bool
		if err := rows.Scan(&r.Number, &r.Line, &r.Serial, &r.Device, &r.Batch, &r.Name, &r.KeySum, &r.HashSum, &r.Chunk, &r.State,
			&r.Code, &r.CodeName, &r.Text, &r.What, &r.By, &r.Previous, &r.Target, &r.Maker, &r.Model, &r.Attempt, &r.Autopilot, &r.Ticket, &sent); err != nil {
			return broken("read rows", err)
		}
		do(r, sent)
	}
	if err := rows.Err(); err != nil {
		return broken("read rows", err)
	}
	return nil
}

// Spool reads what a chunk that is not accepted yet must send, by row number.
func (l *Ledger) Spool(ctx context.Context, id model.OperationID, chunk int) ([][]byte, error) {
	rows, err := l.read.QueryContext(ctx, `SELECT body FROM spool WHERE `+ours+` AND chunk = ? ORDER BY number`, id, l.o.Backend, chunk)
	if err != nil {
		return nil, broken("read spool", err)
	}
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, broken("read spool", err)
		}
		out = append(out, b)
	}
	if err := rows.Err(); err != nil {
		return nil, broken("read spool", err)
	}
	return out, nil
}

// Operation reads one operation, freshly.
func (l *Ledger) Operation(ctx context.Context, id model.OperationID) (model.Operation, error) {
	all, err := l.Operations(ctx)
	if err != nil {
		return model.Operation{}, err
	}
	for _, o := range all {
		if o.ID == id {
			return o, nil
		}
	}
	return model.Operation{}, &model.Error{Kind: model.NotFound, Op: "read operation", Err: errors.New("no such operation"),
		Msg: "there is no operation " + model.Clean(string(id))}
}

// Events reads the record of an operation, oldest first.
func (l *Ledger) Events(ctx context.Context, id model.OperationID) ([]model.Event, error) {
	rows, err := l.read.QueryContext(ctx, `SELECT e.at, e.chunk, e.what, e.detail FROM events e JOIN operations o ON o.id = e.operation
		WHERE e.operation = ? AND o.backend = ? ORDER BY e.at, e.rowid`, id, l.o.Backend)
	if err != nil {
		return nil, broken("read events", err)
	}
	defer rows.Close()
	var out []model.Event
	for rows.Next() {
		var e model.Event
		var at int64
		if err := rows.Scan(&at, &e.Chunk, &e.What, &e.Detail); err != nil {
			return nil, broken("read events", err)
		}
		e.At = when(at)
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return nil, broken("read events", err)
	}
	return out, nil
}
