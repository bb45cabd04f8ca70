package simulator

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// world is the state behind both services. Its lock is held for lookups and
// changes only: answers are written outside of it.
type world struct {
	mu        sync.Mutex
	fleet     fleet
	seed      seed // of everything that follows from Options.Seed
	run       seed // of ids that differ from run to run
	lag       time.Duration
	partner   partner
	customers []*customer
	byID      map[string]*customer
	unknown   map[string]bool // models that the hardware catalogue lacks

	jobs        map[string]*job
	jobCount    uint64
	addedCount  uint64
	madeCount   uint64 // of policies
	ticketCount uint64 // of imports
	laterCount  uint64 // of devices that came later than the first ones
	planned     uint64 // changes ever planned
	due         schedule
	registered  registry // devices taken since the start
	replays     replays
	switches    *switchBoard
	budget      budget
}

// partner is the one reseller that signs in.
type partner struct{ id, name string }

// customer is one tenant: Partner Center's view of it and Intune's.
type customer struct {
	id, name, domain string
	commerce         string
	first, count     uint64 // the numbers of the devices that it starts with
	forbidden        bool   // the partner has no relationship with it
	created          time.Time
	batches          []*batch
	policies         []*policy
	seeded           []*policy // that it starts with, deleted ones too
	hardware         []*hardware
	retired          []*hardware        // deleted, but devices still carry passwords of theirs
	values           map[uint64]*string // policies changed since the start, by device number
	added            map[string]*device // uploaded since the start and not removed, by id
	removed          map[uint64]bool    // numbers of devices that it started with and no longer has
	assigned         map[string]int     // devices by policy id; nil until somebody asks
	directory        directory          // its Entra and Intune sides, hardware apart
	autopilot        autopilot          // its identities and deployment profiles
}

// batch is a named bag of devices.
type batch struct {
	id      string
	by      string // who made it; empty is not said
	status  string // seldom said
	created time.Time
	first   uint64 // number of its first seeded device
	count   uint64 // of seeded devices
	added   []*device
	gone    map[int]bool // places of devices that no longer show; a place is never used again
	exists  bool         // its job has ended: devices can be appended
	listed  bool         // it shows in lists
}

// places counts the devices that the batch ever had: the seeded ones have the
// first places, the added ones follow.
func (b *batch) places() int { return int(b.count) + len(b.added) }

func (b *batch) size() int { return b.places() - len(b.gone) }

// policy is a configuration policy.
type policy struct {
	id, name, description string
	settings              []string
	created, modified     time.Time
	gone                  bool // deleted
}

// event is a change that takes effect at a simulated instant.
type event struct {
	at  time.Time
	seq uint64
	do  func()
}

// schedule holds the changes to come, the next one first. There are two for
// each job under way at most, so a sorted list is quick enough.
type schedule []event

func (e event) compare(other event) int {
	return cmp.Or(e.at.Compare(other.at), cmp.Compare(e.seq, other.seq))
}

// settle lets everything happen that is due; the lock is held.
func (w *world) settle(now time.Time) {
	for len(w.due) > 0 && !w.due[0].at.After(now) {
		next := w.due[0]
		w.due = w.due[1:]
		next.do()
	}
}

// later plans a change; the lock is held.
func (w *world) later(at time.Time, do func()) {
	w.planned++
	e := event{at: at, seq: w.planned, do: do}
	place, _ := slices.BinarySearchFunc(w.due, e, event.compare)
	w.due = slices.Insert(w.due, place, e)
}

// afterLag plans what lists are to show only when the lag has passed, and does
// it at once when there is none; the lock is held.
func (w *world) afterLag(now time.Time, do func()) {
	if w.lag == 0 {
		do()
		return
	}
	w.later(now.Add(w.lag), do)
}

// view runs a reader on the world as it is now.
func (w *world) view(now time.Time, read func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle(now)
	read()
}

// batchNamed finds a batch by its exact stored name.
func (c *customer) batchNamed(id string) *batch {
	for _, b := range c.batches {
		if b.id == id {
			return b
		}
	}
	return nil
}

// batchListed finds a batch that shows in lists by its exact stored name.
func (c *customer) batchListed(id string) *batch {
	if b := c.batchNamed(id); b != nil && b.listed {
		return b
	}
	return nil
}

// batchFold finds a batch by name, whatever its case.
func (c *customer) batchFold(id string) *batch {
	for _, b := range c.batches {
		if strings.EqualFold(b.id, id) {
			return b
		}
	}
	return nil
}

// policyByID finds one of the customer's policies.
func (c *customer) policyByID(id string) *policy {
	for _, p := range c.policies {
		if strings.EqualFold(p.id, id) {
			return p
		}
	}
	return nil
}

