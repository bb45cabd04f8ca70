package ui_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/client/simulator"
	"muster/ui"
	"muster/ui/uitest"
)

// fuzzSpan is how long keys are pressed: MUSTER_FUZZ_KEYS=1m go test ./ui -run Section13_16.
func fuzzSpan(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("MUSTER_FUZZ_KEYS")
	if text == "" {
		return 5 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("MUSTER_FUZZ_KEYS: %v", err)
	}
	return d
}

// anyKeys draws a key, or a few that belong together: how an operator comes to a write.
func anyKeys(random *rand.Rand) []tea.KeyPressMsg {
	one := func(list []tea.KeyPressMsg) tea.KeyPressMsg { return list[random.IntN(len(list))] }
	letter := func(of string) tea.KeyPressMsg {
		r := rune(of[random.IntN(len(of))])
		if r == ' ' {
			return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
		}
		return tea.KeyPressMsg{Code: r, Text: string(r)}
	}
	special := []tea.KeyPressMsg{uitest.Enter, uitest.Esc, {Code: tea.KeyTab}, {Code: tea.KeyTab, Mod: tea.ModShift}, {Code: tea.KeyUp}, {Code: tea.KeyDown},
		{Code: tea.KeyLeft}, {Code: tea.KeyRight}, {Code: tea.KeyPgUp}, {Code: tea.KeyPgDown}, {Code: tea.KeyHome}, {Code: tea.KeyEnd}, {Code: tea.KeyF1},
		{Code: tea.KeyBackspace}, {Code: tea.KeyDelete}, {Code: tea.KeySpace, Text: " "}}
	switch n := random.IntN(20); {
	case n < 3:
		return []tea.KeyPressMsg{one(special)}
	case n == 3: // every ctrl key, the last way out too
		return []tea.KeyPressMsg{{Code: rune('a' + random.IntN(26)), Mod: tea.ModCtrl}}
	case n < 8:
		r := rune(' ' + 1 + random.IntN('~'-' '))
		return []tea.KeyPressMsg{{Code: r, Text: string(r)}}
	}
	return []tea.KeyPressMsg{uitest.Esc, uitest.Esc, letter("234578"), letter(" j*"), letter("patnexXUzicr"), uitest.Enter, uitest.Enter, letter("yy1"), uitest.Enter}
}

// TestSection13_16_ReadOnlySendsNothingButGET presses any key anywhere; the simulator
// says what reached the two services.
func TestSection13_16_ReadOnlySendsNothingButGET(t *testing.T) {
	t.Chdir(t.TempDir()) // exports are allowed, and land where muster was started
	w := newWorld(t, simulator.Options{Devices: 120, Customers: 4})
	o := w.options(t, readOnly)
	o.Place.ReadOnly = true
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	keys := 0
	for end := time.Now().Add(fuzzSpan(t)); time.Now().Before(end); {
		keys += fuzzKeys(t, o, random, end)
	}
	methods := w.methods(t)
	t.Logf("%d keys, %v", keys, methods)
	if methods[http.MethodGet] == 0 || keys < 50 {
		t.Errorf("%d keys and %v: nothing was tried", keys, methods)
	}
	for method, n := range methods {
		if method != http.MethodGet {
			t.Errorf("%d requests with %s reached the services", n, method)
		}
	}
}

// fuzzKeys presses keys until the dashboard leaves or the time is over.
func fuzzKeys(t *testing.T, o ui.Options, random *rand.Rand, end time.Time) (keys int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var left atomic.Bool
	s := uitest.Start(t, ui.New(ctx, o), 80, 24, tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch msg.(type) {
		case tea.QuitMsg:
			left.Store(true)
		case tea.SuspendMsg:
			return nil // there is no shell to go to
		}
		return msg
	}))
	s.WaitFor("devices · as of")
	for time.Now().Before(end) && !left.Load() {
		for _, key := range anyKeys(random) {
			s.Press(key)
			s.Breathe()
			keys++
		}
		if random.IntN(40) == 0 {
			s.Paste("S1\ny\n")
		}
	}
	return keys
}

var ofServices = regexp.MustCompile(`(?i)^/+(v1|v1\.0|beta)/`)

// methods counts, by method, what the two services were asked.
func (w *world) methods(t *testing.T) map[string]int {
	t.Helper()
	res, err := http.Get(w.ready.Control + "/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	n := map[string]int{}
	for dec := json.NewDecoder(res.Body); dec.More(); {
		var r struct{ Method, Path string }
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if ofServices.MatchString(r.Path) {
			n[r.Method]++
		}
	}
	return n
}
