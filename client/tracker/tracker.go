// Package tracker asks again, at a pace that adapts, about things that go on at
// a service by themselves: jobs, and answers that were lost. It keeps keys and
// due times and nothing else; what a key means, how it is read and what is
// written down about it is the business of the source that it was given with.
package tracker

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"muster/model"
)

// Source reads the state of watched keys.
type Source interface {
	// Read looks at some keys, at most [Source.Batch] of them, and says what to do
	// with each. A key without a verdict is asked again at its pace.
	Read(ctx context.Context, keys []string) map[string]Verdict
	// Batch is how many keys one read can answer; 0 = all that are due.
	Batch() int
}

// Verdict is what a source says about a key.
type Verdict struct {
	Done  bool          // do not ask again
	After time.Duration // ask again after this, not at the pace; 0 = at the pace
	News  bool          // something changed: start the pace again
}

// Options set the pace and the number of reads at once.
type Options struct {
	Pace   func(age time.Duration, asked int) time.Duration // default [Pace]
	Jitter float64                                          // share of the pause by which it varies, 0.1 = ±10 %
	Rand   func() float64                                   // 0 to 1; default math/rand
	Reads  int                                              // at once; default 4
	Now    func() time.Time
	// Crashed is told of a panic of a source; nil lets it end the process.
	Crashed func(what any, stack []byte)
}

// Tracker watches keys until their sources say they are done. Its methods may be
// called from any goroutine.
type Tracker struct {
	o    Options
	mu   sync.Mutex
	keys map[string]*watch
	wake chan struct{}
	busy chan struct{} // a token for each read that may run
	wg   sync.WaitGroup
}

type watch struct {
	source  Source
	since   time.Time
	due     time.Time
	asked   int
	reading bool
	poke    bool // asked for while it was being read
}

// New makes a tracker. It does nothing until [Tracker.Run].
func New(o Options) *Tracker {
	if o.Pace == nil {
		o.Pace = Pace
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Reads == 0 {
		o.Reads = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Tracker{o: o, keys: map[string]*watch{}, wake: make(chan struct{}, 1), busy: make(chan struct{}, o.Reads)}
}

// Pace is how long to wait before asking again about a thing of some age that
// was asked about some times: often while it is young, seldom when it is old.
// Continuous polling is what the services name first among the reasons to
// throttle a client.
func Pace(age time.Duration, asked int) time.Duration {
	first := [...]time.Duration{2, 2, 5, 5, 10}
	switch {
	case asked < len(first):
		return first[asked] * time.Second
	case age < 5*time.Minute:
		return 15 * time.Second
	case age < 30*time.Minute:
		return time.Minute
	}
	return 5 * time.Minute
}

// Scaled is [Pace] divided by a factor, for a service whose clock runs faster.
func Scaled(by float64) func(age time.Duration, asked int) time.Duration {
	return func(age time.Duration, asked int) time.Duration {
		return time.Duration(float64(Pace(time.Duration(float64(age)*by), asked)) / by)
	}
}

// Add watches a key that began at since. A key that is watched already stays as
// it is.
func (t *Tracker) Add(key string, source Source, since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.keys[key]; ok {
		return
	}
	now := t.o.Now()
	first := t.pause(now.Sub(since), 0)
	if now.Sub(since) > time.Minute { // it has waited while nobody looked
		first = 0
	}
	t.keys[key] = &watch{source: source, since: since, due: now.Add(first)}
	t.ring()
}

// Remove forgets a key.
func (t *Tracker) Remove(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.keys, key)
}

// Poke makes a key due now and starts its pace again: the operator looks at it.
func (t *Tracker) Poke(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w, ok := t.keys[key]; ok {
		w.due, w.asked, w.poke = t.o.Now(), 0, w.reading
		t.ring()
	}
}

// Watching reports whether a key is being watched.
func (t *Tracker) Watching(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.keys[key]
	return ok
}

func (t *Tracker) ring() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *Tracker) pause(age time.Duration, asked int) time.Duration {
	d := t.o.Pace(age, asked)
	return time.Duration(float64(d) * (1 + t.o.Jitter*(2*t.o.Rand()-1)))
}

// Run reads what is due until ctx ends, and returns when every read has.
func (t *Tracker) Run(ctx context.Context) {
	defer t.wg.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		next := t.start(ctx)
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
		case <-timer.C:
		}
	}
}

// start begins the reads that are due, as many as may run at once, and returns
// how long there is nothing more to do.
func (t *Tracker) start(ctx context.Context) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.o.Now()
	next := time.Hour
	due := map[Source][]string{}
	for key, w := range t.keys {
		if w.reading {
			continue
		}
		if wait := w.due.Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		due[w.source] = append(due[w.source], key)
	}
	for source, keys := range due {
		size := source.Batch()
		if size <= 0 {
			size = len(keys)
		}
		for len(keys) > 0 {
			select {
			case t.busy <- struct{}{}:
			default:
				return next // the end of a read wakes the loop
			}
			part := keys[:min(size, len(keys))]
			keys = keys[len(part):]
			for _, k := range part {
				t.keys[k].reading = true
			}
			t.wg.Add(1)
			go func() {
				defer t.wg.Done()
				model.Guard(t.o.Crashed, func() { t.read(ctx, source, part) })
			}()
		}
	}
	return next
}

func (t *Tracker) read(ctx context.Context, source Source, keys []string) {
	verdicts := source.Read(ctx, keys)
	t.mu.Lock()
	defer t.mu.Unlock()
	<-t.busy
	now := t.o.Now()
	for _, k := range keys {
		w, ok := t.keys[k]
		if !ok {
			continue
		}
		v := verdicts[k]
		if v.Done && !w.poke { // asked for meanwhile, it may have become open again
			delete(t.keys, k)
			continue
		}
		w.reading = false
		w.asked++
		if v.News {
			w.asked = 1
		}
		pause := v.After
		if pause <= 0 {
			pause = t.pause(now.Sub(w.since), w.asked)
		}
		if w.poke {
			pause, w.poke = 0, false
		}
		w.due = now.Add(pause)
	}
	t.ring()
}
