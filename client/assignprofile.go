package client

import (
	"context"
	"encoding/json"
	"fmt"

	"muster/client/graph"
	"muster/client/ledger"
	"muster/model"
)

// plan is how a profile is to be put on devices, as it stands in a row's Target.
type plan struct {
	Way    model.AssignWay   `json:"way,omitempty"`
	Anchor model.AutopilotID `json:"anchor,omitempty"`
	Whole  bool              `json:"whole,omitempty"`
	Group  model.GroupID     `json:"group,omitempty"`
}

// stood is how a device stood to its profile before, in a row's Previous.
type stood struct {
	Status model.AssignmentStatus `json:"status,omitempty"`
	Entra  string                 `json:"entra,omitempty"` // its Entra device, for the group way
}

// AssignProfile writes down that a profile goes on chosen devices and begins to
// send it: to the profile itself, else through a device that has it, else through
// a group, unless one way was asked for. A way that the tenant turns out not to
// have is not tried there again in this session.
func (c *Client) AssignProfile(ctx context.Context, a model.ProfileAssignment) (model.OperationID, error) {
	const op = "assign profile"
	if err := a.Validate(); err != nil {
		return "", err
	}
	for _, id := range []string{string(a.Anchor), string(a.Group)} {
		if id != "" && !model.IsGUID(id) {
			return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the id of the device to assign through, or of the group, is not a GUID"}
		}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	target, err := json.Marshal(plan{a.Way, a.Anchor, a.Whole, model.OneCase(a.Group)})
	if err != nil {
		return "", &model.Error{Kind: model.Unexpected, Op: op, Msg: "it cannot be written down"}
	}
	in := ledger.Intent{Kind: model.AssignProfile, Customer: a.Customer.ID, CustomerName: a.Customer.Name, Target: string(model.OneCase(a.Profile.ID)), Chunk: intuneChunk,
		Title: fmt.Sprintf("profile %s on %s", model.Clean(a.Profile.Name), plural(len(a.Devices), "Autopilot device")), Rows: make([]ledger.IntentRow, len(a.Devices))}
	for i, d := range a.Devices {
		was, err := json.Marshal(stood{d.Assignment, d.EntraDevice})
		if err != nil {
			return "", &model.Error{Kind: model.Unexpected, Op: op, Msg: "it cannot be written down"}
		}
		in.Rows[i] = autopilotRow(d, string(was), string(target))
	}
	return book.Record(ctx, in)
}

// profileAssignments sends the assignment of profiles to chosen devices.
type profileAssignments struct{ c *Client }

// method chooses the way for a chunk. One whose answer was lost goes the same way
// again.
func (p profileAssignments) method(ctx context.Context, r *runner, _ []ledger.Chunk, next ledger.Chunk) (string, step, error) {
	if next.Method != "" {
		return next.Method, step{}, nil
	}
	rows, _, err := r.book.ChunkRows(ctx, r.op.ID, next.Job.Chunk)
	if err != nil || len(rows) == 0 {
		return "", step{}, err
	}
	want := readPlan(rows[0])
	if want.Way != model.WayAuto {
		return string(want.Way), step{}, nil
	}
	for _, way := range []model.AssignWay{model.WayDirect, model.WayDevice, model.WayGroup} {
		if !p.c.noRoute(r.op.Customer, way) && r.blocked[way] == nil && (way != model.WayGroup || want.Group != "") {
			return string(way), step{}, nil
		}
	}
	if e := r.blocked[model.WayGroup]; e != nil {
		return "", step{}, e
	}
	return "", step{}, &model.Error{Kind: model.Invalid, Op: "assign profile",
		Msg:  "this tenant's Intune does not take profiles for single devices",
		Hint: "assign the profile to a group and put the devices into it: choose a group in the form, or --group"}
}

func readPlan(row model.Row) (p plan) {
	_ = json.Unmarshal([]byte(row.Target), &p) // what cannot be read asks for no way of its own
	return p
}

func readStood(row model.Row) (s stood) {
	_ = json.Unmarshal([]byte(row.Previous), &s) // what cannot be read is not known
	return s
}

// noRoute reports whether the tenant was found not to have a way.
func (c *Client) noRoute(customer model.CustomerID, way model.AssignWay) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.routeless[customer][way]
}

func (c *Client) setNoRoute(customer model.CustomerID, way model.AssignWay) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.routeless[customer] == nil {
		c.routeless[customer] = map[model.AssignWay]bool{}
	}
	c.routeless[customer][way] = true
}

