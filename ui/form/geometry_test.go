package form

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"muster/model"
	"muster/model/desk/desktest"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/theme"
	"muster/ui/uitest"
)

// evil are texts that a service, a list or an operator may have.
var evil = [...]string{
	"", "x", "plain words", "\x1b[2J\x1b]0;title\a", "\x9b31m", "a\r\nb\tc", "\u202egnol", "漢字漢字漢字漢字漢字", "👩‍👩‍👧‍👦 family",
	strings.Repeat("long ", 80), strings.Repeat("x", 300), "e\u0301\u0301\u0301\u0301\u0301\u0301", "\xff\xfe", "٣ عربي",
}

// evilForms makes each form on hostile data.
func evilForms(text func() string) map[string]func() kit.Screen {
	w := &world{
		policies: []model.ConfigurationPolicy{{ID: kiosk, Name: text(), Description: text(), Settings: []model.Setting{model.Setting(text())}}, {ID: office, Name: text()}},
		batches:  []model.DeviceBatch{{ID: model.BatchID(text())}, {ID: model.BatchID(text()), Devices: 7}},
		bios:     someBIOS(), files: map[string][]byte{"/" + text(): nil, "/m.csv": nil},
	}
	for _, f := range desktest.Files() {
		if f.Name == "bad/mixed.csv" {
			w.files["/m.csv"] = f.Data
		}
	}
	w.bios.Name, w.bios.Description, w.bios.FileName, w.bios.Format = text(), text(), text(), model.BIOSFormat(text())
	w.bios.Content = []byte(text())
	env, c := changing(w)
	env.Customer.Name = text()
	devices := someDevices(7)
	for i := range devices {
		devices[i].Serial, devices[i].Maker, devices[i].Policy.Value = text(), text(), text()
	}
	c.plan = model.UndoPlan{Devices: []model.UndoDevice{{Device: devices[0], Name: text()}}, LeftOut: []model.UndoLeft{{Why: text(), Rows: 2}}}
	ix := fleet.New(fleet.Schema{{Name: "serial"}}, fleet.Row{Key: "d", Cells: []string{model.Clean(text())}})
	env.Fleet = kit.Fleet{Began: env.Now(), Known: kit.Known{Index: ix, Device: func(int) model.Device { return devices[0] }}}
	op := model.Operation{ID: "op", Title: text(), CustomerName: text()}
	intune := &uitest.StillAutopilot{ProfileList: []model.DeploymentProfile{{ID: model.ProfileID(kiosk), Name: text(), Description: text(), Locale: text(),
		NameTemplate: text(), DeviceType: text(), OutOfBox: model.OutOfBox{Usage: text(), UserType: text()}}},
		TargetList: []model.ProfileTarget{{ID: "t", Target: model.Target{Kind: model.TargetGroup, Group: frontGroup, Filter: text()}, Source: text()}}}
	autopilot := []model.AutopilotDevice{{ID: "a", Serial: text(), GroupTag: text(), DisplayName: text(), User: text(), Assignment: model.AssignmentStatus(text())},
		{ID: "b", Serial: text(), Model: text(), GroupTag: text(), ManagedDevice: "m"}}
	intune.DeviceList = autopilot
	env.Backend.Autopilot, env.Backend.Profiles = intune, intune
	env.Backend.Directory = &directory{groups: []model.Group{{ID: frontGroup, Name: text(), Rule: text(), Dynamic: true, Description: text()}}}
	return map[string]func() kit.Screen{
		"change":         func() kit.Screen { return ChangeAutopilot(env, autopilot, 2) },
		"delete":         func() kit.Screen { return DeleteAutopilot(env, autopilot) },
		"profile":        func() kit.Screen { return AssignProfile(env, autopilot) },
		"sync":           func() kit.Screen { return SyncAutopilot(env) },
		"new profile":    func() kit.Screen { return NewProfile(env) },
		"edit profile":   func() kit.Screen { return EditProfile(env, intune.ProfileList[0]) },
		"delete profile": func() kit.Screen { return DeleteProfile(env, intune.ProfileList[0]) },
		"groups":         func() kit.Screen { return TargetProfile(env, intune.ProfileList[0]) },
		"new policy":     func() kit.Screen { return NewPolicy(env) },
		"edit policy":    func() kit.Screen { return EditPolicy(env, w.policies[1]) },
		"delete policy":  func() kit.Screen { return DeletePolicy(env, w.policies[0]) },
		"batch":          func() kit.Screen { return AssignBatch(env, w.batches[0]) },
		"remove":         func() kit.Screen { return Remove(env, devices) },
		"undo":           func() kit.Screen { return Undo(env, op) },
		"marks":          func() kit.Screen { return MarkList(env, func([]string) kit.Effect { return kit.Effect{} }) },
		"list": func() kit.Screen {
			return ExportList(env, kit.Sheet{What: "things", Whose: text(), Index: ix, Marks: fleet.Marks{}.Toggle("d")})
		},
		"assign": func() kit.Screen { return Assign(env, devices) },
		"upload": func() kit.Screen { return Upload(env) },
		"new":    func() kit.Screen { return NewBIOS(env) },
		"edit":   func() kit.Screen { return EditBIOS(env, w.bios) },
		"confirm": func() kit.Screen {
			return Confirm(env, kit.Question{Title: model.Clean(text()), Lines: []string{model.Clean(text())}, Type: "12",
				Answers: []kit.Answer{{Key: "y", Text: "yes"}, {Key: "a", Text: "another"}}})
		},
	}
}

