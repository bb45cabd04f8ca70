package ui

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/form"
	"muster/ui/kit"
	"muster/ui/screen"
	"muster/ui/uitest"
)

// News, answers and decisions of a connection that was left change nothing, and its
// contexts are over.
func TestNothingOfAFormerConnectionArrives(t *testing.T) {
	a := driven(t, Options{Customer: "c", Place: kit.Place{Connection: "old"}}, devices(3), 80, 24)
	old, watching := a.env, a.top()
	next := devices(5)
	b := next.Backend()
	b.Journal = deaf{next}
	ended := false
	a.end = func() error { ended = true; return &model.Error{Kind: model.Unexpected, Msg: "the disk is full"} }
	drive(a, a.connected(kit.ConnectedMsg{Link: kit.Link{Backend: b, Place: kit.Place{Connection: "new"}}}))
	if old.Root.Err() == nil || old.Visit.Err() == nil {
		t.Error("the contexts of the former connection live on")
	}
	if !ended {
		t.Error("the former connection was not ended")
	}
	wants(t, a, "old did not end in order", "new")
	rev, stack := a.env.Jobs.Rev, len(a.stack)
	for _, msg := range []tea.Msg{
		kit.JobsMsg{Origin: old.Origin, Board: &model.Board{Rev: 99, Operations: []model.Operation{asked("of the old one", 1, model.Tally{Failed: 1})}}},
		kit.DecidedMsg{Origin: old.Origin, What: "continued"},
		kit.SignInMsg{Origin: old.Origin, State: model.SignInState{Way: model.SignInDevice}},
		kit.SeatMsg{Origin: old.Origin, Seat: model.Seat{Recent: []model.Visited{{Customer: "x", Name: "of the old one"}}}},
		kit.CustomersMsg{Epoch: old.Epoch, Customers: []model.Customer{{ID: "x", Name: "of the old one"}}},
		kit.SavedMsg{Reply: kit.Reply{To: watching}, Operation: "of the old one"},
	} {
		_, cmd := a.Update(msg)
		drive(a, cmd)
	}
	if a.env.Jobs.Rev != rev || len(a.stack) != stack || len(a.env.Seat.Recent) != 0 || a.env.Customer.ID == "x" || a.newest != "" || a.env.SignIn.Way != "" {
		t.Errorf("the former connection changed something: board %d, %d screens, %+v, newest %q", a.env.Jobs.Rev, len(a.stack), a.env.Seat, a.newest)
	}
}

// What is unsent is asked about before a connection is left; keys that are typed while the
// next one is made are dropped.
func TestLeavingWhatIsUnsent(t *testing.T) {
	dialled := ""
	o := Options{Customer: "c", Forms: form.All(), Configuration: noFile{}, Place: kit.Place{Connection: "old"},
		Dial: func(_ context.Context, name string) (kit.Link, error) {
			dialled = name
			return kit.Link{}, &model.Error{Kind: model.NoBackend, Msg: "gone"}
		}}
	a := driven(t, o, devices(3), 80, 24)
	one := asked("Kiosk on 9 devices", 1, model.Tally{Queued: 9})
	one.Mine, one.Owned = true, true
	a.Update(kit.JobsMsg{Board: boardOf(2, one)})
	drive(a, a.connect("north"))
	wants(t, a, "Leave old while something is unsent?", "9 rows not sent yet", "go to north")
	press(a, "n")
	if dialled != "" {
		t.Fatal("no was taken for yes")
	}
	a.env.Jobs = boardOf(3)
	cmd := a.connect("north")
	top := a.top()
	press(a, "2o?")
	if a.top() != top {
		t.Error("a key did something while the next connection was made")
	}
	drive(a, cmd)
	if dialled != "north" {
		t.Errorf("dialled %q", dialled)
	}
	wants(t, a, "gone")
	press(a, "?")
	if _, ok := a.top().(*screen.Help); !ok {
		t.Error("afterwards keys do nothing")
	}
}

