package client_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

// untilSync waits until Intune would take a sync.
func (w *world) untilSync(c *client.Client) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		s, err := c.AutopilotSettings(ctx, w.customer())
		if err != nil {
			w.t.Fatal(err)
		}
		if !s.Syncing() {
			return
		}
	}
	w.t.Fatal("a sync never ended")
}

func TestASyncIsFollowedToItsEndAndRefusedInsideItsPause(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 100})
	c := w.dial()
	ctx := context.Background()
	w.untilSync(c)
	id, err := c.SyncAutopilot(ctx, w.first())
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 1, over)
	if o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), w.rows(c, id))
	}
	acceptedFirst(t, o)
	_, err = c.SyncAutopilot(ctx, w.first())
	e := model.AsError(err)
	if e == nil || e.Kind != model.Throttled || !strings.Contains(e.Msg, "one sync in 10 minutes") || e.Hint == "" {
		t.Fatalf("a second sync at once: %v", err)
	}
	if n := len(w.requests("POST", "/sync")); n != 1 {
		t.Errorf("%d requests, want 1: the answer was known", n)
	}
}

func TestASyncThatSomebodyElseAskedForIsNotRepeated(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 100})
	c := w.dial()
	w.untilSync(c)
	w.fault(`{"match": "^POST .*/sync$", "kind": "status", "status": 429, "retryAfter": 400, "times": 0}`)
	id, err := c.SyncAutopilot(context.Background(), w.first())
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.Rows.Failed != 1 {
		t.Fatalf("ended with %+v", o.Rows)
	}
	if r := w.rows(c, id)[0]; !strings.Contains(r.Text, "Intune takes one sync in ten minutes [") || r.What != "it takes the next one in 6m40s" {
		t.Errorf("the row says %q, %q", r.Text, r.What)
	}
	began := time.Now()
	if _, err := c.AutopilotSettings(context.Background(), w.customer()); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("reading afterwards took %v, %v: the 429 held other calls back", time.Since(began), err)
	}
	if n := len(w.requests("POST", "/sync")); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestALostAnswerToASyncIsLookedFor(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 100})
	c := w.dial()
	w.untilSync(c)
	w.fault(`{"match": "^POST .*/sync$", "kind": "reset", "times": 1}`)
	id, err := c.SyncAutopilot(context.Background(), w.first())
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), w.rows(c, id))
	}
}

// A 409 says that a sync is under way, which is what was asked for: it is followed to its
// end, and no other one is asked for.
func TestASyncThatSomebodyElseBeganIsFollowed(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 100})
	var first sync.Once
	graph := w.between(func(r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/sync") {
			first.Do(func() { w.graph(http.MethodPost, "deviceManagement/windowsAutopilotSettings/sync") })
		}
	}, nil)
	c := w.dial(func(o *client.Connection) { o.Graph = graph })
	w.untilSync(c)
	id, err := c.SyncAutopilot(context.Background(), w.first())
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 1, over)
	if r := w.rows(c, id)[0]; o.State() != model.OperationDone || r.Text != "the sync has ended" {
		t.Errorf("ended as %v: %+v", o.State(), r)
	}
	all := w.requests("POST", "/sync")
	if len(all) != 2 || all[0].Status+all[1].Status != 204+409 {
		t.Errorf("requests %+v, want somebody else's 204 and our 409", all)
	}
}
