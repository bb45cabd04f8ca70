package model

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Setting is one out-of-box-experience setting of a policy, in the service's
// spelling. A word this version does not know is kept and shown as it came.
type Setting string

// The six settings of the service.
const (
	SettingNone              Setting = "none"
	SettingRemoveOEM         Setting = "remove_oem_preinstalls"
	SettingUserNotLocalAdmin Setting = "oobe_user_not_local_admin"
	SettingSkipExpress       Setting = "skip_express_settings"
	SettingSkipOEMRegister   Setting = "skip_oem_registration"
	SettingSkipEULA          Setting = "skip_eula"
)

// Settings lists the six settings in the order in which forms show them.
func Settings() []Setting {
	return []Setting{SettingSkipExpress, SettingUserNotLocalAdmin, SettingRemoveOEM,
		SettingSkipOEMRegister, SettingSkipEULA, SettingNone}
}

var settingEffects = map[Setting]string{
	SettingNone:              "no change to setup",
	SettingRemoveOEM:         "remove the maker's preinstalled software",
	SettingUserNotLocalAdmin: "the first user is not a local administrator",
	SettingSkipExpress:       "skip pages in setup",
	SettingSkipOEMRegister:   "skip the maker's registration page",
	SettingSkipEULA:          "skip the licence terms (you accept them for the customer)",
}

// Effect says in words what a setting does; an unknown one returns its own name.
func (s Setting) Effect() string {
	if w, ok := settingEffects[s]; ok {
		return w
	}
	return string(s)
}

// Known reports whether s is one of the six.
func (s Setting) Known() bool { _, ok := settingEffects[s]; return ok }

// CategoryOOBE is the only real category of a policy: the out-of-box
// experience, in the service's own odd spelling.
const CategoryOOBE = "o_o_b_e"

// MaxPolicyName bounds a policy's name in characters. The service publishes no
// limit; this one is ours.
const MaxPolicyName = 128

// ConfigurationPolicy is what the portal calls an Autopilot profile.
type ConfigurationPolicy struct {
	ID          PolicyID
	Name        string
	Category    string
	Description string
	Assigned    int // devices that use it, CountUnknown when not said
	Settings    []Setting
	Created     time.Time
	Modified    time.Time
}

// Validate reports the first thing an operator must change.
func (p ConfigurationPolicy) Validate() error {
	const op = "check policy"
	bad := func(msg string) error { return &Error{Kind: Invalid, Op: op, Msg: msg} }
	switch n := len([]rune(strings.TrimSpace(p.Name))); {
	case n == 0:
		return bad("a name is required")
	case n > MaxPolicyName:
		return bad(fmt.Sprintf("the name has %d characters; the limit is %d", n, MaxPolicyName))
	case len(p.Settings) == 0:
		return bad("choose at least one setting")
	case slices.Contains(p.Settings, SettingNone) && len(p.Settings) > 1:
		return bad("none excludes every other setting")
	}
	for i, s := range p.Settings {
		if !s.Known() {
			return bad(fmt.Sprintf("unknown setting %q", Clean(string(s))))
		}
		if slices.Contains(p.Settings[:i], s) {
			return bad(fmt.Sprintf("setting %s is chosen twice", s))
		}
	}
	return nil
}

// Same reports whether two policies would set up a device in the same way and
// are called the same: the service's own fields do not count.
func (p ConfigurationPolicy) Same(o ConfigurationPolicy) bool {
	return p.Name == o.Name && p.Description == o.Description && sameSettings(p.Settings, o.Settings)
}

func sameSettings(a, b []Setting) bool {
	if len(a) != len(b) {
		return false
	}
	for _, s := range a {
		if !slices.Contains(b, s) {
			return false
		}
	}
	return true
}

// PolicyChange is one property that an edit changes, for an operator to read.
type PolicyChange struct{ Property, Old, New string }

// Changes lists what differs between p and want. A replacement of a policy
// writes all of it, so this is what an operator has to see before.
func (p ConfigurationPolicy) Changes(want ConfigurationPolicy) []PolicyChange {
	var out []PolicyChange
	add := func(property, old, new string) {
		if old != new {
			out = append(out, PolicyChange{property, old, new})
		}
	}
	add("name", p.Name, want.Name)
	add("description", p.Description, want.Description)
	for _, s := range append(Settings(), unknownSettings(p.Settings, want.Settings)...) {
		add(string(s), onOff(slices.Contains(p.Settings, s)), onOff(slices.Contains(want.Settings, s)))
	}
	return out
}

func unknownSettings(lists ...[]Setting) []Setting {
	var out []Setting
	for _, l := range lists {
		for _, s := range l {
			if !s.Known() && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// FindPolicy returns the policy that an operator named by id or by its exact
// name. None or more than one is an error that says what matched.
func FindPolicy(policies []ConfigurationPolicy, name string) (ConfigurationPolicy, error) {
	var hits []ConfigurationPolicy
	for _, p := range policies {
		if strings.EqualFold(string(p.ID), name) {
			return p, nil
		}
		if p.Name == name {
			hits = append(hits, p)
		}
	}
	return one("find policy", "policy", name, hits, func(p ConfigurationPolicy) string {
		return p.Name + " " + string(p.ID)
	})
}

// FindCustomer returns the customer that an operator named by id or by its
// exact name. None or more than one is an error that says what matched.
func FindCustomer(customers []Customer, name string) (Customer, error) {
	var hits []Customer
	for _, c := range customers {
		if strings.EqualFold(string(c.ID), name) {
			return c, nil
		}
		if c.Name == name {
			hits = append(hits, c)
		}
	}
	return one("find customer", "customer", name, hits, func(c Customer) string {
		return c.Name + " " + string(c.ID)
	})
}

func one[T any](op, what, name string, hits []T, show func(T) string) (T, error) {
	var none T
	switch len(hits) {
	case 1:
		return hits[0], nil
	case 0:
		return none, &Error{Kind: Invalid, Op: op, Msg: fmt.Sprintf("no %s has the id or the exact name %q", what, Clean(name))}
	}
	shown := make([]string, 0, 3)
	for _, h := range hits[:min(3, len(hits))] {
		shown = append(shown, show(h))
	}
	return none, &Error{Kind: Invalid, Op: op,
		Msg:  fmt.Sprintf("%d have the name %q: %s", len(hits), Clean(name), strings.Join(shown, ", ")),
		Hint: "name it by id"}
}
