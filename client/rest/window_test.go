package rest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/rest"
	"muster/model"
)

// tally is a service that counts what arrives, at the moment at which it arrives.
type tally struct {
	mu sync.Mutex
	at []time.Time // one for each request or part
}

func (l *tally) add(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		l.at = append(l.at, time.Now())
	}
}

// most returns the largest number in any span.
func (l *tally) most(span time.Duration) int {
	most := 0
	for i, j := 0, 0; i < len(l.at); i++ {
		for l.at[i].Sub(l.at[j]) >= span {
			j++
		}
		most = max(most, i-j+1)
	}
	return most
}

// TestWindowByTheServicesClock sends batches over a line whose delays differ, from
// several goroutines: the service must never count more than it allows, in any span,
// and hardly less over the whole time.
func TestWindowByTheServicesClock(t *testing.T) {
	const updates, each = 3000, 20
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var service tally
				var mu sync.Mutex
				dice := rand.New(rand.NewPCG(seed, 1))
				delay := func() time.Duration {
					mu.Lock()
					defer mu.Unlock()
					return 40*time.Millisecond + time.Duration(dice.IntN(100))*time.Millisecond
				}
				c, _ := paced(t, rest.GraphPace(), func(r *http.Request) (*http.Response, error) {
					time.Sleep(delay())
					n, _ := strconv.Atoi(r.Header.Get("Weight"))
					service.add(n)
					time.Sleep(delay())
					return answer(200, "{}"), nil
				})
				start := time.Now()
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						for left := updates / 3; left > 0; {
							call := post("batch")
							call.Weight = c.Fit(min(each, left), true)
							call.Header = http.Header{"Weight": {strconv.Itoa(call.Weight)}}
							left -= call.Weight
							if _, err := c.Do(context.Background(), call); err != nil {
								t.Error(err)
							}
						}
					})
				}
				wg.Wait()
				if most := service.most(20 * time.Second); most > 95 {
					t.Errorf("the service counted %d in 20 s, want at most 95", most)
				}
				// 95 in 20 s are 632 s; each window adds the time on the line.
				if d := time.Since(start); d > 650*time.Second {
					t.Errorf("3000 writes took %v, want at most 650 s", d)
				}
			})
		})
	}
}

func TestWindowThroughput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := paced(t, rest.GraphPace(), func(*http.Request) (*http.Response, error) {
			time.Sleep(200 * time.Millisecond)
			return answer(200, "{}"), nil
		})
		start := time.Now()
		for sent := 0; sent < 3000; {
			call := post("batch")
			call.Weight = c.Fit(min(20, 3000-sent), true)
			sent += call.Weight
			if _, err := c.Do(t.Context(), call); err != nil {
				t.Fatal(err)
			}
		}
		// The service allows 100 writes in 20 s: 3000 in 600 s.
		if d := time.Since(start); d > 630*time.Second {
			t.Errorf("3000 writes took %v, want at most 5 %% above 600 s", d)
		}
	})
}

func TestWindowOfReadsAndWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := rest.PaceOptions{Window: 10 * time.Second, WindowAll: 10, WindowWrites: 2}
		c, p := paced(t, o, func(*http.Request) (*http.Response, error) { return answer(200, "{}"), nil })
		start := time.Now()
		do := func(call rest.Call) time.Duration {
			if _, err := c.Do(t.Context(), call); err != nil {
				t.Fatal(err)
			}
			return time.Since(start)
		}
		do(post("x"))
		do(post("x"))
		if d := do(read("x")); d != 0 {
			t.Errorf("a read waited %v for writes", d)
		}
		safe := post("x")
		safe.Safe, safe.Weight = true, 7 // a batch of reads counts as reads
		if d := do(safe); d != 0 {
			t.Errorf("a batch of reads waited %v", d)
		}
		if until, why := p.Waiting(); !until.IsZero() {
			t.Errorf("waiting until %v because %q", until, why)
		}
		if d := do(read("x")); d < 10*time.Second || d > 11*time.Second {
			t.Errorf("the eleventh request left after %v", d)
		}
		big := post("x")
		big.Weight = 50 // more than the window holds: leaves by itself
		if d := do(big); d < 20*time.Second || d > 21*time.Second {
			t.Errorf("the big one left after %v", d)
		}
	})
}

func TestWindowNarrowsAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var service tally
		refuse := true
		c, _ := paced(t, rest.GraphPace(), func(*http.Request) (*http.Response, error) {
			if refuse {
				refuse = false
				return answer(429, "", "Retry-After", "20"), nil
			}
			service.add(1)
			return answer(200, "{}"), nil
		})
		for range 900 {
			if _, err := c.Do(t.Context(), post("x")); err != nil {
				t.Fatal(err)
			}
		}
		early := 0
		for _, at := range service.at {
			if at.Sub(service.at[0]) < 9*time.Second {
				early++
			}
		}
		if early < 40 || early > 50 {
			t.Errorf("%d writes right after a refusal, want about half of 95", early)
		}
		if most := service.most(20 * time.Second); most < 90 || most > 95 {
			t.Errorf("at most %d in 20 s later, want to be back at 95", most)
		}
	})
}

func TestGivingUpAtTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := rest.PaceOptions{Window: 10 * time.Second, WindowWrites: 1, InFlight: 2}
		c, _ := paced(t, o, func(*http.Request) (*http.Response, error) { return answer(200, "{}"), nil })
		if _, err := c.Do(t.Context(), post("x")); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 2 { // the second waits for the turn of the first
			wg.Go(func() {
				ctx, stop := context.WithCancel(context.Background())
				time.AfterFunc(time.Duration(i+1)*time.Second, stop)
				_, err := c.Do(ctx, post("x"))
				wantKind(t, err, model.Cancelled)
			})
		}
		wg.Wait()
		if _, err := c.Do(t.Context(), post("x")); err != nil || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v: who gave up must take no place", err, time.Since(start))
		}
	})
}

func TestScaledPace(t *testing.T) {
	o := rest.GraphPace().Scaled(60)
	if o.Window != time.Second/3 || o.WindowAll != 950 || o.WindowWrites != 95 || o.Recover != time.Second/6 {
		t.Errorf("got %+v", o)
	}
	if o := rest.PartnerPace().Scaled(2); o.Rate != 20 || o.Ceiling != 100 {
		t.Errorf("got %+v", o)
	}
}
