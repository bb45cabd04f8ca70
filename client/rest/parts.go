package rest

import (
	"context"
	"net/http"
	"path"
	"time"

	"muster/model"
)

// Outcome turns the answer to one part of a batch into what [Client.Do] makes of
// the answer to a call: the errors have the same kinds, and the pace and the
// observer hear of it. Nothing is repeated.
func (c *Client) Outcome(call Call, status int, header http.Header, body []byte) (*Answer, error) {
	if call.Method == "" {
		call.Method = http.MethodGet
	}
	if header == nil {
		header = http.Header{}
	}
	f := &flight{call: call, requestID: call.RequestID, tries: 1, status: status, header: header, body: body}
	c.innerRetryAfter(f)
	if c.o.Pace != nil && !call.Once {
		c.o.Pace.heard(status, header.Get("Retry-After") != "", c.retryAfter(header))
	}
	c.report(f, call.Method, path.Join(append([]string{c.base.Path}, call.Path...)...), c.o.Now())
	if status/100 == 2 {
		return f.answer(c, body), nil
	}
	return nil, c.fault(f)
}

// Fit returns how many of n parts, at least one, should make up the next batch, so
// that the service's budget is used up and not exceeded.
func (c *Client) Fit(n int, write bool) int {
	if c.o.Pace == nil {
		return n
	}
	return c.o.Pace.fit(n, write)
}

// Untold is the error of a part of a batch that was sent, of which no answer came.
func (c *Client) Untold(call Call) error {
	if call.write() {
		return &model.Error{Kind: model.Lost, Op: call.Op, Msg: "sent, but the answer was lost", Ref: call.RequestID,
			Hint: "muster looks at the service before anything is sent again"}
	}
	return &model.Error{Kind: model.Service, Op: call.Op, Msg: "the service left it out of its answer", Ref: call.RequestID}
}

// ShortWait returns how long a call that failed must wait before it may be sent
// again without anybody being asked: n counts the failures before, from 0. false
// says that it may not, or that the wait would be longer than minutes.
func (c *Client) ShortWait(call Call, err error, n int) (time.Duration, bool) {
	kind := model.KindOf(err)
	switch {
	case kind == model.Throttled && !call.Once && n < putOffsPart:
	case kind == model.Service && !call.write() && StatusOf(err) != http.StatusNotImplemented && n < moreTries:
	default:
		return 0, false
	}
	if d, ok := RetryAfter(err); ok {
		return d, d <= patience
	}
	first := c.o.Backoff
	if first == 0 {
		first = 2 * time.Second
	}
	return min(first<<min(n, 10), longestBackoff), true
}

// How often a part of a batch is put off by 429s, and the longest wait that muster
// chooses by itself.
const (
	putOffsPart    = 12
	longestBackoff = time.Minute
)

// Pause waits, where whoever looks at the pace can see it. The error is of kind
// Cancelled or Offline, for the end of the context.
func (c *Client) Pause(ctx context.Context, op string, d time.Duration) error {
	const why = "the service asked for a pause"
	p := c.o.Pace
	if p == nil {
		p = NewPace(PaceOptions{Now: c.o.Now})
	}
	if err := p.sleep(ctx, d, why); err != nil {
		kind, msg, hint := c.offline(err)
		return &model.Error{Kind: kind, Op: op, Msg: msg, Hint: hint, Err: err}
	}
	return nil
}
