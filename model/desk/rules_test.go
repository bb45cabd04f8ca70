package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/model/desk"
	"muster/model/desk/desktest"
)

func check(t *testing.T, text string) desk.Report {
	t.Helper()
	rep, err := desk.Check(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatalf("got error %v", err)
	}
	return rep
}

// TestRows judges one list a case below the portal's header.
func TestRows(t *testing.T) {
	hash := desktest.Hash("AB12", "Dell Inc.", "Latitude 7450")
	zeros := desktest.Hash("000123", "Dell Inc.", "Latitude 7450")
	stock := desktest.Hash("Default string", "Maxtang", "NX6412")
	stock2 := desktest.Hash("Default string", "Maxtang", "NX6413")
	tuple := func(serial string) string { return serial + ",,,Dell Inc.,Latitude 7450" }
	for _, c := range []struct {
		name     string
		rows     string
		counts   string // rows/good/repaired
		problems []string
	}{
		{"hash only", ",," + hash + ",,", "1/1/0", nil},
		{"hash and serial", "AB12,," + hash + ",,", "1/1/0", nil},
		{"hash and key", ",3340098124417," + hash + ",,", "1/1/0", nil},
		{"all three", "AB12,3340098124417," + hash + ",,", "1/1/0", nil},
		{"key only", ",3340098124417,,,", "1/1/0", nil},
		{"key of another shape", ",00329-00000-0003-AA606,,,", "1/1/0", nil},
		{"tuple", tuple("AB12"), "1/1/0", nil},
		{"maker and model beside a hash", "AB12,," + hash + ",Dell Inc.,Latitude 7450", "1/1/0", nil},
		{"serial alone", "AB12,,,,", "1/0/0", []string{"2:1 identification"}},
		{"serial and model", "AB12,,,,Latitude 7450", "1/0/0", []string{"2:1 identification"}},
		{"maker and model", ",,,Dell Inc.,Latitude 7450", "1/0/0", []string{"2:4 identification"}},
		{"blank lines are no rows", "\n\n" + tuple("A") + "\n,,,,\n  \n" + tuple("B") + "\n\n", "2/2/0", nil},
		{"too few cells", "AB12,,", "1/0/0", []string{"2:4 fields"}},
		{"too many cells", "A,B,,,Dell Inc.,Latitude 7450", "1/0/0", []string{"2:6 fields"}},
		{"empty cells too many", tuple("AB12") + ",,", "1/1/0", nil},
		{"the header again", tuple("A") + "\n" + desktest.PortalHeader + "\n" + tuple("B"), "2/2/0", nil},
		{"blanks around", "  AB12 ,,,\tDell Inc. , Latitude 7450 ", "1/1/0", nil},
		{"non-breaking blank", tuple("\u00a0AB12"), "1/1/1", nil},
		{"byte order mark inside", tuple("AB\ufeff12"), "1/1/1", nil},
		{"formula around text", tuple(`="0012"`), "1/1/1", nil},
		{"apostrophe of an export", tuple("'=1+1"), "1/1/1", nil},
		{"apostrophe before digits", tuple("'0012"), "1/1/1", nil},
		{"apostrophe of a name", "AB12,,,'t Hooft,Tablet", "1/1/0", nil},
		{"formula", tuple("=cmd|' /C calc'!A0"), "1/1/0", nil},
		{"escape sequence", tuple("A\x1b[2JB"), "1/0/0", []string{"2:1 control"}},
		{"C1 control", tuple("A\u009bB"), "1/0/0", []string{"2:1 control"}},
		{"text that runs backwards", tuple("A\u202eB"), "1/0/0", []string{"2:1 control"}},
		{"line end in a serial", tuple("\"A\nB\"") + "\n" + tuple("C"), "2/1/0", []string{"2:1 control"}},
		{"control characters in two cells", "A\x01,,,Dell\x02,L", "1/0/0", []string{"2:1 control", "2:4 control"}},
		{"a long serial", tuple(strings.Repeat("9", desk.MaxCell+1)), "1/0/0", []string{"2:1 too-long"}},
		{"hash in the wrong column", hash + ",,,Dell Inc.,Latitude 7450", "1/0/0", []string{"2:1 too-long"}},
		{"scientific", tuple("1.23E+11"), "1/0/0", []string{"2:1 scientific"}},
		{"scientific with a comma", tuple(`"1,23E+11"`), "1/0/0", []string{"2:1 scientific"}},
		{"not scientific", tuple("5E12") + "\n" + tuple("12E+11") + "\n" + tuple("1.2E+X1"), "3/3/0", nil},
		{"leading zeros from the hash", "123,," + zeros + ",,", "1/1/1", nil},
		{"digits from the hash", "1.2E+07,," + desktest.Hash("12345678", "Dell Inc.", "L") + ",,", "1/1/1", nil},
		{"digits from another hash", "1.3E+07,," + desktest.Hash("12345678", "Dell Inc.", "L") + ",,", "1/0/0", []string{"2:1 serial-mismatch"}},
		{"last digits from the hash", "123456789012345000,," + desktest.Hash("123456789012345678", "Dell Inc.", "L") + ",,", "1/1/1", nil},
		{"letter case from the hash", "ab12,," + hash + ",,", "1/1/1", nil},
		{"serial of another machine", "XY99,," + hash + ",,", "1/0/0", []string{"2:1 serial-mismatch"}},
		{"placeholder in a tuple", tuple("System Serial Number") + "\n" + tuple("0"), "2/0/0", []string{"2:1 placeholder", "3:1 placeholder"}},
		{"placeholder beside hashes", "Default string,," + stock + ",,\nDefault string,," + stock2 + ",,", "2/2/0", nil},
		{"blanks in a hash", ",," + hash[:64] + " " + hash[64:] + ",,", "1/1/1", nil},
		{"line ends in a hash", ",,\"" + hash[:64] + "\r\n" + hash[64:] + "\n\",,", "1/1/1", nil},
		{"hash in a formula", ",,\"=\"\"" + hash + "\"\"\",,", "1/1/1", nil},
		{"cut hash", ",," + hash[:2000] + ",,", "1/0/0", []string{"2:3 hash"}},
		{"hash with a letter changed", ",," + hash[:40] + "x" + hash[41:] + ",,", "1/0/0", []string{"2:3 hash"}},
		{"same hash", ",," + hash + ",,\n,," + hash + ",,", "2/1/0", []string{"3:3 duplicate"}},
		{"same serial, by hash and by tuple", ",," + hash + ",,\n" + tuple("AB12"), "2/1/0", []string{"3:1 duplicate"}},
		{"same serial, tuple first", tuple("AB12") + "\n,," + hash + ",,", "2/1/0", []string{"3:3 duplicate"}},
		{"same serial, other maker", tuple("AB12") + "\nAB12,,,HP,EliteBook", "2/2/0", nil},
		{"same serial and maker, other model", tuple("AB12") + "\nAB12,,,Dell Inc.,Precision 3580", "2/2/0", nil},
		{"same serial, three makers, one twice", tuple("AB12") + "\nAB12,,,HP,EliteBook\nAB12,,,Acer,Swift\nab12,,,hp,elitebook", "4/3/0",
			[]string{"5:1 duplicate"}},
		{"same serial beside a hash that names no model", ",," + desktest.Hash("AB12", "Dell Inc.", "") + ",,\n" + tuple("AB12"), "2/1/0",
			[]string{"3:1 duplicate"}},
		{"what is typed beside a hash tells nothing apart", "AB12,," + desktest.Hash("AB12", "Dell Inc.", "") + ",Dell Inc.,Precision\n" + tuple("AB12"), "2/1/0",
			[]string{"3:1 duplicate"}},
		{"same key", ",334,,,\n,335,,,\n,334,,,", "3/2/0", []string{"4:2 duplicate"}},
		{"copy of a bad row is no copy", "AB12,,bad,,\n" + tuple("AB12"), "2/1/0", []string{"2:3 hash"}},
		{"quote in the middle", tuple(`AB"12`), "1/1/0", nil},
		{"quoted separator", `AB12,,,"Contoso, Ltd.","Tablet 10"" Pro"`, "1/1/0", nil},
		{"blanks before quotes", `AB12,,, "Contoso, Ltd." , "Tablet"`, "1/1/0", nil},
		{"quote that does not close", tuple(`"AB12`) + "\n" + tuple("B") + "\n" + tuple("C"), "3/2/0", []string{"2:1 quote"}},
		{"quote that closes a cell later", tuple(`"AB12`) + "\n" + `"B",,,"Dell Inc.","L"`, "2/1/0", []string{"2:1 quote"}},
		{"text behind a closing quote", `"AB"12,,,Dell Inc.,L` + "\n" + tuple("B"), "2/1/0", []string{"2:1 quote"}},
		{"quote as the last byte", `AB12,,,Dell Inc.,"L"`, "1/1/0", nil},
		{"lone quote as the last byte", `AB12,,,Dell Inc.,"`, "1/0/0", []string{"2:5 quote"}},
		{"lines are counted through cells", "A,,,\"Dell\nInc.\",L\n" + "B,,,,", "2/0/0", []string{"2:4 control", "4:1 identification"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rep := check(t, desktest.PortalHeader+"\n"+c.rows)
			if got := fmt.Sprintf("%d/%d/%d", rep.Rows, rep.Good, rep.Repaired); got != c.counts {
				t.Errorf("rows/good/repaired: got %s, want %s", got, c.counts)
			}
			if diff := cmp.Diff(c.problems, where(rep.Problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			for _, p := range rep.Problems {
				checkText(t, p.Text)
			}
		})
	}
}

func TestRepairsAreShown(t *testing.T) {
	hash := desktest.Hash("000123", "Dell Inc.", "Latitude 7450")
	rep := check(t, desktest.PortalHeader+"\n"+
		"123,'3340098124417,"+hash[:9]+" "+hash[9:]+",,\n"+
		"\u00a0AB\u200b12,,,Dell\u00a0Inc.,\"=\"\"7450\"\"\"\n")
	want := []desk.Repair{
		{2, 2, desk.ProductKey, "…24417", "…24417", "product key: the apostrophe that marks text removed"},
		{2, 3, desk.Hash, "", "", "hash: blanks and line ends removed"},
		{2, 1, desk.Serial, "123", "000123", "serial: leading zeros put back from the hash"},
		{3, 1, desk.Serial, "\u00a0AB\ufffd12", "AB12", "serial: invisible characters removed"},
		{3, 4, desk.Maker, "Dell\u00a0Inc.", "Dell Inc.", "maker: invisible characters removed"},
		{3, 5, desk.Model, `="7450"`, "7450", "model: the spreadsheet's formula around the text removed"},
	}
	if diff := cmp.Diff(want, rep.Repairs); diff != "" {
		t.Errorf("repairs (-want +got):\n%s", diff)
	}
}

func TestReadHandsOverWhatIsSent(t *testing.T) {
	hash := desktest.Hash("AB12", "Dell Inc.", "Latitude 7450")
	var got []string
	_, err := desk.Read(t.Context(), strings.NewReader(desktest.PortalHeader+"\nAB12,334,\" "+hash+" \",,\nBAD,,,,\n CD , ,,  Dell  Inc. ,L\n"),
		func(r model.UploadRow) error {
			id := r.Identity
			got = append(got, fmt.Sprintf("%d|%s|%s|%v|%s|%s|%s", r.Line, id.Serial, id.ProductKey.Reveal(), id.Hash.Reveal() == hash, id.Maker, id.Model, r.Facts.Model))
			return nil
		})
	want := []string{"2|AB12|334|true|||Latitude 7450", "4|CD||false|Dell  Inc.|L|"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, rows (-want +got):\n%s", err, diff)
	}
}

func TestWalkHandsOverBadRowsToMend(t *testing.T) {
	var got []string
	_, err := desk.Walk(t.Context(), strings.NewReader(desktest.IntuneHeader+"\nAB12,,,tag,user@x\n\"q,,,,\n"), desk.Options{},
		func(r desk.Row) error {
			got = append(got, fmt.Sprintf("%q %s %s %d", r.Cells, r.GroupTag, r.User, len(r.Problems)))
			return nil
		})
	want := []string{`["AB12" "" "" "tag" "user@x"] tag user@x 1`, `["\"q,,,,"]   1`}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, rows (-want +got):\n%s", err, diff)
	}
}

func TestDevicesThatTheCustomerHas(t *testing.T) {
	rep, err := desk.Walk(t.Context(), strings.NewReader("Serial,Maker,Model\nA,HP,X\nB,HP,X\n"), desk.Options{
		Have: func(r model.UploadRow) string {
			if r.Serial() == "B" {
				return "batch spring"
			}
			return ""
		},
	}, nil)
	want := []desk.Problem{{3, 1, desk.CodeHave, "the customer has this device already: batch spring", "remove the row"}}
	if diff := cmp.Diff(want, rep.Problems); diff != "" || err != nil {
		t.Errorf("error %v, problems (-want +got):\n%s", err, diff)
	}
}

func TestGroupTag(t *testing.T) {
	row := func(key, tag string) string { return "," + key + ",," + tag + ",\n" }
	for _, c := range []struct{ name, rows, want string }{
		{"one tag", row("1", "ward") + row("2", " ward "), "ward"},
		{"two tags", row("1", "ward") + row("2", "Ward"), ""},
		{"a row without", row("1", "ward") + row("2", ""), ""},
		{"the first without", row("1", "") + row("2", "ward"), ""},
		{"a bad row does not count", row("1", "ward") + row("", "other") + row("2", "ward"), "ward"},
		{"no name for a batch", row("1", "a/b"), ""},
	} {
		if got := check(t, desktest.IntuneHeader+"\n"+c.rows).GroupTag; got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	const n = desk.MaxProblems + 25
	rep := check(t, "Serial\n"+strings.Repeat("X\n", n))
	if rep.Rows != n || rep.Good != 0 || len(rep.Problems) != desk.MaxProblems || rep.More != 25 {
		t.Errorf("got %d rows, %d problems and %d more", rep.Rows, len(rep.Problems), rep.More)
	}
}
