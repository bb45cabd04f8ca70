package rest

import (
	"sync"

	"muster/model"
)

// MaxLog is how many tries a [Log] keeps.
const MaxLog = 1000

// Log is the request log: the latest tries, in memory only. Its zero value is empty and
// ready, and it is safe for concurrent use.
type Log struct {
	mu   sync.Mutex // held for the copy of one try, or of the ring
	ring []model.Request
	n    uint64
}

// Add numbers a try and keeps it in the place of the oldest. It is made for
// [Options.Observe].
func (l *Log) Add(r model.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	r.Number = l.n
	if len(l.ring) < MaxLog {
		l.ring = append(l.ring, r)
		return
	}
	l.ring[(l.n-1)%MaxLog] = r
}

// Requests returns what is kept, newest first.
func (l *Log) Requests() []model.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]model.Request, 0, len(l.ring))
	for i := range uint64(len(l.ring)) {
		out = append(out, l.ring[(l.n-1-i)%MaxLog])
	}
	return out
}
