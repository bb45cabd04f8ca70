// Package uitest runs the dashboard on a terminal that exists in memory only, so that
// a test waits for and compares what an operator would see. The raw output of a
// program is a stream of differences and cannot be searched.
//
// It knows nothing of any backend: a test brings its own.
package uitest

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/teatest/v2"
	"github.com/charmbracelet/x/vt"
)

// updating reports whether golden screens are rewritten instead of compared: go test
// ./ui/... -update. The flag is teatest's.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// Patience is how long a test waits for the screen before it fails. It only decides
// how long a failing test takes: a passing one goes on as soon as it can.
const Patience = 90 * time.Second

// beat is how often the screen is looked at.
const beat = 4 * time.Millisecond

// calm is how long the output has to be silent before a golden screen is written.
const calm = 500 * time.Millisecond

// Session is a program on a terminal in memory. Its methods belong to the test's own
// goroutine.
type Session struct {
	tb    testing.TB
	tm    *teatest.TestModel
	out   io.Reader
	term  *vt.Emulator
	w, h  int
	last  time.Time // when output came last
	bytes int
	tape  *bytes.Buffer // what was written since [Session.Tape], nil while nothing is kept
}

// Start runs a program on a terminal of w by h cells that knows all colours and
// speaks UTF-8. The program is ended when the test ends.
// Further options are the program's.
func Start(tb testing.TB, m tea.Model, w, h int, more ...tea.ProgramOption) *Session {
	tb.Helper()
	tm := teatest.NewTestModel(tb, m, teatest.WithInitialTermSize(w, h), teatest.WithProgramOptions(append([]tea.ProgramOption{
		tea.WithColorProfile(colorprofile.TrueColor),
		tea.WithEnvironment([]string{"TERM=xterm-256color", "LANG=en_US.UTF-8"}),
	}, more...)...))
	s := &Session{tb: tb, tm: tm, out: tm.Output(), term: vt.NewEmulator(w, h), w: w, h: h, last: time.Now()}
	// Without a terminal's driver between them a line feed has to return as well.
	_, _ = s.term.WriteString(ansi.SetMode(ansi.ModeLineFeedNewLine))
	end := drain(s.term)
	tb.Cleanup(func() {
		_ = tm.Quit()
		tm.WaitFinished(tb, teatest.WithFinalTimeout(Patience))
		s.read()
		end()
	})
	return s
}

// drain empties the pipe into which a terminal answers questions. The function it
// returns ends that and waits; the terminal's own Close races with its Read.
func drain(term *vt.Emulator) (end func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, term)
	}()
	return func() {
		if pipe, ok := term.InputPipe().(io.Closer); ok {
			_ = pipe.Close()
			<-done
		}
	}
}

// read feeds what the program wrote to the terminal and reports whether that was
// anything.
func (s *Session) read() bool {
	raw, err := io.ReadAll(s.out)
	if err != nil {
		s.tb.Fatalf("read the program's output: %v", err)
	}
	if len(raw) == 0 {
		return false
	}
	s.bytes += len(raw)
	if s.tape != nil {
		s.tape.Write(raw)
	}
	s.last = time.Now()
	if _, err := s.term.Write(raw); err != nil {
		s.tb.Fatalf("draw the program's output: %v", err)
	}
	return true
}

