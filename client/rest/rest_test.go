package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/client/rest"
	"muster/model"
)

func TestRootOf(t *testing.T) {
	for _, tc := range []struct {
		service rest.Service
		base    string
		want    string // "" = refused
	}{
		{rest.Partner, "https://api.partnercenter.microsoft.com", "https://api.partnercenter.microsoft.com/v1/"},
		{rest.Partner, "https://API.partnercenter.microsoft.com/v1", "https://api.partnercenter.microsoft.com/v1/"},
		{rest.Partner, "http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/"},
		{rest.Graph, "https://graph.microsoft.com/beta/", "https://graph.microsoft.com/beta/"},
		{rest.Graph, "http://[::1]:80/beta", "http://[::1]:80/beta/"},
		{rest.Graph, "https://graph.microsoft.com", "https://graph.microsoft.com/beta/"},
		{rest.Graph, "http://graph.microsoft.com/beta", ""},
		{rest.Graph, "http://localhost:80/beta", ""},
		{rest.Graph, "http://127.0.0.1.example.com/beta", ""},
		{rest.Graph, "ftp://127.0.0.1/beta", ""},
		{rest.Graph, "https://user:pass@graph.microsoft.com/beta", ""},
		{rest.Graph, "https://graph.microsoft.com/beta?x=1", ""},
		{rest.Graph, "/beta", ""},
	} {
		c, err := rest.New(rest.Options{Service: tc.service, Base: address(t, tc.base)})
		if tc.want == "" {
			wantKind(t, err, model.Invalid)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if root := c.Root(); root.String() != tc.want {
			t.Errorf("root of %s: got %s, want %s", tc.base, root.String(), tc.want)
		}
	}
}

func TestHeadersAndTokens(t *testing.T) {
	srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("MS-CorrelationId", "theirs")
		_, _ = w.Write([]byte("\xef\xbb\xbf{}"))
	})
	p := client(t, rest.Partner, srv.URL)
	a, err := p.Do(t.Context(), rest.Call{Op: "x", Path: []string{"customers", "50% off/now", "x y"}})
	if err != nil {
		t.Fatal(err)
	}
	if string(a.Body) != "{}" || a.Correlation != "theirs" {
		t.Errorf("got body %q, correlation %q", a.Body, a.Correlation)
	}
	g := client(t, rest.Graph, srv.URL+"/beta")
	call := post("y")
	call.RequestID = "given"
	if a, err = g.Do(t.Context(), call); err != nil || a.RequestID != "given" {
		t.Fatal(a, err)
	}
	first, second := s.all()[0], s.all()[1]
	for name, want := range map[string]string{"Authorization": "Bearer first@tenant", "MS-RequestId": "00000000-0000-4000-8000-000000000002",
		"MS-CorrelationId": "00000000-0000-4000-8000-000000000001", "X-Locale": "en-US", "MS-PartnerCenter-Application": "muster",
		"Accept": "application/json", "User-Agent": "muster", "Accept-Encoding": "gzip"} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got, want := first.RequestURI, "/v1/customers/50%25%20off%2Fnow/x%20y"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := second.Header.Get("client-request-id"); got != "given" {
		t.Errorf("client-request-id: got %q", got)
	}
	if got := second.Header.Get("Content-Type"); got != "application/json" || s.body[1] != `{"a":1}` {
		t.Errorf("got %q %q", got, s.body[1])
	}
}

