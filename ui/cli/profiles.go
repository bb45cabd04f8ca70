package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/kit"
)

func (p *program) profiles() *cobra.Command {
	return group("profiles", "Autopilot deployment profiles of Intune (beta, needs an Intune licence)",
		p.profilesList(), p.profilesShow(), p.profilesCreate(), p.profilesEdit(), p.profilesDelete(), p.profilesAssign(), p.profilesTarget())
}

type profileRecord struct {
	ID           model.ProfileID `json:"id"`
	Name         string          `json:"name"`
	Description  string          `json:"description,omitempty"`
	Join         string          `json:"join"`
	Locale       string          `json:"locale"`
	DeviceType   string          `json:"deviceType,omitempty"`
	NameTemplate string          `json:"nameTemplate,omitempty"`
	Preprovision bool            `json:"preprovision"`
	ExtractHash  bool            `json:"extractHash"`
	OutOfBox     outOfBoxRecord  `json:"outOfBox"`
	ScopeTags    []string        `json:"scopeTags"`
	Created      *time.Time      `json:"created,omitempty"`
	Modified     *time.Time      `json:"modified,omitempty"`
}

type outOfBoxRecord struct {
	PrivacyHidden    bool   `json:"privacyHidden"`
	EULAHidden       bool   `json:"eulaHidden"`
	UserType         string `json:"userType,omitempty"`
	Usage            string `json:"usage,omitempty"`
	KeyboardSkipped  bool   `json:"keyboardSkipped"`
	EscapeLinkHidden bool   `json:"escapeLinkHidden"`
}

func (profileRecord) record() {}

// joins are the words for how a device joins, on the command line and in JSON.
const (
	joinEntra  = "entra"
	joinHybrid = "hybrid"
)

func newProfileRecord(p model.DeploymentProfile) profileRecord {
	join := joinEntra
	if p.Hybrid {
		join = joinHybrid
	}
	o := p.OutOfBox
	return profileRecord{p.ID, p.Name, p.Description, join, p.Locale, p.DeviceType, p.NameTemplate, p.Preprovision, p.ExtractHash,
		outOfBoxRecord{o.PrivacyHidden, o.EULAHidden, o.UserType, o.Usage, o.KeyboardSkipped, o.EscapeLinkHidden}, append([]string{}, p.ScopeTags...), stamp(p.Created), stamp(p.Modified)}
}

func profileListing() listing[model.DeploymentProfile] {
	return listing[model.DeploymentProfile]{
		one: "deployment profile", empty: "the customer has no deployment profile",
		columns: []column[model.DeploymentProfile]{
			texts("NAME", "profile", "name", func(p model.DeploymentProfile) string { return p.Name }),
			texts("JOIN", "join", "", model.DeploymentProfile.Kind),
			texts("MODE", "mode", "", func(p model.DeploymentProfile) string { return p.OutOfBox.Mode() }),
			texts("LANGUAGE", "language", "locale", func(p model.DeploymentProfile) string { return p.Locale }),
			texts("TEMPLATE", "template", "nameTemplate", func(p model.DeploymentProfile) string { return p.NameTemplate }),
			times("MODIFIED", "changed", "modified", func(p model.DeploymentProfile) time.Time { return p.Modified }),
			texts("", "type", "deviceType", func(p model.DeploymentProfile) string { return p.DeviceType }),
			texts("", "description", "", func(p model.DeploymentProfile) string { return p.Description }),
			asideTexts("ID", "id", "", func(p model.DeploymentProfile) string { return string(p.ID) }),
		},
		json: func(p model.DeploymentProfile) record { return newProfileRecord(p) },
	}
}

func (p *program) profilesList() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "list", Short: "the deployment profiles of a customer", Args: noArgs,
		Example: "  muster profiles list --customer Contoso --json\n  muster profiles list --customer Contoso --filter '!join:hybrid' --fields id,name",
	}, profileListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		if err := reachable("list profiles", s.Profiles != nil); err != nil {
			return err
		}
		return profileListing().pages(ctx, s, k, s.Profiles.Profiles(ctx, c.ID))
	})
}

