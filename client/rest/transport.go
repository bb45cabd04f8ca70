package rest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/model"
)

// Limits on what the services send, counted after decompression.
const (
	MaxBody  = 32 << 20 // bytes of a good answer
	MaxFault = 1 << 20  // bytes of any other answer
)

// How long one try may take, from the first byte sent to the last received.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
)

// NewTransport returns an HTTP client as both services and the sign-in should
// use it: TLS 1.2 or newer, no redirects, no cookies, the proxy of the
// environment. roots replaces the system's certificate authorities; nil keeps them.
func NewTransport(roots *x509.CertPool) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		CheckRedirect: stay,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  60 * time.Second,
			IdleConnTimeout:        90 * time.Second,
			MaxIdleConnsPerHost:    10,
			MaxResponseHeaderBytes: 1 << 20,
		},
	}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// harden returns t without redirects and cookies, whoever made it.
func harden(t policy.Transporter) policy.Transporter {
	hc, ok := t.(*http.Client)
	if !ok {
		return t
	}
	own := *hc
	own.CheckRedirect, own.Jar = stay, nil
	return &own
}

// Loopback reports whether host is the literal address of this machine. Names
// do not count: what "localhost" means is up to a resolver.
func Loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// bounded refuses redirects and bounds bodies. It lies right above the
// transport, so that net/http has already decompressed what it reads.
type bounded struct{ next policy.Transporter }

func (b bounded) Do(r *http.Request) (*http.Response, error) {
	resp, err := b.next.Do(r)
	if err != nil {
		return nil, err
	}
	limit := int64(MaxFault)
	switch {
	case 300 <= resp.StatusCode && resp.StatusCode < 400:
		_ = resp.Body.Close()
		return nil, &refusal{&model.Error{Kind: model.Refused, Msg: "the answer was a redirect, which muster does not follow",
			Hint: "look for a proxy or a sign-in page between muster and the service"}}
	case resp.StatusCode/100 == 2:
		limit = MaxBody
		if l, ok := r.Context().Value(limitKey{}).(int64); ok {
			limit = l
		}
	}
	resp.Body = &capped{body: resp.Body, left: limit}
	return resp, nil
}

// limitKey carries a call's own limit from attempt down to the transport.
type limitKey struct{}

// capped is a body that ends in an error instead of in somebody's memory.
type capped struct {
	body io.ReadCloser
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.body.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, &refusal{&model.Error{Kind: model.Service, Msg: "the answer is too large"}}
	}
	return n, err
}

func (c *capped) Close() error { return c.body.Close() }

// refusal is an error of ours that no waiting can heal.
type refusal struct{ e *model.Error }

func (r *refusal) Error() string { return r.e.Error() }
func (r *refusal) Unwrap() error { return r.e }

// NonRetriable tells azcore's retry policy to stop.
func (*refusal) NonRetriable() {}
