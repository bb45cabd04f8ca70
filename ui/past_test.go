package ui_test

import (
	"os"
	"path/filepath"
	"testing"

	"muster/client/simulator"
	"muster/ui/uitest"
)

// What was asked for can be looked at row by row and undone, and the undo says what it
// leaves out.
func TestUndoAnAssignment(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("/latitude\n*p")
	s.WaitFor("Which policy goes on 66 devices?")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Assign All pages skipped to 66 devices?")
	s.Type("y")
	s.WaitFor("66 devices: 4 failed; o opens")
	s.Type("o")
	s.WaitFor("paired by device id", "807")
	s.Type("w")
	s.WaitFor("read again", "not by a retry", "correlation", "device id")
	s.Golden("row-why-80x24", times, ids)
	s.Press(uitest.Esc)
	s.Type("a")
	s.WaitFor("again: no row can be sent again: 4 rows: 807")
	s.Type("z")
	s.WaitFor("┃ Give", "former policy back?", "4 rows: did not get the policy", "had no policy before")
	s.Golden("form-undo-80x24", times)
	s.Type("y")
	s.WaitFor("undo on", "written down, sending")
	s.Type("o")
	s.WaitFor("undo of policy All pages")
	s.WaitFor("47 done")
}

// A passing fault of the service is retried, and only that.
func TestRetryWhatMayPassTheSecondTime(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list.csv")
	rows := "serial,maker,model\nOK-1,LENOVO,21ML0012GE\nSIM-640-1,LENOVO,21ML0012GE\nSIM-808-1,LENOVO,21ML0012GE\nOK-2,LENOVO,21ML0012GE\n"
	if err := os.WriteFile(list, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("U")
	s.WaitFor("┃ List")
	s.Paste(list)
	s.Press(uitest.Enter)
	s.WaitFor("4 rows: 4 good", "┃")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Batch")
	s.Paste("ward-9")
	s.WaitFor("A NEW batch")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Send 4 devices to the new batch ward-9?")
	s.Type("y")
	s.WaitFor("failed; o opens the operation")
	s.Type("o")
	s.WaitFor("passing fault")
	s.Type("a")
	s.WaitFor("┃ Send 1 row again?", "1 row: 640 StorageError (passing fault)", "Not sent again: 1 row: 808")
	s.Golden("question-again-80x24", times)
	s.Type("y")
	s.WaitFor("sent again, 1 row")
	s.WaitFor(" 640    ", " 4")
}

// What is not sent yet can be stopped while the rest is on its way.
func TestStopWhatIsNotSent(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 3000})
	o := w.options(t)
	w.fault(t, `{"match":"PATCH .*(?i)policyupdates","kind":"slow","delayMs":700}`)
	s := start(t, o)
	s.WaitFor("3 122 devices", "as of")
	s.Type("*p\n")
	s.WaitFor("┃ Assign All pages skipped to 3 000 devices?")
	s.Type("y")
	s.WaitFor("written down, sending")
	s.Type("o")
	s.WaitFor("tab rows or jobs", "in flight")
	s.Type("X")
	s.WaitFor("┃ Stop what is not sent of policy All pages skipped", "never sent")
	s.Type("y")
	s.WaitFor("dropped what was not sent")
}
