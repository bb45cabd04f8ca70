package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

func (p *program) policies() *cobra.Command {
	return group("policies", "configuration policies of Partner Center",
		p.policiesList(), p.policiesShow(), p.policiesCreate(), p.policiesEdit(), p.policiesDelete(), p.assign(), p.unassign())
}

func (p *program) policiesList() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "list", Short: "the policies of a customer", Args: noArgs,
		Example: "  muster policies list --customer Contoso\n  muster policies list --customer Contoso --filter 'settings:skip_eula' --fields name,assigned",
	}, policyListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		policies, err := s.Reader.Policies(ctx, c.ID)
		return policyListing().whole(ctx, s, k, policies, err)
	})
}

func (p *program) policiesShow() *cobra.Command {
	var json bool
	c := &cobra.Command{
		Use: "show POLICY", Short: "all properties of a policy", Args: exactly("POLICY"),
		Example: "  muster policies show Kiosk --customer Contoso --json",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			_, policy, _, err := s.policy(ctx, args[0])
			if err != nil {
				return err
			}
			if json {
				return s.out.object(policyListing().json(policy))
			}
			s.policyPage(policy)
			return nil
		}),
	}
	jsonFlag(c, &json)
	return c
}

// policy finds a policy of the customer that the flags name, among all of them.
func (s *session) policy(ctx context.Context, name string) (model.Customer, model.ConfigurationPolicy, []model.ConfigurationPolicy, error) {
	c, err := s.customer(ctx)
	if err != nil {
		return c, model.ConfigurationPolicy{}, nil, err
	}
	all, err := s.Reader.Policies(ctx, c.ID)
	if err != nil {
		return c, model.ConfigurationPolicy{}, nil, err
	}
	policy, err := model.FindPolicy(all, name)
	return c, policy, all, asUsage(err)
}

// policyPage shows a policy to a person, each setting with what it does.
func (s *session) policyPage(p model.ConfigurationPolicy) {
	s.facts([][2]string{
		{"policy", p.Name}, {"id", string(p.ID)}, {"description", p.Description}, {"category", p.Category},
		{"devices", countOr(p.Assigned)}, {"created", s.out.moment(p.Created)}, {"modified", s.out.moment(p.Modified)},
	})
	s.out.line("")
	t := s.out.table("SETTING", "WHAT IT DOES")
	for _, setting := range p.Settings {
		t.row(string(setting), setting.Effect())
	}
	t.end()
}

// facts writes names and values, a line each; an empty value is a dash.
func (s *session) facts(list [][2]string) {
	width := 0
	for _, f := range list {
		width = max(width, len(f[0]))
	}
	for _, f := range list {
		value := model.Clean(f[1])
		if value == "" {
			value = "-"
		}
		s.out.line("%s%s  %s", f[0], strings.Repeat(" ", width-len(f[0])), value)
	}
}
