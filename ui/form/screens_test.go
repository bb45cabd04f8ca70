package form

import (
	"context"
	"testing"
	"time"

	"muster/model"
	"muster/model/desk/desktest"
	"muster/ui"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// journal is an empty ledger.
type journal struct{}

func (journal) WatchBoard(ctx context.Context, rev uint64) (*model.Board, error) {
	if rev == 0 {
		return &model.Board{Rev: 1}, nil
	}
	<-ctx.Done()
	return nil, ctx.Err()
}
func (journal) Rows(context.Context, model.OperationID) ([]model.Row, error) { return nil, nil }
func (journal) Resume(context.Context, model.OperationID) error              { return nil }
func (journal) Drop(context.Context, model.OperationID) error                { return nil }
func (journal) Retry(context.Context, model.OperationID) (int, error)        { return 0, nil }

// dashboard runs the whole program at 80 by 24 on a world in memory.
func dashboard(t *testing.T, w *world) *uitest.Session {
	t.Helper()
	w.customers = []model.Customer{{ID: "11111111-1111-4111-8111-111111111111", Name: "Contoso"}}
	ctx, cancel := context.WithCancel(context.Background())
	noon := time.Date(2026, 8, 24, 12, 2, 0, 0, time.UTC)
	s := uitest.Start(t, ui.New(ctx, ui.Options{
		Backend: kit.Backend{Reader: w, Batch: w, Writer: w, Journal: journal{}, Files: w}, Forms: All(),
		Place: kit.Place{Connection: "memory", Simulated: true}, Now: func() time.Time { return noon }, Zone: time.UTC, Version: "test",
	}), 80, 24)
	t.Cleanup(cancel)
	return s
}

func TestAssignScreens(t *testing.T) {
	w := &world{policies: somePolicies(), devices: someDevices(300)}
	s := dashboard(t, w)
	s.WaitFor("300 devices", "as of")
	s.Type("*p")
	s.WaitFor("Which policy goes on 300 devices?", "> kiosk")
	s.Golden("form-assign-80x24")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Assign kiosk to 300 devices?")
	s.Golden("form-assign-confirm-80x24")
	s.Type("y")
	s.WaitFor("policy kiosk on 300 devices: written down, sending; o opens the operation")
}

func TestUploadScreens(t *testing.T) {
	w := &world{files: map[string][]byte{}, devices: someDevices(3), batches: []model.DeviceBatch{{ID: "spring", Devices: 300}}}
	for _, f := range desktest.Files() {
		if f.Name == "bad/mixed.csv" {
			w.files["/lists/mixed.csv"] = f.Data
		}
	}
	s := dashboard(t, w)
	s.WaitFor("3 devices", "as of")
	s.Type("U")
	s.WaitFor("┃ List")
	s.Golden("form-upload-80x24")
	s.Type("/lists/m")
	s.Press(uitest.Tab)
	s.WaitFor("/lists/mixed.csv")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Go on with the")
	s.Golden("form-upload-preview-80x24")
	s.Type("y")
	s.WaitFor("┃ Batch", "spring with 300 devices")
	s.Golden("form-upload-batch-80x24")
	s.Paste("ward-7")
	s.WaitFor("A NEW batch")
	s.Press(uitest.Enter)
	s.WaitFor("┃ Send 3 devices to the new batch ward-7?")
	s.Golden("form-upload-confirm-80x24")
	s.Press(uitest.Esc)
	s.WaitFor("┃ Batch")
}

func TestBIOSScreens(t *testing.T) {
	w := &world{bios: someBIOS(), devices: someDevices(3)}
	s := dashboard(t, w)
	s.WaitFor("3 devices", "as of")
	s.Type("5")
	s.WaitFor("Counters")
	s.Type("n")
	s.WaitFor("┃ Name")
	s.Type("Tills")
	s.WaitFor("Tills")
	s.Golden("form-bios-new-80x24")
	s.Press(uitest.Esc)
	s.WaitFor("┃ Throw away what is filled in?")
	s.Golden("form-discard-80x24")
	s.Type("y")
	s.WaitGone("Throw away")
	s.Type("e")
	s.WaitFor("┃ Name", "keep the 40 bytes")
	s.Press(uitest.Tab, uitest.Tab, uitest.Tab, uitest.Tab)
	s.WaitFor("┃ < keep")
	s.Press(uitest.Down, uitest.Down)
	s.WaitFor("< edit it here >")
	s.Golden("form-bios-edit-80x24")
	s.Press(uitest.Enter)
	s.WaitFor("40 of 5 120 bytes")
	s.Type("; all of them")
	s.Press(uitest.Enter)
	s.WaitFor("55 of 5 120 bytes")
	s.Golden("form-bios-text-80x24")
	s.Press(uitest.Tab)
	s.WaitFor("┃ Change content of Counters?", "40 bytes → 55 bytes")
	s.Golden("form-bios-confirm-80x24")
	s.Type("y")
	s.WaitFor("BIOS configuration Counters (content): written down, sending")
}

func TestQuestionScreen(t *testing.T) {
	s := dashboard(t, &world{policies: somePolicies(), devices: someDevices(3)})
	s.WaitFor("3 devices", "as of")
	s.Type("U")
	s.WaitFor("┃ List")
	s.Type("/lists/half")
	s.WaitFor("/lists/half")
	s.Press(uitest.CtrlC)
	s.WaitFor("┃ Quit and lose what is filled in?")
	s.Golden("form-question-80x24")
	s.Type("n")
	s.WaitFor("/lists/half")
}
