package form

import (
	"strings"
	"testing"
	"testing/synctest"

	"muster/model"
	"muster/ui/kit"
)

func ask(answered *[]string, word string) kit.Question {
	note := func(s string) func() kit.Effect {
		return func() kit.Effect {
			*answered = append(*answered, s)
			return kit.Effect{Toast: kit.Toast{Text: s}}
		}
	}
	return kit.Question{Title: "Continue or drop?", Lines: []string{"stopped at 1 000 of 2 000"}, Type: word,
		Answers: []kit.Answer{{Key: "c", Text: "continue", Do: note("continue")}, {Key: "X", Text: "drop", Do: note("drop")}},
		Force:   func() kit.Effect { return kit.Effect{Quit: true} }}
}

func TestConfirmAnswers(t *testing.T) {
	for keys, want := range map[string]string{"c": "continue", "X": "drop", "n": "", "q": "", "enter": "", "esc": "", "x,y,space,c": "continue"} {
		synctest.Test(t, func(t *testing.T) {
			var got []string
			p := play(t, Confirm((&world{}).env(), ask(&got, "")))
			p.want("stopped at 1 000 of 2 000", "┃ Continue or drop?", "c continue   X drop   [n no, go back]")
			p.press(strings.Split(keys, ",")...)
			if !p.gone || strings.Join(got, ",") != want {
				t.Errorf("after %s: gone %v, did %q, want closed and %q", keys, p.gone, got, want)
			}
		})
	}
}

func TestConfirmNamesItsOwnNo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stayed := 0
		q := kit.Question{Title: "Quit?", Answers: []kit.Answer{{Key: "y", Text: "quit"},
			{Key: "n", Text: "stay", Do: func() kit.Effect { stayed++; return kit.Effect{} }}}}
		p := play(t, Confirm((&world{}).env(), q))
		p.want("y quit   [n stay]")
		p.press("enter")
		if !p.gone || stayed != 1 {
			t.Errorf("Enter: gone %v, stayed %d times, want the answer No", p.gone, stayed)
		}
	})
}

func TestConfirmTypedWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		p := play(t, Confirm((&world{}).env(), ask(&got, "300")))
		p.want("type 300 and press Enter")
		p.press("c", "enter")
		p.want("that is not 300")
		p.paste("300")
		p.press("enter")
		if len(got) != 0 {
			t.Fatalf("did %q, want nothing without the word", got)
		}
		p.press("ctrl+u")
		p.enter("300")
		p.press("enter")
		if !p.gone || strings.Join(got, ",") != "continue" {
			t.Errorf("gone %v, did %q, want continue", p.gone, got)
		}
	})
}

func TestConfirmForceAndSettling(t *testing.T) {
	var got []string
	p := &stageplay{t: t, screen: Confirm((&world{}).env(), ask(&got, ""))}
	p.screen.Resize(80, 21)
	settle := p.screen.Init().Cmd
	p.press("c", "X", "enter", "esc")
	if p.gone || len(got) != 0 {
		t.Fatalf("keys typed ahead did %q", got)
	}
	p.wantNot("┃")
	p.run(settle)
	p.want("┃ Continue")
	if e := p.screen.Update(press("ctrl+c")); !e.Quit || !e.Pop {
		t.Errorf("ctrl+c gave %+v, want the force", e)
	}
}

func TestCtrlCBelongsToTheApp(t *testing.T) {
	w := &world{policies: somePolicies()}
	for name, s := range map[string]kit.Screen{"assign": Assign(w.env(), someDevices(2)), "upload": Upload(w.env()), "bios": NewBIOS(w.env())} {
		p := play(t, s)
		e := p.screen.Update(press("ctrl+c"))
		if !e.Pass || e.Pop {
			t.Errorf("%s: ctrl+c gave %+v, want it passed on", name, e)
		}
		p.press("ctrl+v")
		if got := p.screen.Card().Unsent; got != "" {
			t.Errorf("%s: an untouched form says %q", name, got)
		}
		p.enter("x")
		if got := p.screen.Card(); got.Unsent == "" || !got.Typing {
			t.Errorf("%s: a filled form is %+v, want it unsent and typing", name, got)
		}
	}
}

// While the intent is being written down no key counts, and a late answer to an
// earlier try changes nothing.
func TestSavingTakesNoKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies()}
		p := play(t, Assign(w.env(), someDevices(2)))
		p.press("enter")
		e := p.screen.Update(press("y"))
		p.want("saving: writing it down on this machine")
		p.press("y", "esc", "n", "enter")
		p.paste("y")
		p.happen(p.screen.Update(kit.SavedMsg{Reply: kit.Reply{To: p.screen, Seq: 1}, Operation: "other"}))
		if p.gone {
			t.Fatal("the form closed before its own answer")
		}
		if got := p.screen.Card(); got.Unsent == "" || len(got.Actions) != 0 {
			t.Errorf("while saving the card is %+v", got)
		}
		p.run(e.Cmd)
		if !p.gone || len(w.assigned) != 1 {
			t.Errorf("gone %v, %d assignments, want closed with one", p.gone, len(w.assigned))
		}
	})
}

func TestReadOnlyRefusesEveryForm(t *testing.T) {
	w := &world{bios: someBIOS()}
	env := w.env()
	env.Place.ReadOnly = true
	for name, s := range map[string]kit.Screen{"upload": Upload(env), "new": NewBIOS(env), "edit": EditBIOS(env, model.BIOSConfiguration{})} {
		p := play(t, s)
		p.want("This session is read-only")
		p.press("esc")
		if !p.gone {
			t.Errorf("%s: Esc does not leave the refusal", name)
		}
	}
}
