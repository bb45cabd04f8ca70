package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

const deletePolicyHelp = `Deletes a policy, which cannot be undone. The customer's devices are read first, to
say how many use it; they fall back to no policy. On a terminal the policy's name
must be typed.`

func (p *program) policiesDelete() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "delete POLICY", Short: "delete a policy", Long: deletePolicyHelp, Args: exactly("POLICY"),
		Example: "  muster policies delete Kiosk --customer Contoso --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.mayWrite("delete policy", w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.deletePolicy(ctx, w, args[0]) })
		},
	}
	w.flags(c)
	return c
}

func (s *session) deletePolicy(ctx context.Context, w write, name string) error {
	if err := s.writable("delete policy"); err != nil {
		return err
	}
	c, policy, _, err := s.policy(ctx, name)
	if err != nil {
		return err
	}
	p := plan{What: "delete policy " + model.Clean(policy.Name), Kind: model.DeletePolicy.String(), Customer: namedCustomer(c.ID, c.Name),
		Policy: &named{string(policy.ID), policy.Name}, Rows: 1, Jobs: 1, typed: policy.Name}
	if strings.TrimSpace(policy.Name) == "" { // nothing that could be typed
		p.typed = string(policy.ID)
	}
	n, whole := 0, true
	for page, err := range s.Reader.Devices(ctx, c.ID) {
		whole = whole && err == nil
		for _, d := range page.Devices {
			if id, ok := d.Policy.ID(); ok && id == policy.ID {
				n++
				if len(p.first) < sample {
					p.first = append(p.first, []string{d.Serial, string(d.ID), string(d.Batch)})
				}
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.used(n, whole, policy.Assigned)
	return s.do(ctx, w, p, func() (model.OperationID, error) { return s.Policies.DeletePolicy(ctx, c, policy) })
}

// used notes how many devices use a policy, and how sure that is.
func (p *plan) used(n int, whole bool, said int) {
	text := uses(n) + " it"
	if n > 0 {
		text += " and would have none afterwards"
	}
	if !whole {
		text = "at least " + text + ": the list of devices is incomplete"
	}
	p.Devices = &n
	p.notes = append(p.notes, text)
	if said != model.CountUnknown && said != n {
		p.notes = append(p.notes, "the service's own count is "+number(said))
	}
}
