package client_test

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
	"muster/model/desk/desktest"
)

// importList makes an upload straight into Intune of n machines that nobody has
// seen yet.
func (w *world) importList(n, first int) model.Upload {
	rows := make([]model.UploadRow, n)
	for i := range n {
		serial := serialOf(first + i)
		rows[i] = model.UploadRow{Line: i + 2, GroupTag: "COUNTER", Identity: model.Identity{
			Serial: serial, Hash: model.NewSecret(desktest.Hash(serial, "Dell Inc.", "Latitude 7450"))}}
	}
	return model.Upload{Customer: w.customer(), CustomerName: "first"}.Of(rows...)
}

func (w *world) imported(c *client.Client, prefix string) (n int, twice []string) {
	w.t.Helper()
	seen := map[string]bool{}
	for _, d := range w.autopilot(c) {
		if !strings.HasPrefix(d.Serial, prefix) {
			continue
		}
		n++
		if seen[d.Serial] {
			twice = append(twice, d.Serial)
		}
		seen[d.Serial] = true
	}
	return n, twice
}

// awaitNoTickets waits until the service has no ticket of ours.
func (w *world) awaitNoTickets(c *client.Client, removed int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	n := 0
	for ctx.Err() == nil {
		if n = w.gone(); n >= removed {
			return
		}
	}
	w.t.Fatalf("%d tickets were removed, want %d", n, removed)
}

// gone counts the tickets that the service removed.
func (w *world) gone() int {
	n := 0
	for _, r := range w.requests("DELETE", "/importedWindowsAutopilotDeviceIdentities/") {
		if r.Status/100 == 2 {
			n++
		}
	}
	return n
}

// holding names a file of the ledger that holds a text.
func (w *world) holding(text string) string {
	w.t.Helper()
	found := ""
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if strings.Contains(string(raw), text) {
			found = d.Name()
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func TestAnImportIsFollowedByItsTicketsWhichAreRemovedThen(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 400})
	c := w.dial()
	u := w.importList(130, 0)
	id, err := c.ImportAutopilot(context.Background(), u)
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 130, func(o model.Operation) bool { return o.Rows.Queued+o.Rows.InFlight == 0 })
	if name := w.holding(desktest.Hash(serialOf(0), "Dell Inc.", "Latitude 7450")[:200]); name != "" {
		t.Errorf("%s still holds a hash after the acceptance", name)
	}
	o := await(t, c, id, 130, over)
	if o.State() != model.OperationDone || len(o.Jobs) != 2 {
		t.Fatalf("ended as %v in %d chunks: %+v", o.State(), len(o.Jobs), model.Failures(w.rows(c, id)))
	}
	if n, twice := w.imported(c, "NEW"); n != 130 || len(twice) > 0 {
		t.Errorf("%d devices, twice: %v", n, twice)
	}
	byID := map[model.AutopilotID]model.AutopilotDevice{}
	for _, d := range w.autopilot(c) {
		byID[d.ID] = d
	}
	w.awaitNoTickets(c, 130)
	for _, r := range w.rows(c, id) {
		if d := byID[r.Autopilot]; d.Serial != r.Serial || d.GroupTag != "COUNTER" {
			t.Fatalf("row %+v became %+v", r, d)
		}
	}
}

func TestOneWalkServesAllImportsAndLeavesOthersTicketsAlone(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 400})
	c, other := w.dial(), w.dial(func(o *client.Connection) { o.StateDir += "2" })
	w.turn(`{"imports-unknown": true}`)
	ctx := context.Background()
	theirs, err := other.ImportAutopilot(ctx, w.importList(3, 500))
	if err != nil {
		t.Fatal(err)
	}
	await(t, other, theirs, 3, func(o model.Operation) bool { return o.Rows.Accepted == 3 })
	w.close(other)
	ours := make([]model.OperationID, 3)
	for i := range ours {
		if ours[i], err = c.ImportAutopilot(ctx, w.importList(4, i*10)); err != nil {
			t.Fatal(err)
		}
		await(t, c, ours[i], 4, func(o model.Operation) bool { return o.Rows.Accepted == 4 })
	}
	w.turn(`{"imports-unknown": false}`)
	for _, id := range ours {
		if o := await(t, c, id, 4, over); o.State() != model.OperationDone {
			t.Fatalf("ended as %v: %+v", o.State(), model.Failures(w.rows(c, id)))
		}
	}
	w.awaitNoTickets(c, 12)
	for _, r := range w.requests("GET", "/importedWindowsAutopilotDeviceIdentities/") {
		t.Errorf("a ticket was read by itself: %s", r.Path)
	}
	if n := w.gone(); n != 12 {
		t.Errorf("%d tickets were removed, want our 12", n)
	}
}

