package client

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"muster/client/auth"
	"muster/client/cache"
	"muster/client/graph"
	"muster/client/ledger"
	"muster/client/partner"
	"muster/client/rest"
	"muster/client/tracker"
	"muster/model"
)

// Scopes for which tokens are asked.
const (
	partnerScope = "https://api.partnercenter.microsoft.com/.default"
	graphScope   = "https://graph.microsoft.com/.default"
)

// Connection says how to reach the two services, and where this user's ledger
// lies.
type Connection struct {
	Partner, Graph string // roots; without Graph there are no BIOS configurations
	// Sign-in: the two tokens, of which the Graph one is good for one customer
	// only, and an authority that hands out Graph tokens for the other tenants.
	PartnerToken, GraphToken model.Secret
	Authority                string
	ClientSecret             model.Secret
	Session                  *Session // in place of tokens, of a real tenant
	Backend                  string   // key that keeps the ledgers of backends apart; "" = from the token
	ReadOnly                 bool
	StateDir                 string // folder of the ledger
	CacheDir                 string // where lists of devices are kept between starts; "" = nowhere
	Forget                   bool   // remove StateDir at the end
	Who                      string
	Transport                *http.Client
	Locale                   string              // of Partner Center's messages, see [rest.Options]
	Observe                  func(model.Request) // beside the request log; nil = nobody looks
	NewID                    func() string
	Tracker                  tracker.Options                 // zero values = by the kind of backend
	ReadBack, Look, Patience time.Duration                   // see [Options]
	Chunk                    int                             // see [Options]
	Backoff                  time.Duration                   // see [rest.Options]
	Crashed                  func(what any, stack []byte)    // see [Options]
	AgainAfter               func(attempt int) time.Duration // see [Options]; nil = by the kind of backend
	// Limited is how fast the clock of a simulator runs that keeps to the published
	// limits, as real services do; 0 = one that limits nobody until it is told to.
	Limited float64
}

// haste is how much faster than a real service a simulator on this machine may
// be asked: it limits nobody, and its clock runs faster than ours.
const haste = 8

// simulated is how many seconds pass in a simulator during one of ours, unless it
// was told otherwise.
const simulated = 60

// Dial makes a client for a connection. It reads no network: what is wrong with
// the address or the tokens shows at the first request. Errors are of kind
// Invalid, NoBackend when there is nothing to connect to, or SignedOut when there
// is no token.
func Dial(o Connection) (*Client, error) {
	who, scope, err := o.Session.partner(o.PartnerToken)
	if err != nil {
		return nil, err
	}
	if o.Session != nil && o.Session.home != nil && o.Partner == "" {
		o.Partner = nowhere
	}
	root, local, err := address(o.Partner)
	if err != nil {
		return nil, err
	}
	if o.Session == nil && o.PartnerToken.Empty() {
		return nil, &model.Error{Kind: model.SignedOut, Op: "connect", Msg: "there is no token for Partner Center",
			Hint: "set MUSTER_PARTNER_TOKEN or --token-file; muster simulate prints one"}
	}
	if o.Transport == nil {
		o.Transport = rest.NewTransport(nil)
	}
	log := &rest.Log{}
	o.Observe = both(log.Add, o.Observe)
	d := &dialer{o: o, local: local, clients: map[model.CustomerID]*graph.Client{}, pace: rest.NewPace(o.pace(rest.PartnerPace(), local))}
	c, err := rest.New(rest.Options{Service: rest.Partner, Base: root, Credential: who, Scopes: []string{scope},
		ReadOnly: o.ReadOnly, Transport: o.Transport, Pace: d.pace, Observe: o.Observe, NewID: o.NewID, Backoff: o.Backoff,
		Locale: o.Locale})
	if err != nil {
		return nil, err
	}
	options := Options{Partner: partner.New(c), ReadOnly: o.ReadOnly, OpenLedger: d.openLedger, Waiting: d.waiting,
		Tracker: o.Tracker, Chunk: o.Chunk, ReadBack: o.ReadBack, Look: o.Look, Patience: o.Patience, AgainAfter: o.AgainAfter, Requests: log.Requests,
		Session: o.Session, Fleets: cache.New(o.CacheDir, d.backend()), Crashed: o.Crashed}
	if o.StateDir != "" {
		options.SeatFile = seatFile(o.StateDir, d.backend())
	}
	if o.Graph != "" {
		if d.graph, _, err = address(o.Graph); err != nil {
			return nil, err
		}
		options.Graph = d.tenant
	}
	fast := cmp.Or(o.Limited, haste)
	if local && options.Tracker.Pace == nil {
		options.Tracker.Pace = tracker.Scaled(fast)
	}
	if local && options.Patience == 0 {
		options.Patience = time.Duration(float64(20*time.Minute) / fast)
	}
	if local && options.Look == 0 {
		options.Look = 2 * time.Second / haste
	}
	if local && options.AgainAfter == nil {
		options.AgainAfter = func(attempt int) time.Duration { return againAfter(attempt) / simulated }
	}
	if o.Forget {
		options.Ended = func() error { return os.RemoveAll(o.StateDir) }
	}
	return New(options), nil
}

// both tells the log, and whoever looks beside it.
func both(log, more func(model.Request)) func(model.Request) {
	if more == nil {
		return log
	}
	return func(r model.Request) { log(r); more(r) }
}

