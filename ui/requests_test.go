package ui_test

import (
	"regexp"
	"testing"

	"muster/client/simulator"
	"muster/ui/uitest"
)

// spans are milliseconds before the number of the try.
var spans = regexp.MustCompile(`[ \d]{4}\d {5}\d  /`)

// Every request of the dashboard is in the log: a refused try and its repetition, the
// ids of both sides, and of the filter what it is for.
func TestRequestLog(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 30})
	o := w.options(t)
	w.fault(t, `{"match":"GET .*/policies$","status":503,"times":1}`)
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("5")
	s.WaitFor("BIOS configurations", "as of")
	s.Type("L")
	s.WaitFor("requests", "METHOD", "STATUS", "GET", "/deviceManagement/hardwareConfig")
	s.Type("/path:policies\n")
	s.WaitFor("2 of ", "503", "200")
	s.Golden("requests-80x24", clock, spans, regexp.MustCompile(`of \d+ requests`))
	s.Press(uitest.Enter)
	s.WaitFor("For support", "MS-CV", "MS-ServerId", "the same two ids", "All its tries", "try 2", "503")
	s.Press(uitest.Esc, uitest.Esc)
	s.WaitFor("hardwareConfig")
	s.Type("/hardware\n")
	s.Press(uitest.Enter)
	s.WaitFor("Microsoft Graph", "tenant", "request-id")
	s.Type("L") // back to the log, not a second one above
	s.WaitFor("METHOD")
	s.Press(uitest.Esc, uitest.Esc)
	s.WaitFor("BIOS CONFIGURATION")
}
