package screen

import (
	"strings"
	"testing"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// What the service does not allow on a device is off for the one under the cursor; of
// marked ones such devices are left out, and that is said.
func TestDevicesThatAllowLess(t *testing.T) {
	b := still(3)
	b.DevicePages[0].Devices[0].Allowed = []string{"GET"}
	env := newEnv(t, b)
	env.Forms.Remove = func(_ *kit.Env, d []model.Device) kit.Screen { return &opened{what: "remove", devices: d} }
	env.Backend.Devices = nobody{}
	s := NewDevices(env)
	show(s)
	if e := s.Update(uitest.Key("p")); e.Push != nil || !strings.Contains(e.Toast.Text, "the service allows only GET on this device") {
		t.Errorf("p gives %+v", e)
	}
	if e := s.Update(uitest.Key("x")); e.Push != nil || !strings.Contains(e.Toast.Text, "the service allows only GET on this device") {
		t.Errorf("x gives %+v", e)
	}
	typed(s, "*")
	e := typed(s, "x")
	if e.Push == nil || len(e.Push.(*opened).devices) != 2 || !strings.Contains(e.Toast.Text, "1 device is not to be removed, says Partner Center, and left out") {
		t.Errorf("x on all gives %+v", e)
	}
	if e := typed(s, "p"); e.Push == nil || len(e.Push.(*opened).devices) != 2 || !strings.Contains(e.Toast.Text, "1 device is") {
		t.Errorf("p on all gives %+v", e)
	}
}

// nobody changes no devices.
type nobody struct{ kit.Devices }
