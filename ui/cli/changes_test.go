package cli_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/ui/kit"
)

// twins is a world with two devices of one serial, in different letter case, and
// one that the service does not let anybody touch.
func twins() *world {
	w := newWorld()
	w.pages = append(w.pages, model.DevicePage{Batch: "b2", Devices: []model.Device{{ID: "d-4", Batch: "b2", Serial: "sn1"},
		{ID: "d-5", Batch: "b2", Serial: "SN5", Allowed: []string{"GET"}}}})
	return w
}

func ids(devices []model.Device) string {
	var out []string
	for _, d := range devices {
		out = append(out, string(d.ID))
	}
	return strings.Join(out, " ")
}

func TestChoosingDevices(t *testing.T) {
	for _, tc := range []struct {
		name, flags string
		stdin       string
		change      func(*world)
		code        int
		says        string
		want        string
	}{
		{name: "serial in another case", flags: "--serials sn2", want: "d-2"},
		{name: "serials on stdin", flags: "--serials -", stdin: "SN5\r\n# none\nsn2\nSN2\n", want: "d-5 d-2", says: "1 serial twice"},
		{name: "ambiguous serial", flags: "--serials SN1,SN2", code: 2, says: "2 devices have the serial SN1: d-1, d-4"},
		{name: "part of a serial", flags: "--serials SN", code: 2, says: "no device has the serial SN\n"},
		{name: "hostile serial", flags: "--serials \x1b[2J", code: 2, says: "no device has the serial \ufffd[2J"},
		{name: "batch", flags: "--batch B2", want: "d-3 d-4 d-5"},
		{name: "empty batch", flags: "--batch b3", code: 2, says: "batch b3 has no device",
			change: func(w *world) { w.batches = append(w.batches, model.DeviceBatch{ID: "b3"}) }},
		{name: "unknown batch", flags: "--batch b9", code: 2, says: `no batch "b9"`},
		{name: "batch before a torn one", flags: "--batch b2", want: "d-3 d-4 d-5",
			change: func(w *world) {
				w.pages = append(w.pages, model.DevicePage{Batch: "b3"})
				w.listErr = &model.Error{Kind: model.Incomplete, Msg: "b3 was not read to its end"}
			}},
		{name: "torn batch", flags: "--batch b2", code: 1, says: "could not be read to its end; nothing was sent",
			change: func(w *world) { w.listErr = &model.Error{Kind: model.Incomplete, Msg: "stopped"} }},
		{name: "torn list", flags: "--serials SN2", code: 1, says: "the serials cannot be checked; nothing was sent",
			change: func(w *world) { w.listErr = &model.Error{Kind: model.Incomplete, Msg: "stopped"} }},
		{name: "two ways", flags: "--serials SN2 --batch b2", code: 2, says: "in one way"},
		{name: "no way", flags: "", code: 2, says: "--devices is missing"},
		{name: "empty list", flags: "--serials ,", code: 2, says: "no serial in the list"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, verb := range []string{"policies assign Kiosk", "policies unassign"} {
				w, r := twins(), run{stdin: tc.stdin}
				if tc.change != nil {
					tc.change(w)
				}
				w.steps = append(w.steps, accepted(9))
				if code := r.muster(t, w, verb+" --yes "+tc.flags); code != tc.code {
					t.Errorf("%s: exit code %d, want %d; stderr: %s", verb, code, tc.code, &r.err)
				}
				if !strings.Contains(r.err.String(), tc.says) {
					t.Errorf("%s: stderr %q does not say %q", verb, &r.err, tc.says)
				}
				got := ids(w.freed)
				for _, a := range w.assignments {
					got = ids(a.Devices)
				}
				if got != tc.want {
					t.Errorf("%s: devices %q, want %q", verb, got, tc.want)
				}
			}
		})
	}
}

func TestWhatTheServiceDoesNotAllowIsNoted(t *testing.T) {
	for _, line := range []string{"policies assign Kiosk --devices d-5", "policies unassign --devices d-5", "devices remove --devices d-5,d-2"} {
		r := run{}
		if code := r.muster(t, twins(), line+" --dry-run"); code != 0 || !strings.Contains(r.out.String(), "does not allow this") {
			t.Errorf("%s: exit code %d, stdout %q", line, code, &r.out)
		}
	}
}

