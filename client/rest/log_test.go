package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"muster/client/rest"
	"muster/model"
)

func TestLogKeepsTheLatest(t *testing.T) {
	var l rest.Log
	if got := l.Requests(); len(got) != 0 {
		t.Errorf("an empty log holds %v", got)
	}
	const most = rest.MaxLog + 5
	var wg sync.WaitGroup
	for range most {
		wg.Go(func() { l.Add(model.Request{Path: "/x"}) })
	}
	wg.Wait()
	got := l.Requests()
	if len(got) != rest.MaxLog {
		t.Fatalf("it holds %d tries, want %d", len(got), rest.MaxLog)
	}
	for i, r := range got {
		if want := uint64(most - i); r.Number != want {
			t.Fatalf("try %d from the newest has the number %d, want %d", i, r.Number, want)
		}
	}
}

// What a service says about itself is bounded, and neither query nor token is kept.
func TestLogIsBoundedAndHoldsNoSecret(t *testing.T) {
	for _, s := range []rest.Service{rest.Partner, rest.Graph} {
		var l rest.Log
		srv, _ := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("MS-CV", strings.Repeat("v", 9000))
			w.Header().Set("request-id", "of-graph")
			_, _ = w.Write([]byte(`{}`))
		})
		c := client(t, s, srv.URL, func(o *rest.Options) { o.Observe = l.Add })
		call := rest.Call{Op: "x", Path: []string{strings.Repeat("p", 5000), "\x1b[31m"}, Query: map[string][]string{"$filter": {"hidden"}}}
		if _, err := c.Do(t.Context(), call); err != nil {
			t.Fatal(err)
		}
		got := l.Requests()
		if len(got) != 1 || got[0].Status != 200 || got[0].Bytes != 2 || got[0].Tenant != "tenant" {
			t.Fatalf("%v: %+v", s, got)
		}
		text := fmt.Sprintf("%+v", got[0])
		for _, secret := range []string{"hidden", "first", "\x1b", "Bearer"} {
			if strings.Contains(text, secret) {
				t.Errorf("%v: the log holds %q: %s", s, secret, text)
			}
		}
		if len(text) > 3000 {
			t.Errorf("%v: one try takes %d bytes", s, len(text))
		}
		if graph := got[0].AnswerID == "of-graph" && got[0].Correlation == "" && got[0].Vector == ""; graph != (s == rest.Graph) {
			t.Errorf("%v: ids are %+v", s, got[0])
		}
	}
}

func TestLocale(t *testing.T) {
	for _, c := range []struct {
		service      rest.Service
		locale, want string
	}{{rest.Partner, "", "en-US"}, {rest.Partner, "de-DE", "de-DE"}, {rest.Graph, "de-DE", ""}} {
		srv, s := serve(t, func(http.ResponseWriter, *http.Request, int) {})
		_, _ = client(t, c.service, srv.URL, func(o *rest.Options) { o.Locale = c.locale }).Do(t.Context(), read("x"))
		if got := s.list[0].Header.Get("X-Locale"); got != c.want {
			t.Errorf("%v with locale %q: X-Locale %q left, want %q", c.service, c.locale, got, c.want)
		}
	}
	for _, bad := range []string{"de_DE", "-", "de-", "-de", "de DE", "en-US\r\nX: y", "abcdefghi", strings.Repeat("ab-", 12) + "ab"} {
		_, err := rest.New(rest.Options{Service: rest.Partner, Base: address(t, "http://127.0.0.1:1"), Locale: bad})
		if model.KindOf(err) != model.Invalid {
			t.Errorf("locale %q: %v, want Invalid", bad, err)
		}
	}
}