func TestARowOfAnImportFailsByItsCode(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	there := w.autopilot(c)[0]
	rows := []model.UploadRow{}
	for _, d := range []model.AutopilotDevice{there, {Serial: "NEW00001", Maker: "Dell Inc.", Model: "Latitude 7450"}} {
		rows = append(rows, model.UploadRow{Identity: model.Identity{Serial: d.Serial, Hash: model.NewSecret(desktest.Hash(d.Serial, d.Maker, d.Model))}})
	}
	id, err := c.ImportAutopilot(context.Background(), model.Upload{Customer: w.customer()}.Of(rows...))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 2, over); o.Rows.Failed != 1 || o.Rows.Done != 1 {
		t.Fatalf("ended with %+v: %+v", o.Rows, w.rows(c, id))
	}
	if r := w.rows(c, id)[0]; r.Code != "806" || r.CodeName != "ZtdDeviceAlreadyAssigned" || r.Text == "" || r.What == "" {
		t.Errorf("row %+v", r)
	}
}

func TestALostAnswerToAnImportIsFoundByItsImportID(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 400})
	c := w.dial()
	w.fault(`{"match": "^POST .*/import$", "kind": "reset", "times": 1}`)
	id, err := c.ImportAutopilot(context.Background(), w.importList(20, 0))
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 20, over); o.State() != model.OperationDone {
		t.Fatalf("ended as %v: %+v", o.State(), model.Failures(w.rows(c, id)))
	}
	if n := len(w.requests("POST", "/import")); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	if n, twice := w.imported(c, "NEW"); n != 20 || len(twice) > 0 {
		t.Errorf("%d devices, twice: %v", n, twice)
	}
}

func TestTicketsThatWereLeftAreRemovedByTheNextStart(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	w.fault(`{"match": "^DELETE .*/importedWindows", "kind": "status", "status": 503, "times": 0}`)
	id, err := c.ImportAutopilot(context.Background(), w.importList(5, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 5, over)
	w.close(c)
	w.control(http.MethodDelete, "faults", "")
	w.control(http.MethodDelete, "requests", "")
	next := w.dial()
	next.Follow()
	w.awaitNoTickets(next, 5)
}

func TestWhatIntuneCannotRegisterIsNotWrittenDown(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	row := func(serial string, hash string) model.UploadRow {
		return model.UploadRow{Line: 7, Identity: model.Identity{Serial: serial, Maker: "Dell Inc.", Model: "Latitude", Hash: model.NewSecret(hash)}}
	}
	good := desktest.Hash("A1", "Dell Inc.", "Latitude 7450")
	for what, rows := range map[string][]model.UploadRow{
		"no row": nil, "serial, maker and model": {row("A1", "")}, "one machine twice": {row("A1", good), row("a1", good)},
	} {
		if _, err := c.ImportAutopilot(ctx, model.Upload{Customer: w.customer()}.Of(rows...)); model.KindOf(err) != model.Invalid || err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if b, err := c.WatchBoard(ctx, 0); err != nil || len(b.Operations) != 0 {
		t.Errorf("board %+v, %v", b, err)
	}
}

// Tickets that may not be removed must not stand before those that come behind them,
// and are not asked for again in this session.
func TestTicketsThatMayNotBeRemovedDoNotHoldUpOthers(t *testing.T) {
	w := newWorld(t, simulator.Options{Speed: 400})
	c := w.dial()
	w.fault(`{"match": "^DELETE .*/importedWindowsAutopilotDeviceIdentities/", "status": 403}`)
	id, err := c.ImportAutopilot(context.Background(), w.importList(60, 0))
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 60, over)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	asked, all := map[string]bool{}, []request{}
	for ctx.Err() == nil && len(asked) < 60 {
		all = w.requests("DELETE", "/importedWindowsAutopilotDeviceIdentities/")
		for _, r := range all {
			asked[r.Path] = true
		}
	}
	if len(asked) != 60 || len(all) != 60 {
		t.Errorf("%d requests for %d tickets, want one for each of 60", len(all), len(asked))
	}
}
