package client

import (
	"context"
	"encoding/json"

	"muster/model"
)

// ReadItem reads one object of a customer as the service has it now, with every property
// that it sends, secrets aside. Batches and devices of Partner Center have no address of
// their own: their list is read until they come.
func (c *Client) ReadItem(ctx context.Context, customer model.CustomerID, ref model.ItemRef) (model.Item, error) {
	asked := c.o.Now()
	raw, err := c.rawItem(ctx, customer, ref)
	if err != nil {
		return model.Item{}, err
	}
	return model.ParseItem(ref, raw, asked)
}

func (c *Client) rawItem(ctx context.Context, customer model.CustomerID, ref model.ItemRef) (json.RawMessage, error) {
	switch ref.Kind {
	case model.BIOSItem, model.AutopilotItem, model.ProfileItem:
		g, err := c.graph(customer)
		if err != nil {
			return nil, err
		}
		return g.RawItem(ctx, ref)
	}
	return c.o.Partner.RawItem(ctx, customer, ref)
}
