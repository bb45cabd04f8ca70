package partner_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/client/auth"
	"muster/client/partner"
	"muster/client/rest"
	"muster/model"
)

const larkspur model.CustomerID = "5b1f0d0e-6c0f-4a43-9a53-2f7c3f1f7a10"

// example returns a recorded body.
func example(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "exchanges", "partner", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// ask is what a server was asked.
type ask struct{ Method, Target, Token, RequestID, Body string }

// backend is a server that answers with a function and keeps what it was asked.
type backend struct {
	*partner.Client
	base string
	mu   sync.Mutex
	asks []ask
}

func serve(t testing.TB, h func(w http.ResponseWriter, r *http.Request)) *backend {
	t.Helper()
	b := &backend{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.asks = append(b.asks, ask{r.Method, r.RequestURI, r.Header.Get("MS-ContinuationToken"), r.Header.Get("MS-RequestId"), string(body)})
		b.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(srv.Close)
	b.base, b.Client = srv.URL, connect(t, srv.URL, model.NewSecret("token"))
	return b
}

func connect(t testing.TB, base string, token model.Secret) *partner.Client {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	c, err := rest.New(rest.Options{Service: rest.Partner, Base: u, Credential: auth.Static(token), Backoff: time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	return partner.New(c)
}

// saying answers everything with one body, a byte order mark in front.
func saying(t testing.TB, body string) *backend {
	return serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "\xef\xbb\xbf"+body) })
}

// gather walks to the end and returns everything and the last error.
func gather[T any](pages iter.Seq2[[]T, error]) (all []T, err error) {
	for items, e := range pages {
		all, err = append(all, items...), e
	}
	return all, err
}

func wantKind(t testing.TB, err error, kind model.Kind, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want kind %v", kind)
	}
	if got := model.KindOf(err); got != kind {
		t.Fatalf("got kind %v of %v, want %v", got, err, kind)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("got %q, want %q in it", err, p)
		}
	}
}

func date(s string) time.Time { return rest.ParseTime(s) }

func same[T any](t testing.TB, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b model.Secret) bool { return a.Reveal() == b.Reveal() })); d != "" {
		t.Error(d)
	}
}

func TestCustomers(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("MS-ContinuationToken") == "" {
			_, _ = io.WriteString(w, example(t, "customers"))
			return
		}
		_, _ = io.WriteString(w, `{"totalCount":0,"items":[],"links":{}}`)
	})
	got, err := gather(b.Customers(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.Customer{
		{ID: larkspur, Name: "Larkspur Clinics", Domain: "larkspurclinics.onmicrosoft.com", Relationship: "reseller"},
		{ID: "c2a6c9b4-3b7e-4f0d-8d0e-0f5f4a1b9e77", Name: "Tamar Freight", Domain: "tamarfreight.onmicrosoft.com", Relationship: "reseller"},
	}, got)
	if b.asks[0].Target != "/v1/customers?size=500" || b.asks[1].Target != "/v1/customers?seekOperation=Next" || b.asks[1].Token != "AAIAAAAx" {
		t.Errorf("asked %+v", b.asks)
	}
}

func TestCustomer(t *testing.T) {
	b := saying(t, example(t, "customer"))
	got, err := b.Customer(t.Context(), "c2a6c9b4-3b7e-4f0d-8d0e-0f5f4a1b9e77")
	if err != nil || got.Name != "Tamar Freight" {
		t.Fatal(got, err)
	}
	_, err = b.Customer(t.Context(), "../policies")
	wantKind(t, err, model.Invalid)
	_, err = saying(t, "{}").Customer(t.Context(), larkspur)
	wantKind(t, err, model.Service, "without a customer")
	if len(b.asks) != 1 {
		t.Errorf("asked %+v", b.asks)
	}
}

