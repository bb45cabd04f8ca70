package client

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"muster/client/cache"
	"muster/client/graph"
	"muster/client/ledger"
	"muster/client/partner"
	"muster/client/tracker"
	"muster/model"
)

// Options are what a client works with.
type Options struct {
	Partner *partner.Client
	// Graph returns the client for the tenant of a customer.
	Graph func(c model.CustomerID) (*graph.Client, error)
	// OpenLedger opens the ledger. It is called once, off the caller's path; until
	// it returns, writes wait and the board is not there.
	OpenLedger func(ctx context.Context) (*ledger.Ledger, error)
	ReadOnly   bool
	Tracker    tracker.Options
	// Chunk is how many devices stand in a job of Partner Center where nothing else is
	// asked for; 0 = model.ChunkDevices.
	Chunk int
	// ReadBack is how long a lost answer is looked for; default 2 minutes.
	ReadBack time.Duration
	// Patience is how long what Intune has taken may stay without an effect that can
	// be read back; default 20 minutes.
	Patience time.Duration
	// Look is how often something is looked at that announces no change, the death
	// of another process or a list that lags; default 2 s.
	Look time.Duration
	// AgainAfter is how long after a passing fault a row is sent again, by the
	// attempt that failed, from 1; default 30 s, then 2 minutes.
	AgainAfter func(attempt int) time.Duration
	// Waiting says why the pace is held, "" when it is not. It must be cheap.
	Waiting func() string
	// Requests returns the latest tries of requests, newest first; nil = none are kept.
	Requests func() []model.Request
	// Session is the sign-in of a real tenant, nil for a simulator with tokens.
	Session *Session
	// Fleets keeps lists of devices between starts; nil = nothing is kept.
	Fleets *cache.Cache
	// Crashed is told of a panic of what runs by itself, see [Crash.Report]; nil lets it
	// end the process.
	Crashed func(what any, stack []byte)
	// SeatFile is where the operator's place is remembered, "" = nowhere.
	SeatFile string
	// Ended runs after everything else has; nil = nothing.
	Ended func() error
	Now   func() time.Time
}

// Client is everything outside of the process, for the screens and the command
// line. Its methods may be called from any goroutine.
type Client struct {
	o       Options
	tracker *tracker.Tracker

	opened  chan struct{} // closed when OpenLedger has returned
	book    *ledger.Ledger
	problem *model.Error // why there is no ledger, or none to write into

	base    context.Context // of everything that runs by itself
	stop    context.CancelFunc
	closing chan struct{} // closed when nothing new may begin
	once    sync.Once
	wg      sync.WaitGroup

	follow  sync.Once
	mu      sync.Mutex
	runners map[model.OperationID]bool
	yielded map[model.OperationID]bool // given up by a read-only session
	since   map[string]time.Time       // when the looking for a key began
	pages   map[model.CustomerID]int   // of the list of Autopilot devices, when it was last read whole
	paused  map[model.OperationID]bool // until somebody signs in again

	signedIn int // sign-ins so far
	// routeless holds the ways of assigning profiles that tenants were found not to have.
	routeless map[model.CustomerID]map[model.AssignWay]bool
	ran       map[model.OperationID]bool // whose devices are not followed any more
	kept      map[model.ImportID]bool    // tickets that the service did not let this session remove
	lookers   atomic.Int64               // who waits for a newer board
	boards    boards
	seat      seat
}

