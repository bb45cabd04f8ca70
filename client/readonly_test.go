package client_test

import (
	"context"
	"testing"

	"muster/client/simulator"
	"muster/model"
)

func TestAReadOnlySessionDoesNotKeepAnotherFromResuming(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	id := interrupted(t, w)
	looker := w.dial(readOnly)
	await(t, looker, id, 2000, func(o model.Operation) bool { return o.Rows.Done == 500 && o.Mine })
	worker := w.dial()
	if err := worker.Resume(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	if o := await(t, worker, id, 2000, over); o.State() != model.OperationDone || !o.Mine {
		t.Errorf("ended as %v: %+v, mine %v", o.State(), o.Rows, o.Mine)
	}
	if n, twice := count(w.devices(worker), "NEW"); n != 2000 || len(twice) > 0 {
		t.Errorf("%d devices at the service, twice: %v; want 2000, none", n, twice)
	}
}
