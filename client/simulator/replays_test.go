package simulator_test

import (
	"sync"
	"testing"
	"time"

	"muster/client/simulator"
)

func TestRepeatedRequestID(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	q := request{method: "POST", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches",
		body: upload("once", tuple("TST-1", "HP", "HP Elite")), header: map[string]string{"MS-RequestId": someID, "MS-CorrelationId": "first"}}
	first := b.do(q).want(t, 202)
	q.header = map[string]string{"MS-RequestId": "0C9D1B52-7F0E-4B5E-8A55-6F0F1F9A1C01", "MS-CorrelationId": "second"}
	again := b.do(q).want(t, 202)
	if first.header.Get("Location") != again.header.Get("Location") || again.header.Get("MS-CorrelationId") != "second" {
		t.Errorf("first %v, again %v", first.header, again.header)
	}
	q.body = upload("twice", tuple("TST-2", "HP", "HP Elite"))
	if f := read[faultView](t, b.do(q).want(t, 400)); f.Code != 800002 {
		t.Errorf("another body: %+v", f)
	}
	log := b.requests()
	if len(log) != 3 || log[0].Replay || !log[1].Replay || log[2].Replay {
		t.Errorf("log %+v", log)
	}
	b.finish(first)
	if got := len(b.devices("once")); got != 1 {
		t.Errorf("%d devices, want 1", got)
	}
	// A day later the id is forgotten, and the name is taken.
	b.watch.forward(25 * time.Hour)
	q.body = upload("once", tuple("TST-1", "HP", "HP Elite"))
	q.token = read[map[string]string](t, b.control("GET", "/tokens", ""))["partner"]
	b.do(q).want(t, 409)
}

func TestRefusedRequestIsNotRemembered(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	q := request{method: "POST", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches",
		body: `{`, header: map[string]string{"MS-RequestId": someID}}
	b.do(q).want(t, 400)
	q.body = upload("b", `{"productKey":"1"}`)
	b.do(q).want(t, 202)
	if log := b.requests(); log[1].Replay {
		t.Errorf("log %+v", log)
	}
	// Reads with a used id are simply answered.
	b.do(request{method: "GET", url: q.url, header: q.header}).want(t, 200)
}

func TestCopiesAtTheSameTimeHaveOneEffect(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	q := request{method: "POST", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches",
		body: upload("b", `{"productKey":"1"}`), header: map[string]string{"MS-RequestId": someID}}
	places := make([]string, 8)
	var group sync.WaitGroup
	for i := range places {
		group.Go(func() {
			if r, err := b.try(q); err == nil && r.status == 202 {
				places[i] = r.header.Get("Location")
			}
		})
	}
	group.Wait()
	for _, place := range places {
		if place == "" || place != places[0] {
			t.Fatalf("places %v", places)
		}
	}
	replays := 0
	for _, e := range b.requests() {
		count(&replays, e.Replay)
	}
	if replays != 7 {
		t.Errorf("%d replays, want 7", replays)
	}
}
