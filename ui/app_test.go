package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/ui"
	"muster/ui/form"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// still is a backend with one customer, some devices and this board.
func still(board *model.Board) *uitest.Still {
	s := &uitest.Still{Board: board, CustomerList: []model.Customer{{ID: "c", Name: "Contoso"}}}
	page := model.DevicePage{Page: 1, Batches: 1, Of: 1, Total: 40}
	for i := range 40 {
		page.Devices = append(page.Devices, model.Device{ID: model.DeviceID(fmt.Sprint("d", i)), Batch: "first", Serial: fmt.Sprintf("S%03d", i), Model: "Latitude"})
	}
	s.DevicePages = []model.DevicePage{page}
	return s
}

func stillOptions(s *uitest.Still) ui.Options {
	return ui.Options{Backend: s.Backend(), Forms: form.All(), Place: kit.Place{Connection: "work"}, Now: uitest.Noon, Zone: time.FixedZone("CET", 3600)}
}

func operation(id string, rows model.Tally, mine bool) model.Operation {
	return model.Operation{ID: model.OperationID(id), Kind: model.UploadDevices, Title: "upload " + id, Customer: "c", CustomerName: "Contoso",
		Created: uitest.Noon().Add(-time.Hour), Rows: rows, Owned: mine, Mine: mine}
}

func TestStoppedOperationsAreAskedAboutAtTheStart(t *testing.T) {
	b := still(&model.Board{Rev: 1, Operations: []model.Operation{
		operation("one", model.Tally{Done: 1000, Queued: 1000}, false), operation("two", model.Tally{Queued: 1}, false)}})
	s := start(t, stillOptions(b))
	s.WaitFor("stopped at 1 000 of 2 000: continue or drop?", "┃")
	s.Golden("stopped-80x24")
	s.Type("c")
	s.WaitFor("stopped at 0 of 1: continue or drop?", "┃")
	s.Type("X")
	s.WaitFor("┃ Drop 1 row of upload two?", "never sent")
	s.Golden("stopped-drop-80x24")
	s.Type("n")
	s.WaitFor("stopped at 0 of 1: continue or drop?", "┃")
	s.Type("X")
	s.WaitFor("┃ Drop 1 row of upload two?")
	s.Type("y")
	s.WaitFor("40 devices")
	s.WaitGone("continue or drop")
	s.Type("1")
	s.WaitFor("upload one: continued", "upload two: dropped what was not sent")
	got := b.Decided()
	slices.Sort(got)
	if strings.Join(got, ", ") != "drop two, resume one" {
		t.Errorf("decided: %v", got)
	}
}

func TestALateAnswerLeavesStoppedOperationsStopped(t *testing.T) {
	b := still(&model.Board{Rev: 1, Operations: []model.Operation{operation("one", model.Tally{Queued: 5}, false)}})
	s := start(t, stillOptions(b))
	s.WaitFor("continue or drop?", "┃")
	s.Press(uitest.Esc)
	s.WaitFor("40 devices", "1 stopped")
	if got := b.Decided(); len(got) != 0 {
		t.Errorf("Esc decided %v", got)
	}
}

func TestQuittingAsksWhileSomethingIsUnsent(t *testing.T) {
	b := still(&model.Board{Rev: 1, Operations: []model.Operation{operation("one", model.Tally{Accepted: 500, Queued: 1500}, true)}})
	s := start(t, stillOptions(b))
	s.WaitFor("40 devices", "1 running")
	s.Press(uitest.CtrlC)
	s.WaitFor("Quit while something is unsent?", "upload one: 1 500 rows not sent yet", "┃")
	s.Golden("quit-80x24")
	s.Type("n")
	s.WaitFor("40 devices")
	s.Press(uitest.CtrlC)
	s.WaitFor("Quit while something is unsent?")
	s.Press(uitest.CtrlC)
	s.WaitEnd()
}

func TestCtrlCQuitsWhenNothingIsUnsent(t *testing.T) {
	s := start(t, stillOptions(still(&model.Board{Rev: 1})))
	s.WaitFor("40 devices")
	s.Press(uitest.CtrlC)
	s.WaitEnd()
}

func TestNewsOfOperations(t *testing.T) {
	running := operation("one", model.Tally{Accepted: 300}, true)
	b := still(&model.Board{Rev: 1, Operations: []model.Operation{running}})
	s := start(t, stillOptions(b))
	s.WaitFor("40 devices", "1 running")
	ended := running
	ended.Rows, ended.Ended = model.Tally{Done: 297, Failed: 3}, uitest.Noon().Add(time.Minute)
	b.Publish(&model.Board{Rev: 2, Operations: []model.Operation{ended}, Waiting: "30 s"})
	s.WaitFor("upload one: 3 failed; o opens the operation", "waiting: 30 s", "changed since: r")
	s.Golden("toast-80x24")
	s.Type("1")
	s.WaitFor("News", "1 partly failed")
	s.Golden("home-news-80x24")
}

func TestWaysThroughTheViews(t *testing.T) {
	s := start(t, stillOptions(still(&model.Board{Rev: 1})))
	s.WaitFor("Contoso › devices", "40 devices")
	s.Press(uitest.Enter)
	s.WaitFor("› devices › S000")
	s.Type("o")
	s.WaitFor("› devices › S000 › operations", "Nothing was asked for yet.")
	s.Press(uitest.Esc)
	s.WaitFor("device id")
	s.Type("2")
	s.WaitFor("40 devices")
	s.Press(uitest.Esc)
	s.WaitFor("Contoso › home")
	s.Press(uitest.Esc, uitest.Esc)
	s.Type("4")
	s.WaitFor("Contoso › policies", "This customer has no configuration policies yet.")
	s.Type("?")
	s.WaitFor("help on policies")
	s.Type("/refr\n")
	s.WaitFor("Read the list again.")
	s.Type("qqqq")
	s.WaitEnd()
}

func TestATerminalThatIsTooSmallSaysSo(t *testing.T) {
	b := still(&model.Board{Rev: 1})
	s := start(t, stillOptions(b))
	s.WaitFor("40 devices")
	s.Resize(59, 15)
	s.WaitFor("muster needs 60×15, this is 59×15")
	s.Type("*")
	s.Resize(60, 15)
	s.WaitFor("40 devices", "SERIAL")
	if strings.Contains(s.Screen(), "marked") {
		t.Error("a key marked rows that could not be seen")
	}
	s.Golden("devices-60x15")
	s.Resize(200, 50)
	s.WaitFor("UPLOADED", "MAKER")
}

func TestBytesOnTheLine(t *testing.T) {
	s := start(t, stillOptions(still(&model.Board{Rev: 1})))
	s.WaitFor("40 devices", "as of")
	s.Settle()
	before := s.Bytes()
	s.Press(uitest.Down, uitest.Down, uitest.Down, uitest.Down, uitest.Down)
	s.Settle()
	if got := s.Bytes() - before; got > 5*60 {
		t.Errorf("five steps of the cursor take %d bytes", got)
	}
	before = s.Bytes()
	s.Settle()
	if got := s.Bytes() - before; got != 0 {
		t.Errorf("an idle screen writes %d bytes", got)
	}
}
