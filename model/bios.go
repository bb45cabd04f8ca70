package model

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Limits of a BIOS configuration, from the Graph reference of
// hardwareConfiguration. The content's limit counts the decoded file.
const (
	MaxBIOSName        = 150     // characters
	MaxBIOSDescription = 1000    // characters
	MaxBIOSFileName    = 150     // characters
	MaxBIOSContent     = 5 << 10 // bytes; the portal's guide says 2 MiB
	MaxBIOSOverride    = 2 << 20 // bytes; above this even an explicit override is refused
	DefaultScopeTag    = "0"     // the tag that everything has unless told
	BIOSContentWarn    = 4_500   // bytes from which a size meter warns
)

// BIOSFormat says which vendor's agent reads the file.
type BIOSFormat string

// The three formats of the service. Unknown words are kept as they came.
const (
	FormatDell        BIOSFormat = "dell"
	FormatSurface     BIOSFormat = "surface"
	FormatSurfaceDock BIOSFormat = "surfaceDock"
)

// BIOSFormats lists the formats in the order in which forms show them.
func BIOSFormats() []BIOSFormat { return []BIOSFormat{FormatDell, FormatSurface, FormatSurfaceDock} }

// BIOSConfiguration is an Intune hardwareConfiguration: one vendor file that an
// agent applies to devices.
type BIOSConfiguration struct {
	ID          BIOSID
	Version     int // made by the service: rises when file name, content or password flag change
	Name        string
	Description string
	FileName    string
	Content     []byte // the decoded file
	Format      BIOSFormat
	ScopeTags   []string
	// PasswordsOff is perDevicePasswordDisabled: false means that Intune sets
	// and keeps a BIOS password of its own on every device.
	PasswordsOff bool
	Created      time.Time
	Modified     time.Time
}

// PasswordEffect says in words what the double negative of the password flag does.
func (b BIOSConfiguration) PasswordEffect() string {
	if b.PasswordsOff {
		return "no BIOS password; those that Intune made are removed"
	}
	return "Intune sets a BIOS password of its own on every device"
}

// Validate reports the first thing an operator must change.
func (b BIOSConfiguration) Validate() error { return b.validate(MaxBIOSContent, false) }

// ValidateOverride is [BIOSConfiguration.Validate] for an operator who has said
// that a content above [MaxBIOSContent], or a password inside it, is meant.
func (b BIOSConfiguration) ValidateOverride() error { return b.validate(MaxBIOSOverride, true) }

func (b BIOSConfiguration) validate(limit int, secrets bool) error {
	checks := []func() string{
		func() string { return checkLength("display name", b.Name, 1, MaxBIOSName) },
		func() string { return checkLength("description", b.Description, 0, MaxBIOSDescription) },
		func() string { return CheckBIOSFileName(b.FileName) },
		func() string { return CheckBIOSContent(b.Content, limit) },
		func() string {
			if !slices.Contains(BIOSFormats(), b.Format) {
				return fmt.Sprintf("format %q is not dell, surface or surfaceDock", Clean(string(b.Format)))
			}
			return ""
		},
		func() string {
			if b.Format == FormatDell {
				return checkCCTK(b.Content, secrets)
			}
			return ""
		},
	}
	for _, check := range checks {
		if msg := check(); msg != "" {
			return &Error{Kind: Invalid, Op: "check BIOS configuration", Msg: msg}
		}
	}
	return nil
}

func checkLength(what, s string, least, most int) string {
	switch n := len([]rune(strings.TrimSpace(s))); {
	case n < least:
		return "a " + what + " is required"
	case n > most:
		return fmt.Sprintf("the %s has %d characters; the limit is %d", what, n, most)
	}
	return ""
}

