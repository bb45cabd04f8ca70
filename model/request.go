package model

import "time"

// Request is one try of one HTTP request to a service, as the request log keeps it. It
// never holds a body, a query or a token, and its texts are clean and bounded.
type Request struct {
	Number   uint64 // of the try in this process, from 1
	At       time.Time
	Service  string // "Partner Center", "Microsoft Graph"
	Tenant   string // whose token was asked for, "" for the partner's own
	Method   string
	Path     string // decoded, without the query
	Status   int    // 0 = no answer
	Duration time.Duration
	Try      int // from 1
	Bytes    int // of the answer's body, unpacked

	// As they were sent; the tries of one request share them. Graph has no correlation
	// id of its own.
	RequestID   string
	Correlation string
	// As they were answered, "" for what the service did not say. Both sides are kept,
	// since the service does not always echo ours.
	AnswerID          string // MS-RequestId, or Graph's request-id
	AnswerCorrelation string // MS-CorrelationId
	Server            string // MS-ServerId
	Vector            string // MS-CV
}

// SameRequest reports whether two tries are of one request.
func (r Request) SameRequest(o Request) bool {
	return r.RequestID == o.RequestID && r.Correlation == o.Correlation && r.Service == o.Service && r.Method == o.Method && r.Path == o.Path
}
