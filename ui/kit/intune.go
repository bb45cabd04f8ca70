package kit

import (
	"context"
	"iter"

	"muster/model"
)

// Autopilot reads a customer's Autopilot devices from Intune. Its methods promise
// what those of [Reader] do.
type Autopilot interface {
	// AutopilotDevices yields the devices page by page, in the service's order.
	AutopilotDevices(ctx context.Context, c model.CustomerID) iter.Seq2[[]model.AutopilotDevice, error]
	// AutopilotDevice reads one with its profiles and its managed device. What could
	// not be read is named in the detail; the error is for the device itself.
	AutopilotDevice(ctx context.Context, c model.CustomerID, id model.AutopilotID) (model.AutopilotDetail, error)
	// ManagedDevices yields the enrolled devices page by page.
	ManagedDevices(ctx context.Context, c model.CustomerID) iter.Seq2[[]model.ManagedDevice, error]
	// AutopilotSettings says when the last sync was and whether one runs.
	AutopilotSettings(ctx context.Context, c model.CustomerID) (model.AutopilotSettings, error)
	// HasBIOSPassword reports whether Intune keeps a BIOS password for the device. The
	// password itself is not read.
	HasBIOSPassword(ctx context.Context, c model.CustomerID, id model.ManagedDeviceID) (bool, error)
}

// AutopilotWriter changes Autopilot devices. Its methods promise what those of
// [Writer] do.
type AutopilotWriter interface {
	// ChangeAutopilot makes the same change on every device, which are as the operator
	// saw them. It can be undone, see [Past].
	ChangeAutopilot(ctx context.Context, c model.Customer, devices []model.AutopilotDevice, to model.AutopilotChange) (model.OperationID, error)
	// DeleteAutopilot removes registrations. Enrolled devices are refused before
	// anything is written down. It cannot be undone.
	DeleteAutopilot(ctx context.Context, c model.Customer, devices []model.AutopilotDevice) (model.OperationID, error)
	// SyncAutopilot asks Intune for a sync; inside of [model.SyncPause] it is refused.
	SyncAutopilot(ctx context.Context, c model.Customer) (model.OperationID, error)
	// ImportAutopilot registers the devices of a list straight with Intune. The batch
	// is the group tag of rows that name none, and may be "".
	ImportAutopilot(ctx context.Context, u model.Upload) (model.OperationID, error)
	// AssignProfile puts a profile on chosen devices. A row is done when the service
	// says so of the device, not when it took the request.
	AssignProfile(ctx context.Context, a model.ProfileAssignment) (model.OperationID, error)
}

// Profiles reads a customer's deployment profiles.
type Profiles interface {
	// Profiles yields the profiles page by page.
	Profiles(ctx context.Context, c model.CustomerID) iter.Seq2[[]model.DeploymentProfile, error]
	Profile(ctx context.Context, c model.CustomerID, id model.ProfileID) (model.DeploymentProfile, error)
	// ProfileTargets lists the groups that the profile is assigned to.
	ProfileTargets(ctx context.Context, c model.CustomerID, id model.ProfileID) ([]model.ProfileTarget, error)
	// ProfileDevices yields the devices that have the profile.
	ProfileDevices(ctx context.Context, c model.CustomerID, id model.ProfileID) iter.Seq2[[]model.AutopilotDevice, error]
}

// ProfileWriter changes deployment profiles. Its methods promise what those of
// [Writer] do.
type ProfileWriter interface {
	CreateProfile(ctx context.Context, c model.Customer, p model.DeploymentProfile) (model.OperationID, error)
	// EditProfile sends what differs between was and want; a change by somebody else
	// refuses it.
	EditProfile(ctx context.Context, c model.Customer, was, want model.DeploymentProfile) (model.OperationID, error)
	// DeleteProfile removes the assignments first, then the profile. It cannot be undone.
	DeleteProfile(ctx context.Context, c model.Customer, p model.DeploymentProfile) (model.OperationID, error)
	// TargetProfile adds and removes groups, one call each.
	TargetProfile(ctx context.Context, c model.Customer, p model.DeploymentProfile, add []model.Target, remove []model.ProfileTarget) (model.OperationID, error)
}

// BIOS reads what became of a BIOS configuration.
type BIOS interface {
	BIOSTargets(ctx context.Context, c model.CustomerID, id model.BIOSID) ([]model.Target, error)
	BIOSSummary(ctx context.Context, c model.CustomerID, id model.BIOSID) (model.RunSummary, error)
	BIOSRuns(ctx context.Context, c model.CustomerID, id model.BIOSID) iter.Seq2[[]model.DeviceRun, error]
	BIOSUserRuns(ctx context.Context, c model.CustomerID, id model.BIOSID) iter.Seq2[[]model.UserRun, error]
}

// BIOSWriter changes who gets a BIOS configuration. Its methods promise what
// those of [Writer] do.
type BIOSWriter interface {
	DeleteBIOS(ctx context.Context, c model.Customer, b model.BIOSConfiguration) (model.OperationID, error)
	// AssignBIOS writes the whole set of targets. was is the set that the operator
	// saw; when the service has another one, it is refused.
	AssignBIOS(ctx context.Context, c model.Customer, b model.BIOSConfiguration, was, want []model.Target) (model.OperationID, error)
	// BIOSPassword reads the password of one device. That it was read is in the
	// ledger before it is; the password itself is kept nowhere.
	BIOSPassword(ctx context.Context, c model.Customer, id model.ManagedDeviceID) (model.BIOSPassword, error)
}

// Directory finds groups, scope tags and filters for forms.
type Directory interface {
	// Groups searches by the beginnings of words, at most limit; query "" lists the
	// first ones.
	Groups(ctx context.Context, c model.CustomerID, query string, limit int) ([]model.Group, error)
	// GroupNames names groups; a deleted one is missing from the answer.
	GroupNames(ctx context.Context, c model.CustomerID, ids []model.GroupID) (map[model.GroupID]model.Group, error)
	ScopeTags(ctx context.Context, c model.CustomerID) ([]model.ScopeTag, error)
	AssignmentFilters(ctx context.Context, c model.CustomerID) ([]model.AssignmentFilter, error)
}
