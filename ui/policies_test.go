package ui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"muster/ui/uitest"
)

// A policy is made with an own yes to the licence terms, changed with the difference
// shown, and deleted after its name was typed.
func TestMakeEditAndDeleteAPolicy(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("4")
	s.WaitFor("policies", "as of")
	s.Type("n")
	s.WaitFor("┃ Name", "[ ] skip pages in setup")
	s.Type("Tills")
	s.Press(uitest.Enter, uitest.Enter)
	s.WaitFor("┃ Settings during setup")
	s.Press(uitest.Enter)
	s.WaitFor("choose at least one setting")
	s.Press(uitest.End)
	s.Type(" ")
	s.WaitFor("[x] no change to setup")
	s.Press(uitest.Up)
	s.Type(" ")
	s.WaitFor("[ ] no change to setup", "[x] skip the licence terms")
	s.Golden("form-policy-new-80x24", times)
	s.Press(uitest.Enter)
	s.WaitFor("┃ Do you have Saltmarsh Freight's authority")
	s.Type("y")
	s.WaitFor("┃ Create policy Tills?")
	s.Golden("form-policy-create-80x24", times)
	s.Type("y")
	s.WaitFor("create policy Tills: done")
	s.Type("r")
	s.WaitFor("6 policies", "▌ Tills") // the cursor stands on what was made
	s.Type("/tills\n")
	s.WaitFor("1 of 6 policies")
	s.Type("e")
	s.WaitFor("┃ Name", "An edit writes all of it")
	s.Press(uitest.End)
	s.Type(" old")
	s.Press(uitest.Tab)
	s.Type("for the shops")
	s.Press(uitest.Tab, uitest.Down)
	s.Type(" ")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Replace policy Tills old?", "off → on", "Tills → Tills old")
	s.Golden("form-policy-replace-80x24", times)
	s.Type("y")
	s.WaitFor("edit policy Tills: done")
	s.Type("r")
	s.WaitFor("Tills old")
	s.Type("x")
	s.WaitFor("┃ Delete policy Tills old?", "It cannot be undone: ", "on 0 devices, says the service")
	s.Golden("form-policy-delete-80x24", times)
	s.Type("tills old\n")
	s.WaitFor("that is not Tills old")
	s.Press(uitest.CtrlU)
	s.Type("Tills old\n")
	s.WaitFor("delete policy Tills old: done")
	s.Type("r")
	s.WaitFor("0 of 5 policies")
}

// counted types keys and counts them.
type counted struct {
	*uitest.Session
	n int
}

func (c *counted) press(keys ...tea.KeyPressMsg) {
	c.n += len(keys)
	c.Press(keys...)
}

func letter(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }

// The text of the filter aside, a policy is on five thousand devices after at most
// seven keys; and comes off again.
func TestAssignToFiveThousandDevicesInSevenKeys(t *testing.T) {
	s := &counted{Session: start(t, simulated(t, bulk))}
	s.WaitFor(bulkWords)
	s.press(letter('/'))
	s.Type("!virtual")
	s.press(uitest.Enter, letter('*'), letter('p'), uitest.Enter)
	s.WaitFor("┃ Assign All pages skipped to 5")
	s.press(letter('y'))
	s.WaitFor("written down, sending")
	if s.n > 7 {
		t.Errorf("it took %d keys", s.n)
	}
	s.WaitFor(" failed; o opens the operation")
	s.Type("o")
	s.WaitFor("policy All pages skipped on 5")
	s.Type("z")
	s.WaitFor("┃ Give", "their former policy back?", "had no policy before")
	s.Type("y")
	s.WaitFor("undo of policy All pages skipped")
	s.WaitFor("devices: done")
}
