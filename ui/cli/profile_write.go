package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"muster/model"
)

// profileFlags are what a deployment profile is made of on the command line.
type profileFlags struct {
	write
	name, description, join, locale, template, mode, userType string
	tags                                                      []string
	preprovision, extract, privacy, eula, keyboard, escape    bool
}

func (f *profileFlags) add(c *cobra.Command, create bool) {
	fl := c.Flags()
	fl.StringVar(&f.name, "name", "", "what it is called; no hyphens, the service does not take them")
	fl.StringVar(&f.description, "description", "", "what it is for")
	fl.StringVar(&f.locale, "locale", "", "os-default, '' lets the user choose, or a language such as nb-NO")
	fl.StringVar(&f.template, "name-template", "", "how devices are named, such as FRONT-%SERIAL% or PC-%RAND:4%")
	fl.StringVar(&f.mode, "mode", "user-driven", "user-driven or self-deploying")
	fl.StringVar(&f.userType, "user-type", model.UserStandard, "what the user becomes: standard or administrator")
	fl.StringSliceVar(&f.tags, "scope-tag", nil, "a scope tag by id or name, repeated or separated by commas")
	fl.BoolVar(&f.preprovision, "preprovision", false, "allow pre-provisioned deployment")
	fl.BoolVar(&f.extract, "convert", false, "register other devices of the groups, too")
	fl.BoolVar(&f.privacy, "hide-privacy", false, "hide the privacy settings")
	fl.BoolVar(&f.eula, "hide-eula", false, "hide the licence terms")
	fl.BoolVar(&f.keyboard, "skip-keyboard", false, "skip the keyboard page; wants a language")
	fl.BoolVar(&f.escape, "hide-escape", false, "hide the way to another account")
	if create {
		fl.StringVar(&f.join, "join", joinEntra, "how devices join: entra or hybrid")
	}
	f.write.flags(c)
}

// fill puts what the flags name into p.
func (f profileFlags) fill(c *cobra.Command, p *model.DeploymentProfile) error {
	set := c.Flags().Changed
	bad := func(flag, value, want string) error {
		return usage("check deployment profile", fmt.Sprintf("--%s %q is not %s", flag, model.Clean(value), want), "")
	}
	for _, x := range []struct {
		flag string
		to   *string
		from string
	}{{"name", &p.Name, f.name}, {"description", &p.Description, f.description}, {"locale", &p.Locale, f.locale}, {"name-template", &p.NameTemplate, f.template}, {"user-type", &p.OutOfBox.UserType, f.userType}} {
		if set(x.flag) {
			*x.to = x.from
		}
	}
	for _, x := range []struct {
		flag string
		to   *bool
		from bool
	}{{"preprovision", &p.Preprovision, f.preprovision}, {"convert", &p.ExtractHash, f.extract}, {"hide-privacy", &p.OutOfBox.PrivacyHidden, f.privacy},
		{"hide-eula", &p.OutOfBox.EULAHidden, f.eula}, {"skip-keyboard", &p.OutOfBox.KeyboardSkipped, f.keyboard}, {"hide-escape", &p.OutOfBox.EscapeLinkHidden, f.escape}} {
		if set(x.flag) {
			*x.to = x.from
		}
	}
	switch {
	case !set("mode"):
	case f.mode == "user-driven":
		p.OutOfBox.Usage = model.UsageSingle
	case f.mode == "self-deploying":
		p.OutOfBox.Usage, p.OutOfBox.UserType = model.UsageShared, ""
	default:
		return bad("mode", f.mode, "user-driven or self-deploying")
	}
	if set("join") && f.join != joinEntra && f.join != joinHybrid {
		return bad("join", f.join, "entra or hybrid")
	}
	return nil
}

func (p *program) profilesCreate() *cobra.Command {
	var f profileFlags
	c := &cobra.Command{
		Use: "create", Short: "make a deployment profile", Args: noArgs,
		Long:    "Makes a deployment profile. It is on no device until it is assigned.",
		Example: "  muster profiles create --customer Contoso --name 'Front desks' --locale os-default --hide-privacy --hide-eula --yes --wait",
		RunE: func(c *cobra.Command, _ []string) error {
			const op = "create profile"
			want := model.DeploymentProfile{Hybrid: f.join == joinHybrid, Locale: model.LocaleOS, DeviceType: model.TypeWindowsPC, ScopeTags: []string{model.DefaultScopeTag},
				OutOfBox: model.OutOfBox{UserType: model.UserStandard, Usage: model.UsageSingle}}
			if err := f.fill(c, &want); err != nil {
				return err
			}
			if err := want.Validate(); err != nil {
				return asUsage(err)
			}
			if err := p.mayWrite(op, f.write, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.createProfile(ctx, op, f, want) })
		},
	}
	f.add(c, true)
	return c
}

