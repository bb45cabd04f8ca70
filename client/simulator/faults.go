package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fault is something that goes wrong on purpose with the requests that it
// matches; it is what the control interface takes and gives.
type fault struct {
	ID          int      `json:"id"`
	Match       string   `json:"match"`                 // regular expression on "METHOD path", as received, with the query
	Kind        string   `json:"kind"`                  // one of faultKinds
	Status      int      `json:"status,omitempty"`      // of kind status; 300 to 399 redirects to a host that does not exist
	Times       int      `json:"times"`                 // how often it happens; 0 is without end
	Probability float64  `json:"probability,omitempty"` // of happening at a match; 0 is always
	RetryAfter  retryTag `json:"retryAfter,omitempty"`  // the header, as it is; none when empty
	DelayMs     int      `json:"delayMs,omitempty"`     // of kind slow, real milliseconds; of kind endless, between two pieces
	Body        string   `json:"body,omitempty"`        // of kind garbage, what stands in place of the good answer's body
	Before      bool     `json:"before,omitempty"`      // kind reset: cut before the request is processed

	match *regexp.Regexp
	seen  uint64
	done  int
}

// retryTag is a header's text that may be given as a number.
type retryTag string

// UnmarshalJSON takes a number or a text.
func (t *retryTag) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*t = retryTag(text)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return errors.New("retryAfter is neither a number nor a text")
	}
	*t = retryTag(n)
	return nil
}

// The kinds of faults.
const (
	faultStatus   = "status"
	faultReset    = "reset"
	faultSlow     = "slow"
	faultTruncate = "truncate"
	faultStuck    = "stuck"

	faultNoLocation = "nolocation" // the work is done, but the answer does not say where
	faultGarbage    = "garbage"    // a good answer with another body, broken JSON unless told
	faultEndless    = "endless"    // a good answer whose body goes on until the client leaves
	faultChallenge  = "challenge"  // 401 that wants a token with more claims, in place of the deed
)

// faultKinds are all of them, for the checks; read only.
var faultKinds = []string{faultStatus, faultReset, faultSlow, faultTruncate, faultStuck, faultNoLocation, faultGarbage, faultEndless, faultChallenge}

const (
	maxFaults  = 1000
	maxDelayMs = 10 * 60 * 1000
)

// ruling is what the faults mean for one request.
type ruling struct {
	status     int
	retryAfter string
	delay      time.Duration
	reset      bool
	before     bool // cut before processing
	truncate   bool
	stuck      bool
	noLocation bool
	garbage    string // in place of a good body, when not empty
	endless    bool
	challenge  bool
	pause      time.Duration // between the pieces of an endless body
}

// faultBook holds the faults that are on.
type faultBook struct {
	mu     sync.Mutex
	seed   seed
	faults []*fault
	count  int
}

func newFaultBook(s seed) *faultBook { return &faultBook{seed: s} }

// parseFault reads a fault as the control interface takes it; the error says
// what to change.
func parseFault(raw []byte) (*fault, error) {
	f := &fault{Kind: faultStatus}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(f); err != nil {
		return nil, fmt.Errorf("the body is not a fault: %w", err)
	}
	return f, f.complete()
}

func (f *fault) complete() (err error) {
	if f.match, err = regexp.Compile(f.Match); err != nil {
		return fmt.Errorf("match: %w", err)
	}
	switch {
	case f.Kind == faultStatus && (f.Status < 300 || f.Status > 599):
		return fmt.Errorf("status: %d is not between 300 and 599", f.Status)
	case f.Kind == faultSlow && f.DelayMs < 1, f.DelayMs < 0, f.DelayMs > maxDelayMs:
		return fmt.Errorf("delayMs: %d is not between 1 and %d", f.DelayMs, maxDelayMs)
	case f.Times < 0:
		return fmt.Errorf("times: %d is negative", f.Times)
	case !(f.Probability >= 0 && f.Probability <= 1):
		return fmt.Errorf("probability: %v is not between 0 and 1", f.Probability)
	case strings.ContainsFunc(string(f.RetryAfter), func(r rune) bool { return r < ' ' || r > '~' }):
		return errors.New("retryAfter: not a header value")
	case f.Before && f.Kind != faultReset:
		return errors.New("before: only with kind reset")
	case f.Body != "" && f.Kind != faultGarbage:
		return errors.New("body: only with kind garbage")
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("kind: %q is none of %s", f.Kind, strings.Join(faultKinds, ", "))
	}
	return nil
}