// Whatever the size, the data and the keys: exactly h lines, none wider than w, and
// nothing that a terminal would obey but styles of ours.
func TestGeometry(t *testing.T) {
	t.Chdir(t.TempDir()) // an export writes its file
	keys := []string{"enter", "tab", "shift+tab", "y", "n", "/", "up", "down", "left", "right", "pgup", "pgdown", "home", "end", "backspace",
		"ctrl+u", "ctrl+v", "ctrl+d", "space", "r", "q", "G", "漢", "ctrl+c", "esc"}
	size := rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(0, 130))
	rapid.Check(t, func(rt *rapid.T) {
		forms := evilForms(func() string { return rapid.SampledFrom(evil[:]).Draw(rt, "text") })
		name := rapid.SampledFrom([]string{"assign", "upload", "new", "edit", "confirm",
			"new policy", "edit policy", "delete policy", "batch", "remove", "undo", "marks", "list",
			"change", "delete", "profile", "sync", "new profile", "edit profile", "delete profile", "groups"}).Draw(rt, "form")
		steps := rapid.SliceOfN(rapid.SampledFrom(append(keys, evil[:]...)), 0, 14).Draw(rt, "keys")
		sizes := rapid.SliceOfN(size, 2, 8).Draw(rt, "sizes")
		var wrong string
		synctest.Test(t, func(t *testing.T) {
			p := play(t, forms[name]())
			if name == "upload" {
				p.enter("/m.csv")
			}
			wrong = check(p, 80, 21)
			for i, step := range steps {
				if p.gone || wrong != "" {
					break
				}
				if len(step) > 1 && strings.ContainsAny(step, " \x1b\x9b\r\xff") {
					p.paste(step)
				} else if step != "" {
					p.press(step)
				}
				w, h := sizes[i%len(sizes)], sizes[(i+1)%len(sizes)]
				p.screen.Resize(w, h)
				wrong = check(p, w, h)
				p.screen.Card()
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// check says what is wrong with the picture, or "".
func check(p *stageplay, w, h int) string {
	view := p.screen.View()
	if h <= 0 {
		if view != "" {
			return fmt.Sprintf("at %d×%d it draws %q", w, h, view)
		}
		return ""
	}
	lines := strings.Split(view, "\n")
	if len(lines) != h {
		return fmt.Sprintf("at %d×%d it draws %d lines", w, h, len(lines))
	}
	for _, l := range lines {
		if got := ansi.StringWidth(l); got > w {
			return fmt.Sprintf("at %d×%d a line is %d wide: %q", w, h, got, l)
		}
		if strings.ContainsFunc(ansi.Strip(l), func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e }) {
			return fmt.Sprintf("at %d×%d a line holds a control character: %q", w, h, l)
		}
	}
	return ""
}

// In ASCII the bar is one too.
func TestASCIIFormsDrawASCII(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies()}
		env := w.env()
		env.Theme = theme.New(true, true)
		p := play(t, Assign(env, someDevices(3)))
		p.want("| Policy")
		p.press("enter")
		p.want("| Assign kiosk to 3 devices?")
		if i := strings.IndexFunc(p.sees(), func(r rune) bool { return r > 0x7e }); i >= 0 {
			t.Errorf("an ASCII form draws %q", p.sees()[i:i+4])
		}
	})
}
