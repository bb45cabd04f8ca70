package client

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"muster/client/ledger"
	"muster/client/rest"
	"muster/client/tracker"
	"muster/model"
)

func jobKey(id model.OperationID, chunk int) string  { return fmt.Sprintf("job/%s/%d", id, chunk) }
func lostKey(id model.OperationID, chunk int) string { return fmt.Sprintf("lost/%s/%d", id, chunk) }

// chunkOf takes a tracker's key apart.
func chunkOf(key string) (model.OperationID, int) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return "", 0
	}
	n, _ := strconv.Atoi(parts[2]) // 0 is no chunk
	return model.OperationID(parts[1]), n
}

// subject finds the chunk that a key is about, while it is this process's and in
// one of the phases that are watched.
func (c *Client) subject(ctx context.Context, key string, phases ...model.ChunkPhase) (*ledger.Ledger, model.Operation, model.Job, bool) {
	id, n := chunkOf(key)
	book, err := c.ledger(ctx)
	if err != nil {
		return nil, model.Operation{}, model.Job{}, false
	}
	o, err := book.Operation(ctx, id)
	if err != nil || !o.Mine {
		return nil, o, model.Job{}, false
	}
	for _, j := range o.Jobs {
		for _, p := range phases {
			if j.Chunk == n && j.Phase == p {
				return book, o, j, true
			}
		}
	}
	return nil, o, model.Job{}, false
}

// sinceFirst returns how long a key has been looked at for something, from the
// first call on.
func (c *Client) sinceFirst(key string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.since[key]
	if !ok {
		t = c.o.Now()
		c.since[key] = t
	}
	return c.o.Now().Sub(t)
}

func (c *Client) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.since, key)
}

// jobs reads the states of accepted jobs.
type jobs Client

// Batch implements tracker.Source: the service reads one job at a time.
func (*jobs) Batch() int { return 1 }

// Windows within which a job may look wrong without being wrong, each from the
// first time that it does.
const (
	jobVisible = time.Minute      // a job may not be known, right after its acceptance or for a moment later
	jobUnclear = 15 * time.Minute // a word that nobody knows is not an end
	jobSettles = time.Minute      // a job may end before the last of its devices does
)

// What looks wrong about a job, behind its key.
const (
	gone = "/gone"
	odd  = "/odd"
)

// Read implements tracker.Source.
func (s *jobs) Read(ctx context.Context, keys []string) map[string]tracker.Verdict {
	out := map[string]tracker.Verdict{}
	for _, k := range keys {
		out[k] = (*Client)(s).readJob(ctx, k)
	}
	return out
}

func (c *Client) readJob(ctx context.Context, key string) tracker.Verdict {
	book, o, j, ok := c.subject(ctx, key, model.ChunkAccepted)
	if !ok {
		c.forget(key)
		return tracker.Verdict{Done: true}
	}
	report, err := c.o.Partner.JobStatus(ctx, o.Customer, j.ID)
	if err != nil {
		return c.jobTrouble(ctx, book, o, j, key, asError(err))
	}
	c.forget(key + gone)
	news := report.State != j.State || report.Raw != j.Raw || j.Problem != ""
	if news {
		if err := book.Polled(ctx, o.ID, j.Chunk, report.State, report.Raw); err != nil {
			return tracker.Verdict{Done: ledger.Stale(err)}
		}
	}
	if report.State != model.JobUnknown {
		c.forget(key + odd)
	} else if c.sinceFirst(key+odd) > jobUnclear {
		return c.unclear(ctx, book, o, j, "the service says "+strconv.Quote(report.Raw)+" about the job")
	}
	if !report.State.Ended() {
		return tracker.Verdict{News: news}
	}
	return c.settle(ctx, book, o, j, report, key)
}

func (c *Client) jobTrouble(ctx context.Context, book *ledger.Ledger, o model.Operation, j model.Job, key string, e *model.Error) tracker.Verdict {
	switch e.Kind {
	case model.Cancelled:
		return tracker.Verdict{}
	case model.NotFound:
		if c.sinceFirst(key+gone) > jobVisible {
			return c.unclear(ctx, book, o, j, "the service does not know the job any more")
		}
		return tracker.Verdict{}
	}
	if err := book.Trouble(ctx, o.ID, j.Chunk, e.Msg); err != nil {
		return tracker.Verdict{Done: ledger.Stale(err)}
	}
	after, _ := rest.RetryAfter(e)
	return tracker.Verdict{After: after}
}

