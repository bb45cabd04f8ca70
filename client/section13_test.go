package client_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
	"muster/model"
)

// TestSection13_04_AWriteThatDiesAfterItsBodyIsUnknown: the service saw it once, the
// ledger has its id, and a retry says the same id.
func TestSection13_04_AWriteThatDiesAfterItsBodyIsUnknown(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	devices := w.devices(c)[:3]
	policy := w.policy(c, devices)
	w.fault(`{"match": "^PATCH .*/DevicePolicyUpdates$", "kind": "reset", "before": true, "times": 1}`)
	ctx := context.Background()
	id, err := c.Assign(ctx, model.Assignment{Customer: w.customer(), Policy: policy, Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, 3, over)
	if o.Rows.Unknown != 3 {
		t.Fatalf("ended as %+v, want 3 unknown", o.Rows)
	}
	sent := w.requests(http.MethodPatch, "/DevicePolicyUpdates")
	if len(sent) != 1 || len(o.Jobs) != 1 || o.Jobs[0].RequestID == "" || o.Jobs[0].RequestID != sent[0].RequestID {
		t.Fatalf("sent %+v, the ledger has %+v", sent, o.Jobs)
	}
	if _, err := c.Retry(ctx, id); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 3, over); o.State() != model.OperationDone {
		t.Fatalf("the retry ended as %+v", o.Rows)
	}
	if sent = w.requests(http.MethodPatch, "/DevicePolicyUpdates"); len(sent) != 2 || sent[1].RequestID != sent[0].RequestID {
		t.Errorf("the retry sent %+v, want the same request id", sent)
	}
	w.check(c, devices, policy)
}

// TestSection13_05_ALongWaitIsScheduledAndShown: a pause of two minutes blocks nobody;
// the rows stay queued, and the board, which the screen draws, says until when.
func TestSection13_05_ALongWaitIsScheduledAndShown(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^POST .*/deviceBatches$", "kind": "status", "status": 429, "retryAfter": 120}`)
	id, err := c.Upload(context.Background(), w.list("Paused", 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var b *model.Board
	for rev := uint64(0); b == nil || b.Waiting == ""; rev = b.Rev {
		if b, err = c.WatchBoard(ctx, rev); err != nil {
			t.Fatalf("nothing says that it waits: %v", err)
		}
	}
	until, err := time.ParseInLocation("15:04:05", b.Waiting[strings.LastIndexByte(b.Waiting, ' ')+1:], time.Local)
	if err != nil {
		t.Fatalf("%q: %v", b.Waiting, err)
	}
	now := time.Now()
	at := time.Date(now.Year(), now.Month(), now.Day(), until.Hour(), until.Minute(), until.Second(), 0, time.Local)
	if left := at.Sub(now); left < 60*time.Second && left > -22*time.Hour || left > 121*time.Second {
		t.Errorf("%q, which is %v from now", b.Waiting, left)
	}
	if o, found := b.Find(id); !found || o.Rows.Failed+o.Rows.Unknown > 0 {
		t.Errorf("%+v, found %v", o.Rows, found)
	}
}
