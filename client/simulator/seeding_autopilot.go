package simulator

import (
	"strings"
	"time"
)

// seedAutopilot gives a customer its deployment profiles and the identities
// that do not come from Partner Center; the lock is held.
func (w *world) seedAutopilot(c *customer, i uint64) {
	before := func(least, spread time.Duration, k uint64) time.Time {
		return epoch().Add(-least - time.Duration(w.seed.at(kindIdentity, i, k)%uint64(spread))).Truncate(100 * time.Nanosecond)
	}
	c.autopilot = autopilot{changed: map[uint64]*traits{}, gone: map[uint64]bool{}, byNum: map[uint64]*pilot{}, known: map[uint64]*pilot{}}
	c.autopilot.leaving, c.autopilot.arriving, c.autopilot.byTicket = map[uint64]time.Time{}, map[uint64]arrival{}, map[string]*ticket{}
	c.autopilot.last, c.autopilot.manual = before(0, 20*time.Minute, 9), before(18*time.Hour, time.Hour, 10)
	if c.directory.users == 0 {
		return
	}
	w.seedProfiles(c, i)
	w.seedAssignments(c)
	c.place(c.autopilot.last)
	w.seedOwn(c, i)
	w.seedTickets(c, i)
}

// ownRoom is how many numbers each customer has, from fleet.total on, for the
// devices that it registered without the partner, and ownPlaceholders how many
// of the first customer's have the serial number that their maker forgot to
// fill in.
const (
	ownRoom         = 256
	ownMost         = 200
	ownPlaceholders = 2
)

// ownCount is how many devices a customer registered without the partner.
func (c *customer) ownCount() uint64 { return min(c.count/25, ownMost) }

// seedOwn makes the identities that Partner Center does not know.
func (w *world) seedOwn(c *customer, i uint64) {
	var own []*pilot
	n := w.fleet.total + i*ownRoom
	for range c.ownCount() {
		d := w.fleet.device(n, epoch())
		own = append(own, &pilot{number: n, serial: d.serial, key: d.key, maker: d.maker, model: d.model})
		n++
	}
	if i == 0 && c.count >= ownPlaceholders*10 {
		for range ownPlaceholders {
			own = append(own, &pilot{number: n, serial: "Default string", maker: "System manufacturer", model: "System Product Name"})
			n++
		}
	}
	for k, one := range own {
		if b := c.batches[k/3%len(c.batches)]; k%3 == 0 && b.count > 0 {
			one.tag = b.id
		}
		if k%4 == 1 {
			u := w.userOf(c, one.number)
			one.user, one.greeting = u.principal, u.first
		}
	}
	c.insert(own)
	for _, one := range own { // once groups know it
		one.holding = w.startHolding(c, one)
	}
}

func (w *world) seedProfiles(c *customer, i uint64) {
	for k, s := range profileSeeds {
		at := func(j uint64) uint64 { return w.seed.at(kindProfile, i, uint64(k)*10+j) }
		p := s
		p.id, p.tags = guid(at(0), at(1)), []string{"0"}
		p.created = epoch().AddDate(0, 0, -int(400-30*k)).Add(time.Duration(at(2) % uint64(20*time.Hour))).Truncate(100 * time.Nanosecond)
		p.modified = p.created.Add(time.Duration(at(3) % uint64(80*24*time.Hour))).Truncate(100 * time.Nanosecond)
		if w.fleet.hostile {
			p.name += hostileTexts[k%len(hostileTexts)]
		}
		c.autopilot.profiles = append(c.autopilot.profiles, &p)
	}
}

