package graph

import (
	"context"
	"net/http"
	"slices"

	"muster/client/rest"
	"muster/model"
)

// profileBody is what makes or changes a profile, in the new spellings. What is nil
// is not sent. The type comes first, as the service's reader wants it.
type profileBody struct {
	Type         string        `json:"@odata.type"`
	Name         *string       `json:"displayName,omitempty"`
	Description  *string       `json:"description,omitempty"`
	Locale       *string       `json:"locale,omitempty"`
	DeviceType   string        `json:"deviceType,omitempty"` // only at creation
	NameTemplate *string       `json:"deviceNameTemplate,omitempty"`
	ExtractHash  *bool         `json:"hardwareHashExtractionEnabled,omitempty"`
	Preprovision *bool         `json:"preprovisioningAllowed,omitempty"`
	ScopeTags    []string      `json:"roleScopeTagIds,omitempty"`
	OutOfBox     *outOfBoxBody `json:"outOfBoxExperienceSetting,omitempty"`
}

// outOfBoxBody is what a profile changes in Windows setup. The service refuses a
// user type beside the usage "shared".
type outOfBoxBody struct {
	PrivacyHidden    bool   `json:"privacySettingsHidden"`
	EULAHidden       bool   `json:"eulaHidden"`
	UserType         string `json:"userType,omitempty"`
	Usage            string `json:"deviceUsageType"`
	KeyboardSkipped  bool   `json:"keyboardSelectionPageSkipped"`
	EscapeLinkHidden bool   `json:"escapeLinkHidden"`
}

func outOfBoxOf(o model.OutOfBox) *outOfBoxBody {
	b := outOfBoxBody{PrivacyHidden: o.PrivacyHidden, EULAHidden: o.EULAHidden, UserType: o.UserType, Usage: o.Usage,
		KeyboardSkipped: o.KeyboardSkipped, EscapeLinkHidden: o.EscapeLinkHidden}
	if b.Usage == "" {
		b.Usage = model.UsageSingle
	}
	if b.Usage == model.UsageShared {
		b.UserType = ""
	}
	return &b
}

func typeOf(p model.DeploymentProfile) string {
	if p.Hybrid {
		return hybridProfile
	}
	return profileType
}

// CreateProfile makes a deployment profile and returns it as the service has it.
// When the service accepted it but its answer cannot be read, the result is what was
// sent, without id. The caller has validated p: the service answers a sign in the
// name that it does not like with an error that gives no reason. Two profiles may
// have one name.
//
// POST /deviceManagement/windowsAutopilotDeploymentProfiles
func (c *Client) CreateProfile(ctx context.Context, p model.DeploymentProfile, requestID string) (model.DeploymentProfile, error) {
	const op = "create deployment profile"
	body := profileBody{Type: typeOf(p), Name: &p.Name, Description: &p.Description, Locale: &p.Locale, DeviceType: p.DeviceType,
		ExtractHash: &p.ExtractHash, Preprovision: &p.Preprovision, ScopeTags: p.ScopeTags, OutOfBox: outOfBoxOf(p.OutOfBox)}
	if !p.Hybrid {
		body.NameTemplate = &p.NameTemplate
	}
	if body.DeviceType == "" {
		body.DeviceType = model.TypeWindowsPC
	}
	if len(body.ScopeTags) == 0 {
		body.ScopeTags = []string{model.DefaultScopeTag}
	}
	a, err := write(ctx, c, op, http.MethodPost, profilePath(), body, requestID)
	if err != nil {
		return model.DeploymentProfile{}, err
	}
	made, err := decoded(op, "a profile", a, deploymentProfile.model)
	if err != nil { // made, though: the status said so
		p.ID = ""
		return p, nil
	}
	return made, nil
}

// changed returns what must be sent to make was into want; false = nothing. The
// device type is set at creation only and never sent.
func changed(was, want model.DeploymentProfile) (profileBody, bool) {
	body := profileBody{Type: typeOf(was), Name: text(was.Name, want.Name), Description: text(was.Description, want.Description),
		Locale: text(was.Locale, want.Locale), NameTemplate: text(was.NameTemplate, want.NameTemplate),
		ExtractHash: flag(was.ExtractHash, want.ExtractHash), Preprovision: flag(was.Preprovision, want.Preprovision)}
	if want.ScopeTags != nil && !slices.Equal(was.ScopeTags, want.ScopeTags) {
		body.ScopeTags = want.ScopeTags
	}
	if was.OutOfBox != want.OutOfBox {
		body.OutOfBox = outOfBoxOf(want.OutOfBox)
	}
	return body, body.Name != nil || body.Description != nil || body.Locale != nil || body.NameTemplate != nil ||
		body.ExtractHash != nil || body.Preprovision != nil || body.ScopeTags != nil || body.OutOfBox != nil
}