// profile finds a deployment profile by its id or its exact name.
func (s *session) profile(ctx context.Context, op, name string) (model.Customer, model.DeploymentProfile, error) {
	var none model.DeploymentProfile
	c, err := s.customer(ctx)
	if err != nil {
		return c, none, err
	}
	if err := reachable(op, s.Profiles != nil); err != nil {
		return c, none, err
	}
	all, err := gathered(ctx, s.Profiles.Profiles(ctx, c.ID))
	if err != nil {
		return c, none, err
	}
	found, err := theOne(op, "deployment profile", name, all, func(p model.DeploymentProfile) string { return string(p.ID) }, func(p model.DeploymentProfile) string { return p.Name })
	return c, found, err
}

// profileDetail is a profile with whom it is assigned to.
type profileDetail struct {
	profileRecord
	Targets []targetRecord `json:"targets"`
	Unread  []string       `json:"unread,omitempty"`
}

func (p *program) profilesShow() *cobra.Command {
	var k look
	var devices bool
	c := &cobra.Command{
		Use: "show PROFILE", Short: "a deployment profile and whom it is assigned to", Args: exactly("PROFILE"),
		Long: describeList("Shows a deployment profile, its settings and its groups. --devices lists the devices that\nhave it instead; --filter and --fields belong to that list.", autopilotListing()),
		Example: "  muster profiles show 'Front desks' --customer Contoso --json\n  muster profiles show 'Front desks' --customer Contoso --devices --fields serial,profileStatus\n" +
			"  muster profiles show 'Front desks' --customer Contoso --fields serial      # exit 2: without --devices there is no list",
		RunE: func(c *cobra.Command, args []string) error {
			if !devices && (c.Flags().Changed("filter") || c.Flags().Changed("fields")) {
				return usage("show profile", "--filter and --fields belong to --devices", "")
			}
			if err := autopilotListing().ready(p, c, &k); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.showProfile(ctx, args[0], k, devices) })
		},
	}
	k.flags(c, autopilotListing().fields())
	c.Flags().BoolVar(&devices, "devices", false, "list the devices that have it")
	return c
}

func (s *session) showProfile(ctx context.Context, name string, k look, devices bool) error {
	c, found, err := s.profile(ctx, "show profile", name)
	if err != nil {
		return err
	}
	if devices {
		return autopilotListing().pages(ctx, s, k, s.Profiles.ProfileDevices(ctx, c.ID, found.ID))
	}
	return s.profilePage(ctx, c, found, k.json)
}

func (s *session) profilePage(ctx context.Context, c model.Customer, p model.DeploymentProfile, json bool) error {
	d := profileDetail{profileRecord: newProfileRecord(p), Targets: []targetRecord{}}
	names := kit.Targeted{Groups: map[model.GroupID]model.Group{}}
	have, terr := s.Profiles.ProfileTargets(ctx, c.ID, p.ID)
	set := targetsOf(have)
	if terr == nil && s.Directory != nil {
		s.nameTargets(ctx, c.ID, set, &names)
	}
	d.Targets = targetRecords(set, names)
	if terr != nil {
		d.Unread = []string{describe(terr)}
	}
	if json {
		if err := s.out.object(d); err != nil {
			return err
		}
		return terr
	}
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	o := p.OutOfBox
	s.facts([][2]string{{"profile", p.Name}, {"id", string(p.ID)}, {"description", p.Description}, {"join", p.Kind()}, {"mode", o.Mode()}, {"language", p.Locale},
		{"names", p.NameTemplate}, {"user type", o.UserType}, {"pre-provisioning", yes(p.Preprovision)}, {"privacy page hidden", yes(o.PrivacyHidden)},
		{"licence hidden", yes(o.EULAHidden)}, {"keyboard skipped", yes(o.KeyboardSkipped)}, {"way out hidden", yes(o.EscapeLinkHidden)},
		{"converts others", yes(p.ExtractHash)}, {"scope tags", strings.Join(p.ScopeTags, ", ")}, {"modified", s.out.moment(p.Modified)}})
	for _, t := range set {
		s.out.line("assigned  %s: %s", t.Kind.Words(), whom(t, names))
	}
	return terr
}

func targetsOf(have []model.ProfileTarget) []model.Target {
	set := make([]model.Target, len(have))
	for i, t := range have {
		set[i] = t.Target
	}
	return set
}