func (s *session) createProfile(ctx context.Context, op string, f profileFlags, want model.DeploymentProfile) error {
	if err := s.writable(op); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	if err := reachable(op, s.ProfileWriter != nil); err != nil {
		return err
	}
	if want.ScopeTags, err = s.scopeTags(ctx, c.ID, f.tags, want.ScopeTags); err != nil {
		return err
	}
	p := plan{What: "make deployment profile " + model.Clean(want.Name), Kind: model.CreateProfile.String(), Customer: namedCustomer(c.ID, c.Name),
		Profile: &named{Name: want.Name}, Rows: 1, Jobs: 1, notes: []string{want.Kind() + ", " + want.OutOfBox.Mode(), "it is on no device until it is assigned"}}
	return s.do(ctx, f.write, p, func() (model.OperationID, error) { return s.ProfileWriter.CreateProfile(ctx, c, want) })
}

func (p *program) profilesEdit() *cobra.Command {
	var f profileFlags
	c := &cobra.Command{
		Use: "edit PROFILE", Short: "change a deployment profile", Args: exactly("PROFILE"),
		Long:    "Changes a deployment profile. What no flag names stays as it is; how devices join cannot\nbe changed. A change by somebody else meanwhile refuses it.",
		Example: "  muster profiles edit 'Front desks' --customer Contoso --name-template FRONT-%RAND:4% --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "edit profile"
			if err := p.mayWrite(op, f.write, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.editProfile(ctx, op, c, f, args[0]) })
		},
	}
	f.add(c, false)
	return c
}

func (s *session) editProfile(ctx context.Context, op string, cmd *cobra.Command, f profileFlags, name string) error {
	if err := s.writable(op); err != nil {
		return err
	}
	c, was, err := s.profile(ctx, op, name)
	if err != nil {
		return err
	}
	if err := reachable(op, s.ProfileWriter != nil); err != nil {
		return err
	}
	want := was
	if err := f.fill(cmd, &want); err != nil {
		return err
	}
	if want.ScopeTags, err = s.scopeTags(ctx, c.ID, f.tags, was.ScopeTags); err != nil {
		return err
	}
	if err := want.Validate(); err != nil {
		return asUsage(err)
	}
	changes := profileChanges(was, want)
	if len(changes) == 0 {
		return usage(op, "nothing would be different, so nothing is sent", "")
	}
	p := plan{What: "change deployment profile " + model.Clean(was.Name), Kind: model.EditProfile.String(), Customer: namedCustomer(c.ID, c.Name),
		Profile: &named{string(was.ID), was.Name}, Rows: 1, Jobs: 1, Changes: changes}
	return s.do(ctx, f.write, p, func() (model.OperationID, error) { return s.ProfileWriter.EditProfile(ctx, c, was, want) })
}

func profileChanges(was, want model.DeploymentProfile) []changeRecord {
	var out []changeRecord
	for _, x := range [][3]string{
		{"name", was.Name, want.Name}, {"description", was.Description, want.Description}, {"language", was.Locale, want.Locale}, {"name template", was.NameTemplate, want.NameTemplate},
		{"mode", was.OutOfBox.Mode(), want.OutOfBox.Mode()}, {"user type", was.OutOfBox.UserType, want.OutOfBox.UserType}, {"pre-provisioning", fmt.Sprint(was.Preprovision), fmt.Sprint(want.Preprovision)},
		{"converts others", fmt.Sprint(was.ExtractHash), fmt.Sprint(want.ExtractHash)}, {"privacy page hidden", fmt.Sprint(was.OutOfBox.PrivacyHidden), fmt.Sprint(want.OutOfBox.PrivacyHidden)},
		{"licence hidden", fmt.Sprint(was.OutOfBox.EULAHidden), fmt.Sprint(want.OutOfBox.EULAHidden)}, {"keyboard skipped", fmt.Sprint(was.OutOfBox.KeyboardSkipped), fmt.Sprint(want.OutOfBox.KeyboardSkipped)},
		{"way out hidden", fmt.Sprint(was.OutOfBox.EscapeLinkHidden), fmt.Sprint(want.OutOfBox.EscapeLinkHidden)}, {"scope tags", fmt.Sprint(was.ScopeTags), fmt.Sprint(want.ScopeTags)},
	} {
		if x[1] != x[2] {
			out = append(out, changeRecord{x[0], x[1], x[2]})
		}
	}
	return out
}

