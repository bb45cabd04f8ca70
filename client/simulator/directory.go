package simulator

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// alias is a space of ids in which a device is known besides Partner
// Center's: the same number has another id in each.
type alias int

const (
	aliasIdentity alias = iota // Autopilot registration, [ZTDID] in the directory
	aliasManaged               // managed device of Intune
	aliasEntra                 // deviceId of the Entra device
	aliasObject                // object id of the Entra device
	aliasUser                  // not a device: object id of a user, by customer.directory.firstUser and on
	aliases
)

// alias writes the id that a number has in a space. Numbers from fleet.total
// on, up to 1<<idBits, belong to devices that came later and have ids too.
func (f *fleet) alias(a alias, n uint64) string {
	v := f.aliases[a].of(n)
	tail := f.seed.at(kindAlias, n, uint64(a)+1)
	return guid(v<<24|tail&0xffffff, mix(tail))
}

// byAlias finds the number behind an id, in either letter case. It says
// nothing about whether there is such a device, or whose it is.
func (f *fleet) byAlias(a alias, id string) (uint64, bool) {
	if !isGUID(id) {
		return 0, false
	}
	raw, err := hex.DecodeString(id[:8] + id[9:11])
	if err != nil {
		return 0, false
	}
	var v uint64
	for _, b := range raw {
		v = v<<8 | uint64(b)
	}
	n := f.aliases[a].back(v)
	return n, f.alias(a, n) == strings.ToLower(id)
}

// directory is what a customer's tenant holds apart from hardware
// configurations and what Autopilot registered. People and the state of
// devices follow from the seed; only changes take memory.
type directory struct {
	furnished        bool                 // somebody has looked
	firstUser, users uint64               // the numbers of its people
	dangling         uint64               // an enrolled device whose managed device has gone; noNumber is none
	unmanaged        map[uint64]bool      // numbers of devices whose managed device was deleted since the start
	synced           map[uint64]time.Time // managed devices that were told to check in
	strays           []*stray             // managed devices that no Autopilot registration names
	groups           []*group             // in the order of their ids
	newcomers        []uint64             // numbers from fleet.total on of devices registered since the start, oldest first
}

// registration is what the directory shows of an Autopilot registration.
type registration struct{ tag, order string }

// registration reports whether Autopilot knows a device, and under which tag
// and order; the lock is held.
func (w *world) registration(c *customer, n uint64) (registration, bool) {
	if one := c.autopilot.byNum[n]; one != nil {
		return registration{one.tag, one.purchase}, true
	}
	if !w.registeredFirst(c, n) {
		return registration{}, false
	}
	tag := c.startTag(n)
	if now := c.autopilot.changed[n]; now != nil {
		tag = now.tag
	}
	return registration{tag, w.startOrder(c, n)}, true
}

// machine is a device's hardware as Intune shows it; the lock is held.
func (w *world) machine(c *customer, n uint64) device {
	if one := c.autopilot.known[n]; one != nil {
		return device{serial: one.serial, key: one.key, maker: one.maker, model: one.model}
	}
	return w.fleet.device(n, epoch())
}

// numberAt is the device at a place of the tenant's devices: those that it
// started with, then the newcomers. ok is false behind the last; the lock is
// held.
func (c *customer) numberAt(place uint64) (n uint64, ok bool) {
	if place < c.count {
		return c.first + place, true
	}
	if place -= c.count; place < uint64(len(c.directory.newcomers)) {
		return c.directory.newcomers[place], true
	}
	return 0, false
}

// noNumber is no device's number.
const noNumber = ^uint64(0)

// owns reports whether a number is one of the devices that the customer
// started with, whether it still has it or not.
func (c *customer) owns(n uint64) bool { return n-c.first < c.count } // wraps round below the first

// seedDirectory gives every customer its people, once all have their devices.
func (w *world) seedDirectory() {
	next := uint64(0)
	for i, c := range w.customers {
		d := directory{firstUser: next, dangling: noNumber}
		if !c.forbidden && (c.count > 0 || i == 0) {
			d.users = 12 + c.count*3/4
			next += d.users
		}
		if i == 0 {
			d.dangling = w.nthDevice(c, 5, func(n uint64) bool { return w.enrolled(c, n) })
		}
		c.directory = d
	}
}

// nthDevice is the number of the k-th of a customer's first devices that is as
// wanted, counted from 0, or noNumber.
func (w *world) nthDevice(c *customer, k int, is func(n uint64) bool) uint64 {
	for n := c.first; n < c.first+c.count; n++ {
		if is(n) {
			if k--; k < 0 {
				return n
			}
		}
	}
	return noNumber
}

// enrolled reports whether a device has ever enrolled in Intune, which its
// Autopilot registration shows in enrollmentState and managedDeviceId. Devices
// that came later have not.
func (w *world) enrolled(c *customer, n uint64) bool {
	return c.owns(n) && w.seed.at(kindEnrolled, n, 0)%100 < 62 && w.fleet.form(n) != formReturned
}

// managed reports whether an enrolled device's managed device is still there;
// the lock is held. A registration whose managed device has gone keeps
// pointing at it.
func (w *world) managed(c *customer, n uint64) bool {
	return w.enrolled(c, n) && n != c.directory.dangling && !c.directory.unmanaged[n]
}

