package model

import (
	"strings"
	"time"
)

// AutopilotDevice is a windowsAutopilotDeviceIdentity as Intune lists it.
type AutopilotDevice struct {
	ID               AutopilotID
	Serial           string
	Maker            string
	Model            string
	Family           string
	SKU              string
	ProductKey       Secret
	GroupTag         string
	OrderIdentifier  string // older name of the group tag; read, never sent
	PurchaseOrder    string
	DisplayName      string // the computer name wanted at deployment
	AddressableUser  string
	User             string // pre-assigned user principal name
	ResourceName     string
	Enrollment       string
	LastContact      time.Time // zero = never
	ManagedDevice    ManagedDeviceID
	EntraDevice      string
	Assignment       AssignmentStatus
	AssignmentDetail string
	AssignedAt       time.Time // zero = never
	Remediation      string
	RemediationAt    time.Time // of the last change of it, zero = never
	Userless         string
	AccountUser      string // user name of a Surface Hub's device account; its password is never read
	FriendlyName     string // of a Surface Hub
}

// Tag returns the group tag, under the older name too where a service still uses
// that.
func (d AutopilotDevice) Tag() string {
	if d.GroupTag != "" {
		return d.GroupTag
	}
	return d.OrderIdentifier
}

// Enrolled reports whether the device names a managed device. That one may be gone.
func (d AutopilotDevice) Enrolled() bool { return d.ManagedDevice != "" && d.ManagedDevice != ZeroGUID }

// AutopilotDetail is one Autopilot device with what hangs on it, as read at ReadAt.
type AutopilotDetail struct {
	Device   AutopilotDevice
	Profile  *DeploymentProfile // assigned now, nil = none
	Intended *DeploymentProfile // the one that is on its way, nil = none
	Managed  *ManagedDevice     // nil = not enrolled, or gone
	BySerial bool               // Managed is the only one with the device's serial; the device names none that is there
	// Missing names the parts that could not be read, with the request id. The others hold.
	Missing []*Error
	ReadAt  time.Time
}

// ManagedDevice is an Intune managedDevice: a machine that is enrolled.
type ManagedDevice struct {
	ID              ManagedDeviceID
	Name            string
	Serial          string
	EntraDevice     string
	User            string
	System          string
	SystemVersion   string
	Maker           string
	Model           string
	Compliance      string
	Management      string
	Owner           string
	EnrollmentType  string
	Enrolled        time.Time
	LastSync        time.Time
	Encrypted       bool
	AutopilotJoined bool
	JoinType        string
	ProfileName     string // enrolment profile
}

// AutopilotSettings says when Intune and the Autopilot service were last brought
// in line, and whether they are being now.
type AutopilotSettings struct {
	ID             string
	LastSync       time.Time
	LastManualSync time.Time // when somebody last asked for it
	Status         string    // unknown, inProgress, completed, failed
	ReadAt         time.Time // by our clock
	Clock          time.Time // of the service at that moment, zero = it did not say
}

// SyncPause is how long Intune refuses a sync after the one before.
const SyncPause = 10 * time.Minute

// NextSync returns when the next sync may be asked for, by our clock; zero = now.
func (s AutopilotSettings) NextSync(now time.Time) time.Time {
	if s.LastManualSync.IsZero() {
		return time.Time{}
	}
	next := s.LastManualSync.Add(SyncPause)
	if !s.Clock.IsZero() {
		next = next.Add(s.ReadAt.Sub(s.Clock))
	}
	if next.After(now) {
		return next
	}
	return time.Time{}
}

// Syncing reports whether a sync is under way.
func (s AutopilotSettings) Syncing() bool { return s.Status == "inProgress" }

// ImportedDevice is a ticket of an import into Intune and what became of it.
type ImportedDevice struct {
	ID           ImportID
	Serial       string
	GroupTag     string
	User         string
	Import       string      // correlates the tickets of one request
	Status       string      // unknown, pending, partial, complete, error
	Registration AutopilotID // of the device that it became, once complete
	Code         string
	Name         string // of the code
}

// Ended reports whether the ticket will not move any more. A fresh one says
// "unknown", not "pending", and is running all the same.
func (i ImportedDevice) Ended() bool {
	return i.Status != "" && !strings.EqualFold(i.Status, "unknown") && !strings.EqualFold(i.Status, "pending")
}

// Done reports whether the device was registered.
func (i ImportedDevice) Done() bool { return strings.EqualFold(i.Status, "complete") }

// AssignmentStatus is how far a profile has come to a device, in the service's
// own spelling (one member is misspelt there and stays so).
type AssignmentStatus string

