package kit

import (
	"io"
	"time"

	"muster/model"
	"muster/model/fleet"
)

// Fleets keeps lists of devices between starts, on this machine and of this backend
// alone. It is an aid and never the truth: what it cannot do costs time and nothing
// else.
type Fleets interface {
	// Load returns a list that was kept and says as of when it is; nil when there is
	// none that can be used.
	Load(c model.CustomerID, list string) (content []byte, taken time.Time, err error)
	// Save keeps a list in place of the former one; write is given where to.
	Save(c model.CustomerID, list string, taken time.Time, write func(io.Writer) error) error
}

// Kept is a list of an earlier start that was whole.
type Kept struct {
	Index  *fleet.Index
	Groups map[string]int
	Sides  Sides
	Began  time.Time // when it was read
}

// Since says how a whole list differs from the one that was there before it. The zero
// value says nothing.
type Since struct {
	At          time.Time // of the former list
	Fresh, Gone int       // rows that came, and that are no longer there
	// The rows themselves, of each at most [MaxSince].
	FreshRows, GoneRows []fleet.Row
}

// MaxSince bounds the rows that a difference names.
const MaxSince = 500

// Any reports whether rows came or went.
func (s Since) Any() bool { return s.Fresh+s.Gone > 0 }
