package auth_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client/auth"
	"muster/model"
)

// pemFile is a certificate with its key, as an application would have it.
func pemFile(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	_ = pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: raw})
	return file(t, b.String(), 0o600)
}

func file(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestApplicationsSignInByThemselves(t *testing.T) {
	e := newEntra(t)
	unset := ""
	for name, change := range map[string]func(*auth.Settings){
		"secret in a file": func(s *auth.Settings) { s.Connection.SecretFile = file(t, "shh\n", 0o600) },
		"secret in the environment": func(s *auth.Settings) {
			s.Connection.SecretEnv, s.Getenv = "APP_SECRET", func(string) string { return "shh" }
			s.Unsetenv = func(name string) { unset = name }
		},
		"workload": func(s *auth.Settings) {
			s.Connection.SignIn, s.Connection.TokenFile = model.SignInWorkload, file(t, "a.b.c", 0o600)
		},
	} {
		a := e.session(model.SignInSecret, change)
		good(t, a, e.partner, partnerScopes)
		good(t, a, e.ready.Customer, graphScopes)
		if _, err := a.SignIn(t.Context(), partnerScopes, func(model.Prompt) { t.Error("somebody was asked") }); model.KindOf(err) != model.Invalid {
			t.Errorf("%s: a prompt: %v", name, err)
		}
	}
	if unset != "APP_SECRET" {
		t.Errorf("the secret stays in the environment: %q", unset)
	}
}

func TestSecretsOfApplicationsAreGuarded(t *testing.T) {
	e := newEntra(t)
	for want, change := range map[string]func(*model.Connection){
		"can be read by others":          func(c *model.Connection) { c.SecretFile = file(t, "shh", 0o644) },
		"is not there":                   func(c *model.Connection) { c.SecretFile = filepath.Join(t.TempDir(), "none") },
		"is empty":                       func(c *model.Connection) { c.SecretFile = file(t, " \n", 0o600) },
		"not a small regular file":       func(c *model.Connection) { c.SecretFile = t.TempDir() },
		"the variable NO_SECRET is":      func(c *model.Connection) { c.SecretEnv = "NO_SECRET" },
		"no certificate with its key":    func(c *model.Connection) { c.SignIn, c.Certificate = model.SignInCertificate, file(t, "shh", 0o600) },
		"of certificate can be read by ": func(c *model.Connection) { c.SignIn, c.Certificate = model.SignInCertificate, file(t, "shh", 0o604) },
	} {
		c := model.Connection{Cloud: "global", Tenant: e.partner, ClientID: app, SignIn: model.SignInSecret}
		change(&c)
		_, err := auth.New(auth.Settings{Connection: c, Transport: e.trust})
		if model.KindOf(err) != model.Invalid || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "shh") {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestCertificate(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInCertificate, func(s *auth.Settings) { s.Connection.Certificate = pemFile(t) })
	if _, err := token(t, a, e.partner, partnerScopes); err != nil {
		t.Fatal(err)
	}
}

// machine is the part of an Azure machine that hands out tokens of its identity.
func machine(t *testing.T, answer func(http.ResponseWriter, *http.Request)) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(srv.Close)
	t.Setenv("IDENTITY_ENDPOINT", srv.URL)
	t.Setenv("IDENTITY_HEADER", "machine")
}

func TestAManagedIdentityKnowsItsOwnTenantOnly(t *testing.T) {
	e := newEntra(t)
	var asked []string
	machine(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("resource")+" "+r.URL.Query().Get("client_id")+" "+r.Header.Get("X-IDENTITY-HEADER"))
		fmt.Fprintf(w, `{"access_token": %q, "expires_on": %d, "resource": "https://graph.microsoft.com", "token_type": "Bearer"}`,
			e.ready.GraphToken, time.Now().Add(time.Hour).Unix())
	})
	a := e.session(model.SignInManaged, nil)
	if got, err := token(t, a, e.partner, graphScopes); err != nil || got.Token != e.ready.GraphToken {
		t.Fatalf("its own tenant: %v", err)
	}
	if len(asked) != 1 || asked[0] != "https://graph.microsoft.com "+app+" machine" {
		t.Errorf("the machine was asked for %q", asked)
	}
	_, err := token(t, a, e.ready.Customer, graphScopes)
	if model.KindOf(err) != model.Forbidden || !strings.Contains(err.Error(), "its own tenant only") || len(asked) != 1 {
		t.Errorf("a customer: %v, asked %d times", err, len(asked))
	}
}

func TestAMachineWithoutAnIdentity(t *testing.T) {
	machine(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error": "invalid_request", "error_description": "Identity not found eyJhbGciOi.eyJzdWIi.c2ln"}`))
	})
	e := newEntra(t)
	// The library keeps a machine's tokens for the whole process: another identity than above.
	a := e.session(model.SignInManaged, func(s *auth.Settings) { s.Connection.ClientID = "22222222-2222-4333-8444-555555555555" })
	_, err := token(t, a, e.partner, graphScopes)
	if model.KindOf(err) != model.SignedOut || strings.Contains(err.Error(), "eyJ") {
		t.Errorf("got %v", err)
	}
}

// az puts an Azure CLI on the PATH that does what the script says.
func az(t *testing.T, script string) (calls string) {
	t.Helper()
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\necho \"$@\" >> "+calls+"\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+"/usr/bin:/bin")
	return calls
}

func TestAzureCLIIsAskedForEachTenant(t *testing.T) {
	e := newEntra(t)
	calls := az(t, fmt.Sprintf(`echo '{"accessToken": %q, "expires_on": %d, "tokenType": "Bearer"}'`, e.ready.GraphToken, time.Now().Add(time.Hour).Unix()))
	a := e.session(model.SignInAzureCLI, func(s *auth.Settings) { s.Connection.ClientID = "" })
	for _, tenant := range []string{e.partner, e.ready.Customer} {
		if got, err := token(t, a, tenant, graphScopes); err != nil || got.Token != e.ready.GraphToken {
			t.Fatalf("%s: %v", tenant, err)
		}
		said, err := os.ReadFile(calls)
		if err != nil || !strings.Contains(string(said), "--tenant "+tenant) || !strings.Contains(string(said), "https://graph.microsoft.com") {
			t.Errorf("az was called with %s (%v)", said, err)
		}
	}
}

func TestAzureCLIThatCannotHelpSaysWhatToDo(t *testing.T) {
	e := newEntra(t)
	for _, c := range []struct {
		script string
		kind   model.Kind
		text   string
	}{
		{"echo \"Please run 'az login' to setup account.\" >&2; exit 1", model.SignedOut, "az is not signed in"},
		{"echo 'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl went wrong' >&2; exit 1", model.SignedOut, "az gave no token"},
		{"", model.Invalid, "az is not on the PATH"},
	} {
		az(t, c.script)
		if c.script == "" {
			t.Setenv("PATH", t.TempDir()+":/usr/bin:/bin")
		}
		a := e.session(model.SignInAzureCLI, nil)
		_, err := token(t, a, e.ready.Customer, graphScopes)
		if model.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "eyJ") {
			t.Errorf("%q: %v", c.script, err)
		}
	}
}

func TestAWorkloadWithoutItsFile(t *testing.T) {
	e := newEntra(t)
	a := e.session(model.SignInWorkload, func(s *auth.Settings) { s.Connection.TokenFile = filepath.Join(t.TempDir(), "none") })
	_, err := token(t, a, e.partner, partnerScopes)
	if model.KindOf(err) != model.Invalid || !strings.Contains(err.Error(), "token_file is not there") {
		t.Errorf("got %v", err)
	}
}
