package model

import "time"

// Group is an Entra group, as the picker shows it.
type Group struct {
	ID          GroupID
	Name        string
	Description string
	Dynamic     bool   // its members follow from Rule; it cannot be written to
	Rule        string // membership rule of a dynamic group
	Security    bool
	Mail        bool
}

// TargetKind says what a [Target] points at.
type TargetKind string

// The kinds of targets that profiles and BIOS configurations are assigned to, in
// the service's own words. Others are kept and shown as they came.
const (
	TargetGroup      TargetKind = "groupAssignmentTarget"
	TargetExclude    TargetKind = "exclusionGroupAssignmentTarget"
	TargetAllDevices TargetKind = "allDevicesAssignmentTarget"
	TargetAllUsers   TargetKind = "allLicensedUsersAssignmentTarget"
)

// Target is whom a profile or a BIOS configuration reaches. Two targets are the
// same when they are equal, since a target has no id that is certain.
type Target struct {
	Kind       TargetKind
	Group      GroupID // of the two group kinds
	Filter     string  // id of an assignment filter, "" = none
	FilterType string  // include or exclude, "" = none
}

// Words names the kind for an operator.
func (k TargetKind) Words() string {
	switch k {
	case TargetGroup:
		return "included"
	case TargetExclude:
		return "excluded"
	case TargetAllDevices:
		return "all devices"
	case TargetAllUsers:
		return "all users"
	}
	return Clean(string(k))
}

// ProfileTarget is a [Target] of a deployment profile. Each is made and removed by
// itself.
type ProfileTarget struct {
	ID     string // opaque, composite
	Target Target
	Source string // direct, or policySets: those belong to a policy set and stay
}

// ScopeTag is a role scope tag. "0" is the one that everything has.
type ScopeTag struct {
	ID          string
	Name        string
	Description string
	BuiltIn     bool
}

// AssignmentFilter narrows a target to some of its devices.
type AssignmentFilter struct {
	ID       string
	Name     string
	Platform string
	Rule     string
}

// RunState is what became of a BIOS configuration on one device, in the service's
// own word.
type RunState string

// The members of runState.
const (
	RunUnknown       RunState = "unknown"
	RunSuccess       RunState = "success"
	RunFail          RunState = "fail"
	RunScriptError   RunState = "scriptError"
	RunPending       RunState = "pending"
	RunNotApplicable RunState = "notApplicable"
)

// RunStates lists the states in the order in which a bar shows them.
func RunStates() []RunState {
	return []RunState{RunSuccess, RunPending, RunFail, RunScriptError, RunNotApplicable, RunUnknown}
}

// Failed reports whether the state is one that somebody must look at.
func (s RunState) Failed() bool { return s == RunFail || s == RunScriptError }

// Words returns the state as the portal words it; unknown ones as they came.
func (s RunState) Words() string {
	switch s {
	case RunSuccess:
		return "succeeded"
	case RunFail:
		return "failed"
	case RunScriptError:
		return "script error"
	case RunNotApplicable:
		return "not applicable"
	}
	return Clean(string(s))
}

// RunSummary counts the devices and users of a BIOS configuration by state.
type RunSummary struct {
	Devices map[RunState]int
	Users   map[RunState]int
	LastRun time.Time // zero = never
}

// DeviceRun is the result of a BIOS configuration on one device. The service
// gives no id of the device beside its name.
type DeviceRun struct {
	ID      string // opaque
	State   RunState
	Output  string // from the maker's agent
	Problem string // its error text
	Device  string // name
	System  string // version
	User    string
	UserID  string
	Version int // of the configuration that this result belongs to
	At      time.Time
	Filters string
}

// UserRun counts a user's devices by state.
type UserRun struct {
	ID      string
	Name    string
	Mail    string
	User    string
	Devices map[RunState]int
	At      time.Time
}

// BIOSPassword is a device's BIOS password. It lives in memory for as long as it
// is shown and nowhere else.
type BIOSPassword struct {
	Device   ManagedDeviceID
	Serial   string
	Current  Secret
	Previous []Secret
}
