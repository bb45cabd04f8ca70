package client_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

func TestOnlyThisMachineIsLocal(t *testing.T) {
	for root, want := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:8080": true, "http://[::1]:1/beta": true, "https://127.9.9.9": true,
		"http://192.168.1.1": false, "https://graph.microsoft.com/beta": false, "http://127.0.0.1.evil.example": false,
		"http://localhost.evil.example": false, "": false, "://": false, "127.0.0.1:80": false,
	} {
		if got := client.Local(root); got != want {
			t.Errorf("%q: %v, want %v", root, got, want)
		}
	}
}

func TestDialRefusesWhatItCannotReachSafely(t *testing.T) {
	for partner, want := range map[string]model.Kind{
		"": model.NoBackend, "http://api.example.com": model.Invalid,
		"ftp://127.0.0.1": model.Invalid, "https://user@127.0.0.1": model.Invalid, "http://": model.Invalid,
	} {
		if c, err := client.Dial(client.Connection{Partner: partner, PartnerToken: model.NewSecret("t"), StateDir: t.TempDir()}); model.KindOf(err) != want || err == nil {
			t.Errorf("%q: %v, %v, want %v", partner, c, err, want)
		}
	}
}

func TestDialWithoutATokenSaysWhereItComesFrom(t *testing.T) {
	_, err := client.Dial(client.Connection{Partner: "http://127.0.0.1:1", StateDir: t.TempDir()})
	if model.KindOf(err) != model.SignedOut || model.AsError(err).Hint == "" {
		t.Errorf("%v, want signed out with a hint", err)
	}
}

func TestATokenOfAnotherTenantIsNotUsed(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial(func(o *client.Connection) {
		o.Authority, o.GraphToken = "", model.NewSecret(w.ready.GraphToken)
	})
	ctx := context.Background()
	for _, err := range c.BIOSConfigurations(ctx, w.customer()) {
		if err != nil {
			t.Errorf("the token's own tenant: %v", err)
		}
	}
	before := len(w.requests("GET", "hardwareConfigurations"))
	for _, err := range c.BIOSConfigurations(ctx, "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20") {
		if model.KindOf(err) != model.SignedOut {
			t.Errorf("another tenant: %v, want signed out", err)
		}
	}
	if after := len(w.requests("GET", "hardwareConfigurations")); after != before {
		t.Error("the token of one tenant was sent for another")
	}
}

func TestFilesOpensRegularFilesOnly(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(list, []byte("serial\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	f, size, err := client.Files{}.Open(ctx, list, 100)
	if err != nil || size != 7 {
		t.Fatalf("%d bytes, %v", size, err)
	}
	f.Close()
	for name, c := range map[string]struct {
		path string
		kind model.Kind
	}{"missing": {filepath.Join(dir, "none"), model.NotFound}, "folder": {dir, model.Invalid}, "too large": {list, model.Invalid}, "device": {"/dev/null", model.Invalid}} {
		limit := int64(100)
		if name == "too large" {
			limit = 6
		}
		if _, _, err := (client.Files{}).Open(ctx, c.path, limit); err == nil || model.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		}
	}
}

func TestFilesCompletes(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{"list-a.csv", "list-b.csv", ".hidden", "other"} {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "lists"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := client.Files{}.Complete(context.Background(), dir+"/li", 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{dir + "/list-a.csv", dir + "/list-b.csv", dir + "/lists/"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, _ := (client.Files{}).Complete(context.Background(), dir+"/", 2); len(got) != 2 {
		t.Errorf("%d paths, want the limit of 2", len(got))
	}
	t.Setenv("HOME", dir)
	if got, _ := (client.Files{}).Complete(context.Background(), "~/other", 5); len(got) != 1 || got[0] != "~/other" {
		t.Errorf("below home: %v", got)
	}
}

func TestDevicesOfABatchThatBreaksOffAreKeptAndSaidToBeIncomplete(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 1000})
	c := w.dial()
	whole := len(w.devices(c))
	w.fault(`{"match": "^GET .*/SALT-101/devices", "kind": "status", "status": 404}`)
	n, incomplete := 0, 0
	for p, err := range c.Devices(context.Background(), w.customer()) {
		if err != nil {
			if model.KindOf(err) != model.Incomplete {
				t.Errorf("%v, want incomplete", err)
			}
			incomplete++
			continue
		}
		n += len(p.Devices)
	}
	if incomplete != 1 || n != whole-101 {
		t.Errorf("%d devices and %d incomplete batches, want %d and 1: the others are read on", n, incomplete, whole-101)
	}
}

func TestDevicesCanBeCancelled(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 3000})
	c := w.dial()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	for _, err := range c.Devices(ctx, w.customer()) {
		cancel()
		last = err
	}
	if model.KindOf(last) != model.Cancelled {
		t.Errorf("a cancelled walk ends with %v", last)
	}
}
