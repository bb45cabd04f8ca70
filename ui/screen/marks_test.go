package screen

import (
	"fmt"
	"strings"
	"testing"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

func TestRanges(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	show(s)
	typed(s, "jjvjjj")
	want(t, s, "250 devices · range of 4 rows, v marks · as of 14:02 CET")
	typed(s, "v")
	want(t, s, "250 devices · 4 marked · as of 14:02 CET")
	typed(s, "jjvkk")
	want(t, s, "250 devices · 4 marked · range of 3 rows, v marks · as of 14:02 CET")
	typed(s, "\x1b")
	want(t, s, "250 devices · 4 marked · as of 14:02 CET")
	typed(s, "v/opti\n") // the row where it began is hidden now, or not: the range is of what is shown
	typed(s, "G")
	if s.list.rows.Position(must(s.list.ix.Find(s.list.anchor))) >= 0 != strings.Contains(facts(s), "range of") {
		t.Errorf("with a filter the facts are %q", facts(s))
	}
	typed(s, "\x1b")
	if s.list.anchor != "" || s.Card().Filter != "opti" {
		t.Error("Esc does not end the range before the filter")
	}
}

// An operation takes the marks of the devices that it was asked for, and no other.
func TestMarksAreUsedUp(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	show(s)
	typed(s, "     ")
	e := typed(s, "p")
	taken := e.Push.(*opened).devices
	if len(taken) != 5 {
		t.Fatalf("p takes %d devices, want 5", len(taken))
	}
	s.Update(kit.WrittenMsg{Written: kit.Written{New: "a policy"}})
	want(t, s, "250 devices · 5 marked · as of 14:02 CET")
	typed(s, "/S0004\n")
	s.Update(kit.WrittenMsg{Written: kit.Written{Devices: taken[:3]}})
	want(t, s, "1 of 250 devices · 2 marked (1 out of sight) · as of 14:02 CET")
	s.Update(kit.WrittenMsg{Written: kit.Written{Devices: taken}})
	want(t, s, "1 of 250 devices · as of 14:02 CET")
}

// The cursor goes to the row of what was made, unless it was moved meanwhile.
func TestTheCursorGoesToWhatWasMade(t *testing.T) {
	for _, moved := range []bool{false, true} {
		st := still(5)
		s := NewPolicies(newEnv(t, st))
		show(s)
		s.Update(kit.WrittenMsg{Written: kit.Written{New: "Tills"}})
		st.PolicyList = append([]model.ConfigurationPolicy{{ID: model.PolicyID(guid(19)), Name: "Kiosk"}}, st.PolicyList...)
		st.PolicyList = append(st.PolicyList, model.ConfigurationPolicy{ID: model.PolicyID(guid(13)), Name: "Tills"})
		want := "Tills"
		if moved {
			typed(s, "j")
			want = "Plain"
		}
		uitest.Run(s, s.list.refresh())
		if p, _, _ := s.list.current(); p.Name != want {
			t.Errorf("moved %v: the cursor stands on %q, want %s", moved, p.Name, want)
		}
		typed(s, "g")
		uitest.Run(s, s.list.refresh())
		if p, _, _ := s.list.current(); p.Name != "Kiosk" {
			t.Errorf("moved %v: a later reading takes the cursor to %q", moved, p.Name)
		}
	}
}

// A filter by a column that is none is refused in words; a time is a text.
func TestAFilterByAnUnknownColumnIsRefused(t *testing.T) {
	s := NewPolicies(newEnv(t, still(5)))
	show(s)
	typed(s, "/foo:bar\n")
	if c := s.Card(); !c.Typing || !strings.Contains(c.Input, "there is no column foo; columns: policy, devices") {
		t.Errorf("after Enter: typing %v, %q", c.Typing, c.Input)
	}
	typed(s, "\x1b/10:30\n")
	if c := s.Card(); c.Typing || c.Filter != "10:30" {
		t.Errorf("a time as filter: typing %v, filter %q", c.Typing, c.Filter)
	}
}

func must(row int, ok bool) int {
	if !ok {
		return -1
	}
	return row
}

// A long range and a common value are marked off the loop, with the right counts.
func TestMarksOfManyRows(t *testing.T) {
	s := NewDevices(newEnv(t, still(6000)))
	show(s)
	typed(s, "ss")
	typed(s, "g,") // by model: Latitude first
	want(t, s, "6 000 devices · 3 000 marked · as of 14:02 CET")
	typed(s, "/opti\n")
	want(t, s, "3 000 of 6 000 devices · 3 000 marked (3 000 out of sight) · as of 14:02 CET")
	typed(s, "gvGv")
	want(t, s, "3 000 of 6 000 devices · 6 000 marked (3 000 out of sight) · as of 14:02 CET")
	typed(s, "u")
	typed(s, "\x1b"+strings.Repeat("s", len(deviceCols)-1)+"g,") // unsorted: the first column, a serial
	if got := s.list.marks.Count(); got != 1 {
		t.Errorf("without an order %d rows are the same, want 1", got)
	}
}

func TestMarkedListsCountWhatIsShown(t *testing.T) {
	env := newEnv(t, still(20))
	var take func([]string) kit.Effect
	env.Forms.MarkList = func(_ *kit.Env, f func([]string) kit.Effect) kit.Screen {
		take = f
		return &opened{what: "mark list"}
	}
	s := NewDevices(env)
	show(s)
	typed(s, "/opti\nM")
	uitest.Run(s, take([]string{"d1", "d2", "gone"}))
	want(t, s, "10 of 20 devices · 2 marked (1 out of sight) · as of 14:02 CET")
}

func TestRemoveTakesTheMarks(t *testing.T) {
	env := newEnv(t, still(20))
	env.Forms.Remove = func(_ *kit.Env, d []model.Device) kit.Screen { return &opened{what: "remove", devices: d} }
	s := NewDevices(env)
	show(s)
	if e := typed(s, "x"); e.Push != nil || !strings.Contains(e.Toast.Text, "not available here") {
		t.Errorf("x without a backend pushes %v, says %q", e.Push, e.Toast.Text)
	}
	env.Backend.Devices = remover{}
	typed(s, "  ")
	f, ok := typed(s, "x").Push.(*opened)
	if !ok || f.what != "remove" || len(f.devices) != 2 {
		t.Fatalf("x opens %+v", f)
	}
	if d, ok := typed(s, "p").Push.(*opened); !ok || d.what != "assign" {
		t.Errorf("p after x opens %+v", d)
	}
}

// remover is a backend that nothing is asked of.
type remover struct{ kit.Devices }

func TestOperationsSayWhatTheServiceDoes(t *testing.T) {
	job := func(states ...model.JobState) model.Operation {
		o := model.Operation{Rows: model.Tally{Accepted: 4}, Owned: true}
		for _, s := range states {
			o.Jobs = append(o.Jobs, model.Job{State: s, Phase: model.ChunkAccepted})
		}
		return o
	}
	const q, p, f, u = model.JobQueued, model.JobProcessing, model.JobFinished, model.JobUnknown
	for want, o := range map[string]model.Operation{
		"queued": job(q), "processing": job(p), "queued 2/3": job(q, f, q), "processing 1/4": job(q, p, f, u), "running": job(u),
		"done": {Rows: model.Tally{Done: 1}, Jobs: []model.Job{{State: q}}},
	} {
		if got := progress(o); got != want {
			t.Errorf("%+v is %q, want %q", o.Jobs, got, want)
		}
	}
}

func TestOnlyAnEndedAssignmentIsUndone(t *testing.T) {
	still := board()
	env := newEnv(t, still)
	env.Forms.Undo = func(*kit.Env, model.Operation) kit.Screen { return &opened{what: "undo"} }
	env.Backend.Past = past{}
	for kind, want := range map[model.OperationKind]string{model.AssignPolicy: "", model.UploadDevices: "cannot be undone", model.RemoveDevices: "cannot be undone"} {
		o := model.Operation{Kind: kind, Rows: model.Tally{Done: 3}}
		if got := cannotUndo(env, o); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%v: %q", kind, got)
		}
	}
	for want, rows := range map[string]model.Tally{"has not ended": {Done: 1, Accepted: 1}, "no device": {Failed: 2}} {
		if got := cannotUndo(env, model.Operation{Kind: model.AssignPolicy, Rows: rows}); !strings.Contains(got, want) {
			t.Errorf("%+v: %q", rows, got)
		}
	}
}

type past struct{ kit.Past }

func TestRowsAreNamedByClass(t *testing.T) {
	rows := []model.Row{
		{State: model.RowFailed, Code: "640", CodeName: "StorageError"}, {State: model.RowUnknown}, {State: model.RowFailed},
		{State: model.RowFailed, Code: "640", CodeName: "StorageError"}, {State: model.RowFailed, Code: "999"},
	}
	got := fmt.Sprint(byClass(rows))
	want := "[2 rows: 640 StorageError (passing fault) 1 row: outcome unknown 1 row: refused as a whole 1 row: 999 (unknown code)]"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