// unclear treats a job that says nothing more like a lost answer: what it should
// have done is looked for.
func (c *Client) unclear(ctx context.Context, book *ledger.Ledger, o model.Operation, j model.Job, why string) tracker.Verdict {
	err := book.Lost(ctx, o.ID, j.Chunk, why)
	return tracker.Verdict{Done: err == nil || ledger.Stale(err)}
}

// settle writes down what became of the rows of a job that has ended. Success is
// computed from the devices, never from the job's word.
func (c *Client) settle(ctx context.Context, book *ledger.Ledger, o model.Operation, j model.Job, report model.BatchUpload, key string) tracker.Verdict {
	rows, ids, err := book.ChunkRows(ctx, o.ID, j.Chunk)
	if err != nil {
		return tracker.Verdict{}
	}
	patience := c.sinceFirst(key) < jobSettles
	if o.Kind == model.AdoptJob {
		return c.settleAdopted(ctx, book, o, report, patience)
	}
	results, open := outcomes(rows, ids, report)
	c.tryAgain(o, rows, results)
	if o.Kind == model.UnassignPolicy && (open == 0 || !patience) {
		return c.verify(ctx, book, o, j, onlyFailures(results), key)
	}
	if len(results) > 0 {
		if err := book.Settle(ctx, o.ID, j.Chunk, results); err != nil {
			return tracker.Verdict{Done: ledger.Stale(err)}
		}
	}
	switch {
	case open == 0:
		c.forget(key)
		return tracker.Verdict{Done: true}
	case patience:
		return tracker.Verdict{News: true}
	}
	c.forget(key)
	return c.unclear(ctx, book, o, j, "the job ended without a word about "+plural(open, "row"))
}

// verify notes the failures that a job reported and looks for the effect of the
// rest, because the job's word is not enough.
func (c *Client) verify(ctx context.Context, book *ledger.Ledger, o model.Operation, j model.Job, failures []ledger.Result, key string) tracker.Verdict {
	if len(failures) > 0 {
		if err := book.Settle(ctx, o.ID, j.Chunk, failures); err != nil {
			return tracker.Verdict{Done: ledger.Stale(err)}
		}
	}
	c.forget(key)
	if len(failures) == j.Rows {
		return tracker.Verdict{Done: true}
	}
	return c.unclear(ctx, book, o, j, "the job ended; the devices are being read back")
}

func onlyFailures(results []ledger.Result) []ledger.Result {
	var out []ledger.Result
	for _, r := range results {
		if r.State == model.RowFailed {
			out = append(out, r)
		}
	}
	return out
}

// outcomes turns the report on a job into results, and counts the open rows that
// it leaves without one. A device that is still under way in a job that has ended
// is left open.
func outcomes(rows []model.Row, ids []model.RowIdentity, report model.BatchUpload) (out []ledger.Result, open int) {
	if len(report.Devices) == 0 && report.State == model.JobFinished {
		for _, r := range rows {
			if r.State.Open() {
				out = append(out, ledger.Result{Number: r.Number, State: model.RowDone, Text: "the job finished; the service gave no details"})
			}
		}
		return out, 0
	}
	for i, p := range model.Pair(ids, report.Devices) {
		row := rows[i]
		if !row.State.Open() {
			continue
		}
		if p.Outcome < 0 {
			open++
			continue
		}
		d := report.Devices[p.Outcome]
		if !d.State.Ended() && !d.Failed() { // the job's word is not the device's
			open++
			continue
		}
		out = append(out, resultOf(row.Number, d, p.By))
	}
	return out, open
}

