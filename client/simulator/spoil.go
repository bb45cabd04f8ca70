package simulator

import (
	"bytes"
	"net/http"
	"time"
)

// brokenJSON ends in the middle, and its members are not what they should be.
const brokenJSON = `{"totalCount":"many","items":{"not":"a list"}`

// spoil applies what a fault does to an answer after the deed. Refusals stay as
// they are.
func (r ruling) spoil(a answer) answer {
	if r.noLocation && a.status/100 == 2 {
		delete(a.header, "Location")
	}
	if r.garbage != "" && a.bodied() {
		a.contentType, a.body = orDefault(a.contentType, partnerJSON), []byte(r.garbage)
	}
	return a
}

// bodied reports whether an answer is a good one that may have a body.
func (a answer) bodied() bool { return a.status/100 == 2 && a.status != http.StatusNoContent }

const pourSize = 16 << 10 // bytes of one piece of an endless body

// pour sends an answer whose body never ends: all of it but its last byte, and
// then blanks, which JSON allows there, until the client leaves or the
// simulator stops. It does not return; the connection is cut.
func pour(w http.ResponseWriter, r *http.Request, a answer, pause time.Duration) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", orDefault(a.contentType, partnerJSON))
	w.WriteHeader(a.status)
	piece := a.body[:max(len(a.body)-1, 0)]
	blanks := bytes.Repeat([]byte(" "), pourSize)
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-rest.C:
		}
		_, err := w.Write(piece)
		if err == nil && pause > 0 {
			err = http.NewResponseController(w).Flush()
		}
		if err != nil {
			break
		}
		piece = blanks
		rest.Reset(pause)
	}
	panic(http.ErrAbortHandler)
}
