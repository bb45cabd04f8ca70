package graph_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/auth"
	"muster/client/graph"
	"muster/client/rest"
	"muster/model"
)

// doer is a transport made of a function, for bubbles.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// meter takes a number of writes in each 20 s of its clock, and refuses the parts
// beyond with 429.
type meter struct {
	limit          int
	began          time.Time
	taken, refused int
}

func (m *meter) answer(r *http.Request) (*http.Response, error) {
	time.Sleep(50 * time.Millisecond)
	var in struct {
		Requests []batchPart `json:"requests"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range in.Requests {
		if now := time.Now(); now.Sub(m.began) >= 20*time.Second {
			m.began, m.taken = now.Truncate(20*time.Second), 0
		}
		if m.taken++; m.taken > m.limit {
			m.refused++
			wait := time.Until(m.began.Add(20*time.Second))/time.Second + 1
			out = append(out, fmt.Sprintf(`{"id":%q,"status":429,"headers":{"Retry-After":"%d"},"body":{"error":{"code":"TooManyRequests","message":"Too many requests."}}}`, p.ID, wait))
			continue
		}
		out = append(out, fmt.Sprintf(`{"id":%q,"status":204}`, p.ID))
	}
	time.Sleep(50 * time.Millisecond)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"responses":[` + strings.Join(out, ",") + `]}`))}, nil
}

// tagged changes 3000 group tags, 100 in a call, and returns how long that took.
func tagged(t *testing.T, m *meter) time.Duration {
	t.Helper()
	c, err := rest.New(rest.Options{Service: rest.Graph, Base: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Credential: auth.Static(model.NewSecret("token")),
		Transport: doer(m.answer), Pace: rest.NewPace(rest.GraphPace())})
	if err != nil {
		t.Fatal(err)
	}
	g, start := graph.New(c), time.Now()
	for chunk := range 30 {
		var updates []graph.AutopilotUpdate
		for i := range 100 {
			updates = append(updates, graph.AutopilotUpdate{ID: device(chunk*100 + i), To: model.AutopilotChange{GroupTag: ptr("T")}})
		}
		for i, err := range g.UpdateAutopilotMany(t.Context(), updates) {
			if err != nil {
				t.Fatalf("device %d: %v", chunk*100+i, err)
			}
		}
	}
	return time.Since(start)
}

func TestThreeThousandTagsWithinTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &meter{limit: 100}
		if d := tagged(t, m); d > 630*time.Second || m.refused > 0 {
			t.Errorf("took %v with %d refusals, want at most 5 %% above 600 s and none", d, m.refused)
		}
	})
}

// TestATighterService takes less than is published, as a loaded one does.
func TestATighterService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &meter{limit: 60}
		if d := tagged(t, m); d > 2*1000*time.Second || m.refused == 0 {
			t.Errorf("took %v with %d refusals, want at most twice what it allows", d, m.refused)
		}
	})
}
