package tracker_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/tracker"
)

type source struct {
	mu    sync.Mutex
	batch int
	reads [][]string
	at    []time.Duration
	begin time.Time
	say   func(key string, n int) tracker.Verdict
	seen  map[string]int
}

func (s *source) Batch() int { return s.batch }

func (s *source) Read(_ context.Context, keys []string) map[string]tracker.Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[string]int{}
	}
	slices.Sort(keys)
	s.reads = append(s.reads, slices.Clone(keys))
	s.at = append(s.at, time.Since(s.begin))
	out := map[string]tracker.Verdict{}
	for _, k := range keys {
		s.seen[k]++
		out[k] = s.say(k, s.seen[k])
	}
	return out
}

func run(t *testing.T, o tracker.Options, do func(tr *tracker.Tracker)) {
	synctest.Test(t, func(t *testing.T) {
		tr := tracker.New(o)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { tr.Run(ctx); close(done) }()
		do(tr)
		stop()
		<-done
	})
}

func TestAsksAtThePaceUntilDone(t *testing.T) {
	run(t, tracker.Options{}, func(tr *tracker.Tracker) {
		s := &source{begin: time.Now(), batch: 1, say: func(_ string, n int) tracker.Verdict { return tracker.Verdict{Done: n == 7} }}
		tr.Add("job", s, time.Now())
		time.Sleep(time.Hour)
		synctest.Wait()
		want := []time.Duration{2, 4, 9, 14, 24, 39, 54}
		for i := range want {
			want[i] *= time.Second
		}
		if !slices.Equal(s.at, want) {
			t.Errorf("asked at %v, want %v", s.at, want)
		}
		if tr.Watching("job") {
			t.Error("a key that is done is still watched")
		}
	})
}

func TestOneReadAnswersManyKeys(t *testing.T) {
	run(t, tracker.Options{}, func(tr *tracker.Tracker) {
		s := &source{begin: time.Now(), say: func(string, int) tracker.Verdict { return tracker.Verdict{Done: true} }}
		for _, k := range []string{"a", "b", "c"} {
			tr.Add(k, s, time.Now())
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(s.reads) != 1 || !slices.Equal(s.reads[0], []string{"a", "b", "c"}) {
			t.Errorf("reads %v, want one of a, b and c", s.reads)
		}
	})
}

func TestWaitsAsLongAsTheSourceSays(t *testing.T) {
	run(t, tracker.Options{}, func(tr *tracker.Tracker) {
		s := &source{begin: time.Now(), batch: 1, say: func(_ string, n int) tracker.Verdict {
			return tracker.Verdict{Done: n == 2, After: 77 * time.Second}
		}}
		tr.Add("job", s, time.Now())
		time.Sleep(time.Hour)
		synctest.Wait()
		if want := []time.Duration{2 * time.Second, 79 * time.Second}; !slices.Equal(s.at, want) {
			t.Errorf("asked at %v, want %v", s.at, want)
		}
	})
}

func TestAnOldKeyIsAskedAtOnceAndAPokeAsksNow(t *testing.T) {
	run(t, tracker.Options{}, func(tr *tracker.Tracker) {
		s := &source{begin: time.Now(), batch: 1, say: func(_ string, n int) tracker.Verdict { return tracker.Verdict{Done: n == 3} }}
		tr.Add("job", s, time.Now().Add(-time.Hour))
		time.Sleep(time.Second)
		synctest.Wait()
		tr.Poke("job")
		time.Sleep(time.Second)
		synctest.Wait()
		if want := []time.Duration{0, time.Second}; !slices.Equal(s.at, want) {
			t.Errorf("asked at %v, want %v", s.at, want)
		}
	})
}

func TestNoMoreReadsAtOnceThanAllowed(t *testing.T) {
	run(t, tracker.Options{Reads: 2}, func(tr *tracker.Tracker) {
		var mu sync.Mutex
		now, most := 0, 0
		slow := &slowSource{do: func() {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
		}}
		for _, k := range []string{"a", "b", "c", "d", "e"} {
			tr.Add(k, slow, time.Now())
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if most != 2 {
			t.Errorf("%d reads at once, want 2", most)
		}
		for _, k := range []string{"a", "b", "c", "d", "e"} {
			if tr.Watching(k) {
				t.Errorf("%s was never read", k)
			}
		}
	})
}

type slowSource struct{ do func() }

func (s *slowSource) Batch() int { return 1 }
func (s *slowSource) Read(_ context.Context, keys []string) map[string]tracker.Verdict {
	s.do()
	return map[string]tracker.Verdict{keys[0]: {Done: true}}
}

func TestScaledPaceRunsWithTheServicesClock(t *testing.T) {
	p := tracker.Scaled(60)
	if got, want := p(0, 0), 2*time.Second/60; got != want {
		t.Errorf("first pause %v, want %v", got, want)
	}
	if got, want := p(time.Minute, 20), 5*time.Second; got != want {
		t.Errorf("pause at an age of an hour there %v, want %v", got, want)
	}
}

func TestAKeyThatIsAskedForWhileItIsReadIsNotForgotten(t *testing.T) {
	run(t, tracker.Options{}, func(tr *tracker.Tracker) {
		reads := 0
		s := &slowSource{do: func() {
			reads++
			time.Sleep(10 * time.Second)
		}}
		tr.Add("ticket", s, time.Now())
		time.Sleep(5 * time.Second) // in the middle of the first read
		tr.Poke("ticket")
		time.Sleep(time.Minute)
		synctest.Wait()
		if reads != 2 || tr.Watching("ticket") {
			t.Errorf("%d reads, watching %v; want 2 and the end", reads, tr.Watching("ticket"))
		}
	})
}
