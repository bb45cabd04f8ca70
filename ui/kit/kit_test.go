package kit

import (
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/keys"
)

func TestDispatch(t *testing.T) {
	env := NewEnv(t.Context(), Backend{})
	did := ""
	do := func(name string) func() Effect {
		return func() Effect { did = name; return Effect{} }
	}
	actions := []Action{
		{Name: "look", Key: keys.Of("l"), Do: do("look")},
		{Name: "assign policy", Key: keys.Of("p"), Hurt: true, Do: do("assign")},
		{Name: "open", Key: keys.Of("enter"), Do: do("open"), Off: func() string { return "there is no row" }},
	}
	press := func(key rune) Effect {
		did = ""
		return Dispatch(env, tea.KeyPressMsg{Code: key}, actions)
	}
	if press('l'); did != "look" {
		t.Errorf("l did %q, want look", did)
	}
	if e := press('z'); !e.Pass || did != "" {
		t.Errorf("an unknown key: pass %v, did %q", e.Pass, did)
	}
	if e := press(tea.KeyEnter); e.Toast.Text != "open: there is no row" || did != "" {
		t.Errorf("an action that is off says %q and did %q", e.Toast.Text, did)
	}
	if press('p'); did != "assign" {
		t.Errorf("p did %q, want assign", did)
	}
	env.Place.ReadOnly = true
	if e := press('p'); did != "" || e.Toast.Text != "assign policy: this session is read-only" {
		t.Errorf("p in a read-only session did %q and says %q", did, e.Toast.Text)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1 000", 12871: "12 871", 1234567: "1 234 567", -5: "-5", -1000: "-1 000"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	if got := Counted(1, "device", "devices"); got != "1 device" {
		t.Errorf("got %q", got)
	}
}

func TestTrouble(t *testing.T) {
	if Trouble(nil) != nil {
		t.Error("no error is trouble")
	}
	if e := Trouble(errors.New("bad \x1b[31mthing")); e.Kind != model.Unexpected || Failed(e).Text != "bad \ufffd[31mthing" {
		t.Errorf("a foreign error became %v", e)
	}
	want := &model.Error{Kind: model.Offline, Msg: "no answer"}
	if got := Trouble(want); got != want {
		t.Errorf("got %v, want the same error", got)
	}
}

func TestTimesAreShownInTheirZone(t *testing.T) {
	env := NewEnv(t.Context(), Backend{})
	env.Zone = time.FixedZone("CET", 3600)
	at := time.Date(2026, 11, 23, 13, 2, 0, 0, time.UTC)
	if got := env.Clock(at); got != "14:02" {
		t.Errorf("clock %q", got)
	}
	if got := env.Stamp(at); got != "2026-11-23 14:02 CET" {
		t.Errorf("stamp %q", got)
	}
	if env.Clock(time.Time{})+env.Stamp(time.Time{})+env.Moment(time.Time{}) != "" {
		t.Error("the zero time is shown as a time")
	}
}

// Inside tmux, where the configuration says so, tmux is told to pass the clipboard on.
func TestCopyThroughTmux(t *testing.T) {
	env := NewEnv(t.Context(), Backend{})
	if _, raw := Copy(env, "S1")().(tea.RawMsg); raw {
		t.Error("without tmux the text is wrapped")
	}
	env.Tmux = true
	if msg, ok := Copy(env, "S1")().(tea.RawMsg); !ok || msg.Msg != "\x1bPtmux;\x1b\x1b]52;c;UzE=\a\x1b\\" {
		t.Errorf("through tmux goes %q", msg.Msg)
	}
}
