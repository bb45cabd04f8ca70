package ui

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/screen"
	"muster/ui/uitest"
)

// deaf is a backend whose watch ends after the first board, so that a test can run
// every command to its end.
type deaf struct{ *uitest.Still }

func (d deaf) WatchBoard(ctx context.Context, rev uint64) (*model.Board, error) {
	if rev > 0 || d.Board == nil {
		return nil, errors.New("no more")
	}
	return d.Still.WatchBoard(ctx, rev)
}

// drive runs commands and gives the app their answers until nothing follows.
func drive(a *App, cmds ...tea.Cmd) {
	for len(cmds) > 0 {
		cmd := cmds[0]
		cmds = cmds[1:]
		if cmd == nil {
			continue
		}
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			cmds = append([]tea.Cmd(batch), cmds...)
			continue
		}
		if msg == nil {
			continue
		}
		_, next := a.Update(msg)
		cmds = append(cmds, next)
	}
}

func driven(t testing.TB, o Options, still *uitest.Still, w, h int) *App {
	t.Helper()
	b := still.Backend()
	b.Journal = deaf{still}
	o.Backend, o.Now = b, uitest.Noon
	a := New(t.Context(), o)
	drive(a, a.Init())
	_, cmd := a.Update(tea.WindowSizeMsg{Width: w, Height: h})
	drive(a, cmd)
	return a
}

func press(a *App, text string) {
	for _, r := range text {
		key := tea.KeyPressMsg{Code: r, Text: string(r)}
		if r == '\n' {
			key = uitest.Enter
		}
		if r == '\x1b' {
			key = uitest.Esc
		}
		_, cmd := a.Update(key)
		drive(a, cmd)
	}
}

func devices(n int) *uitest.Still {
	s := &uitest.Still{Board: &model.Board{Rev: 1}, CustomerList: []model.Customer{{ID: "c", Name: "Contoso"}, {ID: "f", Name: "Fabrikam"}}}
	page := model.DevicePage{Page: 1, Batches: 1, Of: 1, Total: n}
	for i := range n {
		page.Devices = append(page.Devices, model.Device{ID: model.DeviceID(fmt.Sprint("d", i)), Batch: "first",
			Serial: fmt.Sprintf("S%07d", i), Model: "Latitude 7450", Maker: "Dell Inc."})
	}
	s.DevicePages = []model.DevicePage{page}
	return s
}

func TestTheFrameFitsEveryTerminal(t *testing.T) {
	evil := "\x1b[7m\x1b]52;c;aGk=\a日本語\r\n\u202e" + strings.Repeat("long ", 40)
	st := devices(30)
	st.CustomerList = []model.Customer{{ID: "c", Name: model.Clean(evil)}}
	st.Board = &model.Board{Rev: 1, Waiting: evil, Problem: &model.Error{Op: "open ledger", Msg: model.Clean(evil)},
		Operations: []model.Operation{{ID: "o", Title: evil, Rows: model.Tally{InFlight: 1, Queued: 1}, Owned: true}}}
	a := driven(t, Options{Customer: "c", Place: kit.Place{Connection: evil, Simulated: true, Forgotten: true, ReadOnly: true}}, st, 80, 24)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 200 {
		w, h := random.IntN(200), random.IntN(60)
		switch i {
		case 0:
			w, h = 0, 0
		case 1:
			w, h = 1, 1
		case 2:
			w, h = leastWidth, leastHeight
		}
		_, cmd := a.Update(tea.WindowSizeMsg{Width: w, Height: h})
		drive(a, cmd)
		press(a, string("123456?/jGg\n\x1bosS*o2x"[random.IntN(20)]))
		view := a.View().Content
		if w == 0 {
			if view != "" {
				t.Fatalf("at %d×%d it draws %q", w, h, view)
			}
			continue
		}
		uitest.CheckSize(t, "the frame", view, w, h)
		if t.Failed() {
			return
		}
	}
}

