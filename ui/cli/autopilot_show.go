package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
)

// autopilotDetail is one Autopilot device with what hangs on it.
type autopilotDetail struct {
	autopilotRecord
	Profile  *named   `json:"profile,omitempty"`
	Intended *named   `json:"intendedProfile,omitempty"`
	Managed  *managed `json:"managedDevice,omitempty"`
	Unread   []string `json:"unread,omitempty"`
}

// How an Autopilot device and its managed device were brought together.
const (
	joinedByID     = "id"
	joinedBySerial = "serial"
)

type managed struct {
	ID         model.ManagedDeviceID `json:"id"`
	JoinedBy   string                `json:"joinedBy"` // id, or serial
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
		by := joinedByID
		if d.BySerial {
			by = joinedBySerial
		}
		r.Managed = &managed{m.ID, by, m.Name, strings.TrimSpace(m.System + " " + m.SystemVersion), m.Compliance, stamp(m.LastSync)}
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
	status := d.Assignment.Words()
	if why := model.AssignmentDetailWords(d.AssignmentDetail); why != "" {
		status += ": " + why
	}
	facts := [][2]string{{"serial", r.Serial}, {"id", string(r.ID)}, {"maker", r.Maker}, {"model", r.Model}, {"family", r.Family}, {"SKU", r.SKU},
		{"product key", d.ProductKey.Words()}, {"group tag", r.GroupTag}, {"order identifier", r.Order}, {"purchase order", r.PurchaseOrder},
		{"name", r.Name}, {"user", r.User}, {"greeting", r.Greeting}, {"resource", r.ResourceName},
		{"profile", name(r.Profile)}, {"on its way", name(r.Intended)}, {"profile status", status}, {"assigned", s.out.moment(d.AssignedAt)},
		{"enrollment", model.EnrollmentWords(r.Enrollment)}, {"last contact", s.out.moment(d.LastContact)}, {"userless", model.UserlessWords(r.Userless)},
		{"remediation", model.RemediationWords(r.Remediation)}, {"remediation since", s.out.moment(d.RemediationAt)}, {"Entra device", r.EntraDevice},
		{"device account", r.SurfaceHubUser}, {"friendly name", r.FriendlyName}, {"managed id", string(r.ManagedDevice)}}
	if m := r.Managed; m != nil {
		by := "by the id that the device names"
		if m.JoinedBy == joinedBySerial {
			by = "by its serial: " + string(m.ID)
		}
		facts = append(facts, [2]string{"managed device", m.Name}, [2]string{"joined", by}, [2]string{"windows", m.System},
			[2]string{"compliance", m.Compliance}, [2]string{"last sync", s.out.moment(moment(m.LastSync))})
	}
	s.facts(facts)
}

// moment is the time behind a stamp.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
