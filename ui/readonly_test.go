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

// anyKey draws a key: mostly those that do something, now and then any other.
func anyKey(random *rand.Rand) tea.KeyPressMsg {
	special := []tea.KeyPressMsg{uitest.Enter, uitest.Enter, uitest.Enter, uitest.Esc, uitest.Esc, {Code: tea.KeyTab}, {Code: tea.KeyTab, Mod: tea.ModShift}, {Code: tea.KeyUp}, {Code: tea.KeyDown},
		{Code: tea.KeyLeft}, {Code: tea.KeyRight}, {Code: tea.KeyPgUp}, {Code: tea.KeyPgDown}, {Code: tea.KeyHome}, {Code: tea.KeyEnd}, {Code: tea.KeyF1},
		{Code: tea.KeyBackspace}, {Code: tea.KeyDelete}, {Code: tea.KeySpace, Text: " "}, {Code: tea.KeySpace, Text: " "}}
	switch n := random.IntN(10); {
	case n < 3:
		return special[random.IntN(len(special))]
	case n == 3: // every ctrl key, the last way out too
		return tea.KeyPressMsg{Code: rune('a' + random.IntN(26)), Mod: tea.ModCtrl}
	case n < 6: // the views and what acts on them
		const acting = "12345678aapptnexxXUzzciiICy*MyYdbJoOmv"
		r := rune(acting[random.IntN(len(acting))])
		return tea.KeyPressMsg{Code: r, Text: string(r)}
	}
	r := rune(' ' + 1 + random.IntN('~'-' '))
	return tea.KeyPressMsg{Code: r, Text: string(r)}
}

// TestSection13_16_ReadOnlySendsNothingButGET presses any key anywhere; the simulator
// says what reached the two services.
func TestSection13_16_ReadOnlySendsNothingButGET(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 120, Customers: 4})
	o := w.options(t, readOnly)
	o.Place.ReadOnly = true
	ctx, cancel := context.WithCancel(context.Background())
	var ending atomic.Bool
	s := uitest.Start(t, ui.New(ctx, o), 80, 24, tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch msg.(type) {
		case tea.QuitMsg, tea.SuspendMsg:
			if !ending.Load() {
				return nil
			}
		}
		return msg
	}))
	t.Cleanup(func() { ending.Store(true); cancel() })
	s.WaitFor("devices · as of")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	keys := 0
	for end := time.Now().Add(fuzzSpan(t)); time.Now().Before(end); keys++ {
		s.Press(anyKey(random))
		if random.IntN(25) == 0 {
			s.Screen() // the program comes to rest now and then, so that forms open
		}
		if random.IntN(200) == 0 {
			s.Paste("S1\ny\n")
		}
	}
	s.Press(uitest.Esc, uitest.Esc, uitest.Esc)
	s.Settle()
	methods := w.methods(t)
	t.Logf("%d keys, %v", keys, methods)
	if methods[http.MethodGet] == 0 || keys < 100 {
		t.Errorf("%d keys and %v: nothing was tried", keys, methods)
	}
	for method, n := range methods {
		if method != http.MethodGet {
			t.Errorf("%d requests with %s reached the services", n, method)
		}
	}
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