func resultOf(number int, d model.DeviceUpload, by model.PairedBy) ledger.Result {
	r := ledger.Result{Number: number, State: model.RowDone, By: by, Object: string(d.ID)}
	if !d.Failed() {
		return r
	}
	r.State, r.Code, r.CodeName = model.RowFailed, d.Code, d.Name
	if m, ok := model.MeaningOf(d.Code, d.Name); ok {
		r.Text, r.What = m.Text, m.What
		return r
	}
	r.Text = strings.TrimSpace("the service says " + strings.TrimSpace(d.Code+" "+d.Name))
	if d.Code == "" && d.Name == "" {
		r.Text = "failed; the service gave no reason"
	}
	return r
}

// lost looks for the effect of chunks whose answer was lost.
type lost Client

// Batch implements tracker.Source.
func (*lost) Batch() int { return 1 }

// Read implements tracker.Source.
func (s *lost) Read(ctx context.Context, keys []string) map[string]tracker.Verdict {
	out := map[string]tracker.Verdict{}
	for _, k := range keys {
		out[k] = (*Client)(s).readLost(ctx, k)
	}
	return out
}

func (c *Client) readLost(ctx context.Context, key string) tracker.Verdict {
	book, o, j, ok := c.subject(ctx, key, model.ChunkLost, model.ChunkAccepted)
	if !ok || c.sender(o.Kind) == nil {
		c.forget(key)
		return tracker.Verdict{Done: true}
	}
	last := c.sinceFirst(key) >= c.o.ReadBack
	rows, _, err := book.ChunkRows(ctx, o.ID, j.Chunk)
	if err != nil {
		return tracker.Verdict{}
	}
	bodies, err := book.Spool(ctx, o.ID, j.Chunk)
	if err != nil {
		return tracker.Verdict{}
	}
	found, err := c.find(ctx, o, rows, bodies)
	var short *model.Error // why that was not all
	if err != nil {
		if short = asError(err); short.Kind != model.Incomplete {
			return c.lostTrouble(ctx, book, o, j, short)
		}
	}
	if last { // a list that never gets whole must not keep rows open for ever
		found = append(found, givenUp(rows, found, !j.Accepted.IsZero(), short)...)
	}
	if len(found) > 0 {
		if err := book.Settle(ctx, o.ID, j.Chunk, found); err != nil {
			return tracker.Verdict{Done: ledger.Stale(err)}
		}
	}
	open := 0
	for _, r := range rows {
		if r.State.Open() {
			open++
		}
	}
	switch {
	case len(found) == open:
		c.forget(key)
		return tracker.Verdict{Done: true}
	case short != nil:
		return c.lostTrouble(ctx, book, o, j, short)
	}
	return tracker.Verdict{}
}

// lostTrouble notes why the service cannot be read now. Not being able to look
// is not the same as not finding: the looking goes on.
func (c *Client) lostTrouble(ctx context.Context, book *ledger.Ledger, o model.Operation, j model.Job, e *model.Error) tracker.Verdict {
	if e.Kind == model.Cancelled {
		return tracker.Verdict{}
	}
	if err := book.Trouble(ctx, o.ID, j.Chunk, e.Msg); err != nil {
		return tracker.Verdict{Done: ledger.Stale(err)}
	}
	after, _ := rest.RetryAfter(e)
	return tracker.Verdict{After: after}
}

// notFound says what is known of a row whose answer was lost and that was looked for in
// vain. short is why not all could be read, nil when all was.
func notFound(short *model.Error) string {
	if short != nil {
		return "sent, no answer was recorded; it may be there all the same, for the list could not be read whole: " + short.Msg
	}
	return "sent, no answer was recorded, and it was not found at the service"
}

// givenUp says of the rows that were not found that nobody knows.
func givenUp(rows []model.Row, found []ledger.Result, accepted bool, short *model.Error) []ledger.Result {
	have := map[int]bool{}
	for _, f := range found {
		have[f.Number] = true
	}
	what := "retry sends it again with the same request id"
	if accepted {
		what = "look at the device at the service"
	}
	var out []ledger.Result
	for _, r := range rows {
		if r.State.Open() && !have[r.Number] {
			out = append(out, ledger.Result{Number: r.Number, State: model.RowUnknown, What: what,
				Text: notFound(short)})
		}
	}
	return out
}
