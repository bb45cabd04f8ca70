package cli_test

import (
	"strings"
	"testing"
	"time"

	"muster/model"
)

// halfway is an operation of which 100 rows took ten minutes and 200 are still open.
func halfway(w *world) {
	o := &w.operations[0]
	begun := time.Date(2026, 5, 4, 11, 50, 0, 0, time.UTC) // ten minutes ago
	o.Rows, o.Owned, o.Mine = model.Tally{Done: 100, Accepted: 200}, true, true
	o.Jobs = []model.Job{{ID: "job-1", Chunk: 1, Rows: 100, Phase: model.ChunkEnded, State: model.JobFinished, Sent: begun, Ended: begun.Add(10 * time.Minute)},
		{ID: "job-2", Chunk: 2, Rows: 200, Phase: model.ChunkAccepted, Sent: begun.Add(10 * time.Minute)}}
}

func TestWaitSaysOnATerminalHowLongItTakes(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		w, r := newWorld(), run{outTerminal: terminal}
		w.begin("upload 1", 300)
		w.steps = append(w.steps, halfway, done(300))
		if code := r.muster(t, w, "operations wait"); code != 0 {
			t.Fatalf("exit code %d: %s", code, &r.err)
		}
		if got := strings.Contains(r.err.String(), "100 final, about 20 minutes left"); got != terminal {
			t.Errorf("terminal %v: %s", terminal, &r.err)
		}
	}
}
