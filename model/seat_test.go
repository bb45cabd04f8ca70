package model

import (
	"fmt"
	"testing"
	"time"
)

var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func TestASeatRemembersTheLatestOnce(t *testing.T) {
	var s Seat
	for i := range 3 * MaxRecent {
		s = s.Visit(Customer{ID: CustomerID(fmt.Sprint(i % 30)), Name: "n"}, monday.Add(time.Duration(i)*time.Minute))
	}
	if len(s.Recent) != MaxRecent || s.Recent[0].Customer != "29" || s.Recent[1].Customer != "28" {
		t.Errorf("remembered are %v", s.Recent)
	}
	if both := s.Merge(s); len(both.Recent) != MaxRecent || both.Recent[0] != s.Recent[0] {
		t.Errorf("merged with itself it is %v", both.Recent)
	}
}

func TestTheInboxOfOneAndOfAll(t *testing.T) {
	op := func(id, customer string, minute int, rows Tally) Operation {
		return Operation{ID: OperationID(id), Customer: CustomerID(customer), Ended: monday.Add(time.Duration(minute) * time.Minute), Rows: rows}
	}
	failed := Tally{Failed: 1}
	b := &Board{Operations: []Operation{op("a", "one", 1, failed), op("b", "two", 2, failed), op("c", "one", 3, Tally{Done: 1, Unknown: 1}),
		op("d", "one", 4, Tally{Done: 1}), op("e", "one", 5, Tally{Skipped: 1}), op("f", "one", 6, Tally{Accepted: 1})}}
	ids := func(s Seat, c CustomerID) string {
		out := ""
		for _, o := range s.Inbox(b, c) {
			out += string(o.ID)
		}
		return out
	}
	var s Seat
	for _, step := range []struct{ got, want string }{
		{ids(s, ""), "cba"}, {ids(s, "one"), "ca"}, {ids(s.Clear("one", monday.Add(time.Minute)), "one"), "c"},
		{ids(s.Clear("one", monday.Add(3*time.Minute)), ""), "b"}, {ids(s.Clear("", monday.Add(2*time.Minute)), ""), "c"},
		{ids(s.Clear("", monday.Add(3*time.Minute)).Clear("", monday), ""), ""},
	} {
		if step.got != step.want {
			t.Errorf("the inbox holds %q, want %q", step.got, step.want)
		}
	}
	if s.Inbox(nil, "") != nil {
		t.Error("without a board there is an inbox")
	}
	for i := range 3 * maxCleared {
		s = s.Clear(CustomerID(fmt.Sprint(i)), monday.Add(time.Duration(i)))
	}
	if len(s.Cleared) != maxCleared || !s.Cleared["0"].IsZero() {
		t.Errorf("%d moments are kept", len(s.Cleared))
	}
	if s = s.Clear("", monday.Add(time.Hour)); len(s.Cleared) != 1 {
		t.Errorf("after all was cleared %d moments are kept", len(s.Cleared))
	}
}

func TestStuck(t *testing.T) {
	now := monday
	running := Operation{Created: now.Add(-time.Hour), Owned: true, Rows: Tally{Accepted: 1}, Jobs: []Job{{Sent: now.Add(-time.Hour), Accepted: now.Add(-50 * time.Minute)}}}
	moving := running
	moving.Jobs = append([]Job{{Ended: now.Add(-time.Minute)}}, running.Jobs...)
	waiting := Operation{Created: now.Add(-time.Hour), Rows: Tally{Queued: 1, Done: 1}}
	noted := moving
	noted.Note = "the service cannot be reached"
	for name, c := range map[string]struct {
		o    Operation
		why  string
		hand bool
	}{
		"no news": {running, "no news of it", true}, "moving": {moving, "", false}, "waiting": {waiting, "waits for your yes", true},
		"noted": {noted, "the service cannot be reached", true}, "done": {Operation{Rows: Tally{Done: 1}}, "", false},
		"failed": {Operation{Rows: Tally{Failed: 1}}, "", true},
	} {
		why, since := c.o.Stuck(now)
		if why != c.why || c.o.NeedsHand(now) != c.hand {
			t.Errorf("%s: %q, needs a hand %v", name, why, c.o.NeedsHand(now))
		}
		if name == "no news" && !since.Equal(now.Add(-50*time.Minute)) {
			t.Errorf("stuck since %v", since)
		}
	}
}
