package client

import (
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
