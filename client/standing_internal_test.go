package client

import (
	"encoding/json"
	"testing"
	"time"

	"muster/model"
)

// A row whose answer was lost has no moment of acceptance: it is as fresh as its
// sending, and a failure from before is not taken for its outcome.
func TestAFormerFailureIsNotTheOutcomeOfALostAnswer(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	lost := model.Job{Phase: model.ChunkLost, Sent: now.Add(-10 * time.Second)}
	if !newlySent(lost, now, 2*time.Minute) {
		t.Error("a request of ten seconds ago without an answer does not count as new")
	}
	lost.Sent = now.Add(-3 * time.Minute)
	if newlySent(lost, now, 2*time.Minute) {
		t.Error("a request of three minutes ago counts as new")
	}
	taken := model.Job{Phase: model.ChunkAccepted, Sent: now.Add(-time.Hour), Accepted: now.Add(-time.Second)}
	if !newlySent(taken, now, 2*time.Minute) {
		t.Error("what was accepted a second ago does not count as new")
	}
}

// What a device said before the request proves nothing when the answer was lost: not
// that it arrived, and not that it failed.
func TestWhatWasThereBeforeDoesNotProveThatALostRequestArrived(t *testing.T) {
	const pending, failed, none = model.AssignmentPending, model.AssignmentFailed, model.AssignmentNone
	for name, c := range map[string]struct {
		was, is     model.AssignmentStatus
		b           bond
		fresh, lost bool
		told        bool
		state       model.RowState
	}{
		"pending before":                          {pending, pending, bondUntold, false, true, false, 0},
		"pending before, for another profile":     {pending, pending, bondOther, false, true, false, 0},
		"pending now, for another profile":        {none, pending, bondOther, false, true, false, 0},
		"pending before, for this profile":        {pending, pending, bondComing, false, true, true, 0},
		"pending since":                           {none, pending, bondUntold, false, true, true, 0},
		"pending before, but taken":               {pending, pending, bondUntold, false, false, true, 0},
		"failed before, the answer lost long ago": {failed, failed, bondUntold, false, true, false, 0},
		"failed before, taken long ago":           {failed, failed, bondUntold, false, false, true, model.RowFailed},
		"failed since":                            {none, failed, bondUntold, true, true, true, model.RowFailed},
		"assigned":                                {pending, model.AssignmentInSync, bondHas, true, true, true, model.RowDone},
		"assigned, to another profile":            {none, model.AssignmentInSync, bondOther, true, true, false, 0},
	} {
		raw, err := json.Marshal(stood{Status: c.was})
		if err != nil {
			t.Fatal(err)
		}
		row := model.Row{Number: 1, Previous: string(raw)}
		r, told := standing(row, model.AutopilotDevice{ID: "a", Assignment: c.is}, c.b, c.fresh, c.lost)
		if told != c.told || told && r.State != c.state {
			t.Errorf("%s: told %v, %v; want %v, %v", name, told, r.State, c.told, c.state)
		}
	}
}
