package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

// policyFlags are what a policy is made of on the command line.
type policyFlags struct {
	write
	name        string
	description string
	settings    []string
	acceptEULA  bool
}

func (f *policyFlags) add(c *cobra.Command) {
	var words []string
	for _, s := range model.Settings() {
		words = append(words, string(s))
	}
	c.Flags().StringVar(&f.name, "name", "", "what the policy is called")
	c.Flags().StringVar(&f.description, "description", "", "what it is for")
	c.Flags().StringSliceVar(&f.settings, "setting", nil, "a setting, repeated or separated by commas: "+strings.Join(words, ", "))
	c.Flags().BoolVar(&f.acceptEULA, "accept-eula", false, "accept Microsoft's licence terms for the customer, which skip_eula does")
	f.write.flags(c)
}

// chosen are the settings as the flags have them, in lower case.
func (f policyFlags) chosen() []model.Setting {
	var out []model.Setting
	for _, s := range f.settings {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" {
			out = append(out, model.Setting(s))
		}
	}
	return out
}

// eulaQuestion is the yes that skip_eula needs: it is a statement with legal
// weight, and nobody else can make it.
const eulaQuestion = "Do you accept Microsoft's licence terms for the customer, and go on?"

// legal refuses skip_eula without somebody who takes it upon himself, and makes a
// plan ask for that. A general yes is not enough.
func (f policyFlags) legal(op string, p *plan) error {
	switch {
	case f.acceptEULA:
		p.notes = append(p.notes, "skip_eula: you accept the licence terms for the customer")
	case f.yes:
		return usage(op, "skip_eula accepts Microsoft's licence terms for the customer, which --yes does not say", "say so with --accept-eula")
	default:
		p.notes = append(p.notes, "skip_eula: with a yes you accept the licence terms for the customer")
		p.question = eulaQuestion
	}
	return nil
}

const policyHelp = `Settings: what each does stands in muster policies show. none excludes all others.
skip_eula accepts Microsoft's licence terms in the customer's name, so it needs
--accept-eula, or an answer to the question; --yes alone is not enough.`

func (p *program) policiesCreate() *cobra.Command {
	var f policyFlags
	c := &cobra.Command{
		Use: "create", Short: "make a policy", Long: "Makes a policy.\n\n" + policyHelp, Args: noArgs,
		Example: "  muster policies create --customer Contoso --name Kiosk --setting skip_express_settings,oobe_user_not_local_admin --yes --wait",
		RunE: func(c *cobra.Command, _ []string) error {
			want := model.ConfigurationPolicy{Name: f.name, Description: f.description, Category: model.CategoryOOBE, Settings: f.chosen(), Assigned: model.CountUnknown}
			if err := want.Validate(); err != nil {
				return asUsage(err)
			}
			if err := p.mayWrite("create policy", f.write, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.createPolicy(ctx, f, want) })
		},
	}
	f.add(c)
	return c
}

func (s *session) createPolicy(ctx context.Context, f policyFlags, want model.ConfigurationPolicy) error {
	const op = "create policy"
	if err := s.writable(op); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	all, err := s.Reader.Policies(ctx, c.ID)
	if err != nil {
		return err
	}
	p := plan{What: "make policy " + model.Clean(want.Name), Kind: model.CreatePolicy.String(), Customer: namedCustomer(c.ID, c.Name),
		Policy: &named{Name: want.Name}, Rows: 1, Jobs: 1, Changes: changesOf(model.ConfigurationPolicy{}, want)}
	if slices.ContainsFunc(all, func(have model.ConfigurationPolicy) bool { return have.Name == want.Name }) {
		p.notes = append(p.notes, "a policy of this name exists; two of one name can only be told apart by id")
	}
	if slices.Contains(want.Settings, model.SettingSkipEULA) {
		if err := f.legal(op, &p); err != nil {
			return err
		}
	}
	return s.do(ctx, f.write, p, func() (model.OperationID, error) { return s.Policies.CreatePolicy(ctx, c, want) })
}

// changesOf lists what an operator has to see before a policy is written. Of a new
// one that is what it will be.
func changesOf(was, want model.ConfigurationPolicy) []changeRecord {
	var out []changeRecord
	for _, c := range was.Changes(want) {
		if was.ID == "" && model.Setting(c.Property).Known() {
			c.Old = ""
		}
		out = append(out, changeRecord{c.Property, c.Old, c.New})
	}
	return out
}

func (p *program) policiesEdit() *cobra.Command {
	var f policyFlags
	c := &cobra.Command{
		Use: "edit POLICY", Short: "change a policy", Args: exactly("POLICY"),
		Long: `Changes a policy. What no flag names stays as it is; --setting names all settings
that the policy is to have. The service knows only the replacement of a whole policy:
what is different is shown first, and a change by somebody else meanwhile refuses it.

` + policyHelp,
		Example: "  muster policies edit Kiosk --customer Contoso --description 'front desks' --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "edit policy"
			set := c.Flags().Changed
			if !set("name") && !set("description") && !set("setting") {
				return usage(op, "there is nothing to change", "give --name, --description or --setting")
			}
			if err := p.mayWrite(op, f.write, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.editPolicy(ctx, f, args[0], set) })
		},
	}
	f.add(c)
	return c
}

func (s *session) editPolicy(ctx context.Context, f policyFlags, name string, set func(string) bool) error {
	const op = "edit policy"
	if err := s.writable(op); err != nil {
		return err
	}
	c, was, _, err := s.policy(ctx, name)
	if err != nil {
		return err
	}
	want := was
	if set("name") {
		want.Name = f.name
	}
	if set("description") {
		want.Description = f.description
	}
	if set("setting") {
		want.Settings = f.chosen()
	}
	if err := want.Validate(); err != nil {
		return asUsage(err)
	}
	if was.Same(want) {
		return usage(op, "nothing would be different, nothing was sent", "")
	}
	p := plan{What: "change policy " + model.Clean(was.Name), Kind: model.EditPolicy.String(), Customer: namedCustomer(c.ID, c.Name),
		Policy: &named{string(was.ID), was.Name}, Rows: 1, Jobs: 1, Changes: changesOf(was, want)}
	if was.Assigned != model.CountUnknown {
		p.notes = append(p.notes, fmt.Sprintf("%s the policy", uses(was.Assigned)))
	}
	if slices.Contains(want.Settings, model.SettingSkipEULA) && !slices.Contains(was.Settings, model.SettingSkipEULA) {
		if err := f.legal(op, &p); err != nil {
			return err
		}
	}
	return s.do(ctx, f.write, p, func() (model.OperationID, error) { return s.Policies.EditPolicy(ctx, c, was, want) })
}

// uses says how many devices use something: 1 device uses, 3 devices use.
func uses(n int) string {
	if n == 1 {
		return "1 device uses"
	}
	return count(n, "device") + " use"
}
