// Package rest is the one way out of muster over HTTP: a pipeline that signs,
// identifies, paces, repeats and bounds the requests to both services, keeps
// them on the one host and path that they belong to, and turns every way of
// failing into a [model.Error].
//
// It knows what the two services have in common and how their error bodies
// look. It does not know their resources (packages partner and graph do), it
// does not sign anybody in (package auth does), and it never logs: whoever
// wants a request log passes the Add of a [Log] as [Options.Observe].
//
// # What an error kind says about a write
//
// A write whose outcome is not known has the kind Lost, and no other kind:
// after Lost the service must be read before anything is sent again. After
// every other kind the write has not been carried out.
//
// # Identifiers from outside
//
// Requests and comparisons need an id exactly as the service sent it, so ids
// are not cleaned. Instead an id that is empty, longer than [MaxID] bytes, or
// holds anything that [model.Clean] would change is unusable ([UsableID]); an
// item whose own id is unusable is left out and its list ends as Incomplete.
// Everything that is only shown goes through [model.Clean].
//
// # The library's own log
//
// The pipeline is azcore's, which prints every request to standard error when
// AZURE_SDK_GO_LOGGING=all is in the environment. The program must call
// [Silence] before the first request.
package rest

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"muster/model"
)

// Service says which of the two services a client talks to: the names of the
// tracing headers and the shapes of the error bodies depend on it.
type Service uint8

// The two services.
const (
	Partner Service = iota // Partner Center
	Graph                  // Microsoft Graph
)

// String returns the service's name as operators know it.
func (s Service) String() string {
	if s == Graph {
		return "Microsoft Graph"
	}
	return "Partner Center"
}

// Options are what a [Client] is made of. There is one client per service,
// tenant and set of scopes, because azcore's bearer policy holds one token.
type Options struct {
	Service    Service
	Base       *url.URL               // root of the service; http only for a loopback address
	Credential azcore.TokenCredential // who asks
	Scopes     []string               // what the token is for
	Tenant     string                 // in which tenant the token is asked for
	ReadOnly   bool                   // nothing but GET and HEAD leaves
	Transport  policy.Transporter     // nil = [NewTransport] without extra roots
	Pace       *Pace                  // shared by the clients of one service and tenant; nil = none
	Observe    func(model.Request)    // called after every try, from the caller's goroutine; nil = nobody looks
	Locale     string                 // of Partner Center's messages, a tag such as de-DE; "" = en-US
	NewID      func() string          // makes the GUIDs that identify requests; nil = random ones
	Now        func() time.Time       // nil = time.Now
	Backoff    time.Duration          // first wait between tries without a Retry-After; 0 = 800 ms
}

// Client sends calls to one service in one tenant. It is safe for concurrent use.
type Client struct {
	o        Options
	base     url.URL // path ends with a slash
	pipeline runtime.Pipeline
	valid    atomic.Int64 // until when the bearer policy has a token, in Unix nanoseconds
}

// New checks the options and builds the pipeline. The errors are of kind Invalid.
func New(o Options) (*Client, error) {
	base, err := rootOf(o.Service, o.Base)
	if err != nil {
		return nil, err
	}
	if o.Locale == "" {
		o.Locale = DefaultLocale
	}
	if !UsableLocale(o.Locale) {
		return nil, &model.Error{Kind: model.Invalid, Op: "connect", Msg: fmt.Sprintf("the locale %q is none", cut(model.Clean(o.Locale), maxCode)),
			Hint: "write it like en-US or de-DE"}
	}
	if o.NewID == nil {
		o.NewID = NewGUID
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		o.Transport = NewTransport(nil)
	}
	c := &Client{o: o, base: *base}
	perRetry := []policy.Policy{policyFunc(c.guard)}
	if o.Credential != nil {
		perRetry = append(perRetry, policyFunc(c.renew), c.bearer(), policyFunc(c.sameToken))
	}
	perRetry = append(perRetry, policyFunc(c.paced), policyFunc(c.attempt))
	c.pipeline = runtime.NewPipeline("muster", "", runtime.PipelineOptions{
		PerCall:  []policy.Policy{policyFunc(c.onlyReads), policyFunc(c.identify)},
		PerRetry: perRetry,
	}, &policy.ClientOptions{
		Transport: bounded{harden(o.Transport)},
		Retry:     readRetry(o.Backoff),
		Telemetry: policy.TelemetryOptions{Disabled: true},
	})
	return c, nil
}

// rootOf returns the root under which all requests of a service stay: its path
// ends with a slash, and the version that the service's paths begin with is
// added where the address lacks it.
func rootOf(s Service, given *url.URL) (*url.URL, error) {
	const op = "connect"
	if given == nil || given.Host == "" {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the address of " + s.String() + " is missing"}
	}
	u := *given
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch {
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the address of " + s.String() + " must be a plain scheme, host and path"}
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
	default:
		return nil, &model.Error{Kind: model.Invalid, Op: op,
			Msg:  "the address of " + s.String() + " must begin with https",
			Hint: "http is only for a simulator on this machine, for example http://127.0.0.1:8080"}
	}
	p := strings.Trim(u.Path, "/")
	switch {
	case s == Partner && p != "v1" && !strings.HasSuffix(p, "/v1"):
		p = strings.Trim(p+"/v1", "/")
	case s == Graph && p == "":
		p = "beta"
	}
	u.Path, u.RawPath = "/"+p+"/", ""
	return &u, nil
}

// Root returns the root under which all requests of this client stay.
func (c *Client) Root() url.URL { return c.base }

// Service returns the service that this client talks to.
func (c *Client) Service() Service { return c.o.Service }

// ReadOnly reports whether nothing but GET and HEAD leaves.
func (c *Client) ReadOnly() bool { return c.o.ReadOnly }

// NewID returns a new id for a request.
func (c *Client) NewID() string { return c.o.NewID() }

// Now returns the time by the client's clock.
func (c *Client) Now() time.Time { return c.o.Now() }

// Silence turns off azcore's logging to standard error, which an environment
// variable can turn on. It changes the whole process and must be called once,
// before the first request: azcore does not guard it.
func Silence() { azlog.SetListener(nil) }

// NewGUID returns a random GUID (version 4), as both services take them for request ids.
func NewGUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
