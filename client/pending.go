package client

import (
	"context"
	"strings"
	"time"

	"muster/client/ledger"
	"muster/client/rest"
	"muster/client/tracker"
	"muster/model"
)

// follower is a sender of what Intune takes at once and carries out in its own
// time: nothing but reading back tells when.
type follower interface {
	sender
	// look returns what the service says of open rows of one operation, accepted
	// ones and ones whose answer was lost. A result that is not final is news: the
	// service has the row and works on it.
	look(ctx context.Context, v *view, o model.Operation, rows []model.Row) ([]ledger.Result, error)
	// late says of a row that was taken and shows no effect what an operator must know.
	late() (text, what string)
}

func pendingKey(id model.OperationID) string { return "pending/" + string(id) }

// watchPending makes sure that an operation in Intune is read back while anything
// of it was sent and has not come to an end.
func (c *Client) watchPending(o model.Operation) {
	var since time.Time
	for _, j := range o.Jobs {
		if (j.Phase == model.ChunkAccepted || j.Phase == model.ChunkLost) && (since.IsZero() || j.Sent.Before(since)) {
			since = j.Sent
		}
	}
	if !since.IsZero() {
		c.tracker.Add(pendingKey(o.ID), (*pending)(c), since)
	}
}

// pending reads operations in Intune back. One read of a tenant's list answers
// all of them.
type pending Client

// Batch implements tracker.Source.
func (*pending) Batch() int { return 0 }

// watched is an operation that is being read back.
type watched struct {
	key  string
	op   model.Operation
	jobs map[int]model.Job // by chunk
	rows []model.Row       // of chunks that were accepted or whose answer was lost
}

// Read implements tracker.Source.
func (s *pending) Read(ctx context.Context, keys []string) map[string]tracker.Verdict {
	c := (*Client)(s)
	out := map[string]tracker.Verdict{}
	book, err := c.ledger(ctx)
	if err != nil {
		return out
	}
	views := map[model.CustomerID]*view{}
	var all []*watched
	for _, key := range keys {
		w, ok := c.pendingRows(ctx, book, key)
		if !ok {
			c.forget(key)
			out[key] = tracker.Verdict{Done: true}
			continue
		}
		if w == nil { // the ledger would not be read, as at the end of the program: asked for again
			continue
		}
		if views[w.op.Customer] == nil {
			views[w.op.Customer] = &view{c: c, customer: w.op.Customer}
		}
		views[w.op.Customer].want += len(w.rows)
		all = append(all, w)
	}
	for _, w := range all {
		out[w.key] = c.readPending(ctx, book, views[w.op.Customer], w)
	}
	return out
}

// pendingRows finds what of an operation is to be read back; ok is false when
// that is nothing.
func (c *Client) pendingRows(ctx context.Context, book *ledger.Ledger, key string) (*watched, bool) {
	_, id, _ := strings.Cut(key, "/")
	o, err := book.Operation(ctx, model.OperationID(id))
	if err != nil {
		return nil, model.KindOf(err) != model.NotFound
	}
	if !o.Mine || o.Rows.InFlight+o.Rows.Accepted == 0 {
		return nil, false
	}
	rows, err := book.Rows(ctx, o.ID)
	w := &watched{key: key, op: o, jobs: jobsOf(o)}
	if err != nil {
		return w, true
	}
	for _, r := range rows {
		if j := w.jobs[r.Chunk]; r.State.Open() && (j.Phase == model.ChunkAccepted || j.Phase == model.ChunkLost) {
			w.rows = append(w.rows, r)
		}
	}
	return w, true
}

func jobsOf(o model.Operation) map[int]model.Job {
	out := make(map[int]model.Job, len(o.Jobs))
	for _, j := range o.Jobs {
		out[j.Chunk] = j
	}
	return out
}

func (c *Client) readPending(ctx context.Context, book *ledger.Ledger, v *view, w *watched) tracker.Verdict {
	f, ok := c.sender(w.op.Kind).(follower)
	if !ok || len(w.rows) == 0 {
		return tracker.Verdict{}
	}
	over := c.overdue(w)
	found, err := f.look(ctx, v, w.op, w.rows)
	var short *model.Error // why that was not all
	if err != nil {
		if short = asError(err); short.Kind != model.Incomplete || len(over) == 0 { // a list that never gets whole must not keep rows open for ever
			return c.pendingTrouble(ctx, book, w, short)
		}
	}
	c.allWell(ctx, book, w)
	c.arrived(ctx, book, w, found)
	text, what := f.late()
	found = append(found, expired(w.rows, found, over, short, text, what)...)
	for chunk, results := range byChunk(w.rows, found) {
		if w.jobs[chunk].Phase == model.ChunkLost {
			tellLost(results)
		}
		if err := book.Settle(ctx, w.op.ID, chunk, results); err != nil && !ledger.Stale(err) {
			return tracker.Verdict{}
		}
	}
	if w.op.Kind == model.ImportAutopilot {
		c.watchTickets()
	}
	return tracker.Verdict{}
}

