package client_test

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"

	"muster/client"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/model"
)

// ctrl+c twice: the request on the wire is cut, its chunk counts as a lost answer,
// and the next start finds out what became of it.
func TestAForcedCloseLosesNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	left := make(chan struct{})
	c := w.dial(func(o *client.Connection) {
		o.Transport = rest.NewTransport(nil)
		o.Transport.Transport = &telling{o.Transport.Transport, sync.OnceFunc(func() { close(left) })}
	})
	w.fault(`{"match": "^POST .*/deviceBatches$", "kind": "slow", "delayMs": 3000, "times": 1}`)
	id, err := c.Upload(context.Background(), w.list("Forced", 700, 0))
	if err != nil {
		t.Fatal(err)
	}
	<-left
	now, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Close(now); err != nil {
		t.Fatal(err)
	}
	w.control("DELETE", "faults", "")

	next := w.dial()
	o := await(t, next, id, 700, func(o model.Operation) bool { return o.Rows.InFlight+o.Rows.Accepted == 0 })
	if o.Rows.Queued != 200 || !o.Held || o.Rows.Done+o.Rows.Unknown != 500 {
		t.Fatalf("after the restart: held %v, %+v, want 200 to wait and the others done or unknown", o.Held, o.Rows)
	}
	ctx := context.Background()
	if o.Rows.Unknown > 0 {
		if _, err := next.Retry(ctx, id); err != nil {
			t.Fatal(err)
		}
	} else if err := next.Resume(ctx, id); err != nil {
		t.Fatal(err)
	}
	if o := await(t, next, id, 700, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n, twice := count(w.devices(next), "NEW"); n != 700 || len(twice) > 0 {
		t.Errorf("%d devices at the service, twice: %v; want 700, none", n, twice)
	}
}

// telling is a transport that tells when a creation has left in whole.
type telling struct {
	http.RoundTripper
	left func()
}

func (t *telling) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/deviceBatches") {
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
			WroteRequest: func(httptrace.WroteRequestInfo) { t.left() }}))
	}
	return t.RoundTripper.RoundTrip(r)
}
