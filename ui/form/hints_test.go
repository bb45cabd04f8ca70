package form

import (
	"strings"
	"testing"
	"testing/synctest"

	"muster/model"
)

// says returns the keys of the footer: "Enter next field, Esc back".
func (p *stageplay) says() string {
	var out []string
	for _, a := range p.screen.Card().Actions {
		out = append(out, a.Key.String()+" "+a.Name)
	}
	return strings.Join(out, ", ")
}

func TestEscAsksBeforeItThrowsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, NewBIOS((&world{}).env()))
		p.press("tab", "tab", "shift+tab", "esc")
		if !p.gone {
			t.Error("Esc in an empty form does not leave it")
		}
		p = play(t, NewBIOS((&world{}).env()))
		p.enter("Tills")
		for _, keep := range []string{"n", "esc", "enter"} {
			p.press("esc")
			p.want("┃ Throw away what is filled in?", "Nothing of it was sent.", "[n keep it]")
			p.press(keep)
			p.want("┃ Tills")
		}
		p.press("esc", "y")
		if !p.gone {
			t.Error("y does not throw the form away")
		}
		p = play(t, Assign((&world{policies: somePolicies()}).env(), someDevices(2)))
		p.press("j", "k", "esc")
		if !p.gone {
			t.Error("moving in a list counts as filling it in")
		}
	})
}

// The footer names the keys that work on the field with the focus, and no others.
func TestTheFooterFollowsTheField(t *testing.T) {
	p := play(t, NewBIOS((&world{}).env()))
	p.enter("Tills")
	for _, want := range []string{
		"Enter next field, Esc back, F1 help",
		"Enter next field, shift+tab field before, Esc back, F1 help",
		"Enter next field, shift+tab field before, Esc back, F1 help",
		"Enter next field, right other choice, shift+tab field before, Esc back, ? help",
		"Enter next field, right other choice, shift+tab field before, Esc back, ? help",
		"Enter go on, right other choice, shift+tab field before, Esc back, ? help",
	} {
		if got := p.says(); got != want {
			t.Errorf("the footer is %q, want %q", got, want)
		}
		p.press("tab")
	}
}

func TestQuestionMarkInForms(t *testing.T) {
	p := play(t, NewBIOS((&world{}).env()))
	if e := p.screen.Update(press("?")); e.Pass {
		t.Error("? opens help in a text field")
	}
	p.want("┃ ?")
	p.press("tab", "tab", "tab")
	if e := p.screen.Update(press("?")); !e.Pass {
		t.Error("? does not open help in a choice")
	}
	synctest.Test(t, func(t *testing.T) {
		var got []string
		p := play(t, Confirm((&world{}).env(), ask(&got, "")))
		if e := p.screen.Update(press("?")); !e.Pass || e.Pop {
			t.Errorf("? in a question gave %+v, want it passed on", e)
		}
	})
}

func TestARowOfChoicesGoesRound(t *testing.T) {
	p := play(t, NewBIOS((&world{}).env()))
	p.enter("x")
	p.press("tab", "tab", "tab")
	for range model.BIOSFormats() {
		p.press("right")
	}
	p.want("< dell (a .cctk file) >")
	p.press("left")
	p.want("< surfaceDock >")
}

// A content that is typed comes from no file, so the file name has to be there.
func TestAnEmptyFileNameIsRefusedAtItsField(t *testing.T) {
	p := play(t, NewBIOS((&world{}).env()))
	p.enter("Tills")
	p.press("enter", "enter", "enter", "enter", "enter", "right", "enter")
	p.want("┃ File name", "✗")
	p.wantNot("┃ Content")
	p.enter("tills.cctk")
	p.press("enter", "enter", "enter", "enter")
	p.want("of 5 120 bytes", "┃ Content")
}

// On a low screen a form says that it has more fields than it shows.
func TestFieldsOutOfSight(t *testing.T) {
	p := play(t, NewBIOS((&world{}).env()))
	p.wantNot("show the others")
	p.screen.Resize(60, 11)
	p.want("field 1 of 6; tab and shift+tab show the others")
	p.enter("x")
	p.press("tab", "tab", "tab", "tab")
	p.want("field 5 of 6", "┃ BIOS passwords")
}

func TestPathsAsAShellWritesThem(t *testing.T) {
	for typed, want := range map[string]string{
		`/lists/my list.csv`: "/lists/my list.csv", ` '/lists/my list.csv' `: "/lists/my list.csv", `"/lists/my list.csv"`: "/lists/my list.csv",
		`/lists/my\ list\ \(2\).csv`: "/lists/my list (2).csv", `C:\lists\new.csv`: `C:\lists\new.csv`, `\\host\share\a.csv`: `\\host\share\a.csv`,
		`'/lists/my li`: "/lists/my li", `it\'s.csv`: "it's.csv", "": "",
	} {
		if got := cleanPath(typed); got != want {
			t.Errorf("%q typed is %q, want %q", typed, got, want)
		}
	}
	for pasted, want := range map[string]string{`'/a b.csv'` + "\n": "/a b.csv", `/a\ b\&c.csv`: "/a b&c.csv", "file:///a.csv": "/a.csv"} {
		if got := pastedPath(pasted); got != want {
			t.Errorf("%q pasted is %q, want %q", pasted, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := lists()
		w.files["/lists/my list.csv"] = w.files["/lists/script.csv"]
		p := play(t, Upload(w.env()))
		p.enter(`'/lists/my l`)
		p.press("tab")
		p.want("/lists/my list.csv")
		p.press("ctrl+u")
		p.enter(`/lists/my\ list.csv`)
		p.press("enter")
		p.want("11 rows: 11 good")
	})
}

// A name that no batch may have is called wrong while it is typed, not new.
func TestAForbiddenBatchNameIsNotCalledNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(lists().env()))
		p.enter("/lists/script.csv")
		p.press("enter")
		p.want("Enter goes on   n no, go back")
		p.wantNot("[")
		p.press("enter")
		p.enter("ward/7")
		p.want("✗ the batch name holds")
		p.wantNot("NEW batch")
		p.press("backspace", "backspace")
		p.want("A NEW batch")
	})
}

// The last question of an upload shows a row of it on the smallest screen too.
func TestTheUploadShowsARowOnASmallScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(lists().env()))
		p.enter("/lists/script.csv")
		p.press("enter", "enter")
		p.enter("ward-7")
		p.press("enter")
		p.screen.Resize(60, 11)
		p.want("┃ Send 11 devices to the new batch ward-7?", "5CG0001", "and 10 more", "becomes the group tag")
		p.screen.Resize(80, 21)
		p.want("list      script.csv", "5CG0005")
	})
}

// The preview of a list says what was repaired, old and new, beside what is wrong.
func TestThePreviewNamesRepairs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(lists().env()))
		p.enter("/lists/bad/spreadsheet-damage.csv")
		p.press("enter")
		p.want("3 problems, and below ", "repairs: old → new")
		p.press("pgdown", "pgdown", "pgdown")
		p.want("! line", " → 00123457")
	})
}
