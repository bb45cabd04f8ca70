package ui_test

import (
	"testing"

	"muster/ui/uitest"
)

func TestCopyMenu(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("ss  Y")
	s.WaitFor("WHAT", "serial of 2 devices", "texts")
	s.Golden("copy-80x24", ids)
	s.Press(uitest.Enter)
	s.WaitFor("serial of 2 devices sent to the terminal:", "and 1 more line")
	s.WaitGone("WHAT")
}
