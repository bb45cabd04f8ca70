package model

import (
	"cmp"
	"slices"
	"time"
)

// longestLeft bounds what [Operation.Left] says: beyond it the rate says nothing.
const longestLeft = 30 * 24 * time.Hour

// Left returns how long the rows that are still open will take if they end at the
// rate of those that have ended. Only time in which a job was at the service counts, so
// neither a pause nor an attempt of another day bends the rate. It is not ok while
// nothing moves, nothing is open, or nothing has ended yet.
func (o Operation) Left(now time.Time) (left time.Duration, ok bool) {
	open := o.Rows.Open()
	if open == 0 || o.State() != OperationRunning {
		return 0, false
	}
	busy, ended := o.pace(now)
	if ended == 0 {
		ended = o.Rows.Ended() - o.Rows.Skipped
	}
	if busy <= 0 || ended <= 0 {
		return 0, false
	}
	f := float64(busy) * float64(open) / float64(ended)
	if f > float64(longestLeft) {
		return 0, false
	}
	return time.Duration(f), true
}

// RowsAMinute is the rate at which rows have ended while jobs were at the service; 0 while
// that is not known.
func (o Operation) RowsAMinute(now time.Time) int {
	busy, ended := o.pace(now)
	if busy < time.Second || ended == 0 {
		return 0
	}
	return int(float64(ended) / busy.Minutes())
}

// pace returns how long at least one job was under way and how many rows the jobs had
// that ended in that time.
func (o Operation) pace(now time.Time) (busy time.Duration, ended int) {
	type span struct{ from, to time.Time }
	var spans []span
	for _, j := range o.Jobs {
		if j.Sent.IsZero() || j.Sent.After(now) {
			continue
		}
		s := span{j.Sent, now}
		if j.Phase == ChunkEnded || j.Phase == ChunkRefused {
			ended += j.Rows
			if !j.Ended.IsZero() && j.Ended.Before(now) {
				s.to = j.Ended
			}
		}
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from.UnixNano(), b.from.UnixNano()) })
	var until time.Time
	for _, s := range spans {
		if s.from.Before(until) {
			s.from = until
		}
		if s.to.After(s.from) {
			busy += s.to.Sub(s.from)
			until = s.to
		}
	}
	return busy, ended
}
