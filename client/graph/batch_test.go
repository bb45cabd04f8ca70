package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/client/graph"
	"muster/model"
)

// batchPart is a part as a server of batches sees it.
type batchPart struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// batches serves /$batch with a function for the parts. Answers come in reverse.
func batches(t testing.TB, answer func(p batchPart) string) (b *backend, sizes *[]int) {
	sizes = new([]int)
	b = serve(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Requests []batchPart `json:"requests"`
		}
		if err := json.Unmarshal([]byte(b.asks[len(b.asks)-1].Body), &in); err != nil || r.URL.Path != "/beta/$batch" || r.Method != http.MethodPost {
			t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		*sizes = append(*sizes, len(in.Requests))
		var out []string
		ids := map[string]bool{}
		for _, p := range in.Requests {
			if ids[p.ID] {
				t.Errorf("id %s twice", p.ID)
			}
			ids[p.ID] = true
			if a := answer(p); a != "" {
				out = append(out, strings.Replace(a, "ID", p.ID, 1))
			}
		}
		slices.Reverse(out)
		_, _ = fmt.Fprintf(w, `{"responses":[%s]}`, strings.Join(out, ","))
	})
	return b, sizes
}

func device(n int) model.AutopilotID {
	return model.AutopilotID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
}

func TestUpdateManyInBatches(t *testing.T) {
	tries := map[string]int{}
	b, sizes := batches(t, func(p batchPart) string {
		tries[p.URL]++
		switch n := tries[p.URL]; {
		case p.Method != "POST" || p.Headers["Content-Type"] != "application/json" || string(p.Body) != `{"groupTag":"T"}` || p.Headers["client-request-id"] == "":
			t.Errorf("got %+v", p)
		case strings.Contains(p.URL, string(device(3))) && n == 1:
			return `{"id":"ID","status":429,"headers":{"retry-after-ms":"20"},"body":{"error":{"code":"TooManyRequests","message":"Too many requests."}}}`
		case strings.Contains(p.URL, string(device(4))) && n <= 2:
			return `{"id":"ID","status":429,"body":{"error":{"code":"TooManyRequests","message":"Too many requests."}}}`
		case strings.Contains(p.URL, string(device(5))):
			return `{"id":"ID","status":412,"body":` + example(t, "fault-envelope") + `}`
		case strings.Contains(p.URL, string(device(6))):
			return `{"id":"ID","status":500}`
		case strings.Contains(p.URL, string(device(7))):
			return ""
		case strings.Contains(p.URL, string(device(8))):
			return `{"id":"ID","status":204,"headers":{"Cache-Control":"no-cache"},"body":null},{"id":"ID","status":500},{"id":"99","status":200},{"id":"x","status":200}`
		}
		return `{"id":"ID","status":204}`
	})
	var updates []graph.AutopilotUpdate
	for i := range 45 {
		updates = append(updates, graph.AutopilotUpdate{ID: device(i), To: model.AutopilotChange{GroupTag: ptr("T")}, RequestID: fmt.Sprintf("id-%d", i)})
	}
	updates[44].To = model.AutopilotChange{}
	errs := b.UpdateAutopilotMany(t.Context(), updates)
	want := map[int]model.Kind{5: model.Conflict, 6: model.Lost, 7: model.Lost, 44: model.Invalid}
	for i, err := range errs {
		switch kind, bad := want[i]; {
		case bad:
			wantKind(t, err, kind)
		case err != nil:
			t.Errorf("device %d: %v", i, err)
		}
	}
	for url, n := range tries {
		if n > 1 && !strings.Contains(url, string(device(3))) && !strings.Contains(url, string(device(4))) {
			t.Errorf("%s was sent %d times", url, n)
		}
	}
	if n := tries["/deviceManagement/windowsAutopilotDeviceIdentities/"+string(device(4))+"/updateDeviceProperties"]; n != 3 {
		t.Errorf("a throttled part was sent %d times, want 3", n)
	}
	if d := cmp.Diff([]int{20, 20, 7}, *sizes); d != "" {
		t.Error(d)
	}
}

func TestUsersInBatches(t *testing.T) {
	b, _ := batches(t, func(p batchPart) string {
		if strings.HasSuffix(p.URL, "unassignUserFromDevice") {
			if string(p.Body) != "{}" {
				t.Errorf("sent %s", p.Body)
			}
			if strings.Contains(p.URL, string(device(2))) {
				return `{"id":"ID","status":400}`
			}
		}
		if strings.Contains(p.URL, string(device(3))) && strings.HasSuffix(p.URL, "Properties") {
			return `{"id":"ID","status":403}`
		}
		return `{"id":"ID","status":204}`
	})
	off := model.AutopilotChange{User: ptr("")}
	both := model.AutopilotChange{User: ptr(""), GroupTag: ptr("T")}
	errs := b.UpdateAutopilotMany(t.Context(), []graph.AutopilotUpdate{{ID: device(0), To: off}, {ID: device(1), To: both}, {ID: device(2), To: both}, {ID: device(3), To: both}})
	if errs[0] != nil || errs[1] != nil {
		t.Error(errs)
	}
	wantKind(t, errs[2], model.Lost, "still assigned")
	wantKind(t, errs[3], model.Forbidden)
	if len(b.asks) != 2 || strings.Contains(b.asks[1].Body, string(device(3))) {
		t.Errorf("asked %+v", b.asks)
	}
}

