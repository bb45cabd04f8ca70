package auth_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/auth"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/model"
)

// entra is the simulator's authority over TLS, on this machine.
type entra struct {
	t       *testing.T
	ready   simulator.Ready
	trust   *http.Client
	partner string // the partner's tenant
	stop    func()
}

const app = "11111111-2222-4333-8444-555555555555"

var (
	partnerScopes = []string{"https://api.partnercenter.microsoft.com/.default"}
	graphScopes   = []string{"https://graph.microsoft.com/.default"}
)

func newEntra(t *testing.T) *entra {
	t.Helper()
	return newEntraAt(t, time.Now)
}

// newEntraAt is an authority with a clock of its own.
func newEntraAt(t *testing.T, now func() time.Time) *entra {
	t.Helper()
	sim, err := simulator.New(simulator.Options{Devices: 3, TLS: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l) }()
	e := &entra{t: t, ready: sim.Ready(l.Addr())}
	ended := false
	e.stop = func() {
		if !ended {
			ended = true
			cancel()
			if err := <-served; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(e.stop)
	raw, err := os.ReadFile(e.ready.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(raw)
	e.trust = rest.NewTransport(roots)
	_, e.partner, _, _ = auth.Claims(model.NewSecret(e.ready.PartnerToken))
	return e
}

func (e *entra) session(way model.SignIn, change func(*auth.Settings)) *auth.Session {
	e.t.Helper()
	s := auth.Settings{Transport: e.trust, Connection: model.Connection{Name: "sim", Cloud: model.CloudCustom, Tenant: e.partner, ClientID: app,
		SignIn: way, Port: freePort(e.t), Authority: e.ready.Authority, Graph: e.ready.Graph, Partner: e.ready.Partner}}
	if change != nil {
		change(&s)
	}
	a, err := auth.New(s)
	if err != nil {
		e.t.Fatal(err)
	}
	return a
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (e *entra) control(path, body string) {
	e.t.Helper()
	resp, err := e.trust.Post(e.ready.Control+path, "application/json", strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		said, _ := io.ReadAll(resp.Body)
		e.t.Fatalf("control %s: %d %s", path, resp.StatusCode, said)
	}
}

// order is a decision about a code.
func (e *entra) decide(code, more string) {
	e.control("/signin", fmt.Sprintf(`{"code": %q, %s}`, code, more))
}

func token(t *testing.T, a *auth.Session, tenant string, scopes []string) (azcore.AccessToken, error) {
	t.Helper()
	return a.Tenant(tenant).GetToken(t.Context(), policy.TokenRequestOptions{Scopes: scopes, EnableCAE: true, TenantID: "never"})
}

// good asks for a token that must be for that tenant and service.
func good(t *testing.T, a *auth.Session, tenant string, scopes []string) string {
	t.Helper()
	got, err := token(t, a, tenant, scopes)
	if err != nil {
		t.Fatal(err)
	}
	_, tid, aud, _ := auth.Claims(model.NewSecret(got.Token))
	if tid != strings.ToLower(tenant) || !strings.HasPrefix(scopes[0], aud) {
		t.Errorf("the token is for %s at %s, want %s at %s", tid, aud, tenant, scopes[0])
	}
	return got.Token
}

func TestDeviceCodeOnceServesEveryTenantAndService(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInDevice, nil)
	if _, err := token(t, a, e.partner, partnerScopes); model.KindOf(err) != model.SignedOut {
		t.Fatalf("before the sign-in: %v", err)
	}
	var shown []model.Prompt
	who, err := a.SignIn(t.Context(), partnerScopes, func(p model.Prompt) {
		shown = append(shown, p)
		e.decide(p.Code, `"account": "agent"`)
	})
	if err != nil || who.Name != "agent@harrowpike.example" || who.ID == "" {
		t.Fatalf("%+v, %v", who, err)
	}
	if len(shown) != 1 || len(shown[0].Code) != 8 || shown[0].Address != e.ready.Authority+"/devicelogin" || time.Until(shown[0].Until).Round(time.Minute) != 15*time.Minute {
		t.Errorf("shown %+v", shown)
	}
	one, two := good(t, a, e.partner, partnerScopes), good(t, a, e.ready.Customer, graphScopes)
	for range 3 { // interleaved: nobody gets the other's token, and nobody is asked again
		if good(t, a, e.partner, partnerScopes) != one || good(t, a, e.ready.Customer, graphScopes) != two {
			t.Error("a token was fetched again, or crossed")
		}
	}
	if state, _, err := a.Watch(t.Context(), 0); err != nil || !state.Valid || state.Account != who {
		t.Errorf("state %+v, %v", state, err)
	}
	a.SignOut()
	if _, err := token(t, a, e.partner, partnerScopes); model.KindOf(err) != model.SignedOut {
		t.Errorf("after the sign-out: %v", err)
	}
}

func TestSection13_08_HowADeviceCodeEnds(t *testing.T) {
	var late atomic.Int64 // how far the authority's clock has gone on
	e := newEntraAt(t, func() time.Time { return time.Now().Add(time.Duration(late.Load())) })
	for name, c := range map[string]struct {
		order string
		want  model.Kind
		text  string
	}{
		"declined":   {`"decline": true`, model.Cancelled, "declined"},
		"other user": {`"account": "other"`, model.Refused, "other@harrowpike.example signed in, but this connection belongs to agent@harrowpike.example"},
	} {
		a := e.session(model.SignInDevice, nil)
		if name == "other user" {
			if _, err := a.SignIn(t.Context(), partnerScopes, func(p model.Prompt) { e.decide(p.Code, `"account": "agent"`) }); err != nil {
				t.Fatal(err)
			}
		}
		_, err := a.SignIn(t.Context(), partnerScopes, func(p model.Prompt) { e.decide(p.Code, c.order) })
		if model.KindOf(err) != c.want || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "other user" {
			raw := good(t, a, e.partner, partnerScopes)
			if !strings.Contains(claims(t, raw), "agent@") {
				t.Error("the other user's tokens are used")
			}
		}
	}
	a := e.session(model.SignInDevice, nil)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := a.SignIn(ctx, partnerScopes, func(model.Prompt) { cancel() }); model.KindOf(err) != model.Cancelled || !strings.Contains(err.Error(), "was cancelled") {
		t.Errorf("cancelled: %v", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := a.SignIn(ctx, partnerScopes, func(model.Prompt) {}); model.KindOf(err) != model.Cancelled || !strings.Contains(err.Error(), "ran out") {
		t.Errorf("expired here: %v", err)
	}
	expired := func(model.Prompt) { late.Store(int64(16 * time.Minute)) }
	if _, err := a.SignIn(t.Context(), partnerScopes, expired); model.KindOf(err) != model.Cancelled || !strings.Contains(err.Error(), "ran out") {
		t.Errorf("expired at the authority: %v", err)
	}
	_, err := a.SignIn(t.Context(), partnerScopes, func(model.Prompt) { e.stop() })
	if model.KindOf(err) != model.Offline {
		t.Errorf("the line drops while waiting: %v", err)
	}
}

// claims is what a token says, as text.
func claims(t *testing.T, raw string) string {
	t.Helper()
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		t.Fatal("not a token")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestSection13_07_OfflineAndSignedOutAreToldApart(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInDevice, nil)
	if _, err := a.SignIn(t.Context(), partnerScopes, func(p model.Prompt) { e.decide(p.Code, `"account": "agent"`) }); err != nil {
		t.Fatal(err)
	}
	good(t, a, e.partner, partnerScopes)
	for tenant, c := range map[string]struct {
		refuse string
		want   model.Kind
		text   string
	}{
		"interaction": {`{"error": "interaction_required", "code": 50076, "claims": "{}"}`, model.SignedOut, "multi-factor"},
		"blocked":     {`{"error": "interaction_required", "code": 53003}`, model.Forbidden, "Conditional Access"},
		"device":      {`{"error": "interaction_required", "code": 50097}`, model.Forbidden, "managed device"},
		"consent":     {`{"error": "invalid_grant", "code": 65001}`, model.Forbidden, "no consent"},
		"role":        {`{"error": "invalid_grant", "code": 50020}`, model.Forbidden, "GDAP"},
		"expired":     {`{"error": "invalid_grant", "code": 700082}`, model.SignedOut, "run out"},
		"new":         {`{"error": "invalid_grant", "code": 99}`, model.SignedOut, "AADSTS99"},
	} {
		e.control("/signin", fmt.Sprintf(`{"refuse": {"tenant": %q, %s}`, e.ready.Customer, strings.TrimPrefix(c.refuse, "{")))
		_, err := token(t, a, e.ready.Customer, graphScopes)
		if model.KindOf(err) != c.want || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", tenant, err)
		}
		if state, _, _ := a.Watch(t.Context(), 0); state.Tenant != e.ready.Customer || state.Trouble == nil || !state.Valid {
			t.Errorf("%s: state %+v; the own tenant is still signed in", tenant, state)
		}
	}
	e.control("/signin", fmt.Sprintf(`{"refuse": {"tenant": %q}}`, e.ready.Customer))
	good(t, a, e.ready.Customer, graphScopes)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Tenant(e.partner).GetToken(ctx, policy.TokenRequestOptions{Scopes: graphScopes, EnableCAE: true}); err != context.Canceled {
		t.Errorf("a cancelled context: %v", err)
	}
	e.stop()
	_, err := token(t, a, e.partner, graphScopes)
	if model.KindOf(err) != model.Offline {
		t.Errorf("nobody answers: %v", err)
	}
	if state, _, _ := a.Watch(t.Context(), 0); !state.Offline || !state.Valid {
		t.Errorf("state %+v, want offline and still signed in", state)
	}
}

func TestARevokedSignInAsksAgainAndGoesOn(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInDevice, nil)
	approve := func(p model.Prompt) { e.decide(p.Code, `"account": "agent"`) }
	if _, err := a.SignIn(t.Context(), partnerScopes, approve); err != nil {
		t.Fatal(err)
	}
	e.control("/signin", `{"revoke": true}`)
	if _, err := token(t, a, e.ready.Customer, graphScopes); model.KindOf(err) != model.SignedOut {
		t.Fatalf("revoked: %v", err)
	}
	if _, err := a.SignIn(t.Context(), partnerScopes, approve); err != nil {
		t.Fatal(err)
	}
	good(t, a, e.ready.Customer, graphScopes)
	good(t, a, e.partner, partnerScopes)
}

// post is the operator's browser: it opens the page and sends its form back to the
// loopback address.
func post(t *testing.T, hc *http.Client, address string) {
	resp, err := hc.Get(address)
	if err != nil {
		t.Error(err)
		return
	}
	raw, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Error(err)
		return
	}
	find := func(pattern string) string {
		m := regexp.MustCompile(pattern).FindSubmatch(raw)
		if m == nil {
			t.Errorf("no %s in %s", pattern, raw)
			return ""
		}
		return strings.NewReplacer("&amp;", "&", "&#34;", `"`).Replace(string(m[1]))
	}
	back, err := http.PostForm(find(`action="([^"]*)"`), url.Values{"code": {find(`name="code" value="([^"]*)"`)}, "state": {find(`name="state" value="([^"]*)"`)}})
	if err != nil {
		t.Error(err)
		return
	}
	_ = back.Body.Close()
}

func TestBrowserThroughALoopbackPort(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInBrowser, nil)
	done := make(chan struct{})
	who, err := a.SignIn(t.Context(), partnerScopes, func(p model.Prompt) {
		if p.Code != "" || !strings.Contains(p.Address, "code_challenge_method=S256") {
			t.Errorf("shown %+v", p)
		}
		go func() { defer close(done); post(t, e.trust, p.Address) }()
	})
	<-done
	if err != nil || who.Name != "agent@harrowpike.example" {
		t.Fatalf("%+v, %v", who, err)
	}
	good(t, a, e.partner, partnerScopes)
	good(t, a, e.ready.Customer, graphScopes)
}

// TestSection13_12_NothingTokenLikeIsRepeated cuts the authority's answers: the libraries put them
// into their errors, tokens and all.
func TestSection13_12_NothingTokenLikeIsRepeated(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInSecret, func(s *auth.Settings) { s.Connection.SecretFile = file(t, "shh", 0o600) })
	for _, kind := range []string{`"kind": "garbage", "body": "{\"access_token\": \"eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl\", \"expires_in\": [}"`, `"kind": "truncate"`, `"kind": "garbage", "body": "<html>eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl</html>"`} {
		e.control("/faults", `{"match": "oauth2/v2.0/token", "times": 0, `+kind+`}`)
		_, err := token(t, a, e.ready.Customer, graphScopes)
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), "eyJ") {
			t.Errorf("%s: %v", kind, err)
		}
		req, _ := http.NewRequest(http.MethodDelete, e.ready.Control+"/faults", nil)
		if resp, err := e.trust.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}
}

// TestSection13_13_TheEnvironmentDoesNotChooseTheAuthority: the library would take it from there.
func TestSection13_13_TheEnvironmentDoesNotChooseTheAuthority(t *testing.T) {
	t.Setenv("AZURE_AUTHORITY_HOST", "https://evil.invalid/")
	t.Setenv("AZURE_TENANT_ID", "evil")
	t.Setenv("AZURE_CLIENT_ID", "evil")
	e := newEntra(t)
	a := e.session(model.SignInSecret, func(s *auth.Settings) { s.Connection.SecretFile = file(t, "shh", 0o600) })
	good(t, a, e.partner, partnerScopes)
}

func TestATransportThatDoesNotTrustIsOffline(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInSecret, func(s *auth.Settings) {
		s.Connection.SecretFile = file(t, "shh", 0o600)
		s.Transport = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}}}
	})
	if _, err := token(t, a, e.partner, partnerScopes); model.KindOf(err) != model.Offline {
		t.Errorf("an unknown certificate authority: %v", err)
	}
}
