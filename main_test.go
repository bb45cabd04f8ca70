package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
	"muster/ui/cli"
)

// TestAPanicOfACommandIsReportedAndEndsIt breaks a command in what runs by itself: what
// the panic says can hold a token, which neither the terminal nor the report may show.
func TestAPanicOfACommandIsReportedAndEndsIt(t *testing.T) {
	const leak = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZ2VudCJ9.c2lnbmF0dXJl"
	for _, name := range []string{"XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, t.TempDir())
	}
	xdg.Reload()
	sim, err := simulator.New(simulator.Options{Devices: 30, Speed: 0.001}) // its jobs do not end meanwhile
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- sim.Serve(serving, l) }()
	defer func() { stop(); <-served }()
	ready := sim.Ready(l.Addr())
	t.Setenv("MUSTER_PARTNER_TOKEN", ready.PartnerToken)

	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	state := filepath.Join(t.TempDir(), "state")
	p := program{crash: &client.Crash{Dir: t.TempDir(), Version: "test", Now: time.Now, End: end}, dial: func(o client.Connection) (*client.Client, error) {
		o.Tracker.Pace = func(time.Duration, int) time.Duration { panic(errors.New("Bearer " + leak)) }
		return client.Dial(o)
	}}
	list := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(list, []byte("serial,maker,model\nNEW1,HP,Latitude\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	o := p.options()
	o.In, o.Out, o.Err = strings.NewReader(""), &said, &said
	code := cli.Run(ctx, []string{"upload", list, "--partner", ready.Partner, "--customer", ready.Customer, "--batch", "Watched", "--state-dir", state, "--yes", "--wait"}, o)
	if text := said.String(); code != 1 || strings.Count(text, "met a fault of its own") != 1 || strings.Contains(text, "eyJ") {
		t.Errorf("exit code %d:\n%s", code, text)
	}
	if err := p.crash.Err(); model.KindOf(err) != model.Unexpected {
		t.Errorf("the fault is %v", err)
	}
	found, err := filepath.Glob(filepath.Join(state, "crash-*.txt"))
	if err != nil || len(found) != 1 {
		t.Fatalf("reports: %v, %v", found, err)
	}
	report, err := os.ReadFile(found[0])
	if err != nil || !strings.Contains(string(report), "[redacted]") || strings.Contains(string(report), "eyJ") {
		t.Errorf("the report is\n%s\n%v", report, err)
	}
}
