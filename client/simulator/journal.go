package simulator

import (
	"sync"
	"time"
)

// entry is one request to a service, as the log keeps it. It holds nothing of
// the body or the token.
type entry struct {
	Time      time.Time `json:"time"` // real
	Method    string    `json:"method"`
	Path      string    `json:"path"` // as received, without the query
	Query     string    `json:"query,omitempty"`
	Status    int       `json:"status"` // what was or would have been answered; 0 when a fault cut the request off unread
	RequestID string    `json:"requestId"`
	Replay    bool      `json:"replay"`          // the answer was an earlier one
	Batch     string    `json:"batch,omitempty"` // request id of the batch that it was a part of
}

// journalMost bounds the log; the oldest entries go first.
const journalMost = 200_000

// journal is a ring of the latest requests.
type journal struct {
	mu   sync.Mutex
	ring []entry
	next int
}

func newJournal() *journal { return &journal{} }

func (j *journal) add(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.ring) < journalMost {
		j.ring = append(j.ring, e)
		return
	}
	j.ring[j.next] = e
	j.next = (j.next + 1) % journalMost
}

// all copies the log, oldest first.
func (j *journal) all() []entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append(append(make([]entry, 0, len(j.ring)), j.ring[j.next:]...), j.ring[:j.next]...)
}

func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.next = nil, 0
}
