package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/model/fleet"
)

func (p *program) devices() *cobra.Command {
	return group("devices", "devices that are registered through a batch", p.devicesList(), p.devicesShow(), p.devicesFind(), p.devicesRemove())
}

const devicesListHelp = `The devices of a customer, over all its batches.

--filter takes what the dashboard takes after /: words that stand anywhere,
field:word for one column (serial, model, maker, batch, policy, uploaded, id), "…"
for a whole cell, ~wrd for letters in this order, uploaded:>30d or
uploaded:<2026-08 for ages and dates, ! before a word for all others.`

func (p *program) devicesList() *cobra.Command {
	var json bool
	var filter string
	c := &cobra.Command{
		Use: "list", Short: "the devices of a customer, over all its batches", Long: devicesListHelp, Args: noArgs,
		Example: "  muster devices list --customer Contoso --json\n  muster devices list --customer Contoso --filter 'batch:spring !policy:kiosk'",
		RunE: func(c *cobra.Command, _ []string) error {
			query, err := fleet.Parse(filter)
			if err != nil {
				return usage("list devices", describe(err), "")
			}
			query = query.At(p.o.Now())
			if bad := query.Unread(filterSchema()); bad != "" {
				return usage("list devices", bad, "")
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error {
				c, err := s.customer(ctx)
				if err != nil {
					return err
				}
				return s.listDevices(ctx, c.ID, query, json)
			})
		},
	}
	jsonFlag(c, &json)
	c.Flags().StringVar(&filter, "filter", "", "only the devices that match, such as 'model:latitude !policy:kiosk'")
	return c
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

// listDevices walks all batches and shows what the query matches, page by page.
func (s *session) listDevices(ctx context.Context, c model.CustomerID, query fleet.Query, json bool) error {
	policies, err := s.policyNames(ctx, c)
	if err != nil {
		return err
	}
	l := deviceListing(policies)
	if !query.Empty() {
		l.empty = "no device matches"
	}
	out := l.start(s, json)
	for page, err := range s.Reader.Devices(ctx, c) {
		devices := page.Devices
		if !query.Empty() {
			if devices, err = matching(ctx, devices, l, query, err); ctx.Err() != nil {
				break
			}
		}
		if werr := out.add(devices); werr != nil {
			return werr
		}
		if err != nil {
			out.missing(ctx, err)
		}
	}
	return out.end(ctx)
}

// filterColumns are the columns that a filter can name, in the order of the cells of
// a device's listing, the day of its upload behind them.
var filterColumns = [...]string{"serial", "maker", "model", "batch", "policy", "id", "uploaded"}

func filterSchema() fleet.Schema {
	schema := make(fleet.Schema, len(filterColumns))
	for i, name := range filterColumns {
		schema[i] = fleet.Column{Name: name}
		if name == "uploaded" {
			schema[i].Kind = fleet.Time
		}
	}
	return schema
}

// matching returns the devices of a page that a query matches, and the error that
// the page came with.
func matching(ctx context.Context, page []model.Device, l listing[model.Device], q fleet.Query, pageErr error) ([]model.Device, error) {
	schema := filterSchema()
	rows := make([]fleet.Row, len(page))
	for i, d := range page {
		uploaded, at := "", int64(fleet.Unknown)
		if !d.Uploaded.IsZero() {
			uploaded, at = d.Uploaded.UTC().Format("2006-01-02"), d.Uploaded.UnixNano()
		}
		rows[i] = fleet.Row{Key: strconv.Itoa(i), Cells: append(cleaned(l.cells(nil, d)), uploaded), Sort: make([]int64, len(schema))}
		rows[i].Sort[len(schema)-1] = at
	}
	hits, err := fleet.New(schema, rows...).Match(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []model.Device
	for _, row := range hits.All() {
		out = append(out, page[row])
	}
	return out, pageErr
}

func cleaned(cells []string) []string {
	for i, c := range cells {
		cells[i] = model.Clean(c)
	}
	return cells
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
