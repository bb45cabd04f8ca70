package client_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// The simulator carries the request out and then cuts the connection.
const cutCreation = `{"match": "^POST .*/deviceBatches$", "kind": "reset", "times": 1}`

func TestALostAnswerIsLookedForAndNotSentAgain(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(cutCreation)
	id, err := c.Upload(context.Background(), w.list("Cut off", 700, 0))
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 700, over)
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n, twice := count(w.devices(c), "NEW"); n != 700 || len(twice) > 0 {
		t.Errorf("%d devices at the service, twice: %v; want 700, none", n, twice)
	}
	if sent := w.requests("POST", "/deviceBatches"); len(sent) != 2 {
		t.Errorf("sent %+v, want one creation and one append", sent)
	}
	rows, err := c.Rows(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].Text == "" {
		t.Error("a row that was found by looking does not say so")
	}
}

func TestWhatIsNotFoundIsUnknownUntilTheOperatorRetries(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^POST .*/deviceBatches$", "kind": "reset", "before": true, "times": 1}`)
	ctx := context.Background()
	id, err := c.Upload(ctx, w.list("Cut off", 5, 0))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 5, over); o.Rows.Unknown != 5 || o.State() != model.OperationFailed {
		t.Fatalf("ended as %v: %+v, want 5 unknown", o.State(), o.Rows)
	}
	if n := len(w.requests("POST", "/deviceBatches")); n != 1 {
		t.Fatalf("%d requests, want one: nothing is sent again by itself", n)
	}
	n, err := c.Retry(ctx, id)
	if err != nil || n != 5 {
		t.Fatalf("retry: %d rows, %v", n, err)
	}
	if o := await(t, c, id, 5, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	sent := w.requests("POST", "/deviceBatches")
	if len(sent) != 2 || sent[0].RequestID == "" || sent[0].RequestID != sent[1].RequestID {
		t.Errorf("sent %+v, want twice with one request id", sent)
	}
	if n, twice := count(w.devices(c), "NEW"); n != 5 || len(twice) > 0 {
		t.Errorf("%d devices, twice: %v", n, twice)
	}
}

// A list that never gets whole: what stands in its part is done, and of the rest nobody
// says that it is not there.
func TestWhatIsMissingFromAPartOfTheListIsNotCalledNotFound(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	at, err := url.Parse(w.ready.Partner)
	if err != nil {
		t.Fatal(err)
	}
	onward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }} // cut off here, too
	half := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/devices") && r.Header.Get("MS-ContinuationToken") != "" {
			http.Error(rw, "no page but the first", http.StatusForbidden)
			return
		}
		onward.ServeHTTP(rw, r)
	}))
	t.Cleanup(half.Close)
	c := w.dial(func(o *client.Connection) { o.Partner, o.ReadBack = half.URL, 3*time.Second })
	w.fault(cutCreation)
	ctx := context.Background()
	id, err := c.Upload(ctx, w.list("Half read", 250, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 250, func(o model.Operation) bool { // while it is looked for
		return o.Rows.Done == 100 && o.Rows.InFlight == 150 && strings.Contains(o.Jobs[0].Problem, "stopped after page 1")
	})
	o := await(t, c, id, 250, over)
	if o.Rows.Done != 100 || o.Rows.Unknown != 150 {
		t.Errorf("ended with %+v, want 100 done and 150 unknown", o.Rows)
	}
	rows, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.State == model.RowUnknown && (!strings.Contains(r.Text, "the list could not be read whole") || strings.Contains(r.Text, "not found")) {
			t.Fatalf("row %d: %q", r.Number, r.Text)
		}
	}
}

func TestARetryOfWhatWasCarriedOutHasNoSecondEffect(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 0.001}) // jobs never end while the test looks
	c := w.dial()
	w.fault(cutCreation)
	ctx := context.Background()
	id, err := c.Upload(ctx, w.list("Cut off", 5, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 5, func(o model.Operation) bool { return o.Rows.Unknown == 5 })
	if _, err := c.Retry(ctx, id); err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 5, func(o model.Operation) bool { return o.Rows.Accepted == 5 })
	sent := w.requests("POST", "/deviceBatches")
	if len(sent) != 2 || !sent[1].Replay {
		t.Errorf("sent %+v, want the second answered as a replay", sent)
	}
}

func TestAFirstChunkThatNeverArrivedIsAppendedByARetry(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^POST .*/deviceBatches$", "kind": "reset", "before": true, "times": 1}`)
	ctx := context.Background()
	u := w.list("Cut off", 9, 0)
	u.Chunk = 5
	id, err := c.Upload(ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 9, over); o.Rows.Unknown != 5 || o.Rows.Done != 4 {
		t.Fatalf("ended with %+v, want 5 unknown and 4 done", o.Rows)
	}
	if _, err := c.Retry(ctx, id); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 9, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n, twice := count(w.devices(c), "NEW"); n != 9 || len(twice) > 0 {
		t.Errorf("%d devices, twice: %v", n, twice)
	}
}

func TestAPolicyWhoseAnswerIsLostIsReadBack(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^PATCH .*DevicePolicyUpdates", "kind": "reset", "times": 1}`)
	devices := w.devices(c)[:30]
	policy := w.policy(c, devices)
	id, err := c.Assign(context.Background(), model.Assignment{Customer: w.customer(), Policy: policy, Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 30, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n := len(w.requests("PATCH", "DevicePolicyUpdates")); n != 1 {
		t.Errorf("%d PATCHes, want 1", n)
	}
	w.check(c, devices, policy)
}

func TestThrottlingNeverFailsARow(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^(POST|PATCH) ", "kind": "status", "status": 429, "times": 7}`)
	id, err := c.Upload(context.Background(), w.list("Throttled", 20, 0))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 20, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), o.Rows)
	}
	if n, twice := count(w.devices(c), "NEW"); n != 20 || len(twice) > 0 {
		t.Errorf("%d devices, twice: %v", n, twice)
	}
}

// policy returns one of the customer's policies that none of the devices has.
func (w *world) policy(c interface {
	Policies(context.Context, model.CustomerID) ([]model.ConfigurationPolicy, error)
}, devices []model.Device) model.ConfigurationPolicy {
	w.t.Helper()
	policies, err := c.Policies(context.Background(), w.customer())
	if err != nil {
		w.t.Fatal(err)
	}
	used := map[string]bool{}
	for _, d := range devices {
		used[d.Policy.Value] = true
	}
	for _, p := range policies {
		if !used[string(p.ID)] {
			return p
		}
	}
	return policies[0]
}

// check reads the devices' policies from the service.
func (w *world) check(c reader, devices []model.Device, p model.ConfigurationPolicy) {
	w.t.Helper()
	want := map[model.DeviceID]bool{}
	for _, d := range devices {
		want[d.ID] = true
	}
	for _, d := range w.devices(c) {
		if got := d.Policy.Value == string(p.ID); want[d.ID] && !got {
			w.t.Errorf("device %s has policy %q, want %s", d.ID, d.Policy.Value, p.ID)
		}
	}
}
