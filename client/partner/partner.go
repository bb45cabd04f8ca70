// Package partner speaks Partner Center's device deployment API: customers,
// batches, devices, policies, policy updates and jobs, one file a resource.
//
// It knows the wire and nothing else. What to do with a lost answer, when to ask
// again and what an operator may do belongs to package client and its ledger.
// Wire structs stay inside; see package rest for what the kinds of errors say
// about a write and for the rule on identifiers.
package partner

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"muster/client/rest"
	"muster/model"
)

// Client is one partner's view of Partner Center. It is safe for concurrent use.
type Client struct {
	rest *rest.Client
	root url.URL
}

// New returns a client that talks through c, which must be one for rest.Partner.
func New(c *rest.Client) *Client { return &Client{rest: c, root: c.Root()} }

// customerPath returns the segments below a customer, or an error before an id
// of another form becomes part of an address.
func customerPath(op string, c model.CustomerID, more ...string) ([]string, error) {
	if !c.Valid() {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	}
	return append([]string{"customers", string(c)}, more...), nil
}

// call is a request below a customer.
type call struct {
	op       string
	customer model.CustomerID
	path     []string // below the customer
}

// get reads one object.
func get[T any](ctx context.Context, c *Client, k call) (T, *rest.Answer, error) {
	var zero T
	path, err := customerPath(k.op, k.customer, k.path...)
	if err != nil {
		return zero, nil, err
	}
	a, err := c.rest.Do(ctx, rest.Call{Op: k.op, Path: path, Lane: string(k.customer)})
	if err != nil {
		return zero, nil, err
	}
	v, err := rest.Decode[T](k.op, a)
	return v, a, err
}

// collection is the envelope of every list. totalCount counts this answer only
// and tells nothing but that a list was meant.
type collection[T any] struct {
	TotalCount        *rest.Text `json:"totalCount"`
	Items             []T        `json:"items"`
	ContinuationToken rest.Text  `json:"continuationToken"`
	Links             struct {
		Next *link `json:"next"`
	} `json:"links"`
}

// ok reports whether the answer is a list at all.
func (c collection[T]) ok() bool { return c.Items != nil || c.TotalCount != nil }

// link is how the service points somewhere: an address without host and mostly
// without version, and headers to go with it.
type link struct {
	URI     rest.Text `json:"uri"`
	Headers []struct {
		Key   rest.Text `json:"key"`
		Value rest.Text `json:"value"`
	} `json:"headers"`
}

// tokenHeader carries the continuation of a list.
const tokenHeader = "MS-ContinuationToken"

// next returns how the list goes on: the token, and whether the link beside it
// leads to another list than ours. A link is never followed, only its token is
// used: the address is known.
func (c collection[T]) next(root url.URL, path []string) (token string, foreign bool) {
	token = string(c.ContinuationToken)
	if l := c.Links.Next; l != nil && l.URI != "" {
		if !leadsTo(root, string(l.URI), path) {
			return "", true
		}
		for _, h := range l.Headers {
			if strings.EqualFold(string(h.Key), tokenHeader) && h.Value != "" {
				token = string(h.Value)
			}
		}
	}
	return token, token != "" && !sendable(token)
}

// sendable reports whether a token can stand in a header.
func sendable(token string) bool {
	if len(token) > 16<<10 {
		return false
	}
	for i := 0; i < len(token); i++ {
		if token[i] < ' ' || token[i] > '~' {
			return false
		}
	}
	return true
}

// segments splits the path of one of the service's links below the root. Links
// come with and without host and version, with doubled slashes, and with raw
// blanks or per cent signs in batch names, so no URL parser is asked.
func segments(root url.URL, uri string) ([]string, bool) {
	uri, _, _ = strings.Cut(uri, "?")
	if strings.Contains(uri, "://") {
		rest, ok := strings.CutPrefix(uri, root.Scheme+"://"+root.Host)
		if !ok || !strings.HasPrefix(rest, "/") {
			return nil, false
		}
		uri = rest
	} else if strings.HasPrefix(uri, "//") && !strings.HasPrefix(strings.ToLower(uri), "//v1") && !strings.HasPrefix(strings.ToLower(uri), "//customers") {
		return nil, false // an address with a host and without a scheme
	}
	var out []string
	for s := range strings.SplitSeq(uri, "/") {
		if s == "." || s == ".." {
			return nil, false
		}
		if s != "" {
			out = append(out, s)
		}
	}
	if len(out) > 0 && (strings.EqualFold(out[0], "v1") || strings.EqualFold(out[0], "v1.0")) {
		out = out[1:]
	}
	return out, true
}

