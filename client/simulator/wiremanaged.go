package simulator

import (
	"strings"
	"time"
)

// wireManaged is a managed device as both versions write it.
type wireManaged struct {
	ID                 string  `json:"id"`
	UserID             string  `json:"userId"`
	Name               string  `json:"deviceName"`
	Owner              string  `json:"managedDeviceOwnerType"`
	Enrolled           string  `json:"enrolledDateTime"`
	Synced             string  `json:"lastSyncDateTime"`
	System             string  `json:"operatingSystem"`
	Compliance         string  `json:"complianceState"`
	JailBroken         string  `json:"jailBroken"`
	Agent              string  `json:"managementAgent"`
	State              string  `json:"managementState"`
	Version            string  `json:"osVersion"`
	EASActivated       bool    `json:"easActivated"`
	EASID              string  `json:"easDeviceId"`
	EASActivation      string  `json:"easActivationDateTime"`
	Registered         bool    `json:"azureADRegistered"`
	EnrollmentType     string  `json:"deviceEnrollmentType"`
	Bypass             *string `json:"activationLockBypassCode"`
	Mail               string  `json:"emailAddress"`
	Entra              string  `json:"azureADDeviceId"`
	Registration       string  `json:"deviceRegistrationState"`
	Category           string  `json:"deviceCategoryDisplayName"`
	Supervised         bool    `json:"isSupervised"`
	ExchangeSync       string  `json:"exchangeLastSuccessfulSyncDateTime"`
	ExchangeState      string  `json:"exchangeAccessState"`
	ExchangeReason     string  `json:"exchangeAccessStateReason"`
	AssistURL          *string `json:"remoteAssistanceSessionUrl"`
	AssistError        *string `json:"remoteAssistanceSessionErrorDetails"`
	Encrypted          bool    `json:"isEncrypted"`
	Principal          string  `json:"userPrincipalName"`
	Model              string  `json:"model"`
	Maker              string  `json:"manufacturer"`
	IMEI               string  `json:"imei"`
	Grace              string  `json:"complianceGracePeriodExpirationDateTime"`
	Serial             string  `json:"serialNumber"`
	Phone              string  `json:"phoneNumber"`
	PatchLevel         string  `json:"androidSecurityPatchLevel"`
	UserName           string  `json:"userDisplayName"`
	MAC                string  `json:"wiFiMacAddress"`
	Attestation        *string `json:"deviceHealthAttestationState"`
	Carrier            string  `json:"subscriberCarrier"`
	MEID               string  `json:"meid"`
	Storage            int64   `json:"totalStorageSpaceInBytes"`
	Free               int64   `json:"freeStorageSpaceInBytes"`
	ManagedName        string  `json:"managedDeviceName"`
	Threat             string  `json:"partnerReportedThreatState"`
	Approval           *bool   `json:"requireUserEnrollmentApproval"`
	CertificateExpires string  `json:"managementCertificateExpirationDate"`
	ICCID              *string `json:"iccid"`
	UDID               *string `json:"udid"`
	Notes              *string `json:"notes"`
	Ethernet           *string `json:"ethernetMacAddress"`
	Memory             int64   `json:"physicalMemoryInBytes"`
	Profile            string  `json:"enrollmentProfileName"`

	*wireManagedBeta
	Hardware *wireHardwareInfo `json:"hardwareInformation,omitempty"`
}

// wireManagedBeta is what beta adds.
type wireManagedBeta struct {
	Autopilot     bool     `json:"autopilotEnrolled"`
	Join          string   `json:"joinType"`
	Family        string   `json:"skuFamily"`
	SKU           int      `json:"skuNumber"`
	DFCI          bool     `json:"deviceFirmwareConfigurationInterfaceManaged"`
	OwnerType     string   `json:"ownerType"`
	Architecture  string   `json:"processorArchitecture"`
	Kind          string   `json:"deviceType"`
	Chassis       string   `json:"chassisType"`
	Specification *string  `json:"specificationVersion"`
	Tags          []string `json:"roleScopeTagIds"`
}

