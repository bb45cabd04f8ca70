package killtest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"muster/model"
)

// Two processes on one upload at once: the one that began it does it, the other, which
// is told to go on with it, watches. What the other sends goes through a proxy.
func TestTwoProcessesOneUploadOneDoesItTheOtherWatches(t *testing.T) {
	w := start(t)
	w.control(http.MethodPost, "faults", slowSending)
	w.control(http.MethodPost, "faults", slowJobs)

	doer := w.command("upload", w.list, "--customer", w.ready.Customer, "--batch", "Kill batch", "--yes", "--wait", "--json")
	var did, said bytes.Buffer
	doer.Stdout, doer.Stderr = &did, &said
	if err := doer.Start(); err != nil {
		t.Fatal(err)
	}
	id := w.await(t.Context(), phase(1, model.ChunkAccepted))

	var mu sync.Mutex
	var sent []string
	at, err := url.Parse(w.ready.Partner)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, r.In.Method+" "+r.In.URL.Path)
		r.SetURL(at)
		r.Out.Host = r.In.Host
	}})
	defer proxy.Close()
	watcher := w.command("operations", "resume", string(id), "--wait", "--timeout", "2m", "--json")
	watcher.Env = append(watcher.Env, "MUSTER_PARTNER_URL="+proxy.URL)
	var saw, noted bytes.Buffer
	watcher.Stdout, watcher.Stderr = &saw, &noted
	if err := watcher.Start(); err != nil {
		t.Fatal(err)
	}
	w.await(t.Context(), phase(chunks, model.ChunkAccepted))
	w.control(http.MethodDelete, "faults", "")

	if err := watcher.Wait(); err != nil {
		t.Errorf("the watcher: %v\n%s", err, noted.String())
	}
	if err := doer.Wait(); err != nil {
		t.Errorf("the doer: %v\n%s", err, said.String())
	}
	if !strings.Contains(noted.String(), "another muster is sending it") {
		t.Errorf("the watcher did not say that another muster sends it:\n%s", noted.String())
	}
	for name, text := range map[string][]byte{"doer": did.Bytes(), "watcher": saw.Bytes()} {
		var o outcome
		if err := json.Unmarshal(text, &o); err != nil || o.State != "done" || o.Rows.Done != devices {
			t.Errorf("the %s saw %+v, %v, want %d done", name, o, err, devices)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, r := range sent {
		if !strings.HasPrefix(r, "GET ") || strings.Contains(r, "/batchJobStatus/") {
			t.Errorf("the watcher sent %s", r)
		}
	}
	w.everyDeviceOnce()
	w.everyChunkOnce()
}
