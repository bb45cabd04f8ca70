package partner

import (
	"context"
	"encoding/json"
	"strings"

	"muster/client/rest"
	"muster/model"
)

// raw is the JSON of one object as the service sent it.
type raw struct {
	id   string
	JSON json.RawMessage
}

// rawItem reads no more of an object than its id.
func rawItem(w json.RawMessage) (raw, bool) {
	var head struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(w, &head) != nil {
		return raw{}, false
	}
	return raw{head.ID, w}, rest.UsableID(head.ID)
}

// RawItem reads one customer, batch, device, policy or job and returns its JSON. The service has
// no address for one batch or one device: the list is read, in the case of devices page
// by page until the device comes. What is not there is NotFound.
func (c *Client) RawItem(ctx context.Context, customer model.CustomerID, ref model.ItemRef) (json.RawMessage, error) {
	op := "read " + ref.Kind.String()
	gone := &model.Error{Kind: model.NotFound, Op: op, Msg: "it is not among what the service lists now"}
	switch ref.Kind {
	case model.CustomerItem:
		return c.rawOne(ctx, call{op: op, customer: model.CustomerID(ref.ID)})
	case model.PolicyItem:
		path, err := policyPath(op, model.PolicyID(ref.ID))
		if err != nil {
			return nil, err
		}
		return c.rawOne(ctx, call{op: op, customer: customer, path: path})
	case model.JobItem:
		if !model.IsGUID(ref.ID) {
			return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the tracking id is not a GUID"}
		}
		return c.rawOne(ctx, call{op: op, customer: customer, path: []string{"batchJobStatus", ref.ID}})
	case model.BatchItem:
		batches, err := all(ctx, c, call{op: op, customer: customer, path: []string{"deviceBatches"}}, rawItem)
		for _, b := range batches {
			if strings.EqualFold(b.id, ref.ID) {
				return b.JSON, nil
			}
		}
		if err != nil {
			return nil, err
		}
		return nil, gone
	case model.DeviceItem:
		return c.rawDevice(ctx, op, customer, ref, gone)
	}
	return nil, &model.Error{Kind: model.Unexpected, Op: op, Msg: "Partner Center has no such thing"}
}

func (c *Client) rawDevice(ctx context.Context, op string, customer model.CustomerID, ref model.ItemRef, gone error) (json.RawMessage, error) {
	path, err := devicesPath(op, ref.Batch)
	if err == nil {
		path, err = customerPath(op, customer, path...)
	}
	if err != nil {
		return nil, err
	}
	pages := walk(ctx, c, list[json.RawMessage, raw]{op: op, path: path, lane: string(customer), item: rawItem, id: func(r raw) string { return r.id }})
	for page, err := range pages {
		for _, d := range page {
			if d.id == ref.ID {
				return d.JSON, nil
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, gone
}

// rawOne reads an object that has an address of its own.
func (c *Client) rawOne(ctx context.Context, k call) (json.RawMessage, error) {
	wire, _, err := get[json.RawMessage](ctx, c, k)
	return wire, err
}