func TestSection13_01_EachRequestCarriesItsTenantsToken(t *testing.T) {
	var mu sync.Mutex
	got := map[string]string{}
	srv, _ := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		mu.Lock()
		defer mu.Unlock()
		got[r.URL.Path] += r.Header.Get("Authorization") + ";"
		_, _ = w.Write([]byte("{}"))
	})
	cred := &tokens{list: []string{"token"}}
	with := func(tenant string) func(*rest.Options) {
		return func(o *rest.Options) { o.Tenant, o.Credential = tenant, cred }
	}
	a, b := client(t, rest.Partner, srv.URL, with("a")), client(t, rest.Partner, srv.URL, with("b"))
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { _, _ = a.Do(context.Background(), rest.Call{Path: []string{"a"}}) })
		wg.Go(func() { _, _ = b.Do(context.Background(), rest.Call{Path: []string{"b"}}) })
	}
	wg.Wait()
	want := map[string]string{"/v1/a": strings.Repeat("Bearer token@a;", 3), "/v1/b": strings.Repeat("Bearer token@b;", 3)}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSection13_02_LinksThatLeadElsewhereAreRefused(t *testing.T) {
	srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) { _, _ = w.Write([]byte("{}")) })
	other, o := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {})
	c := client(t, rest.Graph, srv.URL+"/beta")
	for _, link := range []string{
		other.URL + "/beta/x", strings.Replace(srv.URL, "http", "https", 1) + "/beta/x", srv.URL + "/v1.0/x", srv.URL + "/betax",
		srv.URL + "/beta/%2e%2e/admin", srv.URL + "/beta/../admin", srv.URL + "/beta//x", srv.URL + "/beta/./x", srv.URL + "/beta/..%2fadmin",
		strings.Replace(srv.URL, "http://", "http://u:p@", 1) + "/beta/x", srv.URL + "/beta/x%00", strings.TrimPrefix(other.URL, "http:") + "/beta/x", srv.URL + "/beta/..%5cx", srv.URL + "/beta/x#f", "%zz",
	} {
		_, err := c.Do(t.Context(), rest.Call{Op: "x", Link: link})
		wantKind(t, err, model.Refused)
	}
	for _, segment := range []string{"..", ".", "", "a/../../b"} {
		_, err := c.Do(t.Context(), rest.Call{Op: "x", Path: []string{segment, "y"}})
		wantKind(t, err, model.Refused)
	}
	if len(s.all())+len(o.all()) != 0 {
		t.Fatalf("got %d and %d requests, want none", len(s.all()), len(o.all()))
	}
	if _, err := c.Do(t.Context(), rest.Call{Op: "x", Link: srv.URL + "/beta/x?$top=2&$skiptoken=Last%3d%27a b%27"}); err != nil {
		t.Fatal(err)
	}
	if got, want := s.all()[0].RequestURI, "/beta/x?$top=2&$skiptoken=Last%3d%27a%20b%27"; got != want {
		t.Errorf("link: got %s, want %s", got, want)
	}
}

func TestReadOnly(t *testing.T) {
	srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) { _, _ = w.Write([]byte("{}")) })
	cred := &tokens{list: []string{"t"}}
	c := client(t, rest.Partner, srv.URL, func(o *rest.Options) { o.ReadOnly, o.Credential = true, cred })
	for _, m := range []string{"POST", "PATCH", "PUT", "DELETE", "post", "BREW"} {
		_, err := c.Do(t.Context(), rest.Call{Op: "x", Method: m, Path: []string{"x"}})
		wantKind(t, err, model.Refused, "read-only")
	}
	if len(s.all()) != 0 || cred.n != 0 {
		t.Fatalf("got %d requests and %d tokens, want none", len(s.all()), cred.n)
	}
	if _, err := c.Do(t.Context(), read("x")); err != nil {
		t.Fatal(err)
	}
}

func TestSection13_03_RedirectsAreRefused(t *testing.T) {
	target, at := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {})
	for _, status := range []int{301, 302, 303, 307, 308} {
		srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) { http.Redirect(w, r, target.URL, status) })
		// A client that would follow is hardened too.
		c := client(t, rest.Partner, srv.URL, func(o *rest.Options) { o.Transport = &http.Client{} })
		_, err := c.Do(t.Context(), read("x"))
		wantKind(t, err, model.Refused, "redirect")
		_, err = c.Do(t.Context(), post("x"))
		wantKind(t, err, model.Refused, "redirect")
		if len(s.all()) != 2 {
			t.Errorf("%d: got %d requests, want 2", status, len(s.all()))
		}
	}
	if len(at.all()) != 0 {
		t.Fatal("the target was contacted")
	}
}

