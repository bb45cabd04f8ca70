package ui_test

import (
	"testing"

	"muster/ui/uitest"
)

func TestPalette(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type(":")
	s.WaitFor("› actions", "assign")
	s.Type("batch")
	s.WaitFor(":batch_", "The customer's device batches.")
	s.Golden("palette-80x24")
	s.Press(uitest.Enter)
	s.WaitFor("CREATED", "batches · as of")
	s.Type(":nothing like it")
	s.WaitFor(":nothing like it_")
	s.Press(uitest.Enter, uitest.Esc)
	s.WaitFor("CREATED")
	s.Type(":back\n")
	s.WaitFor("home", "Go to")
}