func TestBatches(t *testing.T) {
	got, err := saying(t, example(t, "batches")).Batches(t.Context(), larkspur)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.DeviceBatch{
		{ID: "LARK spring refresh", CreatedBy: "Harrow & Pike IT", Created: date("2026-03-02T08:41:17Z"), Devices: 143},
		{ID: "3f1c7d0a-58d8-4f57-9d3f-0a4a0c1be9d2", Created: date("2026-04-18T13:02:55Z"), Devices: 1},
	}, got)
	got, err = saying(t, `{"items":[{"id":"a","deviceCount":3},{"id":"b"},{"id":"c","devicesCount":-4}]}`).Batches(t.Context(), larkspur)
	if err != nil || got[0].Devices != 3 || got[1].Devices != model.CountUnknown || got[2].Devices != model.CountUnknown {
		t.Errorf("got %+v %v", got, err)
	}
	got, err = saying(t, `{"items":[{"id":"a"},{"id":"x\u001b[2J"},{"id":""}]}`).Batches(t.Context(), larkspur)
	wantKind(t, err, model.Incomplete, "2 items")
	if len(got) != 1 {
		t.Errorf("got %+v", got)
	}
	_, err = saying(t, `{"items":[{"id":"a"}],"continuationToken":"more"}`).Batches(t.Context(), larkspur)
	wantKind(t, err, model.Incomplete, "only a part")
	_, err = saying(t, `{"hello":1}`).Batches(t.Context(), larkspur)
	wantKind(t, err, model.Service, "without a list")
	_, err = saying(t, `<html>`).Batches(t.Context(), larkspur)
	wantKind(t, err, model.Service, "something else than JSON")
	if got, err = saying(t, `{"totalCount":0}`).Batches(t.Context(), larkspur); err != nil || len(got) != 0 {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestDevices(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("MS-ContinuationToken") == "" {
			_, _ = io.WriteString(w, example(t, "devices"))
			return
		}
		_, _ = io.WriteString(w, `{"items":[{"id":"x","policies":[{"key":"other","value":"a"},{"key":"o_o_b_e","value":"AzureAD Join Default Profile"}],"productKey":"k","allowedOperations":["GET"]}]}`)
	})
	got, err := gather(b.Devices(t.Context(), larkspur, "50% off a/b"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.Device{
		{ID: "0b1f6a3e-2f3f-4d86-9c39-1f0b7f7ad1c4", Batch: "50% off a/b", Serial: "LK7Q2M1", Maker: "Dell Inc.", Model: "Latitude 7450",
			Policy: model.PolicyRef{Value: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20"}, Uploaded: date("2026-05-04T09:14:31.4409127Z")},
		{ID: "4471-0092-3318-6650-1204-7783-19", Batch: "50% off a/b", Serial: "4471-0092-3318-6650-1204-7783-19", Maker: "Microsoft Corporation",
			Model: "Virtual Machine", Uploaded: date("2026-05-04T07:14:31.6602258Z")},
		{ID: "x", Batch: "50% off a/b", Policy: model.PolicyRef{Value: "AzureAD Join Default Profile"}, ProductKey: model.NewSecret("k"), Allowed: []string{"GET"}},
	}, got)
	const target = "/v1/customers/5b1f0d0e-6c0f-4a43-9a53-2f7c3f1f7a10/deviceBatches/50%25%20off%20a%2Fb/devices"
	if b.asks[0].Target != target || b.asks[1].Target != target || b.asks[1].Token != "b2Zmc2V0PTEwMA==" {
		t.Errorf("asked %+v", b.asks)
	}
	for _, name := range []model.BatchID{"", "..", "a\x00"} {
		_, err := gather(b.Devices(t.Context(), larkspur, name))
		wantKind(t, err, model.Invalid)
	}
	_, err = gather(b.Devices(t.Context(), "nobody", "a"))
	wantKind(t, err, model.Invalid)
}

func TestHowAListGoesOn(t *testing.T) {
	for _, tc := range []struct {
		name string
		page string // every page; %d counts them
		n    int
		kind model.Kind
		part string
	}{
		{"token repeats", `{"items":[{"id":"a%d"}],"continuationToken":"same"}`, 2, model.Incomplete, "repeats"},
		{"page repeats", `{"items":[{"id":"a"}],"continuationToken":"t%d"}`, 1, model.Incomplete, "same page"},
		{"foreign link", `{"items":[{"id":"a%d"}],"links":{"next":{"uri":"https://collector.invalid/v1/customers","headers":[{"key":"MS-ContinuationToken","value":"t"}]}}}`, 1, model.Incomplete, "somewhere else"},
		{"link to another list", `{"items":[{"id":"a%d"}],"links":{"next":{"uri":"/customers","headers":[]}},"continuationToken":"t"}`, 1, model.Incomplete, "somewhere else"},
		{"token that no header holds", `{"items":[{"id":"a%d"}],"continuationToken":"a\r\nb"}`, 1, model.Incomplete, "somewhere else"},
		{"empty pages", `{"items":[],"continuationToken":"t%d"}`, 0, model.Incomplete, "empty pages"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := 0
			b := serve(t, func(w http.ResponseWriter, r *http.Request) {
				n++
				_, _ = io.WriteString(w, strings.ReplaceAll(tc.page, "%d", fmt.Sprint(n)))
			})
			got, err := gather(b.Devices(t.Context(), larkspur, "b"))
			wantKind(t, err, tc.kind, tc.part)
			if len(got) != tc.n {
				t.Errorf("got %d devices, want %d", len(got), tc.n)
			}
		})
	}
}

func TestAPageThatFails(t *testing.T) {
	n := 0
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 3 {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, example(t, "fault"))
			return
		}
		_, _ = fmt.Fprintf(w, `{"items":[{"id":"a%d"}],"continuationToken":"t%d"}`, n, n)
	})
	got, err := gather(b.Devices(t.Context(), larkspur, "b"))
	wantKind(t, err, model.Incomplete, "stopped after page 2", "no reseller relationship", "20002")
	if len(got) != 2 {
		t.Errorf("got %d devices", len(got))
	}
	_, err = gather(serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }).Devices(t.Context(), larkspur, "b"))
	wantKind(t, err, model.NotFound)
}

