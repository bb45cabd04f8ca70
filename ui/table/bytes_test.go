package table_test

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"muster/model/fleet"
	"muster/ui/table"
	"muster/ui/theme"
)

// TestMain has the process's first signal.Notify outside of every bubble.
func TestMain(m *testing.M) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	signal.Stop(c)
	os.Exit(m.Run())
}

// wire is the line to the terminal.
type wire struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

// take returns what came since the last take.
func (w *wire) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.b.String()
	w.b.Reset()
	return s
}

// fleetOf is a table of devices as a tenant has them.
func fleetOf(n int) *table.Model {
	models := []string{"Latitude 5440", "Surface Pro 9", "EliteBook 840 G10", "OptiPlex 7010", "ThinkPad T14 Gen 4"}
	rows := make([]fleet.Row, n)
	for i := range rows {
		rows[i] = fleet.Row{Key: fmt.Sprint(i), Cells: []string{
			fmt.Sprintf("5CG%07d", i*7919%10_000_000), models[i*31%5], fmt.Sprintf("user%d@contoso.com", i*104729%100_000),
			fmt.Sprint(i * 37 % 1200), []string{"not contacted", "enrolled", "failed"}[i*17%3],
		}}
	}
	m := table.New(theme.New(true, false), cols)
	m.Resize(200, 50)
	ix := fleet.New(schema, rows...)
	m.SetRows(ix, ix.All())
	return m
}

// program is the least that shows a table.
type program struct{ m *table.Model }

type do func(*table.Model)

func (p program) Init() tea.Cmd { return nil }

func (p program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if f, ok := msg.(do); ok {
		f(p.m)
	}
	return p, nil
}

func (p program) View() tea.View {
	v := tea.NewView(p.m.View())
	v.AltScreen = true
	return v
}

// Bytes on the line are what an operator on a phone's hotspot waits for.
func TestBytesOnTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := fleetOf(1000)
		out := &wire{}
		p := tea.NewProgram(program{m}, tea.WithInput(nil), tea.WithOutput(out), tea.WithoutSignals(), tea.WithWindowSize(200, 50),
			tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := p.Run(); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Second)
		sent := func(f do) string {
			out.take()
			p.Send(f)
			time.Sleep(time.Second)
			return out.take()
		}
		sent(func(m *table.Model) { m.Move(3) })
		for _, c := range []struct {
			what  string
			do    do
			limit int
		}{
			{"a step", func(m *table.Model) { m.Move(1) }, 40},
			{"a step back", func(m *table.Model) { m.Move(-1) }, 40},
			{"to the edge", func(m *table.Model) { m.Move(43) }, 60},
			{"a scroll by one", func(m *table.Model) { m.Move(1) }, 300},
			{"nothing", func(m *table.Model) { m.Move(0) }, 0},
		} {
			got := sent(c.do)
			t.Logf("%s: %d bytes %q", c.what, len(got), got)
			if len(got) > c.limit {
				t.Errorf("%s sends %d bytes, the limit is %d: %q", c.what, len(got), c.limit, got)
			}
		}
		p.Quit()
		wg.Wait()
		time.Sleep(time.Second)
	})
}
