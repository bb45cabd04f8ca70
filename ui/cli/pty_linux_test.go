package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"
)

// line is a command on a pseudo terminal of 80×24, with every byte that it was sent.
type line struct {
	t    *testing.T
	end  *os.File // what an SSH server holds
	mu   sync.Mutex
	news *sync.Cond
	sent []byte
	over bool
	code chan error
}

// dial runs muster on a terminal of its own.
func dial(t *testing.T, env []string, args ...string) *line {
	t.Helper()
	end, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	conn, err := end.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	cerr := conn.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			n, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
		if err == nil {
			err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
		}
	})
	if err := errors.Join(err, cerr); err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary.path, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = append(env, "TERM=xterm-256color", "LANG=C.UTF-8"), tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	l := &line{t: t, end: end, code: make(chan error, 1)}
	l.news = sync.NewCond(&l.mu)
	go l.record()
	go func() { l.code <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); end.Close() })
	return l
}

// record keeps what the terminal is sent.
func (l *line) record() {
	buf := make([]byte, 4096)
	for {
		n, err := l.end.Read(buf)
		l.mu.Lock()
		l.sent, l.over = append(l.sent, buf[:n]...), err != nil
		l.news.Broadcast()
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// until waits for a text and returns everything so far.
func (l *line) until(text string) []byte {
	l.t.Helper()
	stop := time.AfterFunc(2*time.Minute, func() { l.mu.Lock(); l.over = true; l.news.Broadcast(); l.mu.Unlock() })
	defer stop.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for !bytes.Contains(l.sent, []byte(text)) {
		if l.over {
			l.t.Fatalf("%q never came in %q", text, l.sent)
		}
		l.news.Wait()
	}
	return bytes.Clone(l.sent)
}

func (l *line) keys(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l.end, text); err != nil {
		l.t.Fatal(err)
	}
}

// ended waits for the program and returns its exit code and the whole recording.
func (l *line) ended() (int, []byte) {
	l.t.Helper()
	err := <-l.code
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.over {
		l.news.Wait()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), l.sent
	}
	return 0, l.sent
}

