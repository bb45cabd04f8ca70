package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/model/desk"
)

const retryHelp = `Sends again what failed and may pass now, and nothing else: rows whose outcome is
unknown, with the request ids they had, so that nothing happens twice; rows of a job
that the service refused as a whole; rows that failed by a passing fault. How many
rows that is, and why, is shown first, and why the others stay as they are.

Rows that a hardware hash or a product key identified cannot be sent again from here:
both are erased when the service has accepted them. With --list FILE they are taken
from the list once more, found by what was sent, and only they are sent; - is standard
input.

With --known nothing is sent. The devices that the service called there already (806)
are looked for among all devices of the customer, by equality, and those that are found
are counted as done.`

// retrying is what one muster operations retry was asked for.
type retrying struct {
	write
	known bool
	list  string
}

func (p *program) operationsRetry() *cobra.Command {
	var w retrying
	c := &cobra.Command{
		Use: "retry ID", Short: "send again what failed and can pass", Long: retryHelp, Args: exactly("ID"),
		Example: "  muster operations retry k3f9-2mqa --dry-run\n  muster operations retry k3f9-2mqa --yes --wait\n" +
			"  muster operations retry k3f9-2mqa --list devices.csv --dry-run\n  muster operations retry k3f9-2mqa --known --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "retry operation"
			if w.known && w.list != "" {
				return usage(op, "--known and --list are two things", "")
			}
			if err := p.mayWrite(op, w.write, w.list == "-"); err != nil {
				return err
			}
			var list *desk.List
			if w.list != "" {
				var err error
				if list, err = p.relist(c.Context(), w.list); err != nil {
					return err
				}
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error {
				switch {
				case w.known:
					return s.settle(ctx, args[0], w.write)
				case list != nil:
					return s.retryList(ctx, args[0], list, w.write)
				}
				return s.retry(ctx, args[0], w.write)
			})
		},
	}
	w.flags(c)
	c.Flags().StringVar(&w.list, "list", "", "send rows again whose hash or product key is erased, out of this list")
	c.Flags().BoolVar(&w.known, "known", false, "count rows as done whose device is there already, after a look; send nothing")
	return c
}

func (s *session) retry(ctx context.Context, id string, w write) error {
	const op = "retry operation"
	if err := s.writable(op); err != nil {
		return err
	}
	was, err := s.operation(ctx, id)
	if err != nil {
		return err
	}
	rows, err := s.Journal.Rows(ctx, was.ID)
	if err != nil {
		return err
	}
	again := model.Retryable(was, rows)
	p := planRetry(was, rows, again)
	if len(again) == 0 {
		for _, l := range p.LeftOut {
			s.say("%s left as before: %s", count(l.Rows, "row"), l.Why)
		}
		return usage(op, "no row can be sent again, nothing was sent", "")
	}
	if proceed, err := s.agree(ctx, w, p); !proceed || err != nil {
		return err
	}
	n, err := s.Journal.Retry(ctx, was.ID)
	if err != nil {
		return unwritten(err)
	}
	s.say("%s sent again", count(n, "row"))
	return s.conclude(ctx, was.ID, w)
}

// planRetry counts what is sent again by why, and what is not.
func planRetry(o model.Operation, rows, again []model.Row) plan {
	p := planOf(o, "send again: "+title(o), len(again))
	sent := make(map[int]bool, len(again))
	var unknown, refused, transient int
	p.Jobs = 0
	jobs := map[int]bool{}
	for _, r := range again {
		sent[r.Number] = true
		switch {
		case r.State == model.RowUnknown:
			unknown++
		case r.Again(o.Kind):
			transient++
			continue // in new jobs of their own
		default:
			refused++
		}
		jobs[r.Chunk] = true
	}
	p.Jobs = len(jobs) + chunks(transient, 0)
	for _, n := range []struct {
		rows int
		why  string
	}{
		{unknown, "their outcome is unknown; the request ids stay the same, so that nothing happens twice"},
		{refused, "the service refused their job as a whole"},
		{transient, model.Transient.String()},
	} {
		if n.rows > 0 {
			p.notes = append(p.notes, fmt.Sprintf("%s: %s", count(n.rows, "row"), n.why))
		}
	}
	p.leave(o, rows, sent)
	for _, r := range again[:min(sample, len(again))] {
		p.first = append(p.first, []string{r.Label(), r.State.String(), joined(r.Code, r.CodeName)})
	}
	return p
}

// leave counts the failed and unknown rows that are not sent again, by why.
func (p *plan) leave(o model.Operation, rows []model.Row, sent map[int]bool) {
	at := map[string]int{}
	for _, r := range rows {
		if !bad(r) || sent[r.Number] {
			continue
		}
		class := model.ClassOf(r.Code, r.CodeName)
		why := class.String()
		switch {
		case r.State == model.RowUnknown:
			why = "the service took their job, but nobody knows what became of them"
		case class == model.Transient && o.Kind == model.UploadDevices:
			why = "a passing fault, but their hash or product key is no longer here: give the list with --list"
		case r.Code == "" && r.CodeName == "":
			why = "failed without a code"
		}
		i, ok := at[why]
		if !ok {
			i = len(p.LeftOut)
			at[why] = i
			p.LeftOut = append(p.LeftOut, leftRecord{Why: why})
		}
		p.LeftOut[i].Rows++
	}
}