// Screen returns what stands on the terminal now, lines without trailing blanks.
func (s *Session) Screen() string {
	s.read()
	var b strings.Builder
	for y := range s.h {
		var line strings.Builder
		for x := 0; x < s.w; {
			cell := s.term.CellAt(x, y)
			if cell == nil || cell.Content == "" {
				line.WriteByte(' ')
				x++
				continue
			}
			line.WriteString(cell.Content)
			x += max(cell.Width, 1)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// wait looks at the screen until ok likes it, and fails the test after [Patience].
func (s *Session) wait(what string, ok func(screen string) bool) {
	s.tb.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for !ok(s.Screen()) {
		select {
		case <-tick.C:
		case <-deadline.C:
			s.tb.Fatalf("waited %v for %s; the screen is\n%s", Patience, what, s.Screen())
		}
	}
}

// WaitFor waits until all of these texts are on the screen.
func (s *Session) WaitFor(texts ...string) {
	s.tb.Helper()
	for _, text := range texts {
		s.wait("the text "+text, func(screen string) bool { return strings.Contains(screen, text) })
	}
}

// WaitUntil waits for what the screen does not show.
func (s *Session) WaitUntil(what string, ok func() bool) {
	s.tb.Helper()
	s.wait(what, func(string) bool { return ok() })
}

// WaitGone waits until the text is no longer on the screen.
func (s *Session) WaitGone(text string) {
	s.tb.Helper()
	s.wait("the end of the text "+text, func(screen string) bool { return !strings.Contains(screen, text) })
}

// Type types a text, one key a letter; a line end is Enter.
func (s *Session) Type(text string) {
	for _, r := range text {
		key := tea.KeyPressMsg{Code: r, Text: string(r)}
		switch r {
		case ' ':
			key.Code = tea.KeySpace
		case '\n':
			key = Enter
		}
		s.tm.Send(key)
	}
}

// Press presses keys such as [Enter].
func (s *Session) Press(keys ...tea.KeyPressMsg) {
	for _, k := range keys {
		s.tm.Send(k)
	}
}

// Paste sends text as a terminal sends a paste.
func (s *Session) Paste(text string) { s.tm.Send(tea.PasteMsg{Content: text}) }

// Resize makes the terminal another size.
func (s *Session) Resize(w, h int) {
	s.read()
	s.w, s.h = w, h
	s.term.Resize(w, h)
	s.tm.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Settle waits until the program has been silent for a while.
func (s *Session) Settle() {
	s.tb.Helper()
	s.settle(calm)
}

// Breathe waits for a short silence, after which a key has shown what it does on most
// machines. It is for tests that press any keys and want nothing of a single one.
func (s *Session) Breathe() {
	s.tb.Helper()
	s.settle(3 * beat)
}

func (s *Session) settle(calm time.Duration) {
	s.tb.Helper()
	s.read()
	s.last = time.Now()
	s.wait("a silent screen", func(string) bool { return time.Since(s.last) > calm })
}

// Bytes returns how much the program has written so far.
func (s *Session) Bytes() int {
	s.read()
	return s.bytes
}

// Tape returns every byte that the program wrote to the terminal since the last call,
// and keeps what comes from now on.
func (s *Session) Tape() string {
	s.read()
	var had string
	if s.tape != nil {
		had = s.tape.String()
	}
	s.tape = &bytes.Buffer{}
	return had
}

// WaitEnd waits until the program has ended by itself.
func (s *Session) WaitEnd() {
	s.tb.Helper()
	s.tm.WaitFinished(s.tb, teatest.WithFinalTimeout(Patience))
}

// Golden compares the screen with testdata/screens/NAME.golden, where name ends with
// the size, as in "devices-80x24". It waits until they are equal, so that a frame on
// the way does not fail the test. What the masks match is drawn as dots of the same
// width first: times and ids that differ from run to run.
func (s *Session) Golden(name string, masks ...*regexp.Regexp) {
	s.tb.Helper()
	path := Path(s.tb, name)
	if updating() {
		s.Settle()
		write(s.tb, path, Mask(s.Screen(), masks...))
		return
	}
	want := load(s.tb, path)
	deadline := time.Now().Add(Patience)
	s.wait("the screen "+name, func(screen string) bool {
		got := Mask(screen, masks...)
		if got != want && time.Now().After(deadline.Add(-time.Second)) {
			s.tb.Fatalf("screen %s is\n%s\nwant\n%s", name, got, want)
		}
		return got == want
	})
}

// Mask draws what the expressions match as dots of the same width.
func Mask(screen string, masks ...*regexp.Regexp) string {
	for _, m := range masks {
		screen = m.ReplaceAllStringFunc(screen, func(s string) string { return strings.Repeat("·", len([]rune(s))) })
	}
	return screen
}

// Path returns where the golden screen of that name lies.
func Path(tb testing.TB, name string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata", "screens", name+".golden")
		}
		if filepath.Dir(dir) == dir {
			tb.Fatal("there is no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

func write(tb testing.TB, path, screen string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(screen), 0o644); err != nil {
		tb.Fatal(err)
	}
}

func load(tb testing.TB, path string) string {
	tb.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("%v; run go test with -update to write it", err)
	}
	return string(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
}
