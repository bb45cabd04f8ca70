package simulator

import (
	"slices"
	"strings"
	"time"
)

// autopilot is what a customer's Intune knows of Autopilot. The identities of
// the devices that the customer started with follow from the seed; only what
// changed, and what came later, takes memory.
type autopilot struct {
	order   []uint32           // the first devices in the order of their serial numbers, as distances from the first; nil until somebody asks
	changed map[uint64]*traits // of the first devices, by number
	gone    map[uint64]bool    // numbers of first devices whose identity is no longer there
	later   []*pilot           // the others, by serial and number
	byNum   map[uint64]*pilot
	known   map[uint64]*pilot // later, and those that have gone since: their Entra devices stay

	profiles   []*profile // oldest first
	placements []placement
	tickets    []*ticket          // oldest first
	byTicket   map[string]*ticket // by id in lower case
	held       []func()           // the ends of imports that a switch keeps
	syncing
}

// pilot is a Windows Autopilot device as Intune shows it.
type pilot struct {
	number      uint64 // of the device, from fleet.total on for one that came later
	serial, key string
	maker       string
	model       string
	purchase    string  // purchase order
	device      *device // of Partner Center, if it came from there later
	sum         string  // digest of its hardware hash, if it came through an import
	traits
}

// identity is what the registry knows a device by that came through an import.
func (p *pilot) identity() identity { return fold(p.serial, p.maker, p.model, p.key, p.sum) }

// traits are what can change about an identity.
type traits struct {
	tag, name      string
	user, greeting string // user principal name, and how to address its owner
	resource       string
	account        *surfaceAccount
	released       bool // may enrol again, whatever the seed says
	holding
}

// surfaceAccount is what only a Surface Hub has. The password is not kept.
type surfaceAccount struct{ principal, friendly string }

// zeroGUID stands where there is no device.
const zeroGUID = "00000000-0000-0000-0000-000000000000"

// registeredFirst reports whether a number is a device that the customer
// started with and that Autopilot still knows; the lock is held.
func (w *world) registeredFirst(c *customer, n uint64) bool {
	return c.owns(n) && !c.autopilot.gone[n] && w.fleet.form(n) != formReturned
}

// pilotAt is the identity of a number; the lock is held.
func (w *world) pilotAt(c *customer, n uint64) (pilot, bool) {
	if one := c.autopilot.byNum[n]; one != nil {
		return *one, true
	}
	if !w.registeredFirst(c, n) {
		return pilot{}, false
	}
	return w.firstPilot(c, n), true
}

// pilotByID is the identity with a registration id; the lock is held.
func (w *world) pilotByID(c *customer, id string) (pilot, bool) {
	n, ok := w.fleet.byAlias(aliasIdentity, id)
	if !ok {
		return pilot{}, false
	}
	return w.pilotAt(c, n)
}

// pilotBySerial is the only identity with a serial number, to the letter;
// the lock is held. Placeholders that several machines share find none.
func (w *world) pilotBySerial(c *customer, serial string) (pilot, bool) {
	var found []pilot
	if n, ok := w.fleet.bySerial(serial); ok && w.fleet.serial(n) == serial {
		if one, ok := w.pilotAt(c, n); ok {
			found = append(found, one)
		}
	}
	from, _ := slices.BinarySearchFunc(c.autopilot.later, serial, func(one *pilot, serial string) int { return strings.Compare(one.serial, serial) })
	for _, one := range c.autopilot.later[from:] {
		if one.serial != serial {
			break
		}
		found = append(found, *one)
	}
	if len(found) != 1 {
		return pilot{}, false
	}
	return found[0], true
}

// firstPilot computes the identity of a device that the customer started
// with, changes since then included; the lock is held.
func (w *world) firstPilot(c *customer, n uint64) pilot {
	f := &w.fleet
	d := f.device(n, epoch())
	one := pilot{number: n, serial: d.serial, key: d.key, maker: d.maker, model: d.model, purchase: w.startOrder(c, n)}
	if now := c.autopilot.changed[n]; now != nil {
		one.traits = *now
		return one
	}
	one.traits = w.startTraits(c, &one)
	return one
}

// startTraits are what the seed says about a device.
func (w *world) startTraits(c *customer, one *pilot) traits {
	n := one.number
	t := traits{tag: c.startTag(n)}
	if w.seed.at(kindIdentity, n, 0)%5 == 0 {
		u := w.userOf(c, n)
		t.user, t.greeting = u.principal, u.first
	}
	if w.seed.at(kindIdentity, n, 1)%5 < 2 {
		t.name = w.computer(c, n)
	}
	one.traits = t
	t.holding = w.startHolding(c, one)
	return t
}

// alter gives the traits of an identity that are to be changed; the lock is
// held.
func (w *world) alter(c *customer, n uint64) *traits {
	a := &c.autopilot
	if one := a.byNum[n]; one != nil {
		return &one.traits
	}
	if a.changed[n] == nil {
		now := w.firstPilot(c, n).traits
		a.changed[n] = &now
	}
	return a.changed[n]
}

// enrolledReset is a device that has to be reset before it gets the profile that
// it has now.
const enrolledReset = "pendingReset"

// enrolment is the word for how far a device has come, the lock is held.
func (w *world) enrolment(c *customer, one *pilot) string {
	draw := w.seed.at(kindIdentity, one.number, 2) % 100
	switch {
	case w.enrolled(c, one.number) && draw < 4:
		return enrolledReset
	case w.enrolled(c, one.number):
		return "enrolled"
	case !c.owns(one.number):
		return "notContacted"
	case draw < 6:
		return "failed"
	case draw < 10 && !one.released:
		return "blocked"
	case draw < 12:
		return "unknown"
	}
	return "notContacted"
}

// userless is whether a device without a user may enrol again.
func userless(enrolment string, released bool) string {
	switch {
	case released || enrolment == "enrolled" || enrolment == enrolledReset:
		return "allowed"
	case enrolment == "blocked":
		return "blocked"
	}
	return "unknown"
}

// remediation is whether a device's registration must be mended, and since
// when it is as it is.
func (w *world) remediation(c *customer, one *pilot) (state string, since time.Time) {
	if !c.owns(one.number) {
		return "noRemediationRequired", time.Time{}
	}
	at := epoch().Add(-time.Duration(w.seed.at(kindIdentity, one.number, 4) % uint64(60*24*time.Hour))).Truncate(100 * time.Nanosecond)
	switch draw := w.seed.at(kindIdentity, one.number, 3) % 100; {
	case draw < 2:
		return "automaticRemediationRequired", at
	case draw < 4:
		return "manualRemediationRequired", at
	case draw < 5:
		return "unknown", time.Time{}
	case draw < 30:
		return "noRemediationRequired", at
	}
	return "noRemediationRequired", time.Time{}
}

// makeup is a model's family and SKU as SMBIOS has them; makers differ in what
// they fill in.
func (w *world) makeup(maker, model string) (family, sku string) {
	first, _, _ := strings.Cut(model, " ")
	switch maker {
	case "Dell Inc.":
		return first, strings.ToUpper(core(w.seed.text(model).at(kindModel, 0, 0) & 0xfffff)[3:])
	case "HP":
		return "103C_5336AN " + strings.Join(strings.Fields(model)[:min(2, len(strings.Fields(model)))], " "), ""
	case "LENOVO":
		return "ThinkPad", "LENOVO_MT_" + model[:min(4, len(model))] + "_BU_Think_FM_ThinkPad"
	case "Microsoft Corporation":
		if model == "Virtual Machine" {
			return model, "None"
		}
		return first, strings.ReplaceAll(model, " ", "_")
	}
	return "", ""
}
