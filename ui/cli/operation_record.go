package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"muster/model"
)

type tallyRecord struct {
	Queued   int `json:"queued"`
	InFlight int `json:"inFlight"`
	Accepted int `json:"accepted"`
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	Skipped  int `json:"skipped"`
	Unknown  int `json:"unknown"`
}

// jobRecord is one request of an operation. The tracking id is absent while it is
// not known. State is the service's once it accepted the job, before that how far
// the sending came.
type jobRecord struct {
	TrackingID    model.JobID       `json:"trackingId,omitempty"`
	Operation     model.OperationID `json:"operation,omitempty"` // in muster jobs only
	Chunk         int               `json:"chunk"`
	Rows          int               `json:"rows"`
	State         string            `json:"state"`
	RequestID     string            `json:"requestId,omitempty"`
	CorrelationID string            `json:"correlationId,omitempty"`
	Sent          *time.Time        `json:"sent,omitempty"`
	Accepted      *time.Time        `json:"accepted,omitempty"`
	Polled        *time.Time        `json:"polled,omitempty"`
	Ended         *time.Time        `json:"ended,omitempty"`
	NotBefore     *time.Time        `json:"notBefore,omitempty"` // of a retry that happens by itself
	Problem       string            `json:"problem,omitempty"`
}

// failureRecord is one row that failed, or of which nobody knows what became.
type failureRecord struct {
	Row    int    `json:"row"`
	Serial string `json:"serial"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Text   string `json:"text"`
	What   string `json:"what"`
}

// attemptRecord is what became of a row in an attempt that was followed by another.
type attemptRecord struct {
	Row        int         `json:"row"`
	Serial     string      `json:"serial"`
	Attempt    int         `json:"attempt"`
	Chunk      int         `json:"chunk"`
	TrackingID model.JobID `json:"trackingId,omitempty"`
	State      string      `json:"state"`
	Code       string      `json:"code"`
	Name       string      `json:"name"`
	Text       string      `json:"text"`
	Ended      *time.Time  `json:"ended,omitempty"`
}

type operationRecord struct {
	ID       model.OperationID `json:"id"`
	State    string            `json:"state"`
	Kind     string            `json:"kind"`
	Title    string            `json:"title"`
	Customer *named            `json:"customer,omitempty"`
	Created  *time.Time        `json:"created,omitempty"`
	Ended    *time.Time        `json:"ended,omitempty"`
	Note     string            `json:"note,omitempty"` // why it does not move, when it should
	Rows     tallyRecord       `json:"rows"`
	Jobs     []jobRecord       `json:"jobs"`
	Failures []failureRecord   `json:"failures"`
	Attempts []attemptRecord   `json:"attempts,omitempty"` // earlier ones, of rows that were sent more than once
	LeftOut  int               `json:"leftOut,omitempty"`  // rows of the list that were not asked for, of the upload that is under way
}

func (jobRecord) record()       {}
func (operationRecord) record() {}

func newJobRecord(j model.Job) jobRecord {
	return jobRecord{
		TrackingID: j.ID, Chunk: j.Chunk, Rows: j.Rows, State: jobState(j), RequestID: j.RequestID, CorrelationID: j.Correlation,
		Sent: stamp(j.Sent), Accepted: stamp(j.Accepted), Polled: stamp(j.Polled), Ended: stamp(j.Ended), NotBefore: stamp(j.Due), Problem: j.Problem,
	}
}

// jobState is the state of a job in words.
func jobState(j model.Job) string {
	switch j.Phase {
	case model.ChunkAccepted, model.ChunkEnded:
		if j.State == model.JobUnknown {
			return j.Phase.String()
		}
		return j.State.String()
	}
	return j.Phase.String()
}

// jobWord is the state of a job for a person: one that waits says until when.
func (s *session) jobWord(j model.Job) string {
	if j.Phase == model.ChunkQueued && !j.Due.IsZero() {
		return "queued until " + s.out.moment(j.Due)
	}
	return jobState(j)
}

func bad(r model.Row) bool { return r.State == model.RowFailed || r.State == model.RowUnknown }

func newOperationRecord(o model.Operation, rows []model.Row) operationRecord {
	t := o.Rows
	r := operationRecord{
		ID: o.ID, State: o.State().String(), Kind: kindOf(o), Title: o.Title, Created: stamp(o.Created), Ended: stamp(o.Ended), Note: o.Note,
		Rows: tallyRecord{t.Queued, t.InFlight, t.Accepted, t.Done, t.Failed, t.Skipped, t.Unknown},
		Jobs: make([]jobRecord, len(o.Jobs)), Failures: failuresOf(rows), Attempts: attemptsOf(rows),
	}
	if o.Customer != "" {
		r.Customer = namedCustomer(o.Customer, o.CustomerName)
	}
	for i, j := range o.Jobs {
		r.Jobs[i] = newJobRecord(j)
	}
	return r
}

func failuresOf(rows []model.Row) []failureRecord {
	out := []failureRecord{}
	for _, row := range rows {
		if bad(row) {
			out = append(out, failureRecord{row.Number, row.Serial, row.Code, row.CodeName, row.Text, row.What})
		}
	}
	return out
}

func attemptsOf(rows []model.Row) []attemptRecord {
	var out []attemptRecord
	for _, r := range rows {
		for _, p := range r.Past {
			out = append(out, attemptRecord{r.Number, r.Serial, p.Attempt, p.Chunk, p.Job, p.State.String(), p.Code, p.CodeName, p.Text, stamp(p.At)})
		}
	}
	return out
}

// kindOf is the kind in words, also of a kind that a newer muster wrote.
func kindOf(o model.Operation) string {
	if o.Kind == model.OtherOperation && o.Word != "" {
		return o.Word
	}
	return o.Kind.String()
}

// badRows reads the rows of an operation when some of them need to be shown.
func (s *session) badRows(ctx context.Context, o model.Operation) ([]model.Row, error) {
	if o.Rows.Failed+o.Rows.Unknown+o.Again == 0 {
		return nil, nil
	}
	return s.Journal.Rows(ctx, o.ID)
}

// showOperation writes one operation: an object, or a page for a person.
func (s *session) showOperation(ctx context.Context, o model.Operation, json bool) error {
	rows, err := s.badRows(ctx, o)
	if err != nil {
		return err
	}
	if json {
		r := newOperationRecord(o, rows)
		r.LeftOut = s.leftOut
		return s.out.object(r)
	}
	s.pageOf(o, rows)
	return s.out.flush()
}

// shownFailures is how many rows a page for a person lists.
const shownFailures = 50

func (s *session) pageOf(o model.Operation, rows []model.Row) {
	out, t := s.out, o.Rows
	out.line("operation  %s", model.Clean(string(o.ID)))
	out.line("what       %s", title(o))
	out.line("state      %s", o.State())
	if name := model.Clean(o.CustomerName); name != "" {
		out.line("customer   %s", name)
	}
	out.line("asked for  %s", out.moment(o.Created))
	out.line("rows       %s: %s queued, %s in flight, %s accepted, %s done, %s failed, %s skipped, %s unknown",
		number(t.Total()), number(t.Queued), number(t.InFlight), number(t.Accepted), number(t.Done), number(t.Failed), number(t.Skipped), number(t.Unknown))
	if o.Again > 0 {
		out.line("again      %s sent more than once, or waiting to be", count(o.Again, "row"))
	}
	if note := model.Clean(o.Note); note != "" {
		out.line("note       %s", note)
	}
	if len(o.Jobs) > 0 {
		out.line("")
		jobs := out.table("JOB", "ROWS", "STATE", "TRACKING ID", "CORRELATION ID", "PROBLEM")
		for _, j := range o.Jobs {
			jobs.row(strconv.Itoa(j.Chunk), number(j.Rows), s.jobWord(j), string(j.ID), j.Correlation, j.Problem)
		}
		jobs.end()
	}
	s.failuresPage(rows)
}

func (s *session) failuresPage(rows []model.Row) {
	reasons := model.Failures(rows)
	if len(reasons) == 0 {
		return
	}
	s.out.line("")
	for _, f := range reasons {
		s.out.line("%s: %s", count(f.Rows, "row"), reason(f.Code, f.Name, f.Text, f.What))
	}
	s.out.line("")
	t := s.out.table("ROW", "LINE", "DEVICE", "STATE", "CODE", "WHY")
	shown := 0
	for _, r := range rows {
		if !bad(r) {
			continue
		}
		if shown++; shown > shownFailures {
			continue
		}
		t.row(strconv.Itoa(r.Number), place(r.Line), r.Label(), r.State.String(), r.Code, r.Text)
	}
	t.end()
	if shown > shownFailures {
		s.out.line("and %s more, all with --json", count(shown-shownFailures, "row"))
	}
}

// reason is why rows failed, as one line.
func reason(code, name, text, what string) string {
	line := model.Clean(text)
	if code != "" || name != "" {
		line += fmt.Sprintf(" (%s)", model.Clean(joined(code, name)))
	}
	if what != "" {
		line += "; " + model.Clean(what)
	}
	return line
}

func joined(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + " " + b
}
