package form

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"muster/model"
	"muster/ui"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// theSecret is a password that no other text of a screen has in it, in pieces neither.
const theSecret = "Zq7#vK2!xW9w"

// keeper is an Intune in memory that keeps BIOS passwords and notes who reads them.
type keeper struct {
	*uitest.StillBIOS
	machines []model.ManagedDevice
	secret   string
	refuse   error
	read     []model.ManagedDeviceID
	assigned [][]model.Target
	deleted  []model.BIOSID
}

func (k *keeper) AutopilotDevices(context.Context, model.CustomerID) iter.Seq2[[]model.AutopilotDevice, error] {
	return func(func([]model.AutopilotDevice, error) bool) {}
}

func (k *keeper) AutopilotDevice(context.Context, model.CustomerID, model.AutopilotID) (model.AutopilotDetail, error) {
	return model.AutopilotDetail{}, k.refuse
}

func (k *keeper) AutopilotSettings(context.Context, model.CustomerID) (model.AutopilotSettings, error) {
	return model.AutopilotSettings{}, k.refuse
}

func (k *keeper) HasBIOSPassword(context.Context, model.CustomerID, model.ManagedDeviceID) (bool, error) {
	return k.secret != "", k.refuse
}

func (k *keeper) ManagedDevices(context.Context, model.CustomerID) iter.Seq2[[]model.ManagedDevice, error] {
	return func(yield func([]model.ManagedDevice, error) bool) { yield(k.machines, nil) }
}

func (k *keeper) BIOSPassword(_ context.Context, _ model.Customer, id model.ManagedDeviceID) (model.BIOSPassword, error) {
	if k.refuse != nil {
		return model.BIOSPassword{}, k.refuse
	}
	k.read = append(k.read, id)
	return model.BIOSPassword{Device: id, Current: model.NewSecret(k.secret), Previous: []model.Secret{model.NewSecret("older")}}, nil
}

func (k *keeper) AssignBIOS(_ context.Context, _ model.Customer, _ model.BIOSConfiguration, was, want []model.Target) (model.OperationID, error) {
	k.assigned = append(k.assigned, was, want)
	return "op", k.refuse
}

func (k *keeper) DeleteBIOS(_ context.Context, _ model.Customer, b model.BIOSConfiguration) (model.OperationID, error) {
	k.deleted = append(k.deleted, b.ID)
	return "op", k.refuse
}

const (
	frontID = model.ManagedDeviceID("66666666-6666-4666-8666-666666666666")
	otherID = model.ManagedDeviceID("77777777-7777-4777-8777-777777777777")
)

func someKeeper() *keeper {
	return &keeper{StillBIOS: &uitest.StillBIOS{}, secret: theSecret, machines: []model.ManagedDevice{
		{ID: otherID, Name: "OFFICE-7", Serial: "8XX1"}, {ID: frontID, Name: "FRONT-01", Serial: "7QK2M93", Model: "Latitude", User: "ines"}}}
}

func (k *keeper) env() *kit.Env {
	env := (&world{}).env()
	env.Backend.Autopilot, env.Backend.BIOS, env.Backend.BIOSWriter = k, k, k
	return env
}

func TestBIOSPasswordIsShownForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := someKeeper()
		p := play(t, BIOSPassword(k.env(), kit.Machine{Name: "front-01"}))
		p.want("Read the BIOS password of this device?", "serial 7QK2M93", "type 7QK2M93 and press Enter", "written down on this machine first")
		p.press("enter")
		p.want("that is not 7QK2M93")
		if len(k.read) != 0 {
			t.Fatal("it was read before the serial was typed")
		}
		p.enter("7QK2M93")
		var shows kit.Effect
		e := p.screen.Update(press("enter"))
		shows = p.screen.Update(e.Cmd()) // the password; its clock runs
		if len(k.read) != 1 || k.read[0] != frontID {
			t.Fatalf("read of %v, want of %s", k.read, frontID)
		}
		p.want(theSecret, "12 characters", "1 former password is")
		if c := p.screen.Card(); c.Unsent == "" {
			t.Error("quitting would not ask while the password stands there")
		}
		began := time.Now()
		msg := shows.Cmd()
		if d := time.Since(began); d != passwordTime {
			t.Errorf("it would be shown for %v", d)
		}
		blot := p.screen.Update(msg)
		p.want(strings.Repeat("*", len(theSecret)))
		p.wantNot(theSecret)
		p.happen(blot)
		p.want("hidden again")
		p.wantNot("****")
		if fmt.Sprintf("%+v", p.screen) != "" && strings.Contains(fmt.Sprintf("%+v", *p.screen.(*biosPassword).page), theSecret) {
			t.Error("the page still has the password")
		}
		p.press("esc")
		if !p.gone {
			t.Error("Esc does not leave")
		}
	})
}

