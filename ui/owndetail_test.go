package ui_test

import (
	"testing"

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
