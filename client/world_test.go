package client_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/client/tracker"
	"muster/model"
	"muster/model/desk/desktest"
)

// world is a running simulator and what is needed to reach it.
type world struct {
	t     testing.TB
	ready simulator.Ready
	dir   string
	http  *http.Client // nil = the default one
}

func newWorld(t testing.TB, o simulator.Options) *world {
	t.Helper()
	if o.Devices == 0 {
		o.Devices = 300
	}
	if o.Speed == 0 {
		o.Speed = 2000
	}
	s, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("simulator: %v", err)
		}
	})
	return &world{t: t, ready: s.Ready(l.Addr()), dir: filepath.Join(t.TempDir(), "state")}
}

// dial makes a client on the world's ledger, as a process of its own would.
func (w *world) dial(change ...func(*client.Connection)) *client.Client {
	w.t.Helper()
	o := client.Connection{Partner: w.ready.Partner, Graph: w.ready.Graph, Authority: w.ready.Authority,
		PartnerToken: model.NewSecret(w.ready.PartnerToken), ClientSecret: model.NewSecret("any"), StateDir: w.dir, Who: "tester",
		Tracker:  tracker.Options{Pace: func(time.Duration, int) time.Duration { return 15 * time.Millisecond }},
		ReadBack: 300 * time.Millisecond, Look: 20 * time.Millisecond, Backoff: 5 * time.Millisecond,
		AgainAfter: func(attempt int) time.Duration { return time.Duration(attempt) * 10 * time.Millisecond }}
	for _, c := range change {
		c(&o)
	}
	c, err := client.Dial(o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { w.close(c) })
	return c
}

func (w *world) close(c *client.Client) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		w.t.Errorf("close: %v", err)
	}
}

func (w *world) customer() model.CustomerID { return model.CustomerID(w.ready.Customer) }

// fault plants a fault in the simulator.
func (w *world) fault(f string) {
	w.t.Helper()
	w.control(http.MethodPost, "faults", f)
}

func (w *world) control(method, path, body string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.ready.Control+"/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := cmp.Or(w.http, http.DefaultClient).Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		w.t.Fatalf("%s %s: %s", method, path, res.Status)
	}
}

// graph sends a request without a body to Microsoft Graph, as somebody else would.
func (w *world) graph(method, path string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.ready.Graph+"/"+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.ready.GraphToken)
	res, err := cmp.Or(w.http, http.DefaultClient).Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		w.t.Fatalf("%s %s: %s", method, path, res.Status)
	}
}

// request is a line of the simulator's log.
type request struct {
	Time                    time.Time
	Method, Path, RequestID string
	Status                  int
	Replay                  bool
}

// requests reads the simulator's log of requests whose method and path match.
func (w *world) requests(method, part string) []request {
	w.t.Helper()
	return w.requestsBy(cmp.Or(w.http, http.DefaultClient), method, part)
}

// requestsBy is requests through a client that trusts the simulator.
func (w *world) requestsBy(hc *http.Client, method, part string) []request {
	w.t.Helper()
	res, err := hc.Get(w.ready.Control + "/requests")
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var out []request
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			w.t.Fatalf("%s: %v", lines.Text(), err)
		}
		if r.Method == method && strings.Contains(r.Path, part) {
			out = append(out, r)
		}
	}
	return out
}

// await watches the board until ok says so of the operation, and checks on every
// board that each row is in exactly one state.
func await(t testing.TB, c *client.Client, id model.OperationID, rows int, ok func(model.Operation) bool) model.Operation {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var rev uint64
	var last model.Operation
	for {
		b, err := c.WatchBoard(ctx, max(rev, 1))
		if rev == 0 {
			b, err = c.WatchBoard(ctx, 0)
		}
		if err != nil {
			t.Fatalf("watch: %v; last seen %+v", err, last)
		}
		rev = b.Rev
		o, found := b.Find(id)
		if !found {
			t.Fatalf("operation %s is not on board %d", id, b.Rev)
		}
		last = o
		if o.Rows.Total() != rows {
			t.Fatalf("board %d accounts for %d rows of %d: %+v", b.Rev, o.Rows.Total(), rows, o.Rows)
		}
		if ok(o) {
			return o
		}
	}
}

// acceptedFirst wants every chunk to have been accepted before it ended: the outcome is
// what was read back, not the answer to the request.
func acceptedFirst(t testing.TB, o model.Operation) {
	t.Helper()
	for _, j := range o.Jobs {
		if j.Accepted.IsZero() || !j.Ended.After(j.Accepted) {
			t.Errorf("chunk %d was accepted at %v and ended at %v", j.Chunk, j.Accepted, j.Ended)
		}
	}
}

func over(o model.Operation) bool { return o.State().Ended() }

// reader is the part of a client that lists devices.
type reader interface {
	Devices(context.Context, model.CustomerID) iter.Seq2[model.DevicePage, error]
}

// devices lists all devices of the first customer.
func (w *world) devices(c reader) []model.Device {
	w.t.Helper()
	var out []model.Device
	for p, err := range c.Devices(context.Background(), w.customer()) {
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, p.Devices...)
	}
	return out
}

// list makes an upload of n machines that nobody has seen yet, and of others.
func (w *world) list(batch string, n int, first int, others ...model.UploadRow) model.Upload {
	u := model.Upload{Customer: w.customer(), CustomerName: "first", Batch: model.BatchID(batch)}
	return u.Of(append(machines(n, first), others...)...)
}

// machines are n machines that nobody has seen yet, with hash and serial.
func machines(n int, first int) []model.UploadRow {
	var out []model.UploadRow
	for i := range n {
		serial := serialOf(first + i)
		out = append(out, model.UploadRow{Line: i + 2, Identity: model.Identity{
			Serial: serial, Hash: model.NewSecret(desktest.Hash(serial, "Dell Inc.", "Latitude 7450"))}})
	}
	return out
}

// typed is a machine by serial, maker and model.
func typed(line int, serial string) model.UploadRow {
	return model.UploadRow{Line: line, Identity: model.Identity{Serial: serial, Maker: "Dell Inc.", Model: "Latitude 7450"}}
}

func serialOf(i int) string {
	const digits = "0123456789"
	s := []byte("NEW00000")
	for k := len(s) - 1; k >= 3; k-- {
		s[k] = digits[i%10]
		i /= 10
	}
	return string(s)
}

func count(devices []model.Device, prefix string) (n int, twice []string) {
	seen := map[string]bool{}
	for _, d := range devices {
		if !strings.HasPrefix(d.Serial, prefix) {
			continue
		}
		n++
		if seen[d.Serial] {
			twice = append(twice, d.Serial)
		}
		seen[d.Serial] = true
	}
	return n, twice
}

func TestMain(m *testing.M) {
	client.Private()
	os.Exit(m.Run())
}
