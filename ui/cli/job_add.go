package cli

import (
	"context"

	"github.com/spf13/cobra"

	"muster/model"
)

const addHelp = `Takes up a job that was started elsewhere: by the portal, by a script, or by a muster
whose ledger is gone. TRACKING-ID is the address that the service answered
with, or its last part. From then on it is an operation like any other; nothing is sent.`

func (p *program) jobsAdd() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "add TRACKING-ID", Short: "take up a job that was started elsewhere", Long: addHelp, Args: exactly("TRACKING-ID"),
		Example: "  muster jobs add 3f0e7f1a-… --customer Contoso --wait",
		RunE: func(c *cobra.Command, args []string) error {
			if p.target.ReadOnly && !w.dryRun {
				return readOnly("add job")
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.addJob(ctx, args[0], w) })
		},
	}
	jsonFlag(c, &w.json)
	w.dryRunFlag(c)
	w.following(c)
	return c
}

func (s *session) addJob(ctx context.Context, tracking string, w write) error {
	if err := s.writable("add job"); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	board, err := s.Journal.WatchBoard(ctx, 0)
	if err != nil {
		return err
	}
	job := model.TrackingID(tracking)
	if !model.IsGUID(string(job)) {
		return usage("add job", "the tracking id is not a GUID", "it is the last part of the address that the service answered with")
	}
	if o, ok := board.Tracking(job); ok {
		s.say("operation %s has this job already", model.Clean(string(o.ID)))
		if w.dryRun {
			return nil
		}
		return s.conclude(ctx, o.ID, w)
	}
	w.yes, w.expect = true, -1 // the verb itself is the yes
	if proceed, err := s.agree(ctx, w, plan{What: "take up job " + model.Clean(string(job)), Kind: model.AdoptJob.String(),
		Customer: namedCustomer(c.ID, c.Name), Rows: 1, Jobs: 1, notes: []string{"it is followed from then on; nothing is sent"}}); !proceed || err != nil {
		return err
	}
	id, err := s.Past.Adopt(ctx, c, job)
	if err != nil {
		return unwritten(err)
	}
	s.say("operation %s is written down", model.Clean(string(id)))
	return s.conclude(ctx, id, w)
}
