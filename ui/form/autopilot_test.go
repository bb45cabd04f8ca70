package form

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// pilots are Autopilot devices; of the first n the managed device is known.
func pilots(count, n int) []model.AutopilotDevice {
	out := make([]model.AutopilotDevice, count)
	for i := range out {
		out[i] = model.AutopilotDevice{ID: model.AutopilotID(strings.Repeat(string(rune('a'+i)), 8)), Serial: "S" + string(rune('1'+i))}
		if i < n {
			out[i].ManagedDevice = model.ManagedDeviceID("m" + string(rune('1'+i)))
		}
	}
	return out
}

// Before a registration is deleted it is said for how many of the devices Intune keeps a
// BIOS password, or that nobody could be asked.
func TestDeletionWarnsOfBIOSPasswords(t *testing.T) {
	for name, c := range map[string]struct {
		devices    []model.AutopilotDevice
		locked     map[model.ManagedDeviceID]bool
		err        error
		want, none string
	}{
		"one of two":    {pilots(2, 2), map[model.ManagedDeviceID]bool{"m2": true}, nil, "Intune keeps a BIOS password for 1 of them: read it first", "were asked"},
		"none":          {pilots(2, 2), nil, nil, "no BIOS password is kept for those that were asked about", "read it first"},
		"not readable":  {pilots(1, 1), nil, &model.Error{Kind: model.Service, Msg: "it is down", Ref: "ref-1"}, "could not be asked: it is down", "read it first"},
		"never managed": {pilots(2, 0), map[model.ManagedDeviceID]bool{"": true}, nil, "it cannot be undone", "password"},
		"more than are asked about": {pilots(23, 23), map[model.ManagedDeviceID]bool{"m1": true, "m" + model.ManagedDeviceID(rune('1'+22)): true}, nil,
			"for 1 of them: read it first (b in the device), for it is gone with the managed device; of 23 enrolled devices 20 were asked about", "2 of them"},
		"beside others": {pilots(3, 1), map[model.ManagedDeviceID]bool{"m1": true}, nil, "Intune keeps a BIOS password for 1 of them", "no BIOS password"},
	} {
		env := (&world{}).env()
		env.Backend.Autopilot = &uitest.StillAutopilot{Locked: c.locked, Err: c.err}
		p := play(t, DeleteAutopilot(env, c.devices))
		p.screen.Resize(100, 40)
		text := strings.Join(strings.Fields(strings.ToLower(p.sees())), " ")
		if !strings.Contains(text, strings.ToLower(c.want)) {
			t.Errorf("%s: no %q in\n%s", name, c.want, p.sees())
		}
		if strings.Contains(text, c.none) {
			t.Errorf("%s: %q in\n%s", name, c.none, p.sees())
		}
	}
}

// The time until the next sync counts down each second, and then the sync can be asked for.
func TestTheNextSyncIsCountedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env := (&world{}).env()
		env.Now, env.Zone = time.Now, time.UTC
		now := time.Now()
		still := &uitest.StillAutopilot{Settings: model.AutopilotSettings{Status: "completed", LastSync: now.Add(-9 * time.Minute),
			LastManualSync: now.Add(-model.SyncPause + 3*time.Second), ReadAt: now}}
		env.Backend.Autopilot = still
		s := SyncAutopilot(env)
		s.Resize(80, 21)
		e := s.Update(s.Init().Cmd())
		p := &stageplay{t: t, screen: s}
		for _, rest := range []string{"0:03", "0:02", "0:01"} {
			p.want("Intune takes one sync in ten minutes. The next one is possible in " + rest)
			began := time.Now()
			msg := ticked(e.Cmd)
			if d := time.Since(began); d != time.Second {
				t.Errorf("the next number came after %v", d)
			}
			e = s.Update(msg)
		}
		p.want("Have Intune and the Autopilot service brought in line?", "completed")
		p.wantNot("The next one is possible")
		if msg := ticked(e.Cmd); msg != nil {
			t.Errorf("it goes on ticking: %v", msg)
		}
	})
}

// ticked waits for the tick among commands, nil without one.
func ticked(cmd tea.Cmd) tea.Msg {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			if got := ticked(c); got != nil {
				return got
			}
		}
	case kit.TickedMsg:
		return msg
	}
	return nil
}

// A sync that is under way is said to be, and nothing can be asked for.
func TestASyncUnderWayIsSaid(t *testing.T) {
	env := (&world{}).env()
	env.Backend.Autopilot = &uitest.StillAutopilot{Settings: model.AutopilotSettings{Status: "inProgress"}}
	p := play(t, SyncAutopilot(env))
	p.want("A sync is under way; another one is refused until it has ended.")
	p.wantNot("brought in line?")
}
