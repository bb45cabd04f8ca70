package rest

import (
	"context"
	"time"
)

// window holds a number of requests to any span of the service's time. A request
// counts there at some moment between its sending and its answer, so a place is
// free again one span after the answer, less the shortest way there that was ever
// seen (half of there and back): the next request needs that long to arrive. A
// window that empties at set times and one that slides are both kept to so.
type window struct {
	limit int           // requests a span, 0 = any number
	span  time.Duration // zero = there is no window
	turn  chan struct{} // who holds it is the next to leave; a big request is not overtaken for ever
	taken []*place      // oldest first
}

// place is what one request takes of a window.
type place struct {
	n    int
	free time.Time // provisional while the request is under way
}

func newWindow(limit int, span time.Duration) *window {
	return &window{limit: limit, span: span, turn: make(chan struct{}, 1)}
}

// off reports whether the window limits nothing.
func (w *window) off() bool { return w.limit <= 0 || w.span <= 0 }

// take takes n places as of now, or returns how long to wait before asking again.
// The scale narrows the window. A request that is larger than the whole window
// leaves when that is empty.
func (w *window) take(now time.Time, n int, scale float64) (*place, time.Duration) {
	used := w.used(now)
	over := used + n - w.size(scale)
	if used == 0 || over <= 0 {
		p := &place{n, now.Add(w.span)}
		w.taken = append(w.taken, p)
		return p, 0
	}
	// As many as are over must become free. They do not in order, but the longest of
	// the first of them is never too short, and whoever waits asks again.
	var until time.Time
	for _, p := range w.taken {
		if until = later(until, p.free); over <= p.n {
			break
		}
		over -= p.n
	}
	return nil, until.Sub(now)
}

// used forgets the places that are free by now and counts the others.
func (w *window) used(now time.Time) int {
	used, keep := 0, w.taken[:0]
	for _, p := range w.taken {
		if p.free.After(now) {
			keep, used = append(keep, p), used+p.n
		}
	}
	clear(w.taken[len(keep):])
	w.taken = keep
	return used
}

// size is how many requests the window holds at that scale.
func (w *window) size(scale float64) int { return max(int(float64(w.limit)*scale), 1) }

// fit returns how many of n requests can leave soonest together: what is free now,
// else what is free next.
func (w *window) fit(now time.Time, n int, scale float64) int {
	free := w.size(scale) - w.used(now)
	if free > 0 || len(w.taken) == 0 {
		return min(n, max(free, 1))
	}
	next := w.taken[0]
	for _, p := range w.taken {
		if p.free.Before(next.free) {
			next = p
		}
	}
	return min(n, next.n)
}

// fit returns into how large a request n parts are best made, so that no place of a
// window stays empty because the next request is larger.
func (p *Pace) fit(n int, write bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range []*window{p.someWrites, p.some} {
		if !w.off() && (write || w == p.some) {
			n = w.fit(p.o.Now(), n, min(p.scale, 1))
		}
	}
	return n
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// leave takes n places of every window that is in the request's way, waiting for
// them if need be. The error is the context's.
func (p *Pace) leave(ctx context.Context, n int, write bool) ([]*place, error) {
	var places []*place
	for _, w := range []*window{p.someWrites, p.some} {
		if w.off() || w == p.someWrites && !write {
			continue
		}
		place, err := p.pass(ctx, w, n)
		if err != nil {
			p.release(places, time.Time{})
			return nil, err
		}
		places = append(places, place)
	}
	return places, nil
}

// pass waits for its turn at one window and goes through.
func (p *Pace) pass(ctx context.Context, w *window, n int) (*place, error) {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-w.turn }()
	for {
		p.mu.Lock()
		place, d := w.take(p.o.Now(), n, min(p.scale, 1))
		p.mu.Unlock()
		if place != nil {
			return place, nil
		}
		if err := p.sleep(ctx, d, "keeping to the service's pace"); err != nil {
			return nil, err
		}
	}
}

// release says that a request has come back, sent at that time; the zero time means
// that it never left and its places are free.
func (p *Pace) release(places []*place, sent time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	if !sent.IsZero() {
		if d := now.Sub(sent); p.shortest == 0 || d < p.shortest {
			p.shortest = max(d, 1)
		}
	}
	for _, l := range places {
		if sent.IsZero() {
			l.free = now
			continue
		}
		l.free = later(l.free, now.Add(p.o.Window-p.shortest/2))
	}
}