// final reports whether the fault replaces or cuts the answer.
func (f *fault) final() bool {
	return f.Kind == faultStatus || f.Kind == faultReset || f.Kind == faultTruncate || f.Kind == faultGarbage || f.Kind == faultEndless || f.Kind == faultChallenge
}

// add turns a fault on and returns it with its number.
func (b *faultBook) add(f *fault) (fault, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.faults) >= maxFaults {
		return fault{}, fmt.Errorf("there are %d faults already", maxFaults)
	}
	b.count++
	f.ID = b.count
	b.faults = append(b.faults, f)
	return *f, nil
}

func (b *faultBook) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = nil
}

// list copies what is on.
func (b *faultBook) list() []fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []fault{}
	for _, f := range b.faults {
		out = append(out, *f)
	}
	return out
}

// judge decides a request. Delays, stuck jobs and missing locations add up; of the kinds that
// replace or cut the answer the first one counts.
func (b *faultBook) judge(line, query string) ruling {
	b.mu.Lock()
	defer b.mu.Unlock()
	var r ruling
	settled := false
	for _, f := range b.faults {
		if f.final() && settled || !f.strikes(b.seed, line, query) {
			continue
		}
		settled = settled || f.final()
		switch f.Kind {
		case faultStatus:
			r.status, r.retryAfter = f.Status, string(f.RetryAfter)
		case faultReset:
			r.reset, r.before = true, f.Before
		case faultTruncate:
			r.truncate = true
		case faultSlow:
			r.delay += time.Duration(f.DelayMs) * time.Millisecond
		case faultStuck:
			r.stuck = true
		case faultNoLocation:
			r.noLocation = true
		case faultGarbage:
			r.garbage = orDefault(f.Body, brokenJSON)
		case faultChallenge:
			r.status, r.challenge = http.StatusUnauthorized, true
		case faultEndless:
			r.endless, r.pause = true, time.Duration(f.DelayMs)*time.Millisecond
		}
	}
	return r
}

// strikes reports whether a fault happens to a request, and counts it. The
// expression is tried on method and path, and on them with the query behind.
func (f *fault) strikes(s seed, line, query string) bool {
	hit := f.match.MatchString(line) || query != "" && f.match.MatchString(line+"?"+query)
	if f.Times > 0 && f.done >= f.Times || !hit {
		return false
	}
	f.seen++
	if f.Probability > 0 {
		draw := float64(s.at(kindFault, uint64(f.ID), f.seen)>>11) / (1 << 53)
		if draw >= f.Probability {
			return false
		}
	}
	f.done++
	return true
}

// Scenarios are the names that Options.Faults knows, those of the switches
// among them.
func Scenarios() []string {
	return append([]string{"storm", "flaky", "slow", "expired", "stuck", "truncating", "hostile", "restricted"}, words(switchNames)...)
}

// services matches what is addressed to one of the two services, not the
// sign-in.
const services = `^[A-Z]+ /+(?i:v1|v1\.0|beta)/`

// scenarios turns on the faults that a named scenario consists of. Expired,
// hostile and restricted are not faults of single requests: tokens and data see
// to them; nor are the switches.
func (b *faultBook) scenarios(names []string) {
	for _, name := range names {
		for _, f := range scenario(name) {
			f.Match = services
			if err := f.complete(); err != nil { // our own table
				panic("scenario " + strconv.Quote(name) + ": " + err.Error())
			}
			if _, err := b.add(&f); err != nil {
				panic(err)
			}
		}
	}
}

func scenario(name string) []fault {
	switch name {
	case "storm":
		return []fault{
			{Kind: faultStatus, Status: 429, Probability: 0.2, RetryAfter: "1"},
			{Kind: faultStatus, Status: 429, Probability: 0.1},
		}
	case "flaky":
		return []fault{
			{Kind: faultStatus, Status: 500, Probability: 0.04},
			{Kind: faultStatus, Status: 502, Probability: 0.03},
			{Kind: faultStatus, Status: 503, Probability: 0.04, RetryAfter: "1"},
			{Kind: faultReset, Probability: 0.04},
			{Kind: faultReset, Probability: 0.03, Before: true},
		}
	case "slow":
		return []fault{
			{Kind: faultSlow, DelayMs: 400},
			{Kind: faultSlow, DelayMs: 2500, Probability: 0.1},
		}
	case "stuck":
		return []fault{{Kind: faultStuck}}
	case "truncating":
		return []fault{{Kind: faultTruncate, Probability: 0.15}}
	}
	return nil
}