func TestWhatMustBeTyped(t *testing.T) {
	for _, tc := range []struct{ line, typed, other string }{
		{"devices remove --devices d-1,d-2", "2", "y"},
		{"policies delete Kiosk", "Kiosk", "kiosk"},
	} {
		for answer, sent := range map[string]bool{tc.typed: true, tc.other: false, "yes": false, "": false} {
			w, r := twins(), run{inTerminal: true, stdin: answer + "\n"}
			w.steps = append(w.steps, done(2))
			want := 7
			if sent {
				want = 0
			}
			if code := r.muster(t, w, tc.line); code != want || (len(w.removed)+len(w.deleted) > 0) != sent {
				t.Errorf("%s, answered %q: exit code %d, want %d; removed %d, deleted %d: %s", tc.line, answer, code, want, len(w.removed), len(w.deleted), &r.err)
			}
			if !strings.Contains(r.err.String(), "cannot be undone. Type "+tc.typed+" to go on") {
				t.Errorf("%s: asked %q", tc.line, &r.err)
			}
		}
	}
}

func TestPolicyEditKeepsWhatNoFlagNames(t *testing.T) {
	w, r := newWorld(), run{}
	w.steps = append(w.steps, done(1))
	if code := r.args(w, "policies", "edit", "Kiosk", "--description", "front desks", "--yes"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	want := w.policies[0]
	want.Description = "front desks"
	if diff := cmp.Diff([][2]model.ConfigurationPolicy{{w.policies[0], want}}, w.edits); diff != "" {
		t.Errorf("edit (-want +got):\n%s", diff)
	}
}

func TestLicenceTermsNeedTheirOwnYes(t *testing.T) {
	for _, tc := range []struct {
		line, answer string
		code         int
	}{
		{"policies create --name New --setting SKIP_EULA --yes", "", 2},
		{"policies create --name New --setting skip_eula --yes --accept-eula", "", 0},
		{"policies create --name New --setting skip_eula", "n", 7},
		{"policies create --name New --setting skip_eula", "y", 0},
		{"policies create --name New --setting skip_eula --dry-run", "", 0},
		{"policies edit Office --setting skip_eula --yes", "", 2},
		{"policies edit Kiosk --name Kiosk2 --yes", "", 0}, // has it already
	} {
		w, r := newWorld(), run{inTerminal: tc.answer != "", stdin: tc.answer + "\n"}
		w.steps = append(w.steps, done(1))
		if code := r.muster(t, w, tc.line); code != tc.code {
			t.Errorf("%s, answered %q: exit code %d, want %d: %s", tc.line, tc.answer, code, tc.code, &r.err)
		}
		if sent := len(w.made)+len(w.edits) > 0; sent != (tc.code == 0 && !strings.Contains(tc.line, "dry-run")) {
			t.Errorf("%s, answered %q: sent %v", tc.line, tc.answer, sent)
		}
		if tc.answer != "" && !strings.Contains(r.err.String(), "Do you accept Microsoft's licence terms") {
			t.Errorf("%s: asked %q", tc.line, &r.err)
		}
	}
}

func TestDeleteCountsWhoUsesIt(t *testing.T) {
	w, r := newWorld(), run{}
	if code := r.muster(t, w, "policies delete Office --dry-run"); code != 0 || !strings.Contains(r.out.String(), "1 device uses it") || !strings.Contains(r.out.String(), "the service's own count is 4") {
		t.Errorf("exit code %d: %s%s", code, &r.out, &r.err)
	}
	w.listErr = &model.Error{Kind: model.Incomplete, Msg: "stopped"}
	if code := r.muster(t, w, "policies delete Office --dry-run"); code != 0 || !strings.Contains(r.out.String(), "at least 1 device uses it") {
		t.Errorf("part of the list: exit code %d: %s%s", code, &r.out, &r.err)
	}
}

func TestUndoShowsAndRefuses(t *testing.T) {
	world := func() *world {
		w := newWorld()
		w.begin("op-1", 3)
		done(3)(w)
		w.plan = model.UndoPlan{Operation: "op-1", Customer: model.Customer{ID: contoso, Name: "Contoso"},
			Devices: []model.UndoDevice{{Device: model.Device{ID: "d-1", Serial: "SN1"}, Policy: office, Name: "Office"}},
			LeftOut: []model.UndoLeft{{Why: "had no policy before", Rows: 2}}}
		return w
	}
	w, r := world(), run{inTerminal: true, stdin: "y\n"}
	w.steps = append(w.steps, done(1))
	if code := r.muster(t, w, "operations undo op-1"); code != 3 || len(w.undone) != 1 || !strings.Contains(r.err.String(), "2 rows that the operation changed cannot be put back") {
		t.Fatalf("exit code %d, %d undone: %s", code, len(w.undone), &r.err)
	}
	for _, want := range []string{"left out  2 rows: had no policy before", "back to Office on 1 device", "SN1  d-1  -> Office"} {
		if !strings.Contains(r.err.String(), want) {
			t.Errorf("asked %q without %q", &r.err, want)
		}
	}
	if w := world(); r.muster(t, w, "operations undo op-1 --yes --expect 3") != 6 || len(w.undone) > 0 || !strings.Contains(r.err.String(), "2 rows left out: had no policy before") {
		t.Errorf("not expected: %s", &r.err)
	}
	w = world()
	w.planErr = &model.Error{Kind: model.Conflict, Msg: "the operation has not ended"}
	if code := r.muster(t, w, "operations undo op-1 --yes"); code != 1 {
		t.Errorf("not ended: exit code %d, want 1", code)
	}
	w.planErr = &model.Error{Kind: model.Invalid, Msg: "upload has no inverse"}
	if code := r.muster(t, w, "operations undo op-1 --yes"); code != 2 || !strings.Contains(r.err.String(), "no inverse") {
		t.Errorf("no inverse: exit code %d, want 2: %s", code, &r.err)
	}
	w = world()
	w.plan.Devices = nil
	if code := r.muster(t, w, "operations undo op-1 --yes"); code != 2 || !strings.Contains(r.err.String(), "2 rows: had no policy before") {
		t.Errorf("nothing left: exit code %d, want 2: %s", code, &r.err)
	}
}

// Every write ends with the codes that all of them share.
func TestCodesOfEveryChange(t *testing.T) {
	lines := []string{"devices remove --devices d-1", "policies create --name New --setting none", "policies edit Kiosk --name Bureau",
		"policies delete Kiosk", "policies assign Kiosk --devices d-1", "policies unassign --devices d-1", "operations undo op-1", "jobs add " + string(kiosk)}
	begin := func() *world {
		w := newWorld()
		w.begin("op-1", 1)
		done(1)(w)
		w.plan = model.UndoPlan{Devices: []model.UndoDevice{{Policy: office}}}
		return w
	}
	for _, line := range lines {
		yes := " --yes"
		if strings.HasPrefix(line, "jobs") {
			yes = ""
		}
		check := func(name string, w *world, more string, want int) {
			t.Helper()
			r := run{}
			if code := r.muster(t, w, line+yes+more); code != want {
				t.Errorf("%s, %s: exit code %d, want %d: %s", line, name, code, want, &r.err)
			}
		}
		w := begin()
		w.steps = append(w.steps, accepted(1), done(1))
		check("done", w, " --wait", 0)
		w = begin()
		w.steps = append(w.steps, accepted(2), oneFailed(2))
		check("failed", w, " --wait", 3)
		w = begin()
		w.writeErr = &model.Error{Kind: model.Unexpected, Msg: "disk full"}
		check("disk full", w, "", 1)
		w = begin()
		w.writeErr = &model.Error{Kind: model.Invalid, Msg: "not so"}
		check("invalid", w, "", 2)
		w = begin()
		w.connectErr = &model.Error{Kind: model.NoBackend, Msg: "none"}
		check("no backend", w, "", 4)
		w = begin()
		w.readOnly = true
		check("read-only place", w, "", 6)
		check("read-only flag", begin(), " --read-only", 6)
		if !strings.HasPrefix(line, "operations") { // which know their customer
			check("unknown customer", begin(), " --customer nobody", 2)
		}
		synctest.Test(t, func(t *testing.T) {
			w := begin()
			w.steps = append(w.steps, accepted(1))
			check("timeout", w, " --wait --timeout 5s", 5)
		})
		ctx, cancel := context.WithCancel(t.Context())
		w = begin()
		w.steps = append(w.steps, accepted(1), func(*world) { cancel() })
		r := run{ctx: ctx}
		if code := r.muster(t, w, line+yes+" --wait"); code != 130 {
			t.Errorf("%s, interrupted: exit code %d, want 130: %s", line, code, &r.err)
		}
		cancel()
	}
}

func TestExportWritesPrivateFiles(t *testing.T) {
	w, r := newWorld(), run{}
	w.begin("op-1", 2)
	oneFailed(2)(w)
	if code := r.muster(t, w, "operations export op-1 --utc"); code != 0 || !strings.Contains(r.out.String(), "| SN2 | job-1 | correlation-1 |") {
		t.Errorf("exit code %d: %s%s", code, &r.out, &r.err)
	}
	dir := t.TempDir()
	if code := r.args(w, "operations", "export", "op-1", "--format", "csv", "--out", dir); code != 0 || r.out.Len() > 0 {
		t.Errorf("exit code %d: %s%s", code, &r.out, &r.err)
	}
	path := filepath.Join(dir, "muster-operation-op-1-20260504T120000Z.csv")
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", fi, err)
	}
	if code := r.args(w, "operations", "export", "op-1", "--format", "csv", "--out", dir); code != 2 || !strings.Contains(r.err.String(), "--overwrite") {
		t.Errorf("twice: exit code %d: %s", code, &r.err)
	}
}

