package partner

import (
	"context"
	"net/http"

	"muster/client/rest"
	"muster/model"
)

// batch is the wire form of a batch. devicesLink is not read: its address holds
// the raw name, which no URL parser reads in every case.
type batch struct {
	ID           string    `json:"id"`
	CreatedBy    rest.Text `json:"createdBy"`
	CreationDate rest.Time `json:"creationDate"`
	Devices      *int      `json:"devicesCount"`
	Device       *int      `json:"deviceCount"` // the resource table's spelling
	Status       rest.Text `json:"status"`
}

func (w batch) model() (model.DeviceBatch, bool) {
	return model.DeviceBatch{ID: model.BatchID(w.ID), CreatedBy: w.CreatedBy.Clean(), Created: w.CreationDate.Time,
		Devices: count(w.Devices, w.Device), Status: w.Status.Clean()}, rest.UsableID(w.ID)
}

// count returns the first number that was sent, or model.CountUnknown.
func count(numbers ...*int) int {
	for _, n := range numbers {
		if n != nil && *n >= 0 {
			return *n
		}
	}
	return model.CountUnknown
}

// Batches lists a customer's batches. With an error of kind Incomplete the
// batches beside it are valid.
//
// GET /customers/{customer}/deviceBatches
func (c *Client) Batches(ctx context.Context, customer model.CustomerID) ([]model.DeviceBatch, error) {
	return all(ctx, c, call{op: "list batches", customer: customer, path: []string{"deviceBatches"}}, batch.model)
}

// creation is the body that makes a batch.
type creation struct {
	BatchID string     `json:"batchId"`
	Devices []identity `json:"devices"`
}

// identity is a device in an upload: only what identifies it. No member may be
// sent empty, and no policies: the service failed on an empty list of them.
type identity struct {
	SerialNumber        string `json:"serialNumber,omitempty"`
	ProductKey          string `json:"productKey,omitempty"`
	HardwareHash        string `json:"hardwareHash,omitempty"`
	OEMManufacturerName string `json:"oemManufacturerName,omitempty"`
	ModelName           string `json:"modelName,omitempty"`
}

func identities(devices []model.Identity) []identity {
	out := make([]identity, len(devices))
	for i, d := range devices {
		d = d.Sent()
		out[i] = identity{SerialNumber: d.Serial, ProductKey: d.ProductKey.Reveal(), HardwareHash: d.Hash.Reveal(),
			OEMManufacturerName: d.Maker, ModelName: d.Model}
	}
	return out
}

// CreateBatch makes a batch with its first devices. requestID identifies this
// request to the service; a resend of the same devices carries the same.
//
// POST /customers/{customer}/deviceBatches
func (c *Client) CreateBatch(ctx context.Context, customer model.CustomerID, r model.DeviceBatchCreationRequest, requestID string) (Accepted, error) {
	if err := r.Validate(); err != nil {
		return Accepted{}, err
	}
	body := creation{BatchID: string(r.Batch), Devices: identities(r.Devices)}
	return send(ctx, c, call{op: "create batch", customer: customer, path: []string{"deviceBatches"}}, http.MethodPost, body, requestID)
}

// AppendDevices adds devices to a batch, which is matched by its exact spelling.
//
// POST /customers/{customer}/deviceBatches/{batch}/devices, a bare array
func (c *Client) AppendDevices(ctx context.Context, customer model.CustomerID, b model.BatchID, devices []model.Identity, requestID string) (Accepted, error) {
	const op = "append devices"
	path, err := devicesPath(op, b)
	if err != nil {
		return Accepted{}, err
	}
	if len(devices) == 0 {
		return Accepted{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "there is no device to send"}
	}
	for _, d := range devices {
		if err := d.Validate(); err != nil {
			return Accepted{}, err
		}
	}
	return send(ctx, c, call{op: op, customer: customer, path: path}, http.MethodPost, identities(devices), requestID)
}

// devicesPath returns the segments of a batch's devices below its customer. The
// batch may be one that others named, so only what no path can hold is refused.
func devicesPath(op string, b model.BatchID) ([]string, error) {
	if !rest.UsableID(string(b)) || b == "." || b == ".." {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the batch name cannot be used"}
	}
	return []string{"deviceBatches", string(b), "devices"}, nil
}
