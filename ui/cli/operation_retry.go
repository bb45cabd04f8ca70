package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"muster/model"
)

const retryHelp = `Sends again what failed and may pass now, and nothing else: rows whose outcome is
unknown, with the request ids they had, so that nothing happens twice; rows of a job
that the service refused as a whole; rows that failed by a passing fault. How many
rows that is, and why, is shown first, and why the others stay as they are.`

func (p *program) operationsRetry() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "retry ID", Short: "send again what failed and can pass", Long: retryHelp, Args: exactly("ID"),
		Example: "  muster operations retry k3f9-2mqa --dry-run\n  muster operations retry k3f9-2mqa --yes --wait",
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.mayWrite("retry operation", w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.retry(ctx, args[0], w) })
		},
	}
	w.flags(c)
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
			why = "a passing fault, but their hash or product key is no longer here: upload them again"
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