func (p *program) profilesDelete() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "delete PROFILE", Short: "delete a deployment profile", Args: exactly("PROFILE"),
		Long:    "Deletes a deployment profile, its assignments first, which cannot be undone. One that a\npolicy set assigns is refused. On a terminal its name must be typed.",
		Example: "  muster profiles delete 'Front desks' --customer Contoso --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "delete profile"
			if err := p.mayWrite(op, w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error {
				if err := s.writable(op); err != nil {
					return err
				}
				c, have, err := s.profile(ctx, op, args[0])
				if err != nil {
					return err
				}
				if err := reachable(op, s.ProfileWriter != nil); err != nil {
					return err
				}
				p := plan{What: "delete deployment profile " + model.Clean(have.Name), Kind: model.DeleteProfile.String(), Customer: namedCustomer(c.ID, c.Name),
					Profile: &named{string(have.ID), have.Name}, Rows: 1, Jobs: 1, typed: cmp.Or(have.Name, string(have.ID))}
				if targets, err := s.Profiles.ProfileTargets(ctx, c.ID, have.ID); err == nil {
					p.notes = append(p.notes, count(len(targets), "assignment")+" removed first")
				}
				return s.do(ctx, w, p, func() (model.OperationID, error) { return s.ProfileWriter.DeleteProfile(ctx, c, have) })
			})
		},
	}
	w.flags(c)
	return c
}

func (p *program) profilesTarget() *cobra.Command {
	var w write
	var t targeting
	c := &cobra.Command{
		Use: "target PROFILE", Short: "choose the groups that a profile is assigned to", Args: exactly("PROFILE"),
		Long:    "Adds and removes groups of a profile, one request each. Groups are named by id or exact\nname. A group that a policy set assigned stays.",
		Example: "  muster profiles target 'Front desks' --customer Contoso --add FrontDesk-Clinic --exclude Lab --yes --wait",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "assign profile to groups"
			if !t.any() {
				return usage(op, "there is nothing to change", "give --add, --exclude or --remove")
			}
			if err := p.mayWrite(op, w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.targetProfile(ctx, op, w, t, args[0]) })
		},
	}
	t.flags(c, false)
	w.flags(c)
	return c
}

func (s *session) targetProfile(ctx context.Context, op string, w write, t targeting, name string) error {
	if err := s.writable(op); err != nil {
		return err
	}
	c, have, err := s.profile(ctx, op, name)
	if err != nil {
		return err
	}
	if err := reachable(op, s.ProfileWriter != nil); err != nil {
		return err
	}
	targets, err := s.Profiles.ProfileTargets(ctx, c.ID, have.ID)
	if err != nil {
		return err
	}
	was := targetsOf(targets)
	want, names, err := s.applied(ctx, op, c.ID, was, t)
	if err != nil {
		return err
	}
	add := slices.DeleteFunc(slices.Clone(want), func(x model.Target) bool { return slices.Contains(was, x) })
	remove := slices.DeleteFunc(slices.Clone(targets), func(x model.ProfileTarget) bool { return slices.Contains(want, x.Target) })
	n := len(add) + len(remove)
	if n == 0 {
		return usage(op, "nothing would be different, so nothing is sent", "")
	}
	p := plan{What: "assign deployment profile " + model.Clean(have.Name) + " to groups", Kind: model.TargetProfile.String(), Customer: namedCustomer(c.ID, c.Name),
		Profile: &named{string(have.ID), have.Name}, Rows: n, Jobs: n, Changes: targetChanges(was, want, names)}
	return s.do(ctx, w, p, func() (model.OperationID, error) { return s.ProfileWriter.TargetProfile(ctx, c, have, add, remove) })
}

// profileAssigning is what one muster profiles assign was asked for.
type profileAssigning struct {
	way, via, group string
	whole           bool
}

