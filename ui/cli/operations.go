package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
)

const operationsHelp = `An operation is what was asked for: an upload, an assignment, an edit. It is on
disk before anything is sent, and belongs to the muster process that sends it.
When that process ends, what the service accepted goes on there, and what was not
sent waits: operations resume sends it, operations cancel gives it up.`

func (p *program) operations() *cobra.Command {
	g := group("operations", "what was asked for and what became of it",
		p.operationsList(), p.operationsShow(), p.operationsWait(), p.operationsResume(),
		p.operationsRetry(), p.operationsUndo(), p.operationsCancel(), p.operationsExport(), p.operationsPrune())
	g.Long = operationsHelp
	return g
}

func (p *program) operationsList() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "list", Short: "all operations, newest first", Args: noArgs,
		Example: "  muster operations list --json\n  muster operations list --filter 'failed:>0 asked:<7d' --fields id,title,rows.failed",
	}, operationListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		board, err := s.Journal.WatchBoard(ctx, 0)
		if err != nil {
			return err
		}
		if err := s.readable(board); err != nil {
			return err
		}
		return operationListing().pages(ctx, s, k, s.judgedOperations(ctx, board))
	})
}

// readable says what is wrong with the ledger, and fails when that leaves nothing
// to show: a ledger that cannot be read is not an empty one.
func (s *session) readable(b *model.Board) error {
	switch {
	case b.Problem == nil:
		return nil
	case len(b.Operations) == 0:
		return b.Problem
	}
	s.say("%s", describe(b.Problem))
	return nil
}

// operation finds an operation by its id.
func (s *session) operation(ctx context.Context, id string) (model.Operation, error) {
	board, err := s.Journal.WatchBoard(ctx, 0)
	if err != nil {
		return model.Operation{}, err
	}
	o, ok := board.Find(model.OperationID(id))
	if !ok {
		return o, noSuch(board, id)
	}
	return o, nil
}

func (p *program) operationsShow() *cobra.Command {
	var json bool
	c := &cobra.Command{
		Use: "show ID", Short: "one operation with its jobs and failures", Args: exactly("ID"),
		Example: "  muster operations show k3f9-2mqa --json",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			o, err := s.operation(ctx, args[0])
			if err != nil {
				return err
			}
			return s.showOperation(ctx, o, json)
		}),
	}
	jsonFlag(c, &json)
	return c
}

func (p *program) operationsWait() *cobra.Command {
	w := write{wait: true}
	c := &cobra.Command{
		Use: "wait [ID…]", Short: "wait until every row is final; without ids, of all that have not ended",
		Example: "  muster operations wait --timeout 30m --json",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			return s.waitFor(ctx, args, w)
		}),
	}
	jsonFlag(c, &w.json)
	c.Flags().Var(age{&w.timeout}, "timeout", "how long to wait at most, such as 30m")
	return c
}

// waitFor waits for operations by id, or for all that have not ended.
func (s *session) waitFor(ctx context.Context, args []string, w write) error {
	first, err := s.Journal.WatchBoard(ctx, 0)
	if err != nil {
		return err
	}
	var ids []model.OperationID
	for _, a := range args {
		if _, ok := first.Find(model.OperationID(a)); !ok {
			return noSuch(first, a)
		}
		ids = append(ids, model.OperationID(a))
	}
	if len(args) == 0 {
		for _, o := range first.Operations {
			if !o.State().Ended() {
				ids = append(ids, o.ID)
			}
		}
	}
	if len(ids) == 0 {
		if err := s.readable(first); err != nil {
			return err
		}
		s.say("nothing is running")
		return nil
	}
	f := s.follower()
	board, err := f.until(ctx, w.timeout, func(b *model.Board) bool {
		all := true
		for _, id := range ids {
			o, ok := b.Find(id)
			if !ok { // forgotten meanwhile, so it had ended
				continue
			}
			f.progress(o, untilEnded)
			all = all && untilEnded.reached(o)
		}
		return all
	})
	return s.judged(ctx, board, ids, w, err)
}

func (p *program) operationsResume() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "resume ID", Short: "send what was not sent yet; this is the yes to it", Args: exactly("ID"),
		Example: "  muster operations resume k3f9-2mqa --wait",
		RunE: func(c *cobra.Command, args []string) error {
			if p.target.ReadOnly && !w.dryRun {
				return readOnly("resume operation")
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.resume(ctx, args[0], w) })
		},
	}
	w.flags(c)
	return c
}

