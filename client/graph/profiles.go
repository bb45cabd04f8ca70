package graph

import (
	"context"
	"iter"

	"muster/client/rest"
	"muster/model"
)

func profilePath(more ...string) []string {
	return append([]string{"deviceManagement", "windowsAutopilotDeploymentProfiles"}, more...)
}

// profileType and hybridProfile are the two kinds of profiles; those of the second
// join an Active Directory too.
const (
	profileType   = "#microsoft.graph.azureADWindowsAutopilotDeploymentProfile"
	hybridProfile = "#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile"
)

// deploymentProfile is the wire form of an Autopilot deployment profile, in the
// new and the old spellings of what was renamed.
type deploymentProfile struct {
	Type            string      `json:"@odata.type"`
	ID              string      `json:"id"`
	Name            rest.Text   `json:"displayName"`
	Description     rest.Text   `json:"description"`
	Locale          *rest.Text  `json:"locale"`
	Language        rest.Text   `json:"language"`
	DeviceType      rest.Text   `json:"deviceType"`
	NameTemplate    rest.Text   `json:"deviceNameTemplate"`
	Preprovision    *bool       `json:"preprovisioningAllowed"`
	PreprovisionOld bool        `json:"enableWhiteGlove"`
	ExtractHash     *bool       `json:"hardwareHashExtractionEnabled"`
	ExtractHashOld  bool        `json:"extractHardwareHash"`
	OutOfBox        *outOfBox   `json:"outOfBoxExperienceSetting"`
	OutOfBoxOld     outOfBoxOld `json:"outOfBoxExperienceSettings"`
	ScopeTags       []rest.Text `json:"roleScopeTagIds"`
	Created         rest.Time   `json:"createdDateTime"`
	Modified        rest.Time   `json:"lastModifiedDateTime"`
}

type outOfBox struct {
	PrivacyHidden    bool      `json:"privacySettingsHidden"`
	EULAHidden       bool      `json:"eulaHidden"`
	UserType         rest.Text `json:"userType"`
	Usage            rest.Text `json:"deviceUsageType"`
	KeyboardSkipped  bool      `json:"keyboardSelectionPageSkipped"`
	EscapeLinkHidden bool      `json:"escapeLinkHidden"`
}

type outOfBoxOld struct {
	PrivacyHidden    bool      `json:"hidePrivacySettings"`
	EULAHidden       bool      `json:"hideEULA"`
	UserType         rest.Text `json:"userType"`
	Usage            rest.Text `json:"deviceUsageType"`
	KeyboardSkipped  bool      `json:"skipKeyboardSelectionPage"`
	EscapeLinkHidden bool      `json:"hideEscapeLink"`
}

func (w deploymentProfile) model() (model.DeploymentProfile, bool) {
	p := model.DeploymentProfile{ID: model.OneCase(model.ProfileID(w.ID)), Hybrid: w.Type == hybridProfile, Name: w.Name.Clean(),
		Description: w.Description.Clean(), Locale: w.Language.Clean(), DeviceType: w.DeviceType.Clean(),
		NameTemplate: w.NameTemplate.Clean(), Preprovision: w.PreprovisionOld, ExtractHash: w.ExtractHashOld,
		ScopeTags: tags(w.ScopeTags), Created: w.Created.Time, Modified: w.Modified.Time}
	if w.Locale != nil {
		p.Locale = w.Locale.Clean()
	}
	if w.Preprovision != nil {
		p.Preprovision = *w.Preprovision
	}
	if w.ExtractHash != nil {
		p.ExtractHash = *w.ExtractHash
	}
	o := outOfBox(w.OutOfBoxOld)
	if w.OutOfBox != nil {
		o = *w.OutOfBox
	}
	p.OutOfBox = model.OutOfBox{PrivacyHidden: o.PrivacyHidden, EULAHidden: o.EULAHidden, UserType: o.UserType.Clean(),
		Usage: o.Usage.Clean(), KeyboardSkipped: o.KeyboardSkipped, EscapeLinkHidden: o.EscapeLinkHidden}
	if p.OutOfBox.Usage == model.UsageShared { // some member stands there, and nobody has set it
		p.OutOfBox.UserType = ""
	}
	return p, model.IsGUID(w.ID)
}

// Profiles yields the deployment profiles, a page at a time.
//
// GET /deviceManagement/windowsAutopilotDeploymentProfiles
func (c *Client) Profiles(ctx context.Context) iter.Seq2[[]model.DeploymentProfile, error] {
	return walk(ctx, c, rest.Call{Op: "list deployment profiles", Path: profilePath()}, deploymentProfile.model,
		func(p model.DeploymentProfile) string { return string(p.ID) })
}

// Profile reads one deployment profile.
//
// GET /deviceManagement/windowsAutopilotDeploymentProfiles/{id}
func (c *Client) Profile(ctx context.Context, id model.ProfileID) (model.DeploymentProfile, error) {
	const op = "read deployment profile"
	if err := guid(op, "profile", string(id)); err != nil {
		return model.DeploymentProfile{}, err
	}
	return read(ctx, c, rest.Call{Op: op, Path: profilePath(string(id))}, "a profile", deploymentProfile.model)
}

// profileTarget is the wire form of a windowsAutopilotDeploymentProfileAssignment.
type profileTarget struct {
	ID     string    `json:"id"`
	Source rest.Text `json:"source"`
	Target target    `json:"target"`
}

func (w profileTarget) model() (model.ProfileTarget, bool) {
	return model.ProfileTarget{ID: w.ID, Target: w.Target.model(), Source: w.Source.Clean()}, rest.UsableID(w.ID)
}

// ProfileTargets lists whom a profile reaches.
//
// GET /deviceManagement/windowsAutopilotDeploymentProfiles/{id}/assignments
func (c *Client) ProfileTargets(ctx context.Context, id model.ProfileID) ([]model.ProfileTarget, error) {
	const op = "list profile assignments"
	if err := guid(op, "profile", string(id)); err != nil {
		return nil, err
	}
	return gathered(walk(ctx, c, rest.Call{Op: op, Path: profilePath(string(id), "assignments")}, profileTarget.model,
		func(t model.ProfileTarget) string { return t.ID }))
}

// ProfileDevices yields the devices that have a profile, a page at a time.
//
// GET /deviceManagement/windowsAutopilotDeploymentProfiles/{id}/assignedDevices
func (c *Client) ProfileDevices(ctx context.Context, id model.ProfileID) iter.Seq2[[]model.AutopilotDevice, error] {
	const op = "list devices of profile"
	if err := guid(op, "profile", string(id)); err != nil {
		return func(yield func([]model.AutopilotDevice, error) bool) { yield(nil, err) }
	}
	return walk(ctx, c, rest.Call{Op: op, Path: profilePath(string(id), "assignedDevices")}, autopilotDevice.model, autopilotKey)
}
