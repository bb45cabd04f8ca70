package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/rest"
	"muster/model"
)

// tokens is a credential that hands out its tokens one after the other, the last
// one for ever, each marked with the tenant that was asked for.
type tokens struct {
	mu   sync.Mutex
	list []string
	n    int
}

func (c *tokens) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.list[min(c.n, len(c.list)-1)]
	c.n++
	return azcore.AccessToken{Token: t + "@" + o.TenantID, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// ids returns a deterministic source of request ids.
func ids() func() string {
	var mu sync.Mutex
	n := 0
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	}
}

func address(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func client(t testing.TB, s rest.Service, base string, with ...func(*rest.Options)) *rest.Client {
	t.Helper()
	o := rest.Options{Service: s, Base: address(t, base), Credential: &tokens{list: []string{"first", "second"}},
		Scopes: []string{"scope"}, Tenant: "tenant", NewID: ids(), Backoff: time.Microsecond}
	for _, f := range with {
		f(&o)
	}
	c, err := rest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// seen is what a server was asked.
type seen struct {
	mu   sync.Mutex
	list []*http.Request
	body []string
}

func (s *seen) add(r *http.Request) int {
	b, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list, s.body = append(s.list, r), append(s.body, string(b))
	return len(s.list)
}

func (s *seen) all() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*http.Request(nil), s.list...)
}

// serve runs a handler that also learns which request this is, from 1.
func serve(t testing.TB, h func(w http.ResponseWriter, r *http.Request, n int)) (*httptest.Server, *seen) {
	t.Helper()
	s := &seen{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h(w, r, s.add(r)) }))
	t.Cleanup(srv.Close)
	return srv, s
}

func wantKind(t testing.TB, err error, kind model.Kind, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want kind %v", kind)
	}
	if got := model.KindOf(err); got != kind {
		t.Fatalf("got kind %v of %v, want %v", got, err, kind)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("got %q, want %q in it", err, p)
		}
	}
}

// doer is a transport made of a function, for bubbles.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func answer(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func read(op string) rest.Call { return rest.Call{Op: op, Path: []string{"things"}} }

func post(op string) rest.Call {
	return rest.Call{Op: op, Method: http.MethodPost, Path: []string{"things"}, Body: []byte(`{"a":1}`)}
}
