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
	Userless         string
}

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