// resume needs no yes beyond itself; --yes is taken because scripts give it to
// every write.
func (s *session) resume(ctx context.Context, id string, w write) error {
	if err := s.writable("resume operation"); err != nil {
		return err
	}
	was, err := s.operation(ctx, id)
	if err != nil {
		return err
	}
	w.yes = true
	if proceed, err := s.agree(ctx, w, plan{What: "send the rest of " + title(was), Kind: "resume",
		Customer: namedCustomer(was.Customer, was.CustomerName), Rows: was.Rows.Queued, Jobs: unsent(was)}); !proceed || err != nil {
		return err
	}
	switch {
	case was.Rows.Queued == 0 && was.Rows.Skipped > 0:
		s.say("%s: nothing is left to send, %s dropped", title(was), count(was.Rows.Skipped, "row"))
	case was.Rows.Queued == 0:
		s.say("%s: every row was sent before", title(was))
	case !was.Waits():
		s.say("%s: another muster is sending it", title(was))
	default:
		if err := s.Journal.Resume(ctx, was.ID); err != nil {
			return err
		}
	}
	return s.conclude(ctx, was.ID, w)
}

// planOf is a plan about rows of an operation that exists.
func planOf(o model.Operation, what string, rows int) plan {
	p := plan{What: what, Kind: kindOf(o), Rows: rows}
	if o.Customer != "" {
		p.Customer = namedCustomer(o.Customer, o.CustomerName)
	}
	for _, j := range o.Jobs {
		if j.Phase == model.ChunkQueued {
			p.Jobs++
		}
	}
	return p
}

func (p *program) operationsCancel() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "cancel ID", Short: "give up what was not sent yet", Args: exactly("ID"),
		Long:    "Gives up the rows that were not sent yet; they become skipped. What the service\naccepted goes on there, it cannot be called back.",
		Example: "  muster operations cancel k3f9-2mqa --yes",
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.mayWrite("cancel operation", w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.cancel(ctx, args[0], w) })
		},
	}
	w.flags(c)
	return c
}

func (s *session) cancel(ctx context.Context, id string, w write) error {
	was, err := s.operation(ctx, id)
	if err != nil {
		return err
	}
	if was.Rows.Queued == 0 {
		return usage("cancel operation", "every row was sent, there is nothing to give up", "")
	}
	p := planOf(was, "give up the unsent rows: "+title(was), was.Rows.Queued)
	p.undo = "none: what is given up is never sent"
	if proceed, err := s.agree(ctx, w, p); !proceed || err != nil {
		return err
	}
	if err := s.Journal.Drop(ctx, was.ID); err != nil {
		return err
	}
	f := s.follower()
	board, err := f.until(ctx, w.timeout, func(b *model.Board) bool {
		o, ok := b.Find(was.ID)
		return ok && o.Rows.Queued == 0 && (!w.wait || untilEnded.reached(o))
	})
	err = s.judged(ctx, board, []model.OperationID{was.ID}, w, err)
	if codeOf(ctx, err) == exitCancelled { // which is what was asked for
		return nil
	}
	return err
}

func (p *program) operationsPrune() *cobra.Command {
	var older time.Duration
	var dryRun bool
	c := &cobra.Command{
		Use: "prune --older AGE", Short: "forget operations that ended long ago", Args: noArgs,
		Long:    "Forgets operations that ended longer ago than AGE, on this machine only. What is\nunder way, stopped or younger stays. The tenant is not touched.",
		Example: "  muster operations prune --older 90d --dry-run",
		RunE: func(c *cobra.Command, _ []string) error {
			if older == 0 {
				return usage("prune operations", "--older is missing", "give an age such as 90d")
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.prune(ctx, older, dryRun) })
		},
	}
	c.Flags().Var(age{&older}, "older", "how long ago they ended, such as 90d")
	c.Flags().BoolVar(&dryRun, dryRunFlag, false, "say how many it would be")
	return c
}

func (s *session) prune(ctx context.Context, older time.Duration, dryRun bool) error {
	if dryRun {
		board, err := s.Journal.WatchBoard(ctx, 0)
		if err != nil {
			return err
		}
		n, before := 0, s.o.Now().Add(-older)
		for _, o := range board.Operations {
			if o.State().Ended() && !o.Ended.IsZero() && o.Ended.Before(before) {
				n++
			}
		}
		s.out.line("%s would be forgotten", count(n, "operation"))
		return nil
	}
	pruner, ok := s.Journal.(Pruner)
	if !ok {
		return &model.Error{Kind: model.Unexpected, Op: "prune operations", Msg: fmt.Sprintf("the ledger of %s cannot forget", model.Clean(s.place.Connection))}
	}
	n, err := pruner.Prune(ctx, older)
	if err != nil {
		return err
	}
	s.out.line("%s forgotten", count(n, "operation"))
	return nil
}

// unsent counts the jobs of an operation that are not sent yet.
func unsent(o model.Operation) int {
	n := 0
	for _, j := range o.Jobs {
		if j.Phase == model.ChunkQueued {
			n++
		}
	}
	return n
}
