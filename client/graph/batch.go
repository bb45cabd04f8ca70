package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"muster/client/rest"
	"muster/model"
)

// Part is one request of a batch.
type Part struct {
	Op     string // what is being done, for errors
	Method string // "" = GET
	Path   []string
	Query  url.Values
	Header http.Header
	Body   []byte // JSON
	// RequestID identifies the part over all its tries; "" = a new one.
	RequestID string
}

// PartResult is what became of a part. Err is what a call of its own would have
// returned, nil for any 2xx.
type PartResult struct {
	Status    int             // 0 = no answer
	Body      json.RawMessage // of a 2xx
	RequestID string          // as it was sent
	Err       error
}

func (p Part) call(newID func() string) rest.Call {
	if p.RequestID == "" {
		p.RequestID = newID()
	}
	return rest.Call{Op: p.Op, Method: p.Method, Path: p.Path, Query: p.Query, Header: p.Header, Body: p.Body, RequestID: p.RequestID}
}

func (p Part) reads() bool { return p.Method == "" || p.Method == http.MethodGet }

// check refuses a path that would climb: in a batch nothing else looks at it.
func (p Part) check() error {
	for _, s := range p.Path {
		if s == "" || s == "." || s == ".." {
			return &model.Error{Kind: model.Invalid, Op: p.Op, Msg: "the path of the request cannot be used"}
		}
	}
	return nil
}

// MaxBatch is how many parts the service takes in one request.
const MaxBatch = 20

// Batch makes many requests, up to 20 in one. Every part has its own result, in
// parts' order, whatever became of the others. Parts that the service asks to come
// later are sent again after the wait that it names, and so are reads that it failed;
// no other write is sent twice. Reads and writes travel apart, so their order among
// each other is not kept. A read-only session sends each read by itself.
//
// POST /$batch
func (c *Client) Batch(ctx context.Context, parts []Part) []PartResult {
	b := batch{c: c, calls: make([]rest.Call, len(parts)), results: make([]PartResult, len(parts)), failures: make([]int, len(parts))}
	var reads, writes []int
	for i, p := range parts {
		b.calls[i] = p.call(c.rest.NewID)
		b.results[i] = PartResult{RequestID: b.calls[i].RequestID, Err: p.check()}
		switch {
		case b.results[i].Err != nil:
		case p.reads():
			reads = append(reads, i)
		default:
			writes = append(writes, i)
		}
	}
	if c.ReadOnly {
		b.single(ctx, reads)
		b.single(ctx, writes) // refused one by one
		return b.results
	}
	b.run(ctx, reads, true)
	b.run(ctx, writes, false)
	b.renew(ctx)
	return b.results
}

// renew sends by itself what was refused for its token: within a batch nobody hears what
// another token has to have. A 401 was not carried out, whatever the method. The first
// part that stays refused speaks for the others.
func (b *batch) renew(ctx context.Context) {
	for i, r := range b.results {
		if r.Status != http.StatusUnauthorized || model.KindOf(r.Err) != model.SignedOut {
			continue
		}
		b.single(ctx, []int{i})
		if model.KindOf(b.results[i].Err) == model.SignedOut {
			return
		}
	}
}

// batch is the work on one call of Batch.
type batch struct {
	c        *Client
	calls    []rest.Call
	results  []PartResult
	failures []int // by part
}

// single makes each call by itself.
func (b *batch) single(ctx context.Context, parts []int) {
	for _, i := range parts {
		a, err := b.c.rest.Do(ctx, b.calls[i])
		b.results[i].Err, b.results[i].Status = err, rest.StatusOf(err)
		if a != nil {
			b.results[i].Status, b.results[i].Body, b.results[i].RequestID = a.Status, a.Body, a.RequestID
		}
	}
}

// run sends parts until none of them is left to be sent again.
func (b *batch) run(ctx context.Context, queue []int, safe bool) {
	for len(queue) > 0 {
		some := queue[:b.c.rest.Fit(min(len(queue), MaxBatch), !safe)]
		queue = queue[len(some):]
		if b.send(ctx, some, safe) {
			queue = append(b.again(ctx, some), queue...)
		}
	}
}

// again returns the parts that may be sent again, after the longest of their waits.
func (b *batch) again(ctx context.Context, parts []int) []int {
	var open []int
	longest, op := time.Duration(0), ""
	for _, i := range parts {
		err := b.results[i].Err
		if err == nil {
			continue
		}
		if d, ok := b.c.rest.ShortWait(b.calls[i], err, b.failures[i]); ok {
			b.failures[i]++
			open, longest, op = append(open, i), max(longest, d), b.calls[i].Op
		}
	}
	if len(open) == 0 || b.c.rest.Pause(ctx, op, longest) != nil {
		return nil // at the end of the context what the service said stands
	}
	return open
}

// The envelopes of a batch.
type (
	batchRequest struct {
		Requests []partRequest `json:"requests"`
	}
	partRequest struct {
		ID      string            `json:"id"`
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body,omitempty"`
	}
	batchAnswer struct {
		Responses []partAnswer `json:"responses"`
	}
	partAnswer struct {
		ID      rest.Text            `json:"id"`
		Status  number               `json:"status"`
		Headers map[string]rest.Text `json:"headers"`
		Body    json.RawMessage      `json:"body"`
	}
)

