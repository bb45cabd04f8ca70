package ui_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"muster/client/simulator"
	"muster/ui/uitest"
)

// Every list can be written to a file: what is marked, shown or all.
func TestExportAListAndEvidence(t *testing.T) {
	dir := t.TempDir()
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("/latitude\n  E")
	s.WaitFor("┃ Rows", "the 2 that are marked")
	s.Golden("form-export-80x24")
	s.Press(uitest.Down, uitest.Tab)
	s.WaitFor("the 67 that the filter shows")
	s.Press(uitest.Tab)
	s.WaitFor("┃ File or folder")
	s.Paste(filepath.Join(dir, "some.csv"))
	s.Press(uitest.Enter)
	s.WaitFor("67 rows of devices in")
	lines := strings.Split(strings.TrimSpace(read(t, dir, "some.csv")), "\r\n")
	if len(lines) != 68 || !strings.Contains(lines[0], `"id","serial","model"`) || !strings.Contains(lines[1], "Latitude") {
		t.Errorf("%d lines, the first are\n%s\n%s", len(lines), lines[0], lines[1])
	}
	s.Type("E")
	s.WaitFor("┃ Rows")
	s.Press(uitest.Tab, uitest.Tab)
	s.Paste(filepath.Join(dir, "some.csv"))
	s.Press(uitest.Enter)
	s.WaitFor("some.csv exists")
	s.Press(uitest.Esc)
	s.Type("p\n")
	s.WaitFor("┃ Assign All pages skipped to 2 devices?")
	s.Type("y")
	s.WaitFor("on 2 devices: done")
	s.Type("oE")
	s.WaitFor("┃ Format", "Markdown, for people")
	s.Press(uitest.Tab)
	s.Paste(filepath.Join(dir, "evidence.md"))
	s.Press(uitest.Enter)
	s.WaitFor("2 rows of evidence of policy")
	if got := read(t, dir, "evidence.md"); !strings.Contains(got, "policy All pages skipped on 2 devices") || !strings.Contains(got, "tester") || !regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`).MatchString(got) {
		t.Errorf("the evidence is\n%s", got)
	}
}

// Rows of one reason are a list of their own, ready for the support of the service; a
// reason without rows makes no file.
func TestExportWhatBelongsToAnotherTenant(t *testing.T) {
	dir := t.TempDir()
	list, err := filepath.Abs("../testdata/uploads/with-failures.csv")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("U")
	s.WaitFor("┃ List")
	s.Paste(list)
	s.Press(uitest.Enter)
	s.WaitFor("┃ Go on with 8 rows?")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Batch", "Type the name of a new batch")
	s.Paste("ward-7")
	s.WaitFor("A NEW batch")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Send 8 devices")
	s.Type("y")
	s.WaitFor("upload 8 devices to ward-7: 2 failed")
	s.Type("oE")
	s.WaitFor("┃ Rows", "all, with the record of what happened")
	s.Press(uitest.Down, uitest.Down, uitest.Down, uitest.Down)
	s.WaitFor("only those that failed as other tenant")
	s.Golden("form-export-class-80x24", regexp.MustCompile(`[a-z0-9]{4}-[a-z0-9]{4}-2099\d+T\d+Z`))
	s.Press(uitest.Up, uitest.Up, uitest.Up)
	s.WaitFor("only those that failed as passing fault")
	s.Press(uitest.Tab, uitest.Down, uitest.Tab)
	s.WaitFor("┃ File or folder", "CSV, for a spreadsheet")
	s.Paste(filepath.Join(dir, "support.csv"))
	s.Press(uitest.Enter)
	s.WaitFor("no row of it failed as passing fault")
	s.Press(uitest.ShiftTab, uitest.ShiftTab, uitest.Down, uitest.Down, uitest.Down)
	s.WaitFor("only those that failed as other tenant")
	s.Press(uitest.Tab, uitest.Tab, uitest.Enter)
	s.WaitFor("1 row of evidence of upload 8 devices")
	got := read(t, dir, "support.csv")
	if strings.Count(got, "\r\n") != 2 || !strings.Contains(got, `"SIM-808-0001","`) || !regexp.MustCompile(`"[0-9a-f]{8}-[0-9a-f-]{27}"`).MatchString(got) {
		t.Errorf("the support list is\n%s", got)
	}
}

// A job that was started elsewhere is followed from the address that somebody saved.
func TestFollowAJobThatWasStartedElsewhere(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 30})
	res, _ := w.ask(t, http.MethodPost, "/v1/customers/"+w.ready.Customer+"/deviceBatches",
		`{"batchId":"elsewhere","devices":[{"serialNumber":"ELSE1","oemManufacturerName":"HP","modelName":"HP ProBook 450"}]}`)
	s := start(t, w.options(t))
	s.WaitFor(" devices · as of")
	s.Type("6")
	s.WaitFor("Nothing was asked for yet")
	s.Type("n")
	s.WaitFor("┃ Tracking id", "Nothing is sent")
	s.Golden("form-adopt-80x24")
	s.Paste("nonsense")
	s.Press(uitest.Enter)
	s.WaitFor("the tracking id is not a GUID")
	s.Press(uitest.CtrlU)
	s.Paste(res.Header.Get("Location"))
	s.Press(uitest.Enter)
	s.WaitFor("job ", "1/1", ": done")
	s.Type("n")
	s.WaitFor("┃ Tracking id")
	s.Paste(res.Header.Get("Location"))
	s.Press(uitest.Enter)
	s.WaitFor("an operation has this job already")
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
