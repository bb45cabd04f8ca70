package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a deployment profile: characters of the texts, profiles of a
// tenant.
const (
	maxProfileName        = 200
	maxProfileDescription = 1500
	maxProfileLocale      = 32
	maxProfiles           = 350
)

// wireProfileEdit is a body of create and update. What the service makes itself
// is not among its members: a client that sends it is not heard. A null member
// is an absent one.
type wireProfileEdit struct {
	Type             *string          `json:"@odata.type"`
	Name             *string          `json:"displayName"`
	Description      *string          `json:"description"`
	Language         *string          `json:"language"`
	Locale           *string          `json:"locale"`
	ExtractHash      *bool            `json:"extractHardwareHash"`
	Extract          *bool            `json:"hardwareHashExtractionEnabled"`
	Template         *string          `json:"deviceNameTemplate"`
	Device           *string          `json:"deviceType"`
	WhiteGlove       *bool            `json:"enableWhiteGlove"`
	Preprovision     *bool            `json:"preprovisioningAllowed"`
	Tags             *[]string        `json:"roleScopeTagIds"`
	OOBE             *wireOOBEEdit    `json:"outOfBoxExperienceSetting"`
	OldOOBE          *wireOldOOBEEdit `json:"outOfBoxExperienceSettings"`
	SkipConnectivity *bool            `json:"hybridAzureADJoinSkipConnectivityCheck"`
}

type wireOOBEEdit struct {
	Privacy  *bool   `json:"privacySettingsHidden"`
	EULA     *bool   `json:"eulaHidden"`
	User     *string `json:"userType"`
	Usage    *string `json:"deviceUsageType"`
	Keyboard *bool   `json:"keyboardSelectionPageSkipped"`
	Escape   *bool   `json:"escapeLinkHidden"`
}

// wireOldOOBEEdit has the older spellings.
type wireOldOOBEEdit struct {
	Privacy  *bool   `json:"hidePrivacySettings"`
	EULA     *bool   `json:"hideEULA"`
	User     *string `json:"userType"`
	Usage    *string `json:"deviceUsageType"`
	Keyboard *bool   `json:"skipKeyboardSelectionPage"`
	Escape   *bool   `json:"hideEscapeLink"`
}

