package form

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/uitest"
)

const cctk = "[cctk]\r\n; counters\r\nSecureBoot=Enabled\r\n"

func someBIOS() model.BIOSConfiguration {
	return model.BIOSConfiguration{ID: "44444444-4444-4444-8444-444444444444", Version: 3, Name: "Counters", Description: "two\nlines",
		FileName: "counter.cctk", Content: []byte(cctk), Format: model.FormatDell, ScopeTags: []string{"0"}, PasswordsOff: true}
}

func TestNewBIOSTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		p := play(t, NewBIOS(w.env()))
		p.want("A new BIOS configuration for Contoso", "┃ Name", "dell (a .cctk file)")
		p.press("enter")
		p.want("a display name is required")
		p.enter("Counters")
		p.press("tab", "tab")
		p.enter("counter.cctk")
		p.press("enter", "enter")
		p.want("Passwords that Intune made are taken off")
		p.press("left")
		p.want("on: Intune sets a BIOS password of its own on every device", "nobody gets into the BIOS")
		p.press("enter", "right")
		p.want("< typed here >")
		p.press("enter")
		p.want("0 of 5 120 bytes", "┃ Content", "Enter is a line end")
		p.press("tab")
		p.want("the content is empty")
		p.enter("SecureBoot=Enabled")
		p.press("tab")
		p.want("line 1: a .cctk file begins with the section [cctk]")
		p.press("home", "enter", "up")
		p.enter("[cctk]")
		p.want("25 of 5 120 bytes")
		p.press("tab")
		p.want("┃ Create BIOS configuration Counters?", "25 bytes", "Intune sets a BIOS password", "one test device first")
		p.press("y")
		if len(w.created) != 1 {
			t.Fatalf("%d created, want one", len(w.created))
		}
		got := w.created[0]
		if err := got.Validate(); err != nil || string(got.Content) != "[cctk]\nSecureBoot=Enabled" || got.PasswordsOff || got.Format != model.FormatDell {
			t.Errorf("created %+v (%v), want what was typed with passwords on", got, err)
		}
		if want := "new BIOS configuration Counters: written down, sending; o opens the operation"; p.toasts[0] != want {
			t.Errorf("toast %q, want %q", p.toasts[0], want)
		}
	})
}

func TestNewBIOSFromAFileTakesItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{files: map[string][]byte{"/b/counter.cctk": []byte(cctk)}}
		p := play(t, NewBIOS(w.env()))
		p.enter("Counters")
		p.press("enter", "enter", "enter", "enter", "enter", "enter")
		p.want("File with the content")
		p.enter("/b/none")
		p.press("enter")
		p.want("there is no such file")
		p.press("ctrl+u")
		p.enter("/b/c")
		p.press("tab", "enter")
		p.want("Create BIOS configuration Counters?", "counter.cctk", "40 bytes")
		p.press("y")
		if len(w.created) != 1 || w.created[0].FileName != "counter.cctk" || string(w.created[0].Content) != cctk {
			t.Errorf("created %+v, want the file as it is", w.created)
		}
	})
}

func TestBIOSOversizedNeedsTheOverride(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		big := append([]byte(cctk), bytes.Repeat([]byte("; padding\n"), 700)...)
		huge := bytes.Repeat([]byte("x"), model.MaxBIOSOverride+1)
		w := &world{files: map[string][]byte{"/big.cctk": big, "/huge.cctk": huge}}
		p := play(t, NewBIOS(w.env()))
		p.enter("Big")
		p.press("enter", "enter", "enter", "enter", "enter", "enter")
		p.enter("/huge.cctk")
		p.press("enter")
		p.want("larger than 2097152 bytes")
		p.press("ctrl+u")
		p.enter("/big.cctk")
		p.press("enter")
		p.want("Send it all the same?", "the limit is 5120", "type override and press Enter")
		p.enter("yes")
		p.press("enter")
		p.want("that is not override")
		p.press("ctrl+u")
		p.enter("override")
		p.press("enter")
		p.want("┃ Create BIOS configuration Big?")
		p.press("y")
		if len(w.created) != 1 || len(w.created[0].Content) != len(big) {
			t.Errorf("%d created, want the large one", len(w.created))
		}
	})
}

func TestEditBIOSSendsOnlyWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{bios: someBIOS()}
		p := play(t, EditBIOS(w.env(), model.BIOSConfiguration{ID: someBIOS().ID, Name: "old list entry"}))
		p.want("Counters, version 3, format dell (cannot be changed)", "counter.cctk", "keep the 40 bytes")
		p.enter(" 2")
		p.press("enter", "enter", "enter", "enter", "enter")
		p.want("Change name of Counters 2?", "Counters → Counters 2", "stays 3", "1, with these properties and no other")
		p.press("y")
		if len(w.patched) != 1 {
			t.Fatalf("%d patches, want one", len(w.patched))
		}
		got := w.patched[0]
		if got.Name == nil || *got.Name != "Counters 2" || len(got.Changed()) != 1 {
			t.Errorf("patch changes %v, want the name alone", got.Changed())
		}
		if want := "BIOS configuration Counters 2 (name): written down, sending; o opens the operation"; p.toasts[0] != want {
			t.Errorf("toast %q, want %q", p.toasts[0], want)
		}
	})
}

func TestEditBIOSSaysThatLineEndsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, EditBIOS((&world{bios: someBIOS()}).env(), someBIOS()))
		p.press("tab")
		p.enter("!")
		p.press("enter", "enter", "enter", "enter")
		p.want("two lines → two lines!", "the line ends that it had become blanks")
	})
}

func TestEditBIOSNothingChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{bios: someBIOS()}
		p := play(t, EditBIOS(w.env(), someBIOS()))
		p.press("enter", "enter", "enter", "enter", "enter")
		p.want("Nothing changed, so nothing is sent.")
		p.press("esc", "right", "right")
		p.want("edit it here")
		p.press("enter")
		p.want("40 of 5 120 bytes", "SecureBoot=Enabled")
		p.press("tab")
		p.want("Nothing changed")
		p.press("esc", "esc", "esc", "y")
		if !p.gone || len(w.patched) != 0 {
			t.Errorf("gone %v, %d patches, want left and none", p.gone, len(w.patched))
		}
	})
}

func TestEditBIOSContentKeepsItsLineEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{bios: someBIOS()}
		p := play(t, EditBIOS(w.env(), someBIOS()))
		p.press("enter", "enter", "enter", "left", "enter", "right", "right", "enter")
		p.press("down", "down", "down")
		p.paste("Camera=Disabled\r\nWakeOnLan=LanOnly\r\n")
		p.press("tab")
		p.want("Change content, BIOS passwords of Counters?", "40 bytes → 76 bytes", "rises from 3")
		p.want("Settings: 2 differ", "+ Camera: Disabled", "Lines: 2 added, 0 removed", "+ 5 WakeOnLan=LanOnly")
		p.press("y")
		if want := cctk + "Camera=Disabled\r\nWakeOnLan=LanOnly\r\n"; len(w.patched) != 1 || string(w.patched[0].Content) != want {
			t.Errorf("patches %+v, want the content with its line ends", w.patched)
		}
	})
}

// What the service has may break our rules; an edit of something else goes through.
func TestEditBIOSLeavesWhatIsOddAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		odd := someBIOS()
		odd.Content = bytes.Repeat([]byte{0, 0xff}, 5000)
		odd.Format = "hologram"
		odd.Description = strings.Repeat("long ", 300) + "\x1b[2J"
		w := &world{bios: odd}
		p := play(t, EditBIOS(w.env(), odd))
		p.enter("!")
		p.press("enter", "enter", "enter", "enter")
		p.want("no plain text")
		p.press("enter")
		p.want("Change name of Counters!?")
		p.press("y")
		if len(w.patched) != 1 || len(w.patched[0].Changed()) != 1 {
			t.Errorf("patches %+v, want the name alone", w.patched)
		}
	})
}

func TestEditBIOSUnreadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{err: errRead}
		p := play(t, EditBIOS(w.env(), someBIOS()))
		p.want("the BIOS configuration could not be read", "connection reset")
		w.err, w.bios = nil, someBIOS()
		p.press("r")
		p.want("Counters, version 3")
	})
}

func TestTypeable(t *testing.T) {
	for name, c := range map[string]struct {
		content  string
		crlf, ok bool
	}{
		"line feeds": {"a\nb\n", false, true},
		"crlf":       {"a\r\nb", true, true},
		"mixed":      {"a\r\nb\n", true, false},
		"tabs":       {"a\tb", false, false},
		"escape":     {"a\x1b[2J", false, false},
		"bidi":       {"a\u202eb", false, false},
		"binary":     {"\xff\xfe\x00", false, false},
		"utf-8":      {"Größe=1\n", false, true},
		"many lines": {strings.Repeat("x=1\n", 5000), false, true},
		"too many":   {strings.Repeat("\n", 20_000), false, false},
		"too long":   {strings.Repeat("x", maxTyped+1), false, false},
	} {
		_, crlf, ok := typeable([]byte(c.content))
		if ok != c.ok || ok && crlf != c.crlf {
			t.Errorf("%s: crlf %v, ok %v, want %v, %v", name, crlf, ok, c.crlf, c.ok)
		}
	}
}

