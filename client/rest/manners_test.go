package rest_test

import (
	"net/http"
	"testing"
	"time"

	"muster/client/rest"
	"muster/model"
)

func TestSafePost(t *testing.T) {
	srv, seen := serve(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	call := post("read by POST")
	call.Safe = true
	if _, err := client(t, rest.Graph, srv.URL).Do(t.Context(), call); err != nil || len(seen.all()) != 2 {
		t.Error(err, len(seen.all()))
	}
	_, err := client(t, rest.Graph, srv.URL, func(o *rest.Options) { o.ReadOnly = true }).Do(t.Context(), call)
	wantKind(t, err, model.Refused)
	srv, _ = serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusBadGateway) })
	_, err = client(t, rest.Graph, srv.URL).Do(t.Context(), call)
	wantKind(t, err, model.Service)
	if rest.StatusOf(err) != http.StatusBadGateway {
		t.Errorf("got status %d", rest.StatusOf(err))
	}
}

func TestOnceIsNeitherRepeatedNorOverload(t *testing.T) {
	srv, seen := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	pace := rest.NewPace(rest.GraphPace())
	c := client(t, rest.Graph, srv.URL, func(o *rest.Options) { o.Pace = pace })
	call := post("sync")
	call.Once = true
	_, err := c.Do(t.Context(), call)
	wantKind(t, err, model.Throttled)
	if d, ok := rest.RetryAfter(err); !ok || d != 5*time.Second || len(seen.all()) != 1 {
		t.Errorf("got %v %v after %d requests", d, ok, len(seen.all()))
	}
	if until, why := pace.Waiting(); !until.IsZero() {
		t.Errorf("everybody waits until %v: %s", until, why)
	}
}

func TestBlanksInAQuery(t *testing.T) {
	srv, seen := serve(t, func(http.ResponseWriter, *http.Request, int) {})
	call := read("search")
	call.Query = map[string][]string{"q": {"a b+c"}}
	if _, err := client(t, rest.Graph, srv.URL).Do(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	if got := seen.all()[0].URL.RawQuery; got != "q=a%20b%2Bc" {
		t.Errorf("asked with %s", got)
	}
}
