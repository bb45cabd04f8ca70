package form

import (
	"strings"
	"testing"
	"testing/synctest"

	"muster/model"
)

func TestAssignPolicyToMarkedDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies()}
		p := play(t, Assign(w.env(), someDevices(1200)))
		p.want("Which policy goes on 1 200 devices?", "> kiosk", "office", "on 120 devices", "for the counters",
			"the first user is not a local administrator")
		p.press("enter")
		p.want("┃ Assign kiosk to 1 200 devices?", "3 jobs of up to 500 devices", "400 with office → kiosk", "SER0000", "and 1 195 more")
		p.press("y")
		if !p.gone || len(w.assigned) != 1 {
			t.Fatalf("after y: gone %v, %d assignments, want the form closed and one", p.gone, len(w.assigned))
		}
		got := w.assigned[0]
		if got.Policy.ID != kiosk || len(got.Devices) != 1200 || got.CustomerName != "Contoso" {
			t.Errorf("assigned %s on %d devices of %s, want kiosk on 1200 of Contoso", got.Policy.Name, len(got.Devices), got.CustomerName)
		}
		want := "policy kiosk on 1 200 devices: written down, sending; o opens the operation"
		if len(p.toasts) != 1 || p.toasts[0] != want {
			t.Errorf("toasts %q, want %q", p.toasts, want)
		}
	})
}

func TestAssignFilterAndDefaultIsNo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies()}
		p := play(t, Assign(w.env(), someDevices(1)))
		p.press("/")
		p.enter("nosuch")
		p.press("enter")
		p.want("the filter shows nothing to choose")
		p.press("esc")
		p.press("/")
		p.enter("off")
		p.want("1 of 2")
		p.press("enter")
		p.want("Assign office to 1 device?", "1 job")
		p.press("enter") // the focus is on No
		p.want("Which policy goes on 1 device?")
		p.press("enter", "n")
		p.press("esc") // ends the filter
		p.press("esc")
		if !p.gone || len(w.assigned) != 0 {
			t.Errorf("gone %v with %d assignments, want the form left and none", p.gone, len(w.assigned))
		}
	})
}

func TestAssignStaysFilledOnAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies(), refuse: errDisk}
		p := play(t, Assign(w.env(), someDevices(3)))
		p.press("enter", "y")
		if p.gone {
			t.Fatal("the form closed although nothing was written down")
		}
		p.want("the disk is full", "make room and try again", "Assign kiosk to 3 devices?")
		w.refuse = nil
		p.press("y")
		if !p.gone || len(w.assigned) != 1 {
			t.Errorf("second try: gone %v, %d assignments, want one", p.gone, len(w.assigned))
		}
	})
}

func TestAssignDropsWhatWasTypedAhead(t *testing.T) {
	w := &world{policies: somePolicies()}
	p := play(t, Assign(w.env(), someDevices(3)))
	e := p.screen.Update(press("enter"))
	if e.Cmd == nil {
		t.Fatal("the question waits for nothing")
	}
	p.wantNot("┃ Assign")
	p.press("y")
	if p.gone || len(w.assigned) != 0 {
		t.Errorf("a key typed ahead answered the question")
	}
	p.paste("y")
	p.run(e.Cmd)
	p.want("┃ Assign")
	if len(w.assigned) != 0 {
		t.Errorf("a paste answered the question")
	}
}

func TestAssignWithoutPoliciesAndUnreadable(t *testing.T) {
	w := &world{err: errRead}
	p := play(t, Assign(w.env(), someDevices(3)))
	p.want("the policies could not be read", "connection reset")
	w.err = nil
	p.press("r")
	p.want("Contoso has no policy yet")
	w.policies = somePolicies()
	p.press("r")
	p.want("> kiosk")
}

func TestAssignWarnsOfDevicesThatTakeNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		devices := someDevices(3)
		devices[0].Allowed = []string{"GET", "DELETE"}
		devices[1].Allowed = []string{"patch"}
		p := play(t, Assign((&world{policies: somePolicies()}).env(), devices))
		p.press("enter")
		p.want("1 device does not take a change, says the service")
	})
}

func TestAssignIsRefusedReadOnly(t *testing.T) {
	w := &world{policies: somePolicies()}
	env := w.env()
	env.Place.ReadOnly = true
	p := play(t, Assign(env, someDevices(3)))
	p.want("read-only")
	p.press("enter", "y", "esc")
	if !p.gone || len(w.assigned) != 0 {
		t.Errorf("gone %v, %d assignments, want left and none", p.gone, len(w.assigned))
	}
}

func TestAssignDropsStaleAnswers(t *testing.T) {
	w := &world{policies: somePolicies()}
	env := w.env()
	s := Assign(env, someDevices(3))
	s.Resize(80, 21)
	first := s.Init().Cmd() // the answer to the first question
	a := s.(*assign)
	a.read()
	s.Update(first)
	if len(a.policies) != 0 {
		t.Errorf("an outdated answer was taken")
	}
}

func TestAssignNamesWhatIsNotAmongThePolicies(t *testing.T) {
	devices := someDevices(2)
	devices[0].Policy = model.PolicyRef{Value: "old\x1b[31m profile"}
	a := Assign((&world{}).env(), devices).(*assign)
	a.policies = somePolicies()
	got := strings.Join(a.before(string(kiosk), "kiosk"), "\n")
	for _, want := range []string{"1 with office → kiosk", "1 with old\ufffd[31m profile → kiosk"} {
		if !strings.Contains(got, want) {
			t.Errorf("before = %q, want %q in it", got, want)
		}
	}
}