// wireHardwareInfo comes with a single device only.
type wireHardwareInfo struct {
	Serial      string `json:"serialNumber"`
	Storage     int64  `json:"totalStorageSpace"`
	Free        int64  `json:"freeStorageSpace"`
	IMEI        string `json:"imei"`
	Maker       string `json:"manufacturer"`
	Model       string `json:"model"`
	Version     string `json:"operatingSystemEdition"`
	BIOS        string `json:"systemManagementBIOSVersion"`
	TPM         string `json:"tpmSpecificationVersion"`
	TPMMaker    string `json:"tpmManufacturer"`
	TPMVersion  string `json:"tpmVersion"`
	Encrypted   bool   `json:"isEncrypted"`
	Supervised  bool   `json:"isSupervised"`
	WiFi        string `json:"wifiMac"`
	Language    string `json:"operatingSystemLanguage"`
	LicenseText string `json:"deviceLicensingLastErrorDescription"`
}

// never is a date that has not come.
const never = graphNever

func sevenDate(t time.Time) string { return t.UTC().Format(dateSeven) }

// wire writes a managed device; whole is the item, which says more than the
// list.
func (m *managed) wire(beta, whole bool) wireManaged {
	gb := int64(1 << 30)
	out := wireManaged{
		ID: m.id, UserID: m.user.id, Name: m.name, Owner: "company", Enrolled: sevenDate(m.enrolled), Synced: sevenDate(m.synced),
		System: m.system, Compliance: m.compliance(), JailBroken: "Unknown", Agent: "mdm", State: "managed", Version: m.version,
		EASActivated: true, EASID: strings.ToUpper(strings.ReplaceAll(m.id, "-", "")), EASActivation: never, Registered: true,
		EnrollmentType: m.enrollment(), Mail: m.user.principal, Entra: m.entra, Registration: "registered", Category: "Unknown",
		ExchangeSync: never, ExchangeState: "none", ExchangeReason: "none", Encrypted: m.draw%9 != 0, Principal: m.user.principal,
		Model: m.model, Maker: m.maker, Grace: "9999-12-31T23:59:59.9999999Z", Serial: m.serial, UserName: m.user.name,
		MAC: strings.ToUpper(m.id[:8] + m.id[9:13]), Storage: 238 * gb, Free: int64(20+m.draw%200) * gb,
		ManagedName: m.user.principal[:strings.IndexByte(m.user.principal, '@')] + "_" + m.system + "_" + m.enrolled.UTC().Format("1/2/2006_3:04 PM"),
		Threat:      "unknown", CertificateExpires: sevenDate(m.enrolled.AddDate(1, 0, 0)),
	}
	if m.system == "iOS" || m.system == "Android" {
		out.JailBroken, out.Supervised = "False", m.system == "iOS"
	}
	if beta {
		out.wireManagedBeta = m.beta()
		out.Memory = 16 * gb
	}
	if whole && beta {
		out.Hardware = &wireHardwareInfo{
			Serial: m.serial, Storage: out.Storage, Free: out.Free, Maker: m.maker, Model: m.model, Version: out.edition(), BIOS: "1." + digits(m.draw%30, 1) + ".0",
			TPM: "2.0, 0, 1.38", TPMMaker: "STM", TPMVersion: "1.769.0.0", Encrypted: out.Encrypted, Supervised: out.Supervised, WiFi: out.MAC, Language: "en-US",
		}
	}
	return out
}

func (w *wireManaged) edition() string {
	if w.System == "Windows" {
		return "Enterprise"
	}
	return ""
}

func (m *managed) beta() *wireManagedBeta {
	out := &wireManagedBeta{Autopilot: m.autopilot, Join: "azureADJoined", OwnerType: "company", Architecture: "x64", Kind: "windowsRT", Chassis: "unknown", Tags: []string{"0"}}
	switch m.system {
	case "Windows":
		out.Family, out.SKU, out.Kind, out.Chassis = "Enterprise", 4, "desktop", "desktop"
	case "iOS":
		out.Kind, out.Architecture, out.Chassis, out.Join = "iPad", "arM64", "tablet", "azureADRegistered"
	case "Android":
		out.Kind, out.Architecture, out.Chassis, out.Join = "androidForWork", "arM64", "mobileUnknown", "azureADRegistered"
	default:
		out.Kind, out.Architecture, out.Join = "macMDM", "arM64", "azureADRegistered"
	}
	return out
}

func (m *managed) compliance() string {
	switch draw := m.draw / 16 % 40; {
	case draw < 33:
		return "compliant"
	case draw < 37:
		return "noncompliant"
	case draw < 39:
		return "inGracePeriod"
	}
	return "unknown"
}

func (m *managed) enrollment() string {
	switch {
	case m.autopilot:
		return "windowsAzureADJoin"
	case m.system == "Windows":
		return "windowsAutoEnrollment"
	}
	return "userEnrollment"
}
