package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// newWorld makes the customers that a seed leads to. Devices are not made:
// each customer only gets a range of numbers.
func newWorld(o Options) *world {
	s := seed(o.Seed)
	w := &world{
		seed: s, run: s.text(o.Instance), lag: o.Lag,
		partner:    partner{guid(s.at(kindPartner, 0, 0), s.at(kindPartner, 0, 1)), "Harrow & Pike IT (simulated)"},
		byID:       map[string]*customer{},
		unknown:    map[string]bool{},
		jobs:       map[string]*job{},
		registered: registry{},
		replays:    newReplays(),
		switches:   newSwitchBoard(o.Faults),
		budget:     newBudget(),
	}
	for i := range uint64(3) {
		w.unknown[unknownModels[(s.at(kindUnknownModel, 0, 0)+i)%uint64(len(unknownModels))]] = true
	}
	hostile := o.has("hostile")
	var next uint64
	for i, share := range shares(o) {
		c := w.seedCustomer(i, o, hostile)
		c.first, c.count = next, share
		next += share
		w.customers = append(w.customers, c)
		w.byID[c.id] = c
	}
	w.fleet = newFleet(s, next, hostile)
	w.fleet.whole = next + uint64(o.Customers)*ownRoom
	w.fleet.restricted = o.has("restricted")
	for i, c := range w.customers {
		if c.count == 0 && i > 0 || c.forbidden {
			continue // the empty customer has nothing at all
		}
		w.seedBatches(c, i, hostile)
		w.seedPolicies(c, i, hostile)
		w.seedHardware(c, i, hostile)
	}
	w.seedDirectory()
	return w
}

// special tells the two customers that are there for their behaviour: an
// empty one, and one that the partner may not touch. -1 is none.
func special(customers int) (empty, forbidden int) {
	empty, forbidden = -1, -1
	if customers >= 3 {
		empty = 2
	}
	if customers >= 4 {
		forbidden = customers - 1
	}
	return empty, forbidden
}

// shares gives the first customer its devices, and the others as many again
// among them.
func shares(o Options) []uint64 {
	out := make([]uint64, o.Customers)
	out[0] = uint64(o.Devices)
	empty, forbidden := special(o.Customers)
	var others []int
	for i := 1; i < o.Customers; i++ {
		if i != empty && i != forbidden {
			others = append(others, i)
		}
	}
	for k, i := range others {
		out[i] = uint64(o.Devices*(k+1)/len(others) - o.Devices*k/len(others))
	}
	return out
}

func (w *world) seedCustomer(i int, o Options, hostile bool) *customer {
	n := uint64(i)
	_, forbidden := special(o.Customers)
	// Every pair of words comes up once before the first repeats.
	pairs := uint64(len(customerFirst) * len(customerSecond))
	pick := (n*7919 + w.seed.at(kindName, 0, 0)) % pairs // 7919 is prime and does not divide pairs
	name := customerFirst[pick%uint64(len(customerFirst))] + " " + customerSecond[pick/uint64(len(customerFirst))]
	if n >= pairs {
		name = fmt.Sprintf("%s %d", name, n/pairs+1)
	}
	c := &customer{
		id:        guid(w.seed.at(kindCustomer, n, 0), w.seed.at(kindCustomer, n, 1)),
		commerce:  guid(w.seed.at(kindCustomer, n, 2), w.seed.at(kindCustomer, n, 3)),
		name:      name,
		domain:    strings.ToLower(strings.ReplaceAll(name, " ", "")) + ".example",
		forbidden: i == forbidden,
		created:   epoch().AddDate(0, 0, -int(500+w.seed.at(kindBatchDate, n, 99)%900)),
		values:    map[uint64]*string{},
		added:     map[string]*device{},
		removed:   map[uint64]bool{},
	}
	if hostile && i > 0 {
		c.name += hostileTexts[i%len(hostileTexts)]
		if i%5 == 1 {
			c.name += strings.Repeat(" very long", 1000)
		}
	}
	return c
}

// batchPlan is a batch to be: with a fixed size, or with a weight in what is left.
type batchPlan struct {
	name   string
	fixed  int // -1: by weight
	weight uint64
}

// plans chooses a customer's batches. The first customer has the awkward ones.
func (w *world) plans(c *customer, i int, hostile bool) []batchPlan {
	n := uint64(i)
	short := strings.ToUpper(strings.ReplaceAll(customerShort(c.name), " ", ""))
	weight := func(k int) uint64 { return 1 + w.seed.at(kindBatchSize, n, uint64(k))%8 }
	var out []batchPlan
	extra := 1 + int(w.seed.at(kindBatch, n, 0)%3)
	if i == 0 {
		out = []batchPlan{
			{short + " spring refresh", -1, weight(0) + 8},
			{guid(w.seed.at(kindBatch, n, 1), w.seed.at(kindBatch, n, 2)), -1, weight(1)},
			{"Zürich Außenstelle Süd", -1, weight(2)},
			{short + "-100", 100, 0},
			{short + "-101", foreignSize, 0},
			{short + " on order", 0, 0},
		}
		if back := min(returnedMost, int(c.count)/50); back > 0 {
			out = append(out, batchPlan{short + returnsBatch, back, 0})
		}
	}
	if hostile {
		out = append(out, batchPlan{short + "\x1b[31m\u202e100% off?", -1, 1})
	}
	from := w.seed.at(kindBatch, n, 3)
	for k := range extra {
		name := batchNames[(from+uint64(k))%uint64(len(batchNames))]
		out = append(out, batchPlan{short + "-" + name, -1, weight(10 + k)})
	}
	return out
}