// address reads a root. Only https leaves this machine.
func address(s string) (u *url.URL, local bool, err error) {
	const op = "connect"
	if s == "" {
		return nil, false, &model.Error{Kind: model.NoBackend, Op: op, Msg: "there is no connection",
			Hint: "--demo works on the embedded simulator; --partner and --graph point at a running one"}
	}
	u, err = url.Parse(s)
	if err != nil || u.Host == "" {
		return nil, false, &model.Error{Kind: model.Invalid, Op: op, Msg: "the address " + model.Clean(s) + " cannot be read",
			Hint: "write it like http://127.0.0.1:8080"}
	}
	if u.Hostname() == "localhost" { // by definition this machine; no name service is asked
		host := "127.0.0.1"
		if p := u.Port(); p != "" {
			host += ":" + p
		}
		u.Host = host
	}
	return u, rest.Loopback(u.Hostname()), nil
}

// pace takes the brakes off for a simulator on this machine: it answers 429 only
// when it was told to, and then muster slows down like anywhere else.
func (c Connection) pace(o rest.PaceOptions, local bool) rest.PaceOptions {
	switch {
	case local && c.Limited > 0:
		return o.Scaled(c.Limited)
	case local:
		o.Rate, o.Ceiling, o.Burst, o.Window = 20_000, 20_000, 1000, 0
		o.Recover = time.Second
	}
	return o
}

// dialer makes the clients of a connection's tenants.
type dialer struct {
	o     Connection
	local bool
	graph *url.URL
	pace  *rest.Pace

	mu      sync.Mutex
	clients map[model.CustomerID]*graph.Client
	paces   []*rest.Pace
}

// credential is who asks a customer's tenant: the Graph token when it is for that
// tenant or does not say, else whatever the authority hands out.
func (d *dialer) credential(id model.CustomerID) (azcore.TokenCredential, error) {
	const op = "reach Intune"
	if d.o.Session != nil {
		return d.o.Session.session.Tenant(string(id)), nil
	}
	_, tid, _, ok := auth.Claims(d.o.GraphToken)
	foreign := ok && tid != "" && !strings.EqualFold(tid, string(id))
	switch {
	case !d.o.GraphToken.Empty() && !foreign:
		return auth.Static(d.o.GraphToken), nil
	case d.o.Authority != "":
		u, _, err := address(d.o.Authority)
		if err != nil {
			return nil, err
		}
		return &auth.Endpoint{Authority: u, Transport: d.o.Transport, ClientID: "muster", Secret: d.o.ClientSecret}, nil
	case foreign:
		return nil, &model.Error{Kind: model.SignedOut, Op: op, Msg: "the Graph token is for another tenant than this customer's",
			Hint: "give a token for tenant " + string(id)}
	}
	return nil, &model.Error{Kind: model.SignedOut, Op: op, Msg: "there is no token for Microsoft Graph",
		Hint: "set MUSTER_GRAPH_TOKEN or --token-file"}
}

// tenant returns the Graph client of a customer's tenant, with a pipeline and a
// token of its own.
func (d *dialer) tenant(id model.CustomerID) (*graph.Client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.clients[id]; ok {
		return c, nil
	}
	credential, err := d.credential(id)
	if err != nil {
		return nil, err
	}
	p := rest.NewPace(d.o.pace(rest.GraphPace(), d.local))
	c, err := rest.New(rest.Options{Service: rest.Graph, Base: d.graph, Credential: credential, Scopes: []string{d.o.Session.graphScope()}, Tenant: string(id),
		ReadOnly: d.o.ReadOnly, Transport: d.o.Transport, Pace: p, Observe: d.o.Observe, NewID: d.o.NewID, Backoff: d.o.Backoff})
	if err != nil {
		return nil, err
	}
	d.paces = append(d.paces, p)
	d.clients[id] = graph.New(c)
	return d.clients[id], nil
}

// waiting says why requests are held back, and until when; "" when they are not.
func (d *dialer) waiting() string {
	d.mu.Lock()
	paces := append([]*rest.Pace{d.pace}, d.paces...)
	d.mu.Unlock()
	for _, p := range paces {
		if until, why := p.Waiting(); why != "" {
			return why + " until " + until.Format("15:04:05")
		}
	}
	return ""
}

// backend names what the ledger's rows belong to: who issued the token and for
// which tenant. Two simulators issue under different names even when they hold
// the same fleet.
func (d *dialer) backend() string {
	if d.o.Backend != "" {
		return d.o.Backend
	}
	if d.o.Session != nil {
		return d.o.Session.backend
	}
	if iss, tid, _, ok := auth.Claims(d.o.PartnerToken); ok {
		return iss + " " + tid
	}
	return d.o.Partner
}

func (d *dialer) openLedger(ctx context.Context) (*ledger.Ledger, error) {
	newID := d.o.NewID
	if newID == nil {
		newID = rest.NewGUID
	}
	return ledger.Open(ctx, ledger.Options{Dir: d.o.StateDir, Backend: d.backend(), Who: d.o.Who, NewID: newID, Name: operationName, Crashed: d.o.Crashed})
}

// operationName draws an id that can be typed: two groups of four letters and
// digits that are not mistaken for each other.
func operationName() string {
	const letters = "23456789abcdefghjkmnpqrstvwxyz" // 30 of them; 8 give 6.6e11 names
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // never fails, see its documentation
	for i, b := range raw {
		raw[i] = letters[int(b)%len(letters)]
	}
	return string(raw[:4]) + "-" + string(raw[4:])
}

// StateDir is where the ledger lies when nobody says otherwise.
func StateDir(stateHome string) string { return filepath.Join(stateHome, "muster") }

// CacheDir is where lists of devices are kept.
func CacheDir(cacheHome string) string { return filepath.Join(cacheHome, "muster", "fleets") }

// Local reports whether a root lies on this machine.
func Local(root string) bool {
	_, local, err := address(root)
	return err == nil && local
}
