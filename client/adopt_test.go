package client_test

import (
	"bytes"
	"context"
	"net/http"
	"path"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

// elsewhere starts a job as a script would and returns its tracking id.
func (w *world) elsewhere(body string) model.JobID {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.ready.Partner+"/v1/customers/"+w.ready.Customer+"/deviceBatches", bytes.NewBufferString(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.ready.PartnerToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		w.t.Fatal(res.Status)
	}
	return model.JobID(path.Base(res.Header.Get("Location")))
}

func TestAJobStartedElsewhereIsFollowed(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	job := w.elsewhere(`{"batchId": "Elsewhere", "devices": [
		{"serialNumber": "NEW-1", "oemManufacturerName": "Dell Inc.", "modelName": "Latitude 7450"},
		{"serialNumber": "SIM-808-1", "oemManufacturerName": "Dell Inc.", "modelName": "Latitude 7450"}]}`)
	var id model.OperationID
	for range 200 { // the service does not know a job for a moment after it accepted it
		var err error
		if id, err = c.Adopt(ctx, w.first(), job); err == nil {
			break
		}
		if model.KindOf(err) != model.NotFound {
			t.Fatal(err)
		}
	}
	b, err := c.WatchBoard(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	for {
		o, ok := b.Find(id)
		if !ok {
			t.Fatalf("operation %q is not on the board", id)
		}
		if over(o) {
			if o.Rows.Done != 1 || o.Rows.Failed != 1 || o.Jobs[0].ID != job {
				t.Errorf("ended with %+v, job %s", o.Rows, o.Jobs[0].ID)
			}
			break
		}
		if b, err = c.WatchBoard(ctx, b.Rev); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := c.Rows(ctx, id)
	if err != nil || len(rows) != 2 || rows[1].Serial != "SIM-808-1" || rows[1].Code != "808" {
		t.Errorf("rows %+v, %v", rows, err)
	}
	if _, err := c.Adopt(ctx, w.first(), job); model.KindOf(err) != model.Conflict {
		t.Errorf("adopted twice: %v", err)
	}
	if _, err := c.Adopt(ctx, w.first(), "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20"); model.KindOf(err) != model.NotFound {
		t.Errorf("adopted what nobody knows: %v", err)
	}
}
