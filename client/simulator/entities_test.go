package simulator_test

import "strings"

// entities is what Graph serves, written from the reference and the published metadata:
// each property with its type, "?" where it may be null, "*" where it may be missing.
//
//	text, guid, time, bool, int (32 bits), long, bytes (base64), list (of texts)
//	<name>   one of the members of an enumeration
//	{name}   an entity or a complex type, [{name}] a collection of them
//
// What stands behind "is" are the values of @odata.type, which abstract types and their
// heirs carry; nothing else does.
var entities = map[string]string{
	"identity": identityV1 + ` azureAdDeviceId:guid? deploymentProfileAssignmentStatus:<assignmentStatus>
		deploymentProfileAssignmentDetailedStatus:<assignmentDetail> deploymentProfileAssignedDateTime:time deviceAccountUpn:text? deviceAccountPassword:text?
		deviceFriendlyName:text? remediationState:<remediationState> remediationStateLastModifiedDateTime:time userlessEnrollmentStatus:<userless>
		deploymentProfile:{profile}?* intendedDeploymentProfile:{profile}?*`,
	"identityV1":  identityV1,
	"import":      `id:guid serialNumber:text? productKey:text? hardwareIdentifier:bytes? groupTag:text? assignedUserPrincipalName:text? importId:text? state:{importState}?`,
	"importState": `deviceImportStatus:<importStatus> deviceRegistrationId:text? deviceErrorCode:int deviceErrorName:text?`,
	"profile": `is #microsoft.graph.azureADWindowsAutopilotDeploymentProfile #microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile
		id:guid displayName:text? description:text? language:text? locale:text? createdDateTime:time lastModifiedDateTime:time enrollmentStatusScreenSettings:{none}?
		extractHardwareHash:bool hardwareHashExtractionEnabled:bool? deviceNameTemplate:text? deviceType:<profileDevice> enableWhiteGlove:bool preprovisioningAllowed:bool?
		roleScopeTagIds:list? managementServiceAppId:text? outOfBoxExperienceSetting:{outOfBox}? outOfBoxExperienceSettings:{outOfBoxOld}?
		hybridAzureADJoinSkipConnectivityCheck:bool* assignments:[{profileAssignment}]?*`,
	"none":              ``,
	"outOfBox":          `privacySettingsHidden:bool eulaHidden:bool userType:<userType> deviceUsageType:<usage> keyboardSelectionPageSkipped:bool escapeLinkHidden:bool`,
	"outOfBoxOld":       `hidePrivacySettings:bool hideEULA:bool userType:<userType> deviceUsageType:<usage> skipKeyboardSelectionPage:bool hideEscapeLink:bool`,
	"profileAssignment": `id:text source:<assignmentSource> sourceId:text? target:{target}?`,
	"target": `is #microsoft.graph.groupAssignmentTarget #microsoft.graph.exclusionGroupAssignmentTarget #microsoft.graph.allDevicesAssignmentTarget
		#microsoft.graph.allLicensedUsersAssignmentTarget deviceAndAppManagementAssignmentFilterId:guid? deviceAndAppManagementAssignmentFilterType:<filterType> groupId:guid*`,
	"settings": `id:guid lastSyncDateTime:time lastManualSyncTriggerDateTime:time syncStatus:<syncStatus>`,
	"hardware": `id:guid version:int displayName:text description:text? createdDateTime:time lastModifiedDateTime:time fileName:text configurationFileContent:bytes
		hardwareConfigurationFormat:<format> roleScopeTagIds:list? perDevicePasswordDisabled:bool assignments:[{hardwareAssignment}]?*`,
	"hardwareAssignment": `id:text target:{target}?`,
	"runSummary": `id:text pendingDeviceCount:int successfulDeviceCount:int errorDeviceCount:int failedDeviceCount:int notApplicableDeviceCount:int unknownDeviceCount:int
		pendingUserCount:int successfulUserCount:int errorUserCount:int failedUserCount:int notApplicableUserCount:int unknownUserCount:int lastRunDateTime:time?`,
	"deviceRun": `id:text configurationState:<runState> configurationOutput:text? configurationError:text? deviceName:text? osVersion:text? upn:text? userId:text?
		internalVersion:int lastStateUpdateDateTime:time assignmentFilterIds:text?`,
	"userRun": `id:text userName:text? userEmail:text? upn:text? successfulDeviceCount:int failedDeviceCount:int errorDeviceCount:int pendingDeviceCount:int
		notApplicableDeviceCount:int unknownDeviceCount:int lastStateUpdateDateTime:time`,
	"password": `id:guid serialNumber:text? currentPassword:text? previousPasswords:list?`,
	"scopeTag": `id:text displayName:text? description:text? isBuiltIn:bool`,
	"filter": `id:guid displayName:text description:text? createdDateTime:time lastModifiedDateTime:time platform:<platform> rule:text roleScopeTags:list? payloads:list?
		assignmentFilterManagementType:<filterManagement>`,
	"managed": managedV1 + ` autopilotEnrolled:bool joinType:<joinType> skuFamily:text? skuNumber:int deviceFirmwareConfigurationInterfaceManaged:bool ownerType:<owner>
		processorArchitecture:<architecture> deviceType:<deviceType> chassisType:<chassis> specificationVersion:text? roleScopeTagIds:list? hardwareInformation:{hardwareInformation}?*`,
	"managedV1": managedV1,
	"hardwareInformation": `serialNumber:text? totalStorageSpace:long freeStorageSpace:long imei:text? manufacturer:text? model:text? operatingSystemEdition:text?
		systemManagementBIOSVersion:text? tpmSpecificationVersion:text? tpmManufacturer:text? tpmVersion:text? isEncrypted:bool isSupervised:bool wifiMac:text?
		operatingSystemLanguage:text? deviceLicensingLastErrorDescription:text?* phoneNumber:text?* meid:text?* subscriberCarrier:text?*`,
}