// The members of deploymentProfileAssignmentStatus.
const (
	AssignmentUnknown     AssignmentStatus = "unknown"
	AssignmentInSync      AssignmentStatus = "assignedInSync"
	AssignmentOutOfSync   AssignmentStatus = "assignedOutOfSync"
	AssignmentUnknownSync AssignmentStatus = "assignedUnkownSyncState"
	AssignmentNone        AssignmentStatus = "notAssigned"
	AssignmentPending     AssignmentStatus = "pending"
	AssignmentFailed      AssignmentStatus = "failed"
)

// Words returns the status as the portal words it; unknown ones as they came.
func (a AssignmentStatus) Words() string {
	switch a {
	case AssignmentInSync, AssignmentUnknownSync:
		return "assigned"
	case AssignmentOutOfSync:
		return "assigned, not in sync yet"
	case AssignmentNone:
		return "not assigned"
	case AssignmentPending:
		return "assigning"
	case AssignmentFailed, AssignmentUnknown:
		return string(a)
	}
	return Clean(string(a))
}

// AssignmentProblem words a detailed status of a failed assignment, and what to do
// about it.
func AssignmentProblem(detail string) (text, what string) {
	const types = "choose a profile for this type of device"
	switch detail {
	case "hardwareRequirementsNotMet":
		return "the device lacks what the profile needs; self-deploying ones need a TPM 2.0", "choose a user-driven profile, or look at the TPM in the firmware"
	case "surfaceHubProfileNotSupported", "surfaceHub2SProfileNotSupported":
		return "a profile for a Surface Hub does not fit this device", types
	case "holoLensProfileNotSupported":
		return "a profile for a HoloLens does not fit this device", types
	case "windowsPcProfileNotSupported":
		return "a profile for a Windows PC does not fit this device", types
	case "", "none":
		return "the assignment failed; the service gave no reason", "assign it again, or look at the device in Intune"
	}
	return "the assignment failed: " + Clean(detail), ""
}

// Assigned reports whether a profile is on the device, in sync or not.
func (a AssignmentStatus) Assigned() bool { return strings.HasPrefix(string(a), "assigned") }

// DeploymentProfile is an Autopilot deployment profile.
type DeploymentProfile struct {
	ID           ProfileID
	Hybrid       bool // Active Directory join, else Entra join
	Name         string
	Description  string
	Locale       string // "os-default", "" = the user selects, or a tag such as nb-NO
	DeviceType   string
	NameTemplate string
	Preprovision bool
	ExtractHash  bool
	OutOfBox     OutOfBox
	ScopeTags    []string
	Created      time.Time
	Modified     time.Time
}

// OutOfBox is what a deployment profile changes in Windows setup.
type OutOfBox struct {
	PrivacyHidden    bool
	EULAHidden       bool
	UserType         string // administrator or standard; not sent for shared devices
	Usage            string // singleUser or shared
	KeyboardSkipped  bool
	EscapeLinkHidden bool
}

// EnrollmentWords returns the state of an Autopilot device's enrolment in words;
// unknown ones as they came.
func EnrollmentWords(state string) string {
	switch state {
	case "notContacted":
		return "never enrolled"
	case "pendingReset":
		return "pending reset"
	}
	return Clean(state)
}

// AssignmentDetailWords says in words why a profile did not come to a device; "" for
// none, unknown reasons as they came.
func AssignmentDetailWords(detail string) string {
	switch detail {
	case "none", "":
		return ""
	case "hardwareRequirementsNotMet":
		return "the hardware does not meet the profile's needs, such as TPM 2.0"
	case "surfaceHubProfileNotSupported", "surfaceHub2SProfileNotSupported":
		return "the profile is for a Surface Hub"
	case "holoLensProfileNotSupported":
		return "the profile is for a HoloLens"
	case "windowsPcProfileNotSupported":
		return "the profile is for a Windows PC"
	}
	return Clean(detail)
}

// RemediationWords is the state of a device whose hardware changed, in words; unknown
// ones as they came.
func RemediationWords(state string) string {
	switch state {
	case "noRemediationRequired":
		return "none required"
	case "automaticRemediationRequired":
		return "required, done by Intune"
	case "manualRemediationRequired":
		return "required, by hand: register the device anew"
	}
	return Clean(state)
}

// UserlessWords says whether a device that enrols without a user may do so again.
func UserlessWords(state string) string {
	if state == "blocked" {
		return "blocked: it does not enrol again until Intune allows the next enrolment"
	}
	return Clean(state)
}
