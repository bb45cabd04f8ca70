package cli_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"muster/model"
)

const (
	goodList = "Serial,Manufacturer,Model\nSN1,Dell Inc.,Latitude\nSN2,Dell Inc.,Latitude\n"
	badList  = "Serial,Manufacturer,Model\nSN1,Dell Inc.,Latitude\nSN2,,\n"
)

// file writes a file into a folder of the test.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The life of an operation of n rows as the service tells it.
func accepted(n int) func(*world) {
	return set(model.Tally{Accepted: n}, model.ChunkAccepted, "job-1")
}
func done(n int) func(*world) { return set(model.Tally{Done: n}, model.ChunkEnded, "job-1") }

// oneFailed ends an operation of n rows with a failed one.
func oneFailed(n int) func(*world) {
	return func(w *world) {
		set(model.Tally{Done: n - 1, Failed: 1}, model.ChunkEnded, "job-1")(w)
		w.rows[w.operations[0].ID] = []model.Row{{Number: 1, Serial: "SN1", Chunk: 1, State: model.RowDone},
			{Number: 2, Line: 3, Serial: "SN2", Chunk: 1, State: model.RowFailed, Code: "808", CodeName: "ZtdDeviceAssignedToOtherTenant", Text: "registered to another tenant", What: "ask the vendor"}}
	}
}

// stopped leaves 500 of 2 000 rows done and the rest without an owner.
func stopped(w *world) {
	o := &w.operations[0]
	o.Rows, o.Owned, o.Mine = model.Tally{Done: 500, Queued: 1500}, false, false
	o.Jobs = []model.Job{{ID: "job-1", Chunk: 1, Rows: 500, Phase: model.ChunkEnded, State: model.JobFinished}, {Chunk: 2, Rows: 1500}}
}

func TestWritesWithoutAYes(t *testing.T) {
	good := file(t, "good.csv", goodList)
	for _, tc := range []struct {
		name, line string
		r          run
		readOnly   bool
		code       int
		says       string
		sent       bool
	}{
		{name: "off a terminal", line: "upload " + good + " --batch b9", code: 2, says: "--yes"},
		{name: "list on stdin", line: "upload - --batch b9", r: run{inTerminal: true, stdin: goodList}, code: 2, says: "nobody to ask"},
		{name: "answered no", line: "upload " + good + " --batch b9", r: run{inTerminal: true, stdin: "n\n"}, code: 7, says: "nothing was sent"},
		{name: "no answer", line: "upload " + good + " --batch b9", r: run{inTerminal: true}, code: 7, says: "nothing was sent"},
		{name: "answered yes", line: "upload " + good + " --batch b9", r: run{inTerminal: true, stdin: "y\n"}, code: 0, says: "SN1", sent: true},
		{name: "yes", line: "upload - --yes --batch b9", r: run{stdin: goodList}, code: 0, sent: true},
		{name: "expected", line: "upload " + good + " --yes --expect 2 --batch b9", code: 0, sent: true},
		{name: "not expected", line: "upload " + good + " --yes --expect 3 --batch b9", code: 6, says: "--expect says 3"},
		{name: "expected nonsense", line: "upload " + good + " --yes --expect -5 --batch b9", code: 2, says: "is not a number of rows"},
		{name: "dry run", line: "upload " + good + " --dry-run --batch b9", code: 0},
		{name: "dry run not expected", line: "upload " + good + " --dry-run --expect 1 --batch b9", code: 6},
		{name: "read-only flag", line: "upload " + good + " --yes --read-only --batch b9", code: 6, says: "read-only"},
		{name: "read-only place", line: "upload " + good + " --yes --batch b9", readOnly: true, code: 6, says: "read-only"},
		{name: "no batch", line: "upload " + good + " --yes", code: 2, says: "--batch is missing"},
		{name: "bad batch", line: "upload " + good + " --yes --batch a/b", code: 2, says: "batch name"},
		{name: "bad chunk", line: "upload " + good + " --yes --batch b9 --chunk 0", code: 2, says: "--chunk"},
		{name: "no file", line: "upload nowhere.csv --yes --batch b9", code: 1, says: "no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			w.readOnly = tc.readOnly
			w.steps = append(w.steps, accepted(2))
			if code := tc.r.muster(t, w, tc.line); code != tc.code {
				t.Errorf("exit code %d, want %d; stderr: %s", code, tc.code, &tc.r.err)
			}
			if !strings.Contains(tc.r.err.String(), tc.says) {
				t.Errorf("stderr %q does not say %q", &tc.r.err, tc.says)
			}
			if sent := len(w.uploads) > 0; sent != tc.sent {
				t.Errorf("sent: %v, want %v", sent, tc.sent)
			}
		})
	}
}

