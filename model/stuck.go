package model

import "time"

// StuckAfter is how long an operation may run without any news of it before it counts as
// stuck: jobs of the service take minutes, an import up to twenty.
const StuckAfter = 30 * time.Minute

// Moved is the latest moment at which something of the operation is known to have gone on.
func (o Operation) Moved() time.Time {
	at := later(o.Created, o.Ended)
	for _, j := range o.Jobs {
		for _, t := range []time.Time{j.Sent, j.Accepted, j.Ended} {
			at = later(at, t)
		}
	}
	return at
}

// Stuck says why an operation does not move though something of it is open, and since
// when; "" for one that moves or has ended.
func (o Operation) Stuck(now time.Time) (why string, since time.Time) {
	since = o.Moved()
	switch {
	case o.State().Ended():
		return "", time.Time{}
	case o.Waits():
		return "waits for your yes", since
	case o.Note != "":
		return o.Note, since
	case now.Sub(since) >= StuckAfter:
		return "no news of it", since
	}
	return "", time.Time{}
}

// NeedsHand reports whether an operation waits for the operator, or ended without being
// done in full.
func (o Operation) NeedsHand(now time.Time) bool {
	if st := o.State(); st == OperationPartly || st == OperationFailed {
		return true
	}
	why, _ := o.Stuck(now)
	return why != ""
}
