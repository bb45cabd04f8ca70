package desk_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/model/desk"
)

func encode16(text string, big, mark bool) []byte {
	if mark {
		text = "\ufeff" + text
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func TestEncodings(t *testing.T) {
	const text = "Serial,Maker,Model\r\nA1,Würth,Modell €\r\nA2,Acer 😀,Ω\r\n"
	const west = "Serial,Maker,Model\r\nA1,W\xfcrth,Modell \x80\r\n"
	for _, c := range []struct {
		name, want string
		data       []byte
		models     []string
	}{
		{"UTF-8", "UTF-8", []byte(text), []string{"Modell €", "Ω"}},
		{"UTF-8 BOM", "UTF-8 with BOM", []byte("\ufeff" + text), []string{"Modell €", "Ω"}},
		{"UTF-16 LE", "UTF-16 LE", encode16(text, false, true), []string{"Modell €", "Ω"}},
		{"UTF-16 BE", "UTF-16 BE", encode16(text, true, true), []string{"Modell €", "Ω"}},
		{"UTF-16 LE without BOM", "UTF-16 LE", encode16(text, false, false), []string{"Modell €", "Ω"}},
		{"UTF-16 BE without BOM", "UTF-16 BE", encode16(text, true, false), []string{"Modell €", "Ω"}},
		{"Windows-1252", "Windows-1252", []byte(west), []string{"Modell €"}},
		{"ASCII", "UTF-8", []byte("Serial,Maker,Model\nA,HP,X"), []string{"X"}},
	} {
		for kind, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "with the error": iotest.DataErrReader,
		} {
			var got []string
			rep, err := desk.Read(t.Context(), wrap(bytes.NewReader(c.data)), func(r model.UploadRow) error {
				got = append(got, r.Identity.Model)
				return nil
			})
			if err != nil || rep.Encoding != c.want {
				t.Errorf("%s, %s: got %s, %v, want %s", c.name, kind, rep.Encoding, err, c.want)
			}
			if diff := cmp.Diff(c.models, got); diff != "" {
				t.Errorf("%s, %s: models (-want +got):\n%s", c.name, kind, diff)
			}
		}
	}
}

func TestBytesThatAreNoText(t *testing.T) {
	for name, data := range map[string]string{
		"UTF-8 after UTF-8":   "Serial,Maker,Model\nä,HP,X\n\xe4,HP,X\n",
		"half a UTF-16 unit":  string(encode16("Serial,Maker,Model\nä,HP,X\nb,HP,X", false, true)) + "\x41",
		"a lone surrogate":    "\xff\xfe" + string(encode16("Serial,Maker,Model\nä,HP,X\nb,HP,", false, false)) + "\x00\xd8\x0a\x00",
		"replacement in text": "Serial,Maker,Model\nä,HP,X\nb\ufffd,HP,X\n",
	} {
		rep := check(t, data)
		if rep.Rows != 2 || rep.Good != 1 || len(rep.Problems) != 1 || rep.Problems[0].Line != 3 || rep.Problems[0].Code != desk.CodeEncoding {
			t.Errorf("%s: got %+v", name, rep)
		}
	}
}

func TestSeparatorsAndLineEnds(t *testing.T) {
	for _, sep := range []string{",", ";", "\t"} {
		for _, eol := range []string{"\n", "\r\n", "\r"} {
			for _, last := range []string{eol, ""} {
				for _, q := range []string{"", `"`} {
					cells := func(c ...string) string { return q + strings.Join(c, q+sep+q) + q }
					text := strings.Join([]string{cells("Model", "Serial", "Maker"), cells("X", "A", "HP"), "", cells("Y", "B", ""), cells("Z", "C", "HP")}, eol) + last
					rep := check(t, text)
					if rep.Rows != 3 || rep.Good != 2 || len(rep.Problems) != 1 || rep.Problems[0].Line != 4 {
						t.Errorf("%q: got %+v", text, rep)
					}
				}
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		header string
		sep    string
		want   []desk.Field
	}{
		{"Device Serial Number,Windows Product ID,Hardware Hash", "comma", []desk.Field{desk.Serial, desk.ProductKey, desk.Hash}},
		{"Device Serial Number,Windows Product ID,Hardware Hash,Group Tag,Assigned User", "comma",
			[]desk.Field{desk.Serial, desk.ProductKey, desk.Hash, desk.GroupTag, desk.User}},
		{"Device serial number,Windows product ID,Hardware hash,Manufacturer name,Device model", "comma",
			[]desk.Field{desk.Serial, desk.ProductKey, desk.Hash, desk.Maker, desk.Model}},
		{" MANUFACTURER NAME ; device_model;\u00a0serial ", "semicolon", []desk.Field{desk.Maker, desk.Model, desk.Serial}},
		{`"Serial","Product Key","Hardware Hash","Maker","Model"`, "comma", []desk.Field{desk.Serial, desk.ProductKey, desk.Hash, desk.Maker, desk.Model}},
		{"Device_Serial_Number,Windows_Product_ID,Hardware_Hash,Manufacturer,Model", "comma",
			[]desk.Field{desk.Serial, desk.ProductKey, desk.Hash, desk.Maker, desk.Model}},
		{"Asset, Room\tPKID", "tab", []desk.Field{desk.Ignored, desk.ProductKey}},
		{"hash", "comma", []desk.Field{desk.Hash}},
		{`"Room; Floor";Serial`, "semicolon", []desk.Field{desk.Ignored, desk.Serial}},
		{"serialNumber,oemManufacturerName,modelName,hardwareHash,productKey", "comma",
			[]desk.Field{desk.Serial, desk.Maker, desk.Model, desk.Hash, desk.ProductKey}},
	} {
		rep, err := desk.Check(t.Context(), strings.NewReader(c.header+"\n"))
		if model.AsError(err) == nil || model.AsError(err).Code != desk.CodeNoDevice {
			t.Errorf("%q: got error %v", c.header, err)
		}
		var got []desk.Field
		for _, col := range rep.Columns {
			got = append(got, col.Field)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || rep.Separator != c.sep {
			t.Errorf("%q: separator %s, fields (-want +got):\n%s", c.header, rep.Separator, diff)
		}
	}
}

func TestLinesAboveTheHeader(t *testing.T) {
	for name, c := range map[string]struct {
		text       string
		line, good int
	}{
		"separator of a spreadsheet": {"sep=;\r\nSerial;Maker;Model\r\nA;HP;X\r\n", 2, 1},
		"type of PowerShell":         {"#TYPE System.Object\n\"Serial\",\"Maker\",\"Model\"\n\"A\",\"HP\",\"X\"\n", 2, 1},
		"title of a report":          {"Devices\n\nSerial,Maker,Model\nA,HP,X\n", 3, 1},
		"blank lines":                {"\n  \n\nSerial,Maker,Model\nA,HP,X\n", 4, 1},
	} {
		rep := check(t, c.text)
		if rep.HeaderLine != c.line || rep.Good != c.good || rep.Problems == nil {
			t.Errorf("%s: got %+v", name, rep)
		}
	}
}

func TestListsThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ text, code, say string }{
		"empty":             {"", desk.CodeEmpty, "empty"},
		"only a mark":       {"\ufeff", desk.CodeEmpty, "empty"},
		"only blank lines":  {"\n \r\n\t\n", desk.CodeEmpty, "blank lines"},
		"workbook":          {"PK\x03\x04\x14\x00", desk.CodeBinary, "save the sheet as CSV"},
		"PDF":               {"%PDF-1.7\nabc", desk.CodeBinary, "PDF"},
		"noise":             {"\x01\x02\x03\x04abc", desk.CodeBinary, "binary"},
		"NUL later":         {"Serial,Maker,Model\nA,HP,X\n" + strings.Repeat("B,HP,X\n", 1000) + "A\x00,HP,X\n", desk.CodeBinary, "line 1003"},
		"NUL in UTF-16":     {string(encode16("Serial\nA\x00\n", false, true)), desk.CodeBinary, "line 2"},
		"no header":         {"A1,,,HP,X\nA2,,,HP,X\n", desk.CodeNoColumn, "line 1"},
		"no known column":   {"\nAsset,Room\n1,2\n", desk.CodeNoColumn, "line 2"},
		"maker and model":   {"Maker,Model\nHP,X\n", desk.CodeNoColumn, "line 1"},
		"rows above":        {"A,HP,X\nSerial,Maker,Model\nB,HP,X\n", desk.CodeNoColumn, "line 1"},
		"column twice":      {"Serial,Maker,Model,Device Serial Number\nA,HP,X,B\n", desk.CodeTwice, "columns 1 (Serial) and 4 (Device Serial Number)"},
		"only a header":     {"Serial\n\n", desk.CodeNoDevice, "line 1"},
		"a very long line":  {"Serial\n" + strings.Repeat("9", desk.MaxLine+1), desk.CodeLong, "line 2"},
		"a very long title": {strings.Repeat("9", 3*desk.MaxLine), desk.CodeLong, "line 1"},
	} {
		_, err := desk.Check(t.Context(), strings.NewReader(c.text))
		e := model.AsError(err)
		if e == nil || e.Kind != model.Invalid || e.Code != c.code || !strings.Contains(e.Error(), c.say) {
			t.Errorf("%s: got %v, want code %s and %q", name, err, c.code, c.say)
		}
	}
}

func TestReaderFails(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("Serial,Maker,Model\n"+strings.Repeat("A,HP,X\n", 1000)), iotest.ErrReader(errors.New("disk")))
	rep, err := desk.Check(t.Context(), broken)
	if model.KindOf(err) != model.Incomplete || model.AsError(err).Code != desk.CodeUnreadable {
		t.Errorf("got %v after %d rows", err, rep.Rows)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := desk.Check(ctx, strings.NewReader("Serial\nA\n")); model.KindOf(err) != model.Cancelled {
		t.Errorf("got %v, want cancelled", err)
	}
	stop := errors.New("enough")
	n := 0
	_, err = desk.Read(t.Context(), strings.NewReader("Serial,Maker,Model\nA,HP,X\nB,HP,X\n"), func(model.UploadRow) error { n++; return stop })
	if err != stop || n != 1 {
		t.Errorf("got %v after %d rows, want the caller's error after 1", err, n)
	}
}