// lastContact is when an enrolled device last spoke to Intune, before the
// start: for most less than a day before, at most three weeks.
func (w *world) lastContact(c *customer, n uint64) time.Time {
	draw := w.seed.at(kindManaged, n, 0)
	span := 24 * time.Hour
	if draw%5 == 0 {
		span *= 21
	}
	at := epoch().Add(-time.Duration(mix(draw) % uint64(span))).Truncate(100 * time.Nanosecond)
	if from := w.enrolledAt(c, n); at.Before(from) {
		return from
	}
	return at
}

// enrolledAt is when a device enrolled: some days after its batch was made.
func (w *world) enrolledAt(c *customer, n uint64) time.Time {
	from := epoch().AddDate(-1, 0, 0)
	if b := c.homeOf(n); b != nil {
		from = b.created
	}
	at := from.Add(time.Duration(w.seed.at(kindEnrolled, n, 1) % uint64(15*24*time.Hour)))
	return at.Truncate(100 * time.Nanosecond)
}

// homeOf is the batch that a device started in; the lock is held, or nobody can
// upload yet.
func (c *customer) homeOf(n uint64) *batch {
	if !c.owns(n) {
		return nil
	}
	for _, b := range c.batches {
		if n-b.first < b.count {
			return b
		}
	}
	return nil
}

// startTag is the group tag that a device starts with: the id of its batch.
func (c *customer) startTag(n uint64) string {
	if b := c.homeOf(n); b != nil {
		return b.id
	}
	return ""
}

// startOrder is the purchase order that a device starts with; half have one,
// and the devices of a batch share a few.
func (w *world) startOrder(c *customer, n uint64) string {
	b := c.homeOf(n)
	if b == nil || w.seed.at(kindOrder, b.first, 0)%2 == 0 {
		return ""
	}
	return "PO-" + strconv.FormatUint(20000+w.seed.at(kindOrder, b.first, 1+w.seed.at(kindOrder, n, 2)%3)%10000, 10)
}

// computer is the name that an enrolled device carries: some letters of its
// customer and the end of its serial number, 15 characters at most.
func (w *world) computer(c *customer, n uint64) string {
	serial := strings.ReplaceAll(w.fleet.serial(n), "-", "")
	return strings.ToUpper(customerShort(c.name)) + "-" + serial[max(len(serial)-8, 0):]
}

// user is one of a customer's people.
type user struct {
	number                uint64
	id, first, last, name string
	principal             string // user principal name, mail address too
}

// user computes a person; i counts from 0 to directory.users.
func (w *world) user(c *customer, i uint64) user {
	pairs := uint64(len(peopleFirst) * len(peopleLast))
	pick := i % pairs * 7 % pairs // 7 divides neither of the two lengths
	u := user{number: i, id: w.fleet.alias(aliasUser, c.directory.firstUser+i), first: peopleFirst[pick%uint64(len(peopleFirst))], last: peopleLast[pick/uint64(len(peopleFirst))]}
	u.name = u.first + " " + u.last
	u.principal = strings.ToLower(u.first + "." + u.last)
	if i >= pairs {
		more := strconv.FormatUint(i/pairs+1, 10)
		u.name += " " + more
		u.principal += more
	}
	u.principal += "@" + c.domain
	return u
}

// userByID finds a person by object id.
func (w *world) userByID(c *customer, id string) (user, bool) {
	n, ok := w.fleet.byAlias(aliasUser, id)
	if !ok || n-c.directory.firstUser >= c.directory.users {
		return user{}, false
	}
	return w.user(c, n-c.directory.firstUser), true
}

// userByName finds a person by user principal name, in any letter case.
func (w *world) userByName(c *customer, principal string) (user, bool) {
	name, domain, ok := strings.Cut(strings.ToLower(principal), "@")
	first, rest, dot := strings.Cut(name, ".")
	last := strings.TrimRight(rest, "0123456789")
	if !ok || !dot || domain != c.domain {
		return user{}, false
	}
	round := uint64(0)
	if more := rest[len(last):]; more != "" {
		n, err := strconv.ParseUint(more, 10, 32)
		if err != nil || n < 2 {
			return user{}, false
		}
		round = n - 1
	}
	a, b := foldIndex(peopleFirst, first), foldIndex(peopleLast, last)
	if a < 0 || b < 0 {
		return user{}, false
	}
	pairs := uint64(len(peopleFirst) * len(peopleLast))
	pick := uint64(b)*uint64(len(peopleFirst)) + uint64(a)
	for pick%7 != 0 { // undoes the times seven
		pick += pairs
	}
	i := round*pairs + pick/7
	if i >= c.directory.users {
		return user{}, false
	}
	u := w.user(c, i)
	return u, strings.EqualFold(u.principal, principal)
}

func foldIndex(list []string, text string) int {
	for i, one := range list {
		if strings.EqualFold(one, text) {
			return i
		}
	}
	return -1
}

// userOf is the person who enrolled a device and uses it. The devices go round
// among the people, so that a person's devices can be found too.
func (w *world) userOf(c *customer, n uint64) user {
	return w.user(c, (n-c.first)%max(c.directory.users, 1))
}

// devicesOf are the numbers of the devices that a person uses, enrolled or not.
func (c *customer) devicesOf(i uint64) []uint64 {
	var out []uint64
	for place := i; place < c.count; place += max(c.directory.users, 1) {
		out = append(out, c.first+place)
	}
	return out
}