func TestPolicies(t *testing.T) {
	want := model.ConfigurationPolicy{ID: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20", Name: "Reception kiosks", Category: "o_o_b_e",
		Description: "No local admin, straight to sign-in", Assigned: 41,
		Settings: []model.Setting{model.SettingUserNotLocalAdmin, model.SettingSkipExpress, model.SettingSkipOEMRegister},
		Created:  date("2026-05-04T16:20:11.2030045Z"), Modified: date("2026-05-04T16:20:11.2030045Z")}
	got, err := saying(t, example(t, "policies")).Policies(t.Context(), larkspur)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.ConfigurationPolicy{want}, got)
	one, err := saying(t, example(t, "policy")).Policy(t.Context(), larkspur, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	want.Assigned, want.Created, want.Modified = 0, date("2026-05-04T09:20:11Z"), date("2026-05-04T09:20:11Z")
	same(t, want, one)
	old, err := saying(t, `{"id":"9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20","devicesAssigned":7,"policySettings":["skip_new\u0007"]}`).Policy(t.Context(), larkspur, want.ID)
	if err != nil || old.Assigned != 7 || old.Settings[0] != "skip_new\ufffd" {
		t.Errorf("got %+v %v", old, err)
	}
	_, err = saying(t, "{}").Policy(t.Context(), larkspur, "kiosk")
	wantKind(t, err, model.Invalid)
}

func TestJobStatus(t *testing.T) {
	const id = "7d2b7c0e-0d5b-4a0f-a1b3-63f4d3f3c9ab"
	got, err := saying(t, example(t, "job")).JobStatus(t.Context(), larkspur, id)
	if err != nil {
		t.Fatal(err)
	}
	same(t, model.BatchUpload{ID: id, State: model.JobFinishedWithErrors, Raw: "finished_with_errors", Started: date("2026-05-04T09:14:05Z"), Completed: date("2026-05-04T09:16:41Z"),
		Devices: []model.DeviceUpload{
			{Serial: "LK7Q2M1", State: model.JobFinished, Raw: "finished"},
			{KeySum: model.NewSecret("3340098124417").Digest(), State: model.JobFinishedWithErrors, Raw: "finished_with_errors", Code: "806", Name: "ZtdDeviceAlreadyAssigned"},
			{Serial: "5CG4310XWP", State: model.JobFinishedWithErrors, Raw: "finished_with_errors", Code: "808", Name: "ZtdDeviceAssignedToOtherTenant"},
		}}, got)
	got, err = saying(t, `{"status":"warming_up\u001b","completedTime":"0001-01-01T00:00:00","devicesStatus":[{"deviceId":"d","status":"in-progress","errorCode":806},{"deviceId":"d\n"}]}`).JobStatus(t.Context(), larkspur, id)
	if err != nil {
		t.Fatal(err)
	}
	same(t, model.BatchUpload{ID: id, Raw: "warming_up\ufffd", Devices: []model.DeviceUpload{{ID: "d", State: model.JobProcessing, Raw: "in-progress", Code: "806"}, {}}}, got)
	_, err = saying(t, strings.ReplaceAll(example(t, "job"), "7d2b", "8d2b")).JobStatus(t.Context(), larkspur, id)
	wantKind(t, err, model.Service, "another one")
	_, err = saying(t, "{}").JobStatus(t.Context(), larkspur, id)
	wantKind(t, err, model.Service)
	_, err = saying(t, "{}").JobStatus(t.Context(), larkspur, "../x")
	wantKind(t, err, model.Invalid)
}