// request writes a call as a part. Its id is its place, so that it is unique.
func request(place int, k rest.Call) partRequest {
	r := partRequest{ID: strconv.Itoa(place), Method: k.Method, URL: k.Relative(), Body: k.Body,
		Headers: map[string]string{"client-request-id": k.RequestID}}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	for name, values := range k.Header {
		r.Headers[name] = strings.Join(values, ",")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		r.Headers["Content-Type"] = "application/json"
		if len(r.Body) == 0 {
			r.Body = json.RawMessage("{}") // an action without parameters wants one in a batch
		}
	}
	return r
}

// send makes one request of at most 20 parts and notes what came of each. It returns
// whether any of them may be worth another try: not when the request as a whole has
// failed, unless it was put off.
func (b *batch) send(ctx context.Context, parts []int, safe bool) bool {
	op := b.calls[parts[0]].Op
	body := batchRequest{Requests: make([]partRequest, len(parts))}
	for place, i := range parts {
		body.Requests[place] = request(place, b.calls[i])
	}
	k := rest.Call{Op: op, Method: http.MethodPost, Path: []string{"$batch"}, Safe: safe, Weight: len(parts)}
	a, err := send(ctx, b.c, k, body)
	if err != nil {
		for _, i := range parts {
			b.results[i].Status, b.results[i].Err = rest.StatusOf(err), err
		}
		return model.KindOf(err) == model.Throttled
	}
	b.answered(parts, a)
	return true
}

// answered matches the answers with the parts by their ids, in whatever order they
// come. What the answer lacks is treated as lost, and so is all of it when it cannot
// be read: the service took the batch.
func (b *batch) answered(parts []int, a *rest.Answer) {
	wire, err := rest.Decode[batchAnswer]("read batch", a)
	if err != nil {
		wire.Responses = nil
	}
	seen := make([]bool, len(parts))
	for _, r := range wire.Responses {
		place, err := strconv.Atoi(string(r.ID))
		if err != nil || place < 0 || place >= len(parts) || seen[place] || r.Status == 0 {
			continue
		}
		seen[place] = true
		i := parts[place]
		header := http.Header{}
		for name, value := range r.Headers {
			header.Set(name, string(value))
		}
		b.results[i].Status = int(r.Status)
		good, err := b.c.rest.Outcome(b.calls[i], int(r.Status), header, r.Body)
		if b.results[i].Err = err; err == nil {
			b.results[i].Body = good.Body
		}
	}
	for place, i := range parts {
		if !seen[place] {
			b.results[i].Status, b.results[i].Err = 0, b.c.rest.Untold(b.calls[i])
		}
	}
}

// AutopilotUpdate is one device of [Client.UpdateAutopilotMany].
type AutopilotUpdate struct {
	ID        model.AutopilotID
	To        model.AutopilotChange
	RequestID string
}

// UpdateAutopilotMany is [Client.UpdateAutopilot] for many devices, in batches. The
// errors stand where their updates do; nil = accepted.
func (c *Client) UpdateAutopilotMany(ctx context.Context, updates []AutopilotUpdate) []error {
	errs := make([]error, len(updates))
	var properties, users parcel
	for i, u := range updates {
		if errs[i] = checkUpdate(u); errs[i] != nil {
			continue
		}
		body, unassign := requests(u.To)
		if body != (autopilotChange{}) {
			raw, err := json.Marshal(body)
			if err != nil {
				errs[i] = &model.Error{Kind: model.Unexpected, Op: opChange, Msg: "the request cannot be written", Err: err}
				continue
			}
			properties.add(i, u, "updateDeviceProperties", raw)
		}
		if unassign {
			users.add(i, u, "unassignUserFromDevice", nil)
		}
	}
	for n, r := range c.Batch(ctx, properties.parts) {
		errs[properties.of[n]] = r.Err
	}
	users.drop(errs)
	changed := map[int]bool{}
	for _, i := range properties.of {
		changed[i] = true
	}
	for n, r := range c.Batch(ctx, users.parts) {
		i := users.of[n]
		if errs[i] = r.Err; r.Err != nil && changed[i] {
			errs[i] = half(r.Err)
		}
	}
	return errs
}

func checkUpdate(u AutopilotUpdate) error {
	if u.To.Empty() {
		return &model.Error{Kind: model.Invalid, Op: opChange, Msg: "nothing changes"}
	}
	return guid(opChange, "Autopilot device", string(u.ID))
}

// parcel is a list of parts and which update each is of.
type parcel struct {
	parts []Part
	of    []int
}

func (p *parcel) add(i int, u AutopilotUpdate, action string, body []byte) {
	p.parts = append(p.parts, Part{Op: opChange, Method: http.MethodPost, Path: autopilotPath(string(u.ID), action), Body: body, RequestID: u.RequestID})
	p.of = append(p.of, i)
}

// drop leaves out the parts of updates that have failed already.
func (p *parcel) drop(errs []error) {
	var kept parcel
	for n, i := range p.of {
		if errs[i] == nil {
			kept.parts, kept.of = append(kept.parts, p.parts[n]), append(kept.of, i)
		}
	}
	*p = kept
}
