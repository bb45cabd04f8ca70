package client_test

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"muster/client"
	"muster/client/rest"
	"muster/client/simulator"
)

// headers keeps the headers of what leaves.
type headers struct {
	mu   sync.Mutex
	next http.RoundTripper
	seen []http.Header
}

func (h *headers) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	h.seen = append(h.seen, r.Header.Clone())
	h.mu.Unlock()
	return h.next.RoundTrip(r)
}

func TestTheLocaleOfTheConnectionLeaves(t *testing.T) {
	for locale, want := range map[string]string{"": "en-US", "nb-NO": "nb-NO"} {
		w := newWorld(t, simulator.Options{})
		h := &headers{next: rest.NewTransport(nil).Transport}
		c := w.dial(func(o *client.Connection) { o.Locale, o.Transport = locale, &http.Client{Transport: h} })
		if _, err := c.Policies(context.Background(), w.customer()); err != nil {
			t.Fatal(err)
		}
		h.mu.Lock()
		if len(h.seen) == 0 || h.seen[0].Get("X-Locale") != want {
			t.Errorf("locale %q: %v", locale, h.seen)
		}
		h.mu.Unlock()
	}
}

// The log has both services with what each says for support, and nothing of it is on
// the disk.
func TestRequestsAreKeptInMemory(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	if _, err := c.Policies(ctx, w.customer()); err != nil {
		t.Fatal(err)
	}
	for _, err := range c.BIOSConfigurations(ctx, w.customer()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	log := c.Requests()
	if len(log) != 2 || log[0].Service != rest.Graph.String() || log[1].Service != rest.Partner.String() {
		t.Fatalf("the log is %+v", log)
	}
	for _, r := range log {
		if r.Status != 200 || r.Method != "GET" || r.Try != 1 || r.RequestID == "" || r.AnswerID == "" || r.Bytes == 0 {
			t.Errorf("%+v", r)
		}
	}
	if p := log[1]; !strings.HasSuffix(p.Path, "/policies") || p.Vector == "" || p.Server == "" || p.AnswerCorrelation != p.Correlation {
		t.Errorf("%+v", p)
	}
	w.close(c)
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, r := range log {
			if strings.Contains(string(raw), r.RequestID) {
				t.Errorf("%s holds the request id of a read", d.Name())
			}
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Error(err)
	}
}
