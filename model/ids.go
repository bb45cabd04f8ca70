package model

import "strings"

// The id spaces. Each id of a service has a type of its own, so that an
// Autopilot id can never travel where a Partner Center device id is wanted.
type (
	// CustomerID is the customer's Entra tenant id, a GUID.
	CustomerID string
	// BatchID is the caller-chosen name of a batch. It is case-preserving, may
	// hold spaces and is matched exactly by the service.
	BatchID string
	// DeviceID is a Partner Center device id. It is opaque: often a GUID,
	// sometimes the serial of a virtual machine. Never parse or normalise it.
	DeviceID string
	// PolicyID is the GUID of a configuration policy.
	PolicyID string
	// JobID is the tracking id of an asynchronous task at Partner Center.
	JobID string
	// AutopilotID is the GUID of a windowsAutopilotDeviceIdentity.
	AutopilotID string
	// ProfileID is the GUID of an Autopilot deployment profile.
	ProfileID string
	// ManagedDeviceID is the GUID of an Intune managedDevice.
	ManagedDeviceID string
	// BIOSID is the GUID of a hardwareConfiguration.
	BIOSID string
	// GroupID is the object id of an Entra group, a GUID.
	GroupID string
	// ImportID is the GUID of an import's ticket at Intune. It is not a device's id.
	ImportID string
	// OperationID names an operation of this user's ledger.
	OperationID string
)

// ZeroGUID is how Graph writes "no such thing" where an id is expected.
const ZeroGUID = "00000000-0000-0000-0000-000000000000"

// TrackingID returns the id of a job in what an operator has kept of it: the id itself, or
// the address that the service answered with, which ends in it.
func TrackingID(s string) JobID {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "?")
	s = strings.TrimRight(s, "/")
	return JobID(s[strings.LastIndexByte(s, '/')+1:])
}

// IsGUID reports whether s has the 8-4-4-4-12 form of a GUID, in either case.
func IsGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return true
}

// OneCase returns a GUID in lower case and anything else as it is. The services treat
// the two spellings of a GUID alike; ids that are compared are brought to one first.
func OneCase[ID ~string](id ID) ID {
	if IsGUID(string(id)) {
		return ID(strings.ToLower(string(id)))
	}
	return id
}

// Valid reports whether the id has the form that the service's paths need.
func (c CustomerID) Valid() bool { return IsGUID(string(c)) }

// Same reports whether two batch ids name the same batch to an operator. The
// service keeps the case but refuses a second name that differs in case only.
func (b BatchID) Same(o BatchID) bool { return strings.EqualFold(string(b), string(o)) }