// seedTickets leaves some tickets lying about that nobody removed: the last
// devices that the customer imported by itself, and two that were refused.
func (w *world) seedTickets(c *customer, i uint64) {
	own := c.autopilot.later
	for k, one := range own[max(0, len(own)-4):] {
		w.ticketCount++
		at := func(j uint64) uint64 { return w.seed.at(kindTicket, i, uint64(k)*8+j) }
		t := &ticket{number: w.ticketCount, id: guid(at(0), at(1)), batch: guid(w.seed.at(kindTicket, i, 98), w.seed.at(kindTicket, i, 99)), serial: one.serial, tag: one.tag, user: one.user}
		t.key = t.id
		switch k {
		case 1, 2:
			f := failures[[]string{"", "806", "808"}[k]]
			t.state = wireImportState{Status: importError, Code: 800 + []int{0, 6, 8}[k], Name: f.name}
		default:
			t.state = wireImportState{Status: importComplete, Registration: w.fleet.alias(aliasIdentity, one.number), Name: "None"}
		}
		c.autopilot.file(t)
	}
}

// seedAssignments gives profiles to the groups of a customer: to most of those
// that go by a group tag, and to some with chosen members.
func (w *world) seedAssignments(c *customer) {
	give := func(p *profile, g *group, kind, source string) {
		a := &profileAssignment{id: p.id + "_" + g.id + "_0", kind: kind, group: g.id, filterKind: filterNone, source: source, sourceID: p.id}
		if source == sourcePolicySet {
			a.sourceID = guid(w.seed.text(p.id).at(kindProfile, 0, 0), w.seed.text(p.id).at(kindProfile, 0, 1))
		}
		p.assignments = append(p.assignments, a)
	}
	all := c.autopilot.profiles
	for _, g := range c.directory.groups {
		switch {
		case g.rule != nil && g.rule.tag != "":
			for k, b := range c.batches {
				if p := seedTagged[k%len(seedTagged)]; b.id == g.rule.tag && p >= 0 {
					give(all[p], g, targetGroup, sourceDirect)
				}
			}
		case strings.HasPrefix(g.name, "BIOS Exclusions"):
			give(all[0], g, targetExclude, sourceDirect)
		case strings.HasPrefix(g.name, "Kiosk Devices"):
			give(all[1], g, targetGroup, sourcePolicySet)
		case strings.HasPrefix(g.name, "Deployment Wave 2"):
			give(all[4], g, targetGroup, sourceDirect)
		}
	}
}

// seedTagged says which profile the devices of a customer's first, second and
// further batches have; -1 is none. Read only.
var seedTagged = []int{0, -1, 2, 1, 3, 0}

// profileSeeds are what the deployment profiles of a customer with devices
// begin as, the oldest first; read only.
var profileSeeds = []profile{
	{name: "Standard users", description: "User driven, standard user, every page skipped", locale: localeDefault, device: "windowsPc", template: "STD-%RAND:6%",
		extract: true, oobe: oobe{privacyHidden: true, eulaHidden: true, keyboardSkipped: true, escapeHidden: true, user: userPlain, usage: usageSingle}},
	{name: "Shared kiosks", description: "Self deploying, nobody signs in", locale: "en-GB", device: "windowsPc", template: "KIOSK-%SERIAL%",
		oobe: oobe{privacyHidden: true, eulaHidden: true, keyboardSkipped: true, escapeHidden: true, user: userAdmin, usage: usageShared}},
	{name: "Hybrid offices", description: "Joined to the old domain, until it is gone", locale: "", device: "windowsPc", hybrid: true, skipConnectivity: true,
		oobe: oobe{privacyHidden: true, eulaHidden: true, escapeHidden: true, user: userAdmin, usage: usageSingle}},
	{name: "Workshop laptops", description: "Pre provisioned by the workshop before they are handed out", locale: "nb-NO", device: "windowsPc", template: "WS-%SERIAL%", preprovision: true,
		oobe: oobe{privacyHidden: true, eulaHidden: true, keyboardSkipped: true, escapeHidden: true, user: userPlain, usage: usageSingle}},
	{name: "Meeting room hubs", description: "", locale: "en-US", device: "surfaceHub2S",
		oobe: oobe{privacyHidden: true, eulaHidden: true, keyboardSkipped: true, escapeHidden: true, user: userAdmin, usage: usageShared}},
	{name: "Try out", description: "Nothing uses it", locale: localeDefault, device: "windowsPc",
		oobe: oobe{escapeHidden: true, user: userAdmin, usage: usageSingle}},
}
