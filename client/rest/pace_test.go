package rest_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"muster/client/rest"
	"muster/model"
)

// paced returns a client on a transport that takes no time, and the pace.
func paced(t *testing.T, o rest.PaceOptions, do doer) (*rest.Client, *rest.Pace) {
	p := rest.NewPace(o)
	return client(t, rest.Graph, "http://127.0.0.1:1", func(o *rest.Options) { o.Pace, o.Transport, o.Backoff = p, do, 0 }), p
}

func TestPaceKeepsToThePublishedFigures(t *testing.T) {
	for _, tc := range []struct {
		name   string
		call   rest.Call
		calls  int
		window time.Duration
		most   int
	}{
		{"writes", post("x"), 400, 20 * time.Second, 95},
		{"reads", read("x"), 3000, 20 * time.Second, 950},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var at []time.Time
				c, _ := paced(t, rest.GraphPace(), func(*http.Request) (*http.Response, error) {
					at = append(at, time.Now())
					return answer(200, "{}"), nil
				})
				for range tc.calls {
					if _, err := c.Do(t.Context(), tc.call); err != nil {
						t.Fatal(err)
					}
				}
				for i := tc.most; i < len(at); i++ {
					if d := at[i].Sub(at[i-tc.most]); d < tc.window-time.Millisecond {
						t.Fatalf("requests %d to %d in %v, want %v", i-tc.most, i, d, tc.window)
					}
				}
			})
		})
	}
}

func TestPaceLimitsWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		c, _ := paced(t, rest.PartnerPace(), func(*http.Request) (*http.Response, error) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(2 * time.Second)
			now.Add(-1)
			return answer(200, "{}"), nil
		})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _, _ = c.Do(context.Background(), rest.Call{Path: []string{"x"}, Lane: "customer"}) })
		}
		wg.Wait()
		if most.Load() != 4 {
			t.Errorf("got %d in flight, want 4", most.Load())
		}
	})
}

func TestPaceHalvesAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refuse atomic.Bool
		c, p := paced(t, rest.PartnerPace(), func(*http.Request) (*http.Response, error) {
			if refuse.CompareAndSwap(true, false) {
				return answer(429, "", "Retry-After", "5"), nil
			}
			return answer(200, "{}"), nil
		})
		rate := func(n int) float64 {
			start := time.Now()
			for range n {
				if _, err := c.Do(t.Context(), read("x")); err != nil {
					t.Fatal(err)
				}
			}
			return float64(n) / time.Since(start).Seconds()
		}
		rate(20) // the burst is gone
		if r := rate(50); r < 9 || r > 11.5 {
			t.Errorf("got %.1f a second at the start, want 10", r)
		}
		refuse.Store(true)
		start := time.Now()
		rate(1)
		if d := time.Since(start); d < 5*time.Second || d > 6*time.Second {
			t.Errorf("came back after %v, want the 5 s that were asked for", d)
		}
		if until, _ := p.Waiting(); until.After(time.Now()) {
			t.Errorf("waiting until %v, after the wait", until)
		}
		rate(10)
		if r := rate(30); r < 4.5 || r > 6.6 {
			t.Errorf("got %.1f a second after a 429, want 5", r)
		}
		for range 60 {
			rate(200)
		}
		if r := rate(500); r < 40 || r > 52 {
			t.Errorf("got %.1f a second after a long quiet time, want close to 50", r)
		}
	})
}

func TestPaceSharesACoolDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := true
		p := rest.NewPace(rest.PartnerPace())
		do := doer(func(*http.Request) (*http.Response, error) {
			if first {
				first = false
				return answer(429, "", "Retry-After", "120"), nil
			}
			return answer(200, "{}"), nil
		})
		with := func(o *rest.Options) { o.Pace, o.Transport = p, do }
		a, b := client(t, rest.Partner, "http://127.0.0.1:1", with), client(t, rest.Partner, "http://127.0.0.1:1", with)
		start := time.Now()
		_, err := a.Do(t.Context(), post("x"))
		wantKind(t, err, model.Throttled)
		if d, ok := rest.RetryAfter(err); !ok || d != 2*time.Minute || time.Since(start) > time.Second {
			t.Fatalf("got %v %v after %v", d, ok, time.Since(start))
		}
		done := make(chan error)
		go func() {
			_, err := b.Do(context.Background(), read("x"))
			done <- err
		}()
		synctest.Wait()
		if until, why := p.Waiting(); until.Sub(start) < 2*time.Minute || why == "" {
			t.Errorf("waiting until %v because %q", until.Sub(start), why)
		}
		if err := <-done; err != nil || time.Since(start) < 2*time.Minute {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestWaitingForTheTurnCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := paced(t, rest.PaceOptions{Rate: 0.01, Burst: 1, InFlight: 1}, func(*http.Request) (*http.Response, error) {
			return answer(200, "{}"), nil
		})
		if _, err := c.Do(t.Context(), post("x")); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := c.Do(ctx, post("x"))
		wantKind(t, err, model.Cancelled)
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		_, err = c.Do(ctx, post("x"))
		wantKind(t, err, model.Offline) // the caller's own limit; nothing was sent
	})
}

func TestPatientReadsSitOutAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		do := doer(func(*http.Request) (*http.Response, error) {
			if n++; n%2 == 1 {
				return answer(429, `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}`, "Retry-After", "57"), nil
			}
			return answer(200, "{}"), nil
		})
		c, _ := paced(t, rest.PartnerPace(), do)
		start := time.Now()
		if _, err := c.Patient(t.Context(), read("x")); err != nil || time.Since(start) < 57*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		_, err := c.Patient(t.Context(), post("x"))
		wantKind(t, err, model.Throttled)
	})
}

func TestSection13_05_TheServiceSaysHowLongToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tc := range []struct {
			name   string
			header []string
			body   string
			wait   time.Duration // of the only repetition
		}{
			{"date", []string{"Retry-After", time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat)}, "", 9 * time.Second},
			{"seconds", []string{"Retry-After", "7"}, "", 7 * time.Second},
			{"milliseconds", []string{"x-ms-retry-after-ms", "300"}, "", 300 * time.Millisecond},
			{"inside Intune's message", nil, `{"error":{"code":"TooManyRequests","message":"{\"Message\":\"x\",\"RetryAfter\":11}"}}`, 11 * time.Second},
		} {
			n, start := 0, time.Now()
			c := client(t, rest.Graph, "http://127.0.0.1:1", func(o *rest.Options) {
				o.Transport = doer(func(*http.Request) (*http.Response, error) {
					if n++; n == 1 {
						return answer(429, tc.body, tc.header...), nil
					}
					return answer(200, "{}"), nil
				})
			})
			if tc.name == "date" {
				start = start.Truncate(time.Second)
			}
			if _, err := c.Do(t.Context(), post("x")); err != nil {
				t.Fatal(tc.name, err)
			}
			if d := time.Since(start); d < tc.wait-time.Second/2 || d > tc.wait+time.Second {
				t.Errorf("%s: came back after %v, want %v", tc.name, d, tc.wait)
			}
		}
	})
}

// The time limit of a try does not run while it waits for its turn, and ends a
// try that hangs.
func TestTryTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := doer(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c := client(t, rest.Partner, "http://127.0.0.1:1", func(o *rest.Options) { o.Transport = hang })
		start := time.Now()
		_, err := c.Do(t.Context(), post("x"))
		wantKind(t, err, model.Lost)
		if d := time.Since(start); d != time.Minute {
			t.Errorf("a write was given up after %v, want 1 m", d)
		}
		start = time.Now()
		_, err = c.Do(t.Context(), read("x"))
		wantKind(t, err, model.Offline, "in time")
		if d := time.Since(start); d < 2*time.Minute || d > 3*time.Minute {
			t.Errorf("a read was given up after %v, want four tries of 30 s", d)
		}
	})
}
