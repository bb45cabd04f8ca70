package ui_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"muster/client/simulator"
	"muster/ui"
	"muster/ui/uitest"
)

// supportID is a request id as a sentence ends with it.
var supportID = regexp.MustCompile(`\[[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\]`)

// One endpoint of Intune that fails takes its own part of a screen away, says so there
// with the id for support, and leaves the rest standing.
func TestAnEndpointThatFailsDegradesOnePane(t *testing.T) {
	const bios, profiles, pilot = "5", "7", "2/known:both !enrolled:never\ng"
	for name, c := range map[string]struct {
		view, list string // keys, and what stands there when the list has come
		parts      int    // further parts of the detail to turn to
		path       string // that answers 403
		says       string // where the part was
		stands     []string
	}{
		"BIOS results":     {bios, "3 BIOS configurations", 0, "hardwareConfigurations/[^/]*/runSummary", "The results could not be read", []string{"Assigned to", "included", "version"}},
		"BIOS assignments": {bios, "3 BIOS configurations", 0, "hardwareConfigurations/[^/]*/assignments", "The assignments could not be read", []string{"Results", "devices", "version"}},
		"group names":      {bios, "3 BIOS configurations", 0, "(groups|getByIds)", "Groups and filters could not all be named", []string{"Results", "included", "version"}},
		"device results":   {bios, "3 BIOS configurations", 2, "hardwareConfigurations/[^/]*/deviceRunStates", "The devices could not be read", []string{"[devices", "overview", "r tries again"}},
		"profile targets":  {profiles, "6 profiles", 0, "windowsAutopilotDeploymentProfiles/[^/]*/assignments", "Not read", []string{"In Windows setup", "name"}},
		"managed device":   {pilot, "of 33 devices", 0, "managedDevices", "Not shown: read managed device", []string{"Deployment profile", "Autopilot device", "serial"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{Devices: 30})
			o := w.options(t)
			ctx, cancel := context.WithCancel(context.Background())
			s := uitest.Start(t, ui.New(ctx, o), 140, 50)
			t.Cleanup(cancel)
			s.WaitFor("33 devices", "as of")
			w.fault(t, `{"match": "^(GET|POST) .*/`+strings.ReplaceAll(c.path, `\`, `\\`)+`", "kind": "status", "status": 403, "times": 0}`)
			s.Type(c.view)
			s.WaitFor(c.list)
			s.Press(uitest.Enter)
			for range c.parts {
				s.Press(uitest.Tab)
			}
			s.WaitFor(append([]string{c.says}, c.stands...)...)
			screen := strings.Join(strings.Fields(s.Screen()), " ")
			if at := strings.Index(screen, c.says); !supportID.MatchString(screen[at:]) && !strings.Contains(screen[at:], "Id for support: ") {
				t.Errorf("it does not say the id for support:\n%s", s.Screen())
			}
			w.control(t, "DELETE", "faults")
			s.Type("r")
			s.WaitGone(c.says)
		})
	}
}
