//go:build linux

package killtest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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

	"muster/model"
)

// terminal opens a pseudo terminal of 80×24: the end that an SSH server holds, and
// the one that the program gets.
func terminal(t *testing.T) (line, tty *os.File) {
	t.Helper()
	line, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	conn, err := line.SyscallConn() // Fd would make reading block the Close that drops the line
	if err != nil {
		t.Fatal(err)
	}
	cerr := conn.Control(func(fd uintptr) {
		err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		if err == nil {
			n, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
		if err == nil {
			err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
		}
	})
	if err := errors.Join(err, cerr); err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return line, tty
}

// dashboard is the program on a terminal of its own.
type dashboard struct {
	before unix.Termios // how the terminal was when nobody had touched it
	w      *world
	cmd    *exec.Cmd
	line   *os.File
	tty    *os.File // kept open, to see in which state it is left

	mu     sync.Mutex
	screen *vt.Emulator // what stands on it
	tape   bytes.Buffer // all that was written
	gone   chan error
}

func (w *world) dashboard() *dashboard {
	w.t.Helper()
	return w.onTerminal(w.command("--customer", w.ready.Customer))
}

// onTerminal starts a program on a terminal of its own.
func (w *world) onTerminal(cmd *exec.Cmd) *dashboard {
	w.t.Helper()
	line, tty := terminal(w.t)
	d := &dashboard{w: w, cmd: cmd, line: line, tty: tty, screen: vt.NewEmulator(80, 24), gone: make(chan error, 1)}
	d.before = d.modes()
	d.cmd.Env = append(d.cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8")
	d.cmd.Stdin, d.cmd.Stdout, d.cmd.Stderr = tty, tty, tty
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := d.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go d.read()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = io.Copy(line, d.screen) // a terminal answers questions
	}()
	go func() { d.gone <- d.cmd.Wait() }()
	w.t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		tty.Close()
		line.Close()
		if pipe, ok := d.screen.InputPipe().(io.Closer); ok {
			_ = pipe.Close() // the emulator's own Close races with its Read
		}
		<-answered
	})
	return d
}

func (d *dashboard) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := d.line.Read(buf)
		d.mu.Lock()
		_, _ = d.screen.Write(buf[:n])
		d.tape.Write(buf[:n])
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// keys types something as soon as a text stands on the screen.
func (d *dashboard) keys(after, keys string) {
	d.w.t.Helper()
	d.waitFor(after)
	if _, err := io.WriteString(d.line, keys); err != nil {
		d.w.t.Fatal(err)
	}
}

// waitFor waits until a text stands on the screen.
func (d *dashboard) waitFor(after string) {
	d.w.t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		d.mu.Lock()
		screen := d.screen.String()
		d.mu.Unlock()
		if strings.Contains(screen, after) {
			break
		}
		if time.Now().After(deadline) {
			d.w.t.Fatalf("%q never came; the screen is\n%s", after, screen)
		}
		<-tick.C
	}
}

// ended waits for the end of the program, within the time that a write on the wire
// may take.
func (d *dashboard) ended() error {
	d.w.t.Helper()
	select {
	case err := <-d.gone:
		return err
	case <-time.After(time.Minute):
		d.w.t.Fatal("the program is still there a minute later")
		return nil
	}
}

// uploading starts the upload from the keyboard and returns when its first chunk
// was carried out and the answer is on its way.
func (d *dashboard) uploading() model.OperationID {
	d.w.t.Helper()
	d.keys("devices · as of", "U")
	d.keys("┃ List", d.w.list)
	d.keys(filepath.Base(d.w.list), "\r")
	d.keys("┃ Go on with 2 000 rows?", "\r")
	d.keys("┃ Batch", "Kill batch")
	d.keys("Kill batch", "\r")
	d.keys("┃ Send 2 000 devices", "y")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	id := d.w.await(ctx, unanswered(1))
	if id == "" {
		d.w.t.Fatal("the upload never began")
	}
	return id
}

func TestSection13_17_ALineThatDropsEndsTheDashboardInOrder(t *testing.T) {
	for name, end := range map[string]func(*dashboard) error{
		"the terminal is gone": func(d *dashboard) error { return errors.Join(d.tty.Close(), d.line.Close()) },
		"SIGHUP":               func(d *dashboard) error { return d.cmd.Process.Signal(syscall.SIGHUP) },
		"SIGTERM":              func(d *dashboard) error { return d.cmd.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.control("POST", "faults", slowSending)
			d := w.dashboard()
			id := d.uploading()
			if err := end(d); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := d.ended(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0) {
				t.Errorf("it died of %v instead of ending", err)
			}
			o, err := w.eye.Operation(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			first := o.Jobs[0]
			if first.ID == "" || o.Rows.InFlight != 0 || o.Rows.Queued == 0 {
				t.Errorf("the answer on its way was not written down, or more was sent: %+v, %+v", first, o.Rows)
			}
			w.control("DELETE", "faults", "")
			w.finish(id)
			w.everyDeviceOnce()
			w.everyChunkOnce()
		})
	}
}