// New makes a client and begins to open its ledger.
func New(o Options) *Client {
	if o.ReadBack == 0 {
		o.ReadBack = 2 * time.Minute
	}
	if o.Patience == 0 {
		o.Patience = 20 * time.Minute
	}
	if o.Look == 0 {
		o.Look = 2 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Fleets == nil {
		o.Fleets = cache.New("", "")
	}
	if o.AgainAfter == nil {
		o.AgainAfter = againAfter
	}
	if o.Waiting == nil {
		o.Waiting = func() string { return "" }
	}
	if o.Tracker.Now == nil {
		o.Tracker.Now = o.Now
	}
	o.Tracker.Crashed = o.Crashed
	base, stop := context.WithCancel(context.Background())
	c := &Client{o: o, tracker: tracker.New(o.Tracker), opened: make(chan struct{}), base: base, stop: stop,
		closing: make(chan struct{}), runners: map[model.OperationID]bool{}, yielded: map[model.OperationID]bool{}, since: map[string]time.Time{},
		pages: map[model.CustomerID]int{}, paused: map[model.OperationID]bool{}, routeless: map[model.CustomerID]map[model.AssignWay]bool{}, ran: map[model.OperationID]bool{}, kept: map[model.ImportID]bool{}}
	c.seat.path = o.SeatFile
	c.wg.Add(1)
	c.spawn(c.open)
	return c
}

// Fleets is where lists of devices of this backend are kept between starts. It may be
// used by several processes at once.
func (c *Client) Fleets() *cache.Cache { return c.o.Fleets }

// spawn runs f by itself. The wait group counts it already.
func (c *Client) spawn(f func()) {
	go func() {
		defer c.wg.Done()
		model.Guard(c.o.Crashed, f)
	}()
}

func (c *Client) open() {
	defer close(c.opened)
	book, err := c.o.OpenLedger(c.base)
	if err != nil {
		if c.problem = model.AsError(err); c.problem == nil {
			c.problem = &model.Error{Kind: model.Refused, Op: "open ledger", Msg: "the ledger cannot be opened", Err: err}
		}
		return
	}
	c.book = book
	if e := book.ReadOnly(); e != nil {
		c.problem = e
	}
}

// ledger waits for the ledger. The error says why there is none.
func (c *Client) ledger(ctx context.Context) (*ledger.Ledger, error) {
	select {
	case <-ctx.Done():
		return nil, ended("wait for the ledger", ctx.Err())
	case <-c.opened:
	}
	if c.book == nil {
		return nil, c.problem
	}
	return c.book, nil
}

// writable waits for a ledger that intents can be written into.
func (c *Client) writable(ctx context.Context, op string) (*ledger.Ledger, error) {
	if c.o.ReadOnly {
		return nil, &model.Error{Kind: model.Refused, Op: op, Msg: "this session is read-only; nothing was sent"}
	}
	select {
	case <-c.closing:
		return nil, &model.Error{Kind: model.Cancelled, Op: op, Msg: "muster is ending; nothing was sent"}
	default:
	}
	book, err := c.ledger(ctx)
	if err == nil && c.problem != nil {
		err = c.problem
	}
	if err != nil {
		return nil, err
	}
	c.Follow()
	return book, nil
}

// Requests returns the latest tries of requests to the services, newest first. They are
// kept in memory only.
func (c *Client) Requests() []model.Request {
	if c.o.Requests == nil {
		return nil
	}
	return c.o.Requests()
}

// Follow begins to send and to follow what is open in the ledger, what a dead
// process left there included. Calling it again does nothing.
func (c *Client) Follow() {
	c.follow.Do(func() {
		c.mu.Lock()
		closing := c.isClosing()
		if !closing {
			c.wg.Add(2)
		}
		c.mu.Unlock()
		if closing {
			return
		}
		c.spawn(func() { c.tracker.Run(c.base) })
		c.spawn(c.reconcile)
	})
}

// Stop begins nothing new and returns when no write is on the wire any more, or
// when ctx ends. What it brought home is written down; the board still answers.
func (c *Client) Stop(ctx context.Context) {
	c.once.Do(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		close(c.closing) // nothing joins the wait group after this
	})
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		model.Guard(c.o.Crashed, c.waitRunners)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// Close ends in order: nothing new is sent, a write that is on the wire may come
// home until ctx ends, its answer is written down, then the ledger is closed.
// What is left stays in the ledger for the next start.
func (c *Client) Close(ctx context.Context) error {
	c.Stop(ctx)
	c.stop()
	c.wg.Wait()
	var first error
	if c.book != nil {
		first = c.book.Close()
	}
	if c.o.Ended != nil {
		if err := c.o.Ended(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// ended is the error for a context that is over.
func ended(op string, err error) error {
	return &model.Error{Kind: model.Cancelled, Op: op, Msg: "cancelled", Err: err}
}
