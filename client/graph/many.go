package graph

import (
	"context"
	"encoding/json"
	"net/http"

	"muster/model"
)

// AutopilotWrite names a device of a call for many, and the request that is made
// for it.
type AutopilotWrite struct {
	Device    model.AutopilotDevice // its id, and the serial where it is known
	RequestID string
}

// DeleteAutopilotMany is [Client.DeleteAutopilot] for many devices, in batches. The
// errors stand where their devices do; nil = accepted.
func (c *Client) DeleteAutopilotMany(ctx context.Context, writes []AutopilotWrite) []error {
	const op = "delete Autopilot device"
	errs := c.each(ctx, writes, func(d model.AutopilotDevice) (Part, error) {
		return Part{Op: op, Method: http.MethodDelete, Path: autopilotPath(string(d.ID))}, guid(op, "Autopilot device", string(d.ID))
	})
	for i, err := range errs {
		if err != nil && model.KindOf(err) == model.NotFound {
			errs[i] = nil // gone already
		}
	}
	return errs
}

// AssignDirectMany is [Client.AssignDirect] for many devices, in batches. The errors
// stand where their devices do; nil = accepted.
func (c *Client) AssignDirectMany(ctx context.Context, profile model.ProfileID, writes []AutopilotWrite) []error {
	errs := c.each(ctx, writes, func(d model.AutopilotDevice) (Part, error) {
		if err := guid(opAssign, "profile", string(profile)); err != nil {
			return Part{}, err
		}
		if err := guid(opAssign, "Autopilot device", string(d.ID)); err != nil {
			return Part{}, err
		}
		body, err := json.Marshal(memberDevice{deviceType, string(d.ID), d.Serial})
		if err != nil {
			err = &model.Error{Kind: model.Unexpected, Op: opAssign, Msg: "the request cannot be written", Err: err}
		}
		return Part{Op: opAssign, Method: http.MethodPost, Path: profilePath(string(profile), "assignedDevices"), Body: body}, err
	})
	for i, err := range errs {
		errs[i] = c.routed(ctx, err, func() error {
			_, err := c.Profile(ctx, profile)
			return err
		}, writes[i].Device.ID)
	}
	return errs
}

// each makes one part for each device and returns what became of them.
func (c *Client) each(ctx context.Context, writes []AutopilotWrite, part func(model.AutopilotDevice) (Part, error)) []error {
	errs := make([]error, len(writes))
	var parts []Part
	var of []int
	for i, w := range writes {
		p, err := part(w.Device)
		if errs[i] = err; err != nil {
			continue
		}
		p.RequestID = w.RequestID
		parts, of = append(parts, p), append(of, i)
	}
	for n, r := range c.Batch(ctx, parts) {
		errs[of[n]] = r.Err
	}
	return errs
}
