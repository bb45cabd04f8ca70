package client_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// pipes is a listener inside of a bubble, where TCP would stop the clock.
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

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// inBubble runs a test in a bubble whose clock is the simulator's, too.
func inBubble(t *testing.T, o simulator.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	synctest.Test(t, func(t *testing.T) {
		o.Now, o.Speed = time.Now, 1
		sim, err := simulator.New(o)
		if err != nil {
			t.Fatal(err)
		}
		l := &pipes{make(chan net.Conn), make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- sim.Serve(ctx, l) }()
		through := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			here, there := net.Pipe()
			select {
			case l.conns <- there:
				return here, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}}}
		t.Cleanup(func() {
			through.CloseIdleConnections()
			stop()
			if err := <-done; err != nil {
				t.Errorf("simulator: %v", err)
			}
		})
		test(t, &world{t: t, ready: sim.Ready(l.Addr()), dir: dir, http: through})
	})
}

// real dials as a program would that has real limits to keep to.
func (w *world) real() *client.Client {
	return w.dial(func(o *client.Connection) {
		*o = client.Connection{Partner: o.Partner, Graph: o.Graph, Authority: o.Authority, PartnerToken: o.PartnerToken,
			ClientSecret: o.ClientSecret, StateDir: o.StateDir, Who: o.Who, Transport: w.http, Limited: 1, Look: 5 * time.Second}
	})
}

// end waits for the end of an operation, however long it takes on the bubble's clock.
func (w *world) end(c *client.Client, id model.OperationID) model.Operation {
	w.t.Helper()
	for rev := uint64(0); ; {
		b, err := c.WatchBoard(context.Background(), rev)
		if err != nil {
			w.t.Fatal(err)
		}
		rev = max(b.Rev, 1)
		if o, ok := b.Find(id); ok && o.State().Ended() {
			return o
		}
	}
}

// The published limit is 100 writes in 20 s: 3 000 take 600 s. All is counted on the
// clock of the services.
func TestThreeThousandGroupTagsKeepToTheBudgetAndAreUndone(t *testing.T) {
	const devices, others = tags, 12
	const budget = tags / 100 * 20 * time.Second
	inBubble(t, simulator.Options{Devices: devices + 100, Customers: 1}, func(t *testing.T, w *world) {
		c := w.real()
		ctx := context.Background()
		w.turn(`{"budget": true}`)
		before := w.autopilot(c)[:devices]
		begin := time.Now()
		id, err := c.ChangeAutopilot(ctx, w.first(), before, tag("KIOSK"))
		if err != nil {
			t.Fatal(err)
		}
		o := w.end(c, id)
		if o.State() != model.OperationDone || o.Rows.Done != devices {
			t.Fatalf("ended as %v: %+v, %+v", o.State(), o.Rows, model.Failures(w.rows(c, id)))
		}
		sent := w.requests("POST", updates)
		took := sent[len(sent)-1].Time.Sub(begin)
		t.Logf("the last of %d writes left after %v, the last row was read back after %v", len(sent), took, time.Since(begin))
		if len(sent) != devices {
			t.Errorf("%d writes for %d devices", len(sent), devices)
		}
		if took > budget+budget/20 {
			t.Errorf("it took %v; the budget allows %v", took, budget)
		}
		for _, r := range sent {
			if r.Status == http.StatusTooManyRequests {
				t.Fatal("a write went beyond the budget")
			}
		}
		id2, err := c.ChangeAutopilot(ctx, w.first(), w.now(c, before[:others]), tag("SOMEBODY ELSE"))
		if err != nil {
			t.Fatal(err)
		}
		w.end(c, id2)
		plan, err := c.PlanUndo(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Rows() != devices-others || plan.Kept() != others {
			t.Fatalf("%d can be undone, left out %+v; want all but %d", plan.Rows(), plan.LeftOut, others)
		}
		undo, err := c.Undo(ctx, plan)
		if err != nil {
			t.Fatal(err)
		}
		if o := w.end(c, undo); o.State() != model.OperationDone {
			t.Fatalf("the undo ended as %v: %+v", o.State(), o.Rows)
		}
		for i, d := range w.now(c, before) {
			want := before[i].GroupTag
			if i < others {
				want = "SOMEBODY ELSE"
			}
			if d.GroupTag != want {
				t.Fatalf("device %d has tag %q, want %q", i, d.GroupTag, want)
			}
		}
	})
}