// sentJSON compares what was sent with a recorded request, as JSON.
func sentJSON(t testing.TB, want, got string) {
	t.Helper()
	var w, g json.RawMessage
	if json.Unmarshal([]byte(want), &w) != nil || json.Unmarshal([]byte(got), &g) != nil {
		t.Fatalf("not JSON: %s", got)
	}
	norm := func(raw json.RawMessage) (v any) {
		_ = json.Unmarshal(raw, &v)
		return v
	}
	if d := cmp.Diff(norm(w), norm(g)); d != "" {
		t.Error(d)
	}
}

func TestWritesAreAsRecorded(t *testing.T) {
	const job = "7d2b7c0e-0d5b-4a0f-a1b3-63f4d3f3c9ab"
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/customers/"+strings.ToUpper(string(larkspur))+"/batchJobStatus/"+job)
		w.Header().Set("MS-CorrelationId", "corr")
		w.WriteHeader(202)
	})
	tuple := func(serial string) model.Identity {
		return model.Identity{Serial: serial, Maker: "Dell Inc.", Model: "Latitude 7450"}
	}
	hash := model.Identity{Serial: "5CG4310XWP", Hash: model.NewSecret("T0EwAQEAHAAAAAoA..."), Maker: "stays at home"}
	key := model.Identity{ProductKey: model.NewSecret("3340098124417"), Serial: "stays at home"}
	got, err := b.CreateBatch(t.Context(), larkspur, model.DeviceBatchCreationRequest{Batch: "LARK-2026-W19", Devices: []model.Identity{tuple("LK7Q2M1"), key, hash}}, "id-1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, partner.Accepted{Job: job, RequestID: "id-1", Correlation: "corr"}, got)
	if _, err = b.AppendDevices(t.Context(), larkspur, "LARK spring refresh", []model.Identity{tuple("LK7Q2M9")}, "id-2"); err != nil {
		t.Fatal(err)
	}
	if _, err = b.ApplyPolicy(t.Context(), larkspur, model.DevicePolicyUpdate{Policy: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20",
		Devices: []model.DeviceID{"0b1f6a3e-2f3f-4d86-9c39-1f0b7f7ad1c4", "4471-0092-3318-6650-1204-7783-19"}}, "id-3"); err != nil {
		t.Fatal(err)
	}
	base := "/v1/customers/" + string(larkspur)
	for i, want := range []ask{
		{"POST", base + "/deviceBatches", "", "id-1", "batch-create.request"},
		{"POST", base + "/deviceBatches/LARK%20spring%20refresh/devices", "", "id-2", "devices-append.request"},
		{"PATCH", base + "/DevicePolicyUpdates", "", "id-3", "policy-apply.request"},
	} {
		got := b.asks[i]
		sentJSON(t, example(t, want.Body), got.Body)
		got.Body = want.Body
		same(t, want, got)
	}
}

