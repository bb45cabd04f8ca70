package client

import (
	"testing"
	"time"
)

func TestTheWaitGrowsWithEachAttempt(t *testing.T) {
	for attempt, want := range map[int]time.Duration{1: 30 * time.Second, 2: 2 * time.Minute} {
		if got := againAfter(attempt); got != want {
			t.Errorf("after attempt %d: %v, want %v", attempt, got, want)
		}
	}
}