func TestUploadOfAListWithProblems(t *testing.T) {
	bad := file(t, "bad.csv", badList)
	w, r := newWorld(), run{}
	if code := r.muster(t, w, "upload "+bad+" --yes --batch b9 --expect 2"); code != 6 || len(w.uploads) > 0 {
		t.Errorf("exit code %d, %d uploads: %s", code, len(w.uploads), &r.err)
	}
	w.steps = append(w.steps, accepted(1))
	if code := r.muster(t, w, "upload "+bad+" --yes --batch B2"); code != 3 {
		t.Fatalf("exit code %d, want 3: %s", code, &r.err)
	}
	for _, want := range []string{"line 3", "identification: ", "1 row left out"} {
		if !strings.Contains(r.err.String(), want) {
			t.Errorf("stderr %q does not say %q", &r.err, want)
		}
	}
	got := w.uploads[0]
	if len(w.sent[0]) != 1 || w.sent[0][0].Serial() != "SN1" || got.Batch != "b2" || got.Customer != contoso || got.Source != "bad.csv, 1 row left out" || got.Chunk != 0 {
		t.Errorf("sent %+v", got)
	}
}

func TestUploadWaitAsJSON(t *testing.T) {
	good := file(t, "good.csv", goodList)
	w, r := newWorld(), run{}
	w.steps = append(w.steps, accepted(2), oneFailed(2))
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --wait --json"); code != 3 {
		t.Fatalf("exit code %d, want 3: %s", code, &r.err)
	}
	want := `{"id":"upload 1","state":"partly failed","kind":"other","title":"upload 1 of a test","customer":{"id":"11111111-1111-1111-1111-111111111111","name":"Contoso"},"rows":{"queued":0,"inFlight":0,"accepted":0,"done":1,"failed":1,"skipped":0,"unknown":0},"jobs":[{"trackingId":"job-1","chunk":1,"rows":2,"state":"processing","requestId":"request-1","correlationId":"correlation-1"}],"failures":[{"row":2,"serial":"SN2","code":"808","name":"ZtdDeviceAssignedToOtherTenant","text":"registered to another tenant","what":"ask the vendor"}]}
`
	if diff := cmp.Diff(want, r.out.String()); diff != "" {
		t.Errorf("operation (-want +got):\n%s", diff)
	}
}

func TestUploadWithoutWaitEndsWhenAccepted(t *testing.T) {
	good := file(t, "good.csv", goodList)
	w, r := newWorld(), run{}
	w.steps = append(w.steps, set(model.Tally{InFlight: 2}, model.ChunkSending, ""), accepted(2), oneFailed(2))
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --timeout 1h"); code != 0 {
		t.Fatalf("exit code %d, want 0: %s", code, &r.err)
	}
	if !strings.Contains(r.out.String(), "job-1") || len(w.steps) != 1 {
		t.Errorf("stdout %q, %d steps left, want 1", &r.out, len(w.steps))
	}
}

func TestWaitEndsAtTimeout(t *testing.T) {
	good := file(t, "good.csv", goodList)
	synctest.Test(t, func(t *testing.T) {
		w, r := newWorld(), run{}
		w.steps = append(w.steps, accepted(2))
		if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --wait --timeout 30m --json"); code != 5 {
			t.Errorf("exit code %d, want 5: %s", code, &r.err)
		}
		if !strings.Contains(r.err.String(), "still running after 30m0s") || !strings.Contains(r.out.String(), `"accepted":2`) {
			t.Errorf("stdout %q, stderr %q", &r.out, &r.err)
		}
	})
}

func TestInterruptedUploadSaysWhatIsLeft(t *testing.T) {
	good := file(t, "good.csv", goodList)
	ctx, cancel := context.WithCancel(t.Context())
	w, r := newWorld(), run{ctx: ctx}
	w.steps = append(w.steps, set(model.Tally{Accepted: 500, Queued: 1500}, model.ChunkAccepted, "job-1"), func(*world) { cancel() })
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --wait"); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	want := "muster: operation upload 1 goes on at the service; 1 500 rows not sent: muster operations resume upload 1\n"
	if !strings.Contains(r.err.String(), want) || w.closed != 1 {
		t.Errorf("stderr %q does not say %q; closed %d times", &r.err, want, w.closed)
	}
}