func TestBIOSPasswordOfWhom(t *testing.T) {
	for name, c := range map[string]struct {
		machine kit.Machine
		more    []model.ManagedDevice
		want    string
	}{
		"by id":            {kit.Machine{ID: otherID, Name: "FRONT-01"}, nil, "type 8XX1 and press Enter"},
		"by the run's id":  {kit.Machine{Name: "FRONT-01", Run: "x_" + string(frontID)}, []model.ManagedDevice{{ID: "a", Name: "FRONT-01", Serial: "ZZ"}}, "type 7QK2M93 and press Enter"},
		"run of another":   {kit.Machine{Name: "FRONT-01", Run: "x_" + string(otherID)}, nil, "type 7QK2M93 and press Enter"},
		"by serial":        {kit.Machine{Serial: " 7qk2m93 "}, nil, "type 7QK2M93 and press Enter"},
		"two of the name":  {kit.Machine{Name: "FRONT-01"}, []model.ManagedDevice{{ID: "a", Name: "front-01", Serial: "ZZ"}}, "2 managed devices are called FRONT-01. Whose password?"},
		"nobody":           {kit.Machine{Name: "GONE"}, nil, "None of the managed devices is GONE"},
		"id that is gone":  {kit.Machine{ID: "b", Name: "FRONT-01"}, nil, "None of the managed devices is FRONT-01"},
		"too many of them": {kit.Machine{Name: "PC"}, slicesOf(12, model.ManagedDevice{ID: "p", Name: "PC"}), "12 managed devices have this name"},
	} {
		synctest.Test(t, func(t *testing.T) {
			k := someKeeper()
			k.machines = append(k.machines, c.more...)
			p := play(t, BIOSPassword(k.env(), c.machine))
			if got := strings.Join(strings.Fields(p.sees()), " "); !strings.Contains(got, c.want) {
				t.Errorf("%s: the screen does not say %q:\n%s", name, c.want, p.sees())
			}
		})
	}
}

func slicesOf(n int, d model.ManagedDevice) []model.ManagedDevice {
	out := make([]model.ManagedDevice, n)
	for i := range out {
		out[i] = d
	}
	return out
}

func TestBIOSPasswordThatIsNotThere(t *testing.T) {
	for want, spoil := range map[string]func(*keeper){
		"Intune keeps no BIOS password for this device.": func(k *keeper) { k.secret = "" },
		"the BIOS password was not read":                 func(k *keeper) { k.refuse = errDisk },
	} {
		synctest.Test(t, func(t *testing.T) {
			k := someKeeper()
			spoil(k)
			p := play(t, BIOSPassword(k.env(), kit.Machine{ID: frontID}))
			p.enter("7QK2M93")
			p.press("enter")
			p.want(want)
			p.press("esc")
			if !p.gone {
				t.Errorf("%s: Esc does not leave", want)
			}
		})
	}
}

// Nothing that the terminal is sent once the password is hidden has it, whichever way
// it was hidden.
func TestBIOSPasswordLeavesTheTerminal(t *testing.T) {
	k := someKeeper()
	w := &world{bios: someBIOS(), customers: []model.Customer{{ID: "11111111-1111-4111-8111-111111111111", Name: "Contoso"}}}
	k.RunList = []model.DeviceRun{{ID: "x", Device: "FRONT-01", State: model.RunSuccess, Version: 3}}
	board := &uitest.Still{Board: &model.Board{Rev: 1}}
	var passed atomic.Int64
	ctx, cancel := context.WithCancel(context.Background())
	s := uitest.Start(t, ui.New(ctx, ui.Options{Backend: kit.Backend{Reader: w, Writer: w, Journal: board, Files: w, Autopilot: k, BIOS: k, BIOSWriter: k},
		Forms: All(), Place: kit.Place{Connection: "memory", Simulated: true}, Version: "test",
		Now: func() time.Time { return uitest.Noon().Add(time.Duration(passed.Load())) }, Zone: time.UTC}), 80, 24)
	t.Cleanup(cancel)
	s.WaitFor("as of")
	s.Type("5")
	s.WaitFor("Counters")
	s.Press(uitest.Enter)
	s.WaitFor("[overview]", "as of")
	s.Press(uitest.Tab, uitest.Tab)
	s.WaitFor("FRONT-01")
	for i, c := range []struct {
		name, sign string
		hide       func()
	}{
		{"a key", "hidden again", func() { s.Press(uitest.Enter) }},
		{"Esc", "[devices]", func() { s.Press(uitest.Esc) }},
		{"its time", "hidden again", func() {
			passed.Add(int64(passwordTime + time.Second))
			board.Publish(&model.Board{Rev: 2})
		}},
		{"another size", "hidden again", func() {
			s.Resize(100, 30)
			s.Press(uitest.Enter)
		}},
		{"quitting", "a BIOS password is on the screen", func() { s.Press(uitest.CtrlC) }},
	} {
		s.Type("b")
		s.WaitFor("┃ Read the BIOS password of this device?")
		s.Type("7QK2M93\n")
		s.WaitFor(theSecret, "12 characters")
		if i == 0 {
			s.Golden("form-bios-password-80x24", regexp.MustCompile(regexp.QuoteMeta(theSecret)))
		}
		c.hide()
		s.WaitGone(theSecret)
		s.WaitFor(c.sign)
		s.Tape()
		s.Resize(81+i, 25) // all of it is drawn anew
		s.Settle()
		s.WaitFor(c.sign)
		if c.name == "quitting" {
			s.Press(uitest.CtrlC)
			s.WaitEnd()
		} else if c.name != "Esc" {
			s.Press(uitest.Esc)
			s.WaitFor("[devices]")
		}
		if tape := s.Tape(); strings.Contains(tape, theSecret) || strings.Contains(tape, theSecret[:4]) || len(tape) < 100 {
			t.Errorf("hidden by %s: of %d bytes that the terminal was sent afterwards some have the password", c.name, len(tape))
		}
		if strings.Contains(s.Screen(), theSecret[:4]) {
			t.Errorf("hidden by %s: it stands on the screen:\n%s", c.name, s.Screen())
		}
	}
}
