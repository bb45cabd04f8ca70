package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"muster/model"
)

// chunkKey names a job of the board, also while it has no tracking id.
type chunkKey struct {
	operation model.OperationID
	chunk     int
}

// openJob reports whether something is still to come of a job.
func openJob(j model.Job) bool {
	switch j.Phase {
	case model.ChunkQueued, model.ChunkSending, model.ChunkAccepted, model.ChunkLost:
		return true
	}
	return false
}

func (p *program) jobs() *cobra.Command {
	return group("jobs", "the tasks at the service that are still open", p.jobsList(), p.jobsWait(), p.jobsAdd())
}

func (p *program) jobsList() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "list", Short: "what is still open, one line a job", Args: noArgs,
		Example: "  muster jobs list --json\n  muster jobs list --filter 'state:processing accepted:>1h' --fields trackingId,operation",
	}, jobListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		board, err := s.Journal.WatchBoard(ctx, 0)
		if err != nil {
			return err
		}
		if err := s.readable(board); err != nil {
			return err
		}
		return jobListing().whole(ctx, s, k, openJobs(board), nil)
	})
}

func (p *program) jobsWait() *cobra.Command {
	w := write{wait: true}
	c := &cobra.Command{
		Use: "wait [TRACKING-ID…]", Short: "wait until jobs have ended; without ids, all that are open",
		Example: "  muster jobs wait --timeout 30m",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			return s.waitJobs(ctx, args, w)
		}),
	}
	jsonFlag(c, &w.json)
	c.Flags().Var(age{&w.timeout}, "timeout", "how long to wait at most, such as 30m")
	return c
}

// endedJob is a job with its failures.
type endedJob struct {
	jobRecord
	Failures []failureRecord `json:"failures"`
}

// waitJobs waits for jobs by tracking id, or for all that are open.
func (s *session) waitJobs(ctx context.Context, args []string, w write) error {
	first, err := s.Journal.WatchBoard(ctx, 0)
	if err != nil {
		return err
	}
	keys, err := pickJobs(first, args)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		if err := s.readable(first); err != nil {
			return err
		}
		s.say("no job is open")
		return nil
	}
	f := s.follower()
	board, why := f.until(ctx, w.timeout, func(b *model.Board) bool {
		for _, k := range keys {
			o, j, ok := findJob(b, k)
			if ok && openJob(j) && !(j.Phase == model.ChunkQueued && o.Waits()) {
				return false
			}
		}
		return true
	})
	if why != nil && !errors.Is(why, errTimeout) {
		if ctx.Err() != nil {
			s.say("jobs go on at the service: muster jobs wait")
			return failure{exitInterrupted, errInterrupted}
		}
		return why
	}
	return s.judgeJobs(ctx, board, keys, w)
}

// pickJobs finds the jobs that the tracking ids name; none names all open ones.
func pickJobs(b *model.Board, ids []string) ([]chunkKey, error) {
	at := map[model.JobID]chunkKey{}
	var open []chunkKey
	for _, o := range b.Operations {
		for _, j := range o.Jobs {
			k := chunkKey{o.ID, j.Chunk}
			if j.ID != "" {
				at[j.ID] = k
			}
			if openJob(j) {
				open = append(open, k)
			}
		}
	}
	if len(ids) == 0 {
		return open, nil
	}
	var keys []chunkKey
	for _, id := range ids {
		k, ok := at[model.JobID(id)]
		if !ok {
			return nil, usage("find job", fmt.Sprintf("no job has the tracking id %q", model.Clean(id)), "muster jobs list shows them")
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func findJob(b *model.Board, k chunkKey) (model.Operation, model.Job, bool) {
	o, _ := b.Find(k.operation)
	for _, j := range o.Jobs {
		if j.Chunk == k.chunk {
			return o, j, true
		}
	}
	return o, model.Job{}, false
}

// judgeJobs writes the jobs and makes the exit code of the worst.
func (s *session) judgeJobs(ctx context.Context, b *model.Board, keys []chunkKey, w write) error {
	codes := make([]int, 0, len(keys))
	rowsOf := map[model.OperationID][]model.Row{}
	stopped := map[model.OperationID]bool{}
	t := s.out.table("TRACKING ID", "OPERATION", "JOB", "ROWS", "FAILED", "STATE")
	for _, k := range keys {
		o, j, ok := findJob(b, k)
		if !ok {
			continue
		}
		if _, read := rowsOf[o.ID]; !read {
			rows, err := s.badRows(ctx, o)
			if err != nil {
				return err
			}
			rowsOf[o.ID] = rows
		}
		e := endedJob{newJobRecord(j), failuresOf(ofChunk(rowsOf[o.ID], j.Chunk))}
		e.Operation = o.ID
		if w.json {
			if err := s.out.object(e); err != nil {
				return err
			}
		} else {
			t.row(string(j.ID), string(o.ID), strconv.Itoa(j.Chunk), number(j.Rows), number(len(e.Failures)), e.State)
		}
		code := jobVerdict(o, j, len(e.Failures))
		if code == exitFailed && !stopped[o.ID] {
			stopped[o.ID] = true
			s.leaving(o.ID, b)
		}
		codes = append(codes, code)
	}
	t.end()
	return silent(worst(codes))
}

func ofChunk(rows []model.Row, chunk int) []model.Row {
	var out []model.Row
	for _, r := range rows {
		if r.Chunk == chunk {
			out = append(out, r)
		}
	}
	return out
}

func jobVerdict(o model.Operation, j model.Job, failures int) int {
	switch {
	case j.Phase == model.ChunkQueued && o.Waits():
		return exitFailed
	case openJob(j):
		return exitRunning
	case failures > 0:
		return exitRows
	case j.Phase == model.ChunkDropped:
		return exitCancelled
	}
	return exitDone
}
