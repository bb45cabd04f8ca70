package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/form"
	"muster/ui/kit"
	"muster/ui/screen"
	"muster/ui/theme"
	"muster/ui/uitest"
)

func asked(id string, minute int, rows model.Tally) model.Operation {
	return model.Operation{ID: model.OperationID(id), Kind: model.AssignPolicy, Title: "policy " + id, Customer: "c", CustomerName: "Contoso",
		Created: uitest.Noon().Add(time.Duration(minute) * time.Minute), Rows: rows, Owned: true, Mine: true}
}

func boardOf(rev uint64, ops ...model.Operation) *model.Board {
	return &model.Board{Rev: rev, Operations: ops}
}

// update gives the app a message and runs what follows.
func update(a *App, msg tea.Msg) {
	_, cmd := a.Update(msg)
	drive(a, cmd)
}

func wants(t *testing.T, a *App, parts ...string) {
	t.Helper()
	view := a.View().Content
	for _, p := range parts {
		if !strings.Contains(view, p) {
			t.Errorf("the screen does not say %q:\n%s", p, view)
		}
	}
}

// After news of an operation o opens that very one, once, with the list below it.
func TestOpeningTheOperationOfTheNews(t *testing.T) {
	st := devices(3)
	one, two := asked("one", 1, model.Tally{Accepted: 2}), asked("two", 2, model.Tally{Accepted: 2})
	st.Board = boardOf(1, two, one)
	a := driven(t, Options{Customer: "c", Forms: form.All()}, st, 80, 24)
	ended := one
	ended.Rows, ended.Ended = model.Tally{Done: 1, Failed: 1}, uitest.Noon().Add(time.Hour)
	update(a, kit.JobsMsg{Board: boardOf(2, two, ended)})
	wants(t, a, "policy one: 1 failed; o opens the operation")
	press(a, "o")
	if op, ok := a.top().(*screen.Operation); !ok {
		t.Fatalf("o opened %T, want the operation", a.top())
	} else if view := a.View().Content; !strings.Contains(view, "policy one: 1 failed") {
		t.Errorf("o opened another operation than that of the news: %v\n%s", op, view)
	}
	update(a, kit.DecidedMsg{Operation: "one", What: "sent again"})
	press(a, "o")
	if _, ok := a.top().(*screen.Operations); !ok {
		t.Fatalf("o on the operation itself opened %T, want the list", a.top())
	}
	press(a, "\n\x1b")
	if _, ok := a.top().(*screen.Operations); !ok {
		t.Fatalf("below the operation is %T, want the list", a.top())
	}
	press(a, "\x1bo")
	if _, ok := a.top().(*screen.Operations); !ok {
		t.Fatalf("the second o opened %T, want the list", a.top())
	}
	if view := a.View().Content; !strings.Contains(view, "▌ policy two") {
		t.Errorf("the cursor is not on the newest:\n%s", view)
	}
}

// An operation that was just written down may be asked for before the board has it.
func TestOpeningAnOperationBeforeTheBoardHasIt(t *testing.T) {
	st := devices(3)
	a := driven(t, Options{Customer: "c", Forms: form.All()}, st, 80, 24)
	update(a, kit.SavedMsg{Reply: kit.Reply{To: a.top()}, Operation: "new"})
	press(a, "o")
	update(a, kit.JobsMsg{Board: boardOf(2, asked("new", 1, model.Tally{Queued: 3}))})
	if _, ok := a.top().(*screen.Operation); !ok {
		t.Errorf("with the board came %T, want the operation", a.top())
	}
	update(a, kit.SavedMsg{Reply: kit.Reply{To: a.top()}, Operation: "newer"})
	press(a, "o\x1b") // the operator went on meanwhile
	update(a, kit.JobsMsg{Board: boardOf(3, asked("newer", 2, model.Tally{Queued: 3}))})
	if op, ok := a.top().(*screen.Operation); ok && strings.Contains(op.View(), "newer") {
		t.Error("an operation opened by itself after the operator had gone on")
	}
}

func TestAToastGoesWithTheNextKeyThatDoesSomething(t *testing.T) {
	now := uitest.Noon()
	a := driven(t, Options{Customer: "c", Forms: form.All()}, devices(3), 80, 24)
	a.env.Now = func() time.Time { return now }
	a.say(kit.Toast{Text: "good news", Tone: theme.GoodTone})
	press(a, "%") // no key
	wants(t, a, "good news")
	press(a, "j")
	if a.toast.Text != "" {
		t.Errorf("after a step of the cursor the toast is %q", a.toast.Text)
	}
	a.say(kit.Toast{Text: "it failed", Tone: theme.BadTone})
	press(a, "k4")
	wants(t, a, "it failed")
	now = now.Add(errorTime)
	press(a, "2")
	if a.toast.Text != "" {
		t.Errorf("an error stays after %v: %q", errorTime, a.toast.Text)
	}
	a.say(kit.Toast{Text: "it failed", Tone: theme.BadTone})
	press(a, "\x1b")
	if a.toast.Text != "" || len(a.env.News) != 3 {
		t.Errorf("after Esc the toast is %q, and the history has %d, want none and 3", a.toast.Text, len(a.env.News))
	}
}

func TestQuittingSaysWhatIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		place     kit.Place
		form, ops bool
		want      []string
		wantNot   string
	}{
		"a form":           {form: true, want: []string{"Quit and lose what is filled in?", "What is filled in is lost."}, wantNot: "waits on this machine"},
		"an operation":     {ops: true, want: []string{"waits on this machine; the next start asks"}, wantNot: "is lost"},
		"both":             {form: true, ops: true, want: []string{"What is filled in is lost.", "waits on this machine"}},
		"in the demo":      {ops: true, place: kit.Place{Simulated: true, Forgotten: true}, want: []string{"everything else"}, wantNot: "next start"},
		"a form in a demo": {form: true, place: kit.Place{Simulated: true, Forgotten: true}, want: []string{"is lost"}, wantNot: "next start"},
	} {
		t.Run(name, func(t *testing.T) {
			st := devices(3)
			if c.ops {
				st.Board = boardOf(1, asked("one", 1, model.Tally{Accepted: 500, Queued: 11_500}))
			}
			a := driven(t, Options{Customer: "c", Place: c.place, Forms: form.All()}, st, 80, 24)
			if c.form {
				press(a, "Ulist")
			}
			_, cmd := a.Update(uitest.CtrlC)
			if a.quitting == nil {
				t.Fatal("ctrl+c does not ask")
			}
			drive(a, cmd)
			wants(t, a, c.want...)
			if view := a.View().Content; c.wantNot != "" && strings.Contains(view, c.wantNot) {
				t.Errorf("the question says %q:\n%s", c.wantNot, view)
			}
		})
	}
}

func TestTooSmallShortensStepByStep(t *testing.T) {
	for w, want := range map[int]string{59: "muster needs 60×15, this is 59×8", 30: "needs 60×15, has 30×8", 15: "needs 60×15", 5: "60×15", 4: ""} {
		a := driven(t, Options{Customer: "c"}, devices(1), w, 8)
		if got, _, _ := strings.Cut(a.View().Content, "\n"); got != want {
			t.Errorf("%d wide: %q, want %q", w, got, want)
		}
	}
}

// The connection and the badge are in the place however long the names are.
func TestThePlaceKeepsTheConnection(t *testing.T) {
	st := devices(3)
	st.CustomerList = []model.Customer{{ID: "c", Name: "The Very Long Name Hospital Trust of the North West"}}
	for _, w := range []int{60, 80} {
		a := driven(t, Options{Customer: "c", Place: kit.Place{Connection: "production", Simulated: true, Forgotten: true, ReadOnly: true}}, st, w, 24)
		press(a, "\n")
		place, _, _ := strings.Cut(a.View().Content, "\n")
		for _, want := range []string{"product", "SIMULATED", "READ-ONLY", "S0000000", "…"} {
			if !strings.Contains(place, want) {
				t.Errorf("at %d columns the place lacks %q: %s", w, want, place)
			}
		}
	}
}

// F1 opens the help where ? is a letter, and Esc stands once in every footer.
func TestHelpWhileTyping(t *testing.T) {
	a := driven(t, Options{Customer: "c", Forms: form.All()}, devices(3), 80, 24)
	press(a, "?/re")
	if footer := a.footer(a.top().Card()); strings.Count(footer, "Esc") != 1 {
		t.Errorf("the footer of a filter in help is %q, want Esc once", footer)
	}
	press(a, "\x1b\x1b/S0?")
	if got := a.top().Card().Input; got != "/S0?_" {
		t.Errorf("the filter is %q, want the question mark typed", got)
	}
	update(a, tea.KeyPressMsg{Code: tea.KeyF1})
	wants(t, a, "help on devices", "keep the filter")
	press(a, "\x1b")
	if got := a.top().Card().Input; got != "/S0?_" {
		t.Errorf("after help the filter is %q", got)
	}
}

// Counts are never cut: in the list of operations the titles give way to them.
func TestCountsOfOperationsAreWhole(t *testing.T) {
	st := devices(3)
	long := asked("Standard users of the northern wards and the southern ones", 1, model.Tally{Done: 12_000, Accepted: 100_000})
	long.Ended = time.Time{}
	st.Board = boardOf(1, long)
	a := driven(t, Options{Customer: "c"}, st, 80, 24)
	press(a, "o")
	wants(t, a, "12 000/112 000", "ASKED")
}

// What is typed before it is known which customer to begin with is dropped as a whole.
func TestKeysBeforeTheCustomerIsKnown(t *testing.T) {
	a := New(t.Context(), Options{Backend: devices(3).Backend(), Forms: form.All(), Now: uitest.Noon})
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	for _, key := range []string{"/", "o", "q", "C"} {
		a.Update(uitest.Key(key))
	}
	if _, ok := a.top().(*screen.Home); !ok {
		t.Errorf("keys that follow one that was dropped opened %T", a.top())
	}
	wants(t, a, "still asking for the customers")
	a.Update(uitest.Esc)
	a.Update(uitest.Key("?"))
	if _, ok := a.top().(*screen.Help); !ok {
		t.Errorf("after Esc keys do not count: %T is in sight", a.top())
	}
}
