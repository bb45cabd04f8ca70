package form

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

const labGroup = model.GroupID("88888888-8888-4888-8888-888888888888")

// assigned is an Intune with a configuration that two targets have, one of them narrowed.
func assigned() *keeper {
	k := someKeeper()
	k.TargetList = []model.Target{{Kind: model.TargetGroup, Group: frontGroup, Filter: "f1", FilterType: "include"}, {Kind: model.TargetAllDevices}}
	k.GroupList = []model.Group{{ID: frontGroup, Name: "Clinic front desks", Security: true}, {ID: tillsGroup, Name: "Tills", Security: true}, {ID: labGroup, Name: "Lab", Dynamic: true, Rule: "rule", Security: true}}
	k.FilterList = []model.AssignmentFilter{{ID: "f1", Name: "Dell only"}, {ID: "f2", Name: "Kiosks"}}
	k.Summary = model.RunSummary{Devices: map[model.RunState]int{model.RunSuccess: 30, model.RunFail: 2}}
	return k
}

func (k *keeper) directed() *kit.Env {
	env := k.env()
	env.Backend.Directory = k
	return env
}

func TestAssignBIOS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := assigned()
		b := someBIOS()
		b.PasswordsOff = false
		p := play(t, AssignBIOS(k.directed(), b))
		p.want("Whom is Counters assigned to?", "included Clinic front desks, only those of the filter Dell only", "all devices", "0 added, 0 removed, 2 in the set")
		p.press("enter")
		p.want("Nothing changed")
		p.press("esc", "n")
		p.want("Another group for Counters", "it gets the configuration", "3 groups")
		p.press("right", "enter")
		p.want("it is left out", "! it is included already, and cannot be both")
		p.press("enter")
		p.want("✗ it is included already, and cannot be both")
		p.press("down", "down", "enter")
		p.want("rule: rule", "none: all its devices")
		p.press("left", "enter")
		p.want("+ excluded Lab, without those of the filter Kiosks", "1 added, 0 removed, 3 in the set")
		p.press("up", "up", "x")
		p.want("- taken out Clinic front desks", "1 added, 1 removed, 2 in the set")
		p.press("enter")
		p.want("Assign Counters to 2 targets? The whole set is replaced.", "+ added excluded: Lab, without those of the filter Kiosks", "- removed included: Clinic front desks",
			"stays all devices", "30 devices succeeded and so have a BIOS password of Intune's, which stays", "type Counters and press Enter")
		p.press("y", "enter")
		p.want("that is not Counters")
		p.press("ctrl+u")
		p.enter("Counters")
		p.press("enter")
		want := [][]model.Target{k.TargetList, {{Kind: model.TargetAllDevices}, {Kind: model.TargetExclude, Group: labGroup, Filter: "f2", FilterType: "exclude"}}}
		if diff := cmp.Diff(want, k.assigned); diff != "" {
			t.Error(diff)
		}
		if !p.gone || p.toasts[0] != "assignment of BIOS configuration Counters: written down, sending; o opens the operation" {
			t.Errorf("gone %v, toasts %q", p.gone, p.toasts)
		}
	})
}

// A group that was taken out and comes back as something else is one row out, one in.
func TestAssignBIOSTurnsAGroupRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := assigned()
		k.TargetList, k.FilterList = k.TargetList[:1], nil
		p := play(t, AssignBIOS(k.directed(), someBIOS()))
		p.press("x", "n", "right", "enter", "enter")
		p.want("- taken out Clinic front desks", "+ excluded Clinic front desks", "1 added, 1 removed, 1 in the set")
		p.press("up", "x") // it cannot be both
		p.want("1 added, 1 removed, 1 in the set")
		p.press("down", "x", "up", "x")
		p.want("0 added, 0 removed, 1 in the set")
		p.press("esc")
		if !p.gone || len(k.assigned) != 0 {
			t.Errorf("gone %v, assigned %v", p.gone, k.assigned)
		}
	})
}

func TestAssignBIOSToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := assigned()
		k.TargetList = k.TargetList[:1]
		b := someBIOS()
		b.Name = "Zähler"
		p := play(t, AssignBIOS(k.directed(), b))
		p.press("x", "enter")
		p.want("Take Zähler off everybody?", "type assign and press Enter")
		p.enter("assign")
		p.press("enter")
		if len(k.assigned) != 2 || k.assigned[1] == nil || len(k.assigned[1]) != 0 {
			t.Errorf("assigned %+v, want the empty set", k.assigned)
		}
	})
}

func TestAssignBIOSUnreadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := assigned()
		k.TargetErr = &model.Error{Kind: model.Service, Op: "read assignments", Msg: "the service failed", Ref: "req-9"}
		p := play(t, AssignBIOS(k.directed(), someBIOS()))
		p.want("the assignments could not be read", "[req-9]")
		k.TargetErr, k.SummaryErr, k.GroupErr, k.GroupList = nil, errDisk, errDisk, nil
		p.press("r")
		p.want("included group "+string(frontGroup), "not all names could be read: write ledger: the disk is full")
		env := k.directed()
		env.Place.ReadOnly = true
		p = play(t, AssignBIOS(env, someBIOS()))
		p.want("This session is read-only")
	})
}

func TestDeleteBIOS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := assigned()
		env := k.directed()
		on := someBIOS()
		on.PasswordsOff = false
		env.Backend.Writer = &world{bios: on}
		p := play(t, DeleteBIOS(env, model.BIOSConfiguration{ID: on.ID, Name: "as the list had it", PasswordsOff: true}))
		p.want("Delete BIOS configuration Counters?", "It cannot be undone: ", "assigned included: Clinic front desks", "all devices: all devices", "32 reported, 30 succeeded",
			"! 30 devices succeeded and so have a BIOS password of Intune's, which stays.", "type Counters and press Enter")
		p.enter("Counters")
		p.press("enter")
		if !p.gone || len(k.deleted) != 1 || k.deleted[0] != on.ID {
			t.Errorf("gone %v, deleted %v", p.gone, k.deleted)
		}
	})
}

// What reads badly is said; the deletion itself stays possible.
func TestDeleteBIOSInTheDark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := assigned()
		k.TargetErr, k.SummaryErr = errDisk, errDisk
		env := k.directed()
		env.Backend.Writer = &world{bios: someBIOS()}
		p := play(t, DeleteBIOS(env, someBIOS()))
		p.want("assigned not known: write ledger: the disk is full", "devices not known: write ledger: the disk is full")
		p.wantNot("stays. To take it off")
		env.Backend.Writer = &world{err: errRead}
		p = play(t, DeleteBIOS(env, someBIOS()))
		p.want("the BIOS configuration could not be read", "connection reset")
	})
}

// Whatever the service sends, the pages are their rectangle.
func TestBIOSFormsFillTheirRectangle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := assigned()
		nasty := "\x1b[31mred\x1b[7m 日本語のデバイス \u202eevil " + strings.Repeat("long ", 40)
		k.GroupList[0].Name, k.FilterList[0].Name = nasty, nasty
		for range 30 {
			k.TargetList = append(k.TargetList, model.Target{Kind: model.TargetKind(nasty), Group: model.GroupID(nasty), Filter: nasty})
		}
		b := someBIOS()
		b.Name = nasty
		env := k.directed()
		env.Backend.Writer = &world{bios: b}
		for name, f := range map[string]kit.Screen{"assign": AssignBIOS(env, b), "delete": DeleteBIOS(env, b), "password": BIOSPassword(env, kit.Machine{Name: nasty})} {
			p := play(t, f)
			for _, key := range []string{"", "down", "x", "enter", "pgdown", "esc", "n", "tab"} {
				if key != "" && !p.gone {
					p.press(key)
				}
				for _, size := range [][2]int{{80, 20}, {60, 11}, {20, 5}, {1, 1}, {0, 0}, {200, 60}} {
					f.Resize(size[0], size[1])
					uitest.CheckSize(t, name+" after "+key, f.View(), size[0], size[1])
				}
			}
		}
	})
}
