// Package graph speaks Microsoft Graph (beta) for Intune, one file a resource:
// Autopilot devices, imports into Intune, deployment profiles, BIOS
// configurations and what became of them, managed devices, and of Entra the
// groups, scope tags and filters that forms need.
//
// It knows the wire and nothing else; what an operator may do and what to do
// about a lost answer belongs to package client. See package rest for what the
// kinds of errors say about a write and for the rule on identifiers. Any 2xx is
// an acceptance: documents and service disagree about which one it is. What was
// accepted is not always visible at once, so it is read back by the caller.
//
// The ids of what it returns are in lower case, so that they can be compared as text.
//
// Every list is checked again here with what it was asked for, as the service is
// known to ignore filters that it does not support.
package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"muster/client/rest"
	"muster/model"
)

// Client is one tenant's Intune. It is safe for concurrent use, but ReadOnly may
// only be set before the first call.
type Client struct {
	// ReadOnly makes single GETs of the reads that would be POSTs. [New] takes it
	// from the client below, which refuses a POST in any case then.
	ReadOnly bool

	rest *rest.Client
	root url.URL
}

// New returns a client that talks through c, which must be one for rest.Graph.
func New(c *rest.Client) *Client { return &Client{ReadOnly: c.ReadOnly(), rest: c, root: c.Root()} }

// collection is the envelope of every list.
type collection[T any] struct {
	Value []T       `json:"value"`
	Next  rest.Text `json:"@odata.nextLink"`
}

// walk reads the list of k page by page, following the service's links unchanged
// as long as they lead to the same list. k's headers go with every page, as no
// link carries them.
func walk[W, T any](ctx context.Context, c *Client, k rest.Call, item func(W) (T, bool), id func(T) string) iter.Seq2[[]T, error] {
	return rest.Walk(k.Op, id, fetch(ctx, c, k, item))
}

// fetch reads the page of a list that a link names.
func fetch[W, T any](ctx context.Context, c *Client, k rest.Call, item func(W) (T, bool)) func(link string) (rest.Page[T], error) {
	return func(link string) (rest.Page[T], error) {
		k := k
		path := k.Path
		if link != "" {
			k.Path, k.Query, k.Link = nil, nil, link
		}
		a, err := c.rest.Patient(ctx, k)
		if err != nil {
			return rest.Page[T]{}, err
		}
		wire, err := rest.Decode[collection[W]](k.Op, a)
		if err != nil {
			return rest.Page[T]{}, err
		}
		if wire.Value == nil {
			return rest.Page[T]{}, rest.Bare(k.Op, "a list", a)
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
	}
}

// gathered reads a short list to its end. Beside an error of kind Incomplete
// stands what was read before.
func gathered[T any](pages iter.Seq2[[]T, error]) ([]T, error) {
	var all []T
	for page, err := range pages {
		if err != nil {
			return all, err
		}
		all = append(all, page...)
	}
	return all, nil
}

// only leaves out of a list what keep does not want.
func only[T any](pages iter.Seq2[[]T, error], keep func(T) bool) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for page, err := range pages {
			kept := page[:0:0]
			for _, t := range page {
				if keep(t) {
					kept = append(kept, t)
				}
			}
			if (err != nil || len(kept) > 0) && !yield(kept, err) {
				return
			}
		}
	}
}

// maxLink bounds a next link, in bytes.
const maxLink = 16 << 10

// same reports whether a link leads to the list at path: scheme, host, and the
// decoded path must be the same. The service may write /{id} as ('{id}').
func (c *Client) same(link string, path []string) bool {
	u, err := url.Parse(link)
	if err != nil || len(link) > maxLink {
		return false
	}
	slashes := strings.NewReplacer("('", "/", "')", "").Replace(u.Path)
	return u.Scheme == c.root.Scheme && u.Host == c.root.Host && u.User == nil && u.Fragment == "" &&
		strings.EqualFold(slashes, c.root.Path+strings.Join(path, "/"))
}

// read reads one entity.
func read[W, T any](ctx context.Context, c *Client, k rest.Call, what string, item func(W) (T, bool)) (T, error) {
	a, err := c.rest.Do(ctx, k)
	if err != nil {
		var zero T
		return zero, err
	}
	return decoded(k.Op, what, a, item)
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
	return send(ctx, c, rest.Call{Op: op, Method: method, Path: path, RequestID: requestID}, body)
}

// send makes the call with a JSON body.
func send[B any](ctx context.Context, c *Client, k rest.Call, body B) (*rest.Answer, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, &model.Error{Kind: model.Unexpected, Op: k.Op, Msg: "the request cannot be written", Err: err}
	}
	k.Body = raw
	return c.rest.Do(ctx, k)
}

// remove deletes what path names. What is gone already is no error: it is what
// was wanted.
func (c *Client) remove(ctx context.Context, op string, path []string, requestID string) error {
	_, err := c.rest.Do(ctx, rest.Call{Op: op, Method: http.MethodDelete, Path: path, RequestID: requestID})
	if model.KindOf(err) == model.NotFound && err != nil {
		return nil
	}
	return err
}

// literal writes a text as OData does in a filter.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// number decodes a count. What is no count in any spelling is 0: it is never a
// reason to lose the object that carries it.
type number int

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	var t rest.Text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	v, err := strconv.ParseInt(string(t), 10, 32)
	*n = 0
	if err == nil && v > 0 {
		*n = number(v)
	}
	return nil
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
