package fleet_test

import (
	"testing"
	"time"

	"muster/model/fleet"
)

func TestDatesAgesAndCountsAreCompared(t *testing.T) {
	zone := time.FixedZone("there", 2*60*60)
	now := time.Date(2026, 8, 20, 12, 0, 0, 0, zone)
	at := func(s string) int64 {
		d, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return d.UnixNano()
	}
	ix := fleet.New(fleet.Schema{{Name: "serial"}, {Name: "rows", Kind: fleet.Count}, {Name: "seen", Kind: fleet.Time}},
		fleet.Row{Key: "a", Cells: []string{">5d", "1 204"}, Sort: []int64{0, 1204, at("2026-07-31 23:59")}},
		fleet.Row{Key: "b", Cells: []string{"B", "5"}, Sort: []int64{0, 5, at("2026-08-01 00:00")}},
		fleet.Row{Key: "c", Cells: []string{"C", "0"}, Sort: []int64{0, 0, at("2026-08-20 11:30")}},
		fleet.Row{Key: "d", Cells: []string{"D", ""}, Sort: []int64{0, fleet.Unknown, fleet.Unknown}},
	)
	for _, c := range []struct{ query, want string }{
		{"rows:>5", "a"}, {"rows:>=5", "a b"}, {"rows:<5", "c"}, {"rows:<=5", "b c"}, {"!rows:<=5", "a d"}, {"rows:>", "a b c d"}, {"rows:>x", "a b c d"},
		{"seen:>=2026-08", "b c"}, {"seen:<2026-08", "a"}, {"seen:>2026-08-01", "c"}, {"seen:<=2026-08-01", "a b"}, {"seen:<=2026-07", "a"},
		{"seen:>2025", "a b c"}, {"seen:>2026", ""}, {"seen:>2026-08-20t11:29", "c"}, {"seen:>2026-08-20t11:30", ""}, {"seen:<2026-1", "a b c d"},
		{"seen:>19d", "a b"}, {"seen:<1h", "c"}, {"age:>2w", "a b"}, {"age:<2w", "c"}, {"!age:<2w", "a b d"}, {"age:<30m", ""}, {"age:<=30m", "c"},
		{"age:>1y", ""}, {"age:>", "a b c d"}, {"age:>9999999999d", "a b c d"}, {"serial:>5", "a"}, {"serial:>", "a b c d"}, {"none:>5d", ""},
		{"~bb", ""}, {"~b", "b"}, {"~", "a b c d"}, {"serial:~", "a b c d"}, {"serial:~>d", "a"}, {`"~b"`, ""},
	} {
		rows, err := ix.Match(t.Context(), parse(t, c.query).At(now))
		if err != nil {
			t.Fatal(err)
		}
		if got := keys(ix, rows); got != c.want {
			t.Errorf("match %q: got %q, want %q", c.query, got, c.want)
		}
	}
	rows, err := ix.Match(t.Context(), parse(t, "age:>2w"))
	if err != nil || rows.Len() != ix.Len() {
		t.Errorf("an age without a clock: %d rows, %v; want all", rows.Len(), err)
	}
}

func TestWhatIsNotReadOfAQueryIsSaid(t *testing.T) {
	schema := fleet.Schema{{Name: "serial"}, {Name: "rows", Kind: fleet.Count}, {Name: "seen", Kind: fleet.Time}}
	for query, want := range map[string]string{
		"seen:<3x": "seen:<3x: 3x is not an age such as 30d or a date such as 2026-08", "latitude !age:>": "age:> wants an age such as 30d or a date such as 2026-08",
		"rows:>x": "rows:>x: x is not a number", "rows:>5 seen:<30d seen:>2026": "", "serial:>x 10:30 :x x": "", "": "",
		"foo:bar": "there is no column foo; columns: serial, rows, seen", "x !Foo:\"b c\"": "there is no column Foo; columns: serial, rows, seen", "SERIAL:x Age:>3d": "",
	} {
		if got := parse(t, query).Unread(schema); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}
