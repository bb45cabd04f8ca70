package simulator

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"time"
)

// replays remember the writes that were done, by MS-RequestId: a second copy
// of a request gets the first one's answer and has no effect.
type replays struct {
	byID  map[string]replay
	order []string // oldest first
}

type replay struct {
	print  [sha256.Size]byte // of method, path and body
	answer answer
	at     time.Time // real
}

// How long and how many are remembered. The hours are real ones: they are the
// client's.
const (
	replayFor  = 24 * time.Hour
	replayMost = 100_000
)

func newReplays() replays { return replays{byID: map[string]replay{}} }

// fingerprint is what makes two requests the same.
func (c *call) fingerprint() [sha256.Size]byte {
	h := sha256.New()
	for _, part := range append([]string{c.r.Method}, c.path[1:]...) {
		h.Write([]byte(strings.ToLower(part) + "\x00"))
	}
	h.Write(c.body)
	return [sha256.Size]byte(h.Sum(nil))
}

// once does a write unless its request id has been seen. The world's lock is
// held from the look to the deed, so that two copies at once have one effect.
func (c *call) once(do func() (answer, error)) (answer, error) {
	id := foldID(c.r.Header.Get("MS-RequestId"))
	print := c.fingerprint()
	now := c.s.options.Now()
	w := c.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle(c.now)
	if old, ok := w.replays.byID[id]; ok && id != "" && now.Sub(old.at) < replayFor {
		if old.print != print {
			return answer{}, refuse(http.StatusBadRequest, 800002, "Invalid request input: MS-RequestId was used for another request.")
		}
		c.replayed = true
		return old.answer.clone(), nil
	}
	a, err := do()
	if err == nil && id != "" {
		w.replays.keep(id, replay{print, a.clone(), now})
	}
	return a, err
}

func (r *replays) keep(id string, one replay) {
	if _, ok := r.byID[id]; !ok {
		r.order = append(r.order, id)
	}
	r.byID[id] = one
	if len(r.order) > replayMost {
		delete(r.byID, r.order[0])
		r.order = r.order[1:]
	}
}