// identityV1 and managedV1 are what version 1.0 has of them.
const (
	identityV1 = `id:guid serialNumber:text? manufacturer:text? model:text? systemFamily:text? skuNumber:text? productKey:text? groupTag:text? purchaseOrderIdentifier:text?
		displayName:text? addressableUserName:text? userPrincipalName:text? resourceName:text? enrollmentState:<enrollmentState> lastContactedDateTime:time managedDeviceId:guid?
		azureActiveDirectoryDeviceId:guid?`
	managedV1 = `id:guid userId:text? deviceName:text? managedDeviceOwnerType:<owner> enrolledDateTime:time lastSyncDateTime:time operatingSystem:text? complianceState:<compliance>
		jailBroken:text? managementAgent:<agent> managementState:<management> osVersion:text? easActivated:bool easDeviceId:text? easActivationDateTime:time azureADRegistered:bool?
		deviceEnrollmentType:<enrollmentType> activationLockBypassCode:text? emailAddress:text? azureADDeviceId:guid? deviceRegistrationState:<registration>
		deviceCategoryDisplayName:text? isSupervised:bool exchangeLastSuccessfulSyncDateTime:time exchangeAccessState:<exchange> exchangeAccessStateReason:<exchangeReason>
		remoteAssistanceSessionUrl:text? remoteAssistanceSessionErrorDetails:text? isEncrypted:bool userPrincipalName:text? model:text? manufacturer:text? imei:text?
		complianceGracePeriodExpirationDateTime:time serialNumber:text? phoneNumber:text? androidSecurityPatchLevel:text? userDisplayName:text? wiFiMacAddress:text?
		deviceHealthAttestationState:{none}? subscriberCarrier:text? meid:text? totalStorageSpaceInBytes:long freeStorageSpaceInBytes:long managedDeviceName:text?
		partnerReportedThreatState:<threat> requireUserEnrollmentApproval:bool? managementCertificateExpirationDate:time iccid:text? udid:text? notes:text?
		ethernetMacAddress:text? physicalMemoryInBytes:long enrollmentProfileName:text?`
)

