package form

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"muster/model"
	"muster/model/desk/desktest"
	"muster/ui/kit"
)

// lists returns a world with the lists of testdata/uploads on its disk.
func lists() *world {
	w := &world{files: map[string][]byte{}, batches: []model.DeviceBatch{{ID: "Spring-24", Devices: 300}, {ID: "Summer", Devices: model.CountUnknown}}}
	for _, f := range desktest.Files() {
		w.files["/lists/"+f.Name] = f.Data
	}
	w.files["/lists/script.csv"] = desktest.Script("5CG", 11)
	return w
}

// read reads the rows of an upload as its writer does.
func read(t *testing.T, u model.Upload) []model.UploadRow {
	t.Helper()
	var out []model.UploadRow
	for r, err := range u.Rows {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	if len(out) != u.Count {
		t.Errorf("%d rows of %d", len(out), u.Count)
	}
	return out
}

func TestUploadACleanListIntoANewBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := lists()
		p := play(t, Upload(w.env()))
		p.want("Upload devices of Contoso. Which list?", "┃ List")
		p.enter("/lists/scr")
		p.press("tab")
		p.want("/lists/script.csv")
		p.press("enter")
		p.want("11 rows: 11 good, 0 repaired, 0 with problems", "UTF-16 LE", "5CG0001", "Dell Inc.", "Latitude 7450", "hash and serial", "┃ Go on with 11 rows?")
		p.press("enter")
		p.want("Into which batch go the 11 devices?", "Type the name of a new batch", "Spring-24 with 300 devices")
		p.press("enter")
		p.want("a batch name is required")
		p.enter("ward/7")
		p.press("enter")
		p.want("the batch name holds")
		p.press("backspace", "backspace")
		p.enter("-7")
		p.want("A NEW batch", "cannot be changed")
		p.press("enter")
		p.want("┃ Send 11 devices to the new batch ward-7?", "1 job", "becomes the group tag", "5CG0001")
		p.press("enter") // no
		p.want("Into which batch")
		p.press("enter", "y")
		if !p.gone || len(w.uploaded) != 1 {
			t.Fatalf("gone %v, %d uploads, want one", p.gone, len(w.uploaded))
		}
		got, rows := w.uploaded[0], read(t, w.uploaded[0])
		if got.Batch != "ward-7" || len(rows) != 11 || rows[0].Identity.Hash.Empty() || got.Source != "script.csv" {
			t.Errorf("uploaded %d rows of %q into %q, want 11 with hashes of the list into ward-7", len(rows), got.Source, got.Batch)
		}
		if err := got.Validate(); err != nil {
			t.Errorf("what was sent is not valid: %v", err)
		}
		if want := "11 devices into batch ward-7: written down, sending; o opens the operation"; p.toasts[0] != want {
			t.Errorf("toast %q, want %q", p.toasts[0], want)
		}
		if u := p.screen.(*upload); u.list.First != nil || u.list.Report.Rows != 0 {
			t.Errorf("the closed form still holds %+v", u.list)
		}
	})
}

func TestUploadProblemsAreChosenExplicitly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := lists()
		p := play(t, Upload(w.env()))
		p.paste("'/lists/bad/mixed.csv'\n")
		p.press("enter")
		p.want("with problems", "and leave out")
		p.press("pgdown", "pgdown")
		p.want("line 3", "the hash is damaged")
		p.press("enter") // the focus is on No
		p.want("Which list?", "/lists/bad/mixed.csv")
		p.press("enter", "y")
		p.enter("SPRING-24")
		p.want("Adds to batch Spring-24 with 300 devices.")
		p.press("enter")
		p.want("to batch Spring-24?", "left out")
		p.press("y")
		if len(w.uploaded) != 1 || w.uploaded[0].Batch != "Spring-24" {
			t.Fatalf("uploads %v, want one into Spring-24 as the service spells it", len(w.uploaded))
		}
		for _, r := range read(t, w.uploaded[0]) {
			if err := r.Identity.Validate(); err != nil {
				t.Errorf("line %d was sent: %v", r.Line, err)
			}
		}
	})
}

// Nothing is lost when the intent cannot be written down, and nothing is kept when
// the form is left.
func TestUploadStaysFilledAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := lists()
		w.refuse = errDisk
		p := play(t, Upload(w.env()))
		p.enter("/lists/script.csv")
		p.press("enter", "enter")
		p.enter("ward-7")
		p.press("enter", "y")
		p.want("the disk is full", "Send 11 devices to the new batch ward-7?")
		p.press("n")
		p.want("ward-7", "A NEW batch")
		p.press("esc", "esc", "esc")
		p.want("┃ Throw away what is filled in?")
		p.press("y")
		if u := p.screen.(*upload); !p.gone || u.list.First != nil || len(w.uploaded) != 0 {
			t.Errorf("gone %v, list %v kept, %d uploads, want left with nothing", p.gone, u.list, len(w.uploaded))
		}
	})
}

