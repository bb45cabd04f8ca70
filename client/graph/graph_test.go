package graph_test

import (
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
	"muster/client/graph"
	"muster/client/rest"
	"muster/model"
)

const counter model.BIOSID = "0d8a4b3e-7f52-4a7e-b0c9-6a4f1c2d9e80"

// example returns a recorded body.
func example(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "exchanges", "graph", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// ask is what a server was asked.
type ask struct{ Method, Target, RequestID, Body string }

// backend is a server that answers with a function and keeps what it was asked.
type backend struct {
	*graph.Client
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
		b.asks = append(b.asks, ask{r.Method, r.RequestURI, r.Header.Get("client-request-id"), string(body)})
		b.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(srv.Close)
	b.base, b.Client = srv.URL+"/beta", connect(t, srv.URL+"/beta", model.NewSecret("token"))
	return b
}

func connect(t testing.TB, base string, token model.Secret) *graph.Client {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	c, err := rest.New(rest.Options{Service: rest.Graph, Base: u, Credential: auth.Static(token), Backoff: time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	return graph.New(c)
}

func saying(t testing.TB, status int, body string) *backend {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
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

func same[T any](t testing.TB, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b model.Secret) bool { return a.Reveal() == b.Reveal() })); d != "" {
		t.Error(d)
	}
}

// recorded is the configuration of the recorded list.
func recorded() model.BIOSConfiguration {
	return model.BIOSConfiguration{ID: counter, Version: 2, Name: "Counter PCs, secure boot baseline", Description: "Secure Boot and TPM on, camera off",
		FileName: "counter-baseline.cctk", Format: model.FormatDell, ScopeTags: []string{"0"}, PasswordsOff: true,
		Created: rest.ParseTime("2026-07-02T10:11:12.0041523Z"), Modified: rest.ParseTime("2026-08-04T08:30:00.9910042Z")}
}

func TestBIOSConfigurations(t *testing.T) {
	got, err := gather(saying(t, 200, example(t, "bios-configurations")).BIOSConfigurations(t.Context()))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if !strings.HasPrefix(string(got[0].Content), "[cctk]\r\n") {
		t.Errorf("content %q", got[0].Content)
	}
	got[0].Content = nil
	same(t, recorded(), got[0])
	_, err = gather(saying(t, 200, "{}").BIOSConfigurations(t.Context()))
	wantKind(t, err, model.Service, "without a list")
}

func TestBIOSConfiguration(t *testing.T) {
	b := saying(t, 200, `{"id":"`+string(counter)+`","displayName":"a\u001b[2Jb","configurationFileContent":"not base64!","hardwareConfigurationFormat":"newVendor","roleScopeTagIds":null}`)
	got, err := b.BIOSConfiguration(t.Context(), counter)
	if err != nil {
		t.Fatal(err)
	}
	same(t, model.BIOSConfiguration{ID: counter, Name: "a\ufffd[2Jb", Format: "newVendor"}, got)
	_, err = b.BIOSConfiguration(t.Context(), "x')/assign")
	wantKind(t, err, model.Invalid)
	_, err = saying(t, 200, `{"value":{}}`).BIOSConfiguration(t.Context(), counter)
	wantKind(t, err, model.Service)
	_, err = saying(t, 403, example(t, "fault-b")).BIOSConfiguration(t.Context(), counter)
	wantKind(t, err, model.Forbidden)
	if len(b.asks) != 1 || b.asks[0].Target != "/beta/deviceManagement/hardwareConfigurations/"+string(counter) {
		t.Errorf("asked %+v", b.asks)
	}
}

func TestPages(t *testing.T) {
	list := func(b *backend) string { return b.base + "/deviceManagement/hardwareConfigurations" }
	for _, tc := range []struct {
		name string
		next func(b *backend, n int) string
		n    int
		part string // "" = no error
		last string // the last request's target
	}{
		{"to the end, unchanged", func(b *backend, n int) string {
			if n == 3 {
				return ""
			}
			return list(b) + fmt.Sprintf("?$top=2&$skiptoken=Last%%3d%%27%d%%27", n)
		}, 3, "", "?$top=2&$skiptoken=Last%3d%272%27"},
		{"repeats", func(b *backend, n int) string { return list(b) + "?x=1" }, 2, "repeats", "?x=1"},
		{"other host", func(b *backend, n int) string {
			return "https://collector.invalid/beta/deviceManagement/hardwareConfigurations"
		}, 1, "somewhere else", ""},
		{"other list", func(b *backend, n int) string { return b.base + "/deviceManagement/managedDevices" }, 1, "somewhere else", ""},
		{"other version", func(b *backend, n int) string { return strings.Replace(list(b), "beta", "v1.0", 1) }, 1, "somewhere else", ""},
		{"climbs", func(b *backend, n int) string { return b.base + "/x/%2e%2e/deviceManagement/hardwareConfigurations" }, 1, "somewhere else", ""},
		{"relative", func(b *backend, n int) string { return "/beta/deviceManagement/hardwareConfigurations?x=1" }, 1, "somewhere else", ""},
		{"no link at all", func(b *backend, n int) string { return "%zz" }, 1, "somewhere else", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b *backend
			n := 0
			b = serve(t, func(w http.ResponseWriter, r *http.Request) {
				n++
				page := map[string]json.RawMessage{"value": json.RawMessage(fmt.Sprintf(`[{"id":"00000000-0000-0000-0000-00000000000%d"}]`, n))}
				if next := tc.next(b, n); next != "" {
					page["@odata.nextLink"], _ = json.Marshal(next)
				}
				_ = json.NewEncoder(w).Encode(page)
			})
			got, err := gather(b.BIOSConfigurations(t.Context()))
			if len(got) != tc.n {
				t.Errorf("got %d, want %d", len(got), tc.n)
			}
			if tc.part == "" && err != nil {
				t.Error(err)
			} else if tc.part != "" {
				wantKind(t, err, model.Incomplete, tc.part)
			}
			if want := "/beta/deviceManagement/hardwareConfigurations" + tc.last; b.asks[len(b.asks)-1].Target != want {
				t.Errorf("asked for %s, want %s", b.asks[len(b.asks)-1].Target, want)
			}
		})
	}
}

