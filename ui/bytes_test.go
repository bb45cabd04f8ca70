package ui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/uitest"
)

// tenant is a list whose rows differ as those of a real one do.
func tenant(n int) *uitest.Still {
	s := devices(n)
	models := []string{"Latitude 5440", "Surface Pro 9", "EliteBook 840 G10", "OptiPlex 7010", "ThinkPad T14 Gen 4"}
	makers := []string{"Dell Inc.", "Microsoft Corporation", "HP", "Dell Inc.", "LENOVO"}
	page := &s.DevicePages[0]
	random := rand.New(rand.NewPCG(5, 6))
	for i := range page.Devices {
		d, kind := &page.Devices[i], random.IntN(len(models))
		d.Serial, d.Model, d.Maker = fmt.Sprintf("5CG%07d", random.IntN(10_000_000)), models[kind], makers[kind]
		d.Batch = model.BatchID(fmt.Sprintf("CONT-%d", random.IntN(40)))
		d.Uploaded = uitest.Noon().Add(-time.Duration(random.IntN(900_000)) * time.Minute)
	}
	return s
}

// slides shows views one after the other, as they were drawn before.
type slides struct{ views []tea.View }

func (s *slides) Init() tea.Cmd { return nil }

func (s *slides) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, next := msg.(nextSlide); next {
		s.views = s.views[1:]
	}
	return s, nil
}

func (s *slides) View() tea.View { return s.views[0] }

type nextSlide struct{}

// line is the line to the terminal.
type line struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *line) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	got := l.b.String()
	l.b.Reset()
	return got
}

// sent returns what goes over the line for each of the views.
func sent(t *testing.T, views ...tea.View) (tapes []string) {
	first := make(chan os.Signal, 1) // a process's first must not be in a bubble
	signal.Notify(first, os.Interrupt)
	signal.Stop(first)
	synctest.Test(t, func(t *testing.T) {
		out := &line{}
		p := tea.NewProgram(&slides{views}, tea.WithInput(nil), tea.WithOutput(out), tea.WithoutSignals(), tea.WithWindowSize(200, 50),
			tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := p.Run(); err != nil {
				t.Error(err)
			}
		})
		for i := range views {
			if i > 0 {
				p.Send(nextSlide{})
			}
			time.Sleep(time.Second) // of the bubble's clock
			tapes = append(tapes, out.take())
		}
		p.Quit()
		wg.Wait()
		time.Sleep(time.Second)
	})
	return tapes
}

// bill says what the bytes of a tape are spent on.
type bill struct{ text, style, move, erase, other int }

func (b bill) String() string {
	return fmt.Sprintf("text %d, colours %d, cursor %d, erasing and repeating %d, modes %d", b.text, b.style, b.move, b.erase, b.other)
}

func billOf(tape string) (b bill) {
	var state byte
	for len(tape) > 0 {
		seq, width, n, next := ansi.DecodeSequence(tape, state, nil)
		state, tape = next, tape[n:]
		last := seq[len(seq)-1]
		switch {
		case width > 0:
			b.text += n
		case last == 'm':
			b.style += n
		case strings.ContainsRune("\r\n\b\t", rune(last)), strings.ContainsRune("ABCDGHd`", rune(last)):
			b.move += n
		case strings.ContainsRune("JKXPb@LMSTr", rune(last)):
			b.erase += n
		default:
			b.other += n
		}
	}
	return b
}

// changed counts the cells that are not blank and differ between two screens.
func changed(from, to string) (n int) {
	lines := strings.Split(from, "\n")
	for i, row := range strings.Split(to, "\n") {
		var old []rune
		if i < len(lines) {
			old = []rune(lines[i])
		}
		for j, r := range []rune(row) {
			if r != ' ' && (j >= len(old) || old[j] != r) {
				n++
			}
		}
	}
	return n
}

// A first frame and a page down, beside the cells that change: what Bubble Tea sends for
// full lines is 9 900 and 9 500 bytes. The renderer sends a changed line from its first
// changed cell to its last, what is the same between them included (ultraviolet's
// putRange compares with the wrong length); with that mended a page takes 2 640 bytes.
// Each run of changed cells needs a move of the cursor besides, of 4 to 8 bytes.
func TestBytesOfFrames(t *testing.T) {
	a := driven(t, Options{Customer: "c"}, tenant(2000), 200, 50)
	views := []tea.View{a.View()}
	for range 3 {
		_, cmd := a.Update(tea.KeyPressMsg{Code: tea.KeyPgDown})
		drive(a, cmd)
		views = append(views, a.View())
	}
	before := ""
	for i, tape := range sent(t, views...) {
		what, limit := "a page down", 6200
		if i == 0 {
			what, limit = "a first frame", 7000
		}
		after := uitest.Picture(views[i].Content, 200, 50)
		cells, b := changed(before, after), billOf(tape)
		t.Logf("%s: %d bytes for %d cells, %.2f each: %v", what, len(tape), cells, float64(len(tape))/float64(cells), b)
		if len(tape) > limit || cells < 500 {
			t.Errorf("%s sends %d bytes for %d cells, the limit is %d: %v", what, len(tape), cells, limit, b)
		}
		before = after
	}
}