func TestEditBIOSShowsTheDifference(t *testing.T) {
	was := []byte("[cctk]\nCamera=Enabled\nSetupPwd=hunter2\nWake=1\n")
	now := []byte("[cctk]\nCamera=Disabled\nSetupPwd=hunter3\nTpm=On\n")
	env := (&world{}).env()
	text := strings.Join(strings.Fields(ansi.Strip(strings.Join(contentDifference(env.Theme, was, now, 80), "\n"))), " ")
	for _, part := range []string{"Settings: 4 differ", "~ Camera: Enabled → Disabled", "~ SetupPwd: [hidden] → [hidden]", "- Wake: 1, no longer set", "+ Tpm: On",
		"Lines: 3 added, 3 removed", "- 2 Camera=Enabled", "+ 2 Camera=Disabled", "- 3 SetupPwd=[hidden]"} {
		if !strings.Contains(text, part) {
			t.Errorf("the difference does not say %q:\n%s", part, text)
		}
	}
	if strings.Contains(text, "hunter") {
		t.Error("the difference shows a password")
	}
	for name, c := range map[string]struct{ was, now, want string }{
		"line ends": {"[cctk]\nA=1\n", "[cctk]\r\nA=1\r\n", "all are alike; line ends"},
		"binary":    {"\x00\x01", "[cctk]\nA=1", "no plain text"},
		"surface":   {"one\n", "two\n", "Lines: 1 added, 1 removed"},
	} {
		if got := ansi.Strip(strings.Join(contentDifference(env.Theme, []byte(c.was), []byte(c.now), 80), "\n")); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestNewBIOSTakesTheMarkOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{files: map[string][]byte{"/m.cctk": []byte("\xef\xbb\xbf" + cctk + "SysName=x\r\n")}}
		p := play(t, NewBIOS(w.env()))
		p.enter("Counters")
		p.press("enter", "enter", "enter", "enter", "enter", "enter")
		p.enter("/m.cctk")
		p.press("enter")
		p.want("Take the byte order mark off?", "Dell's tool")
		p.press("y")
		p.want("Create BIOS configuration Counters?", "! line 4: SysName ties the file to the one model")
		p.wantNot("byte order mark")
		p.press("y")
		if len(w.created) != 1 || model.HasBOM(w.created[0].Content) {
			t.Errorf("created %+v, want one without the mark", w.created)
		}
	})
}

// What is wrong is named by its line, the first error in full.
func TestNewBIOSNamesTheBadLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{files: map[string][]byte{"/bad.cctk": []byte("; counters\nSecureBoot=Enabled\n"), "/secret.cctk": []byte(cctk + "SetupPwd=hunter2\nSysPwd=hunter3\n")}}
		p := play(t, NewBIOS(w.env()))
		p.enter("Counters")
		p.press("enter", "enter", "enter", "enter", "enter", "enter")
		p.enter("/bad.cctk")
		p.press("enter")
		p.want("line 2: a .cctk file begins with the section [cctk]")
		p.press("ctrl+u")
		p.enter("/secret.cctk")
		p.press("enter")
		p.want("Send it all the same?", "line 4: SetupPwd holds a password", "line 5: SysPwd holds a password")
		p.wantNot("hunter")
	})
}

func TestBIOSScopeTagsByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{bios: someBIOS()}
		env := w.env()
		intune := &uitest.StillBIOS{TagList: []model.ScopeTag{{ID: "0", Name: "Default"}, {ID: "3", Name: "Norway", Description: "up north"}}}
		env.Backend.Directory = intune
		p := play(t, EditBIOS(env, someBIOS()))
		p.want("Scope tags", "Default")
		p.press("enter", "enter", "enter", "enter", "right")
		p.want("others, chosen on the next page", "Which administrators see it")
		p.press("enter", "enter")
		p.want("Who among the administrators sees Counters?", "[x] Default", "[ ] Norway")
		p.press("space", "enter")
		p.want("choose at least one scope tag")
		p.press("down", "space", "enter")
		p.want("Change scope tags of Counters?", "Default → Norway", "stays 3")
		p.press("y")
		if len(w.patched) != 1 || len(w.patched[0].ScopeTags) != 1 || w.patched[0].ScopeTags[0] != "3" {
			t.Errorf("patched %+v, want the tag 3", w.patched)
		}
		intune.TagErr = errRead
		p = play(t, NewBIOS(env))
		p.wantNot("Scope tags")
	})
}
