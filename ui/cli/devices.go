package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

func (p *program) devices() *cobra.Command {
	return group("devices", "devices that are registered through a batch", p.devicesList(), p.devicesShow(), p.devicesFind(), p.devicesRemove())
}

func (p *program) devicesList() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "list", Short: "the devices of a customer, over all its batches", Args: noArgs,
		Example: "  muster devices list --customer Contoso --json\n  muster devices list --customer Contoso --filter 'batch:spring !policy:kiosk'\n" +
			"  muster devices list --customer Contoso --fields serial,policy.name,uploaded",
	}, deviceListing(nil), func(ctx context.Context, s *session, k look, _ []string) error {
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		return s.listDevices(ctx, c.ID, k)
	})
}

// policyNames reads the customer's policies for their names. They are a help, not
// a part of a list of devices: without them it is still whole and shows ids.
func (s *session) policyNames(ctx context.Context, c model.CustomerID) ([]model.ConfigurationPolicy, error) {
	policies, err := s.Reader.Policies(ctx, c)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		s.say("policies are shown without their names: %s", describe(err))
	}
	return policies, nil
}

// listDevices walks all batches and shows what is wanted, page by page.
func (s *session) listDevices(ctx context.Context, c model.CustomerID, k look) error {
	policies, err := s.policyNames(ctx, c)
	if err != nil {
		return err
	}
	out := deviceListing(policies).start(s, k)
	for page, err := range s.Reader.Devices(ctx, c) {
		if werr := out.add(ctx, page.Devices); werr != nil {
			return werr
		}
		if err != nil {
			out.missing(ctx, err)
		}
	}
	return out.end(ctx)
}

// deviceDetail is all that the service says about a device. A product key never is
// a part of it.
type deviceDetail struct {
	deviceRecord
	HasProductKey bool     `json:"hasProductKey,omitempty"`
	Allowed       []string `json:"allowedOperations,omitempty"`
}

func (p *program) devicesShow() *cobra.Command {
	var json bool
	var batch string
	c := &cobra.Command{
		Use: "show ID", Short: "all properties of a device", Args: exactly("ID"),
		Long:    "All properties of a device. ID is the partnerId that muster devices list --json\nshows, compared by equality; muster devices find looks for a serial. The service has no\ncall for one device: with --batch only that batch is read, else all of them are.",
		Example: "  muster devices show 9f2c1a34-… --customer Contoso --batch spring",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			return s.showDevice(ctx, model.DeviceID(args[0]), batch, json)
		}),
	}
	jsonFlag(c, &json)
	c.Flags().StringVar(&batch, "batch", "", "the batch that holds the device")
	return c
}

// showDevice shows a device, which is looked for in one batch when that is named.
func (s *session) showDevice(ctx context.Context, id model.DeviceID, batch string, json bool) error {
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	policies, err := s.policyNames(ctx, c.ID)
	if err != nil {
		return err
	}
	find := s.findDevice
	if batch != "" {
		find = func(ctx context.Context, c model.CustomerID, id model.DeviceID) ([]model.Device, error) {
			return s.deviceIn(ctx, c, batch, id)
		}
	}
	found, err := find(ctx, c.ID, id)
	if err != nil {
		return err
	}
	if len(found) > 1 {
		s.say("%s have this id", count(len(found), "device"))
	}
	for _, d := range found {
		if err := s.deviceOut(d, policies, json); err != nil {
			return err
		}
	}
	return nil
}

// deviceIn reads one device of a batch.
func (s *session) deviceIn(ctx context.Context, c model.CustomerID, batch string, id model.DeviceID) ([]model.Device, error) {
	const op = "show device"
	in, err := s.batch(ctx, op, c, batch)
	if err != nil {
		return nil, err
	}
	d, err := s.Batch.Device(ctx, c, in, id)
	if err != nil && model.KindOf(err) == model.NotFound {
		return nil, usage(op, fmt.Sprintf("batch %s has no device with the id %s", model.Clean(string(in)), model.Clean(string(id))), "without --batch all are looked through")
	}
	return []model.Device{d}, err
}

// findDevice looks for a device in all batches.
func (s *session) findDevice(ctx context.Context, c model.CustomerID, id model.DeviceID) (found []model.Device, err error) {
	var missing error
	for page, err := range s.Reader.Devices(ctx, c) {
		if err != nil {
			missing = err
		}
		for _, d := range page.Devices {
			if d.ID == id {
				found = append(found, d)
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(found) == 0 && missing != nil:
		s.say("the list of devices is incomplete, so the device may still be there")
		return nil, missing
	case len(found) == 0:
		return nil, usage("show device", "no device has the id "+model.Clean(string(id)), "muster devices find looks for a serial")
	}
	return found, nil
}

func (s *session) deviceOut(d model.Device, policies []model.ConfigurationPolicy, json bool) error {
	r := deviceDetail{deviceRecord: newDeviceRecord(d, namesOf(policies)), HasProductKey: !d.ProductKey.Empty(), Allowed: slices.Clone(d.Allowed)}
	if json {
		return s.out.object(r)
	}
	policy, id, key := "", "", ""
	if r.Policy != nil {
		policy, id = r.Policy.Name, string(r.Policy.ID)
	}
	if r.HasProductKey {
		key = "known to the service, not shown"
	}
	s.facts([][2]string{
		{"serial", d.Serial}, {"id", string(d.ID)}, {"batch", string(d.Batch)}, {"maker", d.Maker}, {"model", d.Model},
		{"policy", policy}, {"policy id", id}, {"product key", key}, {"uploaded", s.out.moment(d.Uploaded)},
		{"uploaded by", d.UploadedBy}, {"allowed", strings.Join(d.Allowed, " ")},
	})
	return nil
}
