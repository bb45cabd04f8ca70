package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// maxParts is how many requests one batch may hold.
const maxParts = 20

func batchRoutes() []route {
	// The parts ask for scopes of their own.
	return []route{family{}.route("$batch", map[string]handler{http.MethodPost: runBatch})}
}

type wireBatchRequest struct {
	Requests *[]wirePart `json:"requests"`
}

// wirePart is one request of a batch.
type wirePart struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
	After   []string          `json:"dependsOn"`
}

// wirePartAnswer is one answer. A part without a body says null, or nothing at
// all.
type wirePartAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

type wireBatchAnswer struct {
	Responses []wirePartAnswer `json:"responses"`
}

// badBatch refuses a batch as a whole.
func badBatch(format string, args ...any) *graphError {
	return graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", format, args...)
}

// runBatch is POST /$batch: the parts run as if they had come alone, one after
// the other, each after what it depends on. The answers come in another order
// than the requests.
func runBatch(c *call) (answer, error) {
	parts, err := c.parts()
	if err != nil {
		return answer{}, err
	}
	order, err := partOrder(parts)
	if err != nil {
		return answer{}, err
	}
	status := map[string]int{}
	out := wireBatchAnswer{Responses: []wirePartAnswer{}}
	for _, i := range order {
		p := &parts[i]
		one := c.runPart(p, status)
		status[strings.ToLower(p.ID)] = one.Status
		out.Responses = append(out.Responses, one)
	}
	for i := len(out.Responses) - 1; i > 0; i-- {
		j := int(c.w.run.at(kindBatchOrder, c.seq, uint64(i)) % uint64(i+1))
		out.Responses[i], out.Responses[j] = out.Responses[j], out.Responses[i]
	}
	return answer{status: http.StatusOK, contentType: "application/json", body: encode(out)}, nil
}

// parts reads a batch; the error refuses it as a whole.
func (c *call) parts() ([]wirePart, error) {
	body, err := decode[wireBatchRequest](c.body)
	switch {
	case err != nil:
		return nil, badBatch("Invalid batch payload format.")
	case body.Requests == nil || len(*body.Requests) == 0:
		return nil, badBatch("Invalid batch payload format.")
	case len(*body.Requests) > maxParts:
		e := badBatch("Number of batch request steps exceeds the maximum value of %d.", maxParts)
		e.code = "MaximumValueExceeded"
		return nil, e
	}
	seen := map[string]bool{}
	for _, p := range *body.Requests {
		id := strings.ToLower(p.ID)
		switch {
		case p.ID == "":
			return nil, badBatch("Request Id cannot be null or empty.")
		case seen[id]:
			return nil, badBatch("Request Id : %.64s has to be unique in a batch.", p.ID)
		case p.Method == "":
			return nil, badBatch("Request method for request id : %.64s is missing.", p.ID)
		case p.URL == "":
			return nil, badBatch("Request Url for request id : %.64s is missing.", p.ID)
		case writes(p.Method) && (!given(p.Body) || p.header("Content-Type") == ""):
			return nil, badBatch("Write request id : %.64s does not contain Content-Type header or body.", p.ID)
		case given(p.Body) && p.header("Content-Type") == "":
			return nil, badBatch("Request id : %.64s has a body but no Content-Type header.", p.ID)
		}
		seen[id] = true
	}
	return *body.Requests, nil
}

// writes reports whether a method wants a body.
func writes(method string) bool {
	switch strings.ToUpper(method) {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return true
	}
	return false
}

func given(body json.RawMessage) bool { return len(body) > 0 && string(body) != "null" }

// header reads a part's header in any letter case.
func (p *wirePart) header(name string) string {
	for have, value := range p.Headers {
		if strings.EqualFold(have, name) {
			return value
		}
	}
	return ""
}

