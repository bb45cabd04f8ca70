package model

import "fmt"

// DevicePolicyUpdate puts one policy on devices of one customer, or takes
// theirs away. It is one request; an [Assignment] may take several.
type DevicePolicyUpdate struct {
	Policy  PolicyID
	Remove  bool // leave the devices without a policy: no page of the service's says how, so read back
	Devices []DeviceID
}

// Validate reports the first thing an operator must change.
func (u DevicePolicyUpdate) Validate() error {
	const op = "check assignment"
	switch {
	case u.Remove && u.Policy != "":
		return &Error{Kind: Invalid, Op: op, Msg: "a policy cannot be assigned and taken away at once"}
	case !u.Remove && !IsGUID(string(u.Policy)):
		return &Error{Kind: Invalid, Op: op, Msg: "the policy id is not a GUID"}
	}
	if len(u.Devices) == 0 {
		return &Error{Kind: Invalid, Op: op, Msg: "no device was chosen"}
	}
	seen := make(map[DeviceID]bool, len(u.Devices))
	for _, d := range u.Devices {
		if d == "" {
			return &Error{Kind: Invalid, Op: op, Msg: "a device has no id"}
		}
		if seen[d] {
			return &Error{Kind: Invalid, Op: op, Msg: fmt.Sprintf("device %s is chosen twice", Clean(string(d)))}
		}
		seen[d] = true
	}
	return nil
}

// Assignment is what an operator asks for: this policy on these devices.
type Assignment struct {
	Customer     CustomerID
	CustomerName string // for display
	Policy       ConfigurationPolicy
	Devices      []Device // as the operator saw them; batch and former policy are recorded
	Chunk        int      // devices a job; 0 = ChunkDevices
}

// Validate reports the first thing an operator must change.
func (a Assignment) Validate() error {
	if !a.Customer.Valid() {
		return &Error{Kind: Invalid, Op: "check assignment", Msg: "the customer id is not a GUID"}
	}
	ids := make([]DeviceID, len(a.Devices))
	for i, d := range a.Devices {
		ids[i] = d.ID
	}
	return DevicePolicyUpdate{Policy: a.Policy.ID, Devices: ids}.Validate()
}
