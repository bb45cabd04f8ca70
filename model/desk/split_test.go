package desk_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

func TestSplit(t *testing.T) {
	list := "Room;Group Tag;Seriennummer;Serial;Maker;Model\r\n" +
		"Zürich;west;x;=1+1;HP;\"Elite \"\"Pro\"\"\"\r\n" +
		"Genf;west;x;A\x1b[2J2;HP;X\r\n" +
		"=9;west;x\r\n"
	var good, rest bytes.Buffer
	rep, err := desk.Split(t.Context(), strings.NewReader(list), desk.Options{}, &good, &rest)
	if err != nil || rep.Good != 1 || rep.Rows != 3 {
		t.Fatalf("got %+v, %v", rep, err)
	}
	wantGood := "\"Device Serial Number\",\"Windows Product ID\",\"Hardware Hash\",\"Manufacturer name\",\"Device model\",\"Group Tag\",\"Assigned User\"\r\n" +
		"\"'=1+1\",\"\",\"\",\"HP\",\"Elite \"\"Pro\"\"\",\"west\",\"\"\r\n"
	wantRest := "\"Problem\",\"Room\",\"Group Tag\",\"Seriennummer\",\"Serial\",\"Maker\",\"Model\"\r\n" +
		"\"line 3: the serial holds control characters\",\"Genf\",\"west\",\"x\",\"A\ufffd[2J2\",\"HP\",\"X\"\r\n" +
		"\"line 4: the row has 3 cells, the header 6\",\"'=9\",\"west\",\"x\"\r\n"
	if diff := cmp.Diff(wantGood, good.String()); diff != "" {
		t.Errorf("good (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantRest, rest.String()); diff != "" {
		t.Errorf("rest (-want +got):\n%s", diff)
	}
}

// TestSplitReadsBack holds that the good part of every list is good, with the
// same devices, and that the rest has none that is good but for copies.
func TestSplitReadsBack(t *testing.T) {
	devices := func(data []byte) (out []string) {
		_, err := desk.Read(t.Context(), bytes.NewReader(data), func(r model.UploadRow) error {
			id := r.Identity
			out = append(out, fmt.Sprint(id.Serial, "|", id.ProductKey.Digest(), "|", id.Hash.Digest(), "|", id.Maker, "|", id.Model))
			return nil
		})
		if err != nil {
			t.Errorf("reading back: %v", err)
		}
		return out
	}
	for _, f := range desktest.Files() {
		data, err := os.ReadFile(filepath.Join(uploads, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		var good bytes.Buffer
		rep, err := desk.Split(t.Context(), bytes.NewReader(data), desk.Options{}, &good, nil)
		if err != nil || rep.Good == 0 {
			if good.Len() != 0 {
				t.Errorf("%s: %d bytes written of a list without a good row", f.Name, good.Len())
			}
			continue
		}
		if diff := cmp.Diff(devices(data), devices(good.Bytes())); diff != "" {
			t.Errorf("%s (-list +good part):\n%s", f.Name, diff)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("disk full")

func TestSplitTellsOfAFullDisk(t *testing.T) {
	if _, err := desk.Split(t.Context(), bytes.NewReader(desktest.Script("S", 40)), desk.Options{}, full{}, nil); err != errFull {
		t.Errorf("got %v, want the writer's error", err)
	}
}
