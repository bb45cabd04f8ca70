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

// A bar is for terminals that can take it back: everywhere else there are lines, and no
// terminal is ever given one that is as wide as itself.
func TestWaitShowsABarOnATerminal(t *testing.T) {
	const bar = "\rupload 1 of a test  [##########--------------------] 100 of 300  10/min  about 20 minutes left\x1b[K"
	const last = "muster: upload 1 of a test: 300 of 300 accepted, 300 final\n"
	for name, tc := range map[string]struct {
		terminal bool
		width    int
		env      map[string]string
		want     string
	}{
		"wide":        {true, 120, nil, bar},
		"narrow":      {true, 60, nil, "\rupload 1 of a t~  100 of 300  10/min  about 20 minutes left\x1b[K"},
		"unknown":     {true, 0, nil, "\rupload 1 of a te~  [#####-----------] 100 of 300  10/min  about 20 minutes left\x1b[K"},
		"a file":      {false, 120, nil, ""},
		"dumb":        {true, 120, map[string]string{"TERM": "dumb"}, ""},
		"read aloud":  {true, 120, map[string]string{"ACCESSIBLE": "1"}, ""},
		"not aloud":   {true, 120, map[string]string{"ACCESSIBLE": "0"}, bar},
		"not a thing": {true, 1, nil, "\r\x1b[K"},
	} {
		w, r := newWorld(), run{errTerminal: tc.terminal, errWidth: tc.width, env: tc.env}
		w.begin("upload 1", 300)
		w.steps = append(w.steps, halfway, done(300))
		if code := r.muster(t, w, "operations wait"); code != 0 {
			t.Fatalf("%s: exit code %d: %s", name, code, &r.err)
		}
		got := r.err.String()
		if !strings.HasSuffix(got, last) {
			t.Errorf("%s: it does not end in a line: %q", name, got)
		}
		if tc.want == "" && strings.ContainsAny(got, "\r\x1b") || !strings.Contains(got, tc.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, tc.want)
		}
		if tc.want == "" && !strings.Contains(got, "100 of 300 accepted, 100 final\n") && !strings.Contains(got, "300 of 300 accepted, 100 final\n") {
			t.Errorf("%s: no line on the way: %q", name, got)
		}
		if tc.want != "" && !strings.Contains(got, "\r\x1b[2K"+last) {
			t.Errorf("%s: the bar is not taken away: %q", name, got)
		}
	}
}

// Whatever is said while a bar stands has a line of its own.
func TestABarGivesWayToWords(t *testing.T) {
	w, r := newWorld(), run{errTerminal: true, errWidth: 100}
	w.begin("upload 1", 300)
	w.steps = append(w.steps, halfway, func(w *world) { w.waiting = "429 until 12:01" }, done(300))
	if code := r.muster(t, w, "operations wait"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	if !strings.Contains(r.err.String(), "\r\x1b[2Kmuster: waiting: 429 until 12:01\n\rupload 1") {
		t.Errorf("got %q", &r.err)
	}
}
