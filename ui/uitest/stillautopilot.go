package uitest

import (
	"context"
	"iter"

	"muster/model"
)

// StillAutopilot answers from its fields what screens ask Intune about Autopilot
// devices and deployment profiles. It notes what is written.
type StillAutopilot struct {
	Pages    [][]model.AutopilotDevice
	Details  map[model.AutopilotID]model.AutopilotDetail
	Settings model.AutopilotSettings
	Locked   map[model.ManagedDeviceID]bool

	ProfileList []model.DeploymentProfile
	TargetList  []model.ProfileTarget
	DeviceList  []model.AutopilotDevice // that have a profile, whichever

	// Err ends every reading after what there is to read. WriteErr refuses writes.
	Err, WriteErr error
	Written       []string // what was asked for, in order
}

// AutopilotDevices implements kit.Autopilot.
func (s *StillAutopilot) AutopilotDevices(context.Context, model.CustomerID) iter.Seq2[[]model.AutopilotDevice, error] {
	return func(yield func([]model.AutopilotDevice, error) bool) {
		for _, p := range s.Pages {
			if !yield(p, nil) {
				return
			}
		}
		if s.Err != nil {
			yield(nil, s.Err)
		}
	}
}

// AutopilotDevice implements kit.Autopilot.
func (s *StillAutopilot) AutopilotDevice(_ context.Context, _ model.CustomerID, id model.AutopilotID) (model.AutopilotDetail, error) {
	if d, ok := s.Details[id]; ok {
		return d, s.Err
	}
	for _, page := range s.Pages {
		for _, d := range page {
			if d.ID == id {
				return model.AutopilotDetail{Device: d, ReadAt: Noon()}, s.Err
			}
		}
	}
	return model.AutopilotDetail{}, &model.Error{Kind: model.NotFound, Op: "read Autopilot device", Msg: "it is gone"}
}

// ManagedDevices implements kit.Autopilot.
func (s *StillAutopilot) ManagedDevices(context.Context, model.CustomerID) iter.Seq2[[]model.ManagedDevice, error] {
	return once[model.ManagedDevice](nil, s.Err)
}

// AutopilotSettings implements kit.Autopilot.
func (s *StillAutopilot) AutopilotSettings(context.Context, model.CustomerID) (model.AutopilotSettings, error) {
	return s.Settings, s.Err
}

// HasBIOSPassword implements kit.Autopilot.
func (s *StillAutopilot) HasBIOSPassword(_ context.Context, _ model.CustomerID, id model.ManagedDeviceID) (bool, error) {
	return s.Locked[id], s.Err
}

// Profiles implements kit.Profiles.
func (s *StillAutopilot) Profiles(context.Context, model.CustomerID) iter.Seq2[[]model.DeploymentProfile, error] {
	return once(s.ProfileList, s.Err)
}

// Profile implements kit.Profiles.
func (s *StillAutopilot) Profile(_ context.Context, _ model.CustomerID, id model.ProfileID) (model.DeploymentProfile, error) {
	for _, p := range s.ProfileList {
		if p.ID == id {
			return p, s.Err
		}
	}
	return model.DeploymentProfile{}, &model.Error{Kind: model.NotFound, Op: "read profile", Msg: "it is gone"}
}

// ProfileTargets implements kit.Profiles.
func (s *StillAutopilot) ProfileTargets(context.Context, model.CustomerID, model.ProfileID) ([]model.ProfileTarget, error) {
	return s.TargetList, s.Err
}

// ProfileDevices implements kit.Profiles.
func (s *StillAutopilot) ProfileDevices(context.Context, model.CustomerID, model.ProfileID) iter.Seq2[[]model.AutopilotDevice, error] {
	return once(s.DeviceList, s.Err)
}
