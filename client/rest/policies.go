package rest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/model"
)

// policyFunc makes a policy of a method.
type policyFunc func(*policy.Request) (*http.Response, error)

// Do implements policy.Policy.
func (f policyFunc) Do(r *policy.Request) (*http.Response, error) { return f(r) }

// onlyReads is where a read-only session is kept: nothing else can leave.
func (c *Client) onlyReads(req *policy.Request) (*http.Response, error) {
	if c.o.ReadOnly && !flightOf(req).call.get() {
		return nil, &refusal{&model.Error{Kind: model.Refused, Msg: "this session is read-only; nothing was sent"}}
	}
	return req.Next()
}

// identify sets the headers that stay the same over all tries.
func (c *Client) identify(req *policy.Request) (*http.Response, error) {
	f, h := flightOf(req), req.Raw().Header
	h.Set("Accept", "application/json")
	h.Set("User-Agent", "muster")
	if c.o.Service == Graph {
		h.Set("client-request-id", f.requestID)
	} else {
		h.Set("MS-RequestId", f.requestID)
		h.Set("MS-CorrelationId", f.correlation)
		h.Set("X-Locale", c.o.Locale)
		h.Set("MS-PartnerCenter-Application", "muster")
	}
	return req.Next()
}

// guard keeps every request, and so every token, below the root. It looks at
// the decoded path, where %2e%2e is what it means.
func (c *Client) guard(req *policy.Request) (*http.Response, error) {
	r := req.Raw()
	u := r.URL
	odd := "\x00"
	if flightOf(req).call.Link != "" {
		odd += "\\" // a batch may have it in its name, a link of the service has no use for it
	}
	ok := u.Scheme == c.base.Scheme && u.Host == c.base.Host && u.User == nil &&
		(r.Host == "" || r.Host == c.base.Host) &&
		strings.HasPrefix(u.Path, c.base.Path) && path.Clean(u.Path) == strings.TrimSuffix(u.Path, "/") &&
		!strings.ContainsAny(u.Path, odd) && u.Fragment == ""
	if !ok {
		return nil, &refusal{&model.Error{Kind: model.Refused, Msg: "the request would leave " + c.base.Host + c.base.Path}}
	}
	return req.Next()
}

// renew repeats a call once after a 401, with a new token: a 401 was not carried
// out, whatever the method. Two answers with that status are no matter of the
// token's age: missing MFA, and missing rights inside a Graph error.
func (c *Client) renew(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	f := flightOf(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || f.renewed {
		return resp, err
	}
	if said := c.said(f); said.code == codeNoMFA || c.o.Service == Graph && strings.EqualFold(said.code, "Forbidden") {
		return resp, nil
	}
	f.renewed, f.rejected, f.refusal = true, req.Raw().Header.Get("Authorization"), resp
	return req.Next()
}

// sameToken saves the repetition when the credential has no other token.
func (c *Client) sameToken(req *policy.Request) (*http.Response, error) {
	f := flightOf(req)
	if f.rejected != "" && req.Raw().Header.Get("Authorization") == f.rejected {
		return f.refusal, nil
	}
	f.rejected = ""
	resp, err := req.Next()
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		c.valid.Store(0) // the bearer policy forgets its token, too
	}
	return resp, err
}

// paced waits for its turn and tells the pace how the service took it.
func (c *Client) paced(req *policy.Request) (*http.Response, error) {
	if c.o.Pace == nil {
		return req.Next()
	}
	f := flightOf(req)
	done, err := c.o.Pace.enter(req.Raw().Context(), f.call.Lane, max(f.call.Weight, 1), f.call.counted())
	if err != nil {
		return nil, err
	}
	defer done()
	resp, err := req.Next()
	if err == nil && !(f.call.Once && resp.StatusCode == http.StatusTooManyRequests) {
		c.o.Pace.heard(resp.StatusCode, f.header.Get("Retry-After") != "", c.retryAfter(f.header))
	}
	return resp, err
}

// attempt is one try: its time limit, what is known of it, its line in the log.
func (c *Client) attempt(req *policy.Request) (*http.Response, error) {
	f := flightOf(req)
	start := c.o.Now()
	resp, err := c.try(req, f)
	if t := f.track; err != nil && f.call.write() && t.reused.Load() && !t.mayHaveLeft(err) && req.Raw().Context().Err() == nil {
		// The connection from before was dead and nothing went out on it.
		resp, err = c.try(req, f)
	}
	f.end(resp, err)
	c.innerRetryAfter(f)
	c.report(f, req.Raw().Method, req.Raw().URL.Path, start)
	return resp, err
}

func (c *Client) try(req *policy.Request, f *flight) (*http.Response, error) {
	f.begin()
	if err := req.Raw().Context().Err(); err != nil {
		f.track.never.Store(true)
		return nil, err
	}
	limit := readTimeout
	if f.call.write() {
		limit = writeTimeout
	}
	ctx, cancel := context.WithTimeout(req.Raw().Context(), limit)
	defer cancel() // azcore has downloaded the body when Next returns
	ctx = context.WithValue(httptrace.WithClientTrace(ctx, f.track.hooks()), limitKey{}, f.call.Limit)
	once := req.Clone(ctx)
	if f.call.write() {
		once.Raw().GetBody = nil // net/http cannot send the body a second time on its own
	}
	if len(f.call.Body) > 0 {
		// A reader of its own: a service that answers early leaves net/http still
		// reading the last try's body when the next one begins.
		once.Raw().Body = io.NopCloser(bytes.NewReader(f.call.Body))
	}
	return once.Next()
}

// innerRetryAfter lifts the waiting time out of a Graph error body into the
// header, where the retry policy looks: Intune leaves the header out at times.
func (c *Client) innerRetryAfter(f *flight) {
	if c.o.Service != Graph || f.status != http.StatusTooManyRequests || f.header.Get("Retry-After") != "" {
		return
	}
	if d := c.said(f).wait; d > 0 {
		f.header.Set("Retry-After", strconv.Itoa(int(d/time.Second)))
	}
}

// report tells the observer about the try. The path is decoded.
func (c *Client) report(f *flight, method, path string, start time.Time) {
	if c.o.Observe == nil {
		return
	}
	header := func(name string) string { return cut(model.Clean(f.header.Get(name)), maxCode) }
	e := model.Request{At: start, Service: c.o.Service.String(), Tenant: c.o.Tenant, Method: method, Path: cut(model.Clean(path), maxPath),
		Status: f.status, Duration: c.o.Now().Sub(start), Try: f.tries, Bytes: len(f.body), RequestID: f.requestID}
	if c.o.Service == Graph {
		e.AnswerID = header("request-id")
	} else {
		e.Correlation, e.AnswerID, e.AnswerCorrelation = f.correlation, header("MS-RequestId"), header("MS-CorrelationId")
		e.Server, e.Vector = header("MS-ServerId"), header("MS-CV")
	}
	c.o.Observe(e)
}

// maxPath bounds a path in the request log, in bytes.
const maxPath = 512