func customerShort(name string) string {
	letters := []rune(strings.ReplaceAll(name, " ", ""))
	return string(letters[:min(4, len(letters))])
}

func (w *world) seedBatches(c *customer, i int, hostile bool) {
	plans := w.plans(c, i, hostile)
	left := int(c.count)
	var weights uint64
	sizes := make([]int, len(plans))
	for k, p := range plans {
		weights += p.weight
		if p.fixed > 0 && p.fixed <= left {
			sizes[k] = p.fixed
			left -= p.fixed
		}
	}
	rest := left
	for k, p := range plans {
		if p.fixed < 0 {
			sizes[k] = int(uint64(rest) * p.weight / weights)
			left -= sizes[k]
		}
	}
	for k, p := range plans { // what rounding left over
		if p.fixed < 0 {
			sizes[k] += left
			break
		}
	}
	next := c.first
	for k, p := range plans {
		if sizes[k] == 0 && p.fixed != 0 {
			continue
		}
		days := 20 + w.seed.at(kindBatchDate, uint64(i), uint64(k))%400
		c.batches = append(c.batches, &batch{
			id: p.name, by: w.partner.name, first: next, count: uint64(sizes[k]), exists: true, listed: true,
			created: epoch().AddDate(0, 0, -int(days)).Add(time.Duration(w.seed.at(kindBatchDate, uint64(i), uint64(k)+1000)%86400) * time.Second),
			gone:    map[int]bool{},
		})
		switch {
		case strings.HasSuffix(p.name, returnsBatch):
			w.fleet.returned, w.fleet.returnedEnd = next, next+uint64(sizes[k])
		case p.fixed == foreignSize && sizes[k] == foreignSize:
			w.fleet.foreign, w.fleet.foreignEnd = next, next+foreignSize
		}
		next += uint64(sizes[k])
		if i > 0 {
			c.batches[len(c.batches)-1].vary(k)
		}
	}
}

// vary gives the batches of all customers but the first what the service says
// of some batches only: a status, or nothing about who made it.
func (b *batch) vary(k int) {
	if k%2 == 0 {
		b.status = stateFinished
	} else {
		b.by = ""
	}
}

// foreignSize is the size of the first customer's batch in which every
// foreignEach-th device was registered by another tenant.
const (
	foreignSize = 101
	foreignEach = 25
)

// returnsBatch ends the name of the first customer's batch of devices that a
// policy update fails on.
const returnsBatch = " returns"

func (w *world) seedPolicies(c *customer, i int, hostile bool) {
	n := uint64(i)
	count := 4 + int(w.seed.at(kindPolicy, n, 0)%uint64(len(policySeeds)-3))
	for k, p := range policySeeds[:count] {
		made := epoch().AddDate(0, 0, -int(30+w.seed.at(kindPolicy, n, uint64(100+k))%500))
		q := &policy{
			id:   guid(w.seed.at(kindPolicy, n, uint64(10+k)), w.seed.at(kindPolicy, n, uint64(50+k))),
			name: p.name, description: p.description, settings: p.settings,
			created: made, modified: made.Add(time.Duration(w.seed.at(kindPolicy, n, uint64(200+k))%500) * time.Hour / 20),
		}
		if hostile {
			q.name += hostileTexts[k%len(hostileTexts)]
			q.description += hostileTexts[(k+3)%len(hostileTexts)]
		}
		c.policies = append(c.policies, q)
	}
	c.seeded = slices.Clone(c.policies)
}

func (w *world) seedHardware(c *customer, i int, hostile bool) {
	n := uint64(i)
	for k, h := range hardwareSeeds {
		at := func(j uint64) uint64 { return w.seed.at(kindHardware, n, uint64(k)*10+j) }
		made := epoch().AddDate(0, 0, -int(20+at(0)%200)).Add(time.Duration(at(1) % uint64(time.Hour)))
		q := &hardware{
			number: uint64(k), id: guid(at(2), at(3)), version: h.version, name: h.name, description: h.description, file: h.file,
			content: []byte(h.content), format: "dell", tags: []string{"0"}, noPassword: h.noPassword,
			created: made, modified: made.Add(time.Duration(at(4) % uint64(400*time.Hour))),
		}
		q.publishFirst()
		if hostile {
			q.name += hostileTexts[k%len(hostileTexts)]
		}
		c.hardware = append(c.hardware, q)
	}
}
