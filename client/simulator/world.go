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

	jobs       map[string]*job
	jobCount   uint64
	addedCount uint64
	due        schedule
	registered map[string]*customer // folded serials and keys taken since the start
	replays    replays
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
	hardware         []*hardware
	values           map[uint64]*string // policies changed since the start, by device number
	added            map[string]*device // uploaded since the start, by id
	assigned         map[string]int     // devices by policy id; nil until somebody asks
}

// batch is a named bag of devices.
type batch struct {
	id      string
	by      string
	created time.Time
	first   uint64 // number of its first seeded device
	count   uint64 // of seeded devices
	added   []*device
	exists  bool // its job has ended: devices can be appended
	listed  bool // it shows in lists
}

func (b *batch) size() int { return int(b.count) + len(b.added) }

// policy is a configuration policy.
type policy struct {
	id, name, description string
	settings              []string
	created, modified     time.Time
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
func (w *world) later(at time.Time, j *job, do func()) {
	e := event{at: at, seq: j.ordinal, do: do}
	place, _ := slices.BinarySearchFunc(w.due, e, event.compare)
	w.due = slices.Insert(w.due, place, e)
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
	switch i := w.fleet.choice(n, len(c.policies)); {
	case i < 0:
		return nil
	case i == len(c.policies):
		name := foreignProfile
		return &name
	default:
		return &c.policies[i].id
	}
}

// value is the policy that a seeded device has now; the lock is held.
func (w *world) value(c *customer, n uint64) *string {
	if v, ok := c.values[n]; ok {
		return v
	}
	return w.startValue(c, n)
}

// page copies the devices of a batch from an offset on; the lock is held.
func (w *world) page(c *customer, b *batch, from, limit int) []device {
	end := min(from+limit, b.size())
	out := make([]device, 0, max(end-from, 0))
	for i := from; i < end; i++ {
		if i >= int(b.count) {
			out = append(out, *b.added[i-int(b.count)])
			continue
		}
		n := b.first + uint64(i)
		d := w.fleet.device(n, b.created)
		d.policy = w.value(c, n)
		out = append(out, d)
	}
	return out
}

// assign gives a device of the customer a policy, or none; the lock is held.
func (w *world) assign(c *customer, id string, value *string) {
	if d, ok := c.added[id]; ok {
		c.recount(d.policy, value)
		d.policy = value
		return
	}
	if n, ok := w.fleet.byID(id); ok {
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
	if !ok || n-c.first >= c.count { // the difference wraps round below the first
		return "", false
	}
	return w.fleet.serial(n), true
}

// owner says to whom a serial number or product key is registered, nil for
// nobody; the lock is held. Uploads under way count: their devices are taken.
func (w *world) owner(serial, key string) *customer {
	for _, name := range []string{"s" + strings.ToUpper(serial), "k" + strings.ToUpper(key)} {
		if c := w.registered[name]; len(name) > 1 && c != nil {
			return c
		}
	}
	n, ok := w.fleet.bySerial(serial)
	if !ok {
		n, ok = w.fleet.byKey(key)
	}
	if !ok {
		return nil
	}
	// Customers stand in the order of their devices.
	return w.customers[sort.Search(len(w.customers), func(i int) bool { return w.customers[i].first > n })-1]
}

// register takes a serial number and product key for a customer; the lock is
// held.
func (w *world) register(c *customer, serial, key string) {
	if serial != "" {
		w.registered["s"+strings.ToUpper(serial)] = c
	}
	if key != "" {
		w.registered["k"+strings.ToUpper(key)] = c
	}
}

// counts tells how many devices each policy has; the lock is held. The first
// call walks the seeded devices, later changes are counted as they happen.
func (w *world) counts(c *customer) map[string]int {
	if c.assigned != nil {
		return c.assigned
	}
	tally := make([]int, len(c.policies)+1)
	for n := c.first; n < c.first+c.count; n++ {
		if i := w.fleet.choice(n, len(c.policies)); i >= 0 {
			tally[i]++
		}
	}
	c.assigned = make(map[string]int, len(tally))
	for i, p := range c.policies {
		c.assigned[p.id] = tally[i]
	}
	for n, v := range c.values {
		c.recount(w.startValue(c, n), v)
	}
	for _, d := range c.added {
		c.recount(nil, d.policy)
	}
	return c.assigned
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
