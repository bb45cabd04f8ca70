package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"muster/client/rest"
	"muster/model"
)

func autopilotPath(more ...string) []string {
	return append([]string{"deviceManagement", "windowsAutopilotDeviceIdentities"}, more...)
}

// autopilotDevice is the wire form of a windowsAutopilotDeviceIdentity. The
// password of its device account is left undecoded on purpose. The members stand in the
// order in which the service writes them, which is found soonest.
type autopilotDevice struct {
	ID               string    `json:"id"`
	Assignment       rest.Text `json:"deploymentProfileAssignmentStatus"`
	AssignmentDetail rest.Text `json:"deploymentProfileAssignmentDetailedStatus"`
	AssignedAt       rest.Time `json:"deploymentProfileAssignedDateTime"`
	GroupTag         rest.Text `json:"groupTag"`
	PurchaseOrder    rest.Text `json:"purchaseOrderIdentifier"`
	Serial           rest.Text `json:"serialNumber"`
	ProductKey       rest.Text `json:"productKey"`
	Maker            rest.Text `json:"manufacturer"`
	Model            rest.Text `json:"model"`
	Enrollment       rest.Text `json:"enrollmentState"`
	LastContact      rest.Time `json:"lastContactedDateTime"`
	AddressableUser  rest.Text `json:"addressableUserName"`
	User             rest.Text `json:"userPrincipalName"`
	ResourceName     rest.Text `json:"resourceName"`
	SKU              rest.Text `json:"skuNumber"`
	Family           rest.Text `json:"systemFamily"`
	EntraDeviceOld   rest.Text `json:"azureActiveDirectoryDeviceId"`
	EntraDevice      rest.Text `json:"azureAdDeviceId"`
	ManagedDevice    rest.Text `json:"managedDeviceId"`
	DisplayName      rest.Text `json:"displayName"`
	AccountUser      rest.Text `json:"deviceAccountUpn"`
	FriendlyName     rest.Text `json:"deviceFriendlyName"`
	Remediation      rest.Text `json:"remediationState"`
	RemediationAt    rest.Time `json:"remediationStateLastModifiedDateTime"`
	Userless         rest.Text `json:"userlessEnrollmentStatus"`
	OrderIdentifier  rest.Text `json:"orderIdentifier"`
}

func (w autopilotDevice) model() (model.AutopilotDevice, bool) {
	entra := w.EntraDevice
	if entra == "" {
		entra = w.EntraDeviceOld
	}
	return model.AutopilotDevice{
		ID: model.OneCase(model.AutopilotID(w.ID)), Serial: w.Serial.Clean(), Maker: w.Maker.Clean(), Model: w.Model.Clean(),
		Family: w.Family.Clean(), SKU: w.SKU.Clean(), ProductKey: model.NewSecret(string(w.ProductKey)),
		GroupTag: w.GroupTag.Clean(), OrderIdentifier: w.OrderIdentifier.Clean(), PurchaseOrder: w.PurchaseOrder.Clean(),
		DisplayName: w.DisplayName.Clean(), AddressableUser: w.AddressableUser.Clean(), User: w.User.Clean(),
		ResourceName: w.ResourceName.Clean(), Enrollment: w.Enrollment.Clean(), LastContact: w.LastContact.Time,
		ManagedDevice: model.ManagedDeviceID(presentID(w.ManagedDevice)), EntraDevice: presentID(entra),
		Assignment: model.AssignmentStatus(w.Assignment.Clean()), AssignmentDetail: w.AssignmentDetail.Clean(),
		AssignedAt: w.AssignedAt.Time, Remediation: w.Remediation.Clean(), RemediationAt: w.RemediationAt.Time,
		Userless: w.Userless.Clean(), AccountUser: w.AccountUser.Clean(), FriendlyName: w.FriendlyName.Clean(),
	}, model.IsGUID(w.ID)
}

// presentID returns an id in one letter case, or "" for the zero GUID, which is how the
// service writes "none", and for anything that is no GUID.
func presentID(id rest.Text) string {
	if id == model.ZeroGUID || !model.IsGUID(string(id)) {
		return ""
	}
	return model.OneCase(string(id))
}

