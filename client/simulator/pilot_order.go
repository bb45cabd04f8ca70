package simulator

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// The order of identities is that of their serial numbers. For the devices
// that a customer started with it is worked out once, at the first list: four
// bytes a device stay.

const (
	orderLetters = 6  // of a serial number that are compared at once
	orderBits    = 6  // of one of them
	offsetBits   = 26 // enough for maxDevices
)

// orderOf gives the distances of the first devices from the first number, in
// the order of their serial numbers; the lock is held.
func (w *world) orderOf(c *customer) []uint32 {
	a := &c.autopilot
	if a.order != nil || c.count == 0 {
		return a.order
	}
	keys := make([]uint64, 0, c.count)
	for i := range c.count {
		if n := c.first + i; w.fleet.form(n) != formReturned {
			keys = append(keys, orderKey(w.fleet.serial(n))<<offsetBits|i)
		}
	}
	slices.Sort(keys)
	serial := func(key uint64) string { return w.fleet.serial(c.first + key&(1<<offsetBits-1)) }
	for from := 0; from < len(keys); { // those with the same first letters
		to := from + 1
		for to < len(keys) && keys[to]>>offsetBits == keys[from]>>offsetBits {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(keys[from:to], func(a, b uint64) int { return strings.Compare(serial(a), serial(b)) })
		}
		from = to
	}
	a.order = make([]uint32, len(keys))
	for i, key := range keys {
		a.order[i] = uint32(key & (1<<offsetBits - 1))
	}
	return a.order
}

// orderKey packs the first letters of a serial number of ours, so that numbers
// compare as the texts do.
func orderKey(serial string) uint64 {
	var key uint64
	for i := range orderLetters {
		key <<= orderBits
		if i < len(serial) {
			key |= uint64(serial[i]-'-') + 1 // from the hyphen to Z are 46 signs
		}
	}
	return key
}

// place is a place in the list of identities: behind the first few of those
// with a serial number.
type place struct {
	serial string
	behind int // how many of them; -1 is all
}

// lastSerial is how the service names a place. A second part stands there only
// where a page ends between two identities with one serial number.
const lastSerial = "LastSerialNumber="

func (p place) token() string {
	t := lastSerial + "'" + strings.ReplaceAll(p.serial, "'", "''") + "'"
	if p.behind > 0 {
		t += "&Skip=" + strconv.Itoa(p.behind)
	}
	return t
}

// parsePlace reads a token; an empty one is the beginning.
func parsePlace(token string) (place, bool) {
	if token == "" {
		return place{}, true
	}
	rest, ok := strings.CutPrefix(token, lastSerial+"'")
	if !ok {
		return place{}, false
	}
	serial, skip, more := strings.Cut(rest, "'&Skip=")
	p := place{behind: -1}
	if more {
		n, err := strconv.Atoi(skip)
		if err != nil || n < 1 || n > maxDevices {
			return place{}, false
		}
		p.behind = n
	} else if serial, ok = strings.CutSuffix(rest, "'"); !ok {
		return place{}, false
	}
	p.serial = strings.ReplaceAll(serial, "''", "'")
	return p, p.token() == token // no other spelling comes from here
}

// walk visits the identities from a place on, in their order, until visit says
// no; the lock is held. The serial number is known before the identity is
// computed, which is most of the work.
func (w *world) walk(c *customer, from place, visit func(n uint64, serial string) bool) {
	order, later := w.orderOf(c), c.autopilot.later
	first := func(i int) string { return w.fleet.serial(c.first + uint64(order[i])) }
	i := sort.Search(len(order), func(i int) bool { return from.reached(first(i)) })
	k := sort.Search(len(later), func(k int) bool { return from.reached(later[k].serial) })
	skip := max(from.behind, 0)
	for i < len(order) || k < len(later) {
		var n uint64
		var serial string
		if k == len(later) || i < len(order) && cmp.Compare(first(i), later[k].serial) <= 0 {
			n, serial = c.first+uint64(order[i]), first(i)
			i++
			if c.autopilot.gone[n] {
				continue
			}
		} else {
			n, serial = later[k].number, later[k].serial
			k++
		}
		if skip > 0 && serial == from.serial {
			skip--
			continue
		}
		if !visit(n, serial) {
			return
		}
	}
}

// reached reports whether a serial number stands at the place or behind it.
func (p place) reached(serial string) bool {
	if p.behind < 0 {
		return serial > p.serial
	}
	return serial >= p.serial
}

// insert puts identities that came later into their places; the lock is held.
func (c *customer) insert(ones []*pilot) {
	a := &c.autopilot
	for _, one := range ones {
		a.byNum[one.number], a.known[one.number] = one, one
		c.directory.newcomers = append(c.directory.newcomers, one.number)
	}
	if len(ones) == 1 { // an import; sorting would take longer than the rest of it
		at, _ := slices.BinarySearchFunc(a.later, ones[0], comparePilots)
		a.later = slices.Insert(a.later, at, ones[0])
		return
	}
	a.later = append(a.later, ones...)
	slices.SortFunc(a.later, comparePilots)
}

// remove takes an identity away; the lock is held.
func (a *autopilot) remove(n uint64) {
	one := a.byNum[n]
	if one == nil {
		a.gone[n] = true
		delete(a.changed, n)
		return
	}
	if at, ok := slices.BinarySearchFunc(a.later, one, comparePilots); ok {
		a.later = slices.Delete(a.later, at, at+1)
	}
	delete(a.byNum, n)
}

func comparePilots(a, b *pilot) int {
	return cmp.Or(strings.Compare(a.serial, b.serial), cmp.Compare(a.number, b.number))
}