func TestBatchOfReads(t *testing.T) {
	n := 0
	b, _ := batches(t, func(p batchPart) string {
		if n++; n == 1 {
			return `{"id":"ID","status":503}`
		}
		if strings.HasPrefix(p.URL, "/groups?") {
			if p.URL != "/groups?%24search=%22displayName%3Aa%20b%22" || p.Headers["ConsistencyLevel"] != "eventual" || p.Headers["Content-Type"] != "" {
				t.Errorf("got %+v", p)
			}
			return `{"id":"ID","status":200,"body":` + example(t, "groups") + `}`
		}
		return `{"id":"ID","status":404,"headers":{"request-id":"theirs"},"body":{"error":{"code":"ResourceNotFound","message":"gone"}}}`
	})
	parts := []graph.Part{
		{Op: "a", Path: []string{"groups"}, Query: map[string][]string{"$search": {`"displayName:a b"`}}, Header: http.Header{"ConsistencyLevel": {"eventual"}}},
		{Op: "b", Path: []string{"groups", string(fronts)}, RequestID: "mine"},
		{Op: "c", Path: []string{"groups", ".."}},
	}
	got := b.Batch(t.Context(), parts)
	if got[0].Err != nil || got[0].Status != 200 || !strings.Contains(string(got[0].Body), "Clinic") || got[0].RequestID == "" {
		t.Errorf("got %+v", got[0])
	}
	wantKind(t, got[1].Err, model.NotFound, "b: gone (ResourceNotFound) [theirs]")
	if got[1].RequestID != "mine" || got[1].Status != 404 {
		t.Errorf("got %+v", got[1])
	}
	wantKind(t, got[2].Err, model.Invalid)
}

func TestBatchThatFailsAsAWhole(t *testing.T) {
	write := []graph.Part{{Op: "w", Method: "POST", Path: []string{"x"}}}
	read := []graph.Part{{Op: "r", Path: []string{"x"}}}
	for _, tc := range []struct {
		status      int
		body        string
		write, read model.Kind
	}{
		{400, `{"error":{"code":"BadRequest","message":"Batch request id cannot be duplicated"}}`, model.Invalid, model.Invalid},
		{502, "<html>", model.Lost, model.Service},
		{200, "<html>", model.Lost, model.Service},
		{200, `{"responses":{}}`, model.Lost, model.Service},
		{200, `{}`, model.Lost, model.Service},
		{403, "", model.Forbidden, model.Forbidden},
	} {
		wantKind(t, saying(t, tc.status, tc.body).Batch(t.Context(), write)[0].Err, tc.write)
		wantKind(t, saying(t, tc.status, tc.body).Batch(t.Context(), read)[0].Err, tc.read)
	}
}

// A part that is refused for its token goes by itself, where the pipeline can get another
// one; when that is refused too, it speaks for the others.
func TestAPartRefusedForItsTokenGoesByItself(t *testing.T) {
	for name, c := range map[string]struct {
		then int
		kind model.Kind
		asks int
	}{"taken": {204, 0, 3}, "refused": {401, model.SignedOut, 2}} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/beta/$batch" {
					w.WriteHeader(c.then)
					return
				}
				refused := `"status":401,"body":{"error":{"code":"InvalidAuthenticationToken","message":"the token is expired"}}`
				_, _ = fmt.Fprintf(w, `{"responses":[{"id":"0",%s},{"id":"1",%s}]}`, refused, refused)
			})
			got := b.Batch(t.Context(), []graph.Part{{Op: "w", Method: "POST", Path: []string{"x"}}, {Op: "w", Method: "POST", Path: []string{"y"}}})
			for _, g := range got {
				if c.kind == 0 && g.Err != nil || c.kind != 0 && model.KindOf(g.Err) != c.kind {
					t.Errorf("got %+v", g)
				}
			}
			if len(b.asks) != c.asks {
				t.Errorf("%d requests: %+v", len(b.asks), b.asks)
			}
		})
	}
}

func TestReadOnlyBatch(t *testing.T) {
	b := routes(t, map[string]string{"GET groups/a": "{}", "GET groups/b": "404"})
	b.ReadOnly = true
	got := b.Batch(t.Context(), []graph.Part{{Path: []string{"groups", "a"}}, {Path: []string{"groups", "b"}}})
	if got[0].Err != nil || got[0].Status != 200 || string(got[0].Body) != "{}" || got[1].Status != 404 {
		t.Errorf("got %+v", got)
	}
	wantKind(t, got[1].Err, model.NotFound)
}

func TestEmptyBatch(t *testing.T) {
	b := saying(t, 500, "")
	if got := b.Batch(t.Context(), nil); len(got) != 0 || len(b.asks) != 0 {
		t.Error(got, b.asks)
	}
}