// partOrder sorts the parts so that each comes after what it depends on, and
// otherwise as they stand.
func partOrder(parts []wirePart) ([]int, error) {
	place := map[string]int{}
	for i, p := range parts {
		place[strings.ToLower(p.ID)] = i
	}
	var out []int
	const untouched, open, done = 0, 1, 2
	state := make([]int, len(parts))
	var visit func(int) error
	visit = func(i int) error {
		switch state[i] {
		case done:
			return nil
		case open:
			return badBatch("Request id : %.64s depends on itself.", parts[i].ID)
		}
		state[i] = open
		for _, before := range parts[i].After {
			j, ok := place[strings.ToLower(before)]
			if !ok {
				return badBatch("Request id : %.64s depends on a request that is not in the batch.", parts[i].ID)
			}
			if err := visit(j); err != nil {
				return err
			}
		}
		state[i] = done
		out = append(out, i)
		return nil
	}
	for i := range parts {
		if err := visit(i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// runPart answers one part, unless something that it depends on has failed.
func (c *call) runPart(p *wirePart, status map[string]int) wirePartAnswer {
	one := c.partCall(p)
	for _, before := range p.After {
		if status[strings.ToLower(before)] >= http.StatusBadRequest {
			refused := graphRefuse(shapeGateway, http.StatusFailedDependency, "FailedDependency", "A request that this one depends on has failed.")
			return one.part(p.ID, one.graphHeaders(refused.answer(one)))
		}
	}
	line, query := one.r.Method+" "+one.r.URL.EscapedPath(), one.r.URL.RawQuery
	ruling := c.s.faults.judge(line, query)
	var a answer
	switch target := one.path[1:]; {
	case ruling.status != 0:
		a = one.graphHeaders(one.graphFault(ruling.status, ruling.retryAfter))
	case len(target) > 0 && strings.EqualFold(target[0], "$batch"):
		a = one.graphHeaders(badBatch("A batch cannot hold a batch.").answer(one))
	default:
		a = ruling.spoil(c.s.graph(one))
	}
	c.s.journal.add(entry{Time: c.s.options.Now().UTC(), Method: one.r.Method, Path: one.r.URL.EscapedPath(), Query: query, Status: a.status, RequestID: one.id, Batch: c.id})
	return one.part(p.ID, a)
}

// partCall is a part as a request of its own, with the batch's token.
func (c *call) partCall(p *wirePart) *call {
	u, err := url.Parse("/" + strings.TrimPrefix(p.URL, "/"))
	if err != nil || u.Host != "" {
		u = &url.URL{Path: "/" + strings.TrimLeft(p.URL, "/")}
	}
	u = &url.URL{Path: "/" + c.path[0] + u.Path, RawPath: "/" + c.path[0] + u.EscapedPath(), RawQuery: u.RawQuery}
	r := &http.Request{Method: strings.ToUpper(p.Method), URL: u, Host: c.r.Host, TLS: c.r.TLS, RemoteAddr: c.r.RemoteAddr, Header: http.Header{}}
	for name, value := range p.Headers {
		r.Header.Set(name, value)
	}
	r.Header.Set("Authorization", c.r.Header.Get("Authorization"))
	one := &call{s: c.s, w: c.w, r: r, now: c.now, seq: c.s.turn("request"), path: segments(u), body: p.Body}
	if !given(p.Body) {
		one.body = nil
	}
	var text string
	if json.Unmarshal(p.Body, &text) == nil && one.body != nil { // binary comes as base64 in a text
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
		if one.body = raw; err != nil {
			one.flaw = http.StatusBadRequest
		}
	}
	one.identify()
	return one
}

// part writes an answer as a member of a batch's.
func (c *call) part(id string, a answer) wirePartAnswer {
	out := wirePartAnswer{ID: id, Status: a.status, Headers: map[string]string{}}
	for _, name := range []string{"Location", "Retry-After", "x-ms-resource-unit"} {
		if value := a.header[name]; value != "" {
			out.Headers[name] = value
		}
	}
	switch {
	case len(a.body) == 0:
		out.Headers["Cache-Control"] = "no-cache"
		if c.seq%2 == 0 {
			out.Body = json.RawMessage("null")
		}
	case json.Valid(a.body):
		out.Headers["Content-Type"] = orDefault(a.contentType, "application/json")
		out.Body = bytes.Clone(a.body)
	default:
		out.Headers["Content-Type"] = orDefault(a.contentType, "application/octet-stream")
		out.Body = encode(base64.RawURLEncoding.EncodeToString(a.body))
	}
	return out
}
