package simulator

import (
	"fmt"
	"testing"
)

func TestAliasesLeadBack(t *testing.T) {
	w := newWorld(Options{Devices: 3000, Customers: 12, Seed: 7})
	seen := map[string]bool{}
	for n := range uint64(6000) {
		for a := range aliases {
			id := w.fleet.alias(a, n)
			if back, ok := w.fleet.byAlias(a, id); !ok || back != n || !isGUID(id) || seen[id] {
				t.Fatalf("space %d, number %d: %s leads to %d %v", a, n, id, back, ok)
			}
			seen[id] = true
			if _, ok := w.fleet.byAlias((a+1)%aliases, id); ok {
				t.Fatalf("%s of space %d is known in the next", id, a)
			}
		}
	}
}

func TestPeopleLeadBack(t *testing.T) {
	w := newWorld(Options{Devices: 3000, Customers: 12, Seed: 7})
	for _, c := range w.customers {
		seen := map[string]bool{}
		for i := range c.directory.users {
			u := w.user(c, i)
			byName, ok := w.userByName(c, u.principal)
			byID, fine := w.userByID(c, u.id)
			if !ok || !fine || byName != u || byID != u || seen[u.principal] {
				t.Fatalf("%+v leads to %+v and %+v", u, byName, byID)
			}
			seen[u.principal] = true
		}
		for _, name := range []string{"", "@", "nobody", "ines.aalto", "ines.aalto0@" + c.domain, "ines.aalto99999999@" + c.domain, "x.y@" + c.domain, fmt.Sprint("ines.aalto@x", c.domain)} {
			if u, ok := w.userByName(c, name); ok {
				t.Errorf("%q is %+v", name, u)
			}
		}
	}
}

func TestSomeDevicesAreEnrolledAndOneDangles(t *testing.T) {
	w := newWorld(Options{Devices: 1000, Customers: 12, Seed: 7})
	c := w.customers[0]
	enrolled, managed := 0, 0
	for n := range c.count {
		if w.enrolled(c, n) {
			enrolled++
			if at := w.enrolledAt(c, n); !at.Before(epoch()) || w.lastContact(c, n).Before(at) {
				t.Errorf("enrolled %s, last contact %s", at, w.lastContact(c, n))
			}
		}
		if w.managed(c, n) {
			managed++
		}
		if c.startTag(n) == "" || len(w.computer(c, n)) > 15 {
			t.Errorf("device %d: tag %q, computer %q", n, c.startTag(n), w.computer(c, n))
		}
	}
	if enrolled < 550 || enrolled > 650 || managed != enrolled-1 {
		t.Errorf("%d enrolled, %d managed", enrolled, managed)
	}
}
