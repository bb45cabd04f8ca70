package simulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type tokenView struct {
	TokenType    string `json:"token_type"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string
	Error        string
	ErrorCodes   []int  `json:"error_codes"`
	Description  string `json:"error_description"`
}

type claimsView struct {
	Aud, Iss, Tid string
	Exp           int64
	Amr           []string
	Idtyp         string
}

func claimsOf(t *testing.T, token string) claimsView {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts", len(parts))
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	var c claimsView
	if err != nil || json.Unmarshal(raw, &c) != nil {
		t.Fatalf("claims %q: %v", raw, err)
	}
	return c
}

const (
	scopePartner = "https://api.partnercenter.microsoft.com/.default"
	scopeGraph   = "https://graph.microsoft.com/.default"
)

func (b *bench) signIn(tenant string, pairs ...string) reply {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do(request{method: "POST", url: b.ready.Authority + "/" + tenant + "/oauth2/v2.0/token", token: "-", body: form.Encode(),
		header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
}

func TestReadyTokens(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Instance: "run-1"})
	p, g := claimsOf(t, b.ready.PartnerToken), claimsOf(t, b.ready.GraphToken)
	if p.Aud != "https://api.partnercenter.microsoft.com" || p.Iss != "https://simulator.invalid/run-1/" || p.Tid == b.ready.Customer || strings.Join(p.Amr, " ") != "pwd mfa" {
		t.Errorf("partner's token %+v", p)
	}
	if g.Aud != "https://graph.microsoft.com" || g.Tid != b.ready.Customer {
		t.Errorf("Graph's token %+v", g)
	}
	if year := b.watch.Now().Add(8000 * time.Hour).Unix(); p.Exp < year || g.Exp < year {
		t.Errorf("they end at %d and %d", p.Exp, g.Exp)
	}
	other := start(t, simulator.Options{Devices: 10, Instance: "run-2"})
	other.do(request{method: "GET", url: other.ready.Partner + "/v1/customers", token: b.ready.PartnerToken}).want(t, 401)
}

func TestTokenEndpoint(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	partner := claimsOf(t, b.ready.PartnerToken).Tid
	refresh := read[map[string]string](t, b.control("GET", "/tokens", ""))["refresh"]
	got := read[tokenView](t, b.signIn(partner, "grant_type", "refresh_token", "refresh_token", refresh, "scope", scopePartner, "client_id", "x").want(t, 200))
	if got.TokenType != "Bearer" || got.ExpiresIn != 3600 || got.RefreshToken == "" || got.Scope != scopePartner {
		t.Errorf("%+v", got)
	}
	list := b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches"
	b.do(request{method: "POST", url: list, token: got.AccessToken, body: upload("b", `{"productKey":"1"}`)}).want(t, 202)
	b.watch.forward(time.Hour)
	b.do(request{method: "GET", url: list, token: got.AccessToken}).want(t, 401)

	app := read[tokenView](t, b.signIn(partner, "grant_type", "client_credentials", "client_id", "x", "client_secret", "y", "scope", scopePartner).want(t, 200))
	if c := claimsOf(t, app.AccessToken); c.Idtyp != "app" || app.RefreshToken != "" {
		t.Errorf("%+v", c)
	}
	b.do(request{method: "GET", url: list, token: app.AccessToken}).want(t, 200)
	b.do(request{method: "POST", url: list, token: app.AccessToken, body: upload("c", `{"productKey":"2"}`)}).want(t, 403)

	graph := read[tokenView](t, b.signIn(strings.ToUpper(b.ready.Customer), "grant_type", "client_credentials", "client_id", "x", "client_assertion", "y", "scope", scopeGraph).want(t, 200))
	b.do(request{method: "GET", url: b.ready.Graph + "/deviceManagement/hardwareConfigurations", token: graph.AccessToken}).want(t, 200)
}

func TestTokenEndpointRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	partner := claimsOf(t, b.ready.PartnerToken).Tid
	customers := read[stateView](t, b.control("GET", "/state", "")).Customers
	for _, c := range []struct {
		tenant string
		form   []string
		status int
		name   string
		code   int
	}{
		{"nobody", []string{"grant_type", "refresh_token", "scope", scopePartner}, 400, "invalid_request", 90002},
		{customers[len(customers)-1].ID, []string{"grant_type", "refresh_token", "scope", scopeGraph}, 400, "unauthorized_client", 700016},
		{partner, []string{"grant_type", "refresh_token", "scope", scopePartner, "refresh_token", "x"}, 400, "invalid_grant", 70000},
		{partner, []string{"grant_type", "refresh_token", "scope", scopePartner, "refresh_token", b.ready.PartnerToken}, 400, "invalid_grant", 70000},
		{partner, []string{"grant_type", "client_credentials", "scope", scopePartner}, 401, "invalid_client", 7000218},
		{partner, []string{"grant_type", "password", "scope", scopePartner}, 400, "unsupported_grant_type", 70003},
		{partner, []string{"scope", scopePartner}, 400, "invalid_request", 900144},
		{partner, []string{"grant_type", "client_credentials", "scope", "openid"}, 400, "invalid_scope", 70011},
		{b.ready.Customer, []string{"grant_type", "client_credentials", "scope", scopePartner}, 400, "invalid_scope", 70011},
	} {
		got := b.signIn(c.tenant, c.form...)
		e := read[tokenView](t, got)
		if got.status != c.status || e.Error != c.name || len(e.ErrorCodes) != 1 || e.ErrorCodes[0] != c.code || !strings.HasPrefix(e.Description, "AADSTS") {
			t.Errorf("%v: %d %+v, want %d %s %d", c.form, got.status, e, c.status, c.name, c.code)
		}
	}
	b.do(request{method: "GET", url: b.ready.Authority + "/" + partner + "/oauth2/v2.0/token", token: "-"}).want(t, 405)
	b.do(request{method: "POST", url: b.ready.Authority + "/" + partner + "/oauth2/v2.0/devicecode", token: "-"}).want(t, 400)
	b.do(request{method: "POST", url: b.ready.Authority + "/" + partner + "/oauth2/v2.0/logout", token: "-"}).want(t, 404)
}

func TestDiscovery(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	got := read[map[string]string](t, b.do(request{method: "GET", url: b.ready.Authority + "/" + b.ready.Customer + "/v2.0/.well-known/openid-configuration", token: "-"}).want(t, 200))
	if want := b.ready.Authority + "/" + b.ready.Customer + "/oauth2/v2.0/token"; got["token_endpoint"] != want || !strings.HasPrefix(got["issuer"], b.ready.Authority) {
		t.Errorf("%v", got)
	}
}

// Whoever lets an account approve everything means the prompt that is on a screen just
// now, too; what was declined stays declined.
func TestAutoApprovesWhatWaits(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	partner := claimsOf(t, b.ready.PartnerToken).Tid
	ask := func() (device, user string) {
		form := url.Values{"client_id": {"x"}, "scope": {scopePartner}}
		got := read[map[string]any](t, b.do(request{method: "POST", url: b.ready.Authority + "/" + partner + "/oauth2/v2.0/devicecode", token: "-",
			body: form.Encode(), header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}).want(t, 200))
		return got["device_code"].(string), got["user_code"].(string)
	}
	redeem := func(code string, status int) {
		t.Helper()
		b.signIn(partner, "grant_type", "urn:ietf:params:oauth:grant-type:device_code", "device_code", code, "client_id", "x", "scope", scopePartner).want(t, status)
	}
	waits, _ := ask()
	declined, code := ask()
	redeem(waits, 400)
	b.control("POST", "/signin", `{"code":"`+code+`","decline":true}`).want(t, 200)
	b.control("POST", "/signin", `{"auto":"agent"}`).want(t, 200)
	later, _ := ask()
	b.control("POST", "/signin", `{"auto":"nobody"}`).want(t, 200)
	never, _ := ask()
	for code, status := range map[string]int{waits: 200, declined: 400, later: 200, never: 400} {
		redeem(code, status)
	}
}
