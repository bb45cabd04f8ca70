package rest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// PaceOptions are the limits of a [Pace]: a rate for a service that publishes
// nothing, a window for one that does, or both. Rates are in requests a second.
type PaceOptions struct {
	Rate, Ceiling float64 // all requests: at the start, at most; 0 = no rate
	Burst         int     // requests that may go at once

	Window       time.Duration // span in which requests are counted, by the service's clock; 0 = no window
	WindowAll    int           // requests a window, 0 = any number
	WindowWrites int           // writes among them, 0 = any number

	InFlight int           // requests of one lane at the same time; 0 = any number
	Recover  time.Duration // quiet time after which the pace rises by a tenth of its start
	Now      func() time.Time
}

// PartnerPace is how muster approaches Partner Center, which publishes no
// limits: 10 requests a second, 4 in flight for a customer, at most 50 a second.
func PartnerPace() PaceOptions {
	return PaceOptions{Rate: 10, Ceiling: 50, Burst: 5, InFlight: 4, Recover: 10 * time.Second}
}

// GraphPace begins with 95 % of Intune's published figures for one app and tenant,
// 1000 requests and 100 writes in 20 s. They are no promise: the service may take
// less, and then its 429 rules.
func GraphPace() PaceOptions {
	return PaceOptions{Window: 20 * time.Second, WindowAll: 950, WindowWrites: 95, InFlight: 8, Recover: 10 * time.Second}
}

// Scaled returns the limits for a service whose clock runs that many times as fast
// as ours, as a simulator's does.
func (o PaceOptions) Scaled(speed float64) PaceOptions {
	if speed <= 0 || speed == 1 {
		return o
	}
	o.Rate, o.Ceiling = o.Rate*speed, o.Ceiling*speed
	o.Window, o.Recover = time.Duration(float64(o.Window)/speed), time.Duration(float64(o.Recover)/speed)
	return o
}

// Pace spreads the requests of all that muster does in one tenant of one
// service. It halves when the service answers 429, holds everything back until a
// Retry-After has passed, and recovers slowly. It is safe for concurrent use.
type Pace struct {
	o PaceOptions

	mu     sync.Mutex
	scale  float64 // of the rates and windows; 1 at the start
	all    bucket
	cool   time.Time // nothing leaves before
	halved time.Time
	raised time.Time
	lanes  map[string]chan struct{}

	some, someWrites *window
	shortest         time.Duration // shortest way to the service and back; 0 = none yet

	waiting atomic.Pointer[wait]
}

// wait is what Waiting tells.
type wait struct {
	until time.Time
	why   string
}

// NewPace returns a pace that nothing has used yet.
func NewPace(o PaceOptions) *Pace {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Burst = max(o.Burst, 1)
	o.Ceiling = max(o.Ceiling, o.Rate)
	return &Pace{o: o, scale: 1, lanes: map[string]chan struct{}{},
		some: newWindow(o.WindowAll, o.Window), someWrites: newWindow(o.WindowWrites, o.Window)}
}

// Waiting returns until when requests are held back and why; the zero time when
// they are not. It never blocks.
func (p *Pace) Waiting() (until time.Time, why string) {
	w := p.waiting.Load()
	if w == nil || !w.until.After(p.o.Now()) {
		return time.Time{}, ""
	}
	return w.until, w.why
}

