package form

import (
	"slices"

	"muster/model"
	"muster/ui/kit"
)

// AssignEither returns the form that puts a policy or an Autopilot profile on devices.
// Those that only Intune knows can get a profile alone; where there is a choice, the
// policies come first and lead on to the profiles.
func AssignEither(env *kit.Env, devices []model.Device, autopilot []model.AutopilotDevice) kit.Screen {
	switch {
	case len(devices) == 0:
		return AssignProfile(env, autopilot)
	case len(autopilot) == 0 || env.Backend.Profiles == nil || env.Backend.AutopilotWriter == nil:
		return Assign(env, devices)
	}
	a := Assign(env, devices).(*assign)
	a.autopilot = slices.Clone(autopilot)
	return a
}

// aProfile is the choice beside the policies that leads to the profiles.
func (a *assign) aProfile() option {
	return option{name: "an Autopilot profile" + a.env.Theme.Glyphs.Ellipsis, more: "through Intune, on " + kit.Counted(len(a.autopilot), "device", "devices")}
}

// isProfile reports whether a choice is the one that leads to the profiles.
func (a *assign) isProfile(n int) bool { return len(a.autopilot) > 0 && n == len(a.policies) }

// toProfiles gives the devices over to the form for profiles.
func (a *assign) toProfiles() kit.Effect {
	return a.end(kit.Effect{Push: AssignProfile(a.env, a.autopilot)})
}
