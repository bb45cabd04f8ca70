package ui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/client/simulator"
	"muster/ui/uitest"
)

func TestMarkARangeAndWhatIsTheSame(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Press(uitest.Down)
	s.Type("v")
	s.WaitFor("range of 1 row, v marks")
	s.Press(uitest.Down, uitest.Down)
	s.WaitFor("range of 3 rows, v marks")
	s.Type("v")
	s.WaitFor("3 marked")
	s.WaitGone("range of")
	s.Type("v")
	s.WaitFor("range of 1 row")
	s.Press(uitest.Esc)
	s.WaitGone("range of")
	s.WaitFor("3 marked")
	s.Type("ussss") // by where they are known
	s.WaitFor("KNOWN▲")
	s.Type("g,")
	s.WaitFor("marked")
	s.Golden("devices-same-80x24")
}

func TestMarkAPastedList(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("M")
	s.WaitFor("┃ Serials")
	s.Paste("5cg0gdygfj\r\n4GZ0NRP, nosuch;5CG0GDYGFJ\n")
	s.WaitFor("nosuch")
	s.Golden("form-mark-80x24")
	s.Press(uitest.Tab)
	s.WaitFor("┃ Mark 2 devices?", "1 serial: no device has it", "nosuch")
	s.Golden("form-mark-found-80x24")
	s.Press(uitest.Enter)
	s.WaitFor("2 marked")
	s.Type("p")
	s.WaitFor("Which policy goes on 2 devices?")
}

func TestRemoveDevices(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("  x")
	s.WaitFor("┃ Remove 2 devices?", "It cannot be undone: ", "type 2 and press Enter")
	s.Golden("form-remove-80x24")
	s.Type("3\n")
	s.WaitFor("that is not 2")
	s.Press(uitest.CtrlU)
	s.Type("2\n")
	s.WaitGone("marked")                // the operation has taken the marks
	s.WaitFor("remove 2 devices: done") // a short list is read again by itself; Intune has them until a sync
}

func TestTakeThePolicyOff(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("/field\n")
	s.WaitFor(" of 33 devices")
	s.Type("*p")
	s.WaitFor("Which policy goes on", "> All pages")
	s.Press(uitest.End)
	s.WaitFor("> no policy", "documents no way")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Take the policy off", "with Field laptops → no policy")
	s.Golden("form-unassign-80x24")
	s.Type("y")
	s.WaitFor("no policy on", " done")
	s.Type("r")
	s.WaitFor("0 of 33 devices")
}

func TestAssignToAWholeBatch(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("3")
	s.WaitFor("batches", "as of")
	s.Press(uitest.Down)
	s.Type("p")
	s.WaitFor("devices of batch")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Assign All pages skipped to")
	s.Golden("form-assign-batch-80x24")
	s.Type("y")
	s.WaitFor("opens the operation")
}

// A bulk action on a list that is not whole says so.
func TestABulkActionSaysThatTheListIsNotWhole(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 300})
	o := w.options(t)
	w.fault(t, `{"match":"GET .*/deviceBatches/SALT-101/devices","status":403}`)
	s := start(t, o)
	s.WaitFor("stopped at 199 of 300")
	s.Type("*p\n")
	s.WaitFor("┃ Assign", "the device list is not whole")
	s.Press(uitest.Esc, uitest.Esc)
	s.Type("x")
	s.WaitFor("┃ Which of them go first?", "115 devices are known in Intune")
	s.Type("p")
	s.WaitFor("┃ Remove 199 devices", "the device list is not whole")
}

// A device that the customer has already is a problem of the list that has it again.
func TestUploadSaysWhatIsThereAlready(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("U")
	s.WaitFor("┃ List")
	list := uitest.File(t, "list.csv", strings.Join([]string{"serial,maker,model", "NEW-1,HP,HP ProBook 450", "4gz0nrp,Dell Inc.,Latitude 7450"}, "\n"))
	s.Paste(list)
	s.Press(uitest.Enter)
	s.WaitFor("the customer has this device already: batch SALT spring")
	s.Golden("form-upload-have-80x24")
}

// A comparison that cannot be read matches everything while it is typed; kept like that,
// it would let the next action strike the whole fleet.
func TestAFilterThatCannotBeReadIsNotKept(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("devices · as of")
	s.Type("/uploaded:<3x")
	s.Press(uitest.Enter)
	s.WaitFor("3x is not an age such as 30d")
	s.Press(tea.KeyPressMsg{Code: tea.KeyBackspace})
	s.Type("d")
	s.Press(uitest.Enter)
	s.WaitGone("is not an age")
}