// A BIOS password is shown on a terminal after its serial was typed, for 30 seconds or
// until Enter. After that it is in no byte that the terminal is sent, in no cell of either
// of its screens, cleared ones included, in no line that scrolled away, and in no file.
func TestABIOSPasswordOnATerminal(t *testing.T) {
	env, state := simulated(t, "--customers", "12", "--speed", "1")
	const serial = "0ZK6QU4"
	args := []string{"bios", "password", serial, "--customer", customerOf(env)}
	asJSON := exec.Command(binary.path, append(args, "--yes", "--json")...)
	asJSON.Env = env
	raw, err := asJSON.Output()
	if err != nil {
		t.Fatal(err)
	}
	var known struct{ Password string }
	if err := json.Unmarshal(raw, &known); err != nil || len(known.Password) < 6 {
		t.Fatalf("%s: %v", raw, err)
	}
	t.Run("another serial", func(t *testing.T) {
		l := dial(t, env, args...)
		l.until("Type " + serial + " to go on")
		l.keys("y\n")
		if code, sent := l.ended(); code != 7 || bytes.Contains(sent, []byte(known.Password)) {
			t.Errorf("exit code %d, %q", code, sent)
		}
	})
	t.Run("hidden", func(t *testing.T) {
		for name, key := range map[string]string{"by Enter": "\n", "by itself": ""} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := dial(t, env, args...)
				l.until("Type " + serial + " to go on")
				l.keys(serial + "\n")
				shown := l.until("30 seconds, or Enter")
				if bytes.Count(shown, []byte(known.Password)) != 1 {
					t.Fatalf("it is not shown once: %q", shown)
				}
				began := time.Now()
				l.keys(key)
				code, sent := l.ended()
				if took := time.Since(began); code != 0 || key == "" && (took < 25*time.Second || took > 60*time.Second) {
					t.Errorf("exit code %d after %v", code, took)
				}
				hidden(t, known.Password, sent, len(shown))
			})
		}
	})
	err = filepath.WalkDir(state, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(known.Password)) {
			t.Errorf("it is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// hidden looks for a secret in what a terminal was sent from a byte on, and in all that the
// terminal still holds then.
func hidden(t *testing.T, secret string, sent []byte, from int) {
	t.Helper()
	after := sent[from:]
	if bytes.Contains(after, []byte(secret)) {
		t.Errorf("it is sent again: %q", after)
	}
	blot, erase := bytes.Index(after, []byte(strings.Repeat("*", len(secret)))), bytes.Index(after, []byte("\x1b[2J"))
	if blot < 0 || erase < blot {
		t.Errorf("its cells are not written over before they are erased: %q", after)
	}
	screen := vt.NewEmulator(80, 24)
	go func() { _, _ = io.Copy(io.Discard, screen) }() // what it would answer
	holds := func() string {
		var all strings.Builder
		for y := range 24 {
			for x := range 80 {
				if c := screen.CellAt(x, y); c != nil {
					all.WriteString(c.Content)
				}
			}
			all.WriteByte('\n')
		}
		return all.String()
	}
	_, _ = screen.Write(sent[:from])
	if !strings.Contains(holds(), secret) {
		t.Errorf("the emulator does not show it while it is shown; the test shows nothing:\n%s", holds())
	}
	leaves := max(bytes.Index(after, []byte("\x1b[?1049l")), 0)
	_, _ = screen.Write(after[:leaves])
	left := holds() // of the screen of its own, as it is left
	_, _ = screen.Write(after[leaves:])
	for what, text := range map[string]string{"screen": holds(), "other screen": left} {
		if strings.Contains(text, secret) {
			t.Errorf("the %s still holds it:\n%s", what, text)
		}
	}
	if back := screen.Scrollback(); back != nil {
		for y := range back.Len() {
			var text strings.Builder
			for _, c := range back.Line(y) {
				text.WriteString(c.Content)
			}
			if strings.Contains(text.String(), secret) {
				t.Errorf("it scrolled away and stayed: %s", text.String())
			}
		}
	}
}

// simulated starts a simulator for one test and returns the environment that leads there,
// and the folder of its ledger.
func simulated(t *testing.T, more ...string) (env []string, state string) {
	t.Helper()
	dir := t.TempDir()
	state = filepath.Join(dir, "state")
	vars := map[string]string{"HOME": dir, "PATH": os.Getenv("PATH"), "MUSTER_STATE_DIR": state}
	ready := begin(t, dir, more...)
	vars["MUSTER_PARTNER_URL"], vars["MUSTER_GRAPH_URL"] = ready.Partner, ready.Graph
	vars["MUSTER_PARTNER_TOKEN"], vars["MUSTER_GRAPH_TOKEN"] = ready.PartnerToken, ready.GraphToken
	vars["CUSTOMER"] = ready.Customer
	if ready.CAFile != "" {
		vars["SSL_CERT_FILE"] = ready.CAFile
	}
	for name, value := range vars {
		env = append(env, name+"="+value)
	}
	return env, state
}

func customerOf(env []string) string {
	for _, v := range env {
		if id, ok := strings.CutPrefix(v, "CUSTOMER="); ok {
			return id
		}
	}
	return ""
}

// readyLine is what the tests read of a simulator's first line.
type readyLine struct {
	Partner, Graph, PartnerToken, GraphToken, Customer, Control, CAFile string
}

// begin runs a simulator until the test ends.
func begin(t *testing.T, dir string, more ...string) (ready readyLine) {
	t.Helper()
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	cmd := exec.Command(binary.path, append([]string{"simulate", "--devices", "30"}, more...)...)
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir}
	var diagnostics bytes.Buffer
	cmd.Stderr = &diagnostics
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	if err := json.NewDecoder(out).Decode(&ready); err != nil {
		t.Fatalf("the simulator did not get ready: %v: %s", err, &diagnostics)
	}
	return ready
}
