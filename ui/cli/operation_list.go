package cli

import (
	"context"
	"iter"
	"time"

	"muster/model"
)

// judgedOperation is an operation with those of its rows that need to be shown.
type judgedOperation struct {
	model.Operation
	bad []model.Row
}

// judgedOperations are the operations of a board, one a page: those with many failures
// are large.
func (s *session) judgedOperations(ctx context.Context, b *model.Board) iter.Seq2[[]judgedOperation, error] {
	return func(yield func([]judgedOperation, error) bool) {
		for _, o := range b.Operations {
			rows, err := s.badRows(ctx, o)
			if !yield([]judgedOperation{{o, rows}}, err) {
				return
			}
		}
	}
}

func operationListing() listing[judgedOperation] {
	rows := func(head, name, field string, of func(model.Tally) int) column[judgedOperation] {
		return counts(head, name, field, func(o judgedOperation) int { return of(o.Rows) })
	}
	return listing[judgedOperation]{
		one: "operation", empty: "there is no operation",
		columns: []column[judgedOperation]{
			asideTexts("ID", "id", "", func(o judgedOperation) string { return string(o.ID) }),
			texts("STATE", "state", "", func(o judgedOperation) string { return o.State().String() }),
			rows("DONE", "done", "rows.done", func(t model.Tally) int { return t.Done }),
			rows("FAILED", "failed", "rows.failed", func(t model.Tally) int { return t.Failed }),
			rows("UNKNOWN", "unknown", "rows.unknown", func(t model.Tally) int { return t.Unknown }),
			rows("NOT SENT", "unsent", "-", func(t model.Tally) int { return t.Queued + t.Skipped }),
			rows("OF", "rows", "-", model.Tally.Total),
			times("ASKED", "asked", "created", func(o judgedOperation) time.Time { return o.Created }),
			texts("WHAT", "operation", "title", func(o judgedOperation) string { return title(o.Operation) }),
			texts("CUSTOMER", "customer", "customer.name", func(o judgedOperation) string { return o.CustomerName }),
		},
		json: func(o judgedOperation) record { return newOperationRecord(o.Operation, o.bad) },
	}
}

// openedJob is a job that is still open, with what it belongs to.
type openedJob struct {
	model.Job
	of model.Operation
}

// openJobs are the jobs of a board of which something is still to come.
func openJobs(b *model.Board) (out []openedJob) {
	for _, o := range b.Operations {
		for _, j := range o.Jobs {
			if openJob(j) {
				out = append(out, openedJob{j, o})
			}
		}
	}
	return out
}

func jobListing() listing[openedJob] {
	return listing[openedJob]{
		one: "open job", empty: "no job is open",
		columns: []column[openedJob]{
			texts("TRACKING ID", "tracking", "trackingId", func(j openedJob) string { return string(j.ID) }),
			texts("OPERATION", "operation", "", func(j openedJob) string { return string(j.of.ID) }),
			counts("JOB", "job", "chunk", func(j openedJob) int { return j.Chunk }),
			counts("ROWS", "rows", "", func(j openedJob) int { return j.Rows }),
			texts("STATE", "state", "", func(j openedJob) string { return jobState(j.Job) }),
			times("ASKED FOR", "asked", "-", func(j openedJob) time.Time { return j.of.Created }),
			texts("WHAT", "what", "-", func(j openedJob) string { return title(j.of) }),
			times("", "accepted", "", func(j openedJob) time.Time { return j.Accepted }),
			texts("", "problem", "", func(j openedJob) string { return j.Problem }),
		},
		json: func(j openedJob) record {
			r := newJobRecord(j.Job)
			r.Operation = j.of.ID
			return r
		},
	}
}
