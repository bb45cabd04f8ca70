package model

import (
	"fmt"
	"strings"
	"time"
)

// OperationKind is what an operator asked for.
type OperationKind uint8

// The kinds of operation of this version. A ledger written by a newer one may
// hold others: those are OtherOperation and are shown by their own word.
const (
	OtherOperation OperationKind = iota
	UploadDevices
	AssignPolicy
	CreateBIOS
	EditBIOS
	CreatePolicy
	EditPolicy
	DeletePolicy
	RemoveDevices
	UnassignPolicy
	UndoAssignment
	AdoptJob
	ChangeAutopilot
	UndoAutopilot
	DeleteAutopilot
	SyncAutopilot
	ImportAutopilot
	AssignProfile
	CreateProfile
	EditProfile
	DeleteProfile
	TargetProfile
	DeleteBIOS
	AssignBIOS
	ReadBIOSPassword
)

var operationWords = [...]string{"other", "upload", "assign policy", "create BIOS configuration", "edit BIOS configuration",
	"create policy", "edit policy", "delete policy", "remove devices", "unassign policy", "undo assignment", "adopted job", "change Autopilot devices", "undo Autopilot change", "delete Autopilot devices",
	"sync Autopilot", "import Autopilot devices", "assign profile", "create profile", "edit profile", "delete profile", "assign profile to groups",
	"delete BIOS configuration", "assign BIOS configuration", "read BIOS password"}

// String returns the kind in words.
func (k OperationKind) String() string {
	if int(k) < len(operationWords) {
		return operationWords[k]
	}
	return operationWords[0]
}

// HasJobs reports whether the requests of such an operation become asynchronous tasks at
// Partner Center, with tracking ids.
func (k OperationKind) HasJobs() bool {
	switch k {
	case UploadDevices, AssignPolicy, UnassignPolicy, UndoAssignment, AdoptJob:
		return true
	}
	return false
}

// OwnTargets reports whether the rows of one chunk may each have a target of
// their own, because each is a request of its own.
func (k OperationKind) OwnTargets() bool { return k == UndoAutopilot || k == ImportAutopilot }

// ParseOperationKind is the inverse of String.
func ParseOperationKind(s string) OperationKind {
	for i, w := range operationWords {
		if w == s {
			return OperationKind(i)
		}
	}
	return OtherOperation
}

// RowState is how far one row of an operation has come. Every row is in exactly
// one of them at any moment.
type RowState uint8

// The states of a row. Done, failed, skipped and unknown are final; unknown
// means sent, no answer recorded, and not found when looked for.
const (
	RowQueued RowState = iota
	RowInFlight
	RowAccepted
	RowDone
	RowFailed
	RowSkipped
	RowUnknown
	rowStates
)

var rowWords = [...]string{"queued", "in flight", "accepted", "done", "failed", "skipped", "unknown"}

