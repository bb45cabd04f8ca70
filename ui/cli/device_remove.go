package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"muster/model"
)

const removeHelp = `Takes devices out of their batches, one request each. It cannot be undone: the
devices have to be uploaded again. On a terminal the number of devices must be
typed; --expect N refuses another number.

` + chooseHelp

// removing is what one muster devices remove was asked for.
type removing struct {
	write
	choice
}

func (p *program) devicesRemove() *cobra.Command {
	r := removing{choice: choice{noBatch: true}}
	c := &cobra.Command{
		Use: "remove", Short: "take devices out of their batches", Long: removeHelp, Args: noArgs,
		Example: "  muster devices remove --customer Contoso --devices @ids.txt --expect 12 --dry-run\n  muster devices remove --customer Contoso --devices @ids.txt --expect 12 --yes --wait",
		RunE: func(c *cobra.Command, _ []string) error {
			const op = "remove devices"
			if err := r.check(op); err != nil {
				return err
			}
			if err := p.mayWrite(op, r.write, r.takesInput()); err != nil {
				return err
			}
			w, err := p.read(c.Context(), op, r.choice)
			if err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.removeDevices(ctx, r.write, w) })
		},
	}
	r.choice.flags(c)
	r.write.flags(c)
	return c
}

func (s *session) removeDevices(ctx context.Context, w write, from wanted) error {
	if err := s.writable("remove devices"); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	devices, err := s.choose(ctx, c.ID, from)
	if err != nil {
		return err
	}
	n := len(devices)
	p := plan{What: "remove " + count(n, "device"), Kind: model.RemoveDevices.String(), Customer: namedCustomer(c.ID, c.Name),
		Rows: n, Jobs: n, typed: strconv.Itoa(n), notes: disallowed(devices, "DELETE")}
	for _, d := range devices[:min(sample, n)] {
		p.first = append(p.first, []string{d.Serial, string(d.ID), string(d.Batch)})
	}
	return s.do(ctx, w, p, func() (model.OperationID, error) { return s.Devices.RemoveDevices(ctx, c, devices) })
}
