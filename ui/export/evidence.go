package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	"muster/model"
)

// Evidence is all that is known of one operation: what was asked, by whom, what
// was sent under which ids, and what became of every row.
type Evidence struct {
	Operation model.Operation
	Rows      []model.Row   // of the operation, by number
	Events    []model.Event // its record, oldest first
	By        string        // the account that asked; empty = not recorded
	Place     string        // where it was asked: the connection
	Simulated bool          // the place is a simulator: nothing of it was real
	Written   time.Time     // when the evidence was written
	Zone      *time.Location
	Digests   bool // what is left of hashes and product keys is shown, too
}

// Write writes the evidence in one of [EvidenceFormats]. Markdown is for people
// and shows times in the zone of the evidence; CSV and JSON have them in UTC. It
// holds neither hashes nor product keys, which are erased when a service has accepted
// them; a row that only those identify is named by eight digits of their SHA-256, and
// with Digests every row has them. An error of w is returned as it is.
func (e Evidence) Write(w io.Writer, f Format) error {
	switch f {
	case Markdown:
		return e.markdown(w)
	case CSV:
		return e.csv(w)
	case JSON:
		return e.json(w)
	}
	return &model.Error{Kind: model.Invalid, Op: "export", Msg: fmt.Sprintf("evidence cannot be written as %s", f)}
}

// kind is the operation's kind in words, also of one that a newer muster wrote.
func (e Evidence) kind() string {
	if e.Operation.Kind == model.OtherOperation && e.Operation.Word != "" {
		return e.Operation.Word
	}
	return e.Operation.Kind.String()
}

// jobs returns the operation's chunks by number.
func (e Evidence) jobs() map[int]model.Job {
	at := make(map[int]model.Job, len(e.Operation.Jobs))
	for _, j := range e.Operation.Jobs {
		at[j.Chunk] = j
	}
	return at
}

// state is the state of a chunk in words: the service's once it took the job.
func state(j model.Job) string {
	if j.Phase != model.ChunkAccepted && j.Phase != model.ChunkEnded || j.State == model.JobUnknown {
		return j.Phase.String()
	}
	return j.State.String()
}

// class is the class of a row's failure in words, "" when there is none.
func class(r model.Row) string {
	if r.State != model.RowFailed || r.Code == "" && r.CodeName == "" {
		return ""
	}
	return model.ClassOf(r.Code, r.CodeName).String()
}

// elsewhere reports whether a device could not be taken because it is registered
// to another tenant. The name decides before the number, as everywhere.
func elsewhere(r model.Row) bool {
	if r.State != model.RowFailed {
		return false
	}
	switch name := strings.ToLower(r.CodeName); {
	case name == "ztddeviceassignedtoothertenant", name == "ztddeviceassignedtoanothertenant":
		return true
	case strings.HasPrefix(name, "ztd"):
		return false
	}
	return r.Code == "808"
}

// utc writes a moment for programs, "" for none.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
