package screen

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// keeper keeps lists in memory.
type keeper struct {
	lists map[string][]byte
	taken time.Time
}

func (k *keeper) Load(c model.CustomerID, list string) ([]byte, time.Time, error) {
	if k.lists == nil {
		return nil, time.Time{}, errors.New("no such disk")
	}
	return k.lists[string(c)+list], k.taken, nil
}

func (k *keeper) Save(c model.CustomerID, list string, taken time.Time, write func(io.Writer) error) error {
	if k.lists == nil {
		return errors.New("no such disk")
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	k.lists[string(c)+list], k.taken = b.Bytes(), taken
	return nil
}

// starting is a device list as it is at a start of the program, some time after noon.
func starting(t *testing.T, s *uitest.Still, k *keeper, after time.Duration) *Devices {
	t.Helper()
	env := newEnv(t, s)
	env.Backend.Fleets = k
	env.Now = func() time.Time { return uitest.Noon().Add(after) }
	return NewDevices(env)
}

func TestAKeptListStandsInUntilTheNewOneIsWhole(t *testing.T) {
	k := &keeper{lists: map[string][]byte{}}
	show(starting(t, still(250), k, 0))

	later := still(250)
	later.DevicePages = later.DevicePages[:1]
	later.Err = &model.Error{Kind: model.Offline, Msg: "no answer"}
	s := starting(t, later, k, 26*time.Hour)
	e := show(s)
	want(t, s, "250 devices · kept as of 2026-11-23 14:02 CET · stopped at 100 of 250, r reads again")
	if e.Fleet == nil || e.Fleet.Whole || !e.Fleet.Kept || e.Fleet.Devices != 250 || e.Fleet.Groups["Kiosk"] != 84 || e.Fleet.Groups[""] != 166 {
		t.Errorf("what home is told of a kept list: %+v", e.Fleet)
	}
	typed(s, "/s0249\n")
	if e := typed(s, "p"); e.Push != nil || !strings.Contains(e.Toast.Text, "this is kept as of 2026-11-23 14:02 CET") {
		t.Errorf("a policy can be put on what was kept: %q", e.Toast.Text)
	}
	if e := typed(s, "\n"); e.Push == nil || e.Push.(*Device).cannotAssign() == "" || e.Push.(*Device).cannotRemove() == "" {
		t.Error("a device that was kept can be changed from its detail")
	}
	typed(s, "\x1b")

	// What is read next is compared with it.
	later.Err, later.DevicePages = nil, still(252).DevicePages
	later.DevicePages[0].Devices = later.DevicePages[0].Devices[3:]
	typed(s, "r")
	want(t, s, "249 devices · as of 16:02 CET · 2 new, 3 gone since 2026-11-23")
	e = typed(s, "d")
	if e.Push == nil {
		t.Fatalf("d: %q", e.Toast.Text)
	}
	e.Push.Resize(80, 20)
	v := e.Push.View()
	for _, text := range []string{"Gone since 2026-11-23 14:02 CET: 3 devices", "S0002", "New since 2026-11-23 14:02 CET: 2 devices", "S0251"} {
		if !strings.Contains(v, text) {
			t.Errorf("what changed does not say %q:\n%s", text, v)
		}
	}

	// The next start has the newer one.
	s = starting(t, &uitest.Still{Err: &model.Error{Kind: model.Offline, Msg: "no answer"}}, k, 30*time.Hour)
	s.Resize(80, 20)
	uitest.Run(s, s.Init())
	want(t, s, "249 devices · kept as of 16:02 CET · stopped, r reads again")
	if got := k.taken; !got.Equal(uitest.Noon().Add(26 * time.Hour)) {
		t.Errorf("what is kept is as of %v", got)
	}
}

func TestAListThatIsNotWholeOrOddIsNotKept(t *testing.T) {
	k := &keeper{lists: map[string][]byte{}}
	part := still(250)
	part.Err = &model.Error{Kind: model.Incomplete, Msg: "page 3 failed"}
	show(starting(t, part, k, 0))
	odd := still(5)
	odd.DevicePages[0].Devices[2].Serial = "S\x1b[31m"
	show(starting(t, odd, k, 0))
	for _, content := range k.lists {
		if len(content) > 0 {
			t.Error("a list was kept that is not what requests can be made from")
		}
	}
}

func TestWithoutADiskTheListIsReadAllTheSame(t *testing.T) {
	s := starting(t, still(250), &keeper{}, 0)
	show(s)
	want(t, s, "250 devices · as of 14:02 CET")
	k := &keeper{lists: map[string][]byte{guid(1) + "devices " + s.env.Zone.String(): []byte("not a fleet")}}
	s = starting(t, still(250), k, 0)
	show(s)
	want(t, s, "250 devices · as of 14:02 CET")
}

// A device that Intune knew and that Partner Center has got to know has another key, and
// is the same device.
func TestADeviceThatPartnerCenterGotToKnowIsNotNew(t *testing.T) {
	day := func(time.Time) string { return "" }
	pilot := model.AutopilotDevice{ID: model.AutopilotID(guid(7)), Serial: "A1"}
	before, after := newJoiner(day), newJoiner(day)
	before.odd, after.odd = &oddities{}, &oddities{}
	before.autopilot([]model.AutopilotDevice{pilot})
	before.flush(true)
	after.autopilot([]model.AutopilotDevice{pilot})
	after.partner([]model.Device{{ID: "p1", Serial: "A1"}, {ID: "p2", Serial: "A2"}})
	after.flush(true)
	since := deviceSince(before.snapshot(true), uitest.Noon(), after.snapshot(true))
	if since.Fresh != 1 || since.Gone != 0 || len(since.FreshRows) != 1 || since.FreshRows[0].Key != "p2" || len(since.GoneRows) != 0 {
		t.Errorf("%+v", since)
	}
}

var _ kit.Fleets = (*keeper)(nil)

// While Intune is still being read nobody knows whether a device is on both sides, and
// the list does not say that it is at Partner Center alone.
func TestWhereADeviceIsKnownIsOpenUntilIntuneIsRead(t *testing.T) {
	s := NewDevices(newEnv(t, still(5)))
	s.Resize(120, 20)
	j := newJoiner(s.env.Day)
	j.odd = &oddities{}
	j.partner(still(5).DevicePages[0].Devices)
	s.list.refresh()
	s.list.update(kit.ListMsg[noItem]{Reply: kit.Reply{To: s, Seq: s.list.readSeq}, Index: j.snapshot(false), Sides: j.sides})
	if v := s.View(); strings.Contains(v, knownPartner) || !strings.Contains(v, unsettled) {
		t.Errorf("while it is read:\n%s", v)
	}
	j.sides.Whole = true
	s.list.update(kit.ListMsg[noItem]{Reply: kit.Reply{To: s, Seq: s.list.readSeq}, Index: j.snapshot(true), Sides: j.sides, Done: true})
	if v := s.View(); !strings.Contains(v, knownPartner) {
		t.Errorf("when it is whole:\n%s", v)
	}
}
