package simulator

import (
	"strings"
	"time"
)

// profile is a Windows Autopilot deployment profile.
type profile struct {
	id, name, description string
	hybrid                bool   // of the kind for hybrid join
	skipConnectivity      bool   // of the kind for hybrid join
	locale                string // empty lets the user choose
	device                string // one of deviceKinds
	template              string
	extract, preprovision bool
	tags                  []string
	oobe                  oobe
	created, modified     time.Time
	edited                time.Time // the last change that devices notice; zero is none since the start
	gone                  bool
	assignments           []*profileAssignment
}

// oobe are the out-of-box settings of a profile.
type oobe struct {
	privacyHidden, eulaHidden, keyboardSkipped, escapeHidden bool
	user                                                     string // one of userKinds; it says nothing with usageShared
	usage                                                    string // one of usageKinds
}

// The words of profiles.
const (
	usageSingle = "singleUser"
	usageShared = "shared"
	userAdmin   = "administrator"
	userPlain   = "standard"

	localeDefault = "os-default"

	kindEntra  = "#microsoft.graph.azureADWindowsAutopilotDeploymentProfile"
	kindHybrid = "#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile"
)

// deviceKinds are the machines that a profile can be for; read only.
var deviceKinds = []string{"windowsPc", "surfaceHub2", "holoLens", "surfaceHub2S", "virtualMachine"}

type wireProfile struct {
	Context          string                   `json:"@odata.context,omitempty"`
	Type             string                   `json:"@odata.type"`
	ID               string                   `json:"id"`
	Name             string                   `json:"displayName"`
	Description      string                   `json:"description"`
	Language         string                   `json:"language"`
	Locale           string                   `json:"locale"`
	Created          string                   `json:"createdDateTime"`
	Modified         string                   `json:"lastModifiedDateTime"`
	StatusScreen     *struct{}                `json:"enrollmentStatusScreenSettings"` // legacy, always null
	ExtractHash      bool                     `json:"extractHardwareHash"`
	Extract          bool                     `json:"hardwareHashExtractionEnabled"`
	Template         string                   `json:"deviceNameTemplate"`
	Device           string                   `json:"deviceType"`
	WhiteGlove       bool                     `json:"enableWhiteGlove"`
	Preprovision     bool                     `json:"preprovisioningAllowed"`
	Tags             []string                 `json:"roleScopeTagIds"`
	App              *string                  `json:"managementServiceAppId"`
	OOBE             wireOOBE                 `json:"outOfBoxExperienceSetting"`
	OldOOBE          wireOldOOBE              `json:"outOfBoxExperienceSettings"`
	SkipConnectivity *bool                    `json:"hybridAzureADJoinSkipConnectivityCheck,omitempty"`
	Assignments      *[]wireProfileAssignment `json:"assignments,omitempty"` // when they are asked for
}

type wireOOBE struct {
	Privacy  bool   `json:"privacySettingsHidden"`
	EULA     bool   `json:"eulaHidden"`
	User     string `json:"userType"`
	Usage    string `json:"deviceUsageType"`
	Keyboard bool   `json:"keyboardSelectionPageSkipped"`
	Escape   bool   `json:"escapeLinkHidden"`
}

type wireOldOOBE struct {
	Privacy  bool   `json:"hidePrivacySettings"`
	EULA     bool   `json:"hideEULA"`
	User     string `json:"userType"`
	Usage    string `json:"deviceUsageType"`
	Keyboard bool   `json:"skipKeyboardSelectionPage"`
	Escape   bool   `json:"hideEscapeLink"`
}

// wire shows the profile with both spellings of what was renamed.
func (p *profile) wire() wireProfile {
	o := p.oobe
	out := wireProfile{
		Type: kindEntra, ID: p.id, Name: p.name, Description: p.description, Language: p.locale, Locale: p.locale,
		Created: p.created.UTC().Format(dateSeven), Modified: p.modified.UTC().Format(dateSeven),
		ExtractHash: p.extract, Extract: p.extract, Template: p.template, Device: p.device, WhiteGlove: p.preprovision, Preprovision: p.preprovision,
		Tags:    p.tags,
		OOBE:    wireOOBE{o.privacyHidden, o.eulaHidden, o.user, o.usage, o.keyboardSkipped, o.escapeHidden},
		OldOOBE: wireOldOOBE{o.privacyHidden, o.eulaHidden, o.user, o.usage, o.keyboardSkipped, o.escapeHidden},
	}
	if p.hybrid {
		out.Type, out.SkipConnectivity = kindHybrid, &p.skipConnectivity
	}
	return out
}

// profileByID finds one of the customer's deployment profiles.
func (c *customer) profileByID(id string) *profile {
	for _, p := range c.autopilot.profiles {
		if strings.EqualFold(p.id, id) {
			return p
		}
	}
	return nil
}
