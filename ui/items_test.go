package ui_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"muster/client/simulator"
	"muster/ui/uitest"
)

// partner asks Partner Center of the world's customer for something, as somebody else.
func (w *world) partner(t *testing.T, method, path, body string) []byte {
	t.Helper()
	req, err := http.NewRequest(method, w.ready.Partner+"/v1/customers/"+w.ready.Customer+"/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.ready.PartnerToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s %v", method, path, res.Status, raw, err)
	}
	return raw[strings.Index(string(raw), "{"):]
}

// What somebody else changed meanwhile is said in the detail, compared and shown as the
// service sends it; nothing is sent for it.
func TestPolicyThatSomebodyElseChanged(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 30})
	s := start(t, w.options(t))
	s.WaitFor("33 devices", "as of")
	s.Type("4")
	s.WaitFor("policies", "as of")
	s.Type("d")
	s.WaitFor("difference of", "The service has the same as the screen.")
	s.Press(uitest.Esc, uitest.Enter)
	s.WaitFor("Of the service, read")
	var list struct {
		Items []struct{ ID, Name, Description string }
	}
	if err := json.Unmarshal(w.partner(t, "GET", "policies", ""), &list); err != nil {
		t.Fatal(err)
	}
	for _, p := range list.Items {
		w.partner(t, "PUT", "policies/"+p.ID, `{"id":"`+p.ID+`","name":"`+p.Name+` 2","category":"o_o_b_e","policySettings":["skip_eula"]}`)
	}
	s.Type("r")
	s.WaitFor("another version by now: d shows the difference")
	s.Type("d")
	s.WaitFor("The service has another version by now", "skip_eula: off → on")
	s.Golden("policy-difference-80x24", clock, times)
	s.Press(uitest.Esc)
	s.Type("J")
	s.WaitFor("JSON of", `"skip_eula"`)
}

// What the service does not allow on a device is greyed out and says so.
func TestDeviceThatAllowsNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 300, Faults: []string{"restricted"}})
	var batches struct{ Items []struct{ ID string } }
	if err := json.Unmarshal(w.partner(t, "GET", "deviceBatches", ""), &batches); err != nil {
		t.Fatal(err)
	}
	serial := ""
	for _, b := range batches.Items {
		var devices struct {
			Items []struct {
				SerialNumber      string
				AllowedOperations []string
			}
		}
		if err := json.Unmarshal(w.partner(t, "GET", "deviceBatches/"+strings.ReplaceAll(b.ID, " ", "%20")+"/devices", ""), &devices); err != nil {
			t.Fatal(err)
		}
		for _, d := range devices.Items {
			if strings.Join(d.AllowedOperations, " ") == "GET" {
				serial = d.SerialNumber
			}
		}
	}
	s := start(t, w.options(t))
	s.WaitFor("314 devices", "as of")
	s.Type("/" + serial + "\n")
	s.WaitFor("1 of 314 devices")
	s.Press(uitest.Enter)
	s.WaitFor("Deployment profile", "as of")
	s.Press(uitest.Enter)
	s.WaitFor("Of the service, read", "allowed        GET")
	s.Golden("device-restricted-80x24", clock, times, ids)
	s.Type("p")
	s.WaitFor("assign policy: the service allows only GET on this device")
	s.Type("x")
	s.WaitFor("remove: the service allows only GET on this device")
}