func autopilotKey(d model.AutopilotDevice) string { return string(d.ID) }

// AutopilotDevices yields the Autopilot devices, a page of up to 1000 at a time, in
// the order of their serials.
//
// GET /deviceManagement/windowsAutopilotDeviceIdentities
func (c *Client) AutopilotDevices(ctx context.Context) iter.Seq2[[]model.AutopilotDevice, error] {
	return walk(ctx, c, rest.Call{Op: "list Autopilot devices", Path: autopilotPath()}, autopilotDevice.model, autopilotKey)
}

// AutopilotFrom is AutopilotDevices from the page on that a former walk named, "" for
// the first, and says where each page ends.
func (c *Client) AutopilotFrom(ctx context.Context, from string) iter.Seq2[rest.Stretch[model.AutopilotDevice], error] {
	k := rest.Call{Op: "list Autopilot devices", Path: autopilotPath()}
	if from != "" && !c.same(from, k.Path) {
		from = "" // it was checked when it came; a link to elsewhere is never followed
	}
	return rest.WalkFrom(k.Op, from, autopilotKey, fetch(ctx, c, k, autopilotDevice.model))
}

// FindAutopilot returns the devices with a serial, compared without blanks around
// it and in any letter case: none, one, or several where a maker left a
// placeholder. The service finds parts of a serial only, and none with a hyphen or
// a blank in it.
//
// GET /deviceManagement/windowsAutopilotDeviceIdentities?$filter=contains(serialNumber,'…')
func (c *Client) FindAutopilot(ctx context.Context, serial string) ([]model.AutopilotDevice, error) {
	const op = "find Autopilot device"
	part := searchable(serial)
	if part == "" {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "a serial number is required"}
	}
	k := rest.Call{Op: op, Path: autopilotPath(), Query: url.Values{"$filter": {"contains(serialNumber," + literal(part) + ")"}}}
	return gathered(only(walk(ctx, c, k, autopilotDevice.model, autopilotKey), func(d model.AutopilotDevice) bool {
		return strings.EqualFold(strings.TrimSpace(d.Serial), strings.TrimSpace(serial))
	}))
}

