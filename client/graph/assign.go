package graph

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"muster/client/rest"
	"muster/model"
)

// deviceType is the type of an Autopilot device in a body.
const deviceType = "#microsoft.graph.windowsAutopilotDeviceIdentity"

// memberDevice names a device that is put under a profile.
type memberDevice struct {
	Type   string `json:"@odata.type"`
	ID     string `json:"id"`
	Serial string `json:"serialNumber,omitempty"`
}

// wholeDevice is a device with everything that muster knows of it, as the
// documentation of the call through a device sends it. Words and dates that the
// service left empty stay out: it takes none but its own.
type wholeDevice struct {
	memberDevice
	AssignmentStatus string `json:"deploymentProfileAssignmentStatus,omitempty"`
	AssignmentDetail string `json:"deploymentProfileAssignmentDetailedStatus,omitempty"`
	AssignedAt       string `json:"deploymentProfileAssignedDateTime,omitempty"`
	GroupTag         string `json:"groupTag"`
	PurchaseOrder    string `json:"purchaseOrderIdentifier"`
	ProductKey       string `json:"productKey"`
	Maker            string `json:"manufacturer"`
	Model            string `json:"model"`
	Enrollment       string `json:"enrollmentState,omitempty"`
	LastContact      string `json:"lastContactedDateTime,omitempty"`
	AddressableUser  string `json:"addressableUserName"`
	User             string `json:"userPrincipalName"`
	ResourceName     string `json:"resourceName"`
	SKU              string `json:"skuNumber"`
	Family           string `json:"systemFamily"`
	EntraDeviceOld   string `json:"azureActiveDirectoryDeviceId,omitempty"`
	EntraDevice      string `json:"azureAdDeviceId,omitempty"`
	ManagedDevice    string `json:"managedDeviceId,omitempty"`
	DisplayName      string `json:"displayName"`
	AccountUser      string `json:"deviceAccountUpn"`
	FriendlyName     string `json:"deviceFriendlyName"`
	Remediation      string `json:"remediationState,omitempty"`
	RemediationAt    string `json:"remediationStateLastModifiedDateTime,omitempty"`
	Userless         string `json:"userlessEnrollmentStatus,omitempty"`
}

func whole(d model.AutopilotDevice) wholeDevice {
	return wholeDevice{memberDevice: memberDevice{deviceType, string(d.ID), d.Serial},
		AssignmentStatus: string(d.Assignment), AssignmentDetail: d.AssignmentDetail, AssignedAt: date(d.AssignedAt),
		GroupTag: d.GroupTag, PurchaseOrder: d.PurchaseOrder, ProductKey: d.ProductKey.Reveal(), Maker: d.Maker, Model: d.Model,
		Enrollment: d.Enrollment, LastContact: date(d.LastContact), AddressableUser: d.AddressableUser, User: d.User,
		ResourceName: d.ResourceName, SKU: d.SKU, Family: d.Family, EntraDeviceOld: d.EntraDevice, EntraDevice: d.EntraDevice,
		ManagedDevice: string(d.ManagedDevice), DisplayName: d.DisplayName, AccountUser: d.AccountUser, FriendlyName: d.FriendlyName,
		Remediation: d.Remediation, RemediationAt: date(d.RemediationAt), Userless: d.Userless}
}

// date writes a date as the service reads it, "" for none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

const opAssign = "assign profile"

// AssignDirect puts a device under a profile. No public client was found doing so:
// the service may have no such route, see [NoRoute]. What became of it is read from
// the device, not from the answer.
//
// POST /deviceManagement/windowsAutopilotDeploymentProfiles/{profile}/assignedDevices
func (c *Client) AssignDirect(ctx context.Context, profile model.ProfileID, d model.AutopilotDevice, requestID string) error {
	if err := guid(opAssign, "profile", string(profile)); err != nil {
		return err
	}
	if err := guid(opAssign, "Autopilot device", string(d.ID)); err != nil {
		return err
	}
	_, err := write(ctx, c, opAssign, http.MethodPost, profilePath(string(profile), "assignedDevices"),
		memberDevice{deviceType, string(d.ID), d.Serial}, requestID)
	return c.routed(ctx, err, func() error {
		_, err := c.Profile(ctx, profile)
		return err
	}, d.ID)
}

// AssignVia puts a device under the profile that another device, the anchor, has.
// whole sends the device itself, as the call is documented, else a reference to it,
// as the call's path asks for. The service may have no such route, see [NoRoute]; an
// anchor without a profile is NotFound too, and no route missing.
//
// POST /deviceManagement/windowsAutopilotDeviceIdentities/{anchor}/deploymentProfile/assignedDevices/$ref
func (c *Client) AssignVia(ctx context.Context, anchor model.AutopilotID, d model.AutopilotDevice, asWhole bool, requestID string) error {
	if err := guid(opAssign, "anchor device", string(anchor)); err != nil {
		return err
	}
	if err := guid(opAssign, "Autopilot device", string(d.ID)); err != nil {
		return err
	}
	path := autopilotPath(string(anchor), "deploymentProfile", "assignedDevices", "$ref")
	var err error
	if asWhole {
		_, err = write(ctx, c, opAssign, http.MethodPost, path, whole(d), requestID)
	} else {
		_, err = write(ctx, c, opAssign, http.MethodPost, path, c.refer(autopilotPath(string(d.ID))...), requestID)
	}
	return c.routed(ctx, err, func() error {
		_, err := read(ctx, c, rest.Call{Op: opAssign, Path: autopilotPath(string(anchor), "deploymentProfile")}, "a profile", deploymentProfile.model)
		return err
	}, d.ID)
}

// errNoRoute marks the error of a call that the service does not have.
var errNoRoute = errors.New("the service has no such call")

// NoRoute reports whether an assignment failed because the service does not have
// that call, rather than because of the device or the profile. Another way has to
// be taken then, for this tenant and every device.
func NoRoute(err error) bool { return errors.Is(err, errNoRoute) }

// routed marks err when the call is what the service lacks. Its 404 does not tell:
// then both ends are looked for, and when they are there the path is not.
func (c *Client) routed(ctx context.Context, err error, parent func() error, id model.AutopilotID) error {
	e := model.AsError(err)
	switch {
	case e == nil:
		return err
	case missingRoute(e), rest.StatusOf(err) == http.StatusMethodNotAllowed:
	case e.Kind == model.NotFound:
		if parent() != nil {
			return err
		}
		if _, gone := read(ctx, c, rest.Call{Op: opAssign, Path: autopilotPath(string(id))}, "an Autopilot device", autopilotDevice.model); gone != nil {
			return err
		}
	default:
		return err
	}
	marked := *e
	marked.Err = errors.Join(errNoRoute, err)
	marked.Msg, marked.Hint = "this tenant's Intune does not take profiles for single devices", "assign the profile to a group of devices"
	return &marked
}

// missingRoute recognises the service's words for a path or a verb that it does
// not have.
func missingRoute(e *model.Error) bool {
	return strings.EqualFold(e.Code, "No method match route template") || strings.Contains(e.Msg, "No OData route exists") ||
		strings.Contains(e.Msg, "Resource not found for the segment")
}
