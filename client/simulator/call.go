package simulator

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds a request body, before and after unpacking, in bytes.
const maxBody = 64 << 20

// call is one request on its way through a service.
type call struct {
	s      *Simulator
	w      *world
	r      *http.Request
	path   []string // decoded segments, without empty ones
	body   []byte   // unpacked
	flaw   int      // status of a body that could not be taken in, else 0
	params []string // what the route's placeholders matched
	route  *route   // of Graph, once it is found
	who    claims
	now    time.Time // simulated
	seq    uint64    // number of this request

	customer *customer // of Partner Center's paths, or the tenant of a Graph token
	stuck    bool      // a fault wants the job of this request never to end
	id       string    // the request id that is answered and logged
	replayed bool      // the answer is an earlier one
}

// answer is what goes back, before gzip.
type answer struct {
	status      int
	header      map[string]string
	contentType string
	body        []byte
}

func (s *Simulator) newCall(r *http.Request) *call {
	c := &call{s: s, w: s.current(), r: r, now: s.clock.simulated(), seq: s.turn("request")}
	c.path = ownLink(segments(r.URL), r.Host)
	c.identify()
	c.body, c.flaw = readBody(r)
	return c
}

// identify takes the caller's request id, or makes one up as the service
// would.
func (c *call) identify() {
	name := "client-request-id"
	if isPartner(c.path) {
		name = "MS-RequestId"
	}
	if c.id = c.r.Header.Get(name); c.id == "" {
		c.id = c.serverID()
	}
}

// serverID is the request id that the service gives by itself.
func (c *call) serverID() string {
	return guid(c.w.run.at(kindRequest, c.seq, 0), c.w.run.at(kindRequest, c.seq, 1))
}

// segments cuts a path at its slashes and decodes the parts, so that a coded
// slash stays inside its part. A part that cannot be decoded is kept as it is.
func segments(u *url.URL) []string {
	var out []string
	for part := range strings.SplitSeq(u.EscapedPath(), "/") {
		if part == "" {
			continue
		}
		if plain, err := url.PathUnescape(part); err == nil {
			part = plain
		}
		out = append(out, part)
	}
	return out
}

// ownLink returns where a link leads that was appended to a version, and any other path
// as it is. Microsoft's JavaScript client knows whole addresses by "https://" alone: a
// next link of plain http comes back as /beta/http://HOST/beta/….
func ownLink(path []string, host string) []string {
	if len(path) > 3 && isGraphVersion(path[0]) && path[1] == "http:" && path[2] == host {
		return path[3:]
	}
	return path
}

// readBody takes in the whole body, so that an early answer never meets a
// client that is still sending.
func readBody(r *http.Request) ([]byte, int) {
	raw, status := readBounded(r.Body, maxBody)
	if status != 0 {
		return nil, status
	}
	switch coding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
		return raw, 0
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, http.StatusBadRequest
		}
		return readBounded(z, maxBody)
	default:
		return nil, http.StatusUnsupportedMediaType
	}
}

func readBounded(r io.Reader, most int64) ([]byte, int) {
	if r == nil {
		return nil, 0
	}
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case int64(len(raw)) > most:
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, http.StatusBadRequest
	}
	return raw, 0
}

// origin is the scheme and host that the client used.
func (c *call) origin() string {
	scheme := "http"
	if c.r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + c.r.Host
}

// newID draws a GUID for this request.
func (c *call) newID() string {
	return guid(c.w.run.at(kindRequest, c.seq, 0), c.w.run.at(kindRequest, c.seq, c.s.turn("id")))
}

var errTrailing = errors.New("something follows the value")

// decode reads the body as one JSON value. Member names match in any case, as
// the services bind them; unknown members are ignored.
func decode[T any](body []byte) (T, error) {
	var v T
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte(bom))))
	if err := d.Decode(&v); err != nil {
		return v, err
	}
	if _, err := d.Token(); err != io.EOF {
		return v, errTrailing
	}
	return v, nil
}

// bom stands before the JSON of Partner Center's good answers.
const bom = "\xef\xbb\xbf"

