package simulator_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

func TestNoLocation(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	b.control("POST", "/faults", `{"match":"^POST","kind":"nolocation","times":1}`).want(t, 201)
	r := b.mine("POST", "/deviceBatches", upload("lost", `{"productKey":"1"}`)).want(t, 202)
	if at, ok := r.header["Location"]; ok || r.header.Get("Content-Length") != "0" {
		t.Errorf("Location %q, headers %v", at, r.header)
	}
	b.watch.forward(time10)
	if got := len(b.devices("lost")); got != 1 {
		t.Errorf("%d devices, want the work to be done", got)
	}
	if at := b.mine("POST", "/deviceBatches", upload("found", `{"productKey":"2"}`)).want(t, 202).header.Get("Location"); at == "" {
		t.Error("the fault happened twice")
	}
}

func TestGarbage(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	b.control("POST", "/faults", `{"match":"/policies","kind":"garbage"}`).want(t, 201)
	r := b.mine("GET", "/policies", "").want(t, 200)
	if !strings.HasPrefix(string(r.body), `{"totalCount":"many"`) || strings.HasSuffix(string(r.body), "}}") || r.header.Get("Content-Length") != fmt.Sprint(len(r.body)) {
		t.Errorf("%v %q", r.header, r.body)
	}
	if r := b.mine("GET", "/policies/"+someID, ""); r.status != 404 || len(r.body) != 0 {
		t.Errorf("a refusal: %d %q", r.status, r.body)
	}
	b.control("DELETE", "/faults", "")
	p := b.policies()[0].ID
	b.control("POST", "/faults", `{"match":"/policies","kind":"garbage","body":"<html>sign in"}`).want(t, 201)
	if r := b.mine("DELETE", "/policies/"+p, "").want(t, 204); len(r.body) != 0 {
		t.Errorf("a 204 with %q", r.body)
	}
	b.control("DELETE", "/faults", "")
	accepted := b.mine("POST", "/deviceBatches", upload("b", `{"productKey":"1"}`)).want(t, 202)
	b.control("POST", "/faults", `{"match":"batchJobStatus","kind":"garbage","body":"{\"status\":\"contemplating\"}"}`).want(t, 201)
	if j := b.job(accepted); j.Status != "contemplating" {
		t.Errorf("%+v", j)
	}
}

// An endless answer goes on for as long as somebody listens, and ends with them.
func TestEndless(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	whole := b.mine("GET", "/policies", "").want(t, 200).body
	b.control("POST", "/faults", `{"match":"/policies","kind":"endless"}`).want(t, 201)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r, err := http.NewRequestWithContext(ctx, "GET", b.ready.Partner+"/v1/customers/"+b.ready.Customer+"/policies", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+b.ready.PartnerToken)
	res, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := make([]byte, 8<<20)
	if _, err := io.ReadFull(res.Body, got); err != nil || res.StatusCode != 200 || res.ContentLength != -1 {
		t.Fatalf("%v, %d of length %d", err, res.StatusCode, res.ContentLength)
	}
	if cut := len(whole) - 1; !bytes.Equal(got[:cut], whole[:cut]) || len(bytes.TrimLeft(got[cut:], " ")) != 0 {
		t.Error("it does not begin as the answer does, or goes on with something else than blanks")
	}
	leave() // and the server's Close at the test's end finds nothing under way
	if r := b.mine("DELETE", "/policies/"+someID, ""); r.status != 404 {
		t.Errorf("a refusal: %d", r.status)
	}
}

func TestEndlessWithPauses(t *testing.T) {
	bubble(t, simulator.Options{Devices: 5}, func(t *testing.T, b *bench) {
		b.control("POST", "/faults", `{"match":"/policies","kind":"endless","delayMs":1000}`).want(t, 201)
		begun := time.Now()
		ctx, leave := context.WithTimeout(t.Context(), 10*time.Second)
		defer leave()
		r, err := http.NewRequestWithContext(ctx, "GET", b.ready.Partner+"/v1/customers/"+b.ready.Customer+"/policies", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+b.ready.PartnerToken)
		res, err := b.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err == nil || time.Since(begun) != 10*time.Second || n < 100_000 || n > 200_000 {
			t.Errorf("%d bytes in %s, %v", n, time.Since(begun), err)
		}
		res.Body.Close()
	})
}

// A simulator that ends takes endless answers with it, and they look cut.
func TestEndlessEndsWithTheSimulator(t *testing.T) {
	sim, err := simulator.New(simulator.Options{Devices: 5})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ready := sim.Ready(l.Addr())
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- sim.Serve(ctx, l) }()
	res, err := http.Post(ready.Control+"/faults", "application/json", strings.NewReader(`{"match":"/customers","kind":"endless","delayMs":5}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	r, err := http.NewRequest("GET", ready.Partner+"/v1/customers", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+ready.PartnerToken)
	if res, err = http.DefaultClient.Do(r); err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	stop()
	if _, err := io.Copy(io.Discard, res.Body); err == nil {
		t.Error("the answer looks whole")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestFaultsThatAreRefused(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	for body, part := range map[string]string{
		`{"kind":"locusts"}`:                         "none of status, reset, slow, truncate, stuck, nolocation, garbage, endless",
		`{"kind":"stuck","body":"x"}`:                "only with kind garbage",
		`{"kind":"endless","delayMs":-1}`:            "delayMs",
		`{"kind":"endless","delayMs":1000000000}`:    "delayMs",
		`{"kind":"garbage","before":true}`:           "only with kind reset",
		`{"kind":"slow"}`:                            "delayMs",
		`{"kind":"status","status":202}`:             "not between 300 and 599",
		`{"kind":"garbage","body":{"not":"a text"}}`: "not a fault",
	} {
		if r := b.control("POST", "/faults", body); r.status != 400 || !strings.Contains(string(r.body), part) {
			t.Errorf("%s: %d %s, want %q", body, r.status, r.body, part)
		}
	}
}

// A client that asks first, as curl does with a large body, is told to go on
// before it sends a byte of it.
func TestExpectContinue(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	at, err := url.Parse(b.ready.Partner)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := upload("asked", `{"productKey":"1"}`)
	if _, err := fmt.Fprintf(conn, "POST /v1/customers/%s/deviceBatches HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		b.ready.Customer, at.Host, b.ready.PartnerToken, len(body)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	if err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if line, err = in.ReadString('\n'); err != nil || line != "\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 202 || res.Header.Get("Location") == "" {
		t.Errorf("%d with %v", res.StatusCode, res.Header)
	}
	b.watch.forward(time10)
	if got := len(b.devices("asked")); got != 1 {
		t.Errorf("%d devices", got)
	}
}
