//go:build linux

package killtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"

	"muster/client"
	"muster/client/tracker"
	"muster/model"
	"muster/ui"
	"muster/ui/cli"
	"muster/ui/form"
	"muster/ui/kit"
)

// workCrash begins the names of the places where a child breaks.
const workCrash = "crash "

// leak is what a panic may say, and nobody may read.
const leak = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZ2VudCJ9.c2lnbmF0dXJl"

// broken is a backend with a fault of muster's own.
type broken struct {
	*client.Client
	at string
}

func (b broken) Requests() []model.Request {
	if b.at == workCrash+"update" {
		panic("the token is " + leak)
	}
	return b.Client.Requests()
}

func (b broken) Batches(ctx context.Context, c model.CustomerID) ([]model.DeviceBatch, error) {
	if b.at == workCrash+"command" {
		panic(errors.New("Bearer " + leak))
	}
	return b.Client.Batches(ctx, c)
}

func (b broken) Devices(ctx context.Context, c model.CustomerID) iter.Seq2[model.DevicePage, error] {
	if b.at == workCrash+"reader" {
		panic("reading " + leak)
	}
	return b.Client.Devices(ctx, c)
}

// crash is a dashboard that breaks, wired as the program's own.
func crash(work string) int {
	var p place
	if err := json.Unmarshal([]byte(os.Getenv(childWorld)), &p); err != nil {
		return 1
	}
	client.Private()
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	report := &client.Crash{Dir: p.State, Version: "test", Now: time.Now, End: stop}
	o := client.Connection{Partner: p.Partner, Graph: p.Graph, PartnerToken: model.NewSecret(p.PartnerToken),
		GraphToken: model.NewSecret(p.GraphToken), StateDir: p.State, Who: "child", Crashed: report.Report}
	if work == workCrash+"tracker" || work == workCrash+"shell" {
		o.Tracker = tracker.Options{Pace: func(time.Duration, int) time.Duration { panic("pace " + leak) }}
	}
	c, err := client.Dial(o)
	if err != nil {
		return 1
	}
	if work == workCrash+"shell" {
		return shell(ctx, p, c, report)
	}
	b := broken{c, work}
	err = ui.Run(ctx, ui.Options{Backend: kit.Backend{Reader: b, Batch: c, Writer: c, Journal: c, Files: client.Files{}, Policies: c, Devices: c, Requests: b},
		Forms: form.All(), Customer: p.Customer, Crashed: report.Report}, os.Stdin, os.Stdout, tea.WithoutSignalHandler())
	if err != nil {
		fmt.Println("ended with", err)
	}
	last, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = c.Close(last) // it may be what broke
	if err := report.Err(); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// shell is a command of the command line, wired as the program's own.
func shell(ctx context.Context, p place, c *client.Client, report *client.Crash) int {
	return cli.Run(ctx, []string{"upload", p.List, "--customer", p.Customer, "--batch", "Watched", "--yes", "--wait"}, cli.Options{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Files: client.Files{}, Crashed: report.Report, Version: "test", Now: time.Now,
		Getenv: func(string) string { return "" },
		Connect: func(context.Context, cli.Target) (kit.Backend, kit.Place, func(context.Context) error, error) {
			return kit.Backend{Reader: c, Batch: c, Writer: c, Journal: c, Files: client.Files{}, Policies: c, Devices: c}, kit.Place{}, c.Close, nil
		},
	})
}

// TestAPanicOfACommandIsReportedAndEndsIt breaks a command in what runs by itself: what
// the panic says can hold a token, which neither the terminal nor the report may show.
func TestAPanicOfACommandIsReportedAndEndsIt(t *testing.T) {
	w := start(t)
	w.control("POST", "faults", `{"match": "batchJobStatus", "kind": "stuck"}`)
	out, err := w.broken(workCrash + "shell").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v, want exit code 1", err)
	}
	if text := string(out); strings.Count(text, "met a fault of its own") != 1 || strings.Contains(text, "eyJ") {
		t.Errorf("the command said\n%s", text)
	}
	w.reported("shell")
}

// TestAPanicGivesTheTerminalBackAndWritesAReport breaks the dashboard in each kind of
// goroutine that it has.
func TestAPanicGivesTheTerminalBackAndWritesAReport(t *testing.T) {
	for at, keys := range map[string]string{"update": "L", "command": "3", "reader": "", "tracker": ""} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			if at == "tracker" { // needs something to watch
				w.control("POST", "faults", `{"match": "batchJobStatus", "kind": "stuck"}`)
				cmd := w.command("upload", w.list, "--customer", w.ready.Customer, "--batch", "Watched", "--yes")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			}
			d := w.onTerminal(w.broken(workCrash + at))
			if keys != "" {
				d.keys("as of", keys)
			}
			var exit *exec.ExitError
			if err := d.ended(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("it ended with %v, want exit code 1", err)
			}
			d.waitFor("met a fault of")
			if after := d.modes(); after != d.before {
				t.Errorf("the terminal is left as %+v, it was %+v", after, d.before)
			}
			d.mu.Lock()
			tape := d.tape.String()
			d.mu.Unlock()
			for _, back := range []string{"\x1b[?1049l", "\x1b[?25h"} {
				if strings.LastIndex(tape, back) < strings.LastIndex(tape, strings.NewReplacer("1049l", "1049h", "25h", "25l").Replace(back)) {
					t.Errorf("%q was not the last word", back)
				}
			}
			if strings.Contains(tape, "eyJ") {
				t.Error("the terminal shows what the panic said")
			}
			w.reported(at)
		})
	}
}

func (w *world) broken(work string) *exec.Cmd {
	cmd := w.childOf(work)
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8")
	return cmd
}

// modes is how the terminal's driver treats what is typed.
func (d *dashboard) modes() unix.Termios {
	d.w.t.Helper()
	m, err := unix.IoctlGetTermios(int(d.tty.Fd()), unix.TCGETS)
	if err != nil {
		d.w.t.Fatal(err)
	}
	return *m
}

// reported wants one private report that names the place and holds no secret.
func (w *world) reported(at string) {
	w.t.Helper()
	found, err := filepath.Glob(filepath.Join(w.state, "crash-*.txt"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("reports: %v, %v", found, err)
	}
	raw, err := os.ReadFile(found[0])
	if err != nil {
		w.t.Fatal(err)
	}
	if fi, err := os.Stat(found[0]); err != nil || fi.Mode().Perm() != fs.FileMode(0o600) {
		w.t.Errorf("the report has mode %v, %v", fi.Mode(), err)
	}
	if text := string(raw); !strings.Contains(text, "crash_test.go") || !strings.Contains(text, "[redacted]") || strings.Contains(text, "eyJ") {
		w.t.Errorf("%s: the report is\n%s", at, text)
	}
}
