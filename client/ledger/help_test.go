package ledger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// backend is the key of the backend that most tests work on.
const backend = "simulator 1"

// ids deals out ids that are unique among the processes of a test run.
var ids atomic.Int64

func newID() string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", os.Getpid(), ids.Add(1))
}

func newName() string { return fmt.Sprintf("op-%d-%d", os.Getpid(), ids.Add(1)) }

func options(dir string) ledger.Options {
	return ledger.Options{Dir: dir, Backend: backend, Who: "tester", NewID: newID, Name: newName, Watch: 5 * time.Millisecond}
}

// open opens a ledger as a process of its own would and closes it at the end.
func open(t testing.TB, dir string, change ...func(*ledger.Options)) *ledger.Ledger {
	t.Helper()
	o := options(dir)
	for _, c := range change {
		c(&o)
	}
	l, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func folder(t testing.TB) string { return filepath.Join(t.TempDir(), "state") }

// record writes down an upload of n rows, size a chunk, each with a body.
func record(t testing.TB, l *ledger.Ledger, n, size int) model.OperationID {
	t.Helper()
	id, err := l.Record(t.Context(), intent(n, size))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func intent(n, size int) ledger.Intent {
	in := ledger.Intent{Kind: model.UploadDevices, Customer: "c", CustomerName: "Contoso", Title: "an upload", Target: "b", Chunk: size}
	for i := range n {
		in.Rows = append(in.Rows, ledger.IntentRow{Row: model.Row{Line: i + 2, Serial: fmt.Sprint("S", i+1)}, SentSerial: true,
			Body: fmt.Appendf(nil, "secret body of row %d", i+1)})
	}
	return in
}

// must stops the test when a step failed.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func operation(t testing.TB, l *ledger.Ledger, id model.OperationID) model.Operation {
	t.Helper()
	o, err := l.Operation(context.Background(), id)
	must(t, err)
	return o
}

// all is the outcome s for rows from to to.
func all(s model.RowState, from, to int) []ledger.Result {
	var out []ledger.Result
	for n := from; n <= to; n++ {
		out = append(out, ledger.Result{Number: n, State: s, By: model.BySerial, Text: s.String()})
	}
	return out
}

// states reads what state each row is in.
func states(t testing.TB, l *ledger.Ledger, id model.OperationID) []model.RowState {
	t.Helper()
	rows, err := l.Rows(context.Background(), id)
	must(t, err)
	out := make([]model.RowState, len(rows))
	for i, r := range rows {
		out[i] = r.State
		if r.Number != i+1 {
			t.Fatalf("row %d stands at place %d", r.Number, i+1)
		}
	}
	return out
}

// sound checks what must hold of an operation at every moment.
func sound(o model.Operation, rows []model.Row, chunks []ledger.Chunk) error {
	var tally model.Tally
	held := map[int]int{}
	for i, r := range rows {
		tally.Add(r.State, 1)
		in := map[int]bool{r.Chunk: true}
		for _, p := range r.Past { // a chunk's rows are those that it was sent with
			in[p.Chunk] = true
		}
		for chunk := range in {
			held[chunk]++
		}
		if r.Number != i+1 {
			return fmt.Errorf("row %d stands at place %d", r.Number, i+1)
		}
	}
	if tally != o.Rows {
		return fmt.Errorf("the tally is %+v, the rows are %+v", o.Rows, tally)
	}
	for _, c := range chunks {
		if held[c.Job.Chunk] != c.Job.Rows {
			return fmt.Errorf("chunk %d says %d rows and has %d", c.Job.Chunk, c.Job.Rows, held[c.Job.Chunk])
		}
		for _, r := range rows {
			if r.Chunk == c.Job.Chunk && !fits(c.Job.Phase, r.State) {
				return fmt.Errorf("row %d is %v in a chunk that is %v", r.Number, r.State, c.Job.Phase)
			}
		}
	}
	if ended := !o.Ended.IsZero(); ended != (o.Rows.Open() == 0) {
		return fmt.Errorf("ended %v with %+v", o.Ended, o.Rows)
	}
	return nil
}

// fits reports whether a row can be in a state while its chunk is in a phase.
// Rows that became final before a retry stay so in every phase.
func fits(p model.ChunkPhase, s model.RowState) bool {
	open := map[model.ChunkPhase]model.RowState{model.ChunkQueued: model.RowQueued, model.ChunkSending: model.RowInFlight,
		model.ChunkAccepted: model.RowAccepted, model.ChunkLost: model.RowInFlight}
	if want, ok := open[p]; ok && s.Open() {
		return s == want
	}
	return s.Final()
}

// check reads an operation in all ways there are and compares.
func check(t testing.TB, l *ledger.Ledger, id model.OperationID) model.Operation {
	t.Helper()
	o := operation(t, l, id)
	rows, err := l.Rows(context.Background(), id)
	must(t, err)
	chunks, err := l.Chunks(context.Background(), id)
	must(t, err)
	if err := sound(o, rows, chunks); err != nil {
		t.Fatal(err)
	}
	return o
}

// kind fails the test when err is not an error of the kind k.
func kind(t testing.TB, err error, k model.Kind) *model.Error {
	t.Helper()
	e := model.AsError(err)
	if e == nil || e.Kind != k {
		t.Fatalf("%v (%v), want an error of kind %v", err, model.KindOf(err), k)
	}
	if e.Msg == "" || e.Op == "" {
		t.Errorf("%+v has no words for an operator", e)
	}
	return e
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
