package ui_test

import (
	"testing"
	"time"

	"muster/client/simulator"
	"muster/ui/uitest"
)

// A list with good rows and rows that the service refuses goes up and comes back with
// a reason for each.
func TestUploadAListAndSeeWhatFailed(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("U")
	s.WaitFor("┃ List")
	s.Paste("../testdata/uploads/with-failures.csv")
	s.Press(uitest.Enter)
	s.WaitFor("8 rows: 8 good", "┃")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Batch")
	s.Paste("ward-7")
	s.WaitFor("A NEW batch")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Send 8 devices to the new batch ward-7?")
	s.Type("y")
	s.WaitFor("failed; o opens the operation")
	s.Golden("upload-ended-80x24")
	s.Type("o")
	s.WaitFor("partly failed", "8 rows", "failed")
	s.Golden("upload-operation-80x24", times)
	s.Press(uitest.Enter)
	s.WaitFor("what to do")
	s.Golden("upload-row-80x24", ids)
	s.Type("2r")
	s.WaitFor("devices · as of")
	s.Type("/batch:ward-7\n")
	s.WaitFor("ward-7 ", " of 3")
}

func TestMakeAndEditABIOSConfiguration(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now // the age of a list is measured against the ledger's clock
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("5")
	s.WaitFor("3 BIOS configurations", "as of")
	s.Type("e")
	s.WaitFor("┃ Name", "Counter PCs")
	s.Paste(" (checked)")
	for range 6 {
		s.Press(uitest.Tab)
	}
	s.WaitFor("┃ Change name of Counter PCs, secure boot baseline")
	s.Type("y")
	s.WaitFor(": done", "baseline (checked)") // its page is read again by itself
	s.Press(uitest.Esc)
	s.WaitFor("3 BIOS configurations") // a short list is read again by itself
	s.WaitFor("boot baselin…")
	s.Press(uitest.Enter)
	s.WaitFor("baseline (checked)")
}

// The walk meets a batch that cannot be read: the rest is there, and the list says
// that it is not whole.
func TestABatchThatCannotBeRead(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 300})
	o := w.options(t)
	w.fault(t, `{"match":"GET .*/deviceBatches/SALT-101/devices","status":403}`)
	s := start(t, o)
	s.WaitFor("314 devices", "stopped at 199 of 300, r reads again")
	s.Golden("devices-incomplete-80x24")
}
