package form

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

func TestUndoSaysWhatGoesBackAndWhatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, c := changing(&world{})
		op := model.Operation{ID: "k3f9", Kind: model.AssignPolicy, Title: "policy kiosk on 12 devices", CustomerName: "Contoso"}
		for i, d := range someDevices(9) {
			name := "office"
			if i > 5 {
				name = "plain"
			}
			c.plan.Devices = append(c.plan.Devices, model.UndoDevice{Device: d, Policy: office, Name: name})
		}
		c.plan.LeftOut = []model.UndoLeft{{Why: "had no policy before", Rows: 3}}
		p := play(t, Undo(env, op))
		p.want("┃ Give 9 devices their former policy back?", "6 → office", "3 → plain", "3 rows: had no policy before", "and 4 more")
		p.press("enter")
		if len(c.undone) != 0 {
			t.Fatal("Enter undoes")
		}
		p = play(t, Undo(env, op))
		p.press("y")
		if !p.gone || len(c.undone) != 1 || len(c.undone[0].Devices) != 9 {
			t.Errorf("gone %v, undone %v", p.gone, c.undone)
		}
		c.plan.Devices = nil
		play(t, Undo(env, op)).want("Nothing of policy kiosk on 12 devices can be undone.", "3 rows: had no policy before")
		c.planless = errRead
		p = play(t, Undo(env, op))
		p.want("what could be undone is not known", "connection reset")
		c.planless = nil
		p.press("r")
		p.want("Nothing of policy")
	})
}

func TestRemoveTakesTheNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, c := changing(&world{})
		env.Fleet = kit.Fleet{Began: env.Now()}
		devices := someDevices(12)
		devices[0].Allowed = []string{"GET"}
		p := play(t, Remove(env, devices))
		p.want("┃ Remove 12 devices?", "It cannot be undone: ", "the device list is not whole", "1 device is not to be removed", "12, one for each device")
		p.press("y", "enter")
		p.want("that is not 12")
		p.press("ctrl+u", "1", "2", "enter")
		if !p.gone || len(c.removed) != 12 {
			t.Errorf("gone %v, %d removed", p.gone, len(c.removed))
		}
	})
}

func TestTakingThePolicyOffIsTheLastChoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, c := changing(&world{policies: somePolicies()})
		p := play(t, Assign(env, someDevices(30)))
		p.press("end")
		p.want("> no policy", "documents no way")
		p.press("enter")
		p.want("┃ Take the policy off 30 devices?", "with office → no policy", "that have it already and keep it")
		p.press("y")
		if !p.gone || len(c.unset) != 30 {
			t.Errorf("gone %v, %d devices", p.gone, len(c.unset))
		}
	})
}

// Keys that come while the policies are read go to the choice when it is drawn, and
// never to the question.
func TestAssignHoldsKeysForTheChoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies()}
		s := Assign(w.env(), someDevices(3))
		s.Resize(80, 21)
		reading := s.Init().Cmd
		for _, key := range []string{"j", "enter", "y"} {
			if e := s.Update(press(key)); e.Pop || e.Cmd != nil {
				t.Errorf("%s does something before there is a choice", key)
			}
		}
		e := s.Update(reading())
		p := &stageplay{t: t, screen: s}
		var later []tea.Cmd
		for _, key := range e.Keys {
			later = append(later, s.Update(key).Cmd)
		}
		for _, cmd := range later {
			p.run(cmd)
		}
		p.want("┃ Assign office to 3 devices?")
		if len(w.assigned) != 0 {
			t.Error("a key typed ahead answered the question")
		}
	})
}

func TestAssignBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies(), devices: someDevices(7)}
		env := w.env()
		p := play(t, AssignBatch(env, model.DeviceBatch{ID: "spring"}))
		p.want("Which policy goes on 7 devices of batch spring?")
		p.press("enter", "y")
		if !p.gone || len(w.assigned) != 1 || len(w.assigned[0].Devices) != 7 {
			t.Errorf("gone %v, assigned %v", p.gone, w.assigned)
		}
		play(t, AssignBatch(env, model.DeviceBatch{ID: "empty"})).want("batch empty shows no device")
	})
}

func TestMarkAListOfSerials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env := (&world{}).env()
		var took []string
		p := play(t, MarkList(env, func(keys []string) kit.Effect {
			took = keys
			return kit.Effect{}
		}))
		p.press("tab")
		p.want("paste serials, or type @")
		p.paste(strings.Repeat("x", 70<<10))
		p.want("put it into a file")
		p.paste("one\ntwo")
		p.press("tab")
		p.want("None of these serials names a device", "2 serials: no device that was read has it, and the device list is not whole")
		p.press("esc", "tab")
		m := p.screen.(*markList)
		m.search()
		p.happen(m.Update(kit.MatchedMsg{Reply: kit.Reply{To: m, Seq: m.seq}, Keys: []string{"d1", "d7"}, Ambiguous: []string{"twice"}, Whole: true}))
		p.want("┃ Mark 2 devices?", "1 serial: several devices have it, none of them is marked", "twice")
		p.press("enter")
		if fmt.Sprint(took) != "[d1 d7]" || !p.gone {
			t.Errorf("gone %v, took %v", p.gone, took)
		}
	})
}