// searchable returns the longest part of a serial without a hyphen or a blank.
func searchable(serial string) string {
	longest := ""
	for _, part := range strings.FieldsFunc(serial, func(r rune) bool { return r == '-' || r == ' ' || r == '\t' }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// detail is a device with its two profiles; set tells "none" from "not asked".
type autopilotDetail struct {
	autopilotDevice
	Profile  navigation `json:"deploymentProfile"`
	Intended navigation `json:"intendedDeploymentProfile"`
}

// navigation is an expanded profile.
type navigation struct {
	set     bool // the answer has the member, null or not
	profile *model.DeploymentProfile
}

// UnmarshalJSON implements json.Unmarshaler. A profile that cannot be read counts
// as not sent.
func (n *navigation) UnmarshalJSON(b []byte) error {
	*n = navigation{}
	var w *deploymentProfile
	if json.Unmarshal(b, &w) != nil {
		return nil
	}
	if w == nil {
		n.set = true
	} else if p, ok := w.model(); ok {
		n.set, n.profile = true, &p
	}
	return nil
}

// AutopilotDevice reads one device with its profiles; Managed is left nil. The two
// profiles come with the device, or by themselves where the service does not send
// them along; one that cannot be read is named in the detail.
//
// GET /deviceManagement/windowsAutopilotDeviceIdentities/{id}?$expand=deploymentProfile,intendedDeploymentProfile
// GET /deviceManagement/windowsAutopilotDeviceIdentities/{id}/deploymentProfile
// GET /deviceManagement/windowsAutopilotDeviceIdentities/{id}/intendedDeploymentProfile
func (c *Client) AutopilotDevice(ctx context.Context, id model.AutopilotID) (model.AutopilotDetail, error) {
	const op, what = "read Autopilot device", "an Autopilot device"
	if err := guid(op, "Autopilot device", string(id)); err != nil {
		return model.AutopilotDetail{}, err
	}
	plain := rest.Call{Op: op, Path: autopilotPath(string(id))}
	full := plain
	full.Query = url.Values{"$expand": {"deploymentProfile,intendedDeploymentProfile"}}
	as := func(w autopilotDetail) (autopilotDetail, bool) { return w, model.IsGUID(w.ID) }
	w, err := read(ctx, c, full, what, as)
	if k := model.KindOf(err); err != nil && (k == model.Invalid || k == model.Service) {
		w, err = read(ctx, c, plain, what, as)
	}
	if err != nil {
		return model.AutopilotDetail{}, err
	}
	d := model.AutopilotDetail{Profile: w.Profile.profile, Intended: w.Intended.profile, ReadAt: c.rest.Now()}
	d.Device, _ = w.model()
	for _, n := range []struct {
		have navigation
		name string
		to   **model.DeploymentProfile
	}{{w.Profile, "deploymentProfile", &d.Profile}, {w.Intended, "intendedDeploymentProfile", &d.Intended}} {
		if n.have.set {
			continue
		}
		p, err := c.profileOf(ctx, id, n.name)
		if e := model.AsError(err); e != nil {
			d.Missing = append(d.Missing, e)
		}
		*n.to = p
	}
	c.believeList(ctx, &d.Device)
	return d, nil
}

// profileOf reads one of a device's two profiles; nil = none.
func (c *Client) profileOf(ctx context.Context, id model.AutopilotID, name string) (*model.DeploymentProfile, error) {
	op := "read assigned profile"
	if name != "deploymentProfile" {
		op = "read intended profile"
	}
	p, err := read(ctx, c, rest.Call{Op: op, Path: autopilotPath(string(id), name)}, "a profile", deploymentProfile.model)
	switch {
	case err == nil:
		return &p, nil
	case model.KindOf(err) == model.NotFound:
		return nil, nil
	}
	return nil, err
}

// believeList asks the list about a device whose item says "unknown": that was the
// item's only answer for a time, while the list knew better.
func (c *Client) believeList(ctx context.Context, d *model.AutopilotDevice) {
	if d.Assignment != model.AssignmentUnknown || searchable(d.Serial) == "" {
		return
	}
	listed, err := c.FindAutopilot(ctx, d.Serial)
	if err != nil {
		return
	}
	for _, l := range listed {
		if l.ID == d.ID && l.Assignment != "" {
			d.Assignment, d.AssignmentDetail, d.AssignedAt = l.Assignment, l.AssignmentDetail, l.AssignedAt
		}
	}
}

// autopilotSettings is the wire form of windowsAutopilotSettings.
type autopilotSettings struct {
	ID       rest.Text `json:"id"`
	LastSync rest.Time `json:"lastSyncDateTime"`
	Manual   rest.Time `json:"lastManualSyncTriggerDateTime"`
	Status   rest.Text `json:"syncStatus"`
}

func (w autopilotSettings) model() (model.AutopilotSettings, bool) {
	return model.AutopilotSettings{ID: w.ID.Clean(), LastSync: w.LastSync.Time, LastManualSync: w.Manual.Time, Status: w.Status.Clean()},
		w.ID != "" || w.Status != ""
}

// AutopilotSettings reads when the last sync was and whether one runs.
//
// GET /deviceManagement/windowsAutopilotSettings
func (c *Client) AutopilotSettings(ctx context.Context) (model.AutopilotSettings, error) {
	const op = "read Autopilot sync"
	a, err := c.rest.Do(ctx, rest.Call{Op: op, Path: []string{"deviceManagement", "windowsAutopilotSettings"}})
	if err != nil {
		return model.AutopilotSettings{}, err
	}
	s, err := decoded(op, "settings", a, autopilotSettings.model)
	s.ReadAt = c.rest.Now()
	s.Clock, _ = http.ParseTime(a.Header.Get("Date")) // zero without one
	return s, err
}
