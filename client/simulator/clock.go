package simulator

import (
	"math"
	"time"
)

// epoch is the simulated instant at which every run begins. Seeded dates lie
// before it, so that lists do not depend on when the simulator is started.
func epoch() time.Time { return time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC) }

// clock turns real time into simulated time.
type clock struct {
	now   func() time.Time
	start time.Time
	speed float64
}

// simulated is the present instant of the services.
func (c clock) simulated() time.Time {
	passed := float64(c.now().Sub(c.start)) * c.speed
	if passed > math.MaxInt64/2 { // 146 years; a Duration holds no more than twice that
		passed = math.MaxInt64 / 2
	}
	return epoch().Add(time.Duration(max(passed, 0)))
}

// The services write dates in several ways, sometimes in one answer.
const (
	dateBare   = "2006-01-02T15:04:05"               // no zone, meaning UTC
	dateSeven  = "2006-01-02T15:04:05.0000000Z07:00" // seven digits and a zone
	dateNever  = "0001-01-01T00:00:00"
	graphNever = "0001-01-01T00:00:00Z"
)

func bareDate(t time.Time) string {
	if t.IsZero() {
		return dateNever
	}
	return t.UTC().Format(dateBare)
}