func TestRenewedToken(t *testing.T) {
	for _, tc := range []struct {
		name     string
		service  rest.Service
		tokens   []string
		body     string
		always   bool
		requests int
		kind     model.Kind // Unexpected = no error
	}{
		{"once", rest.Partner, []string{"a", "b"}, `{"code":400,"description":"Access denied"}`, false, 2, model.Unexpected},
		{"only once", rest.Partner, []string{"a", "b", "c"}, `{"code":400}`, true, 2, model.SignedOut},
		{"same token", rest.Partner, []string{"a"}, `{"code":400}`, true, 1, model.SignedOut},
		{"no second factor", rest.Partner, []string{"a", "b"}, `{"code":900421}`, true, 1, model.SignedOut},
		{"no rights", rest.Graph, []string{"a", "b"}, `{"error":{"code":"UnknownError","message":"{\"ErrorCode\":\"Forbidden\",\"Message\":\"x\"}"}}`, true, 1, model.Forbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 1 || tc.always {
					w.Header().Set("WWW-Authenticate", "OAuth realm=urn:cpsvc:cpid:{x}")
					w.WriteHeader(401)
					_, _ = w.Write([]byte(tc.body))
					return
				}
				w.WriteHeader(202)
			})
			c := client(t, tc.service, srv.URL, func(o *rest.Options) { o.Credential = &tokens{list: tc.tokens} })
			_, err := c.Do(t.Context(), post("x"))
			if tc.kind == model.Unexpected && err != nil {
				t.Fatal(err)
			} else if tc.kind != model.Unexpected {
				wantKind(t, err, tc.kind)
			}
			if len(s.all()) != tc.requests {
				t.Errorf("got %d requests, want %d", len(s.all()), tc.requests)
			}
			for i, b := range s.body {
				if b != `{"a":1}` || s.list[i].Header.Get("MS-RequestId") != s.list[0].Header.Get("MS-RequestId") {
					t.Errorf("try %d: body %q", i, b)
				}
			}
		})
	}
}

func TestSection13_06_BodiesAreBounded(t *testing.T) {
	srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch r.URL.Path {
		case "/v1/large":
			for range 40 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		case "/v1/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				_, _ = z.Write(make([]byte, 1<<20))
			}
			_ = z.Close()
		case "/v1/error":
			w.WriteHeader(400)
			_, _ = w.Write(bytes.Repeat([]byte("x"), 2<<20))
		}
	})
	c := client(t, rest.Partner, srv.URL)
	for i, what := range []string{"large", "bomb", "error"} {
		_, err := c.Do(t.Context(), rest.Call{Op: "x", Path: []string{what}})
		wantKind(t, err, model.Service, "too large")
		if len(s.all()) != i+1 {
			t.Fatalf("%s was asked for again", what)
		}
	}
	_, err := c.Do(t.Context(), rest.Call{Op: "x", Path: []string{"error"}, Limit: 10})
	wantKind(t, err, model.Service)
	// A write is accepted all the same.
	if _, err := c.Do(t.Context(), rest.Call{Op: "x", Method: "POST", Path: []string{"large"}, Body: []byte("{}"), Limit: 10}); err != nil {
		t.Error(err)
	}
}

func TestObserve(t *testing.T) {
	var events []model.Request
	srv, _ := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("MS-CV", "cv")
		w.Header().Set("MS-ServerId", "030020525")
		if n == 1 {
			w.WriteHeader(500)
		}
	})
	c := client(t, rest.Partner, srv.URL, func(o *rest.Options) { o.Observe = func(e model.Request) { events = append(events, e) } })
	_, err := c.Do(t.Context(), rest.Call{Op: "x", Path: []string{"things"}, Query: map[string][]string{"secret": {"s"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		events[i].At, events[i].Duration = events[0].At, 0
	}
	want := []model.Request{
		{At: events[0].At, Service: "Partner Center", Tenant: "tenant", Method: "GET", Path: "/v1/things", Status: 500, Try: 1, RequestID: "00000000-0000-4000-8000-000000000002",
			Correlation: "00000000-0000-4000-8000-000000000001", Vector: "cv", Server: "030020525"},
	}
	want = append(want, want[0])
	want[1].Status, want[1].Try = 200, 2
	if d := cmp.Diff(want, events); d != "" {
		t.Error(d)
	}
}

// TestSection13_13_TheLibraryIsSilent runs this test again in a process that asks azcore to log.
func TestSection13_13_TheLibraryIsSilent(t *testing.T) {
	if os.Getenv("MUSTER_TEST_SILENCE") != "" {
		rest.Silence()
		srv := httptest.NewServer(http.NotFoundHandler())
		defer srv.Close()
		_, _ = client(t, rest.Partner, srv.URL).Do(t.Context(), read("x"))
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestSection13_13_TheLibraryIsSilent$")
	cmd.Env = append(os.Environ(), "MUSTER_TEST_SILENCE=1", "AZURE_SDK_GO_LOGGING=all")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if stderr.Len() > 0 {
		t.Errorf("standard error holds %q", stderr.String())
	}
}
