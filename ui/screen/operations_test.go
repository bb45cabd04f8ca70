package screen

import (
	"strings"
	"testing"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// board has one operation of each state.
func board() *uitest.Still {
	op := func(id, title string, age int, rows model.Tally, owned bool) model.Operation {
		return model.Operation{ID: model.OperationID(id), Kind: model.AssignPolicy, Title: title, Customer: model.CustomerID(guid(1)), CustomerName: "Contoso", Created: born.AddDate(0, 0, age),
			Rows: rows, Owned: owned, Mine: owned, Jobs: []model.Job{{Chunk: 1, Rows: rows.Total(), ID: "job-1", State: model.JobProcessing, Phase: model.ChunkAccepted}}}
	}
	return &uitest.Still{
		Board: &model.Board{Rev: 1, Operations: []model.Operation{
			op("run", "policy Kiosk on 10 devices", 5, model.Tally{Accepted: 6, Done: 4}, true),
			op("stop", "upload of 2 000 devices", 4, model.Tally{Done: 1000, Queued: 1000}, false),
			op("part", "policy Plain on 5 devices", 3, model.Tally{Done: 2, Failed: 2, Unknown: 1}, false),
			op("done", "policy Kiosk on 1 device", 2, model.Tally{Done: 1}, false),
		}},
		RowList: []model.Row{
			{Number: 1, Serial: "S1", State: model.RowDone, Chunk: 1},
			{Number: 2, Serial: "S2", State: model.RowFailed, Code: "808", CodeName: "ZtdDeviceAssignedToOtherTenant", Text: "assigned to another tenant", What: "ask the other tenant to let it go", Chunk: 1},
			{Number: 3, Serial: "S3", State: model.RowFailed, Code: "808", CodeName: "ZtdDeviceAssignedToOtherTenant", Text: "assigned to another tenant", What: "ask the other tenant to let it go", Chunk: 1},
			{Number: 4, Serial: "S4", State: model.RowUnknown, Text: "sent, no answer recorded", Chunk: 1},
			{Number: 5, Serial: "S5", State: model.RowDone, Line: 7, Chunk: 1},
		},
	}
}

func TestOperationsAreNewestFirst(t *testing.T) {
	s := NewOperations(newEnv(t, board()))
	show(s)
	var titles []string
	for line := range strings.SplitSeq(s.View(), "\n") {
		if strings.Contains(line, "/") {
			titles = append(titles, strings.Fields(line)[0])
		}
	}
	if len(titles) != 4 {
		t.Fatalf("the view is\n%s", s.View())
	}
	for i, word := range []string{"processing", "stopped", "partly failed", "done"} {
		if line := strings.Split(s.View(), "\n")[i+1]; !strings.Contains(line, word) {
			t.Errorf("line %d is %q, want it %s", i+1, line, word)
		}
	}
}

func TestOperationsFollowTheBoard(t *testing.T) {
	env := newEnv(t, board())
	s := NewOperations(env)
	show(s)
	next := *env.Jobs
	next.Rev = 2
	next.Operations = append([]model.Operation{{ID: "new", Customer: model.CustomerID(guid(1)), Title: "a new one", Created: born.AddDate(1, 0, 0), Rows: model.Tally{Queued: 1}, Owned: true}}, next.Operations...)
	env.Jobs = &next
	uitest.Run(s, s.Update(kit.JobsMsg{Board: env.Jobs}))
	if line := strings.Split(s.View(), "\n")[1]; !strings.Contains(line, "a new one") {
		t.Errorf("the first line is %q", line)
	}
}

func TestDecisionsAreAskedWithTheirCount(t *testing.T) {
	still := board()
	env := newEnv(t, still)
	s := NewOperations(env)
	show(s)
	if e := typed(s, "c"); e.Push != nil || !strings.Contains(e.Toast.Text, "nothing of it waits") {
		t.Errorf("c on a running operation pushes %v and says %q", e.Push, e.Toast.Text)
	}
	typed(s, "j")
	for key, want := range map[string]string{"c": "1 000 rows are sent that waited.", "X": "1 000 rows are never sent. It cannot be undone."} {
		q, ok := typed(s, key).Push.(*opened)
		if !ok || q.what != "confirm" || q.question.Lines[0] != want {
			t.Fatalf("%s on a stopped operation asks %+v", key, q)
		}
		uitest.Run(s, q.question.Answers[0].Do())
	}
	typed(s, "j")
	still.Board.Operations[2].Jobs[0].Phase = model.ChunkUnknown
	q, ok := typed(s, "a").Push.(*opened)
	if !ok || q.question.Title != "Send 1 row again?" {
		t.Fatalf("a on an operation with an unknown row asks %+v", q)
	}
	uitest.Run(s, q.question.Answers[0].Do())
	uitest.Run(s, q.question.Answers[1].Do())
	if got := strings.Join(still.Decided(), ", "); !strings.Contains(got, "resume stop") || !strings.Contains(got, "drop stop") || !strings.Contains(got, "retry part") || len(still.Decided()) != 3 {
		t.Errorf("decided: %s", got)
	}
}

func TestOperationGroupsItsFailures(t *testing.T) {
	env := newEnv(t, board())
	o, _ := env.Jobs.Find("part")
	s := NewOperation(env, o)
	show(s)
	v := s.View()
	for _, want := range []string{
		"policy Plain on 5 devices: 2 failed, 1 unknown", "2 done", "2 failed", "1 unknown",
		"2 rows: 808 assigned to another tenant; ask the other tenant to let it go", "1 row: sent, no answer recorded", "S2",
	} {
		if !strings.Contains(v, want) {
			t.Errorf("the view lacks %q:\n%s", want, v)
		}
	}
	typed(s, "/other tenant\n")
	want(t, s, "partly failed · 2 of 5 rows")
	row, ok := typed(s, "\n").Push.(*rowDetail)
	if !ok {
		t.Fatal("Enter does not open the row")
	}
	show(row)
	if v := row.View(); !strings.Contains(v, "ask the other tenant to let it go") || !strings.Contains(v, "ZtdDeviceAssignedToOtherTenant") {
		t.Errorf("the row is\n%s", v)
	}
	typed(s, "\x1b")
	uitest.Run(s, s.Update(uitest.Tab))
	if v := s.View(); !strings.Contains(v, "job-1") || !strings.Contains(v, "TRACKING ID") {
		t.Errorf("tab shows\n%s", v)
	}
	if _, ok := typed(s, "\n").Push.(*jobDetail); !ok {
		t.Error("Enter does not open the job")
	}
}

func TestAStoppedOperationSaysWhatToPress(t *testing.T) {
	env := newEnv(t, board())
	o, _ := env.Jobs.Find("stop")
	s := NewOperation(env, o)
	show(s)
	if v := s.View(); !strings.Contains(v, "stopped at 1000 of 2000") || !strings.Contains(v, "c continues, X drops") {
		t.Errorf("the view is\n%s", v)
	}
	env.Place.ReadOnly = true
	s.describe()
	if v := s.View(); strings.Contains(v, "c continues") {
		t.Error("a read-only session offers to continue")
	}
	if e := typed(s, "c"); e.Push != nil || !strings.Contains(e.Toast.Text, "read-only") {
		t.Errorf("c in a read-only session pushes %v, says %q", e.Push, e.Toast.Text)
	}
}

func TestOperationFollowsTheBoard(t *testing.T) {
	still := board()
	env := newEnv(t, still)
	o, _ := env.Jobs.Find("run")
	s := NewOperation(env, o)
	show(s)
	if e := s.Update(kit.JobsMsg{Board: env.Jobs}); e.Cmd != nil {
		t.Error("a board without news about it makes it read its rows")
	}
	next := *env.Jobs
	next.Operations = append([]model.Operation(nil), next.Operations...)
	next.Operations[0].Rows = model.Tally{Done: 10}
	next.Operations[0].Jobs = []model.Job{{Chunk: 1, ID: "job-1", State: model.JobFinished, Phase: model.ChunkEnded}}
	env.Jobs = &next
	uitest.Run(s, s.Update(kit.JobsMsg{Board: env.Jobs}))
	want(t, s, "done · 5 rows")
	uitest.Run(s, s.Update(uitest.Tab))
	if v := s.View(); !strings.Contains(v, "finished") {
		t.Errorf("the jobs are\n%s", v)
	}
}