func (p *program) profilesAssign() *cobra.Command {
	var a profileAssigning
	c := p.pilotVerb(&cobra.Command{
		Use: "assign PROFILE", Short: "put a profile on chosen devices", Args: exactly("PROFILE"),
		Long: `Puts a deployment profile on chosen Autopilot devices. The ways are tried in this order:
direct, each device posted to the profile; device, through a device that has the profile
already; group, the devices added to a static group that has it. --way takes one of them
alone, --via-device names the device, --group the group. Through a device a reference is
sent and, when that is not understood or with --whole, the whole device. Nobody has published that the
first two work against a real tenant: a row is done only when the device was read back
with the profile, and waits until then.`,
		Example: "  muster profiles assign 'Front desks' --customer Contoso --serials @serials.txt --yes --wait --timeout 30m\n  muster profiles assign 'Front desks' --customer Contoso --via-device 6f0c1a52-8d3e-4b7a-9c11-2f5e7ab04d10 --serials 7QK2M93 --yes",
	}, "assign profile", func(ctx context.Context, s *session, v piloting, w wanted, args []string) error {
		return s.assignProfile(ctx, v, w, a, args[0])
	})
	f := c.Flags()
	f.StringVar(&a.way, "way", "", "direct, device or group; without it they are tried in this order")
	f.StringVar(&a.via, "via-device", "", "Autopilot id of a device that has the profile")
	f.BoolVar(&a.whole, "whole", false, "through a device: send the whole device, not a reference to it")
	f.StringVar(&a.group, "group", "", "a static group that has the profile, by id or exact name")
	return c
}

// wayOf is the way that the flags ask for.
func (a profileAssigning) wayOf(op string) (model.AssignWay, error) {
	way := model.AssignWay(a.way)
	switch {
	case !slices.Contains([]model.AssignWay{model.WayAuto, model.WayDirect, model.WayDevice, model.WayGroup}, way):
		return way, usage(op, fmt.Sprintf("--way %q is not direct, device or group", model.Clean(a.way)), "")
	case a.via != "" && !model.IsGUID(a.via):
		return way, usage(op, "--via-device is no Autopilot id", "muster autopilot list --json shows them")
	case a.via != "" && way != model.WayAuto && way != model.WayDevice:
		return way, usage(op, "--via-device goes with --way device", "")
	case a.whole && a.via == "" && way != model.WayDevice:
		return way, usage(op, "--whole goes with --way device or --via-device", "")
	case a.via != "":
		return model.WayDevice, nil
	case way == model.WayGroup && a.group == "":
		return way, usage(op, "--group is missing", "name a static group that has the profile")
	}
	return way, nil
}

func (s *session) assignProfile(ctx context.Context, v piloting, w wanted, a profileAssigning, name string) error {
	way, err := a.wayOf(w.op)
	if err != nil {
		return err
	}
	c, have, err := s.profile(ctx, w.op, name)
	if err != nil {
		return err
	}
	if err := reachable(w.op, s.AutopilotWriter != nil); err != nil {
		return err
	}
	devices, err := s.pilots(ctx, c.ID, w, "")
	if err != nil {
		return err
	}
	as := model.ProfileAssignment{Customer: c, Profile: have, Devices: devices, Way: way, Anchor: model.AutopilotID(a.via), Whole: a.whole}
	if a.group != "" {
		g, err := s.group(ctx, w.op, c.ID, a.group)
		if err != nil {
			return err
		}
		if g.Dynamic {
			return usage(w.op, "the members of group "+model.Clean(g.Name)+" follow from a rule", "name a group with assigned members")
		}
		as.Group = g.ID
	}
	if err := as.Validate(); err != nil {
		return asUsage(err)
	}
	n := len(devices)
	p := plan{What: "deployment profile " + model.Clean(have.Name) + " on " + count(n, "device"), Kind: model.AssignProfile.String(), Customer: namedCustomer(c.ID, c.Name),
		Profile: &named{string(have.ID), have.Name}, Rows: n, Jobs: n, notes: []string{"way: " + cmp.Or(string(way), "direct, then through a device, then a group"), "done is what the device says when it is read back"}}
	for _, d := range devices[:min(sample, n)] {
		p.first = append(p.first, []string{d.Serial, d.Assignment.Words(), string(d.ID)})
	}
	return s.do(ctx, v.write, p, func() (model.OperationID, error) { return s.AutopilotWriter.AssignProfile(ctx, as) })
}