// CheckBIOSFileName returns what is wrong with a file name, or "".
func CheckBIOSFileName(name string) string {
	if msg := checkLength("file name", name, 1, MaxBIOSFileName); msg != "" {
		return msg
	}
	if strings.ContainsAny(name, `/\`) || path.Base(name) != name || name == "." || name == ".." {
		return "the file name must have no folder in it"
	}
	return ""
}

// CheckBIOSContent returns what is wrong with a file's size, or "".
func CheckBIOSContent(content []byte, limit int) string {
	switch {
	case len(content) == 0:
		return "the file is empty"
	case len(content) > limit:
		return fmt.Sprintf("the file has %d bytes; the limit is %d", len(content), limit)
	}
	return ""
}

// checkCCTK refuses what the maker's tool cannot read: UTF-16, NUL bytes, a
// first significant line that is not the section [cctk], a file without
// settings. Lines are counted from 1.
func checkCCTK(content []byte, secrets bool) string {
	if bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff}) || bytes.IndexByte(content, 0) >= 0 {
		return "the file is UTF-16 or binary; a .cctk file is plain text"
	}
	section, settings := false, 0
	for i, line := range strings.Split(string(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, ";"):
		case !section && !strings.EqualFold(line, "[cctk]"):
			return fmt.Sprintf("line %d: a .cctk file begins with the section [cctk]", i+1)
		case !section:
			section = true
		default:
			name, value, ok := strings.Cut(line, "=")
			if ok && !secrets && isPasswordSetting(name) && strings.TrimSpace(value) != "" {
				return fmt.Sprintf("line %d: %s holds a password; Intune manages BIOS passwords, take it out", i+1, Clean(name))
			}
			if ok {
				settings++
			}
		}
	}
	if settings == 0 {
		return "the file holds no setting"
	}
	return ""
}

func isPasswordSetting(name string) bool {
	n := strings.ToLower(strings.TrimSpace(name))
	return strings.HasSuffix(n, "pwd") || strings.HasSuffix(n, "password")
}

// BIOSPatch is what an edit changes; nil members stay as they are.
type BIOSPatch struct {
	Name         *string
	Description  *string
	FileName     *string
	Content      []byte // nil = unchanged
	ScopeTags    []string
	PasswordsOff *bool
}

// Empty reports whether nothing changes.
func (p BIOSPatch) Empty() bool {
	return p.Name == nil && p.Description == nil && p.FileName == nil && p.Content == nil && p.ScopeTags == nil && p.PasswordsOff == nil
}

// RaisesVersion reports whether the service will count the version up.
func (p BIOSPatch) RaisesVersion() bool {
	return p.FileName != nil || p.Content != nil || p.PasswordsOff != nil
}

// Changed names the properties that change, in the words of the form.
func (p BIOSPatch) Changed() []string {
	var out []string
	for _, m := range []struct {
		name string
		set  bool
	}{
		{"name", p.Name != nil}, {"description", p.Description != nil}, {"file name", p.FileName != nil},
		{"content", p.Content != nil}, {"scope tags", p.ScopeTags != nil}, {"BIOS passwords", p.PasswordsOff != nil},
	} {
		if m.set {
			out = append(out, m.name)
		}
	}
	return out
}

// Patch returns what must be sent to make b into want. The format cannot be
// changed after creation and is left out.
func (b BIOSConfiguration) Patch(want BIOSConfiguration) BIOSPatch {
	var p BIOSPatch
	if want.Name != b.Name {
		p.Name = &want.Name
	}
	if want.Description != b.Description {
		p.Description = &want.Description
	}
	if want.FileName != b.FileName {
		p.FileName = &want.FileName
	}
	if !bytes.Equal(want.Content, b.Content) {
		p.Content = want.Content
	}
	if !slices.Equal(want.ScopeTags, b.ScopeTags) && want.ScopeTags != nil {
		p.ScopeTags = want.ScopeTags
	}
	if want.PasswordsOff != b.PasswordsOff {
		p.PasswordsOff = &want.PasswordsOff
	}
	return p
}

// Apply returns b as it is after p.
func (b BIOSConfiguration) Apply(p BIOSPatch) BIOSConfiguration {
	if p.Name != nil {
		b.Name = *p.Name
	}
	if p.Description != nil {
		b.Description = *p.Description
	}
	if p.FileName != nil {
		b.FileName = *p.FileName
	}
	if p.Content != nil {
		b.Content = p.Content
	}
	if p.ScopeTags != nil {
		b.ScopeTags = p.ScopeTags
	}
	if p.PasswordsOff != nil {
		b.PasswordsOff = *p.PasswordsOff
	}
	return b
}