func TestDevicesThatAreThereAlready(t *testing.T) {
	good := file(t, "good.csv", goodList)
	w, r := newWorld(), run{}
	w.steps = append(w.steps, done(1))
	w.pages[0].Devices[1].Maker = "LENOVO" // SN2 of another maker is another machine
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --skip-known --expect 1"); code != 0 || len(w.uploads) != 1 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	if got := w.sent[0]; len(got) != 1 || got[0].Serial() != "SN2" {
		t.Errorf("sent %+v", got)
	}
	w = newWorld() // two devices of one serial decide nothing
	w.pages = append(w.pages, model.DevicePage{Devices: []model.Device{{ID: "d-9", Serial: "sn1"}, {ID: "d-8", Serial: "sn2"}}})
	w.steps = append(w.steps, done(2))
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --skip-known --expect 2"); code != 0 {
		t.Errorf("shared serials: exit code %d: %s", code, &r.err)
	}
	w = newWorld()
	w.listErr = errors.New("torn")
	w.steps = append(w.steps, done(2))
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes"); code != 0 || len(w.uploads) != 1 || !strings.Contains(r.err.String(), "incomplete") {
		t.Errorf("torn list: exit code %d, %d uploads: %s", code, len(w.uploads), &r.err)
	}
}

func TestANamelessPolicyIsDeletedByItsID(t *testing.T) {
	for answer, want := range map[string]int{"": 7, " ": 7, string(kiosk): 0} {
		w, r := newWorld(), run{inTerminal: true, stdin: answer + "\n"}
		w.policies[0].Name = "  "
		w.steps = append(w.steps, done(1))
		if code := r.muster(t, w, "policies delete "+string(kiosk)); code != want || len(w.deleted) != 1-want/7 {
			t.Errorf("answered %q: exit code %d, want %d: %s", answer, code, want, &r.err)
		}
	}
}

