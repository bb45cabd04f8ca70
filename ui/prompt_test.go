package ui_test

import (
	"net/http"
	"testing"

	tea "charm.land/bubbletea/v2"

	"muster/client"
	"muster/model"
	"muster/ui/uitest"
)

// TestSection13_09_AnOpenPromptHoldsUpNothing: while a code waits to be typed, the rest
// of the screen goes on, and the program ends before the prompt does when it is told to.
func TestSection13_09_AnOpenPromptHoldsUpNothing(t *testing.T) {
	g, o := newGate(t, 40, 30)
	s := start(t, o)
	s.WaitFor("type this code:")
	g.control("/signin", `{"code": "`+g.code()+`", "account": "agent"}`)
	s.WaitFor("40 customers")
	s.Press(uitest.Enter)
	s.WaitFor("devices", "as of")
	g.control("/faults", `{"match": "batchJobStatus", "kind": "stuck"}`)
	s.Type(" p")
	s.WaitFor("Which policy")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Assign All pages skipped to 1 device?")
	s.Type("y")
	s.WaitFor("1 running")
	s.Type("I")
	s.WaitFor("type this code:")
	g.heal()
	s.WaitGone("1 running") // the operation ended behind the prompt
	s.WaitFor("type this code:", "done")
	// Nobody types the code, which is good for a quarter of an hour, far longer than a test
	// waits: an end that comes at all comes before the prompt's.
	s.Press(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	s.WaitEnd()
}

// heal ends all faults.
func (g *gate) heal() {
	g.t.Helper()
	req, err := http.NewRequest(http.MethodDelete, g.ready.Control+"/faults", nil)
	if err != nil {
		g.t.Fatal(err)
	}
	resp, err := g.trust.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		g.t.Fatalf("heal: %s", resp.Status)
	}
}

// TestSection13_19_ThatASignInIsNotRememberedIsSaidOnce: everything else works.
func TestSection13_19_ThatASignInIsNotRememberedIsSaidOnce(t *testing.T) {
	g, o := newGate(t, 40, 30, func(c *model.Connection, r *client.Real) {
		c.Remember, r.StateDir = true, t.TempDir()
		r.Getenv = func(name string) string { return map[string]string{"SUDO_USER": "ops"}[name] }
	})
	s := start(t, o)
	s.WaitFor("type this code:", "will not be remembered")
	g.control("/signin", `{"code": "`+g.code()+`", "account": "agent"}`)
	s.WaitFor("40 customers")
	s.WaitGone("will not be remembered")
	s.Press(uitest.Enter)
	s.WaitFor("devices", "as of")
	s.WaitGone("will not be remembered")
}
