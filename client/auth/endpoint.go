package auth

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/rest"
	"muster/model"
)

// maxAnswer bounds the answer of a token endpoint, in bytes.
const maxAnswer = 1 << 20

// tokenTimeout bounds one request for a token.
const tokenTimeout = 30 * time.Second

// Endpoint is an application that signs in with a secret (OAuth 2.0 client
// credentials) at {Authority}/{tenant}/oauth2/v2.0/token. It keeps no token: the
// pipeline does. It is safe for concurrent use.
type Endpoint struct {
	Authority *url.URL           // https; http only for a loopback address
	Tenant    string             // used when a request names none
	ClientID  string             // the application
	Secret    model.Secret       // its secret
	Transport policy.Transporter // nil = rest.NewTransport without extra roots
	Now       func() time.Time   // nil = time.Now
}

// GetToken implements azcore.TokenCredential. Its errors are *model.Error:
// SignedOut when the authority says no, Offline, Throttled or Service otherwise.
func (e *Endpoint) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	tenant := o.TenantID
	if tenant == "" {
		tenant = e.Tenant
	}
	target, err := e.address(tenant)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {e.ClientID},
		"client_secret": {e.Secret.Reveal()}, "scope": {strings.Join(o.Scopes, " ")}}
	if o.Claims != "" {
		form.Set("claims", o.Claims)
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return azcore.AccessToken{}, signIn(model.Invalid, "the authority's address cannot be used", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	status, body, err := e.send(req)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	return e.read(status, body)
}

// address returns the token endpoint of a tenant.
func (e *Endpoint) address(tenant string) (string, error) {
	a := e.Authority
	switch {
	case a == nil || a.Host == "":
		return "", signIn(model.Invalid, "the authority's address is missing", nil)
	case a.Scheme != "https" && (a.Scheme != "http" || !rest.Loopback(a.Hostname())):
		return "", signIn(model.Invalid, "the authority's address must begin with https", nil)
	case tenant == "" || tenant == "." || tenant == ".." || !rest.UsableID(tenant):
		return "", signIn(model.Invalid, "the tenant is missing or cannot be used", nil)
	}
	return a.JoinPath(url.PathEscape(tenant), "oauth2", "v2.0", "token").String(), nil
}

// send posts the request and reads a bounded answer. Redirects are not followed:
// the secret is in the body.
func (e *Endpoint) send(req *http.Request) (int, []byte, error) {
	t := e.Transport
	if t == nil {
		t = rest.NewTransport(nil)
	} else if hc, ok := t.(*http.Client); ok {
		own := *hc
		own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		own.Jar = nil
		t = &own
	}
	resp, err := t.Do(req)
	if err != nil {
		if errors.Is(req.Context().Err(), context.Canceled) {
			return 0, nil, signIn(model.Cancelled, "cancelled", err)
		}
		return 0, nil, signIn(model.Offline, "the authority cannot be reached", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return 0, nil, signIn(model.Offline, "the authority's answer broke off", nil)
	case len(body) > maxAnswer:
		return 0, nil, signIn(model.Service, "the authority's answer is too large", nil)
	}
	return resp.StatusCode, body, nil
}

// read makes a token or an error of the authority's answer. Nothing of the body
// but its error code is repeated: it can hold tokens.
func (e *Endpoint) read(status int, body []byte) (azcore.AccessToken, error) {
	var w struct {
		Token     string    `json:"access_token"`
		ExpiresIn rest.Text `json:"expires_in"`
		RefreshIn rest.Text `json:"refresh_in"`
		Error     rest.Text `json:"error"`
	}
	bad := json.Unmarshal(body, &w) != nil
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	switch {
	case status == http.StatusTooManyRequests:
		return azcore.AccessToken{}, signIn(model.Throttled, "the authority asks us to slow down", nil)
	case status >= 500:
		return azcore.AccessToken{}, signIn(model.Service, "the authority failed", nil)
	case 400 <= status:
		err := signIn(model.SignedOut, "the authority refused the application", nil)
		err.Code, err.Hint = code(string(w.Error)), "check the client id, its secret and the tenant"
		return azcore.AccessToken{}, err
	case status/100 != 2 || bad || w.Token == "" || !headerSafe(w.Token):
		return azcore.AccessToken{}, signIn(model.Service, "the authority answered something else than a token", nil)
	}
	t := azcore.AccessToken{Token: w.Token, ExpiresOn: now().Add(unknownLife)}
	if d := seconds(w.ExpiresIn); d > 0 {
		t.ExpiresOn = now().Add(d)
	}
	if d := seconds(w.RefreshIn); d > 0 {
		t.RefreshOn = now().Add(d)
	}
	return t, nil
}

// seconds reads a number of seconds, written as a number or in quotes, of at
// most a day; 0 = none.
func seconds(s rest.Text) time.Duration {
	d, err := time.ParseDuration(string(s) + "s")
	if err != nil || d < 0 {
		return 0
	}
	return min(d, 24*time.Hour)
}

// code returns an OAuth error code fit to be shown.
func code(s string) string {
	s = rest.Scrub(model.Clean(s))
	if r := []rune(s); len(r) > 64 {
		s = string(r[:64])
	}
	return s
}

func signIn(kind model.Kind, msg string, err error) *model.Error {
	return &model.Error{Kind: kind, Op: "sign in", Msg: msg, Err: err}
}