// What was looked at is what is sent, or nothing is.
func TestUploadRefusesAListThatWasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := lists()
		p := play(t, Upload(w.env()))
		p.enter("/lists/script.csv")
		p.press("enter", "enter")
		p.enter("ward-7")
		p.press("enter")
		w.files["/lists/script.csv"] = desktest.Script("PF", 11)
		p.press("y")
		p.want("the list was changed after it was judged", "Send 11 devices to the new batch ward-7?")
		if p.gone || len(w.uploaded) != 0 {
			t.Errorf("gone %v, %d uploads, want the form to stay", p.gone, len(w.uploaded))
		}
	})
}

func TestUploadOffersTheGroupTagOfTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, Upload(lists().env()))
		p.enter("/lists/intune-five-columns.csv")
		p.press("enter", "enter")
		p.want("Batch", "ward-7", "Offered because every good row of the list has this group tag.")
	})
}

func TestUploadSaysWhatIsWrongWithAFile(t *testing.T) {
	for name, want := range map[string]string{
		"/lists/none.csv":                "there is no such file",
		"/lists/bad/empty.csv":           "the file is empty",
		"/lists/bad/binary.csv":          "the file is a picture, not a list",
		"/lists/bad/no-known-column.csv": "column",
		"/lists/bad/header-only.csv":     "line",
		"/lists/bad/serial-only.csv":     "Nothing of this list can be sent",
	} {
		t.Run(strings.TrimPrefix(name, "/lists/"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := lists()
				p := play(t, Upload(w.env()))
				p.enter(name)
				p.press("enter")
				p.want(want)
				p.press("y")
				if len(w.uploaded) != 0 {
					t.Errorf("%d uploads, want none", len(w.uploaded))
				}
			})
		})
	}
}

func TestUploadWaitsForTheBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := lists()
		p := play(t, Upload(w.env()))
		p.enter("/lists/tabs.txt")
		p.press("enter")
		w.err = errRead
		p.press("enter")
		p.enter("new")
		p.want("the batches could not be read", "Enter reads them again")
		w.err = nil
		p.press("enter")
		p.want("A NEW batch")
		p.press("backspace", "backspace", "backspace")
		p.enter("sum")
		p.press("tab")
		p.want("Adds to batch Summer.")
	})
}

func TestUploadEscStopsReading(t *testing.T) {
	w := lists()
	p := play(t, Upload(w.env()))
	p.enter("/lists/tabs.txt")
	e := p.screen.Update(press("enter"))
	p.want("reading tabs.txt; Esc stops")
	p.press("esc")
	p.want("Which list?")
	p.run(e.Cmd) // answers late
	p.want("Which list?")
	msg := e.Cmd().(kit.CheckedMsg)
	if msg.Err == nil || msg.Err.Kind != model.Cancelled {
		t.Errorf("reading ended with %v, want it cancelled", msg.Err)
	}
}

// A list of many problems is drawn by what is in sight.
func TestUploadManyProblems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		b.WriteString("Serial Number,Manufacturer name,Device model\n")
		for i := range 12_000 {
			fmt.Fprintf(&b, "S%d,,\n", i)
		}
		w := &world{files: map[string][]byte{"/many.csv": []byte(b.String())}}
		p := play(t, Upload(w.env()))
		p.enter("/many.csv")
		p.press("enter")
		p.want("12 000 problems", "Nothing of this list can be sent")
		for range 500 {
			p.press("pgdown")
		}
		p.want("and 11 500 more")
	})
}

func TestPastedPath(t *testing.T) {
	for in, want := range map[string]string{
		"/a/b.csv\r\n":        "/a/b.csv",
		`"C:\lists\a b.csv"`:  `C:\lists\a b.csv`,
		`/a/with\ blank.csv `: "/a/with blank.csv",
		"file:///a/b.csv":     "/a/b.csv",
		"/a/b.csv\n/c/d.csv":  "/a/b.csv",
	} {
		if got := pastedPath(in); got != want {
			t.Errorf("pastedPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCompletionExtendsToWhatAllShare(t *testing.T) {
	w := &world{files: map[string][]byte{"/é/spring-a.csv": nil, "/é/spring-b.csv": nil, "/é/summer.csv": nil}}
	u := Upload(w.env()).(*upload)
	p := play(t, u)
	p.enter("/é/sp")
	p.press("tab")
	if u.file.path != "/é/spring-" {
		t.Errorf("completed to %q, want /é/spring-", u.file.path)
	}
	p.want("  spring-a.csv", "  spring-b.csv")
	p.enter("a")
	p.press("tab")
	if u.file.path != "/é/spring-a.csv" {
		t.Errorf("completed to %q, want /é/spring-a.csv", u.file.path)
	}
	p.enter("x")
	p.press("tab")
	p.want("no file begins like that")
	if _, err := w.Complete(context.Background(), "", 1); err != nil {
		t.Fatal(err)
	}
}
