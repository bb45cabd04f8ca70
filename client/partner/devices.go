package partner

import (
	"context"
	"iter"
	"net/http"

	"muster/client/rest"
	"muster/model"
)

// device is the wire form of a device in answers.
type device struct {
	ID                  string      `json:"id"`
	SerialNumber        rest.Text   `json:"serialNumber"`
	ProductKey          rest.Text   `json:"productKey"`
	ModelName           rest.Text   `json:"modelName"`
	OEMManufacturerName rest.Text   `json:"oemManufacturerName"`
	Policies            []policyRef `json:"policies"`
	UploadedDate        rest.Time   `json:"uploadedDate"`
	UploadedBy          rest.Text   `json:"uploadedBy"`
	AllowedOperations   []rest.Text `json:"allowedOperations"`
}

// policyRef is one policy of a device. Its value is the id of a policy, the name
// of one that was made elsewhere, or null for none.
type policyRef struct {
	Key   rest.Text `json:"key"`
	Value rest.Text `json:"value"`
}

// model returns the device. What is only shown is cleaned; the policy's value
// stays as it came when it may be used as an id.
func (w device) model(b model.BatchID) (model.Device, bool) {
	d := model.Device{ID: model.DeviceID(w.ID), Batch: b, Serial: w.SerialNumber.Clean(), ProductKey: model.NewSecret(string(w.ProductKey)),
		Maker: w.OEMManufacturerName.Clean(), Model: w.ModelName.Clean(), Uploaded: w.UploadedDate.Time, UploadedBy: w.UploadedBy.Clean()}
	for _, p := range w.Policies {
		if p.Key != model.CategoryOOBE || p.Value == "" {
			continue
		}
		d.Policy.Value = p.Value.Clean()
		break
	}
	for _, o := range w.AllowedOperations[:min(len(w.AllowedOperations), 16)] {
		d.Allowed = append(d.Allowed, o.Clean())
	}
	return d, rest.UsableID(w.ID)
}

// Devices yields the devices of a batch, a page at a time (100).
//
// GET /customers/{customer}/deviceBatches/{batch}/devices
func (c *Client) Devices(ctx context.Context, customer model.CustomerID, b model.BatchID) iter.Seq2[[]model.Device, error] {
	return func(yield func([]model.Device, error) bool) {
		for s, err := range c.DevicesFrom(ctx, customer, model.Place{Batch: b}) {
			if !yield(s.Items, err) {
				return
			}
		}
	}
}

// DevicesFrom is Devices from a place on, and says where each page ends. Beside an
// error stands the place where the walk can be taken up again.
func (c *Client) DevicesFrom(ctx context.Context, customer model.CustomerID, from model.Place) iter.Seq2[rest.Stretch[model.Device], error] {
	const op = "list devices"
	path, err := devicesPath(op, from.Batch)
	if err == nil {
		path, err = customerPath(op, customer, path...)
	}
	if err != nil {
		return func(yield func(rest.Stretch[model.Device], error) bool) { yield(rest.Stretch[model.Device]{}, err) }
	}
	l := list[device, model.Device]{op: op, path: path, lane: string(customer),
		item: func(w device) (model.Device, bool) { return w.model(from.Batch) },
		id:   func(d model.Device) string { return string(d.ID) },
	}
	return rest.WalkFrom(op, from.Next, l.id, fetch(ctx, c, l))
}

// policyUpdate is the body that puts a policy on devices.
type policyUpdate struct {
	Devices []policyTarget `json:"devices"`
}

type policyTarget struct {
	ID       string      `json:"id"`
	Policies []policyPut `json:"policies"`
}

// policyPut gives a device a policy; a null value takes it away.
type policyPut struct {
	Key   string  `json:"key"`
	Value *string `json:"value"`
}

// putOf is how a policy is written; "" is none.
func putOf(id model.PolicyID) []policyPut {
	put := policyPut{Key: model.CategoryOOBE}
	if id != "" {
		v := string(id)
		put.Value = &v
	}
	return []policyPut{put}
}

