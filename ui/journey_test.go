package ui_test

import (
	"regexp"
	"testing"

	"muster/client/simulator"
	"muster/ui/uitest"
)

func TestDevices(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of 14:02 CET")
	s.Golden("devices-80x24")
	s.Type("/surface")
	s.WaitFor(" of 314 devices")
	s.Press(uitest.Enter)
	s.Type("  *")
	s.WaitFor("32 marked")
	s.Golden("devices-filter-80x24")
	s.Press(uitest.Esc)
	s.Type("/latitude")
	s.Press(uitest.Enter)
	s.WaitFor("32 marked (32 out of sight)")
	s.Type("u")
	s.WaitGone("marked")
	s.Type("/nothing has this")
	s.WaitFor("hides all 314 devices.", "Esc shows them.")
	s.Golden("devices-hidden-80x24")
	s.Press(uitest.Esc)
	s.WaitFor("314 devices")
	s.WaitGone("hides all")
}

func TestDevice(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("ss")
	s.Press(uitest.Enter)
	s.WaitFor("Deployment profile", "lines 1 to")
	s.Golden("autopilot-80x24", clock, times, ids)
	s.Press(uitest.Enter)
	s.WaitFor("device id", "Of the service, read")
	s.Golden("device-80x24", clock, times, ids)
	s.Type("J")
	s.WaitFor("JSON of", `"serialNumber":`)
	s.Golden("device-json-80x24", clock, times, ids, uris)
	s.Press(uitest.Esc)
	s.WaitFor("Registration")
	s.Press(uitest.Esc)
	s.WaitFor("Deployment profile")
	s.Press(uitest.Esc)
	s.WaitFor("314 devices")
}

func TestCustomers(t *testing.T) {
	o := simulated(t, 30)
	o.Customer = ""
	s := start(t, o)
	s.WaitFor("12 customers", "as of")
	s.Golden("customers-80x24")
	s.Type("D")
	s.WaitFor("Of the service, read", "commerce id", "delegated      no", "objectType")
	s.Golden("customer-80x24", clock, times, ids)
	s.Type("J")
	s.WaitFor("JSON of Saltmarsh Freight", `"relationshipToPartner": "reseller"`)
	s.Press(uitest.Esc, uitest.Esc)
	s.WaitFor("12 customers")
	s.Press(uitest.Enter)
	s.WaitFor("33 devices", "as of")
	s.Type("C")
	s.WaitFor("12 customers")
	s.Press(uitest.Down, uitest.Enter)
	s.WaitFor("devices", "as of")
	s.WaitGone("customers")
}

func TestBatches(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("3")
	s.WaitFor("batches", "as of")
	s.Golden("batches-80x24")
	s.Press(uitest.Enter)
	s.WaitFor("Of the service, read", "devices at")
	s.Golden("batch-80x24", clock, times, ids)
	s.Press(uitest.Enter)
	s.WaitFor("of 314 devices", "/batch:")
	s.Golden("batch-devices-80x24")
	s.Press(uitest.Esc, uitest.Esc)
	s.WaitFor("Of the service")
	s.Press(uitest.Esc)
	s.WaitFor("BATCH", "CREATED")
}

func TestPolicies(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("4")
	s.WaitFor("policies", "as of")
	s.Golden("policies-80x24")
	s.Press(uitest.Enter)
	s.WaitFor("Settings during setup", "Of the service, read")
	s.Golden("policy-80x24", clock, times, ids)
}

func TestBIOSConfigurations(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("5")
	s.WaitFor("BIOS configurations", "as of")
	s.Golden("bios-80x24")
	s.Press(uitest.Enter)
	s.WaitFor("size")
	s.Golden("bios-detail-80x24", ids)
}

func TestHomeAndHelp(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("?")
	s.WaitFor("help on devices", "A policy, or an Autopilot profile")
	s.Golden("help-80x24")
	s.Press(uitest.Esc)
	s.Type("1")
	s.WaitFor("By policy", "nothing was asked for yet")
	s.Golden("home-80x24")
	s.Type("q")
	s.WaitEnd()
}

func TestAssignPolicyToMarkedDevices(t *testing.T) {
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("/latitude")
	s.Press(uitest.Enter)
	s.Type("*p")
	s.WaitFor("Which policy goes on 66 devices?")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Assign All pages skipped to 66 devices?")
	s.Type("y")
	s.WaitFor("opens the operation")
	s.Type("o") // that very operation, with the list below it
	s.WaitFor("DEVICE", "STATE", "partly failed")
	s.Golden("operation-80x24", times)
	s.Press(uitest.Esc)
	s.WaitFor("OPERATION", "partly failed")
	s.Golden("operations-80x24", times)
	s.Press(uitest.Enter)
	s.WaitFor("DEVICE", "STATE")
	s.Press(uitest.Tab)
	s.WaitFor("TRACKING ID")
	s.Golden("operation-jobs-80x24", times, ids)
	s.Press(uitest.Enter)
	s.WaitFor("For support", "Of the service, read", "started")
	s.Golden("job-80x24", clock, times, ids)
}

func TestReadOnlySessionOffersNoWrite(t *testing.T) {
	o := simulated(t, 30)
	o.Place.ReadOnly = true
	s := start(t, o)
	s.WaitFor("33 devices", "as of", "READ-ONLY")
	s.Golden("read-only-80x24")
	s.Type("p")
	s.WaitFor("assign: this session is read-only")
}

func TestDevicesThatCannotBeRead(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 30})
	o := w.options(t)
	w.fault(t, `{"match":"GET .*/deviceBatches$","status":403}`)
	s := start(t, o)
	s.WaitFor("Partner Center could not be read", "33 devices")
	s.Press(uitest.Down) // what was said has an id that a line end may cut
	s.WaitGone("could not be read")
	s.Golden("devices-unread-80x24", ids, regexp.MustCompile(`[0-9a-f]{12}\]`))
}
