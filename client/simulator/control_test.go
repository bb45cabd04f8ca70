package simulator_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

const time10 = 10 * time.Minute

type stateView struct {
	Instance  string
	Customers []struct {
		ID        string
		Forbidden bool
		Devices   int
		Batches   map[string]int
	}
	Jobs          map[string]int
	Requests      int
	UnknownModels []string
}

type entryView struct {
	Time         time.Time
	Method, Path string
	Query        string
	Status       int
	RequestID    string
	Replay       bool
}

func (b *bench) requests() []entryView {
	b.t.Helper()
	var out []entryView
	lines := bufio.NewScanner(bytes.NewReader(b.control("GET", "/requests", "").want(b.t, 200).body))
	for lines.Scan() {
		var e entryView
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			b.t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func TestControlIsForThisMachine(t *testing.T) {
	sim, err := simulator.New(simulator.Options{Devices: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		peer, host, origin string
		status             int
	}{
		"here":             {"127.0.0.1:5", "127.0.0.1:80", "", 200},
		"by name":          {"[::1]:5", "localhost:80", "", 200},
		"version six":      {"[::1]:5", "[::1]:80", "", 200},
		"pipe":             {"pipe", "127.0.0.1", "", 200},
		"own origin":       {"127.0.0.1:5", "127.0.0.1:80", "http://127.0.0.1:80", 200},
		"another peer":     {"10.0.0.9:5", "127.0.0.1:80", "", 403},
		"another name":     {"127.0.0.1:5", "rebound.example:80", "", 403},
		"a page elsewhere": {"127.0.0.1:5", "127.0.0.1:80", "https://rebound.example", 403},
		"a page from here": {"127.0.0.1:5", "127.0.0.1:80", "http://127.0.0.1:81", 403},
		"an opaque origin": {"127.0.0.1:5", "127.0.0.1:80", "null", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "/_simulator/state", nil)
		r.RemoteAddr, r.Host = c.peer, c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		sim.Handler().ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: %d, want %d", name, w.Code, c.status)
		}
	}
}

func TestControlRefusesNonsense(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	for body, part := range map[string]string{
		`x`:                                     "not a fault",
		`[]`:                                    "not a fault",
		`{"match":"(","status":500}`:            "match",
		`{"match":".","kind":"explode"}`:        "kind",
		`{"match":".","status":42}`:             "status",
		`{"match":"."}`:                         "status",
		`{"match":".","kind":"slow"}`:           "delayMs",
		`{"match":".","status":500,"times":-1}`: "times",
		`{"match":".","status":500,"probability":2}`:            "probability",
		`{"match":".","status":500,"colour":"red"}`:             "colour",
		`{"match":".","status":500,"before":true}`:              "before",
		`{"match":".","status":500,"retryAfter":{"a":1}}`:       "retryAfter",
		`{"match":".","status":500,"retryAfter":"1\r\nX: y"}`:   "retryAfter",
		`{"match":".","status":"500"}`:                          "status",
		`{"match":".","status":500,"retryAfter":"` + "é" + `"}`: "retryAfter",
	} {
		got := b.control("POST", "/faults", body).want(t, 400)
		if problem := read[struct{ Error string }](t, got).Error; !strings.Contains(problem, part) {
			t.Errorf("%s: %q does not name %q", body, problem, part)
		}
	}
	b.control("GET", "/nothing", "").want(t, 404)
	b.control("PUT", "/faults", "").want(t, 404)
	b.control("GET", "/tokens?customer=x", "").want(t, 400)
	b.control("POST", "/faults", strings.Repeat(" ", 2<<20)).want(t, 413)
}

func TestRequestLogAndReset(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100})
	b.do(request{method: "GET", url: b.ready.Partner + "/v1//customers?size=3", header: map[string]string{"MS-RequestId": someID}})
	b.graph("GET", "/nothing", "")
	b.finish(b.mine("POST", "/deviceBatches", `{"batchId":"new","devices":[{"productKey":"1"}]}`))
	log := b.requests()
	if len(log) != 4 {
		t.Fatalf("%d entries, want 4: %+v", len(log), log)
	}
	if e := log[0]; e.Method != "GET" || e.Path != "/v1//customers" || e.Query != "size=3" || e.Status != 200 || e.RequestID != someID || e.Replay || e.Time.IsZero() {
		t.Errorf("first entry %+v", e)
	}
	if e := log[1]; e.Status != 400 || e.RequestID == "" {
		t.Errorf("second entry %+v", e)
	}
	before := read[stateView](t, b.control("GET", "/state", ""))
	if before.Customers[0].Batches["new"] != 1 || before.Jobs["finished"] != 1 || before.Requests != 4 || len(before.UnknownModels) == 0 {
		t.Errorf("state %+v", before)
	}
	b.control("POST", "/faults", `{"match":".","status":500}`).want(t, 201)
	after := read[stateView](t, b.control("POST", "/reset", "").want(t, 200))
	if _, ok := after.Customers[0].Batches["new"]; ok || after.Requests != 0 || len(after.Jobs) != 0 {
		t.Errorf("after reset %+v", after)
	}
	b.mine("GET", "/deviceBatches", "").want(t, 200)
	b.control("DELETE", "/requests", "").want(t, 204)
	if got := b.requests(); len(got) != 0 {
		t.Errorf("log after it was emptied: %+v", got)
	}
}
