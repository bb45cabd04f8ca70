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

type autopilotRecord struct {
	ID             model.AutopilotID      `json:"id"`
	AutopilotID    model.AutopilotID      `json:"autopilotId"`
	Serial         string                 `json:"serial,omitempty"`
	Maker          string                 `json:"maker,omitempty"`
	Model          string                 `json:"model,omitempty"`
	GroupTag       string                 `json:"groupTag,omitempty"`
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
	Userless       string                 `json:"userlessEnrollment,omitempty"`
	ResourceName   string                 `json:"resourceName,omitempty"`
	SurfaceHubUser string                 `json:"deviceAccount,omitempty"`
	FriendlyName   string                 `json:"friendlyName,omitempty"`
}

func (autopilotRecord) record() {}

func newAutopilotRecord(d model.AutopilotDevice) autopilotRecord {
	r := autopilotRecord{ID: d.ID, AutopilotID: d.ID, Serial: d.Serial, Maker: d.Maker, Model: d.Model, GroupTag: d.Tag(), PurchaseOrder: d.PurchaseOrder,
		Name: d.DisplayName, User: d.User, Greeting: d.AddressableUser, Enrollment: d.Enrollment, LastContact: stamp(d.LastContact), EntraDevice: d.EntraDevice,
		Assignment: d.Assignment, Detail: d.AssignmentDetail, AssignedAt: stamp(d.AssignedAt), Remediation: d.Remediation, Userless: d.Userless,
		ResourceName: d.ResourceName, SurfaceHubUser: d.AccountUser, FriendlyName: d.FriendlyName}
	if d.Enrolled() {
		r.ManagedDevice = d.ManagedDevice
	}
	return r
}

func autopilotListing() listing[model.AutopilotDevice] {
	return listing[model.AutopilotDevice]{
		empty: "there is no Autopilot device",
		head:  []string{"SERIAL", "MODEL", "GROUP TAG", "PROFILE", "ENROLLMENT", "USER", "ID"},
		cells: func(_ *output, d model.AutopilotDevice) []string {
			return []string{d.Serial, d.Model, d.Tag(), d.Assignment.Words(), d.Enrollment, d.User, string(d.ID)}
		},
		json: func(d model.AutopilotDevice) record { return newAutopilotRecord(d) },
	}
}

func (p *program) autopilotList() *cobra.Command {
	var json bool
	c := &cobra.Command{
		Use: "list", Short: "the Autopilot devices of a customer", Args: noArgs,
		Example: "  muster autopilot list --customer Contoso --json",
		RunE: p.on(func(ctx context.Context, s *session, _ []string) error {
			c, err := s.customer(ctx)
			if err != nil {
				return err
			}
			if err := reachable("list Autopilot devices", s.Autopilot != nil); err != nil {
				return err
			}
			return autopilotListing().pages(ctx, s, json, s.Autopilot.AutopilotDevices(ctx, c.ID))
		}),
	}
	jsonFlag(c, &json)
	return c
}

// autopilotDetail is one Autopilot device with what hangs on it.
type autopilotDetail struct {
	autopilotRecord
	Profile  *named   `json:"profile,omitempty"`
	Intended *named   `json:"intendedProfile,omitempty"`
	Managed  *managed `json:"managedDevice,omitempty"`
	Unread   []string `json:"unread,omitempty"`
}

type managed struct {
	ID         model.ManagedDeviceID `json:"id"`
	Name       string                `json:"name,omitempty"`
	System     string                `json:"system,omitempty"`
	Compliance string                `json:"compliance,omitempty"`
	LastSync   *time.Time            `json:"lastSync,omitempty"`
}

func (p *program) autopilotShow() *cobra.Command {
	var json bool
	c := &cobra.Command{
		Use: "show DEVICE", Short: "an Autopilot device with its profile", Args: exactly("DEVICE"),
		Long:    "Shows an Autopilot device, named by its id or its serial. Parts that cannot be read are\nnamed, the others stand, and the exit code is 1.",
		Example: "  muster autopilot show 7QK2M93 --customer Contoso --json",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			return s.showAutopilot(ctx, args[0], json)
		}),
	}
	jsonFlag(c, &json)
	return c
}

func (s *session) showAutopilot(ctx context.Context, name string, json bool) error {
	const op = "show Autopilot device"
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	if err := reachable(op, s.Autopilot != nil); err != nil {
		return err
	}
	found, err := s.pilots(ctx, c.ID, wanted{op: op, names: []string{name}, noun: "serial", fold: true}, name)
	if err != nil {
		return err
	}
	d, err := s.Autopilot.AutopilotDevice(ctx, c.ID, found[0].ID)
	if err != nil {
		return err
	}
	r := autopilotDetail{autopilotRecord: newAutopilotRecord(d.Device), Profile: namedProfile(d.Profile), Intended: namedProfile(d.Intended)}
	if m := d.Managed; m != nil {
		r.Managed = &managed{m.ID, m.Name, strings.TrimSpace(m.System + " " + m.SystemVersion), m.Compliance, stamp(m.LastSync)}
	}
	var unread error
	for _, m := range d.Missing {
		r.Unread, unread = append(r.Unread, describe(m)), m
	}
	if json {
		if err := s.out.object(r); err != nil {
			return err
		}
		return unread
	}
	s.autopilotPage(r, d.Device)
	return unread
}

func namedProfile(p *model.DeploymentProfile) *named {
	if p == nil {
		return nil
	}
	return &named{string(p.ID), p.Name}
}

func (s *session) autopilotPage(r autopilotDetail, d model.AutopilotDevice) {
	name := func(n *named) string {
		if n == nil {
			return ""
		}
		return n.Name
	}
	facts := [][2]string{{"serial", r.Serial}, {"id", string(r.ID)}, {"maker", r.Maker}, {"model", r.Model}, {"group tag", r.GroupTag}, {"purchase order", r.PurchaseOrder},
		{"name", r.Name}, {"user", r.User}, {"enrollment", r.Enrollment}, {"last contact", s.out.moment(d.LastContact)}, {"profile", name(r.Profile)},
		{"profile status", strings.TrimSpace(d.Assignment.Words() + " " + strings.TrimPrefix(d.AssignmentDetail, "none"))}, {"on its way", name(r.Intended)}}
	if m := r.Managed; m != nil {
		facts = append(facts, [2]string{"managed device", m.Name}, [2]string{"managed id", string(m.ID)}, [2]string{"windows", m.System}, [2]string{"compliance", m.Compliance})
	}
	s.facts(facts)
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
