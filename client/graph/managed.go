package graph

import (
	"context"
	"iter"
	"net/url"
	"strings"

	"muster/client/rest"
	"muster/model"
)

func managedPath(more ...string) []string {
	return append([]string{"deviceManagement", "managedDevices"}, more...)
}

// managedSelect names what muster reads of a managed device, which has a hundred
// properties.
const managedSelect = "id,deviceName,serialNumber,azureADDeviceId,userPrincipalName,operatingSystem,osVersion,manufacturer,model," +
	"complianceState,managementState,managedDeviceOwnerType,deviceEnrollmentType,enrolledDateTime,lastSyncDateTime,isEncrypted," +
	"autopilotEnrolled,joinType,enrollmentProfileName"

// managedDevice is the wire form of a managedDevice.
type managedDevice struct {
	ID             string    `json:"id"`
	Name           rest.Text `json:"deviceName"`
	Serial         rest.Text `json:"serialNumber"`
	EntraDevice    rest.Text `json:"azureADDeviceId"`
	User           rest.Text `json:"userPrincipalName"`
	System         rest.Text `json:"operatingSystem"`
	SystemVersion  rest.Text `json:"osVersion"`
	Maker          rest.Text `json:"manufacturer"`
	Model          rest.Text `json:"model"`
	Compliance     rest.Text `json:"complianceState"`
	Management     rest.Text `json:"managementState"`
	Owner          rest.Text `json:"managedDeviceOwnerType"`
	EnrollmentType rest.Text `json:"deviceEnrollmentType"`
	Enrolled       rest.Time `json:"enrolledDateTime"`
	LastSync       rest.Time `json:"lastSyncDateTime"`
	Encrypted      rest.Text `json:"isEncrypted"`
	Autopilot      rest.Text `json:"autopilotEnrolled"`
	JoinType       rest.Text `json:"joinType"`
	ProfileName    rest.Text `json:"enrollmentProfileName"`
}

func (w managedDevice) model() (model.ManagedDevice, bool) {
	return model.ManagedDevice{
		ID: model.OneCase(model.ManagedDeviceID(w.ID)), Name: w.Name.Clean(), Serial: w.Serial.Clean(), EntraDevice: presentID(w.EntraDevice),
		User: w.User.Clean(), System: w.System.Clean(), SystemVersion: w.SystemVersion.Clean(), Maker: w.Maker.Clean(), Model: w.Model.Clean(),
		Compliance: w.Compliance.Clean(), Management: w.Management.Clean(), Owner: w.Owner.Clean(), EnrollmentType: w.EnrollmentType.Clean(),
		Enrolled: w.Enrolled.Time, LastSync: w.LastSync.Time, Encrypted: w.Encrypted == "true", AutopilotJoined: w.Autopilot == "true",
		JoinType: w.JoinType.Clean(), ProfileName: w.ProfileName.Clean(),
	}, model.IsGUID(w.ID)
}

// ManagedDevices yields the enrolled Windows devices, a page at a time.
//
// GET /deviceManagement/managedDevices?$filter=operatingSystem eq 'Windows'
func (c *Client) ManagedDevices(ctx context.Context) iter.Seq2[[]model.ManagedDevice, error] {
	k := rest.Call{Op: "list managed devices", Path: managedPath(),
		Query: url.Values{"$filter": {"operatingSystem eq 'Windows'"}, "$select": {managedSelect}}}
	all := walk(ctx, c, k, managedDevice.model, func(d model.ManagedDevice) string { return string(d.ID) })
	return only(all, func(d model.ManagedDevice) bool { return strings.EqualFold(d.System, "Windows") })
}

// ManagedDevice reads one enrolled device.
//
// GET /deviceManagement/managedDevices/{id}
func (c *Client) ManagedDevice(ctx context.Context, id model.ManagedDeviceID) (model.ManagedDevice, error) {
	const op = "read managed device"
	if err := guid(op, "managed device", string(id)); err != nil {
		return model.ManagedDevice{}, err
	}
	return read(ctx, c, rest.Call{Op: op, Path: managedPath(string(id))}, "a managed device", managedDevice.model)
}

// FindManaged returns the enrolled devices with a serial, compared without blanks
// around it and in any letter case: none, one, or several. A serial that identifies
// nothing finds none, and is not asked for.
//
// GET /deviceManagement/managedDevices?$filter=serialNumber eq '…'
func (c *Client) FindManaged(ctx context.Context, serial string) ([]model.ManagedDevice, error) {
	want := model.JoinSerial(serial)
	if want == "" {
		return nil, nil
	}
	k := rest.Call{Op: "find managed device", Path: managedPath(),
		Query: url.Values{"$filter": {"serialNumber eq " + literal(strings.TrimSpace(serial))}, "$select": {managedSelect}}}
	all := walk(ctx, c, k, managedDevice.model, func(d model.ManagedDevice) string { return string(d.ID) })
	return gathered(only(all, func(d model.ManagedDevice) bool { return model.JoinSerial(d.Serial) == want }))
}