// enter waits until a request may leave that counts for n at the service. done must
// be called when it has come back. The error is the context's.
func (p *Pace) enter(ctx context.Context, lane string, n int, write bool) (done func(), err error) {
	seat := p.lane(lane)
	if seat != nil {
		select {
		case seat <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	free := func() {
		if seat != nil {
			<-seat
		}
	}
	places, err := p.depart(ctx, n, write)
	if err != nil {
		free()
		return nil, err
	}
	sent := p.o.Now()
	return func() {
		p.release(places, sent)
		free()
	}, nil
}

// depart waits for the rate, then for the windows, and for any cool-down that begins
// meanwhile.
func (p *Pace) depart(ctx context.Context, n int, write bool) ([]*place, error) {
	if err := p.await(ctx, n, false); err != nil {
		return nil, err
	}
	places, err := p.leave(ctx, n, write)
	if err != nil {
		return nil, err
	}
	if err := p.await(ctx, n, true); err != nil {
		p.release(places, time.Time{})
		return nil, err
	}
	return places, nil
}

// await waits until the rate lets n requests through. Whoever has that behind him
// only sits out a cool-down.
func (p *Pace) await(ctx context.Context, n int, reserved bool) error {
	for ; ; reserved = true {
		d, why := p.reserve(n, reserved)
		if d <= 0 {
			return nil
		}
		if err := p.sleep(ctx, d, why); err != nil {
			return err
		}
	}
}

// sleep waits where Waiting can see it.
func (p *Pace) sleep(ctx context.Context, d time.Duration, why string) error {
	p.tell(d, why)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Pace) lane(name string) chan struct{} {
	if p.o.InFlight <= 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	seat, ok := p.lanes[name]
	if !ok {
		seat = make(chan struct{}, p.o.InFlight)
		p.lanes[name] = seat
	}
	return seat
}

const asksForAPause = "the service asked for a pause"

// reserve takes the next free moment and returns how long that is from now. A
// caller that has one already only sits out a cool-down that began meanwhile.
func (p *Pace) reserve(n int, reserved bool) (time.Duration, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	cool := p.cool.Sub(now)
	if cool > 0 {
		// The moment comes after the cool-down, so that not everybody leaves at once.
		return cool + p.turn(p.cool, n), asksForAPause
	}
	if reserved {
		return 0, ""
	}
	return p.turn(now, n), "keeping to the service's pace"
}

// turn reserves a moment at or after from and returns how long after.
func (p *Pace) turn(from time.Time, n int) time.Duration {
	if p.o.Rate <= 0 {
		return 0
	}
	return p.all.take(from, min(p.o.Rate*p.scale, p.o.Ceiling), p.o.Burst, n)
}

// tell keeps the latest end of all waits for Waiting.
func (p *Pace) tell(d time.Duration, why string) {
	w := &wait{until: p.o.Now().Add(d), why: why}
	for {
		old := p.waiting.Load()
		if old != nil && old.until.After(w.until) {
			return
		}
		if p.waiting.CompareAndSwap(old, w) {
			return
		}
	}
}

// Bounds of the pace's own reactions.
const (
	leastScale  = 1.0 / 64 // of the start
	plainPause  = time.Second
	halvingTime = time.Second // 429s of requests that were in flight together count once
)

// heard adapts to an answer. wish is the service's Retry-After, 0 = none.
func (p *Pace) heard(status int, asked bool, wish time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	if status != 429 && (status != 503 || !asked) {
		p.recover(now)
		return
	}
	if wish <= 0 {
		wish = plainPause
	}
	if until := now.Add(wish); until.After(p.cool) {
		p.cool = until
	}
	p.tell(wish, asksForAPause) // whoever was refused waits, too, though not here
	if status == 429 && now.Sub(p.halved) >= halvingTime {
		p.scale = max(p.scale/2, leastScale)
		p.halved, p.raised = now, p.cool // quiet time begins when the service takes requests again
	}
}

// recover raises the pace by a tenth of its start after each quiet span.
func (p *Pace) recover(now time.Time) {
	if p.raised.IsZero() {
		p.raised = now
	}
	if p.o.Recover > 0 && now.Sub(p.raised) >= p.o.Recover {
		p.raised = now
		p.scale = min(p.scale+0.1, p.most())
	}
}

// most is the highest scale: what is published is never exceeded.
func (p *Pace) most() float64 {
	if p.o.Rate <= 0 {
		return 1
	}
	return p.o.Ceiling / p.o.Rate
}

// bucket is a leaky bucket in its short form: the moment at which it is empty.
type bucket struct{ empty time.Time }

// take adds n requests and returns how long after from they may leave.
func (b *bucket) take(from time.Time, rate float64, burst, n int) time.Duration {
	each := time.Duration(float64(time.Second) / rate)
	if b.empty.Before(from) {
		b.empty = from
	}
	b.empty = b.empty.Add(time.Duration(n) * each)
	return max(b.empty.Sub(from)-time.Duration(burst)*each, 0)
}
