package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a deployment profile, from the Graph reference.
const (
	MaxProfileName        = 200  // characters
	MaxProfileDescription = 1500 // characters
	MaxProfiles           = 350  // a tenant
)

// Words of a deployment profile.
const (
	LocaleOS      = "os-default"
	UserAdmin     = "administrator"
	UserStandard  = "standard"
	UsageSingle   = "singleUser"
	UsageShared   = "shared"
	TypeWindowsPC = "windowsPc"
)

// ProfileDeviceTypes lists the device types in the order in which forms show them.
func ProfileDeviceTypes() []string {
	return []string{TypeWindowsPC, "surfaceHub2", "holoLens", "surfaceHub2S", "virtualMachine"}
}

// Kind says how devices with the profile join.
func (p DeploymentProfile) Kind() string {
	if p.Hybrid {
		return "Entra hybrid join"
	}
	return "Entra join"
}

// Mode says in words how the device is set up.
func (o OutOfBox) Mode() string {
	if o.Usage == UsageShared {
		return "self-deploying"
	}
	return "user-driven"
}

// Validate reports the first thing an operator must change before the profile can
// be made, or an existing one replaced by it.
func (p DeploymentProfile) Validate() error {
	checks := []string{
		CheckProfileName(p.Name),
		checkLength("description", p.Description, 0, MaxProfileDescription),
		CheckNameTemplate(p.NameTemplate, ""),
	}
	if p.Hybrid && p.NameTemplate != "" {
		checks = append(checks, "a hybrid join takes its names from the domain join policy, not from a template")
	}
	if p.OutOfBox.KeyboardSkipped && p.Locale == "" {
		checks = append(checks, "the keyboard page can only be skipped when a language is set")
	}
	if !slices.Contains([]string{"", UsageSingle, UsageShared}, p.OutOfBox.Usage) {
		checks = append(checks, "the usage is neither singleUser nor shared")
	}
	if p.OutOfBox.Usage != UsageShared && !slices.Contains([]string{"", UserAdmin, UserStandard}, p.OutOfBox.UserType) {
		checks = append(checks, "the user type is neither administrator nor standard")
	}
	for _, msg := range checks {
		if msg != "" {
			return &Error{Kind: Invalid, Op: "check deployment profile", Msg: msg}
		}
	}
	return nil
}

// profileNameSigns are the signs that the service takes in a profile's name
// beside letters, digits and blanks; it answers others with an error 500 that
// gives no reason.
const profileNameSigns = ":\"?.@$&_[]{}|\\"

// CheckProfileName returns what is wrong with a profile's name, or "".
func CheckProfileName(s string) string {
	if msg := checkLength("name", s, 1, MaxProfileName); msg != "" {
		return msg
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && !strings.ContainsRune(profileNameSigns, r) {
			return fmt.Sprintf("the service does not take %q in a profile's name", r)
		}
	}
	return ""
}

// CheckNameTemplate returns what is wrong with a device name template, or "". An
// empty template is fine. serial is that of a device to check the length with; when
// it is "", %SERIAL% counts as one character.
func CheckNameTemplate(s, serial string) string {
	if s == "" {
		return ""
	}
	if serial == "" {
		serial = "S"
	}
	rest, name := s, ""
	for rest != "" {
		macro, after, isMacro := nextMacro(rest)
		switch {
		case !isMacro:
			name += rest[:len(rest)-len(after)]
		case strings.EqualFold(macro, "SERIAL"):
			name += strings.Map(onlyNameRunes, serial)
		default:
			n, err := strconv.Atoi(macro[len("RAND:"):])
			if err != nil || n < 1 || n > MaxDeviceName {
				return "the count in %RAND:n% is 1 to 15"
			}
			name += strings.Repeat("R", n)
		}
		rest = after
	}
	if strings.Contains(name, "%") {
		return "a macro is %SERIAL% or %RAND:n%"
	}
	if n := utf8.RuneCountInString(name); n > MaxDeviceName {
		return fmt.Sprintf("the names would have %d characters; the limit is %d", n, MaxDeviceName)
	}
	if msg := CheckDeviceName(name); msg != "" {
		return strings.Replace(msg, "device name", "device name template", 1)
	}
	return ""
}

// nextMacro cuts the text at its first macro: the macro without its signs when s
// begins with one, else what stands before it is skipped.
func nextMacro(s string) (macro, after string, isMacro bool) {
	at := strings.IndexByte(s, '%')
	switch {
	case at < 0:
		return "", "", false
	case at > 0:
		return "", s[at:], false
	}
	end := strings.IndexByte(s[1:], '%')
	if end < 0 {
		return "", "", false
	}
	macro = s[1 : end+1]
	if up := strings.ToUpper(macro); up != "SERIAL" && !strings.HasPrefix(up, "RAND:") {
		return "", s[end+2:], false
	}
	return macro, s[end+2:], true
}

func onlyNameRunes(r rune) rune {
	if isNameRune(r) {
		return r
	}
	return -1
}

// Effects says in words what the settings change in Windows setup, one each.
func (o OutOfBox) Effects() []string {
	var out []string
	for _, s := range []struct {
		on   bool
		word string
	}{
		{o.PrivacyHidden, "skips the privacy page"}, {o.EULAHidden, "skips the licence terms"}, {o.KeyboardSkipped, "skips the keyboard page"},
		{o.EscapeLinkHidden, "hides the ways to another account"},
	} {
		if s.on {
			out = append(out, s.word)
		}
	}
	switch {
	case o.Usage == UsageShared:
	case o.UserType == UserStandard:
		out = append(out, "the user is no administrator")
	case o.UserType == UserAdmin:
		out = append(out, "the user is an administrator")
	}
	return out
}
