package client_test

import (
	"context"
	"strings"
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
