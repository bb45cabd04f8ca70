package rest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"

	"muster/model"
)

// Call is one request to be made, repeated where that is safe.
type Call struct {
	Op     string     // what is being done, for errors: "assign policy"
	Method string     // "" = GET
	Path   []string   // segments below the root, not escaped
	Query  url.Values // only with Path
	Link   string     // an absolute link of the service, used unchanged instead of Path
	Header http.Header
	Body   []byte // JSON, sent with POST, PATCH and PUT
	// RequestID identifies a write to the service over all its tries; "" = a new
	// one. A resend after a lost answer carries the id of the first sending.
	RequestID string
	Lane      string // requests of one lane share the limit of those in flight: the customer at Partner Center
	// Safe says of a POST that it only reads: it is repeated like a GET, and no
	// answer of it is ever Lost. A read-only session refuses it all the same.
	Safe bool
	// Once says that a 429 is this call's own answer and no sign of overload: it is
	// not repeated, and nothing else is slowed down by it.
	Once   bool
	Limit  int64 // most bytes of a good answer, 0 = MaxBody
	Weight int   // requests that it counts for at the service, 0 = 1; the parts of a batch
}

// Answer is a 2xx answer.
type Answer struct {
	Status      int
	Header      http.Header
	Body        []byte // without a byte order mark; at most Limit bytes
	RequestID   string // as it was sent
	Correlation string // the id that support asks for
}

// get reports whether the call is made with a method that only reads.
func (c Call) get() bool {
	return c.Method == "" || c.Method == http.MethodGet || c.Method == http.MethodHead
}

// counted reports whether the service counts the call as a write: by its method,
// but a batch by its parts.
func (c Call) counted() bool { return !c.get() && (c.Weight == 0 || !c.Safe) }

// write reports whether the call may change something.
func (c Call) write() bool { return !c.get() && !c.Safe }

// Do makes the call. Every error is a *model.Error; see the package's
// documentation for what its kind says about a write.
func (c *Client) Do(ctx context.Context, call Call) (*Answer, error) {
	if call.Method == "" {
		call.Method = http.MethodGet
	}
	if call.Limit <= 0 {
		call.Limit = MaxBody
	}
	target, err := c.target(call)
	if err != nil {
		return nil, err
	}
	f := &flight{call: call, requestID: call.RequestID, correlation: c.o.NewID()}
	if f.requestID == "" {
		f.requestID = c.o.NewID()
	}
	switch {
	case call.Once:
		ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1})
	case call.write():
		ctx = policy.WithRetryOptions(ctx, writeRetry(c.o.Backoff))
	}
	req, err := runtime.NewRequest(ctx, call.Method, target)
	if err != nil {
		return nil, &model.Error{Kind: model.Invalid, Op: call.Op, Msg: "the request cannot be built", Err: err}
	}
	if len(call.Body) > 0 {
		if err := req.SetBody(streaming.NopCloser(bytes.NewReader(call.Body)), "application/json"); err != nil {
			return nil, &model.Error{Kind: model.Unexpected, Op: call.Op, Msg: "the request cannot be built", Err: err}
		}
	}
	for name, values := range call.Header {
		req.Raw().Header[http.CanonicalHeaderKey(name)] = values
	}
	req.SetOperationValue(f)
	_, err = c.pipeline.Do(req)
	return c.outcome(f, err)
}

// target returns the absolute address of the call.
func (c *Client) target(call Call) (string, error) {
	if call.Link != "" {
		u, err := url.Parse(call.Link)
		if err != nil || u.Scheme == "" {
			return "", &model.Error{Kind: model.Refused, Op: call.Op, Msg: "the service's link cannot be read"}
		}
		u.RawQuery = strings.ReplaceAll(u.RawQuery, " ", "%20")
		return u.String(), nil
	}
	u := c.base
	u.Path += strings.Join(call.Path, "/")
	u.RawPath = c.base.EscapedPath() + call.escaped()
	u.RawQuery = call.query()
	return u.String(), nil
}

// Relative returns where the call goes below the root, as a batch names it.
func (c Call) Relative() string {
	at := "/" + c.escaped()
	if q := c.query(); q != "" {
		at += "?" + q
	}
	return at
}

func (c Call) escaped() string {
	segments := make([]string, len(c.Path))
	for i, s := range c.Path {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

// query returns the escaped query, with a blank as %20: not everything takes the
// plus of forms for one.
func (c Call) query() string { return strings.ReplaceAll(c.Query.Encode(), "+", "%20") }

// outcome turns what the flight brought home into an answer or an error. A
// complete answer counts even when the context ended right behind it.
func (c *Client) outcome(f *flight, err error) (*Answer, error) {
	var r *refusal
	switch good := f.status/100 == 2; {
	case good && f.bodyErr == nil:
		return f.answer(c, bytes.TrimPrefix(f.body, []byte("\xef\xbb\xbf"))), nil
	case good && f.call.write() && (f.header.Get("Location") != "" || errors.As(f.bodyErr, &r)):
		return f.answer(c, nil), nil // accepted: status and headers said so, only the body is of no use
	case good && f.call.write():
		f.unclear = true
		return nil, c.unanswered(f, f.bodyErr)
	case f.status == 0, good:
		return nil, c.unanswered(f, err)
	case err != nil && (model.AsError(err) != nil || ended(err)):
		return nil, c.unanswered(f, err)
	}
	return nil, c.fault(f) // also with a cut body: the status stands
}

// ended reports whether err is the end of a context.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
