package model

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of what can be changed on an Autopilot device.
const (
	MaxGroupTag   = 512 // characters; the service publishes none, this is a safe cap
	MaxDeviceName = 15  // characters, of a computer name
)

// AutopilotChange is what is to change on Autopilot devices, the same on each.
// nil members stay as they are, empty ones are cleared.
type AutopilotChange struct {
	GroupTag        *string `json:"groupTag,omitempty"`
	DisplayName     *string `json:"displayName,omitempty"`
	User            *string `json:"user,omitempty"`
	AddressableUser *string `json:"addressableUser,omitempty"` // only beside a user
}

// Empty reports whether nothing changes.
func (c AutopilotChange) Empty() bool {
	return c.GroupTag == nil && c.DisplayName == nil && c.User == nil && c.AddressableUser == nil
}

// Validate reports the first thing an operator must change.
func (c AutopilotChange) Validate() error {
	bad := func(msg string) error { return &Error{Kind: Invalid, Op: "check change", Msg: msg} }
	switch {
	case c.Empty():
		return bad("nothing changes")
	case c.GroupTag != nil && utf8.RuneCountInString(*c.GroupTag) > MaxGroupTag:
		return bad(fmt.Sprintf("the group tag has %d characters; the limit is %d", utf8.RuneCountInString(*c.GroupTag), MaxGroupTag))
	case c.DisplayName != nil && *c.DisplayName != "" && CheckDeviceName(*c.DisplayName) != "":
		return bad(CheckDeviceName(*c.DisplayName))
	case c.User != nil && *c.User != "" && !strings.Contains(strings.Trim(*c.User, "@"), "@"):
		return bad("the user is a user principal name, such as name@example.com")
	case c.AddressableUser != nil && *c.AddressableUser != "" && (c.User == nil || *c.User == ""):
		return bad("a greeting name is only taken together with a user")
	}
	return nil
}

// CheckDeviceName returns what is wrong with a computer name, or "": 1 to 15
// letters, digits and hyphens, not digits alone.
func CheckDeviceName(s string) string {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0:
		return "a device name is required"
	case n > MaxDeviceName:
		return fmt.Sprintf("the device name has %d characters; the limit is %d", n, MaxDeviceName)
	case strings.Trim(s, "0123456789") == "":
		return "a device name must not be digits alone"
	case strings.IndexFunc(s, func(r rune) bool { return !isNameRune(r) }) >= 0:
		return "a device name has letters, digits and hyphens only"
	}
	return ""
}

func isNameRune(r rune) bool {
	return r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// Now returns what stands on the device where c changes something, so that
// putting it back is a change too.
func (c AutopilotChange) Now(d AutopilotDevice) AutopilotChange {
	var was AutopilotChange
	if c.GroupTag != nil {
		was.GroupTag = &d.GroupTag
	}
	if c.DisplayName != nil {
		was.DisplayName = &d.DisplayName
	}
	if c.User != nil {
		was.User = &d.User
	}
	if c.AddressableUser != nil {
		was.AddressableUser = &d.AddressableUser
	}
	return was
}

// On reports whether the device has all that c wants. The service may spell names
// of users and computers in its own letter case.
func (c AutopilotChange) On(d AutopilotDevice) bool {
	is := func(want *string, have string) bool {
		return want == nil || strings.EqualFold(strings.TrimSpace(*want), strings.TrimSpace(have))
	}
	tag := c.GroupTag == nil || strings.TrimSpace(*c.GroupTag) == strings.TrimSpace(d.GroupTag)
	return tag && is(c.DisplayName, d.DisplayName) && is(c.User, d.User) && is(c.AddressableUser, d.AddressableUser)
}

// Same reports whether both would leave the same on a device.
func (c AutopilotChange) Same(o AutopilotChange) bool {
	same := func(a, b *string) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return same(c.GroupTag, o.GroupTag) && same(c.DisplayName, o.DisplayName) && same(c.User, o.User) && same(c.AddressableUser, o.AddressableUser)
}

// Words says what changes: `group tag "KIOSK", no user`.
func (c AutopilotChange) Words() string {
	var parts []string
	for _, m := range []struct {
		name string
		to   *string
	}{{"group tag", c.GroupTag}, {"name", c.DisplayName}, {"user", c.User}, {"greeting name", c.AddressableUser}} {
		switch {
		case m.to == nil:
		case *m.to == "":
			parts = append(parts, "no "+m.name)
		default:
			parts = append(parts, m.name+` "`+Clean(*m.to)+`"`)
		}
	}
	return strings.Join(parts, ", ")
}

// AssignWay is how a profile is put on chosen devices.
type AssignWay string

// The ways, in the order in which they are tried. Nobody was found using the
// first two against a real tenant; the group way is the proven one.
const (
	WayAuto   AssignWay = ""       // direct, then through a device, then the group
	WayDirect AssignWay = "direct" // post each device to the profile
	WayDevice AssignWay = "device" // through a device that has the profile already
	WayGroup  AssignWay = "group"  // add the devices to a group that has the profile
)

// ProfileAssignment is what an operator asks for: this profile on these devices.
type ProfileAssignment struct {
	Customer Customer
	Profile  DeploymentProfile
	Devices  []AutopilotDevice // as the operator saw them
	Way      AssignWay
	Anchor   AutopilotID // of [WayDevice]: a device that has the profile; "" = one is looked for
	Whole    bool        // of [WayDevice]: send the whole device at once, not a reference to it first
	Group    GroupID     // of [WayGroup]: a static group that has the profile; "" = none is offered
}

// Validate reports the first thing an operator must change.
func (a ProfileAssignment) Validate() error {
	bad := func(msg string) error { return &Error{Kind: Invalid, Op: "check profile assignment", Msg: msg} }
	switch {
	case !a.Customer.ID.Valid():
		return bad("the customer id is not a GUID")
	case !IsGUID(string(a.Profile.ID)):
		return bad("the profile id is not a GUID")
	case len(a.Devices) == 0:
		return bad("no device was chosen")
	case a.Way == WayGroup && !IsGUID(string(a.Group)):
		return bad("the group way needs a group")
	}
	seen := make(map[AutopilotID]bool, len(a.Devices))
	for _, d := range a.Devices {
		switch {
		case !IsGUID(string(d.ID)):
			return bad("the id of device " + Clean(d.Serial) + " is not a GUID")
		case seen[OneCase(d.ID)]:
			return bad("device " + Clean(d.Serial) + " is chosen twice")
		}
		seen[OneCase(d.ID)] = true
	}
	return nil
}