func TestWritesThatAreNotSent(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	ctx := t.Context()
	_, err := b.CreateBatch(ctx, larkspur, model.DeviceBatchCreationRequest{Batch: "a/b", Devices: []model.Identity{{Serial: "x"}}}, "")
	wantKind(t, err, model.Invalid)
	_, err = b.AppendDevices(ctx, larkspur, "a", nil, "")
	wantKind(t, err, model.Invalid)
	_, err = b.AppendDevices(ctx, larkspur, "a", []model.Identity{{Serial: "alone"}}, "")
	wantKind(t, err, model.Invalid)
	_, err = b.AppendDevices(ctx, "nobody", "a", []model.Identity{{ProductKey: model.NewSecret("k")}}, "")
	wantKind(t, err, model.Invalid)
	_, err = b.ApplyPolicy(ctx, larkspur, model.DevicePolicyUpdate{Policy: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20", Devices: []model.DeviceID{"a\x00b"}}, "")
	wantKind(t, err, model.Invalid)
	if len(b.asks) != 0 {
		t.Errorf("asked %+v", b.asks)
	}
}

func TestSection13_02_LocationsThatLeadElsewhereAreNotFollowed(t *testing.T) {
	const job = "7d2b7c0e-0d5b-4a0f-a1b3-63f4d3f3c9ab"
	const mine = "/customers/5b1f0d0e-6c0f-4a43-9a53-2f7c3f1f7a10"
	for _, tc := range []struct {
		location, body string
		known          bool
	}{
		{mine + "/batchJobStatus/" + job, "", true},
		{"/v1" + mine + "/batchjobstatus/" + job, "", true},
		{"//v1/" + mine + "/batchJobStatus/" + job, "", true},
		{"BASE/v1" + mine + "/batchJobStatus/" + job, "", true},
		{"", `"` + mine + `/batchJobStatus/` + job + `"`, true},
		{"", `{"uri":"` + mine + `/batchJobStatus/` + job + `"}`, true},
		{"", `{"batchTrackingId":"` + job + `"}`, true},
		{"/customers/x/batchJobStatus/" + job, `{"location":"` + mine + `/batchJobStatus/` + job + `"}`, true},
		{"", "", false},
		{"", "garbage", false},
		{"https://collector.invalid/v1" + mine + "/batchJobStatus/" + job, "", false},
		{"//collector.invalid" + mine + "/batchJobStatus/" + job, "", false},
		{"/customers/c2a6c9b4-3b7e-4f0d-8d0e-0f5f4a1b9e77/batchJobStatus/" + job, "", false},
		{mine + "/batchJobStatus/../" + job, "", false},
		{mine + "/policies/" + job, "", false},
		{mine + "/batchJobStatus/17", `{"batchTrackingId":"17"}`, false},
	} {
		var b *backend
		b = serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", strings.Replace(tc.location, "BASE", b.base, 1))
			w.WriteHeader(202)
			_, _ = io.WriteString(w, tc.body)
		})
		got, err := b.AppendDevices(t.Context(), larkspur, "a", []model.Identity{{ProductKey: model.NewSecret("k")}}, "")
		if err != nil {
			t.Fatal(err)
		}
		if (got.Job == job) != tc.known || got.Job != "" && !tc.known {
			t.Errorf("%s %s: got %q", tc.location, tc.body, got.Job)
		}
	}
}

func TestHostileNames(t *testing.T) {
	got, err := gather(saying(t, `{"items":[{"id":"`+string(larkspur)+`","companyProfile":{"companyName":"a\u001b]0;x\u0007b\u202ec","domain":"d\ne"},"relationshipToPartner":{"x":1}}]}`).Customers(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.Customer{{ID: larkspur, Name: "a\ufffd]0;x\ufffdb\ufffdc", Domain: "d e"}}, got)
	devices, err := gather(saying(t, `{"items":[{"id":"a\u0000"},{"id":"`+strings.Repeat("x", 300)+`"},null,{"id":"b","serialNumber":"s\u001b[8m"}]}`).Devices(t.Context(), larkspur, "b"))
	wantKind(t, err, model.Incomplete, "3 items")
	same(t, []model.Device{{ID: "b", Batch: "b", Serial: "s\ufffd[8m"}}, devices)
}

func TestCancelledWalk(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		_, _ = fmt.Fprintf(w, `{"items":[{"id":"a%d"}],"continuationToken":"t%d"}`, n, n)
	})
	var err error
	for _, e := range b.Devices(ctx, larkspur, "b") {
		if err = e; n == 2 {
			cancel()
		}
	}
	wantKind(t, err, model.Cancelled)
}
