package cli_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/model"
)

// history is a world with one operation of 2 000 rows, stopped after the first job.
func history() *world {
	w := newWorld()
	w.begin("op-1", 2000)
	stopped(w)
	return w
}

func TestWaitOfAStoppedOperation(t *testing.T) {
	w, r := history(), run{}
	if code := r.muster(t, w, "operations wait op-1 --json"); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if want := "stopped at 500 of 2 000: muster operations resume op-1"; !strings.Contains(r.err.String(), want) {
		t.Errorf("stderr %q does not say %q", &r.err, want)
	}
	if !strings.Contains(r.out.String(), `"state":"stopped"`) {
		t.Errorf("stdout %q", &r.out)
	}
}

func TestResumeIsItsOwnYes(t *testing.T) {
	w, r := history(), run{}
	w.steps = append(w.steps, done(2000))
	if code := r.muster(t, w, "operations resume op-1 --wait"); code != 0 {
		t.Errorf("exit code %d, want 0: %s", code, &r.err)
	}
	if diff := cmp.Diff([]model.OperationID{"op-1"}, w.resumed); diff != "" {
		t.Errorf("resumed (-want +got):\n%s", diff)
	}
	w = history()
	if code := r.muster(t, w, "operations resume op-1 --read-only"); code != 6 || len(w.resumed) > 0 {
		t.Errorf("read-only: exit code %d, resumed %v", code, w.resumed)
	}
}

func TestResumeOfWhatWasSent(t *testing.T) {
	w, r := newWorld(), run{}
	w.begin("op-1", 2)
	oneFailed(2)(w)
	if code := r.muster(t, w, "operations resume op-1 --wait"); code != 3 || len(w.resumed) > 0 {
		t.Errorf("exit code %d, want 3; resumed %v", code, w.resumed)
	}
}

func TestRetryCountsAndAsks(t *testing.T) {
	lost := func() *world {
		w := newWorld()
		w.begin("op-1", 10)
		set(model.Tally{Done: 7, Unknown: 3}, model.ChunkUnknown, "")(w)
		for n := range 10 {
			state := model.RowDone
			if n >= 7 {
				state = model.RowUnknown
			}
			w.rows["op-1"] = append(w.rows["op-1"], model.Row{Number: n + 1, Chunk: 1, State: state})
		}
		return w
	}
	r := run{}
	if w := lost(); r.muster(t, w, "operations retry op-1") != 2 || len(w.retried) > 0 {
		t.Errorf("without a yes: retried %v: %s", w.retried, &r.err)
	}
	if w := lost(); r.muster(t, w, "operations retry op-1 --yes --expect 4") != 6 || len(w.retried) > 0 {
		t.Errorf("other number: retried %v: %s", w.retried, &r.err)
	}
	w := lost()
	w.steps = append(w.steps, set(model.Tally{Done: 7, InFlight: 3}, model.ChunkSending, ""), done(10))
	if code := r.muster(t, w, "operations retry op-1 --yes --wait --expect 3"); code != 0 || len(w.retried) != 1 {
		t.Errorf("exit code %d, retried %v: %s", code, w.retried, &r.err)
	}
	w = newWorld()
	w.begin("op-1", 1)
	done(1)(w)
	if code := r.muster(t, w, "operations retry op-1 --yes"); code != 2 {
		t.Errorf("nothing unknown: exit code %d, want 2", code)
	}
}

func TestCancelGivesUpWhatWasNotSent(t *testing.T) {
	w, r := history(), run{}
	w.steps = append(w.steps, set(model.Tally{Done: 500, Skipped: 1500}, model.ChunkDropped, ""))
	if code := r.muster(t, w, "operations cancel op-1 --yes --json"); code != 0 || len(w.dropped) != 1 {
		t.Errorf("exit code %d, dropped %v: %s", code, w.dropped, &r.err)
	}
	if !strings.Contains(r.out.String(), `"skipped":1500`) {
		t.Errorf("stdout %q", &r.out)
	}
	if code := r.muster(t, w, "operations wait op-1"); code != 7 {
		t.Errorf("waiting for a cancelled operation: exit code %d, want 7", code)
	}
	if code := r.muster(t, w, "operations cancel op-1 --yes"); code != 2 {
		t.Errorf("nothing left: exit code %d, want 2", code)
	}
}

func TestPrune(t *testing.T) {
	w, r := newWorld(), run{}
	w.begin("op-1", 1)
	done(1)(w)
	w.operations[0].Ended = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if code := r.muster(t, w, "operations prune --older 90d --dry-run"); code != 0 || w.pruned != 0 || r.out.String() != "1 operation would be forgotten\n" {
		t.Errorf("dry run: exit code %d, pruned %v, stdout %q", code, w.pruned, &r.out)
	}
	if code := r.muster(t, w, "operations prune --older 90d"); code != 0 || w.pruned != 90*24*time.Hour || r.out.String() != "3 operations forgotten\n" {
		t.Errorf("exit code %d, pruned %v, stdout %q", code, w.pruned, &r.out)
	}
}

func TestOperationsListAndShow(t *testing.T) {
	w, r := newWorld(), run{}
	w.begin("op-1", 2)
	oneFailed(2)(w)
	w.operations[0].Created = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	if code := r.muster(t, w, "operations list"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	want := `ID    STATE          DONE  FAILED  UNKNOWN  NOT SENT  OF  ASKED                  WHAT            CUSTOMER
op-1  partly failed  1     1       0        0         2   2026-05-04 14:00 CEST  op-1 of a test  Contoso
`
	if diff := cmp.Diff(want, r.out.String()); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if code := r.muster(t, w, "operations show op-1"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	want = `operation  op-1
what       op-1 of a test
state      partly failed
customer   Contoso
asked for  2026-05-04 14:00 CEST
rows       2: 0 queued, 0 in flight, 0 accepted, 1 done, 1 failed, 0 skipped, 0 unknown

JOB  ROWS  STATE       TRACKING ID  CORRELATION ID  PROBLEM
1    2     processing  job-1        correlation-1   -

1 row: registered to another tenant (808 ZtdDeviceAssignedToOtherTenant); ask the vendor

ROW  LINE  DEVICE  STATE   CODE  WHY
2    3     SN2     failed  808   registered to another tenant
`
	if diff := cmp.Diff(want, r.out.String()); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

func TestJobs(t *testing.T) {
	w, r := newWorld(), run{}
	w.begin("op-1", 2)
	accepted(2)(w)
	if code := r.muster(t, w, "jobs list --json"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	want := `{"trackingId":"job-1","operation":"op-1","chunk":1,"rows":2,"state":"processing","requestId":"request-1","correlationId":"correlation-1"}
`
	if diff := cmp.Diff(want, r.out.String()); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
	w.steps = append(w.steps, oneFailed(2))
	if code := r.muster(t, w, "jobs wait job-1 --json"); code != 3 || !strings.Contains(r.out.String(), `"code":"808"`) {
		t.Errorf("exit code %d, want 3; stdout %q", code, &r.out)
	}
	if code := r.muster(t, w, "jobs list"); code != 0 || r.out.Len() > 0 {
		t.Errorf("exit code %d, stdout %q", code, &r.out)
	}
	if code := r.muster(t, history(), "jobs wait"); code != 1 || !strings.Contains(r.err.String(), "operations resume op-1") {
		t.Errorf("stopped: exit code %d, want 1; stderr %q", code, &r.err)
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.begin("op-1", 2)
		accepted(2)(w)
		if code := r.muster(t, w, "jobs wait --timeout 5s"); code != 5 {
			t.Errorf("exit code %d, want 5", code)
		}
	})
}