func text(was, want string) *string {
	if was == want {
		return nil
	}
	return &want
}

func flag(was, want bool) *bool {
	if was == want {
		return nil
	}
	return &want
}

// UpdateProfile sends what differs between was and want, and returns the profile as
// the service has it. When the service accepted the change but its answer cannot be
// read, the result is want. There is no version to compare: the caller has looked
// for changes by others. Device type and way of joining cannot be changed.
//
// PATCH /deviceManagement/windowsAutopilotDeploymentProfiles/{id}
func (c *Client) UpdateProfile(ctx context.Context, was, want model.DeploymentProfile, requestID string) (model.DeploymentProfile, error) {
	const op = "edit deployment profile"
	bad := func(msg string) (model.DeploymentProfile, error) {
		return model.DeploymentProfile{}, &model.Error{Kind: model.Invalid, Op: op, Msg: msg}
	}
	if err := guid(op, "profile", string(was.ID)); err != nil {
		return model.DeploymentProfile{}, err
	}
	body, differs := changed(was, want)
	switch {
	case was.Hybrid != want.Hybrid:
		return bad("the way of joining is set when a profile is made")
	case want.DeviceType != "" && was.DeviceType != want.DeviceType:
		return bad("the device type is set when a profile is made")
	case !differs:
		return bad("nothing changes")
	}
	a, err := write(ctx, c, op, http.MethodPatch, profilePath(string(was.ID)), body, requestID)
	if err != nil {
		return model.DeploymentProfile{}, err
	}
	now, err := decoded(op, "a profile", a, deploymentProfile.model)
	if err != nil || now.ID != model.OneCase(was.ID) { // changed, though: the status said so
		want.ID = was.ID
		return want, nil
	}
	return now, nil
}

// DeleteProfile removes a profile; the service refuses it without a reason while
// the profile has assignments. One that is gone already is no error.
//
// DELETE /deviceManagement/windowsAutopilotDeploymentProfiles/{id}
func (c *Client) DeleteProfile(ctx context.Context, id model.ProfileID, requestID string) error {
	const op = "delete deployment profile"
	if err := guid(op, "profile", string(id)); err != nil {
		return err
	}
	return c.remove(ctx, op, profilePath(string(id)), requestID)
}

// AddProfileTarget assigns a profile to one more target and returns the assignment.
// When the service accepted it but its answer cannot be read, the result has no id.
// There is no call that writes a whole set.
//
// POST /deviceManagement/windowsAutopilotDeploymentProfiles/{id}/assignments
func (c *Client) AddProfileTarget(ctx context.Context, id model.ProfileID, t model.Target, requestID string) (model.ProfileTarget, error) {
	const op = "assign profile to group"
	if err := guid(op, "profile", string(id)); err != nil {
		return model.ProfileTarget{}, err
	}
	body, err := targeting(op, t)
	if err != nil {
		return model.ProfileTarget{}, err
	}
	a, err := write(ctx, c, op, http.MethodPost, profilePath(string(id), "assignments"), assignment{body}, requestID)
	if err != nil {
		return model.ProfileTarget{}, err
	}
	made, err := decoded(op, "an assignment", a, profileTarget.model)
	if err != nil { // made, though: the status said so
		return model.ProfileTarget{Target: t}, nil
	}
	return made, nil
}

// DeleteProfileTarget removes one assignment of a profile. Those of a policy set
// cannot be removed here. One that is gone already is no error.
//
// DELETE /deviceManagement/windowsAutopilotDeploymentProfiles/{id}/assignments/{target}
func (c *Client) DeleteProfileTarget(ctx context.Context, id model.ProfileID, targetID, requestID string) error {
	const op = "remove profile assignment"
	if err := guid(op, "profile", string(id)); err != nil {
		return err
	}
	if !rest.UsableID(targetID) {
		return &model.Error{Kind: model.Invalid, Op: op, Msg: "the id of the assignment cannot be used"}
	}
	return c.remove(ctx, op, profilePath(string(id), "assignments", targetID), requestID)
}
