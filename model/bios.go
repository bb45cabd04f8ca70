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

// Validate reports the first thing an operator must change, see
// [BIOSConfiguration.Problems].
func (b BIOSConfiguration) Validate() error { return b.first(BIOSOverridden) }

// ValidateOverride is [BIOSConfiguration.Validate] for an operator who has said
// that a content above [MaxBIOSContent], or a password inside it, is meant.
func (b BIOSConfiguration) ValidateOverride() error { return b.first(BIOSError) }

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
