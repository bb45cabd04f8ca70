package simulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/client/simulator"
)

// watch is a real clock that tests move by hand.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) forward(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// bench is a simulator on a loopback port with a clock that stands still.
type bench struct {
	t     *testing.T
	sim   *simulator.Simulator
	ready simulator.Ready
	watch *watch
	http  *http.Client
}

// start serves a simulator in which a real second is a simulated one.
func start(t *testing.T, o simulator.Options) *bench {
	t.Helper()
	w := &watch{now: time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)}
	if o.Now == nil {
		o.Now = w.Now
	}
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Instance == "" {
		o.Instance = "bench"
	}
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	// No transparent gzip: tests look at what is on the wire.
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	return &bench{t: t, sim: sim, ready: sim.Ready(server.Listener.Addr()), watch: w, http: client}
}

// reply is an answer with its body read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// request is what a test sends; token "-" sends none.
type request struct {
	method, url, token, body string
	header                   map[string]string
}

func (b *bench) try(q request) (reply, error) {
	b.t.Helper()
	r, err := http.NewRequest(q.method, q.url, strings.NewReader(q.body))
	if err != nil {
		b.t.Fatal(err)
	}
	if q.token == "" {
		q.token = b.ready.PartnerToken
		if strings.Contains(q.url, "/deviceManagement") {
			q.token = b.ready.GraphToken
		}
	}
	if q.token != "-" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	res, err := b.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, body}, err
}

func (b *bench) do(q request) reply {
	b.t.Helper()
	got, err := b.try(q)
	if err != nil {
		b.t.Fatalf("%s %s: %v", q.method, q.url, err)
	}
	return got
}

// partner calls Partner Center below /v1.
func (b *bench) partner(method, path, body string) reply {
	b.t.Helper()
	return b.do(request{method: method, url: b.ready.Partner + "/v1" + path, body: body})
}

// mine calls Partner Center below the first customer.
func (b *bench) mine(method, path, body string) reply {
	b.t.Helper()
	return b.partner(method, "/customers/"+b.ready.Customer+path, body)
}

func (b *bench) graph(method, path, body string) reply {
	b.t.Helper()
	return b.do(request{method: method, url: b.ready.Graph + "/deviceManagement" + path, body: body})
}

func (b *bench) control(method, path, body string) reply {
	b.t.Helper()
	return b.do(request{method: method, url: b.ready.Control + path, body: body, token: "-"})
}

// want fails unless the status is as expected.
func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// read decodes a body, behind the byte order mark if there is one.
func read[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(bytes.TrimPrefix(r.body, []byte("\xef\xbb\xbf")), &v); err != nil {
		t.Fatalf("%v in %q", err, r.body)
	}
	return v
}

// decodeList decodes a list outside of a bench.
func decodeList[T any](t testing.TB, body []byte) listView[T] {
	t.Helper()
	var v listView[T]
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type jobView struct {
	BatchTrackingID, Status, StartedTime, CompletedTime string
	DevicesStatus                                       []struct{ DeviceID, SerialNumber, ProductKey, Status, ErrorCode, ErrorDescription string }
}

type batchView struct {
	ID, CreatedBy, CreationDate, Status string
	DevicesCount                        int
	DevicesLink                         struct{ URI string }
}

type deviceView struct {
	ID, SerialNumber, ProductKey, ModelName, OEMManufacturerName, UploadedDate, UploadedBy string
	AllowedOperations                                                                      []string
	Policies                                                                               []struct {
		Key   string
		Value *string
	}
}

type policyView struct {
	ID, Name, Category, CreatedDate, LastModifiedDate string
	Description                                       *string
	DevicesAssignedCount                              int
	PolicySettings                                    []string
}

type listView[T any] struct {
	TotalCount        int
	Items             []T
	ContinuationToken string
	Links             *struct{ Next *linkView }
}

type linkView struct {
	URI     string
	Headers []struct{ Key, Value string }
}

// faultView is a Partner Center error.
type faultView struct {
	Code        int
	Description string
	Data        *[]string
	Source      string
}

func (b *bench) batches() []batchView {
	b.t.Helper()
	return read[listView[batchView]](b.t, b.mine("GET", "/deviceBatches", "").want(b.t, 200)).Items
}

func (b *bench) policies() []policyView {
	b.t.Helper()
	return read[listView[policyView]](b.t, b.mine("GET", "/policies", "").want(b.t, 200)).Items
}

// devices walks all pages of a batch of the first customer.
func (b *bench) devices(batch string) []deviceView {
	b.t.Helper()
	var out []deviceView
	token := ""
	for range 10_000 {
		q := request{method: "GET", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches/" + escape(batch) + "/devices"}
		if token != "" {
			q.header = map[string]string{"MS-ContinuationToken": token}
		}
		page := read[listView[deviceView]](b.t, b.do(q).want(b.t, 200))
		if page.TotalCount != len(page.Items) {
			b.t.Fatalf("totalCount %d for %d items", page.TotalCount, len(page.Items))
		}
		out = append(out, page.Items...)
		if token = page.ContinuationToken; token == "" {
			return out
		}
	}
	b.t.Fatal("no last page")
	return nil
}

// job reads a job by the Location of its 202.
func (b *bench) job(accepted reply) jobView {
	b.t.Helper()
	location := accepted.want(b.t, 202).header.Get("Location")
	return read[jobView](b.t, b.partner("GET", location, "").want(b.t, 200))
}

// finish moves the clock past the end of any small job and reads it.
func (b *bench) finish(accepted reply) jobView {
	b.t.Helper()
	accepted.want(b.t, 202)
	b.watch.forward(10 * time.Minute)
	return b.job(accepted)
}
