package simulator_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/simulator"
)

func TestOptionsAreChecked(t *testing.T) {
	for part, o := range map[string]simulator.Options{
		"devices":   {Devices: -1},
		"customers": {Customers: -1},
		"speed":     {Speed: -1},
		"lag":       {Lag: -1},
		"page":      {Page: 1001},
		"fault":     {Faults: []string{"locusts"}},
	} {
		if _, err := simulator.New(o); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", part, err)
		}
	}
}

func TestReadyLine(t *testing.T) {
	sim, err := simulator.New(simulator.Options{Devices: 5})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(sim.Ready(&net.TCPAddr{IP: net.IPv4zero, Port: 81}))
	if err != nil {
		t.Fatal(err)
	}
	var line map[string]string
	if err := json.Unmarshal(raw, &line); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for k, v := range line {
		keys = append(keys, k)
		if v == "" && k != "caFile" {
			t.Errorf("%s is empty", k)
		}
	}
	slices.Sort(keys)
	if got, want := strings.Join(keys, " "), "authority caFile control customer graph graphToken instance partner partnerToken"; got != want {
		t.Errorf("keys %s, want %s", got, want)
	}
	if line["partner"] != "http://127.0.0.1:81" || line["graph"] != "http://127.0.0.1:81/beta" || line["control"] != "http://127.0.0.1:81/_simulator" {
		t.Errorf("%v", line)
	}
}

// everything reads all lists of the first customer, and the customers.
func everything(b *bench) string {
	var out strings.Builder
	add := func(r reply) { out.Write(r.want(b.t, 200).body) }
	add(b.partner("GET", "/customers", ""))
	add(b.mine("GET", "/deviceBatches", ""))
	add(b.mine("GET", "/policies", ""))
	for _, batch := range b.batches() {
		q := request{method: "GET", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches/" + escape(batch.ID) + "/devices"}
		for {
			page := b.do(q)
			add(page)
			token := read[listView[deviceView]](b.t, page).ContinuationToken
			if token == "" {
				break
			}
			q.header = map[string]string{"MS-ContinuationToken": token}
		}
	}
	list := b.graph("GET", "/hardwareConfigurations", "").want(b.t, 200)
	out.WriteString(strings.ReplaceAll(string(list.body), b.ready.Graph, ""))
	return out.String()
}

func TestSameSeedSameBytes(t *testing.T) {
	o := simulator.Options{Devices: 700, Customers: 20}
	first := everything(start(t, o))
	o.Instance, o.Speed, o.Now = "another", 999, time.Now
	if everything(start(t, o)) != first {
		t.Error("another run of the same seed differs")
	}
	o.Seed = 8
	if everything(start(t, o)) == first {
		t.Error("another seed gives the same")
	}
}

func TestServeUntilTheContextEnds(t *testing.T) {
	for _, secure := range []bool{false, true} {
		sim, err := simulator.New(simulator.Options{Devices: 5, TLS: secure})
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ready := sim.Ready(l.Addr())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- sim.Serve(ctx, l) }()
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust(t, ready.CAFile)}}
		r, err := http.NewRequest("GET", ready.Partner+"/v1/customers", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+ready.PartnerToken)
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 || strings.HasPrefix(ready.Partner, "https:") != secure || (ready.CAFile != "") != secure {
			t.Errorf("%d from %s, authority %q", res.StatusCode, ready.Partner, ready.CAFile)
		}
		client.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if secure {
			if _, err := os.Stat(ready.CAFile); !os.IsNotExist(err) {
				t.Errorf("the authority's file is still there: %v", err)
			}
		}
	}
}

func trust(t *testing.T, file string) *tls.Config {
	t.Helper()
	if file == "" {
		return nil
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
		t.Fatalf("%v, mode %v", err, info.Mode())
	}
	raw, err := os.ReadFile(file)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(raw) {
		t.Fatalf("authority: %v", err)
	}
	return &tls.Config{RootCAs: pool}
}

func TestServeFailsWithItsListener(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := sim.Serve(t.Context(), l); err == nil {
		t.Error("no error from a closed listener")
	}
}

// pipes is a listener in memory.
type pipes struct {
	conns chan net.Conn
	gone  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.gone:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.gone)
	return nil
}

func (p *pipes) Addr() net.Addr { a, _ := net.Pipe(); return a.LocalAddr() }

// bubble runs a test against a simulator in a synctest bubble: its clock is
// the bubble's, its connections are pipes.
func bubble(t *testing.T, o simulator.Options, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim, err := simulator.New(o)
		if err != nil {
			t.Fatal(err)
		}
		l := &pipes{make(chan net.Conn), make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- sim.Serve(ctx, l) }()
		client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			l.conns <- there
			return here, nil
		}}}
		test(t, &bench{t: t, sim: sim, ready: sim.Ready(l.Addr()), http: client})
		client.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestInsideABubble(t *testing.T) {
	bubble(t, simulator.Options{Devices: 5}, func(t *testing.T, b *bench) {
		r := b.mine("POST", "/deviceBatches", upload("b", `{"productKey":"1"}`)).want(t, 202)
		if j := b.job(r); j.Status != "queued" {
			t.Errorf("at once %+v", j)
		}
		time.Sleep(time.Second) // a minute of the services' time
		if j := b.job(r); j.Status != "finished" {
			t.Errorf("a second later %+v", j)
		}
		b.control("GET", "/state", "").want(t, 200)
	})
}

func TestSlowAnswersAreProcessedFirst(t *testing.T) {
	bubble(t, simulator.Options{Devices: 5}, func(t *testing.T, b *bench) {
		b.control("POST", "/faults", `{"match":"^POST","kind":"slow","delayMs":1500}`).want(t, 201)
		b.control("POST", "/faults", `{"match":"deviceBatches$","kind":"slow","delayMs":500}`).want(t, 201)
		begun := time.Now()
		r := b.mine("POST", "/deviceBatches", upload("b", `{"productKey":"1"}`)).want(t, 202)
		if took := time.Since(begun); took != 2*time.Second {
			t.Errorf("took %s, want both delays", took)
		}
		if j := b.job(r); j.Status != "finished" { // two minutes of the services' time have gone by
			t.Errorf("%+v", j)
		}
	})
}

func TestReadyWithoutAnAddress(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ready := sim.Ready(nil)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", ready.Partner+"/v1/customers", nil)
	r.Header.Set("Authorization", "Bearer "+ready.PartnerToken)
	sim.Handler().ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
}

func TestImportsNothingOfOurs(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range file.Imports {
			if path := strings.Trim(one.Path.Value, `"`); strings.Contains(path, ".") || strings.HasPrefix(path, "muster") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