func TestAssign(t *testing.T) {
	ids := file(t, "ids.txt", "\ufeff# devices\r\nd-3\r\n\r\n  d-1 \r\nd-3\r\n")
	for _, tc := range []struct {
		name, line string
		r          run
		change     func(*world)
		code       int
		says       string
		want       []model.DeviceID
	}{
		{name: "ids", line: "policies assign Kiosk --devices d-2,d-1 --yes", want: []model.DeviceID{"d-2", "d-1"}},
		{name: "by policy id", line: "policies assign " + string(kiosk) + " --devices d-2 --yes", want: []model.DeviceID{"d-2"}},
		{name: "file", line: "policies assign Kiosk --devices @" + ids + " --yes --expect 2", says: "1 device id twice", want: []model.DeviceID{"d-3", "d-1"}},
		{name: "stdin", line: "policies assign Kiosk --devices - --yes", r: run{stdin: "d-1\nd-2"}, want: []model.DeviceID{"d-1", "d-2"}},
		{name: "asked", line: "policies assign Kiosk --devices d-1", r: run{inTerminal: true, stdin: "Y\n"}, says: "Office -> Kiosk", want: []model.DeviceID{"d-1"}},
		{name: "stdin cannot be asked", line: "policies assign Kiosk --devices -", r: run{stdin: "d-1", inTerminal: true}, code: 2, says: "nobody to ask"},
		{name: "unknown id", line: "policies assign Kiosk --devices d-1,D-2 --yes", code: 2, says: "no device has the id D-2"},
		{name: "ambiguous id", line: "policies assign Kiosk --devices d-1 --yes", code: 2, says: "2 devices have the id d-1",
			change: func(w *world) {
				w.pages = append(w.pages, model.DevicePage{Devices: []model.Device{{ID: "d-1", Batch: "b2"}}})
			}},
		{name: "unknown policy", line: "policies assign kiosk --devices d-1 --yes", code: 2, says: `exact name "kiosk"`},
		{name: "no devices", line: "policies assign Kiosk --yes", code: 2, says: "--devices is missing"},
		{name: "empty file", line: "policies assign Kiosk --devices - --yes", r: run{stdin: "# none\n"}, code: 2, says: "no device id"},
		{name: "incomplete", line: "policies assign Kiosk --devices d-1 --yes", code: 1, says: "incomplete",
			change: func(w *world) { w.listErr = &model.Error{Kind: model.Incomplete, Msg: "stopped"} }},
		{name: "not expected", line: "policies assign Kiosk --devices d-1 --yes --expect 2", code: 6},
		{name: "ledger unwritable", line: "policies assign Kiosk --devices d-1 --yes", code: 1, says: "disk full",
			change: func(w *world) { w.writeErr = &model.Error{Kind: model.Unexpected, Op: "assign", Msg: "disk full"} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			if tc.change != nil {
				tc.change(w)
			}
			w.steps = append(w.steps, accepted(len(tc.want)))
			if code := tc.r.muster(t, w, tc.line); code != tc.code {
				t.Errorf("exit code %d, want %d; stderr: %s", code, tc.code, &tc.r.err)
			}
			if !strings.Contains(tc.r.err.String(), tc.says) {
				t.Errorf("stderr %q does not say %q", &tc.r.err, tc.says)
			}
			var got []model.DeviceID
			for _, a := range w.assignments {
				for _, d := range a.Devices {
					got = append(got, d.ID)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("devices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckNeedsNoBackend(t *testing.T) {
	for _, tc := range []struct {
		name, list string
		code       int
		rows, good int
		problem    string
	}{
		{"clean", goodList, 0, 2, 2, ""},
		{"problems", badList, 3, 2, 1, "identification"},
		{"empty", "", 1, 0, 0, "empty"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w, r := newWorld(), run{}
			code := r.muster(t, w, "upload --check "+file(t, "list.csv", tc.list)+" --json")
			if code != tc.code || len(w.targets) > 0 {
				t.Errorf("exit code %d, want %d; %d backends opened: %s", code, tc.code, len(w.targets), &r.err)
			}
			var got struct {
				Rows, Good, Repaired int
				Problems             []struct {
					Line, Column int
					Code, Text   string
				}
			}
			if err := json.Unmarshal(r.out.Bytes(), &got); err != nil || strings.Count(r.out.String(), "\n") != 1 {
				t.Fatalf("%v: %s", err, &r.out)
			}
			if got.Rows != tc.rows || got.Good != tc.good || got.Problems == nil {
				t.Errorf("got %+v", got)
			}
			if tc.problem != "" && (len(got.Problems) != 1 || got.Problems[0].Code != tc.problem || got.Problems[0].Text == "") {
				t.Errorf("problems %+v, want one %s", got.Problems, tc.problem)
			}
		})
	}
	r := run{}
	if code := r.muster(t, newWorld(), "upload --check missing.csv --json"); code != 1 || !strings.HasPrefix(r.out.String(), `{"rows":0,`) {
		t.Errorf("missing file: exit code %d, stdout %q", code, &r.out)
	}
}
