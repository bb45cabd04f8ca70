package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// ProfilesMsg answers [ReadProfiles].
type ProfilesMsg struct {
	Reply
	Profiles []model.DeploymentProfile
	Err      *model.Error // why these are not all
}

// ReadProfiles returns a command that lists the customer's deployment profiles.
func ReadProfiles(ctx context.Context, env *Env, re Reply) tea.Cmd {
	reader, id := env.Backend.Profiles, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return ProfilesMsg{Reply: re, Err: Unreachable("list profiles")}
		}
		msg := ProfilesMsg{Reply: re}
		for page, err := range reader.Profiles(ctx, id) {
			if err != nil {
				msg.Err = Trouble(err)
				break
			}
			msg.Profiles = append(msg.Profiles, page...)
		}
		return msg
	}
}

// ProfileMsg answers [ReadProfile].
type ProfileMsg struct {
	Reply
	Profile model.DeploymentProfile
	Err     *model.Error
}

// ReadProfile returns a command that reads one deployment profile.
func ReadProfile(ctx context.Context, env *Env, re Reply, profile model.ProfileID) tea.Cmd {
	reader, id := env.Backend.Profiles, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return ProfileMsg{Reply: re, Err: Unreachable("read profile")}
		}
		p, err := reader.Profile(ctx, id, profile)
		return ProfileMsg{Reply: re, Profile: p, Err: Trouble(err)}
	}
}

// ProfileTargetsMsg answers [ReadProfileTargets].
type ProfileTargetsMsg struct {
	Reply
	Targets []model.ProfileTarget
	Names   Targeted
	Err     *model.Error // why the targets could not be read
}

// ReadProfileTargets returns a command that reads whom a profile is assigned to, and
// what the groups are called. Targets without names are targets all the same.
func ReadProfileTargets(ctx context.Context, env *Env, re Reply, profile model.ProfileID) tea.Cmd {
	reader, dir, id := env.Backend.Profiles, env.Backend.Directory, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return ProfileTargetsMsg{Reply: re, Err: Unreachable("read assignments")}
		}
		targets, err := reader.ProfileTargets(ctx, id, profile)
		if err != nil {
			return ProfileTargetsMsg{Reply: re, Err: Trouble(err)}
		}
		plain := make([]model.Target, len(targets))
		for i, t := range targets {
			plain[i] = t.Target
		}
		return ProfileTargetsMsg{Reply: re, Targets: targets, Names: nameTargets(ctx, dir, id, plain)}
	}
}

// ProfileDevicesMsg answers [ReadProfileDevices].
type ProfileDevicesMsg struct {
	Reply
	Devices []model.AutopilotDevice
	More    bool // there are others beyond the limit
	Err     *model.Error
}

// ReadProfileDevices returns a command that reads devices which have a profile, until
// there are limit of them.
func ReadProfileDevices(ctx context.Context, env *Env, re Reply, profile model.ProfileID, limit int) tea.Cmd {
	reader, id := env.Backend.Profiles, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return ProfileDevicesMsg{Reply: re, Err: Unreachable("list devices of profile")}
		}
		msg := ProfileDevicesMsg{Reply: re}
		for page, err := range reader.ProfileDevices(ctx, id, profile) {
			if err != nil {
				msg.Err = Trouble(err)
				break
			}
			msg.Devices = append(msg.Devices, page...)
			if len(msg.Devices) >= limit {
				msg.More = len(msg.Devices) > limit
				msg.Devices = msg.Devices[:limit]
				break
			}
		}
		return msg
	}
}

// CreateProfile returns a command that writes down a new profile and hands it over.
func CreateProfile(env *Env, re Reply, c model.Customer, p model.DeploymentProfile) tea.Cmd {
	w := env.Backend.ProfileWriter
	return write(env, re, w != nil, "create profile", func(ctx context.Context) (model.OperationID, error) { return w.CreateProfile(ctx, c, p) })
}

// EditProfile returns a command that writes down a change of a profile and hands it
// over.
func EditProfile(env *Env, re Reply, c model.Customer, was, want model.DeploymentProfile) tea.Cmd {
	w := env.Backend.ProfileWriter
	return write(env, re, w != nil, "edit profile", func(ctx context.Context) (model.OperationID, error) { return w.EditProfile(ctx, c, was, want) })
}

// DeleteProfile returns a command that writes down the deletion of a profile and hands
// it over.
func DeleteProfile(env *Env, re Reply, c model.Customer, p model.DeploymentProfile) tea.Cmd {
	w := env.Backend.ProfileWriter
	return write(env, re, w != nil, "delete profile", func(ctx context.Context) (model.OperationID, error) { return w.DeleteProfile(ctx, c, p) })
}

// TargetProfile returns a command that writes down which groups a profile gets and
// loses, and hands it over.
func TargetProfile(env *Env, re Reply, c model.Customer, p model.DeploymentProfile, add []model.Target, remove []model.ProfileTarget) tea.Cmd {
	w := env.Backend.ProfileWriter
	return write(env, re, w != nil, "assign profile to groups", func(ctx context.Context) (model.OperationID, error) {
		return w.TargetProfile(ctx, c, p, add, remove)
	})
}
