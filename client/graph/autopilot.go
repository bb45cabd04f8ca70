package graph

import (
	"muster/client/rest"
	"muster/model"
)

// autopilotDevice is the wire form of a windowsAutopilotDeviceIdentity. The
// password of its device account is left undecoded on purpose.
type autopilotDevice struct {
	ID               string    `json:"id"`
	Serial           rest.Text `json:"serialNumber"`
	Maker            rest.Text `json:"manufacturer"`
	Model            rest.Text `json:"model"`
	Family           rest.Text `json:"systemFamily"`
	SKU              rest.Text `json:"skuNumber"`
	ProductKey       rest.Text `json:"productKey"`
	GroupTag         rest.Text `json:"groupTag"`
	OrderIdentifier  rest.Text `json:"orderIdentifier"`
	PurchaseOrder    rest.Text `json:"purchaseOrderIdentifier"`
	DisplayName      rest.Text `json:"displayName"`
	AddressableUser  rest.Text `json:"addressableUserName"`
	User             rest.Text `json:"userPrincipalName"`
	ResourceName     rest.Text `json:"resourceName"`
	Enrollment       rest.Text `json:"enrollmentState"`
	LastContact      rest.Time `json:"lastContactedDateTime"`
	ManagedDevice    rest.Text `json:"managedDeviceId"`
	EntraDevice      rest.Text `json:"azureAdDeviceId"`
	EntraDeviceOld   rest.Text `json:"azureActiveDirectoryDeviceId"`
	Assignment       rest.Text `json:"deploymentProfileAssignmentStatus"`
	AssignmentDetail rest.Text `json:"deploymentProfileAssignmentDetailedStatus"`
	AssignedAt       rest.Time `json:"deploymentProfileAssignedDateTime"`
	Remediation      rest.Text `json:"remediationState"`
	Userless         rest.Text `json:"userlessEnrollmentStatus"`
}

func (w autopilotDevice) model() (model.AutopilotDevice, bool) {
	entra := w.EntraDevice
	if entra == "" {
		entra = w.EntraDeviceOld
	}
	return model.AutopilotDevice{
		ID: model.AutopilotID(w.ID), Serial: w.Serial.Clean(), Maker: w.Maker.Clean(), Model: w.Model.Clean(),
		Family: w.Family.Clean(), SKU: w.SKU.Clean(), ProductKey: model.NewSecret(string(w.ProductKey)),
		GroupTag: w.GroupTag.Clean(), OrderIdentifier: w.OrderIdentifier.Clean(), PurchaseOrder: w.PurchaseOrder.Clean(),
		DisplayName: w.DisplayName.Clean(), AddressableUser: w.AddressableUser.Clean(), User: w.User.Clean(),
		ResourceName: w.ResourceName.Clean(), Enrollment: w.Enrollment.Clean(), LastContact: w.LastContact.Time,
		ManagedDevice: model.ManagedDeviceID(presentID(w.ManagedDevice)), EntraDevice: presentID(entra),
		Assignment: model.AssignmentStatus(w.Assignment.Clean()), AssignmentDetail: w.AssignmentDetail.Clean(),
		AssignedAt: w.AssignedAt.Time, Remediation: w.Remediation.Clean(), Userless: w.Userless.Clean(),
	}, model.IsGUID(w.ID)
}

// presentID returns an id, or "" for the zero GUID, which is how the service
// writes "none", and for anything that is no GUID.
func presentID(id rest.Text) string {
	if id == model.ZeroGUID || !model.IsGUID(string(id)) {
		return ""
	}
	return string(id)
}

// hybridProfile is the type of profiles that join an Active Directory too.
const hybridProfile = "#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile"

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
	p := model.DeploymentProfile{ID: model.ProfileID(w.ID), Hybrid: w.Type == hybridProfile, Name: w.Name.Clean(),
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
	return p, model.IsGUID(w.ID)
}