// serve is the way of every request: control interface or service, faults,
// log, answer.
func (s *Simulator) serve(w http.ResponseWriter, r *http.Request) {
	if isControl(r.URL.Path) {
		s.control(w, r)
		return
	}
	path := r.RequestURI
	if path == "" {
		path = r.URL.RequestURI()
	}
	path, query, _ := strings.Cut(path, "?")
	ruling := s.faults.judge(r.Method+" "+path, query)
	c := s.newCall(r)
	c.stuck = ruling.stuck
	var a answer
	if !ruling.before {
		a = ruling.spoil(s.respond(c, ruling))
	}
	s.journal.add(entry{Time: s.options.Now().UTC(), Method: r.Method, Path: path, Query: query, Status: a.status, RequestID: c.id, Replay: c.replayed})
	if ruling.delay > 0 {
		pause := time.NewTimer(ruling.delay)
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-r.Context().Done():
		}
	}
	if ruling.reset {
		panic(http.ErrAbortHandler) // net/http closes the connection without a word
	}
	if ruling.endless && a.bodied() {
		pour(w, r, a, ruling.pause)
	}
	s.write(w, r, a, ruling.truncate)
}

// respond lets the right service answer, or refuse when a fault says so.
func (s *Simulator) respond(c *call, ruling ruling) answer {
	switch {
	case isPartner(c.path):
		if ruling.status != 0 {
			return ruling.ask(c.partnerHeaders(c.partnerFault(ruling.status, ruling.retryAfter)))
		}
		return s.partnerCenter(c)
	case isCodePage(c.path):
		return s.typeCode(c)
	case isAuthority(c.path):
		if ruling.status != 0 {
			return retryLater(c.entra(ruling.status, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again."), ruling.retryAfter)
		}
		return s.signIn(c)
	case ruling.status != 0:
		return ruling.ask(c.graphHeaders(c.graphFault(ruling.status, ruling.retryAfter)))
	case len(c.path) == 0 || !isGraph(c.path[0]):
		return answer{status: http.StatusNotFound} // nobody's: empty, as some routes of Partner Center answer
	}
	return s.graph(c)
}

// wantedClaims are what a challenge asks the next token for.
const wantedClaims = `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`

// ask adds to a refusal that another token would be taken, when the fault says so:
// continuous access evaluation.
func (r ruling) ask(a answer) answer {
	if !r.challenge {
		return a
	}
	return a.with("WWW-Authenticate", `Bearer realm="", authorization_uri="https://simulator.invalid/oauth2/authorize", error="insufficient_claims", claims="`+
		base64.StdEncoding.EncodeToString([]byte(wantedClaims))+`"`)
}

// elsewhere is the redirect that no client should follow.
func elsewhere(status int) answer {
	return answer{status: status}.with("Location", "https://collector.invalid/")
}

func retryLater(a answer, after string) answer {
	if after != "" {
		a = a.with("Retry-After", after)
	}
	return a
}

// with adds a header.
func (a answer) with(name, value string) answer {
	if a.header == nil {
		a.header = map[string]string{}
	}
	a.header[name] = value
	return a
}

// clone copies an answer that is kept, so that headers added later stay apart.
func (a answer) clone() answer {
	a.header = maps.Clone(a.header)
	return a
}

const gzipFrom = 512 // bytes; below that packing costs more than it saves

func (s *Simulator) write(w http.ResponseWriter, r *http.Request, a answer, half bool) {
	h := w.Header()
	for name, value := range a.header {
		h.Set(name, value)
	}
	body := a.body
	if len(body) > 0 {
		h.Set("Content-Type", a.contentType)
		if len(body) >= gzipFrom && acceptsGzip(r.Header.Get("Accept-Encoding")) {
			body = s.pack(body)
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Vary", "Accept-Encoding")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	if !half {
		// A client that has gone away is nobody's error here.
		_, _ = w.Write(body)
		return
	}
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.ReplaceAll(strings.TrimSpace(weight), " ", "") != "q=0"
		}
	}
	return false
}

func (s *Simulator) pack(body []byte) []byte {
	var out bytes.Buffer
	z, ok := s.zippers.Get().(*gzip.Writer)
	if !ok {
		panic(fmt.Sprintf("the pool holds a %T", z))
	}
	z.Reset(&out)
	_, err := z.Write(body)
	if err = errors.Join(err, z.Close()); err != nil { // a buffer takes everything
		panic(err)
	}
	s.zippers.Put(z)
	return out.Bytes()
}