// String returns the state in words.
func (s RowState) String() string {
	if int(s) < len(rowWords) {
		return rowWords[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// Final reports whether the row will not move by itself any more.
func (s RowState) Final() bool { return s >= RowDone && s < rowStates }

// Open reports whether something is still to come for the row.
func (s RowState) Open() bool { return s <= RowAccepted }

// Row is one device, or one object, of an operation.
type Row struct {
	Number   int // 1-based
	Line     int // line of the file it came from, 0 when there is none
	Serial   string
	Device   DeviceID
	Batch    BatchID
	Name     string // of an object that has no serial
	KeySum   string // digest of the product key that was sent
	HashSum  string // digest of the hash that was sent
	Chunk    int    // 1-based
	State    RowState
	Code     string
	CodeName string
	Text     string // what happened, in words
	What     string // what to do about it
	By       PairedBy
	Previous string // what stood there before, for undo: the former policy value
	Target   string // what this row alone is to get, where rows differ: a policy id
	Maker    string // of an upload, where the list or the hash says it
	Model    string
	Attempt  int           // 1 for the first
	Past     []PastAttempt // earlier attempts, oldest first

	Autopilot AutopilotID // of an operation in Intune: the device, or the one that an import made
	Ticket    ImportID    // of an import, until the ticket is removed
}

// PastAttempt is what became of a row in an attempt that was followed by another.
type PastAttempt struct {
	Attempt  int // from 1
	Chunk    int
	Job      JobID
	State    RowState
	Code     string
	CodeName string
	Text     string
	At       time.Time // when the next one was decided
}

// Label names the row for an operator.
func (r Row) Label() string {
	for _, s := range []string{r.Serial, r.Name, string(r.Device), string(r.Autopilot)} {
		if s != "" {
			return s
		}
	}
	if r.HashSum != "" {
		return "hash " + r.HashSum
	}
	if r.KeySum != "" {
		return "key " + r.KeySum
	}
	return fmt.Sprintf("row %d", r.Number)
}

// Tally counts rows by state.
type Tally struct {
	Queued, InFlight, Accepted, Done, Failed, Skipped, Unknown int
}

// Add counts n rows of a state.
func (t *Tally) Add(s RowState, n int) {
	switch s {
	case RowQueued:
		t.Queued += n
	case RowInFlight:
		t.InFlight += n
	case RowAccepted:
		t.Accepted += n
	case RowDone:
		t.Done += n
	case RowFailed:
		t.Failed += n
	case RowSkipped:
		t.Skipped += n
	default:
		t.Unknown += n
	}
}

// Total is the number of rows: the sum of all states, by definition.
func (t Tally) Total() int {
	return t.Queued + t.InFlight + t.Accepted + t.Done + t.Failed + t.Skipped + t.Unknown
}

// Ended counts the rows in a final state.
func (t Tally) Ended() int { return t.Done + t.Failed + t.Skipped + t.Unknown }

// Open counts the rows that still have something to come.
func (t Tally) Open() int { return t.Queued + t.InFlight + t.Accepted }

// OperationState is the operation as a whole, computed from its rows.
type OperationState uint8

// The states of an operation.
const (
	OperationRunning   OperationState = iota
	OperationStopped                  // nothing under way, rows wait for a yes
	OperationDone                     // every row done or skipped
	OperationPartly                   // ended; some rows failed or are unknown
	OperationFailed                   // ended; no row is done
	OperationCancelled                // ended; rows were dropped before they were sent
)

var stateWords = [...]string{"running", "stopped", "done", "partly failed", "failed", "cancelled"}

// String returns the state in words.
func (s OperationState) String() string {
	if int(s) < len(stateWords) {
		return stateWords[s]
	}
	return stateWords[0]
}

// Ended reports whether nothing more will happen without the operator.
func (s OperationState) Ended() bool { return s >= OperationDone }

// Job is one request of an operation that the service works on by itself.
type Job struct {
	ID          JobID // empty while the tracking id is not known
	Chunk       int   // 1-based
	Rows        int
	State       JobState
	Raw         string // the service's own word
	Phase       ChunkPhase
	RequestID   string // MS-RequestId, the same for every sending of the chunk
	Correlation string
	Sent        time.Time
	Accepted    time.Time
	Polled      time.Time
	Ended       time.Time
	Due         time.Time // a retry that happens by itself: not before; zero = at once
	Problem     string    // why it was refused, lost or cannot be polled now
}

// ChunkPhase is how far the sending of a chunk has come.
type ChunkPhase uint8

// The phases of a chunk. Its rows follow it until the service reports on them.
const (
	ChunkQueued   ChunkPhase = iota // not sent
	ChunkSending                    // intent is on disk, the request may be on the wire
	ChunkAccepted                   // the service took it
	ChunkRefused                    // the service refused it as a whole
	ChunkLost                       // sent, no answer recorded, being looked for
	ChunkUnknown                    // looked for and not found: the operator decides
	ChunkEnded                      // all its rows are final
	ChunkDropped                    // dropped by the operator before it was sent
)

var phaseWords = [...]string{"queued", "sending", "accepted", "refused", "answer lost", "unknown", "ended", "dropped"}

// String returns the phase in words.
func (p ChunkPhase) String() string {
	if int(p) < len(phaseWords) {
		return phaseWords[p]
	}
	return phaseWords[0]
}

// Operation is what an operator asked for and how far it has come.
type Operation struct {
	ID           OperationID
	Kind         OperationKind
	Word         string // the kind in words, also for kinds this version does not know
	Customer     CustomerID
	CustomerName string
	Title        string // "policy Kiosk on 300 devices"
	Target       string // policy id, batch id or BIOS id, by kind
	Source       string // where the rows came from
	Who          string // the account of the operating system that asked
	Created      time.Time
	Ended        time.Time
	Rows         Tally
	Again        int // rows that were sent more than once, or wait to be
	Jobs         []Job
	Owned        bool   // by a living process
	Mine         bool   // by this process
	Held         bool   // what is queued waits for the operator's yes
	Note         string // why it does not move, when it should
}

// Waits reports whether rows are queued that nobody will send without a yes.
func (o Operation) Waits() bool { return o.Rows.Queued > 0 && (o.Held || !o.Owned) }

// State computes the operation's state from its rows and its owner.
func (o Operation) State() OperationState {
	t := o.Rows
	switch {
	case t.InFlight+t.Accepted > 0:
		return OperationRunning
	case t.Queued > 0 && !o.Waits():
		return OperationRunning
	case t.Queued > 0:
		return OperationStopped
	case t.Failed+t.Unknown > 0 && t.Done == 0:
		return OperationFailed
	case t.Failed+t.Unknown > 0:
		return OperationPartly
	case t.Skipped > 0:
		return OperationCancelled
	}
	return OperationDone
}

// Sum says in words how the operation stands: what was asked, what became of it.
// Only what is done is called done.
func (o Operation) Sum() string {
	t := o.Rows
	n := t.Total()
	parts := []string{}
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	switch o.State() {
	case OperationDone:
		return o.Title + ": done"
	case OperationStopped:
		parts = append(parts, fmt.Sprintf("stopped at %d of %d", n-t.Queued, n))
	case OperationRunning:
		parts = append(parts, fmt.Sprintf("%d of %d done", t.Done, n))
	case OperationCancelled:
		parts = append(parts, fmt.Sprintf("%d done", t.Done))
	}
	add(t.Failed, "failed")
	add(t.Unknown, "unknown")
	add(t.Skipped, "not sent")
	return o.Title + ": " + strings.Join(parts, ", ")
}

// Failures groups the failed and unknown rows by what is wrong with them.
func Failures(rows []Row) []Failure {
	at := map[string]int{}
	var out []Failure
	for _, r := range rows {
		if r.State != RowFailed && r.State != RowUnknown {
			continue
		}
		key := r.Code + "\x00" + r.CodeName + "\x00" + r.Text
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Failure{Code: r.Code, Name: r.CodeName, Text: r.Text, What: r.What})
		}
		out[i].Rows++
	}
	return out
}

// Failure is one reason and how many rows it holds.
type Failure struct {
	Code, Name, Text, What string
	Rows                   int
}

// Board is all operations of a backend at one moment, newest first. It is
// immutable: a newer one replaces it.
type Board struct {
	Rev        uint64 // rises with every change that can be seen
	Operations []Operation
	Problem    *Error // the ledger cannot be written or read: why
	Waiting    string // the pace is held: until when and why, empty when it is not
}

// Find returns the operation with that id.
func (b *Board) Find(id OperationID) (Operation, bool) {
	if b == nil {
		return Operation{}, false
	}
	for _, o := range b.Operations {
		if o.ID == id {
			return o, true
		}
	}
	return Operation{}, false
}

// Tracking returns the operation that has a job, by its tracking id in any letter case.
func (b *Board) Tracking(job JobID) (Operation, bool) {
	if b == nil || job == "" {
		return Operation{}, false
	}
	for _, o := range b.Operations {
		for _, j := range o.Jobs {
			if strings.EqualFold(string(j.ID), string(job)) {
				return o, true
			}
		}
	}
	return Operation{}, false
}

// Running counts the operations that are under way.
func (b *Board) Running() int {
	return b.count(func(o Operation) bool { return o.State() == OperationRunning })
}

// Stopped counts the operations of which something waits for a yes, whether or
// not the rest of them is still under way.
func (b *Board) Stopped() int { return b.count(Operation.Waits) }

func (b *Board) count(is func(Operation) bool) int {
	if b == nil {
		return 0
	}
	n := 0
	for _, o := range b.Operations {
		if is(o) {
			n++
		}
	}
	return n
}

// Finished returns the operations that ended between an older board and b.
func (b *Board) Finished(older *Board) []Operation {
	if b == nil || older == nil {
		return nil
	}
	var out []Operation
	for _, o := range b.Operations {
		if !o.State().Ended() {
			continue
		}
		if was, ok := older.Find(o.ID); !ok || !was.State().Ended() {
			out = append(out, o)
		}
	}
	return out
}