// The answer to who the customers are closes nothing that was opened meanwhile, and asks
// nothing of somebody who has chosen.
func TestALateAnswerAboutCustomersClosesNothing(t *testing.T) {
	a := driven(t, Options{}, devices(3), 80, 24) // two customers: they are listed
	a.placed = false                              // as after a sign-in
	press(a, "C")
	if _, ok := a.top().(*screen.Switch); !ok {
		t.Fatalf("%T is in sight", a.top())
	}
	update(a, kit.CustomersMsg{Epoch: a.env.Epoch, Customers: []model.Customer{{ID: "c"}, {ID: "f"}}})
	if _, ok := a.top().(*screen.Switch); !ok {
		t.Errorf("the answer put %T in its place", a.top())
	}
	a.placed = false
	press(a, "fabr\n")
	if !a.placed || a.env.Customer.ID != "f" {
		t.Errorf("the choice does not count: %v, %q", a.placed, a.env.Customer.ID)
	}
}

// noFile is a configuration without connections.
type noFile struct{}

func (noFile) Read() (kit.Configured, error) { return kit.Configured{}, nil }
func (noFile) Add(model.Connection) error    { return nil }
func (noFile) Remove(string) error           { return nil }
func (noFile) Use(string) error              { return nil }

// The header has the words that must not be missed, at 80 by 24, without any colour.
func TestTheHeaderSaysWhereOneIs(t *testing.T) {
	for name, p := range map[string]kit.Place{
		"picture-header-live":      {Connection: "harrowpike-production", Custom: true, ReadOnly: true, Word: "PRODUCTION", Colour: "red"},
		"picture-header-simulated": {Connection: "demo", Simulated: true, Forgotten: true, ReadOnly: true},
	} {
		st := devices(3)
		st.CustomerList = []model.Customer{{ID: "c", Name: "Corvid School Federation of the Northern Counties"}}
		a := driven(t, Options{Customer: "c", Place: p}, st, 80, 24)
		a.Update(kit.SignInMsg{State: model.SignInState{Way: model.SignInCertificate, Valid: true, Offline: p.Custom}})
		lines := strings.SplitAfterN(uitest.Picture(a.View().Content, 80, 24), "\n", 3)
		uitest.GoldenPicture(t, name, lines[0]+lines[1])
	}
}

// An inbox names what was not done in full, until it is cleared; what ends later comes in
// again.
func TestTheInboxIsCleared(t *testing.T) {
	st := devices(3)
	a := driven(t, Options{Customer: "c"}, st, 80, 24)
	failed := asked("Kiosk on 9 devices", 1, model.Tally{Done: 6, Failed: 3})
	elsewhere := asked("Plain on 7 devices", 1, model.Tally{Failed: 7})
	failed.Ended, elsewhere.Ended = uitest.Noon(), uitest.Noon()
	elsewhere.ID, elsewhere.Customer, elsewhere.CustomerName = "e", "f", "Fabrikam"
	a.env.Seat.Left = uitest.Noon().AddDate(-1, 0, 0)
	a.Update(kit.JobsMsg{Board: boardOf(2, failed, elsewhere)})
	press(a, "1")
	wants(t, a, "Inbox: 1 operation not done in full, 1 since your last visit", "policy Kiosk on 9 devices: 3 failed", "other customers: 0 running, 1 in need of a hand")
	lacks(t, a, "policy Plain")
	press(a, "u")
	lacks(t, a, "Inbox")
	wants(t, a, "other customers: 0 running, 1 in need of a hand")
	later := failed
	later.ID, later.Title, later.Ended = "l", "policy Kiosk on 2 devices", failed.Ended.Add(1)
	a.Update(kit.JobsMsg{Board: boardOf(3, later, failed, elsewhere)})
	wants(t, a, "Inbox: 1 operation not done in full", "policy Kiosk on 2 devices")
	press(a, "C")
	press(a, "all cu\n")
	wants(t, a, "All customers", "Inbox: 2 operations not done in full", "policy Plain on 7 devices: 7 failed (Fabrikam)")
}

func lacks(t *testing.T, a *App, text string) {
	t.Helper()
	if view := a.View().Content; strings.Contains(view, text) {
		t.Errorf("%q stands on\n%s", text, view)
	}
}
