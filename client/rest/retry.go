package rest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// maxWait is the longest Retry-After that a call sits out by itself. A longer
// one comes back as an error that says how long, see [RetryAfter].
const maxWait = 30 * time.Second

// tries after the first one.
const moreTries = 3

// readRetry repeats what a later try may heal. A certificate that does not
// verify is not among that.
func readRetry(backoff time.Duration) policy.RetryOptions {
	return policy.RetryOptions{
		MaxRetries: moreTries, MaxRetryDelay: maxWait, RetryDelay: backoff,
		ShouldRetry: func(r *http.Response, err error) bool {
			var bad *tls.CertificateVerificationError
			if err != nil {
				return !errors.As(err, &bad)
			}
			return r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusRequestTimeout ||
				r.StatusCode >= 500 && r.StatusCode != http.StatusNotImplemented
		},
	}
}

// writeRetry repeats only after an explicit "not now", which proves that nothing
// was done.
func writeRetry(backoff time.Duration) policy.RetryOptions {
	return policy.RetryOptions{
		MaxRetries: moreTries, MaxRetryDelay: maxWait, RetryDelay: backoff,
		ShouldRetry: func(r *http.Response, err error) bool { return err == nil && declined(r.StatusCode, r.Header) },
	}
}

// declined reports whether the service said "not now": 429, or 503 with the time
// to come back. A 503 without it can come from a gateway that gave up waiting.
func declined(status int, h http.Header) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && h.Get("Retry-After") != ""
}

// ambiguous reports whether a status leaves open if a write was carried out.
func ambiguous(status int, h http.Header) bool {
	return status == http.StatusRequestTimeout ||
		status >= 500 && status != http.StatusNotImplemented && !declined(status, h)
}

// retryAfter reads the waiting time in the spellings that azcore obeys; 0 = none.
func (c *Client) retryAfter(h http.Header) time.Duration {
	for _, m := range []struct {
		name string
		unit time.Duration
	}{{"retry-after-ms", time.Millisecond}, {"x-ms-retry-after-ms", time.Millisecond}, {"Retry-After", time.Second}} {
		v := strings.TrimSpace(h.Get(m.name))
		if n, err := strconv.Atoi(v); err == nil && n > 0 {
			return min(time.Duration(min(n, 1<<31))*m.unit, maxRetryAfter)
		}
		if m.unit == time.Second && v != "" {
			if t, err := http.ParseTime(v); err == nil {
				return min(max(t.Sub(c.o.Now()), 0), maxRetryAfter)
			}
		}
	}
	return 0
}

// maxRetryAfter bounds what a hostile or broken header can ask for.
const maxRetryAfter = 24 * time.Hour

// answered carries what the service answered: the status, and how long it wants
// to be left alone.
type answered struct {
	status int
	wait   time.Duration
}

func (a *answered) Error() string {
	return fmt.Sprintf("answered %d, asked to wait %v", a.status, a.wait)
}

// RetryAfter returns how long the service asked to be left alone, counted from
// the answer, when the error came with such a wish.
func RetryAfter(err error) (time.Duration, bool) {
	var a *answered
	if errors.As(err, &a) && a.wait > 0 {
		return a.wait, true
	}
	return 0, false
}

// StatusOf returns the status of the answer that the error comes from, 0 when
// there was none.
func StatusOf(err error) int {
	var a *answered
	if errors.As(err, &a) {
		return a.status
	}
	return 0
}

// beforeSending reports whether an error by its nature comes before the first
// byte of a request: no name, no connection, no trust.
func beforeSending(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	return errors.As(err, &dns) || errors.As(err, &cert) || errors.As(err, &op) && op.Op == "dial"
}
