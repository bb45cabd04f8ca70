package screen

import (
	"time"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
)

// momentFunc writes a time as lists show it.
type momentFunc func(time.Time) string

// sortTime is what a time is sorted by.
func sortTime(t time.Time) int64 {
	if t.IsZero() {
		return fleet.Unknown
	}
	return t.UnixNano()
}

// timeOf is the inverse of sortTime.
func timeOf(v int64) time.Time {
	if v == fleet.Unknown {
		return time.Time{}
	}
	return time.Unix(0, v)
}

// countCell writes a count that a service may have left out.
func countCell(n int) (cell string, sort int64) {
	if n == model.CountUnknown {
		return "?", fleet.Unknown
	}
	return kit.Count(n), int64(n)
}

// notSent is what has become of rows that were dropped before they were sent, in every
// list and sum alike.
const notSent = "not sent"

// rowState is the state of a row in words.
func rowState(s model.RowState) string {
	if s == model.RowSkipped {
		return notSent
	}
	return s.String()
}

// oneOf chooses the word for one or for many.
func oneOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
