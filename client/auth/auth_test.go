package auth_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/auth"
	"muster/client/rest"
	"muster/model"
)

func wantKind(t testing.TB, err error, kind model.Kind) {
	t.Helper()
	if err == nil || model.KindOf(err) != kind {
		t.Fatalf("got %v, want kind %v", err, kind)
	}
}

func TestStatic(t *testing.T) {
	tok, err := auth.Static(model.NewSecret(" abc\n")).GetToken(t.Context(), policy.TokenRequestOptions{})
	if err != nil || tok.Token != "abc" || !tok.ExpiresOn.After(time.Now().Add(6*time.Minute)) {
		t.Errorf("got %v", err)
	}
	for _, bad := range []string{"", " ", "Bearer abc", "a\r\nb", "ä"} {
		_, err := auth.Static(model.NewSecret(bad)).GetToken(t.Context(), policy.TokenRequestOptions{})
		wantKind(t, err, model.SignedOut)
	}
	if s := fmt.Sprintf("%v %+v %#v", auth.Static(model.NewSecret("abc")), auth.Static(model.NewSecret("abc")), auth.Static(model.NewSecret("abc"))); strings.Contains(s, "abc") {
		t.Errorf("the token was printed: %s", s)
	}
}

func jwt(claims string) model.Secret {
	return model.NewSecret("eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".x")
}

func TestClaims(t *testing.T) {
	for _, tc := range []struct {
		token         model.Secret
		iss, tid, aud string
		ok            bool
	}{
		{jwt(`{"iss":"i","tid":"t","aud":"a"}`), "i", "t", "a", true},
		{jwt(`{"iss":"i\u001b","aud":["a","b"]}`), "i\ufffd", "", "a", true},
		{jwt(`{}`), "", "", "", true},
		{jwt(`[]`), "", "", "", false},
		{model.NewSecret("opaque"), "", "", "", false},
		{model.NewSecret("a.!!.c"), "", "", "", false},
		{model.NewSecret(""), "", "", "", false},
	} {
		iss, tid, aud, ok := auth.Claims(tc.token)
		if iss != tc.iss || tid != tc.tid || aud != tc.aud || ok != tc.ok {
			t.Errorf("got %q %q %q %v, want %+v", iss, tid, aud, ok, tc)
		}
	}
}

func FuzzClaims(f *testing.F) {
	f.Add(jwt(`{"iss":"i","aud":["a"]}`).Reveal())
	f.Fuzz(func(t *testing.T, token string) {
		iss, tid, aud, _ := auth.Claims(model.NewSecret(token))
		for _, s := range []string{iss, tid, aud} {
			if model.Clean(s) != s {
				t.Errorf("not clean: %q", s)
			}
		}
	})
}

func endpoint(t testing.TB, h http.HandlerFunc) *auth.Endpoint {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &auth.Endpoint{Authority: u, Tenant: "home", ClientID: "app", Secret: model.NewSecret("shh"),
		Now: func() time.Time { return time.Unix(1000, 0) }}
}

func TestEndpoint(t *testing.T) {
	var path, form string
	e := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		path, form = r.URL.Path, r.PostForm.Encode()
		_, _ = w.Write([]byte(`{"token_type":"Bearer","access_token":"abc","expires_in":"3600","refresh_in":1800}`))
	})
	tok, err := e.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"s/.default"}, TenantID: "other"})
	if err != nil || tok.Token != "abc" || tok.ExpiresOn.Unix() != 4600 || tok.RefreshOn.Unix() != 2800 {
		t.Fatal(err, tok.ExpiresOn, tok.RefreshOn)
	}
	if path != "/other/oauth2/v2.0/token" || form != "client_id=app&client_secret=shh&grant_type=client_credentials&scope=s%2F.default" {
		t.Errorf("got %s %s", path, form)
	}
	if _, err = e.GetToken(t.Context(), policy.TokenRequestOptions{}); err != nil || path != "/home/oauth2/v2.0/token" {
		t.Errorf("got %s %v", path, err)
	}
	if s := fmt.Sprintf("%v %+v", e, *e); strings.Contains(s, "shh") {
		t.Errorf("the secret was printed: %s", s)
	}
}

func TestEndpointFailures(t *testing.T) {
	target, hits := "", 0
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer srv.Close()
	target = srv.URL
	for _, tc := range []struct {
		name string
		h    http.HandlerFunc
		kind model.Kind
	}{
		{"refused", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(401)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"eyJabcdefghijk.l.m shh"}`))
		}, model.SignedOut},
		{"throttled", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(429) }, model.Throttled},
		{"failed", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, model.Service},
		{"page", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("<html>")) }, model.Service},
		{"cut", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"access_token":"abc`))
		}, model.Offline},
		{"truncated", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(`{"access_token":"abc`)) }, model.Service},
		{"large", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) }, model.Service},
		{"header injection", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`{"access_token":"a\r\nX: y"}`))
		}, model.Service},
		{"redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, 307) }, model.Service},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := endpoint(t, tc.h)
			for _, transport := range []policy.Transporter{nil, &http.Client{}} {
				e.Transport = transport
				_, err := e.GetToken(t.Context(), policy.TokenRequestOptions{})
				wantKind(t, err, tc.kind)
				if s := err.Error(); strings.Contains(s, "abc") || strings.Contains(s, "shh") || strings.Contains(s, "eyJ") {
					t.Errorf("got %q", s)
				}
			}
		})
	}
	if hits != 0 {
		t.Error("the redirect's target was contacted")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := endpoint(t, func(http.ResponseWriter, *http.Request) {}).GetToken(ctx, policy.TokenRequestOptions{})
	wantKind(t, err, model.Cancelled)
	for _, at := range []string{"http://login.example", "", "ftp://127.0.0.1"} {
		u, _ := url.Parse(at)
		_, err := (&auth.Endpoint{Authority: u, Tenant: "t"}).GetToken(t.Context(), policy.TokenRequestOptions{})
		wantKind(t, err, model.Invalid)
	}
	u, _ := url.Parse("http://127.0.0.1:1")
	_, err = (&auth.Endpoint{Authority: u, Tenant: "t", Transport: rest.NewTransport(nil)}).GetToken(t.Context(), policy.TokenRequestOptions{})
	wantKind(t, err, model.Offline)
	_, err = (&auth.Endpoint{Authority: u}).GetToken(t.Context(), policy.TokenRequestOptions{TenantID: ".."})
	wantKind(t, err, model.Invalid)
}
