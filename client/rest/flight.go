package rest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"muster/model"
)

// flight is what is known about one call while it runs, over all its tries.
// Its policies run one after the other, in the caller's goroutine.
type flight struct {
	call                   Call
	requestID, correlation string

	tries    int
	renewed  bool           // a new token was asked for after a 401
	rejected string         // the Authorization that the service did not take
	refusal  *http.Response // the 401 that said so

	// The last try.
	track   *track
	status  int // 0 = no answer
	header  http.Header
	body    []byte
	bodyErr error

	// unclear says that some try may have been carried out and was not answered
	// in a way that tells.
	unclear bool
}

// track is what the transport reports about one try. The hooks run in
// goroutines of net/http, at worst after the try was given up.
type track struct{ never, dialled, connected, wrote, reused atomic.Bool }

func (t *track) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.dialled.Store(true) },
		GotConn: func(i httptrace.GotConnInfo) {
			t.connected.Store(true)
			t.reused.Store(i.Reused)
		},
		WroteHeaders: func() { t.wrote.Store(true) },
	}
}

// mayHaveLeft reports whether a try that failed with err may have reached the
// service. The transport's own word counts: without the request's headers no
// service acts. A try that was given up may still be writing, and a transport
// that reports nothing proves something only by the nature of its error.
func (t *track) mayHaveLeft(err error) bool {
	givenUp := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case t.never.Load():
		return false
	case t.dialled.Load() && givenUp:
		return t.connected.Load()
	case t.dialled.Load():
		return t.wrote.Load()
	}
	return !beforeSending(err)
}

// flightOf returns the flight that Do attached to the request.
func flightOf(req *policy.Request) *flight {
	var f *flight
	if !req.OperationValue(&f) {
		return &flight{track: &track{}}
	}
	return f
}

// begin forgets the try before.
func (f *flight) begin() {
	f.tries++
	f.track = &track{}
	f.status, f.header, f.body, f.bodyErr = 0, nil, nil, nil
}

// end notes how the try came out.
func (f *flight) end(resp *http.Response, err error) {
	var r *refusal
	switch {
	case resp != nil:
		f.status, f.header = resp.StatusCode, resp.Header
		if f.bodyErr = err; err == nil {
			f.body, f.bodyErr = runtime.Payload(resp)
		}
		f.unclear = f.unclear || ambiguous(f.status, f.header)
	case errors.As(err, &r): // answered, with something that muster declined to follow
	default:
		f.unclear = f.unclear || f.track.mayHaveLeft(err)
	}
}

func (f *flight) answer(c *Client, body []byte) *Answer {
	return &Answer{Status: f.status, Header: f.header, Body: body, RequestID: f.requestID, Correlation: c.ref(f)}
}

// ref returns the id that support asks for: the service's, else ours.
func (c *Client) ref(f *flight) string {
	id := ""
	if c.o.Service == Graph {
		if id = f.header.Get("request-id"); id == "" {
			id = f.requestID
		}
	} else if id = f.header.Get("MS-CorrelationId"); id == "" {
		id = f.correlation
	}
	return cut(model.Clean(id), maxCode)
}