// allWell takes back what [Client.pendingTrouble] noted.
func (c *Client) allWell(ctx context.Context, book *ledger.Ledger, w *watched) {
	for _, j := range w.op.Jobs {
		if j.Phase == model.ChunkAccepted && j.Problem != "" {
			_ = book.Trouble(ctx, w.op.ID, j.Chunk, "") // the next read tries again
		}
	}
}

// overdue returns the chunks that were looked at for long enough: those that were
// accepted for as long as patience goes, those that may never have arrived for as
// long as any lost answer is looked for.
func (c *Client) overdue(w *watched) map[int]model.ChunkPhase {
	over := map[int]model.ChunkPhase{}
	seen := map[int]bool{}
	for _, r := range w.rows {
		if seen[r.Chunk] {
			continue
		}
		seen[r.Chunk] = true
		j := w.jobs[r.Chunk]
		switch {
		case j.Phase == model.ChunkLost && c.sinceFirst(lostKey(w.op.ID, j.Chunk)) >= c.o.ReadBack:
			over[j.Chunk] = j.Phase
			c.forget(lostKey(w.op.ID, j.Chunk))
		case j.Phase == model.ChunkAccepted && c.o.Now().Sub(j.Accepted) >= c.o.Patience:
			over[j.Chunk] = j.Phase
		}
	}
	return over
}

// tellLost adds to what was found that the answer to it was lost.
func tellLost(results []ledger.Result) {
	for i := range results {
		if results[i].State == model.RowDone {
			results[i].Text += "; the answer was lost"
		}
	}
}

// arrived notes that chunks whose answer was lost did reach the service: every row
// of them was seen there.
func (c *Client) arrived(ctx context.Context, book *ledger.Ledger, w *watched, found []ledger.Result) {
	seen := map[int]bool{}
	for _, f := range found {
		seen[f.Number] = true
	}
	missing, lost := map[int]bool{}, map[int]bool{}
	for _, r := range w.rows {
		lost[r.Chunk] = w.jobs[r.Chunk].Phase == model.ChunkLost
		missing[r.Chunk] = missing[r.Chunk] || !seen[r.Number]
	}
	for chunk, was := range lost {
		if was && !missing[chunk] {
			_ = book.Accepted(ctx, w.op.ID, chunk, "", "") // the next read tries again
		}
	}
}

// expired says of overdue rows about which nothing final was found that nobody
// knows. short is why not all could be read, nil when all was.
func expired(rows []model.Row, found []ledger.Result, over map[int]model.ChunkPhase, short *model.Error, text, what string) []ledger.Result {
	if short != nil {
		text += "; the list could not be read whole: " + short.Msg
	}
	final, seen := map[int]bool{}, map[int]bool{}
	for _, f := range found {
		final[f.Number], seen[f.Number] = f.State.Final(), true
	}
	var out []ledger.Result
	for _, r := range rows {
		phase, late := over[r.Chunk]
		switch {
		case !late || final[r.Number]:
		case phase == model.ChunkLost && seen[r.Number]: // it did arrive
		case phase == model.ChunkLost:
			out = append(out, ledger.Result{Number: r.Number, State: model.RowUnknown, What: "retry sends it again with the same request id",
				Text: notFound(short)})
		default:
			out = append(out, ledger.Result{Number: r.Number, State: model.RowUnknown, Text: text, What: what})
		}
	}
	return out
}

// byChunk sorts results by the chunk of their rows and leaves out news that the
// row tells already.
func byChunk(rows []model.Row, results []ledger.Result) map[int][]ledger.Result {
	at := make(map[int]model.Row, len(rows))
	for _, r := range rows {
		at[r.Number] = r
	}
	out := map[int][]ledger.Result{}
	for _, res := range results {
		r, ok := at[res.Number]
		news := res.State.Final() || res.Text != r.Text || res.Ticket != "" && r.Ticket == ""
		if ok && news {
			out[r.Chunk] = append(out[r.Chunk], res)
		}
	}
	return out
}

// pendingTrouble notes why the service cannot be read now. Not being able to look
// is not the same as not finding: the looking goes on.
func (c *Client) pendingTrouble(ctx context.Context, book *ledger.Ledger, w *watched, e *model.Error) tracker.Verdict {
	if e.Kind == model.Cancelled {
		return tracker.Verdict{}
	}
	noted := map[int]bool{}
	for _, r := range w.rows {
		if noted[r.Chunk] {
			continue
		}
		noted[r.Chunk] = true
		if err := book.Trouble(ctx, w.op.ID, r.Chunk, e.Msg); err != nil && !ledger.Stale(err) {
			break
		}
	}
	after, _ := rest.RetryAfter(e)
	return tracker.Verdict{After: after}
}
