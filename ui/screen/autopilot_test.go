package screen

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// whole is an Autopilot device with something in every property, and what has to be read
// on the screen of each.
func whole() (d model.AutopilotDevice, want map[string]string) {
	want = map[string]string{}
	v := reflect.ValueOf(&d).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch f := v.Field(i).Addr().Interface().(type) {
		case *time.Time:
			*f = born.AddDate(0, 0, i)
			want[name] = f.Format("2006-01-02")
		case *model.Secret:
			*f = model.NewSecret("hidden-" + name)
			want[name] = f.Digest()
		default:
			v.Field(i).SetString("x-" + name)
			want[name] = "x-" + name
		}
	}
	return d, want
}

// read joins what a screen shows into one line.
func read(s kit.Screen) string { return strings.Join(strings.Fields(ansi.Strip(s.View())), " ") }

// Every property that Intune has of a device is on its screen; secrets as their digests.
func TestEveryPropertyOfAnAutopilotDeviceIsShown(t *testing.T) {
	d, want := whole()
	s := NewAutopilot(newEnv(t, still(1)), model.Device{}, "", d, source{})
	s.Resize(120, 100)
	uitest.Run(s, s.Init())
	s.Update(kit.AutopilotMsg{Reply: kit.Reply{To: s, Seq: s.seq}, Detail: model.AutopilotDetail{Device: d, ReadAt: born}})
	v := read(s)
	for name, text := range want {
		if !strings.Contains(v, text) {
			t.Errorf("%s is not shown: %q", name, text)
		}
	}
	if strings.Contains(v, "hidden-") {
		t.Error("a secret is shown")
	}
	if t.Failed() {
		t.Log(s.View())
	}
}

// How a device and its managed device were brought together is said, and its password can
// be read where the id is known by the serial only.
func TestADeviceSaysHowItIsJoined(t *testing.T) {
	m := model.ManagedDevice{ID: model.ManagedDeviceID(guid(9)), Name: "FRONT-01", Serial: "S1"}
	for name, c := range map[string]struct {
		names    model.ManagedDeviceID
		managed  *model.ManagedDevice
		bySerial bool
		want     string
		id       model.ManagedDeviceID
	}{
		"by id":             {m.ID, &m, false, "managed id " + guid(9) + " name FRONT-01", m.ID},
		"enrolled by hand":  {"", &m, true, "joined by its serial; it names no managed device itself", m.ID},
		"enrolled anew":     {model.ManagedDeviceID(guid(8)), &m, true, guid(8) + ", is gone or another machine's", m.ID},
		"gone":              {model.ManagedDeviceID(guid(8)), nil, false, "leads nowhere", model.ManagedDeviceID(guid(8))},
		"never enrolled":    {"", nil, false, "managed not enrolled", ""},
		"the zero GUID too": {model.ZeroGUID, nil, false, "managed not enrolled", ""},
	} {
		env := newEnv(t, still(1))
		d := model.AutopilotDevice{ID: model.AutopilotID(guid(1)), Serial: "S1", ManagedDevice: c.names}
		s := NewAutopilot(env, model.Device{}, "", d, source{})
		s.Resize(150, 100)
		s.Init()
		s.Update(kit.AutopilotMsg{Reply: kit.Reply{To: s, Seq: s.seq}, Detail: model.AutopilotDetail{Device: d, Managed: c.managed, BySerial: c.bySerial, ReadAt: born}})
		if v := read(s); !strings.Contains(v, c.want) {
			t.Errorf("%s: no %q in\n%s", name, c.want, s.View())
		}
		if got := s.managed(); got != c.id {
			t.Errorf("%s: the managed device is %q, want %q", name, got, c.id)
		}
	}
}

// A pending assignment tells since when, an assigned one by when: from the answers that
// were written down, and without an age that would run on.
func TestAPendingAssignmentTellsItsAge(t *testing.T) {
	b := still(0)
	b.RowList = []model.Row{
		{Number: 1, Serial: "S1", State: model.RowAccepted, Text: "assigning", Chunk: 1},
		{Number: 2, Serial: "S2", State: model.RowAccepted, Chunk: 1},
		{Number: 3, Serial: "S3", State: model.RowDone, Text: "assigned", Chunk: 2},
		{Number: 4, Serial: "S4", State: model.RowQueued, Chunk: 3},
	}
	at := func(min int) time.Time { return uitest.Noon().Add(time.Duration(min) * time.Minute) }
	o := model.Operation{ID: "o", Kind: model.AssignProfile, Title: "profile Front on 4 Autopilot devices", Rows: model.Tally{Accepted: 2, Done: 1, Queued: 1}, Owned: true,
		Jobs: []model.Job{{Chunk: 1, Phase: model.ChunkAccepted, Accepted: at(0)}, {Chunk: 2, Phase: model.ChunkEnded, Accepted: at(0), Ended: at(3)}, {Chunk: 3}}}
	b.Board = &model.Board{Rev: 1, Operations: []model.Operation{o}}
	env := newEnv(t, b)
	s := NewOperation(env, o)
	s.Resize(120, 20)
	uitest.Run(s, s.Init())
	since, by := env.Clock(at(0)), env.Clock(at(3))
	for _, want := range []string{"assigning since " + since, "taken since " + since, "assigned by " + by} {
		if v := read(s); !strings.Contains(v, want) {
			t.Errorf("no %q in\n%s", want, s.View())
		}
	}
	if v := read(s); strings.Count(v, "since") != 2 {
		t.Errorf("a row that was not sent has an age:\n%s", s.View())
	}
	d := newRowDetail(env, b.RowList[0], o)
	show(d)
	if v := read(d); !strings.Contains(v, "what happened assigning since "+since) {
		t.Errorf("the row says\n%s", d.View())
	}
}

// The detail of a device tells since when a pending profile was asked for, where the
// ledger knows, and else when it was read.
func TestAPendingDeviceTellsSinceWhen(t *testing.T) {
	asked := uitest.Noon().Add(-7 * time.Minute)
	for name, c := range map[string]struct {
		device model.AutopilotID
		status model.AssignmentStatus
		want   string
	}{
		"asked from here": {model.AutopilotID(guid(1)), model.AssignmentPending, "status assigning since 2026-11-23 13:55 CET, as of 14:02 CET"},
		"asked elsewhere": {model.AutopilotID(guid(2)), model.AssignmentPending, "status assigning as of 14:02 CET"},
		"not pending":     {model.AutopilotID(guid(1)), model.AssignmentInSync, "status assigned "},
	} {
		b := still(1)
		b.RowList = []model.Row{{Number: 1, Chunk: 1, Autopilot: model.AutopilotID(guid(1)), State: model.RowAccepted}}
		b.Board = &model.Board{Rev: 1, Operations: []model.Operation{{ID: "o", Kind: model.AssignProfile, Customer: model.CustomerID(guid(1)),
			Jobs: []model.Job{{Chunk: 1, Accepted: asked}}}}}
		env := newEnv(t, b)
		d := model.AutopilotDevice{ID: c.device, Serial: "S1", Assignment: c.status}
		env.Backend.Autopilot = &uitest.StillAutopilot{Details: map[model.AutopilotID]model.AutopilotDetail{d.ID: {Device: d, ReadAt: uitest.Noon()}}}
		s := NewAutopilot(env, model.Device{}, "", d, source{})
		s.Resize(120, 60)
		uitest.Run(s, s.Init())
		if v := read(s); !strings.Contains(v, c.want) {
			t.Errorf("%s: no %q in\n%s", name, c.want, s.View())
		}
	}
}
