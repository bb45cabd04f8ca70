package screen

import (
	"context"
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// mender settles three rows.
type mender struct {
	kit.Mender
	asked model.OperationID
	err   error
}

func (m *mender) Settle(_ context.Context, id model.OperationID) (int, error) {
	m.asked = id
	return 3, m.err
}

func failed(code, name string, n int) model.Row {
	return model.Row{Number: n, Serial: "S", State: model.RowFailed, Code: code, CodeName: name, Attempt: 1}
}

// Rows whose device is there already are looked for when nothing can be sent again.
func TestAgainLooksForWhatIsThereAlready(t *testing.T) {
	b := still(0)
	b.RowList = []model.Row{failed("806", "ZtdDeviceAlreadyAssigned", 1), failed("808", "ZtdDeviceAssignedToOtherTenant", 2), failed("806", "ZtdDeviceAlreadyAssigned", 3)}
	o := model.Operation{ID: "o", Kind: model.UploadDevices, Title: "upload", Rows: model.Tally{Failed: 3}}
	b.Board = &model.Board{Rev: 1, Operations: []model.Operation{o}}
	env := newEnv(t, b)
	m := &mender{}
	s := NewOperation(env, o)
	show(s)
	if e := typed(s, "a"); !strings.Contains(e.Toast.Text, "no row can be sent again") {
		t.Errorf("without a mender: %+v", e)
	}
	env.Backend.Mend = m
	q := typed(s, "a").Push.(*opened).question
	if q.Title != "Look for 2 devices and count what is found as done?" || !strings.Contains(strings.Join(q.Lines, " "), "Left as they are: 1 row: 808") {
		t.Errorf("the question is %+v", q)
	}
	msg := q.Answers[0].Do().Cmd().(kit.DecidedMsg)
	if m.asked != "o" || msg.Rows != 3 || msg.Err != nil || msg.What != "found and counted as done" {
		t.Errorf("%q was asked for, the answer is %+v", m.asked, msg)
	}
	m.err = &model.Error{Kind: model.Incomplete, Msg: "page 2 failed"}
	if msg := kit.Mend(env, "o")().(kit.DecidedMsg); msg.Err != nil || !strings.Contains(msg.What, "page 2 failed") {
		t.Errorf("in part: %+v", msg)
	}
}

// A running operation says how far it is and how long it will take, in any signs.
func TestUnderway(t *testing.T) {
	env := newEnv(t, still(0))
	now := env.Now()
	o := model.Operation{Owned: true, Rows: model.Tally{Done: 500, Accepted: 1500},
		Jobs: []model.Job{{Rows: 500, Phase: model.ChunkEnded, Sent: now.Add(-10 * time.Minute), Ended: now}}}
	if got := uitest.Picture(underway(env, o, 80), 80, 1); got != " ███████░░░░░░░░░░░░░░░░░░░░░░░ 25 % · about 30 minutes left\n" {
		t.Errorf("%q", got)
	}
	o.Jobs = nil
	if got := uitest.Picture(underway(env, o, 60), 60, 1); got != " ██░░░░░░░░ 25 %\n" {
		t.Errorf("without a rate: %q", got)
	}
	o.Rows = model.Tally{Done: 2000}
	if got := underway(env, o, 80); got != "" {
		t.Errorf("at its end: %q", got)
	}
	for d, want := range map[time.Duration]string{30 * time.Second: "less than a minute", 90 * time.Minute: "about 90 minutes", 5 * time.Hour: "about 5 hours", 100 * time.Hour: "about 4 days"} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// A row names the policies that it knows by id only, and tells its earlier attempts. One
// that was never sent has no attempt.
func TestRowDetailNamesPolicies(t *testing.T) {
	b := still(0)
	env := newEnv(t, b)
	o := model.Operation{ID: "o", Kind: model.UndoAssignment, Customer: env.Customer.ID, Title: "undo"}
	r := model.Row{Number: 1, Serial: "S1", Previous: guid(12), Target: guid(99), Attempt: 2,
		Past: []model.PastAttempt{{Attempt: 1, State: model.RowFailed, Code: "640", Text: "a passing fault", At: born}}}
	s := newRowDetail(env, r, o)
	show(s)
	v := strings.Join(strings.Fields(s.View()), " ")
	for _, want := range []string{"Plain (" + guid(12) + ")", "which the customer does not have any more", "attempt 1", "a passing fault"} {
		if !strings.Contains(v, want) {
			t.Errorf("the row does not say %q:\n%s", want, v)
		}
	}
	if got := operationRowOf(model.Row{Number: 1, State: model.RowSkipped, Attempt: 1}, "").Cells[8]; got != "" {
		t.Errorf("a dropped row has the try %q", got)
	}
}
