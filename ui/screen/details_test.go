package screen

import (
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// A detail that came from a list says when an operation ended since that changes it,
// and r goes back to the list and reads that again.
func TestDetailsSayThatTheyAreOld(t *testing.T) {
	env := newEnv(t, still(5))
	for name, c := range map[string]struct {
		list kit.Screen
		kind model.OperationKind
	}{
		"device": {NewDevices(env), model.AssignPolicy}, "policy": {NewPolicies(env), model.EditPolicy},
	} {
		env.Jobs = &model.Board{Rev: 1}
		show(c.list)
		d := typed(c.list, "\n").Push
		show(d)
		if got := facts(d); got != "as of 14:02 CET" {
			t.Errorf("%s: the facts are %q", name, got)
		}
		env.Jobs = &model.Board{Rev: 2, Operations: []model.Operation{{ID: "o", Kind: c.kind, Customer: env.Customer.ID,
			Rows: model.Tally{Done: 1}, Ended: env.Now().Add(time.Minute)}}}
		d.Update(kit.JobsMsg{Board: env.Jobs})
		if got := facts(d); got != "as of 14:02 CET, changed since: r" {
			t.Errorf("%s: after the operation the facts are %q", name, got)
		}
		e := d.Update(uitest.Key("r"))
		if !e.Pop || e.Cmd == nil {
			t.Errorf("%s: r gave %+v, want it closed and the list read", name, e)
		}
		if got := facts(c.list); !strings.Contains(got, "reading") {
			t.Errorf("%s: after r the list says %q", name, got)
		}
	}
}

// What is typed before a list is there never acts on what comes later.
func TestKeysBeforeTheListAreDropped(t *testing.T) {
	s := NewCustomers(newEnv(t, still(5)))
	s.Resize(80, 20)
	reading := s.Init()
	e := s.Update(uitest.Enter)
	if !strings.Contains(e.Toast.Text, "still reading the customers") || e.Visit != nil {
		t.Errorf("Enter on nothing gave %+v", e)
	}
	s.Update(uitest.Key("/"))
	if s.Card().Typing {
		t.Error("a key after one that was dropped counts")
	}
	s.Update(uitest.Esc)
	s.Update(uitest.Key("/"))
	if !s.Card().Typing {
		t.Error("after Esc keys do not count again")
	}
	s.Update(uitest.Esc)
	s.Update(uitest.Enter)
	uitest.Run(s, reading)
	if e := s.Update(uitest.Enter); e.Visit == nil || e.Visit.Name != "Contoso" {
		t.Errorf("Enter on the list that is there gave %+v", e)
	}
}

// The whole explanation of the key under the cursor stands below the list.
func TestHelpExplainsInFull(t *testing.T) {
	env := newEnv(t, still(3))
	d := NewDevices(env)
	show(d)
	s := NewHelp(env, "devices", d.Card().Actions)
	show(s)
	s.Resize(60, 11)
	typed(s, "/former\n")
	if v := s.View(); !strings.Contains(strings.Join(strings.Fields(v), " "), "up takes the former one back.") {
		t.Errorf("help does not show the whole text:\n%s", v)
	}
	for _, size := range [][2]int{{80, 20}, {60, 11}, {20, 5}, {0, 0}} {
		s.Resize(size[0], size[1])
		uitest.CheckSize(t, "help", s.View(), size[0], size[1])
	}
}

// Dropping is asked about by itself, with the count; No comes back to the first
// question.
func TestDroppingIsAskedTwice(t *testing.T) {
	env := newEnv(t, still(1))
	next := 0
	q := AskStopped(env, model.Operation{ID: "o", Title: "upload", Rows: model.Tally{Done: 500, Queued: 11_500}}, func() kit.Effect {
		next++
		return kit.Effect{}
	}).(*opened).question
	drop := q.Answers[1].Do()
	if drop.Cmd != nil || drop.Push == nil || next != 0 {
		t.Fatalf("drop gave %+v, want a question", drop)
	}
	second := drop.Push.(*opened).question
	if second.Title != "Drop 11 500 rows of upload?" {
		t.Errorf("the second question is %q", second.Title)
	}
	if no := second.Answers[1].Do(); no.Cmd != nil || no.Push == nil || no.Push.(*opened).question.Title != q.Title {
		t.Errorf("No gave %+v, want the first question again", no)
	}
	if yes := second.Answers[0].Do(); yes.Cmd == nil || next != 1 {
		t.Errorf("Yes gave %+v and went on %d times, want it dropped and the next", yes, next)
	}
	if leave := q.Answers[2].Do(); leave.Cmd != nil || next != 2 {
		t.Errorf("leaving it gave %+v and went on %d times", leave, next)
	}
}

// Rows that were dropped are "not sent" in the sum, in the list and in the detail.
func TestDroppedRowsAreNotSent(t *testing.T) {
	b := still(0)
	b.RowList = []model.Row{{Number: 1, Serial: "S1", State: model.RowDone}, {Number: 2, Serial: "S2", State: model.RowSkipped}}
	o := model.Operation{ID: "o", Title: "upload", Rows: model.Tally{Done: 1, Skipped: 1}}
	b.Board = &model.Board{Rev: 1, Operations: []model.Operation{o}}
	s := NewOperation(newEnv(t, b), o)
	show(s)
	if v := s.View(); strings.Count(v, notSent) != 3 || strings.Contains(v, "skipped") {
		t.Errorf("the operation does not say %q in its title, its sum and its row:\n%s", notSent, v)
	}
	d := typed(s, "\n").Push
	show(d)
	if v := d.View(); !strings.Contains(v, notSent) {
		t.Errorf("the row says\n%s", v)
	}
}
