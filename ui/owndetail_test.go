package ui_test

import (
	"testing"
	"time"

	"muster/ui/uitest"
)

// What was changed from its own page can be deleted from there at once, and the page of
// what was deleted closes.
func TestAPolicyIsChangedAndDeletedFromItsOwnPage(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("4")
	s.WaitFor("5 policies", "as of")
	s.Press(uitest.Enter)
	s.WaitFor("Settings during setup", "Of the service")
	s.Type("e")
	s.WaitFor("┃ Name", "An edit writes all of it")
	s.Press(uitest.CtrlU)
	s.Type("Shops")
	s.Press(uitest.Tab, uitest.Tab, uitest.Enter)
	s.WaitFor("┃ Replace policy Shops?", "on 3 devices; it works")
	s.Type("y")
	s.WaitFor(": done", "name           Shops")
	s.Type("x")
	s.WaitFor("┃ Delete policy Shops?", "says the service")
	s.Type("Shops\n")
	s.WaitFor("delete policy Shops: done; its page is closed")
	s.Type("r")
	s.WaitFor("4 policies")
}

// The same with a profile, whose changes and deletion are compared with what its page
// shows: after the first change that must not be what somebody else's would be.
func TestAProfileIsChangedTwiceAndDeletedFromItsOwnPage(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now // the age of a list is measured against the ledger's clock
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("7")
	s.WaitFor("6 profiles", "as of")
	s.Type("n")
	s.WaitFor("┃ Name")
	s.Type("Op desk")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor("┃ Mode", "In Windows setup")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor("┃ Create profile Op desk?")
	s.Type("y")
	s.WaitFor("7 profiles", "▌ Op desk")
	s.Press(uitest.Enter)
	s.WaitFor("› Op desk", "no group; p assigns it")
	for _, name := range []string{"Op desk 2", "Op desk 3"} {
		s.Type("e")
		s.WaitFor("┃ Name")
		s.Press(uitest.CtrlU)
		s.Type(name)
		s.Press(uitest.Tab, uitest.Tab)
		s.WaitFor("┃ Mode")
		s.Press(uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab)
		s.WaitFor("┃ Change ")
		s.Type("y")
		s.WaitFor("› "+name, ": done")
	}
	s.Type("x")
	s.WaitFor("┃ Delete profile Op desk 3?")
	s.Type("Op desk 3\n")
	s.WaitFor("delete profile Op desk 3: done; its page is closed", "6 profiles")
}
