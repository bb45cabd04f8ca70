package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"muster/client"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/model"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// through lets every request of a client go by f, which answers it or hands it on.
func through(f func(r *http.Request, onward http.RoundTripper) (*http.Response, error)) func(*client.Connection) {
	onward := rest.NewTransport(nil).Transport
	return func(o *client.Connection) {
		o.Transport = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) { return f(r, onward) })}
	}
}

func ofBatch(r *http.Request, b model.BatchID) bool {
	return strings.HasSuffix(r.URL.Path, "/deviceBatches/"+string(b)+"/devices")
}

// A batch whose walk a panic ended is one that was not read to its end, and the panic is
// reported.
func TestAWalkThatAPanicEndedIsNotWhole(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 900})
	batches, err := w.dial().Batches(t.Context(), w.customer())
	if err != nil || len(batches) < 3 {
		t.Fatalf("%d batches, %v", len(batches), err)
	}
	var reports atomic.Int64
	c := w.dial(through(func(r *http.Request, onward http.RoundTripper) (*http.Response, error) {
		if ofBatch(r, batches[1].ID) {
			panic("a fault of muster's own")
		}
		return onward.RoundTrip(r)
	}), func(o *client.Connection) { o.Crashed = func(any, []byte) { reports.Add(1) } })
	failed, read := map[model.BatchID]error{}, map[model.BatchID]int{}
	for p, err := range c.Devices(t.Context(), w.customer()) {
		if err != nil {
			failed[p.Batch] = err
		}
		read[p.Batch] += len(p.Devices)
	}
	if err := failed[batches[1].ID]; len(failed) != 1 || model.KindOf(err) != model.Incomplete || !strings.Contains(err.Error(), "a fault of its own") {
		t.Errorf("the errors are %v", failed)
	}
	if got, want := read[batches[2].ID], batches[2].Devices; got != want {
		t.Errorf("%d devices of the next batch, want %d", got, want)
	}
	if n := reports.Load(); n != 1 {
		t.Errorf("%d reports, want one", n)
	}
}

// Where one batch cannot be reached and others are never whole, rows wait for the one:
// it may hold what is looked for.
func TestRowsAreNotGivenUpWhileABatchCannotBeReached(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 2000})
	plain := w.dial()
	ctx := context.Background()
	batches, err := plain.Batches(ctx, w.customer())
	if err != nil {
		t.Fatal(err)
	}
	var long []model.DeviceBatch // of several pages
	for _, b := range batches {
		if b.Devices > 100 {
			long = append(long, b)
		}
	}
	if len(long) < 3 {
		t.Fatalf("%d long batches of %d", len(long), len(batches))
	}
	away := long[0].ID
	var looks atomic.Int64
	var back atomic.Bool
	c := w.dial(func(o *client.Connection) { o.ReadBack = time.Nanosecond }, through(func(r *http.Request, onward http.RoundTripper) (*http.Response, error) {
		switch {
		case back.Load():
		case ofBatch(r, away):
			back.Store(looks.Add(1) >= 40) // each of them is the last that a row gets
			return nil, errors.New("no route")
		case strings.HasSuffix(r.URL.Path, "/devices") && r.Header.Get("MS-ContinuationToken") != "":
			return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
		}
		return onward.RoundTrip(r)
	}))
	w.fault(`{"match": "^PATCH .*DevicePolicyUpdates", "kind": "reset", "times": 1}`)
	var devices []model.Device
	for _, b := range long {
		for page, err := range plain.BatchDevices(ctx, w.customer(), b.ID) {
			if err != nil {
				t.Fatal(err)
			}
			devices = append(devices, page[max(0, len(page)-10):]...)
		}
	}
	policy := w.policy(plain, w.devices(plain))
	id, err := c.Assign(ctx, model.Assignment{Customer: w.customer(), Policy: policy, Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, len(devices), over); o.Rows.Done != len(devices) {
		t.Errorf("ended with %+v, want all done", o.Rows)
	}
}
