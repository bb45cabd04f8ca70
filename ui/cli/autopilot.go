package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
)

func (p *program) autopilot() *cobra.Command {
	return group("autopilot", "Autopilot devices of Intune (beta, needs an Intune licence)",
		p.autopilotList(), p.autopilotShow(), p.autopilotTag(), p.autopilotName(), p.autopilotUser(), p.autopilotDelete(), p.autopilotSync(), p.autopilotImport())
}

// autopilotRecord is an Autopilot device with every property that Intune has of it. Of
// its product key, which is a secret, only the digest is written.
type autopilotRecord struct {
	ID             model.AutopilotID      `json:"id"`
	AutopilotID    model.AutopilotID      `json:"autopilotId"`
	Serial         string                 `json:"serial,omitempty"`
	Maker          string                 `json:"maker,omitempty"`
	Model          string                 `json:"model,omitempty"`
	Family         string                 `json:"family,omitempty"`
	SKU            string                 `json:"sku,omitempty"`
	KeySum         string                 `json:"productKeySum,omitempty"`
	GroupTag       string                 `json:"groupTag,omitempty"`
	Order          string                 `json:"orderIdentifier,omitempty"` // of services that still send it
	PurchaseOrder  string                 `json:"purchaseOrder,omitempty"`
	Name           string                 `json:"name,omitempty"`
	User           string                 `json:"user,omitempty"`
	Greeting       string                 `json:"greeting,omitempty"`
	Enrollment     string                 `json:"enrollment,omitempty"`
	LastContact    *time.Time             `json:"lastContact,omitempty"`
	ManagedDevice  model.ManagedDeviceID  `json:"managedDeviceId,omitempty"`
	EntraDevice    string                 `json:"entraDeviceId,omitempty"`
	Assignment     model.AssignmentStatus `json:"profileStatus,omitempty"`
	Detail         string                 `json:"profileDetail,omitempty"`
	AssignedAt     *time.Time             `json:"profileAssigned,omitempty"`
	Remediation    string                 `json:"remediation,omitempty"`
	RemediationAt  *time.Time             `json:"remediationChanged,omitempty"`
	Userless       string                 `json:"userlessEnrollment,omitempty"`
	ResourceName   string                 `json:"resourceName,omitempty"`
	SurfaceHubUser string                 `json:"deviceAccount,omitempty"`
	FriendlyName   string                 `json:"friendlyName,omitempty"`
}

func (autopilotRecord) record() {}

func newAutopilotRecord(d model.AutopilotDevice) autopilotRecord {
	r := autopilotRecord{ID: d.ID, AutopilotID: d.ID, Serial: d.Serial, Maker: d.Maker, Model: d.Model, Family: d.Family, SKU: d.SKU, KeySum: d.ProductKey.Digest(),
		GroupTag: d.Tag(), Order: d.OrderIdentifier, PurchaseOrder: d.PurchaseOrder,
		Name: d.DisplayName, User: d.User, Greeting: d.AddressableUser, Enrollment: d.Enrollment, LastContact: stamp(d.LastContact), EntraDevice: d.EntraDevice,
		Assignment: d.Assignment, Detail: d.AssignmentDetail, AssignedAt: stamp(d.AssignedAt), Remediation: d.Remediation, RemediationAt: stamp(d.RemediationAt),
		Userless: d.Userless, ResourceName: d.ResourceName, SurfaceHubUser: d.AccountUser, FriendlyName: d.FriendlyName}
	if d.Enrolled() {
		r.ManagedDevice = d.ManagedDevice
	}
	return r
}

func autopilotListing() listing[model.AutopilotDevice] {
	return listing[model.AutopilotDevice]{
		one: "Autopilot device", empty: "there is no Autopilot device",
		columns: []column[model.AutopilotDevice]{
			texts("SERIAL", "serial", "", func(d model.AutopilotDevice) string { return d.Serial }),
			texts("MODEL", "model", "", func(d model.AutopilotDevice) string { return d.Model }),
			texts("GROUP TAG", "tag", "groupTag", model.AutopilotDevice.Tag),
			texts("PROFILE", "status", "profileStatus", func(d model.AutopilotDevice) string { return d.Assignment.Words() }),
			texts("ENROLLMENT", "enrolled", "enrollment", func(d model.AutopilotDevice) string { return d.Enrollment }),
			texts("USER", "user", "", func(d model.AutopilotDevice) string { return d.User }),
			texts("", "maker", "", func(d model.AutopilotDevice) string { return d.Maker }),
			texts("", "name", "", func(d model.AutopilotDevice) string { return d.DisplayName }),
			times("", "contact", "lastContact", func(d model.AutopilotDevice) time.Time { return d.LastContact }),
			asideTexts("", "greeting", "", func(d model.AutopilotDevice) string { return d.AddressableUser }),
			asideTexts("", "managedDeviceId", "", func(d model.AutopilotDevice) string { return string(d.ManagedDevice) }),
			asideTexts("", "entraDeviceId", "", func(d model.AutopilotDevice) string { return d.EntraDevice }),
			asideTexts("ID", "autopilotId", "", func(d model.AutopilotDevice) string { return string(d.ID) }),
		},
		json: func(d model.AutopilotDevice) record { return newAutopilotRecord(d) },
	}
}

func (p *program) autopilotList() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "list", Short: "the Autopilot devices of a customer", Args: noArgs,
		Example: "  muster autopilot list --customer Contoso --json\n  muster autopilot list --customer Contoso --filter 'tag:clinic contact:>30d' --fields serial,groupTag,lastContact",
	}, autopilotListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		if err := reachable("list Autopilot devices", s.Autopilot != nil); err != nil {
			return err
		}
		return autopilotListing().pages(ctx, s, k, s.Autopilot.AutopilotDevices(ctx, c.ID))
	})
}

// pilots finds Autopilot devices by their ids or serials, in the order of the names.
// either is a name that may be an id beside being a serial, "" for none.
func (s *session) pilots(ctx context.Context, c model.CustomerID, w wanted, either string) ([]model.AutopilotDevice, error) {
	if err := reachable(w.op, s.Autopilot != nil); err != nil {
		return nil, err
	}
	at := make(map[string]int, len(w.names))
	for i, name := range w.names {
		at[strings.ToUpper(strings.TrimSpace(name))] = i
	}
	found := make([][]model.AutopilotDevice, len(w.names))
	for page, err := range s.Autopilot.AutopilotDevices(ctx, c) {
		if err != nil {
			s.say("the list of Autopilot devices is incomplete, so the %ss cannot be checked; nothing was sent", w.noun)
			return nil, err
		}
		for _, d := range page {
			if either != "" && strings.EqualFold(string(d.ID), either) {
				return []model.AutopilotDevice{d}, nil
			}
			key := string(d.ID)
			if w.fold {
				key = d.Serial
			}
			if i, ok := at[strings.ToUpper(strings.TrimSpace(key))]; ok {
				found[i] = append(found[i], d)
			}
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	out := make([]model.AutopilotDevice, 0, len(found))
	unclear := 0
	for i, hits := range found {
		if len(hits) == 1 {
			out = append(out, hits[0])
			continue
		}
		if unclear++; unclear <= shownProblems {
			s.say("%s", fmt.Sprintf("%s with the %s %s", count(len(hits), "Autopilot device"), strings.TrimPrefix(w.noun, "device "), model.Clean(w.names[i])))
		}
	}
	if unclear > 0 {
		return nil, usage(w.op, fmt.Sprintf("%s of %s unknown or ambiguous; nothing was sent", number(unclear), count(len(found), w.noun)), "muster autopilot list --json shows them")
	}
	return out, nil
}