// ApplyPolicy puts one policy on devices, of any of the customer's batches. It
// replaces the policy that they had, or takes it away when the update says so:
// that is by analogy with how the service shows a device without policy, and
// the caller verifies it by reading the devices.
//
// PATCH /customers/{customer}/DevicePolicyUpdates
func (c *Client) ApplyPolicy(ctx context.Context, customer model.CustomerID, u model.DevicePolicyUpdate, requestID string) (Accepted, error) {
	op := "assign policy"
	if u.Remove {
		op = "unassign policy"
	}
	if err := u.Validate(); err != nil {
		return Accepted{}, err
	}
	body := policyUpdate{Devices: make([]policyTarget, len(u.Devices))}
	for i, d := range u.Devices {
		if !rest.UsableID(string(d)) {
			return Accepted{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "a device id cannot be used"}
		}
		body.Devices[i] = policyTarget{ID: string(d), Policies: putOf(u.Policy)}
	}
	return send(ctx, c, call{op: op, customer: customer, path: []string{"DevicePolicyUpdates"}}, http.MethodPatch, body, requestID)
}

// devicePath returns the segments of one device below its customer.
func devicePath(op string, b model.BatchID, d model.DeviceID) ([]string, error) {
	path, err := devicesPath(op, b)
	if err != nil {
		return nil, err
	}
	if !rest.UsableID(string(d)) || d == "." || d == ".." {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the device id cannot be used"}
	}
	return append(path, string(d)), nil
}

// RemoveDevice takes one device out of its batch; both are matched by their
// exact spelling. A device that is not or no longer there is NotFound, one that
// another tenant registered is Forbidden with the code 811. What follows from it
// in the customer's tenant the service does not say.
//
// DELETE /customers/{customer}/deviceBatches/{batch}/devices/{device}
func (c *Client) RemoveDevice(ctx context.Context, customer model.CustomerID, b model.BatchID, d model.DeviceID, requestID string) error {
	const op = "remove device"
	path, err := devicePath(op, b, d)
	if err != nil {
		return err
	}
	_, err = write[struct{}](ctx, c, call{op: op, customer: customer, path: path}, http.MethodDelete, nil, requestID)
	return explained(err)
}

// explained puts the meaning of a device's code in place of the service's word
// for it, where a single call was refused with one.
func explained(err error) error {
	e := model.AsError(err)
	if e == nil {
		return err
	}
	if m, ok := model.MeaningOf(e.Code, ""); ok {
		e.Msg, e.Hint = m.Text, m.What
	}
	return err
}

// deviceUpdate is the body that changes one device.
type deviceUpdate struct {
	ID       string      `json:"id"`
	Policies []policyPut `json:"policies"`
}

// UpdateDevice puts a policy on one device, "" for none, and returns the device
// as the service has it. The service publishes neither an example nor a rule
// for this call and ApplyPolicy does the same for many, so none of muster's
// verbs uses it: it is here to try a tenant with. When the change was accepted
// but the answer cannot be read, the device has its ids and policy only.
//
// PUT /customers/{customer}/deviceBatches/{batch}/devices/{device}
func (c *Client) UpdateDevice(ctx context.Context, customer model.CustomerID, b model.BatchID, d model.DeviceID, p model.PolicyID, requestID string) (model.Device, error) {
	const op = "update device"
	path, err := devicePath(op, b, d)
	if err != nil {
		return model.Device{}, err
	}
	if p != "" && !model.IsGUID(string(p)) {
		return model.Device{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "the policy id is not a GUID"}
	}
	a, err := write(ctx, c, call{op: op, customer: customer, path: path}, http.MethodPut, &deviceUpdate{string(d), putOf(p)}, requestID)
	if err != nil {
		return model.Device{}, explained(err)
	}
	if wire, err := rest.Decode[device](op, a); err == nil {
		if got, ok := wire.model(b); ok && got.ID == d {
			return got, nil
		}
	}
	return model.Device{ID: d, Batch: b, Policy: model.PolicyRef{Value: string(p)}}, nil
}