// startValue is the policy that a seeded device starts with.
func (w *world) startValue(c *customer, n uint64) *string {
	switch i := w.fleet.choice(n, len(c.seeded)); {
	case i < 0:
		return nil
	case i == len(c.seeded):
		name := foreignProfile
		return &name
	case c.seeded[i].gone:
		return nil
	default:
		return &c.seeded[i].id
	}
}

// value is the policy that a seeded device has now; the lock is held.
func (w *world) value(c *customer, n uint64) *string {
	if v, ok := c.values[n]; ok {
		return v
	}
	return w.startValue(c, n)
}

// page copies the devices of a batch from a place on, and says where the next
// page begins, 0 for nowhere. Because places stay, a device that is removed in
// the middle of a walk shifts no other out of sight. The lock is held.
func (w *world) page(c *customer, b *batch, from, limit int) (out []device, next int) {
	out = make([]device, 0, max(min(limit, b.places()-from), 0))
	for i := from; i < b.places(); i++ {
		switch {
		case b.gone[i]:
		case len(out) == limit:
			return out, i
		case i >= int(b.count):
			out = append(out, *b.added[i-int(b.count)])
		default:
			out = append(out, w.seededDevice(c, b, b.first+uint64(i)))
		}
	}
	return out, 0
}

// seededDevice computes a device of a batch with the policy that it has now;
// the lock is held.
func (w *world) seededDevice(c *customer, b *batch, n uint64) device {
	d := w.fleet.device(n, b.created)
	d.policy = w.value(c, n)
	return d
}

// assign gives a device of the customer a policy, or none; the lock is held.
func (w *world) assign(c *customer, id string, value *string) {
	if d, ok := c.added[id]; ok {
		c.recount(d.policy, value)
		d.policy = value
		return
	}
	if n, ok := w.fleet.byID(id); ok && !c.removed[n] {
		c.recount(w.value(c, n), value)
		c.values[n] = value
	}
}

// has reports whether the customer owns a device, and its serial number; the
// lock is held.
func (w *world) has(c *customer, id string) (serial string, ok bool) {
	if d, ok := c.added[id]; ok {
		return d.serial, true
	}
	n, ok := w.fleet.byID(id)
	if !ok || n-c.first >= c.count || c.removed[n] { // the difference wraps round below the first
		return "", false
	}
	return w.fleet.serial(n), true
}

// owner says to whom a device is registered, nil for nobody; the lock is held.
// Uploads under way count: their devices are taken.
func (w *world) owner(one identity) *customer {
	if c := w.registered.find(one); c != nil {
		return c.by
	}
	seeded := func(n uint64, ok bool) *customer {
		if !ok {
			return nil
		}
		d := w.fleet.device(n, time.Time{})
		if c := w.starter(n); c != nil && !c.removed[n] && one.same(d.identity()) {
			return c
		}
		return nil
	}
	if c := seeded(w.fleet.bySerial(one.serial)); c != nil {
		return c
	}
	return seeded(w.fleet.byKey(one.key))
}

// starter is the customer that a seeded device began with, nil for a number that
// none began with. Customers stand in the order of their devices.
func (w *world) starter(n uint64) *customer {
	if own := n - w.fleet.total; n >= w.fleet.total {
		if c := w.customers[own/ownRoom]; own%ownRoom < c.ownCount() {
			return c
		}
		return nil
	}
	return w.customers[sort.Search(len(w.customers), func(i int) bool { return w.customers[i].first > n })-1]
}

// counts tells how many devices each policy has; the lock is held. The first
// call walks the seeded devices, later changes are counted as they happen.
func (w *world) counts(c *customer) map[string]int {
	if c.assigned != nil {
		return c.assigned
	}
	tally := make([]int, len(c.seeded)+1)
	for n := c.first; n < c.first+c.count; n++ {
		if i := w.fleet.choice(n, len(c.seeded)); i >= 0 {
			tally[i]++
		}
	}
	c.assigned = make(map[string]int, len(tally))
	for i, p := range c.seeded {
		c.assigned[p.id] = tally[i]
	}
	for n, v := range c.values {
		c.recount(w.startValue(c, n), v)
	}
	for _, b := range c.batches {
		for _, d := range b.added {
			c.recount(nil, d.policy)
		}
		for place := range b.gone {
			c.recount(w.valueAt(c, b, place), nil)
		}
	}
	return c.assigned
}

// valueAt is the policy of the device at a place of a batch; the lock is held.
func (w *world) valueAt(c *customer, b *batch, place int) *string {
	if place >= int(b.count) {
		return b.added[place-int(b.count)].policy
	}
	return w.value(c, b.first+uint64(place))
}

func (c *customer) recount(from, to *string) {
	if c.assigned == nil {
		return
	}
	if from != nil {
		c.assigned[*from]--
	}
	if to != nil {
		c.assigned[*to]++
	}
}
