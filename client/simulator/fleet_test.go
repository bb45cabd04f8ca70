package simulator

import (
	"strings"
	"testing"
)

func TestShuffleIsReversible(t *testing.T) {
	p := shuffle{42, serialBits / 2}
	seen := map[uint64]bool{}
	for n := range uint64(10_000) {
		v := p.of(n)
		if v>>serialBits != 0 || p.back(v) != n || seen[v] {
			t.Fatalf("%d goes to %d, which goes to %d", n, v, p.back(v))
		}
		seen[v] = true
	}
}

func TestDevicesAreFoundAgain(t *testing.T) {
	f := newFleet(7, 20_000, false)
	f.returned, f.returnedEnd = 500, 520
	forms := map[serialForm]int{}
	for n := range f.total {
		d := f.device(n, epoch())
		forms[f.form(n)]++
		if got, ok := f.byID(d.id); !ok || got != n {
			t.Fatalf("id %s leads to %d, %v, want %d", d.id, got, ok, n)
		}
		if got, ok := f.bySerial(strings.ToLower(d.serial)); !ok || got != n {
			t.Fatalf("serial %s leads to %d, %v, want %d", d.serial, got, ok, n)
		}
		if d.key == "" {
			continue
		}
		if got, ok := f.byKey(d.key); !ok || got != n {
			t.Fatalf("key %s leads to %d, %v, want %d", d.key, got, ok, n)
		}
	}
	if len(forms) != 6 {
		t.Errorf("forms of serial numbers: %v", forms)
	}
	if f.form(510) != formReturned || forms[formReturned] != 20 {
		t.Errorf("returned: %v", forms)
	}
}

func TestStrangersAreNotFound(t *testing.T) {
	f := newFleet(7, 1000, false)
	for _, text := range []string{"", "-", "x", "ÄÖÜ", strings.Repeat("-", 32), strings.Repeat("9", 32), strings.Repeat("9", 12), "0000-0003-4209-1111-2222-3333-44",
		"5CG4310XWP", "PF12", strings.Repeat("é", 16), strings.Repeat("z", 36), "zzzzzzzz-0000-0000-0000-000000000000", "SIM-807-ZZZZZZZ", "3399999999999"} {
		if n, ok := f.bySerial(text); ok {
			t.Errorf("serial %q is device %d", text, n)
		}
		if n, ok := f.byID(text); ok {
			t.Errorf("id %q is device %d", text, n)
		}
		if n, ok := f.byKey(text); ok {
			t.Errorf("key %q is device %d", text, n)
		}
	}
}

func TestJournalKeepsTheLatest(t *testing.T) {
	j := newJournal()
	for i := range journalMost + 3 {
		j.add(entry{Status: i})
	}
	all := j.all()
	if len(all) != journalMost || all[0].Status != 3 || all[len(all)-1].Status != journalMost+2 {
		t.Errorf("%d entries from %d to %d", len(all), all[0].Status, all[len(all)-1].Status)
	}
}

func TestReplaysForgetTheOldest(t *testing.T) {
	r := newReplays()
	for i := range replayMost + 1 {
		r.keep(digits(uint64(i), 8), replay{})
	}
	if _, ok := r.byID[digits(0, 8)]; ok || len(r.byID) != replayMost || len(r.order) != replayMost {
		t.Errorf("%d kept, %d in order", len(r.byID), len(r.order))
	}
}
