package ui_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
	"muster/model/desk/desktest"
	"muster/ui/uitest"
)

// A group tag is changed on two devices, old to new, and put back.
func TestChangeAGroupTagAndUndoIt(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("  t")
	s.WaitFor("What changes on 2 Autopilot devices?", "┃ Group tag")
	s.Type("KIOSK") // takes the place of what is there
	s.WaitFor("[x] Group tag")
	s.Golden("form-change-80x24")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor(`┃ Change 2 devices to group tag "KIOSK"?`, "2 with group tag")
	s.Golden("form-change-confirm-80x24")
	s.Type("y")
	s.WaitFor(`group tag "KIOSK" on 2`, " done")
	s.Type("u/tag:kiosk\n")
	s.WaitFor("2 of 33 devices") // a short list is read again by itself
	s.Type("!")
	s.WaitFor(" of 33 devices", "differs:yes")
	s.Press(uitest.Esc)
	s.Type("o") // opens the operation that was just in the news
	s.WaitFor(`group tag "KIOSK" on 2`, "undo")
	s.Type("z")
	s.WaitFor("┃ Give 2 devices their former values back?")
	s.Type("y")
	s.WaitFor("undo", " done")
}

// What is there is shown until something is typed, and can be brought in to be changed.
func TestAGroupTagIsBroughtIn(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("t")
	s.WaitFor("┃ Group tag", "[ ] Group tag")
	s.Press(uitest.Right)
	s.WaitFor("[x] Group tag")
	s.Type("-X")
	s.WaitFor("-X")
	now := regexp.MustCompile(`Group tag +now (.*)`).FindStringSubmatch(s.Screen())
	if now == nil || !strings.Contains(s.Screen(), "┃ "+strings.TrimSpace(now[1])+"-X") {
		t.Errorf("%q was not brought in:\n%s", now, s.Screen())
	}
}

// A name that no computer may have is refused at its field, in words.
func TestABadDeviceNameIsRefused(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("t")
	s.WaitFor("┃ Group tag")
	s.Press(uitest.Tab)
	s.Type("12345\t")
	s.Press(uitest.Tab)
	s.WaitFor("✗ a device name must not be digits alone")
}

// A profile is put on a device; that it is there is what the service says of it.
func TestAssignAProfile(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("/known:both profile:not\n")
	s.WaitFor(" of 33 devices")
	s.Type("p")
	s.WaitFor("Which policy goes on 1 device?", "an Autopilot profile…")
	s.Press(uitest.End, uitest.Up, uitest.Enter)
	s.WaitFor("Which profile goes on 1 Autopilot device?", "> Hybrid offices")
	s.Golden("form-profile-80x24")
	s.Press(uitest.End, uitest.Enter)
	s.WaitFor("┃ Way", "< direct, else through a device")
	s.Golden("form-profile-way-80x24")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor("┃ Assign profile Workshop laptops to 1 Autopilot device?")
	s.Golden("form-profile-confirm-80x24")
	s.Type("y")
	s.WaitFor("profile Workshop laptops on 1")
}

// Profiles are listed, looked at, made, given to a group and deleted with keys alone.
func TestMakeAssignAndDeleteAProfile(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type("7")
	s.WaitFor("6 profiles", "as of")
	s.Golden("profiles-80x24", clock, times)
	s.Press(uitest.Enter)
	s.WaitFor("Assigned to", "included", "In Windows setup")
	s.Golden("profile-80x24", clock, times, ids)
	s.Press(uitest.Esc)
	s.Type("n")
	s.WaitFor("┃ Name")
	s.Type("Front-desk")
	s.Press(uitest.Tab)
	s.WaitFor("✗ the service does not take '-' in a profile's name")
	s.Press(uitest.CtrlU)
	s.Type("Front desk")
	s.Golden("form-profile-new-80x24")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor("┃ Mode", "In Windows setup")
	s.Golden("form-profile-setup-80x24")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor("┃ Create profile Front desk?")
	s.Golden("form-profile-create-80x24")
	s.Type("y")
	s.WaitFor("7 profiles", "▌ Front desk") // a short list is read again by itself, and the cursor stands on what was made
	s.Type("/front\n")
	s.WaitFor("1 of 7 profiles")
	s.Type("p")
	s.WaitFor("Whom is Front desk assigned to?", "nobody: n adds a group")
	s.Type("n")
	s.WaitFor("┃ What about the group")
	s.Press(uitest.Tab)
	s.Type("autopilot s")
	s.WaitFor("> Autopilot S", "rule: ")
	s.Golden("form-groups-80x24", ids)
	s.Press(uitest.Enter)
	s.WaitFor("1 added, 0 removed")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Change 1 assignment of profile Front desk?")
	s.Golden("form-profile-groups-80x24")
	s.Type("y")
	s.WaitFor("1 target added, 0 targets removed: done")
	s.Type("x")
	s.WaitFor("┃ Delete profile Front desk?", "It cannot be undone: ", "included: ")
	s.Golden("form-profile-delete-80x24")
	s.Type("Front desk\n")
	s.WaitFor("6 profiles")
}

// Registrations that only Intune has are deleted after their number was typed.
func TestDeleteRegistrations(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	s.Type(`/known:intune !serial:default` + "\n")
	s.WaitFor(" of 33 devices")
	s.Type("x")
	s.WaitFor("┃ Delete 1 registration?", "It cannot be undone: ")
	s.Golden("form-delete-80x24")
	s.Type("1\n")
	s.WaitFor("delete 1", " done")
}

// Without Intune the devices of Partner Center are there; that it is missing is said
// once, in words and with the request's id.
func TestPartnerCenterWorksWithoutIntune(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 30})
	o := w.options(t)
	w.fault(t, `{"match":"GET .*/windowsAutopilotDeviceIdentities","status":403}`)
	s := start(t, o)
	s.WaitFor("30 devices", "as of", "without Intune: not read", "Intune could not be read: ")
	if got := strings.Join(strings.Fields(s.Screen()), " "); !strings.Contains(got, "[") || !strings.Contains(got, "Intune role") {
		t.Errorf("what Intune needs, or the request's id, is not said:\n%s", s.Screen())
	}
	s.Type("!")
	s.WaitFor("Intune was not read to its end")
	s.Type("p\n")
	s.WaitFor("┃ Assign")
}

// A sync says what it does and is asked about.
func TestSync(t *testing.T) {
	s := start(t, simulated(t, 30))
	s.WaitFor("33 devices", "as of")
	s.Type("i")
	s.WaitFor("┃ Have Intune and the Autopilot service brought in line?")
	s.Golden("form-sync-80x24", clock, times)
	s.Type("y")
	s.WaitFor("sync of Saltmarsh Freight")
}

// A list goes straight into Intune when that is asked for, with a group tag of its own.
func TestImportAListIntoIntune(t *testing.T) {
	o := simulated(t, 30)
	o.Now = time.Now
	s := start(t, o)
	s.WaitFor("33 devices", "as of")
	list := uitest.File(t, "script.csv", string(desktest.Script("5CG", 11)))
	s.Type("U")
	s.WaitFor("┃ List")
	s.Paste(list)
	s.Press(uitest.Enter)
	s.WaitFor("┃ Go on with 11 rows?", "i import into Intune instead")
	s.Type("i")
	s.WaitFor("Which group tag do 11 devices get in Intune?")
	s.Press(uitest.CtrlU)
	s.Type("LOAN\n")
	s.WaitFor("┃ Import 11 devices into Intune?", "group tag LOAN")
	s.Golden("form-import-80x24", ids)
	s.Type("y")
	s.WaitFor("import 11", " done")
}