// members are the enumerations, in the service's own spelling.
var members = map[string]string{
	"assignmentStatus": "unknown assignedInSync assignedOutOfSync assignedUnkownSyncState notAssigned pending failed",
	"assignmentDetail": "none hardwareRequirementsNotMet surfaceHubProfileNotSupported holoLensProfileNotSupported windowsPcProfileNotSupported surfaceHub2SProfileNotSupported unknownFutureValue",
	"enrollmentState":  "unknown enrolled pendingReset failed notContacted blocked",
	"remediationState": "unknown noRemediationRequired automaticRemediationRequired manualRemediationRequired unknownFutureValue",
	"userless":         "unknown allowed blocked unknownFutureValue",
	"importStatus":     "unknown pending partial complete error",
	"profileDevice":    "windowsPc surfaceHub2 holoLens surfaceHub2S virtualMachine unknownFutureValue",
	"userType":         "administrator standard", "usage": "singleUser shared",
	"assignmentSource": "direct policySets", "filterType": "none include exclude",
	"syncStatus": "unknown inProgress completed failed",
	"format":     "dell surface surfaceDock",
	"runState":   "unknown success fail scriptError pending notApplicable",
	"platform":   "windows10AndLater", "filterManagement": "devices apps unknownFutureValue",
	"owner":          "unknown company personal",
	"compliance":     "unknown compliant noncompliant conflict error inGracePeriod configManager",
	"agent":          "eas mdm easMdm intuneClient easIntuneClient configurationManagerClient configurationManagerClientMdm configurationManagerClientMdmEas unknown jamf googleCloudDevicePolicyController microsoft365ManagedMdm msSense",
	"management":     "managed retirePending retireFailed wipePending wipeFailed unhealthy deletePending retireIssued wipeIssued wipeCanceled retireCanceled discovered",
	"enrollmentType": "unknown userEnrollment deviceEnrollmentManager appleBulkWithUser appleBulkWithoutUser windowsAzureADJoin windowsBulkUserless windowsAutoEnrollment windowsBulkAzureDomainJoin windowsCoManagement",
	"registration":   "notRegistered registered revoked keyConflict approvalPending certificateReset notRegisteredPendingEnrollment unknown",
	"exchange":       "none unknown allowed blocked quarantined",
	"exchangeReason": "none unknown exchangeGlobalRule exchangeIndividualRule exchangeDeviceRule exchangeUpgrade exchangeMailboxPolicy other compliant notCompliant notEnrolled unknownLocation",
	"threat":         "unknown activated deactivated secured lowSeverity mediumSeverity highSeverity unresponsive compromised misconfigured",
	"joinType":       "unknown azureADJoined azureADRegistered hybridAzureADJoined",
	"architecture":   "unknown x86 x64 arm arM64",
	"deviceType":     "desktop windowsRT mac iPhone iPad iPod android macMDM holoLens surfaceHub androidForWork androidEnterprise unknown",
	"chassis":        "unknown desktop laptop worksWorkstation enterpriseServer phone tablet mobileOther mobileUnknown",
}

// entityProperty is a property of an entity.
type entityProperty struct {
	kind           string
	null, optional bool
}

// entity reads a line of the table.
func entity(name string) (props map[string]entityProperty, types []string, ok bool) {
	line, ok := entities[name]
	props = map[string]entityProperty{}
	for _, word := range strings.Fields(line) {
		property, kind, found := strings.Cut(word, ":")
		switch {
		case word == "is":
		case !found:
			types = append(types, word)
		default:
			p := entityProperty{kind: kind}
			p.kind, p.optional = strings.CutSuffix(p.kind, "*")
			p.kind, p.null = strings.CutSuffix(p.kind, "?")
			props[property] = p
		}
	}
	return props, types, ok
}