// autopilot is an Intune that only lists devices, and fails then if it shall.
type autopilot struct {
	kit.Autopilot
	devices []model.AutopilotDevice
	err     error
}

func (a autopilot) AutopilotDevices(context.Context, model.CustomerID) iter.Seq2[[]model.AutopilotDevice, error] {
	return func(yield func([]model.AutopilotDevice, error) bool) {
		if yield(a.devices, nil) && a.err != nil {
			yield(nil, a.err)
		}
	}
}

func TestDevicesThatOnlyIntuneShows(t *testing.T) {
	good := file(t, "good.csv", goodList)
	w, r := newWorld(), run{}
	w.pages = nil
	w.intune = autopilot{devices: []model.AutopilotDevice{{Serial: "sn2"}, {Serial: "SN9"}}}
	w.steps = append(w.steps, done(1))
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --skip-known --expect 1"); code != 0 || len(w.sent) != 1 || w.sent[0][0].Serial() != "SN1" {
		t.Fatalf("exit code %d, sent %v: %s", code, w.sent, &r.err)
	}
	if !strings.Contains(r.err.String(), "SN2 is there already, in Intune") {
		t.Errorf("said %s", &r.err)
	}
	w = newWorld()
	w.pages = nil
	w.intune = autopilot{err: &model.Error{Kind: model.NoBackend, Msg: "there is no address"}}
	w.steps = append(w.steps, done(2))
	if code := r.muster(t, w, "upload "+good+" --batch b9 --yes --skip-known --expect 2"); code != 0 || strings.Contains(r.err.String(), "incomplete") {
		t.Errorf("without Intune: exit code %d: %s", code, &r.err)
	}
	w.intune = autopilot{err: &model.Error{Kind: model.SignedOut, Msg: "there is no token"}}
	w.steps = append(w.steps, done(2))
	if code := r.muster(t, w, "upload "+good+" --batch b9 --dry-run"); code != 0 || !strings.Contains(r.err.String(), "Intune could not be read") {
		t.Errorf("signed out of Intune: exit code %d: %s", code, &r.err)
	}
}
