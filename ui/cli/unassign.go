package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"muster/model"
)

const unassignHelp = `EXPERIMENTAL. Takes the policy off devices of one customer. No page of the service's
documentation says how, so what is sent is a guess, and a row is done only when the
device has been read back without a policy.

` + chooseHelp + ` --batch takes
all devices of one batch.`

// unassigning is what one muster policies unassign was asked for.
type unassigning struct {
	write
	choice
}

func (p *program) unassign() *cobra.Command {
	var u unassigning
	c := &cobra.Command{
		Use: "unassign", Short: "take the policy off devices (experimental)", Long: unassignHelp, Args: noArgs,
		Example: "  muster policies unassign --customer Contoso --devices @ids.txt --yes --wait",
		RunE: func(c *cobra.Command, _ []string) error {
			const op = "unassign policy"
			if err := u.check(op); err != nil {
				return err
			}
			if err := p.mayWrite(op, u.write, u.takesInput()); err != nil {
				return err
			}
			w, err := p.read(c.Context(), op, u.choice)
			if err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.unassignFrom(ctx, u.write, w) })
		},
	}
	u.choice.flags(c)
	u.write.flags(c)
	return c
}

func (s *session) unassignFrom(ctx context.Context, w write, from wanted) error {
	if err := s.writable("unassign policy"); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	policies, err := s.Reader.Policies(ctx, c.ID)
	if err != nil {
		return err
	}
	devices, err := s.choose(ctx, c.ID, from)
	if err != nil {
		return err
	}
	n := len(devices)
	p := plan{
		What: fmt.Sprintf("EXPERIMENTAL: no policy on %s", count(n, "device")),
		Kind: model.UnassignPolicy.String(), Customer: namedCustomer(c.ID, c.Name), Rows: n, Jobs: chunks(n, s.place.Chunk),
		notes: append([]string{"the service documents no way to do this; each device is read back afterwards"}, disallowed(devices, "PATCH")...),
	}
	p.before(devices, policies, "")
	return s.do(ctx, w, p, func() (model.OperationID, error) { return s.Devices.Unassign(ctx, c, devices) })
}
