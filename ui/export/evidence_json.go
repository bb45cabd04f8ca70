package export

import (
	"io"

	"muster/model"
)

type evidenceRecord struct {
	Operation  model.OperationID `json:"operation"`
	Kind       string            `json:"kind"`
	Title      string            `json:"title"`
	State      string            `json:"state"`
	CustomerID model.CustomerID  `json:"customerId,omitempty"`
	Customer   string            `json:"customer,omitempty"`
	Target     string            `json:"target,omitempty"` // policy, batch or other id, by kind
	Source     string            `json:"source,omitempty"`
	By         string            `json:"by,omitempty"`
	Place      string            `json:"place,omitempty"`
	Simulated  bool              `json:"simulated"`
	Asked      string            `json:"asked,omitempty"`
	Ended      string            `json:"ended,omitempty"`
	Written    string            `json:"written"`
	Counts     tallyRecord       `json:"counts"`
	Jobs       []jobRecord       `json:"jobs"`
	Rows       []rowRecord       `json:"rows"`
	Events     []eventRecord     `json:"events"`
}

func (evidenceRecord) record() {}

type tallyRecord struct {
	Queued   int `json:"queued"`
	InFlight int `json:"inFlight"`
	Accepted int `json:"accepted"`
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	Skipped  int `json:"skipped"`
	Unknown  int `json:"unknown"`
}

type jobRecord struct {
	Chunk         int         `json:"chunk"`
	Rows          int         `json:"rows"`
	State         string      `json:"state"`
	RequestID     string      `json:"requestId,omitempty"`
	CorrelationID string      `json:"correlationId,omitempty"`
	TrackingID    model.JobID `json:"trackingId,omitempty"`
	Sent          string      `json:"sent,omitempty"`
	Accepted      string      `json:"accepted,omitempty"`
	Ended         string      `json:"ended,omitempty"`
	Problem       string      `json:"problem,omitempty"`
}

type rowRecord struct {
	Row      int            `json:"row"`
	Line     int            `json:"line,omitempty"`
	Device   string         `json:"device"` // what the row is known by
	Serial   string         `json:"serial,omitempty"`
	DeviceID model.DeviceID `json:"deviceId,omitempty"`
	Batch    model.BatchID  `json:"batch,omitempty"`
	State    string         `json:"state"`
	Code     string         `json:"code,omitempty"`
	Name     string         `json:"name,omitempty"`
	Class    string         `json:"class,omitempty"`
	Text     string         `json:"text,omitempty"`
	What     string         `json:"what,omitempty"`
	Attempt  int            `json:"attempt"`
	PairedBy string         `json:"pairedBy,omitempty"`
	Before   string         `json:"policyBefore,omitempty"`
	Chunk    int            `json:"chunk"`
	HashSum  string         `json:"hashDigest,omitempty"` // when asked for
	KeySum   string         `json:"keyDigest,omitempty"`
	Past     []pastRecord   `json:"past,omitempty"` // earlier attempts, oldest first

	// Of an operation in Intune.
	Autopilot model.AutopilotID `json:"autopilotId,omitempty"`
	Was       string            `json:"before,omitempty"` // JSON, as the ledger keeps it
	Wanted    string            `json:"wanted,omitempty"`
}

// pastRecord is what became of a row in an attempt that was followed by another.
type pastRecord struct {
	Attempt    int         `json:"attempt"`
	Chunk      int         `json:"chunk"`
	TrackingID model.JobID `json:"trackingId,omitempty"`
	State      string      `json:"state"`
	Code       string      `json:"code,omitempty"`
	Name       string      `json:"name,omitempty"`
	Text       string      `json:"text,omitempty"`
	Ended      string      `json:"ended,omitempty"`
}

type eventRecord struct {
	At     string `json:"at"`
	Chunk  int    `json:"chunk,omitempty"`
	What   string `json:"what"`
	Detail string `json:"detail,omitempty"`
}

func pastOf(r model.Row) []pastRecord {
	var out []pastRecord
	for _, p := range r.Past {
		out = append(out, pastRecord{p.Attempt, p.Chunk, p.Job, p.State.String(), p.Code, p.CodeName, p.Text, utc(p.At)})
	}
	return out
}

// json writes the evidence as one object on one line.
func (e Evidence) json(w io.Writer) error {
	o, t := e.Operation, e.Operation.Rows
	r := evidenceRecord{Operation: o.ID, Kind: e.kind(), Title: o.Title, State: o.State().String(), CustomerID: o.Customer, Customer: o.CustomerName,
		Target: o.Target, Source: o.Source, By: e.By, Place: e.Place, Simulated: e.Simulated, Asked: utc(o.Created), Ended: utc(o.Ended), Written: utc(e.Written),
		Counts: tallyRecord{t.Queued, t.InFlight, t.Accepted, t.Done, t.Failed, t.Skipped, t.Unknown},
		Jobs:   make([]jobRecord, len(o.Jobs)), Rows: make([]rowRecord, len(e.Rows)), Events: make([]eventRecord, len(e.Events))}
	for i, j := range o.Jobs {
		r.Jobs[i] = jobRecord{j.Chunk, j.Rows, state(j), j.RequestID, j.Correlation, j.ID, utc(j.Sent), utc(j.Accepted), utc(j.Ended), j.Problem}
	}
	for i, row := range e.Rows {
		l := rowLine(row)
		r.Rows[i] = rowRecord{row.Number, row.Line, row.Label(), row.Serial, row.Device, row.Batch, l.state, row.Code, row.CodeName,
			l.class, row.Text, row.What, row.Attempt, l.by, row.Previous, row.Chunk, "", "", pastOf(row), row.Autopilot, "", ""}
		if row.Autopilot != "" {
			r.Rows[i].Before, r.Rows[i].Was, r.Rows[i].Wanted = "", row.Previous, row.Target
		}
		if e.Digests {
			r.Rows[i].HashSum, r.Rows[i].KeySum = row.HashSum, row.KeySum
		}
	}
	for i, v := range e.Events {
		r.Events[i] = eventRecord{utc(v.At), v.Chunk, v.What, v.Detail}
	}
	line, err := encode(r)
	if err != nil {
		return &model.Error{Kind: model.Unexpected, Op: "export", Msg: "the evidence cannot be written as JSON", Err: err}
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
