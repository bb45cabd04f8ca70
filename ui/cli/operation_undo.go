package cli

import (
	"context"

	"github.com/spf13/cobra"

	"muster/model"
)

const undoHelp = `Puts back, on every device that a policy assignment changed, the policy that was
there before, as an operation of its own. The service is read first. Left out, and
counted, are rows that did not get the policy, devices that are gone or that somebody
changed since, and former policies that are none, gone, or known by name only.
A change of Autopilot devices is undone in the same way: each gets back the group tag,
name or user that it had. Nothing else that muster does has an inverse.

--expect N refuses another number of rows that will change, and says which are left out.
When rows that the operation changed are left out the exit code is 3, even when all
others were put back.`

func (p *program) operationsUndo() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "undo ID", Short: "put the former policies back after an assignment", Long: undoHelp, Args: exactly("ID"),
		Example: "  muster operations undo k3f9-2mqa --dry-run\n  muster operations undo k3f9-2mqa --expect 12 --yes --wait",
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.mayWrite("undo operation", w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.undo(ctx, args[0], w) })
		},
	}
	w.flags(c)
	return c
}

func (s *session) undo(ctx context.Context, id string, w write) error {
	const op = "undo operation"
	if err := s.writable(op); err != nil {
		return err
	}
	was, err := s.operation(ctx, id)
	if err != nil {
		return err
	}
	back, err := s.Past.PlanUndo(ctx, was.ID)
	if err != nil {
		return unwritten(err)
	}
	p := planUndo(was, back)
	if p.Rows == 0 && !w.dryRun {
		for _, l := range p.LeftOut {
			s.say("%s: %s", count(l.Rows, "row"), l.Why)
		}
		return usage(op, "nothing of it can be put back, nothing was sent", "")
	}
	err = s.do(ctx, w, p, func() (model.OperationID, error) { return s.Past.Undo(ctx, back) })
	if stays := back.Stays(); err == nil && stays > 0 && !w.dryRun {
		s.say("%s that the operation changed cannot be put back", count(stays, "row"))
		return silent(exitRows)
	}
	return err
}

func planUndo(was model.Operation, back model.UndoPlan) plan {
	if len(back.Changes) > 0 {
		return planUndoAutopilot(was, back)
	}
	n := len(back.Devices)
	p := plan{What: "undo: " + title(was) + ": former policies on " + count(n, "device"), Kind: model.UndoAssignment.String(),
		Customer: namedCustomer(back.Customer.ID, back.Customer.Name), Rows: n}
	for _, l := range back.LeftOut {
		p.LeftOut = append(p.LeftOut, leftRecord{l.Why, l.Rows})
	}
	var order []model.PolicyID
	gets := map[model.PolicyID]int{}
	names := map[model.PolicyID]string{}
	for i, d := range back.Devices {
		if gets[d.Policy] == 0 {
			order = append(order, d.Policy)
			names[d.Policy] = d.Name
		}
		gets[d.Policy]++
		if i < sample {
			p.first = append(p.first, []string{d.Device.Serial, string(d.Device.ID), "-> " + d.Name})
		}
	}
	for i, policy := range order {
		p.Jobs += chunks(gets[policy], 0)
		if i < sample {
			p.notes = append(p.notes, "back to "+model.Clean(names[policy])+" on "+count(gets[policy], "device"))
		}
	}
	if more := len(order) - sample; more > 0 {
		p.notes = append(p.notes, "and to "+number(more)+" more")
	}
	return p
}

// planUndoAutopilot plans what Autopilot devices get back, a request for each.
func planUndoAutopilot(was model.Operation, back model.UndoPlan) plan {
	n := len(back.Changes)
	p := plan{What: "undo: " + title(was) + ": former values on " + count(n, "Autopilot device"), Kind: model.UndoAutopilot.String(),
		Customer: namedCustomer(back.Customer.ID, back.Customer.Name), Rows: n, Jobs: n}
	for _, l := range back.LeftOut {
		p.LeftOut = append(p.LeftOut, leftRecord{l.Why, l.Rows})
	}
	for _, c := range back.Changes[:min(n, sample)] {
		p.first = append(p.first, []string{c.Device.Serial, string(c.Device.ID), "-> " + c.Back.Words()})
	}
	return p
}
