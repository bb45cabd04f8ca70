package client

import (
	"context"

	"muster/model"
)

// Groups searches the customer's groups by the beginnings of words, at most limit
// of them; query "" lists the first ones.
func (c *Client) Groups(ctx context.Context, customer model.CustomerID, query string, limit int) ([]model.Group, error) {
	g, err := c.graph(customer)
	if err != nil {
		return nil, err
	}
	return g.Groups(ctx, query, limit)
}

// GroupNames names groups. A deleted one is missing from the answer.
func (c *Client) GroupNames(ctx context.Context, customer model.CustomerID, ids []model.GroupID) (map[model.GroupID]model.Group, error) {
	g, err := c.graph(customer)
	if err != nil {
		return nil, err
	}
	return g.GroupNames(ctx, ids)
}

// ScopeTags lists the customer's role scope tags.
func (c *Client) ScopeTags(ctx context.Context, customer model.CustomerID) ([]model.ScopeTag, error) {
	g, err := c.graph(customer)
	if err != nil {
		return nil, err
	}
	return g.ScopeTags(ctx)
}

// AssignmentFilters lists the customer's assignment filters.
func (c *Client) AssignmentFilters(ctx context.Context, customer model.CustomerID) ([]model.AssignmentFilter, error) {
	g, err := c.graph(customer)
	if err != nil {
		return nil, err
	}
	return g.AssignmentFilters(ctx)
}
