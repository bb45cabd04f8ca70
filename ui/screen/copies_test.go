package screen

import (
	"fmt"
	"strings"
	"testing"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// sent is what an effect sends to the terminal's clipboard.
func sent(e kit.Effect) string {
	if e.Cmd == nil {
		return ""
	}
	return fmt.Sprint(e.Cmd())
}

func TestCopyFromAList(t *testing.T) {
	env := newEnv(t, still(300))
	exported := 0
	env.Forms.ExportList = func(*kit.Env, kit.Sheet) kit.Screen { exported++; return &opened{} }
	s := NewBatches(env)
	show(s)
	if e := s.Update(uitest.Key("y")); sent(e) != "first" || !strings.Contains(e.Toast.Text, "batch sent to the terminal: first") {
		t.Errorf("y sends %q and says %q", sent(e), e.Toast.Text)
	}
	d := NewDevices(env)
	show(d)
	typed(d, "  ")
	if e := d.Update(uitest.Key("y")); sent(e) != "S0000\nS0001" || !strings.Contains(e.Toast.Text, "serial of 2 devices sent to the terminal: S0000 and 1 more line") {
		t.Errorf("y on two marks sends %q and says %q", sent(e), e.Toast.Text)
	}
	menu := typed(d, "Y").Push
	show(menu)
	typed(menu, "/csv\n")
	e := menu.Update(uitest.Enter)
	if got := sent(e); !e.Pop || !strings.HasPrefix(got, `"id","serial"`) || strings.Count(got, "\r\n") != 3 {
		t.Errorf("the menu sends %q", got)
	}
	typed(d, "*")
	if e := d.Update(uitest.Key("y")); sent(e) == "" || exported != 0 {
		t.Errorf("300 serials are %d bytes and do not fit", len(sent(e)))
	}
	menu = typed(d, "Y").Push
	show(menu)
	typed(menu, "/csv\n")
	if e := menu.Update(uitest.Enter); e.Cmd != nil || e.Push == nil || exported != 1 || !strings.Contains(e.Toast.Text, "4 096 bytes") {
		t.Errorf("300 rows as CSV give %+v, want a file", e)
	}
	if e := typed(NewOperations(newEnv(t, still(0))), "y"); e.Cmd != nil {
		t.Errorf("y on nothing sends %q", sent(e))
	}
}

func TestCopyFromMoreThanAScreenHandles(t *testing.T) {
	env := newEnv(t, still(few+1))
	exported := 0
	env.Forms.ExportList = func(*kit.Env, kit.Sheet) kit.Screen { exported++; return &opened{} }
	s := NewDevices(env)
	show(s)
	typed(s, "*")
	if e := s.Update(uitest.Key("y")); e.Cmd != nil || exported != 1 {
		t.Errorf("y on %d marks gives %+v", few+1, e)
	}
}

func TestCopyFromADetail(t *testing.T) {
	env := newEnv(t, still(1))
	r := model.Row{Number: 1, Serial: "S1", Device: "d1", State: model.RowFailed, Code: "808", Chunk: 1}
	s := newRowDetail(env, r, model.Operation{Jobs: []model.Job{{Chunk: 1, ID: model.JobID(guid(7))}}})
	show(s)
	if e := s.Update(uitest.Key("y")); sent(e) != "S1" {
		t.Errorf("y sends %q", sent(e))
	}
	menu := typed(s, "Y").Push
	show(menu)
	typed(menu, "/tracking\n")
	if e := menu.Update(uitest.Enter); sent(e) != guid(7) {
		t.Errorf("the tracking id sends %q", sent(e))
	}
}
