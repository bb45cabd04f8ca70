package screen

import (
	"fmt"
	"strings"
	"testing"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
	"muster/ui/uitest"
)

func homeView(env *kit.Env) string {
	s := NewHome(env, []kit.Action{{Name: "devices", Key: env.Keys.Devices}})
	s.Resize(80, 40)
	return s.View()
}

func TestHome(t *testing.T) {
	env := newEnv(t, board())
	env.Fleet = kit.Fleet{Devices: 1234, Groups: map[string]int{"": 1000, "Kiosk": 200, "A": 10, "B": 10, "C": 10, "D": 4}, Began: env.Now()}
	env.News = []kit.News{{At: env.Now(), Toast: kit.Toast{Text: "something failed", Tone: theme.BadTone}}}
	env.Place.Simulated = true
	v := homeView(env)
	for _, want := range []string{
		"1 234 devices, not all of them", "none", "1 000", "3 others", "24",
		"1 running", "1 stopped", "1 partly failed", "1 done", "something failed", "tenant is touched.",
	} {
		if !strings.Contains(v, want) {
			t.Errorf("home lacks %q:\n%s", want, v)
		}
	}
}

func TestHomeWithoutAnything(t *testing.T) {
	env := newEnv(t, &uitest.Still{})
	if v := homeView(env); !strings.Contains(v, "not read yet") || !strings.Contains(v, "reading") {
		t.Errorf("before anything was read home is\n%s", v)
	}
	env.Customer = model.Customer{}
	env.Jobs = &model.Board{Rev: 1, Problem: &model.Error{Op: "open ledger", Msg: "the disk is full"}}
	v := homeView(env)
	if !strings.Contains(v, "chooses one of them") {
		t.Errorf("without a customer home is\n%s", v)
	}
	if !strings.Contains(v, "the disk is full") {
		t.Errorf("a ledger that cannot be opened is not on home:\n%s", v)
	}
}

func TestHelpShowsWhatIsOffAndWhy(t *testing.T) {
	env := newEnv(t, still(0))
	d := NewDevices(env)
	show(d)
	s := NewHelp(env, "devices", d.Card().Actions)
	show(s)
	if v := s.View(); !strings.Contains(v, "not now: there is no device here") {
		t.Errorf("help is\n%s", v)
	}
	env.Place.ReadOnly = true
	s = NewHelp(env, "devices", d.Card().Actions)
	show(s)
	if v := s.View(); !strings.Contains(v, "assign ") || !strings.Contains(v, "not now: this session is read-only") {
		t.Errorf("in a read-only session help hides a write or why it is refused:\n%s", v)
	}
	typed(s, "G")
	for _, want := range []string{"To the last row.", "One row up."} {
		if v := s.View(); !strings.Contains(v, want) {
			t.Errorf("help does not say %q:\n%s", want, v)
		}
	}
	if e := typed(s, "?"); !e.Pop {
		t.Error("? does not close help")
	}
}

// Rows in different states come in the order in which they need a hand.
func TestUrgency(t *testing.T) {
	var got []string
	for want := int64(0); want < 7; want++ {
		for s := model.RowQueued; s <= model.RowUnknown; s++ {
			if urgency(s) == want {
				got = append(got, s.String())
			}
		}
	}
	if want := "[failed unknown in flight accepted queued skipped done]"; fmt.Sprint(got) != want {
		t.Errorf("the order is %v, want %s", got, want)
	}
}
