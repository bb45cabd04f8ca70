package simulator

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what to simulate. The zero value of a field is its default
// unless its comment says otherwise.
type Options struct {
	Devices   int              // devices of the first customer, 0 to 50 million, 0 meaning none; the other customers share as many again
	Customers int              // 1 to 100 000, default 12; of three or more one is empty, of four or more one answers 403
	Seed      uint64           // default 7; the same seed and sizes give the same lists, byte for byte
	Speed     float64          // simulated seconds in a real one, up to a million, default 60
	Lag       time.Duration    // simulated time until the outcome of an ended job shows in lists, default none
	Faults    []string         // named scenarios, see [Scenarios]
	Page      int              // Autopilot identities in one answer at most, 1 to 1000, default 1000
	TLS       bool             // serve https with a certificate of the simulator's own authority
	CertFile  string           // serve https with this PEM certificate, and its chain, instead; goes with KeyFile
	KeyFile   string           // PEM private key of CertFile
	Now       func() time.Time // default time.Now
	Instance  string           // name of this run, in tokens and ids; default drawn at random
}

func (o Options) has(scenario string) bool { return slices.Contains(o.Faults, scenario) }

// Ready is what somebody needs to know in order to use a running simulator;
// it marshals to the ready line.
type Ready struct {
	Partner      string `json:"partner"`      // root of Partner Center, without /v1
	Graph        string `json:"graph"`        // root of Graph, with /beta
	Authority    string `json:"authority"`    // root of the sign-in
	CAFile       string `json:"caFile"`       // PEM file to trust: of the certificate authority, or Options.CertFile; empty without TLS
	PartnerToken string `json:"partnerToken"` // for Partner Center, good for ten years unless the scenario says otherwise
	GraphToken   string `json:"graphToken"`   // for the first customer's Graph
	Customer     string `json:"customer"`     // id of the first customer
	Control      string `json:"control"`      // root of the control interface
	Instance     string `json:"instance"`     // name of this run
	Tenant       string `json:"-"`            // the partner's own
}

// Simulator is both services, the sign-in and the control interface. It is
// safe for concurrent use.
type Simulator struct {
	options Options
	clock   clock
	issuer  issuer
	faults  *faultBook
	journal *journal
	tls     *authority // nil without TLS
	routes  []route    // of Graph
	signins *signins
	zippers sync.Pool

	mu    sync.Mutex // guards world and turns
	world *world
	turns map[string]uint64 // how often something was asked, for scenarios that take turns
}

// New prepares a simulator; with TLS it writes the certificate authority to a
// temporary file, which [Simulator.Serve] or [Simulator.Close] removes.
func New(o Options) (*Simulator, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s := &Simulator{
		options: o,
		clock:   clock{now: o.Now, start: o.Now(), speed: o.Speed},
		issuer:  newIssuer(o),
		faults:  newFaultBook(seed(o.Seed)),
		journal: newJournal(),
		world:   newWorld(o),
		routes:  graphRoutes(),
		signins: newSignins(),
		turns:   map[string]uint64{},
	}
	s.zippers.New = func() any {
		z, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
		if err != nil { // only for a level that does not exist
			panic(err)
		}
		return z
	}
	s.faults.scenarios(o.Faults)
	var err error
	switch {
	case o.CertFile != "":
		s.tls, err = givenAuthority(o.CertFile, o.KeyFile)
	case o.TLS:
		s.tls, err = newAuthority(o.Now())
	}
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	return s, nil
}

func (o *Options) complete() error {
	o.Customers = orDefault(o.Customers, 12)
	o.Seed = orDefault(o.Seed, 7)
	o.Speed = orDefault(o.Speed, 60)
	o.Page = orDefault(o.Page, pilotPage)
	if o.Now == nil {
		o.Now = time.Now
	}
	switch {
	case o.Devices < 0 || o.Devices > maxDevices:
		return fmt.Errorf("devices: %d is not between 0 and %d", o.Devices, maxDevices)
	case o.Customers < 1 || o.Customers > 100_000:
		return fmt.Errorf("customers: %d is not between 1 and 100000", o.Customers)
	case !(o.Speed > 0 && o.Speed <= 1e6) || math.IsNaN(o.Speed):
		return fmt.Errorf("speed: %v is not between 0 and a million", o.Speed)
	case o.Page < 1 || o.Page > pilotPage:
		return fmt.Errorf("page: %d is not between 1 and %d", o.Page, pilotPage)
	case (o.CertFile == "") != (o.KeyFile == ""):
		return errors.New("certificate: CertFile and KeyFile go together")
	case o.Lag < 0:
		return fmt.Errorf("lag: %v is negative", o.Lag)
	}
	for _, name := range o.Faults {
		if !slices.Contains(Scenarios(), name) {
			return fmt.Errorf("fault %q: there are %s", name, strings.Join(Scenarios(), ", "))
		}
	}
	if o.Instance == "" {
		var raw [16]byte
		if _, err := rand.Read(raw[:]); err != nil {
			return fmt.Errorf("draw an instance id: %w", err)
		}
		raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
		o.Instance = formatGUID(raw)
	}
	return nil
}

func orDefault[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Handler serves everything; it wants the requests as net/http reads them,
// without a mux that cleans paths.
func (s *Simulator) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Serve answers on a listener until the context ends, then finishes what is
// under way within a second and removes the temporary file. It returns
// nil when it was the context that ended it.
func (s *Simulator) Serve(ctx context.Context, l net.Listener) error {
	defer s.Close()
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	if s.tls != nil {
		l = tls.NewListener(l, s.tls.config())
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("simulator: %w", err)
	case <-ctx.Done():
	}
	cancel() // answers that were asked to be slow come at once
	stop, release := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer release()
	err := server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-done
	return err
}

// Close removes the temporary file of a simulator with TLS. Serve does it too.
func (s *Simulator) Close() error {
	if s.tls == nil || !s.tls.ours {
		return nil
	}
	if err := os.Remove(s.tls.file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

// Ready tells how to reach the simulator on a listener's address. For an
// address that is not TCP, such as that of a pipe in memory, and for one that
// stands for all interfaces, the host is 127.0.0.1.
func (s *Simulator) Ready(addr net.Addr) Ready {
	host := "127.0.0.1"
	if tcp, ok := addr.(*net.TCPAddr); ok {
		if tcp.IP.IsUnspecified() || tcp.IP == nil {
			tcp = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}
		}
		host = tcp.String()
	}
	base, file := "http://"+host, ""
	if s.tls != nil {
		base, file = "https://"+host, s.tls.file
	}
	w := s.current()
	return Ready{
		Partner: base, Graph: base + "/beta", Authority: base, CAFile: file,
		PartnerToken: s.issuer.lasting(s.partnerClaims(w)),
		GraphToken:   s.issuer.lasting(s.graphClaims(w.customers[0].id)),
		Customer:     w.customers[0].id, Control: base + controlRoot, Instance: s.options.Instance,
		Tenant: w.partner.id,
	}
}

// current is the world as of now; a reset replaces it.
func (s *Simulator) current() *world {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world
}

// turn counts how often something has been asked, from 1.
func (s *Simulator) turn(what string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns[what]++
	return s.turns[what]
}

// reset brings everything back to how it started, the clock excepted.
func (s *Simulator) reset() {
	fresh := newWorld(s.options)
	s.mu.Lock()
	s.world, s.turns = fresh, map[string]uint64{}
	s.mu.Unlock()
	s.faults.clear()
	s.faults.scenarios(s.options.Faults)
	s.journal.clear()
}