// Pictures of the same state on other terminals: a wide one, the smallest, one that
// draws ASCII only.
func TestPictures(t *testing.T) {
	place := kit.Place{Connection: "work", Simulated: true, ReadOnly: true}
	for name, c := range map[string]struct {
		o    Options
		keys string
		w, h int
	}{
		"picture-devices-200x50":    {Options{Customer: "c", Place: place}, " j ", 200, 50},
		"picture-home-60x15":        {Options{Customer: "c", Place: place}, "1", 60, 15},
		"picture-devices-ascii":     {Options{Customer: "c", Place: place, ASCII: true}, " js", 80, 24},
		"picture-home-ascii":        {Options{Customer: "c", Place: place, ASCII: true}, "1", 80, 24},
		"picture-customers-ascii":   {Options{Place: place, ASCII: true}, "", 80, 24},
		"picture-small-ascii-40x10": {Options{Customer: "c", ASCII: true}, "", 40, 10},
	} {
		c.o.Zone = time.UTC
		a := driven(t, c.o, devices(120), c.w, c.h)
		press(a, c.keys)
		picture := uitest.Picture(a.View().Content, c.w, c.h)
		if c.o.ASCII && strings.ContainsFunc(picture, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("%s draws more than ASCII:\n%s", name, picture)
		}
		uitest.GoldenPicture(t, name, picture)
	}
}

// slow answers a reading of customer c only when it is let go.
type slow struct {
	kit.Reader
	asked, release chan struct{}
}

func (s slow) Devices(ctx context.Context, c model.CustomerID) iter.Seq2[model.DevicePage, error] {
	if c != "c" {
		return s.Reader.Devices(ctx, c)
	}
	return func(yield func(model.DevicePage, error) bool) {
		close(s.asked)
		<-s.release
		if ctx.Err() == nil {
			panic("the context of a former visit lives on")
		}
		yield(model.DevicePage{Devices: []model.Device{{ID: "of the former customer"}}}, nil)
	}
}

// Everything about another customer is cancelled and dropped.
func TestAFormerVisitLeavesNothing(t *testing.T) {
	st := devices(3)
	b := st.Backend()
	late := slow{st, make(chan struct{}), make(chan struct{})}
	b.Reader, b.Journal = late, deaf{st}
	a := New(t.Context(), Options{Backend: b, Now: uitest.Noon})
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	cmd := a.visit(st.CustomerList[0])
	answers := make(chan tea.Msg, 10)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		collect(cmd, answers)
	}()
	<-late.asked
	epoch := a.env.Epoch
	drive(a, a.visit(st.CustomerList[1]))
	close(late.release)
	<-ended
	close(answers)
	for msg := range answers {
		_, cmd := a.Update(msg)
		drive(a, cmd)
	}
	if view := a.View().Content; strings.Contains(view, "former") || !strings.Contains(view, "3 devices") {
		t.Errorf("after the switch the screen is\n%s", view)
	}
	if a.env.Epoch == epoch {
		t.Error("the epoch did not rise")
	}
	if a.Update(kit.CustomersMsg{Epoch: epoch - 1, Customers: st.CustomerList[:1]}); a.env.Customer.ID != "f" {
		t.Error("an answer of a former visit chose the customer")
	}
}

// collect runs commands and all that they batch, each to its end.
func collect(cmd tea.Cmd, out chan<- tea.Msg) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			collect(c, out)
		}
	default:
		out <- msg
	}
}

// A poll without news, or a key that changes nothing, must not draw anew.
func TestAStepOfTheCursorCostsLittle(t *testing.T) {
	small, large := driven(t, Options{Customer: "c"}, devices(1000), 200, 50), driven(t, Options{Customer: "c"}, devices(60_000), 200, 50)
	step := func(a *App) float64 {
		down := tea.KeyPressMsg{Code: tea.KeyDown}
		return testing.AllocsPerRun(200, func() {
			a.Update(down)
			_ = a.View()
		})
	}
	few, many := step(small), step(large)
	if many > 50 || many > 1.2*few+8 {
		t.Errorf("a step allocates %.0f times over 1 000 rows and %.0f times over 60 000", few, many)
	}
}

func BenchmarkCursorStep(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			a := driven(b, Options{Customer: "c"}, devices(n), 200, 50)
			if _, ok := a.top().(*screen.Devices); !ok {
				b.Fatal("the devices are not in sight")
			}
			down := tea.KeyPressMsg{Code: tea.KeyDown}
			b.ReportAllocs()
			for b.Loop() {
				a.Update(down)
				_ = a.View()
			}
		})
	}
}
