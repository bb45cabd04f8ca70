package ui_test

import (
	"regexp"
	"testing"

	"muster/ui/uitest"
)

// A device is found by its serial whosever it is, and Enter goes there.
func TestFindADeviceAcrossAllCustomers(t *testing.T) {
	o := simulated(t, 60)
	o.Customer = ""
	s := start(t, o)
	s.WaitFor("12 customers", "as of")
	s.Press(uitest.Enter)
	s.WaitFor("64 devices · as of")
	serial := regexp.MustCompile(`▌ (\S+)`).FindStringSubmatch(s.Screen())
	if serial == nil {
		t.Fatalf("there is no device on\n%s", s.Screen())
	}
	s.Type("C")
	s.WaitFor("12 customers")
	s.Press(uitest.Down, uitest.Down, uitest.Enter)
	s.WaitFor("Fennel Hill Water Works › devices")
	s.Type("F")
	s.WaitFor("┃ Serial")
	s.Type(serial[1])
	s.Press(uitest.Enter)
	s.WaitFor("found devices", "1 device · not searched in full: ", "Saltmarsh Freight")
	s.Golden("found-80x24")
	s.Press(uitest.Home, uitest.Enter)
	s.WaitFor("Saltmarsh Freight › devices", "1 of 64 devices")
	s.Type("F")
	s.WaitFor("┃ Serial")
	s.Type("no such serial\n")
	s.WaitFor("No device of the customers that were read has the serial no such serial.")
}
