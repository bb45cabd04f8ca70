package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

const assignHelp = `Puts a policy on devices of one customer. POLICY is an id or an exact name.

` + chooseHelp + ` --batch takes
all devices of one batch.

Without --wait the command ends when the service has accepted every job.`

const assignExample = `  muster policies assign Kiosk --customer Contoso --devices @ids.txt --expect 12 --dry-run
  muster policies assign Kiosk --customer Contoso --serials @serials.txt --yes --wait --json
  muster policies assign Kiosk --customer Contoso --batch spring --yes
  muster devices list --customer Contoso --filter batch:spring --fields id | tail -n +2 |
    muster policies assign Kiosk --customer Contoso --devices - --yes`

// assigning is what one muster policies assign was asked for.
type assigning struct {
	write
	choice
	policy string
	chunk  int
}

func (p *program) assign() *cobra.Command {
	var a assigning
	c := &cobra.Command{
		Use: "assign POLICY", Short: "put a policy on devices", Long: assignHelp, Example: assignExample,
		Args: exactly("POLICY"),
		RunE: func(c *cobra.Command, args []string) error {
			a.policy = args[0]
			if badChunk(c, a.chunk) {
				return usage("assign policy", fmt.Sprintf("--chunk %d is not 1 to %d", a.chunk, model.MaxChunk), "")
			}
			return p.assignPolicy(c.Context(), a)
		},
	}
	a.choice.flags(c)
	c.Flags().IntVar(&a.chunk, "chunk", 0, fmt.Sprintf("devices a job (default %d, or chunk of the configuration)", model.ChunkDevices))
	a.write.flags(c)
	return c
}

func (p *program) assignPolicy(ctx context.Context, a assigning) error {
	const op = "assign policy"
	if err := a.check(op); err != nil {
		return err
	}
	if err := p.mayWrite(op, a.write, a.takesInput()); err != nil {
		return err
	}
	w, err := p.read(ctx, op, a.choice)
	if err != nil {
		return err
	}
	return p.connected(ctx, func(ctx context.Context, s *session) error { return s.assignTo(ctx, a, w) })
}

func (s *session) assignTo(ctx context.Context, a assigning, w wanted) error {
	if err := s.writable("assign policy"); err != nil {
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
	policy, err := model.FindPolicy(policies, a.policy)
	if err != nil {
		return asUsage(err)
	}
	devices, err := s.choose(ctx, c.ID, w)
	if err != nil {
		return err
	}
	as := model.Assignment{Customer: c.ID, CustomerName: c.Name, Policy: policy, Devices: devices, Chunk: cmp.Or(a.chunk, s.place.Chunk)}
	if err := as.Validate(); err != nil {
		return asUsage(err)
	}
	return s.do(ctx, a.write, planAssign(as, policies), func() (model.OperationID, error) { return s.Writer.Assign(ctx, as) })
}

func planAssign(a model.Assignment, policies []model.ConfigurationPolicy) plan {
	n := len(a.Devices)
	p := plan{
		What: fmt.Sprintf("policy %s on %s", model.Clean(a.Policy.Name), count(n, "device")),
		Kind: model.AssignPolicy.String(), Customer: namedCustomer(a.Customer, a.CustomerName),
		Policy: &named{string(a.Policy.ID), a.Policy.Name}, Rows: n, Jobs: chunks(n, a.Chunk),
		notes: disallowed(a.Devices, "PATCH"),
	}
	p.before(a.Devices, policies, a.Policy.Name)
	return p
}

// before notes what policies devices have now, and shows the first of them with
// what they get, "" for nothing.
func (p *plan) before(devices []model.Device, policies []model.ConfigurationPolicy, becomes string) {
	if becomes == "" {
		becomes = noPolicy
	}
	before := map[string]int{}
	for i, d := range devices {
		name := noPolicy
		if !d.Policy.None() {
			name = d.Policy.Name(policies)
		}
		before[name]++
		if i < sample {
			p.first = append(p.first, []string{d.Serial, string(d.ID), name + " -> " + becomes})
		}
	}
	names := make([]string, 0, len(before))
	for name := range before {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if before[a] != before[b] {
			return before[b] - before[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		if i == sample {
			p.notes = append(p.notes, fmt.Sprintf("and %s more before", count(len(names)-i, "other policy value")))
			break
		}
		p.notes = append(p.notes, fmt.Sprintf("before: %s on %s", model.Clean(name), count(before[name], "device")))
	}
}

// noPolicy is what devices without a policy are said to have.
const noPolicy = "no policy"
