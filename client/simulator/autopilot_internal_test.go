package simulator

import (
	"os"
	"strings"
	"testing"
)

func TestTheOrderIsThatOfTheTexts(t *testing.T) {
	w := newWorld(Options{Devices: 60_000, Customers: 2, Seed: 7})
	c := w.customers[0]
	order := w.orderOf(c)
	last := ""
	for _, off := range order {
		serial := w.fleet.serial(c.first + uint64(off))
		if serial <= last {
			t.Fatalf("%s behind %s", serial, last)
		}
		last = serial
	}
	returned := int(w.fleet.returnedEnd - w.fleet.returned)
	if len(order) != 60_000-returned || returned == 0 {
		t.Errorf("%d of 60000 in order, %d went back", len(order), returned)
	}
}

func TestOnlyChangesTakeMemory(t *testing.T) {
	w := newWorld(Options{Devices: 5000, Customers: 2, Seed: 7})
	c := w.customers[0]
	w.furnish(c)
	seen := 0
	w.walk(c, place{}, func(n uint64, _ string) bool {
		one, ok := w.pilotAt(c, n)
		if !ok || w.standingOf(c, &one, epoch()).status == "" {
			t.Fatalf("number %d is listed, and is %+v", n, one)
		}
		seen++
		return true
	})
	if a := &c.autopilot; seen < 5000 || len(a.changed) != 0 || len(a.later) > ownRoom {
		t.Errorf("%d identities read left %d changed and %d more", seen, len(a.changed), len(a.later))
	}
}

func FuzzPlace(f *testing.F) {
	for _, token := range []string{"", "LastSerialNumber=''", "LastSerialNumber='8JH4T02'", "LastSerialNumber='O''Neil'&Skip=3", "LastSerialNumber='a'&Skip=-1", "x"} {
		f.Add(token)
	}
	w := newWorld(Options{Devices: 60, Customers: 1, Seed: 7})
	c := w.customers[0]
	w.furnish(c)
	f.Fuzz(func(t *testing.T, token string) {
		p, ok := parsePlace(token)
		if !ok {
			return
		}
		steps := 0
		w.walk(c, p, func(_ uint64, serial string) bool {
			if serial < p.serial {
				t.Fatalf("%s comes behind the place %+v", serial, p)
			}
			steps++
			return true
		})
		if steps > 100 {
			t.Fatalf("%d steps from %+v", steps, p)
		}
		if token != "" && p.token() != token {
			t.Fatalf("%q is written %q", token, p.token())
		}
	})
}

func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"FJL-%RAND:5%", "%SERIAL%", "%", "%%", "123", "A%RAND:16%", "%RAND:-1%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if isTemplate(text) && (strings.ContainsAny(text, " \t_") || strings.Count(text, "%")%2 != 0 || strings.Trim(text, "0123456789") == "") {
			t.Errorf("%q is taken", text)
		}
	})
}

func TestFleetsOfEverySizeHaveTheirIdentities(t *testing.T) {
	for devices := range 60 {
		w := newWorld(Options{Devices: devices, Customers: 1 + devices%6, Seed: uint64(1 + devices)})
		for i, c := range w.customers {
			w.furnish(c)
			want := int(c.count + c.ownCount())
			if i == 0 {
				want -= int(w.fleet.returnedEnd - w.fleet.returned)
				if c.count >= ownPlaceholders*10 {
					want += ownPlaceholders
				}
			}
			w.walk(c, place{}, func(n uint64, serial string) bool {
				want--
				if one, ok := w.pilotAt(c, n); !ok || one.serial != serial {
					t.Errorf("%d devices: number %d is listed as %s, and is %+v", devices, n, serial, one)
				}
				if back, ok := w.pilotByID(c, w.fleet.alias(aliasIdentity, n)); !ok || back.number != n {
					t.Errorf("%d devices: the id of number %d leads to %d", devices, n, back.number)
				}
				return true
			})
			if want != 0 {
				t.Errorf("%d devices, customer %d: %d identities are missing", devices, i, want)
			}
		}
	}
}

func TestEverySwitchIsInTheManual(t *testing.T) {
	manual, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range switchNames {
		if !strings.Contains(string(manual), "\n//\t"+string(name)+" ") {
			t.Errorf("the package's comment does not say what %s is", name)
		}
	}
}