// leadsTo reports whether a link leads to the path, escaped or not.
func leadsTo(root url.URL, uri string, path []string) bool {
	have, ok := segments(root, uri)
	if !ok || len(have) != len(path) {
		return false
	}
	for i, s := range have {
		plain, err := url.PathUnescape(s)
		if !strings.EqualFold(s, path[i]) && (err != nil || !strings.EqualFold(plain, path[i])) {
			return false
		}
	}
	return true
}

// list is a paged list and how to read one item of it. item returns false for
// what cannot be used.
type list[W, T any] struct {
	op    string
	path  []string
	lane  string
	first url.Values // the first page's query
	more  url.Values // the query of all others
	item  func(W) (T, bool)
	id    func(T) string
}

// walk reads a list page by page, with the token of each page in a header of the
// next request.
func walk[W, T any](ctx context.Context, c *Client, l list[W, T]) iter.Seq2[[]T, error] {
	return rest.Walk(l.op, l.id, fetch(ctx, c, l))
}

// fetch reads the page of a list that a token names.
func fetch[W, T any](ctx context.Context, c *Client, l list[W, T]) func(token string) (rest.Page[T], error) {
	return func(token string) (rest.Page[T], error) {
		k := rest.Call{Op: l.op, Path: l.path, Query: l.first, Lane: l.lane}
		if token != "" {
			k.Query, k.Header = l.more, http.Header{tokenHeader: {token}}
		}
		a, err := c.rest.Patient(ctx, k)
		if err != nil {
			return rest.Page[T]{}, err
		}
		wire, err := rest.Decode[collection[W]](l.op, a)
		if err != nil {
			return rest.Page[T]{}, err
		}
		if !wire.ok() {
			return rest.Page[T]{}, rest.Bare(l.op, "a list", a)
		}
		p := rest.Page[T]{Ref: a.Correlation}
		p.Items, p.Left = usable(wire.Items, l.item)
		p.Next, p.Foreign = wire.next(c.root, l.path)
		return p, nil
	}
}

// all reads a list that comes in one answer. Items with unusable ids are left
// out, and then the error is of kind Incomplete beside the others.
func all[W, T any](ctx context.Context, c *Client, k call, item func(W) (T, bool)) ([]T, error) {
	wire, a, err := get[collection[W]](ctx, c, k)
	if err != nil {
		return nil, err
	}
	if !wire.ok() {
		return nil, rest.Bare(k.op, "a list", a)
	}
	items, left := usable(wire.Items, item)
	path, _ := customerPath(k.op, k.customer, k.path...)
	if next, foreign := wire.next(c.root, path); next != "" || foreign {
		return items, &model.Error{Kind: model.Incomplete, Op: k.op, Ref: a.Correlation, Msg: "the service sent only a part of the list"}
	}
	if left > 0 {
		return items, rest.LeftOut(k.op, left, a.Correlation)
	}
	return items, nil
}

// usable converts the items that can be used and counts the others.
func usable[W, T any](wire []W, item func(W) (T, bool)) (out []T, left int) {
	out = make([]T, 0, len(wire))
	for _, w := range wire {
		if t, ok := item(w); ok {
			out = append(out, t)
		} else {
			left++
		}
	}
	return out, left
}

// Accepted says that the service took a request that it will carry out later.
type Accepted struct {
	Job         model.JobID // "" = accepted, but which job it is the service did not say
	RequestID   string      // as it was sent
	Correlation string      // the id that support asks for
}

// write sends a JSON body, or none when it is nil. Every 2xx is a success.
func write[T any](ctx context.Context, c *Client, k call, method string, body *T, requestID string) (*rest.Answer, error) {
	path, err := customerPath(k.op, k.customer, k.path...)
	if err != nil {
		return nil, err
	}
	var raw []byte
	if body != nil {
		if raw, err = json.Marshal(body); err != nil {
			return nil, &model.Error{Kind: model.Unexpected, Op: k.op, Msg: "the request cannot be written", Err: err}
		}
	}
	return c.rest.Do(ctx, rest.Call{Op: k.op, Method: method, Path: path, Body: raw, RequestID: requestID, Lane: string(k.customer)})
}

// send posts or patches a JSON body and reads which job it became.
func send[T any](ctx context.Context, c *Client, k call, method string, body T, requestID string) (Accepted, error) {
	a, err := write(ctx, c, k, method, &body, requestID)
	if err != nil {
		return Accepted{}, err
	}
	return Accepted{Job: c.jobOf(k.customer, a), RequestID: a.RequestID, Correlation: a.Correlation}, nil
}
