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
	const op = "list devices"
	path, err := devicesPath(op, b)
	if err == nil {
		path, err = customerPath(op, customer, path...)
	}
	if err != nil {
		return func(yield func([]model.Device, error) bool) { yield(nil, err) }
	}
	return walk(ctx, c, list[device, model.Device]{op: op, path: path, lane: string(customer),
		item: func(w device) (model.Device, bool) { return w.model(b) },
		id:   func(d model.Device) string { return string(d.ID) },
	})
}

// policyUpdate is the body that puts a policy on devices.
type policyUpdate struct {
	Devices []policyTarget `json:"devices"`
}

type policyTarget struct {
	ID       string      `json:"id"`
	Policies []policyPut `json:"policies"`
}

type policyPut struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// ApplyPolicy puts one policy on devices, of any of the customer's batches. It
// replaces the policy that they had.
//
// PATCH /customers/{customer}/DevicePolicyUpdates
func (c *Client) ApplyPolicy(ctx context.Context, customer model.CustomerID, u model.DevicePolicyUpdate, requestID string) (Accepted, error) {
	const op = "assign policy"
	if err := u.Validate(); err != nil {
		return Accepted{}, err
	}
	body := policyUpdate{Devices: make([]policyTarget, len(u.Devices))}
	for i, d := range u.Devices {
		if !rest.UsableID(string(d)) {
			return Accepted{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "a device id cannot be used"}
		}
		body.Devices[i] = policyTarget{ID: string(d), Policies: []policyPut{{Key: model.CategoryOOBE, Value: string(u.Policy)}}}
	}
	return send(ctx, c, call{op: op, customer: customer, path: []string{"DevicePolicyUpdates"}}, http.MethodPatch, body, requestID)
}