// createProfile is POST /deviceManagement/windowsAutopilotDeploymentProfiles.
func createProfile(c *call) (answer, error) {
	edit, err := decode[wireProfileEdit](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	p := &profile{locale: localeDefault, device: deviceKinds[0], tags: []string{"0"}, created: c.now, modified: c.now, oobe: oobe{user: userAdmin, usage: usageSingle}}
	switch deref(edit.Type) {
	case kindEntra:
	case kindHybrid:
		p.hybrid = true
	default:
		return answer{}, missing("@odata.type")
	}
	if edit.Name == nil {
		return answer{}, missing("displayName")
	}
	if edit.Device != nil {
		if !slices.Contains(deviceKinds, *edit.Device) {
			return answer{}, serviceFlaw("deviceType %.40q is not known", *edit.Device)
		}
		p.device = *edit.Device
	}
	if err := edit.apply(p); err != nil {
		return answer{}, err
	}
	full := false
	var out wireProfile
	c.w.view(c.now, func() {
		a := &c.customer.autopilot
		if full = len(a.profiles) >= maxProfiles; full {
			return
		}
		c.w.addedCount++
		p.id = guid(c.w.run.at(kindProfile, c.w.addedCount, 0), c.w.run.at(kindProfile, c.w.addedCount, 1))
		a.profiles = append(a.profiles, p)
		out = p.wire()
	})
	if full {
		return answer{}, serviceFlaw("There are %d deployment profiles already", maxProfiles)
	}
	return c.profileAnswer(http.StatusCreated, out)
}

// profileAnswer is one profile behind its metadata link.
func (c *call) profileAnswer(status int, out wireProfile) (answer, error) {
	out.Context = c.context("/$metadata#" + profileSet + "/$entity")
	return graphGood(status, out)
}

// updateProfile is PATCH /deviceManagement/windowsAutopilotDeploymentProfiles/{id}:
// what is left out stays.
func updateProfile(c *call) (answer, error) {
	edit, err := decode[wireProfileEdit](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	var out wireProfile
	var refused error
	c.w.view(c.now, func() {
		p := c.customer.profileByID(c.params[0])
		if p == nil {
			refused = notFound()
			return
		}
		next := *p
		if refused = edit.change(&next); refused != nil {
			return
		}
		next.modified = c.now
		if next.settings() != p.settings() {
			next.edited = c.now
		}
		*p = next
		out = p.wire()
	})
	if refused != nil {
		return answer{}, refused
	}
	return c.profileAnswer(http.StatusOK, out)
}

// change applies an edit to a copy of a profile that exists: its kind and the
// machines that it is for stay.
func (e *wireProfileEdit) change(p *profile) error {
	kind := kindEntra
	if p.hybrid {
		kind = kindHybrid
	}
	switch {
	case e.Type == nil:
		return missing("@odata.type")
	case *e.Type != kind:
		return flawed()
	case e.Device != nil && *e.Device != p.device:
		return serviceFlaw("deviceType cannot be changed")
	}
	return e.apply(p)
}

// settings is what a device notices of a profile, for comparison.
type settings struct {
	locale, template               string
	extract, preprovision, skipped bool
	oobe                           oobe
}

func (p *profile) settings() settings {
	return settings{p.locale, p.template, p.extract, p.preprovision, p.skipConnectivity, p.oobe}
}

// deleteProfile is DELETE /deviceManagement/windowsAutopilotDeploymentProfiles/{id}:
// not while it is assigned. Devices that were given it one by one lose it.
func deleteProfile(c *call) (answer, error) {
	var refused error
	c.w.view(c.now, func() {
		p := c.customer.profileByID(c.params[0])
		switch {
		case p == nil:
			refused = notFound()
		case len(p.assignments) > 0:
			refused = flawed()
		default:
			p.gone = true
			a := &c.customer.autopilot
			a.profiles = slices.DeleteFunc(a.profiles, func(q *profile) bool { return q == p })
		}
	})
	if refused != nil {
		return answer{}, refused
	}
	return answer{status: http.StatusNoContent}, nil
}

// apply checks an edit and puts it on a profile, all or nothing as far as the
// caller keeps a copy. Of what was renamed the new spelling counts.
func (e *wireProfileEdit) apply(p *profile) error {
	if err := e.applyTexts(p); err != nil {
		return err
	}
	for _, flag := range []struct {
		from *bool
		to   *bool
	}{{e.ExtractHash, &p.extract}, {e.Extract, &p.extract}, {e.WhiteGlove, &p.preprovision}, {e.Preprovision, &p.preprovision}, {e.SkipConnectivity, &p.skipConnectivity}} {
		if flag.from != nil {
			*flag.to = *flag.from
		}
	}
	if e.SkipConnectivity != nil && !p.hybrid {
		return flawed()
	}
	if e.Tags != nil {
		if p.tags = *e.Tags; len(p.tags) == 0 {
			p.tags = []string{"0"}
		}
	}
	if e.OldOOBE != nil {
		if err := (*wireOOBEEdit)(e.OldOOBE).apply(&p.oobe); err != nil {
			return err
		}
	}
	if e.OOBE != nil {
		return e.OOBE.apply(&p.oobe)
	}
	return nil
}

func (e *wireProfileEdit) applyTexts(p *profile) error {
	if e.Name != nil {
		switch {
		case strings.TrimSpace(*e.Name) == "":
			return missing("displayName")
		case utf8.RuneCountInString(*e.Name) > maxProfileName:
			return serviceFlaw("displayName is longer than %d characters", maxProfileName)
		case strings.ContainsFunc(*e.Name, unnamable): // for which the service has no words
			return graphRefuse(shapeService, http.StatusInternalServerError, "InternalServerError", "An internal server error has occurred")
		}
		p.name = *e.Name
	}
	if e.Description != nil {
		if utf8.RuneCountInString(*e.Description) > maxProfileDescription {
			return serviceFlaw("description is longer than %d characters", maxProfileDescription)
		}
		p.description = *e.Description
	}
	for _, locale := range []*string{e.Language, e.Locale} {
		if locale == nil {
			continue
		}
		if len(*locale) > maxProfileLocale || strings.ContainsFunc(*locale, func(r rune) bool { return r != '-' && !asciiLetter(r) && (r < '0' || r > '9') }) {
			return flawed()
		}
		p.locale = *locale
	}
	if e.Template != nil {
		if *e.Template != "" && (p.hybrid || !isTemplate(*e.Template)) {
			return flawed()
		}
		p.template = *e.Template
	}
	return nil
}

// unnamable reports a sign that no profile's name may have; a hyphen is one.
func unnamable(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(` :"?.@$&_[]{}|\`, r)
}

func asciiLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// isTemplate reports whether names of computers can be made from a template:
// letters, digits and hyphens, not digits alone, %SERIAL% and %RAND:n%, and no
// more than fifteen characters. A serial number counts as one; how long it is
// only the device knows.
func isTemplate(template string) bool {
	length, plain := 0, ""
	for i, part := range strings.Split(template, "%") {
		switch number, random := strings.CutPrefix(strings.ToUpper(part), "RAND:"); {
		case i%2 == 0:
			length += len(part)
			plain += part
		case strings.EqualFold(part, "SERIAL"):
			length++
		case random:
			n, err := strconv.Atoi(number)
			if err != nil || n < 1 || n > maxPilotName {
				return false
			}
			length += n
		default:
			return false
		}
	}
	macros := strings.Count(template, "%")
	return macros%2 == 0 && length <= maxPilotName && (macros > 0 || strings.Trim(plain, "0123456789") != "") &&
		!strings.ContainsFunc(plain, func(r rune) bool { return r != '-' && !asciiLetter(r) && (r < '0' || r > '9') })
}

// apply puts what was sent on the settings. A device that is shared has no user
// whose type could be said.
func (e *wireOOBEEdit) apply(o *oobe) error {
	for _, flag := range []struct{ from, to *bool }{{e.Privacy, &o.privacyHidden}, {e.EULA, &o.eulaHidden}, {e.Keyboard, &o.keyboardSkipped}, {e.Escape, &o.escapeHidden}} {
		if flag.from != nil {
			*flag.to = *flag.from
		}
	}
	if e.Usage != nil {
		if *e.Usage != usageSingle && *e.Usage != usageShared {
			return serviceFlaw("deviceUsageType %.40q is not known", *e.Usage)
		}
		o.usage = *e.Usage
	}
	switch {
	case o.usage == usageShared && e.User != nil:
		return flawed()
	case o.usage == usageShared:
		o.user = userAdmin // a member of the enumeration has to stand there; it says nothing
	case e.User != nil && *e.User != userAdmin && *e.User != userPlain:
		return serviceFlaw("userType %.40q is not known", *e.User)
	case e.User != nil:
		o.user = *e.User
	}
	return nil
}