func (p profileAssignments) send(ctx context.Context, r *runner, next ledger.Chunk, word string) (receipt, error) {
	g, rows, err := p.c.openIntune(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	way := model.AssignWay(word)
	one, err := p.by(ctx, g, r, way, rows)
	if err != nil {
		return p.closed(r, way, rows, err)
	}
	var errs []error
	if way == model.WayDirect {
		errs = g.AssignDirectMany(ctx, model.ProfileID(r.op.Target), autopilotWrites(next, rows))
	} else {
		errs = p.c.oneByOne(rows, func(row model.Row) error { return one(row, partID(next, row)) })
	}
	shut := false
	for i, err := range errs {
		if graph.NoRoute(err) && readPlan(rows[i]).Way == model.WayAuto {
			p.c.setNoRoute(r.op.Customer, way)
			shut, errs[i] = true, &model.Error{Kind: model.Offline, Op: "assign profile", Msg: "this way is not there; another one is tried", Err: err}
		}
	}
	sent := sorted(rows, errs)
	sent.reroute = shut
	return receipt{parts: sent}, nil
}

// closed handles a way that cannot be gone for any row: the next one is tried, or
// all rows fail when this one was asked for.
func (p profileAssignments) closed(r *runner, way model.AssignWay, rows []model.Row, err error) (receipt, error) {
	e := asError(err)
	if e.Kind != model.Invalid && e.Kind != model.NotFound || readPlan(rows[0]).Way != model.WayAuto {
		return receipt{}, err
	}
	if r.blocked == nil {
		r.blocked = map[model.AssignWay]*model.Error{}
	}
	r.blocked[way] = e
	sent := &parts{reroute: true}
	sent.wait(rows, e)
	return receipt{parts: sent}, nil
}

// by returns how one row is sent on a way. The error says that the way is closed
// for all rows.
func (p profileAssignments) by(ctx context.Context, g *graph.Client, r *runner, way model.AssignWay, rows []model.Row) (func(row model.Row, requestID string) error, error) {
	profile, want := model.ProfileID(r.op.Target), readPlan(rows[0])
	switch way {
	case model.WayDirect:
		return func(row model.Row, requestID string) error {
			return g.AssignDirect(ctx, profile, deviceOf(row), requestID)
		}, nil
	case model.WayDevice:
		anchor, err := p.anchor(ctx, g, profile, want, rows)
		if err != nil {
			return nil, err
		}
		return func(row model.Row, requestID string) error { return via(ctx, g, anchor, row, want.Whole, requestID) }, nil
	case model.WayGroup:
		if err := checkGroup(ctx, g, profile, want.Group); err != nil {
			return nil, err
		}
		return func(row model.Row, requestID string) error { return join(ctx, g, want.Group, row, requestID) }, nil
	}
	return nil, &model.Error{Kind: model.Invalid, Op: "assign profile", Msg: "there is no way " + model.Clean(string(way))}
}

func deviceOf(row model.Row) model.AutopilotDevice {
	return model.AutopilotDevice{ID: row.Autopilot, Serial: row.Serial}
}

// anchor returns a device that has the profile: the one that was named, when it
// does, else any.
func (p profileAssignments) anchor(ctx context.Context, g *graph.Client, profile model.ProfileID, want plan, rows []model.Row) (model.AutopilotID, error) {
	const op = "assign profile"
	if want.Anchor != "" {
		d, err := g.AutopilotDevice(ctx, want.Anchor)
		if err != nil {
			return "", err
		}
		if d.Profile == nil || d.Profile.ID != profile {
			return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the device to assign through, serial " + orNone(d.Device.Serial) + ", does not have this profile",
				Hint: "name one that has it"}
		}
		return want.Anchor, nil
	}
	ours := map[model.AutopilotID]bool{}
	for _, row := range rows {
		ours[row.Autopilot] = true
	}
	for page, err := range g.ProfileDevices(ctx, profile) {
		if err != nil {
			return "", err
		}
		for _, d := range page {
			if d.Assignment.Assigned() && !ours[d.ID] {
				return d.ID, nil
			}
		}
	}
	return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "no device has this profile yet, so none can be assigned through another one",
		Hint: "assign the profile to a group of devices"}
}

// via assigns through the anchor: with a reference, as the call's path asks for,
// and when that is not understood, or at once with whole, with the device itself, as its
// documentation shows.
func via(ctx context.Context, g *graph.Client, anchor model.AutopilotID, row model.Row, whole bool, requestID string) error {
	if !whole {
		err := g.AssignVia(ctx, anchor, deviceOf(row), false, requestID)
		if err == nil || !graph.NoRoute(err) && model.KindOf(err) != model.Invalid {
			return err
		}
	}
	device, missing := g.AutopilotDevice(ctx, row.Autopilot)
	if missing != nil {
		return missing
	}
	return g.AssignVia(ctx, anchor, device.Device, true, requestID)
}

// checkGroup refuses a group that cannot take members or does not have the
// profile: then nothing would come of it.
func checkGroup(ctx context.Context, g *graph.Client, profile model.ProfileID, id model.GroupID) error {
	bad := func(msg, hint string) error {
		return &model.Error{Kind: model.Invalid, Op: "assign profile", Msg: msg, Hint: hint}
	}
	group, err := g.Group(ctx, id)
	if err != nil {
		return err
	}
	if group.Dynamic {
		return bad("the members of group "+model.Clean(group.Name)+" follow from a rule", "set the group tag that the rule asks for, or choose a static group")
	}
	targets, err := g.ProfileTargets(ctx, profile)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.Target.Kind == model.TargetGroup && t.Target.Group == id {
			return nil
		}
	}
	return bad("group "+model.Clean(group.Name)+" does not have this profile", "assign the profile to the group first")
}

// join puts the device's Entra object into the group.
func join(ctx context.Context, g *graph.Client, group model.GroupID, row model.Row, requestID string) error {
	entra := readStood(row).Entra
	if entra == "" {
		return &model.Error{Kind: model.Invalid, Op: "assign profile", Msg: "the device has no object in Entra that a group could hold"}
	}
	object, err := g.EntraObject(ctx, entra)
	if err != nil {
		return err
	}
	return g.AddMember(ctx, group, object, requestID)
}
