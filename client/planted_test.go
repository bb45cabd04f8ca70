package client_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"muster/client/simulator"
	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

// A list of 2 350 rows with 40 defects of twelve kinds: the rest is uploaded, every row
// accounted for on every board (await looks), every machine there once, as it was mended.
func TestTheGoodRowsOfAPlantedListAreAllUploaded(t *testing.T) {
	const rows, defects = 2350, 40
	raw, planted, repaired := desktest.Planted("NEW", rows, defects)
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	open := func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }
	var sent []string
	list, err := desk.Survey(ctx, open, desk.Options{}, func(r desk.Row) error {
		if r.Good() {
			sent = append(sent, r.Upload.Serial())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := list.Report; r.Good != rows-len(planted) || r.Repaired != repaired || repaired != 9 {
		t.Fatalf("%d good rows, %d repaired, want %d and %d", r.Good, r.Repaired, rows-defects, repaired)
	}
	id, err := c.Upload(ctx, model.Upload{Customer: w.customer(), CustomerName: "first", Batch: "Planted", Source: "planted.csv",
		Count: list.Report.Good, Rows: list.Rows(ctx, nil)})
	if err != nil {
		t.Fatal(err)
	}
	o := await(t, c, id, rows-defects, over)
	if o.State() != model.OperationDone || o.Rows.Done != rows-defects || len(o.Jobs) != 5 {
		t.Errorf("ended as %v with %+v in %d jobs, want all done in 5", o.State(), o.Rows, len(o.Jobs))
	}
	kept, err := c.Rows(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[int]bool{}
	for _, d := range planted {
		bad[d.Line] = true
	}
	for _, r := range kept {
		if bad[r.Line] {
			t.Errorf("line %d has a defect and was sent", r.Line)
		}
	}
	var have []string
	for _, d := range w.devices(c) {
		if d.Batch == "Planted" {
			have = append(have, strings.ToUpper(d.Serial))
		}
	}
	slices.Sort(sent)
	slices.Sort(have)
	if !slices.Equal(sent, have) {
		t.Errorf("%d devices in the batch, %d were sent: they are not the same", len(have), len(sent))
	}
}
