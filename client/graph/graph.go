// Package graph speaks Microsoft Graph (beta) for Intune: BIOS configurations
// (hardwareConfigurations), one file a resource, and the decoders of Autopilot
// devices and deployment profiles.
//
// It knows the wire and nothing else; what an operator may do and what to do
// about a lost answer belongs to package client. See package rest for what the
// kinds of errors say about a write and for the rule on identifiers.
package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"

	"muster/client/rest"
	"muster/model"
)

// Client is one tenant's Intune. It is safe for concurrent use.
type Client struct {
	rest *rest.Client
	root url.URL
}

// New returns a client that talks through c, which must be one for rest.Graph.
func New(c *rest.Client) *Client { return &Client{rest: c, root: c.Root()} }

// collection is the envelope of every list.
type collection[T any] struct {
	Value []T       `json:"value"`
	Next  rest.Text `json:"@odata.nextLink"`
}

// walk reads a list page by page, following the service's links unchanged as
// long as they lead to the same list.
func walk[W, T any](ctx context.Context, c *Client, op string, path []string, item func(W) (T, bool), id func(T) string) iter.Seq2[[]T, error] {
	return rest.Walk(op, id, func(link string) (rest.Page[T], error) {
		k := rest.Call{Op: op, Path: path}
		if link != "" {
			k.Path, k.Link = nil, link
		}
		a, err := c.rest.Patient(ctx, k)
		if err != nil {
			return rest.Page[T]{}, err
		}
		wire, err := rest.Decode[collection[W]](op, a)
		if err != nil {
			return rest.Page[T]{}, err
		}
		if wire.Value == nil {
			return rest.Page[T]{}, rest.Bare(op, "a list", a)
		}
		p := rest.Page[T]{Items: make([]T, 0, len(wire.Value)), Next: string(wire.Next), Ref: a.Correlation}
		for _, w := range wire.Value {
			if t, ok := item(w); ok {
				p.Items = append(p.Items, t)
			} else {
				p.Left++
			}
		}
		p.Foreign = p.Next != "" && !c.same(p.Next, path)
		return p, nil
	})
}

// maxLink bounds a next link, in bytes.
const maxLink = 16 << 10

// same reports whether a link leads to the list at path: scheme, host, and the
// decoded path must be the same.
func (c *Client) same(link string, path []string) bool {
	u, err := url.Parse(link)
	if err != nil || len(link) > maxLink {
		return false
	}
	return u.Scheme == c.root.Scheme && u.Host == c.root.Host && u.User == nil && u.Fragment == "" &&
		strings.EqualFold(u.Path, c.root.Path+strings.Join(path, "/"))
}

// decoded reads one entity of an answer.
func decoded[W, T any](op, what string, a *rest.Answer, item func(W) (T, bool)) (T, error) {
	var zero T
	wire, err := rest.Decode[W](op, a)
	if err != nil {
		return zero, err
	}
	t, ok := item(wire)
	if !ok {
		return zero, rest.Bare(op, what, a)
	}
	return t, nil
}

// write sends a JSON body.
func write[B any](ctx context.Context, c *Client, op, method string, path []string, body B, requestID string) (*rest.Answer, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, &model.Error{Kind: model.Unexpected, Op: op, Msg: "the request cannot be written", Err: err}
	}
	return c.rest.Do(ctx, rest.Call{Op: op, Method: method, Path: path, Body: raw, RequestID: requestID})
}

// tags returns scope tags fit to be shown and compared.
func tags(wire []rest.Text) []string {
	var out []string
	for _, t := range wire[:min(len(wire), 256)] {
		out = append(out, t.Clean())
	}
	return out
}

// guid reports an id of another form before it becomes part of an address.
func guid(op, what, id string) error {
	if !model.IsGUID(id) {
		return &model.Error{Kind: model.Invalid, Op: op, Msg: "the id of the " + what + " is not a GUID"}
	}
	return nil
}