// sentJSON compares what was sent with a recorded request, as JSON, and that the
// type comes first.
func sentJSON(t testing.TB, want, got string) {
	t.Helper()
	norm := func(s string) (v any) {
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if d := cmp.Diff(norm(want), norm(got)); d != "" {
		t.Error(d)
	}
	if !strings.HasPrefix(got, `{"@odata.type":"#microsoft.graph.hardwareConfiguration",`) {
		t.Errorf("the type is not first: %.60s", got)
	}
}

func TestCreateBIOS(t *testing.T) {
	want := recorded()
	want.Content = []byte("[cctk]\r\n; muster...")
	b := saying(t, 201, `{"id":"`+string(counter)+`","version":1}`)
	got, err := b.CreateBIOS(t.Context(), want, "id-1")
	if err != nil || got.ID != counter || got.Version != 1 {
		t.Fatal(got, err)
	}
	sentJSON(t, example(t, "bios-create.request"), b.asks[0].Body)
	if b.asks[0].Method != "POST" || b.asks[0].RequestID != "id-1" {
		t.Errorf("asked %+v", b.asks[0])
	}
	for _, garbage := range []string{"", "<html>", `{"id":"x"}`} {
		got, err = saying(t, 201, garbage).CreateBIOS(t.Context(), want, "")
		if err != nil || got.ID != "" || got.Version != 0 || got.Name != want.Name {
			t.Errorf("%q: got %+v %v", garbage, got, err)
		}
	}
	_, err = saying(t, 500, "").CreateBIOS(t.Context(), want, "")
	wantKind(t, err, model.Lost)
}

func TestUpdateBIOS(t *testing.T) {
	var was struct {
		Description string `json:"description"`
		FileName    string `json:"fileName"`
		Content     []byte `json:"configurationFileContent"`
	}
	if err := json.Unmarshal([]byte(example(t, "bios-update.request")), &was); err != nil {
		t.Fatal(err)
	}
	p := model.BIOSPatch{Description: &was.Description, FileName: &was.FileName, Content: was.Content}
	b := saying(t, 200, strings.Replace(strings.TrimSuffix(strings.TrimSpace(example(t, "bios-configurations")), "}"), `"value": [`, `"id":"`+string(counter)+`","version":3,"value":[`, 1)+"}")
	got, err := b.UpdateBIOS(t.Context(), counter, p, "id-2")
	if err != nil || got.Version != 3 {
		t.Fatal(got, err)
	}
	sentJSON(t, example(t, "bios-update.request"), b.asks[0].Body)
	if b.asks[0].Method != "PATCH" || b.asks[0].RequestID != "id-2" || !strings.HasSuffix(b.asks[0].Target, "/"+string(counter)) {
		t.Errorf("asked %+v", b.asks[0])
	}
	off, empty := false, ""
	b = saying(t, 204, "")
	got, err = b.UpdateBIOS(t.Context(), counter, model.BIOSPatch{PasswordsOff: &off, Description: &empty}, "")
	if err != nil {
		t.Fatal(err)
	}
	same(t, model.BIOSConfiguration{ID: counter}, got)
	sentJSON(t, `{"@odata.type":"#microsoft.graph.hardwareConfiguration","description":"","perDevicePasswordDisabled":false}`, b.asks[0].Body)
	_, err = b.UpdateBIOS(t.Context(), counter, model.BIOSPatch{}, "")
	wantKind(t, err, model.Invalid)
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
