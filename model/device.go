package model

import (
	"slices"
	"strings"
	"time"
)

// CountUnknown stands where a service left a count out: not the same as zero.
const CountUnknown = -1

// DeviceBatch is a named bag of devices.
type DeviceBatch struct {
	ID        BatchID
	CreatedBy string
	Created   time.Time
	Devices   int    // CountUnknown when the service did not say
	Status    string // seldom sent, shown as it came
}

// Device is a machine registered through Partner Center.
type Device struct {
	ID         DeviceID
	Batch      BatchID
	Serial     string
	ProductKey Secret // seldom returned
	Maker      string // exact SMBIOS text, case-sensitive
	Model      string // exact SMBIOS text, case-sensitive
	Policy     PolicyRef
	Uploaded   time.Time // zero = not said
	UploadedBy string
	Allowed    []string // what the service lets us do; empty = it did not say
}

// The verbs of allowedOperations.
const (
	VerbPatch  = "PATCH"  // a policy may be put on it
	VerbDelete = "DELETE" // it may be removed
)

// Allows reports whether the service lets something be done with the device. It seldom
// says; a device about which it says nothing allows all.
func (d Device) Allows(verb string) bool {
	return len(d.Allowed) == 0 || slices.ContainsFunc(d.Allowed, func(a string) bool { return strings.EqualFold(a, verb) })
}

// PolicyRef is what a device says about its policy: nothing, the id of a
// policy, or only the name of a profile that was made elsewhere.
type PolicyRef struct{ Value string }

// None reports whether the device has no policy.
func (p PolicyRef) None() bool { return p.Value == "" }

// ID returns the policy's id when the value is one.
func (p PolicyRef) ID() (PolicyID, bool) {
	if IsGUID(p.Value) {
		return PolicyID(p.Value), true
	}
	return "", false
}

// Name resolves the value against the customer's policies. A value that is not
// among them is shown as it came.
func (p PolicyRef) Name(policies []ConfigurationPolicy) string {
	for _, c := range policies {
		if string(c.ID) == p.Value {
			return c.Name
		}
	}
	return p.Value
}

// DevicePage is one step of a walk through all devices of a customer: some
// devices of one batch, and how far the walk has come.
type DevicePage struct {
	Devices []Device
	Batch   BatchID
	Page    int // pages read so far, over all batches
	Batches int // batches read to their end
	Of      int // batches in all
	Total   int // devices that the batches claim to hold, CountUnknown when one did not say
	// Plan is set on the first step, which has no devices: where the walk will go.
	Plan []Place
	// Next is where the batch goes on behind these devices, "" behind its last ones;
	// beside an error, where it can be taken up again.
	Next string
}

// Place is where a walk through a batch can be taken up. It is good for a short while:
// the service decides for how long.
type Place struct {
	Batch BatchID
	Next  string // the service's token of the page, "" for the first
}

// AutopilotPage is one step of a walk through the Autopilot devices of a customer.
type AutopilotPage struct {
	Devices []AutopilotDevice
	Next    string // as in [DevicePage]
}
