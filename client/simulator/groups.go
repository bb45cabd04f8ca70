package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// group is one of a tenant's groups. It has a rule, or members that somebody
// added.
type group struct {
	number          uint64
	id, name, about string
	nickname        string
	created         time.Time
	unified         bool // a Microsoft 365 group, with a mailbox
	rule            *rule
	members         []member             // in the order in which they were added
	added           map[member]time.Time // what is in members, and when it came; before the start is the zero time
	nested          []*group             // the groups among its members
}

// rule decides who belongs to a dynamic group: every device of Autopilot, or
// those with a tag or a purchase order.
type rule struct{ tag, order string }

func (r rule) text() string {
	quote := func(kind, text string) string {
		return fmt.Sprintf(`(device.devicePhysicalIds -any (_ -eq "[%s]:%s"))`, kind, strings.ReplaceAll(text, `"`, "`\""))
	}
	switch {
	case r.tag != "":
		return quote("OrderID", r.tag)
	case r.order != "":
		return quote("PurchaseOrderId", r.order)
	}
	return `(device.devicePhysicalIds -any (_ -startsWith "[ZTDID]"))`
}

func (r rule) takes(of registration) bool {
	return (r.tag == "" || strings.EqualFold(r.tag, of.tag)) && (r.order == "" || strings.EqualFold(r.order, of.order))
}

// member is an object in a group: its kind, and its number among them.
type member struct {
	kind memberKind
	n    uint64
}

type memberKind byte

const (
	memberDevice memberKind = iota // a device's number
	memberStray                    // stray.number
	memberUser                     // a user's number among the customer's
	memberGroup                    // group.number
)

// join adds a member at a moment, the zero one being before the start, unless
// it is there.
func (g *group) join(m member, at time.Time) bool {
	if _, ok := g.added[m]; ok {
		return false
	}
	g.added[m] = at
	g.members = append(g.members, m)
	return true
}

// leave takes a member out.
func (g *group) leave(m member) {
	delete(g.added, m)
	g.members = slices.DeleteFunc(g.members, func(have member) bool { return have == m })
	if m.kind == memberGroup {
		g.nested = slices.DeleteFunc(g.nested, func(have *group) bool { return have.number == m.n })
	}
}

// groupByID finds a group.
func (d *directory) groupByID(id string) *group {
	for _, g := range d.groups {
		if strings.EqualFold(g.id, id) {
			return g
		}
	}
	return nil
}

// groupByNumber finds a group that is a member of another.
func (d *directory) groupByNumber(n uint64) *group {
	for _, g := range d.groups {
		if g.number == n {
			return g
		}
	}
	return nil
}

// maxNesting is how deep groups in groups are looked at; it ends circles.
const maxNesting = 4

// inGroup reports whether a device belongs to a group, through groups in it
// too, and since when; the zero time is before the start. The lock is held.
func (w *world) inGroup(c *customer, g *group, n uint64) (since time.Time, ok bool) {
	return w.inGroupDeep(c, g, n, 0)
}

func (w *world) inGroupDeep(c *customer, g *group, n uint64, deep int) (time.Time, bool) {
	if g.rule != nil {
		r, ok := w.registration(c, n)
		return time.Time{}, ok && g.rule.takes(r)
	}
	if at, ok := g.added[member{memberDevice, n}]; ok {
		return at, true
	}
	if deep < maxNesting {
		for _, inner := range g.nested {
			if at, ok := w.inGroupDeep(c, inner, n, deep+1); ok {
				if came := g.added[member{memberGroup, inner.number}]; came.After(at) {
					at = came
				}
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// furnish gives a customer's tenant what it holds besides its devices, when
// somebody first looks; the lock is held.
func (w *world) furnish(c *customer) {
	if c.directory.furnished {
		return
	}
	d := &c.directory
	d.furnished, d.unmanaged, d.synced = true, map[uint64]bool{}, map[uint64]time.Time{}
	i := uint64(slices.Index(w.customers, c))
	w.seedStrays(c, i)
	w.seedGroups(c, i)
	w.seedAutopilot(c, i)
	w.seedTargets(c)
}

// seedGroups makes a customer's groups: dynamic ones over the group tags,
// static ones with devices, and such as have people only.
func (w *world) seedGroups(c *customer, i uint64) {
	if c.directory.users == 0 {
		return
	}
	s := groupSeeder{w: w, c: c, i: i}
	s.dynamic("Autopilot All Devices", "Every device that is registered with Autopilot", rule{})
	for _, b := range c.batches {
		if b.count > 0 && b.first-c.first < c.count {
			s.dynamic("Autopilot "+b.id, "Devices with the group tag "+b.id, rule{tag: b.id})
		}
	}
	if c.count > 0 {
		for n := c.first; n < c.first+min(c.count, 200); n++ {
			if order := w.startOrder(c, n); order != "" {
				s.dynamic("Autopilot order "+order[3:], "", rule{order: order})
				break
			}
		}
	}
	pilot := s.static("BIOS Pilot Ring", "First to get a new BIOS configuration", 7, 24)
	s.static("BIOS Exclusions", "Machines whose firmware nobody may touch", 31, 6)
	s.static("FrontDesk-Clinic", "Shared counters", 11, 60)
	s.static("Kiosk Devices (static)", "", 23, 12)
	wave := s.static("Deployment Wave 2", "The pilots and a few more", 19, 5)
	wave.join(member{memberGroup, pilot.number}, time.Time{})
	wave.nested = append(wave.nested, pilot)
	s.people("All Staff", "Everybody", true, 1, 150)
	s.people("Intune Administrators", "", false, 13, 3)
	s.people("Helpdesk", "Reads everything, changes nothing", false, 5, 8)
	for k, name := range departments {
		s.people(name+" Team", "Mailbox and files of "+name, true, 3+uint64(k), 20)
		s.people("SG-"+strings.ReplaceAll(name, " ", "")+"-Users", "", false, 2+uint64(k), 20)
	}
	if i == 0 {
		for k, site := range sites {
			s.static("Site "+site+" Devices", "Devices that stand in "+site, 29+uint64(k), 9)
			s.people("Site "+site+" Staff", "", false, 4+uint64(k), 12)
			s.people("Site "+site+" Managers", "Approves orders for "+site, true, 9+uint64(k), 2)
		}
	}
	slices.SortFunc(c.directory.groups, func(a, b *group) int { return strings.Compare(a.id, b.id) })
}

// groupSeeder adds groups to a customer.
type groupSeeder struct {
	w *world
	c *customer
	i uint64 // the customer's place
}

func (s *groupSeeder) add(name, about string) *group {
	n := uint64(len(s.c.directory.groups))
	at := func(k uint64) uint64 { return s.w.seed.at(kindGroup, s.i, n*8+k) }
	g := &group{
		number: n, id: guid(at(0), at(1)), name: name, about: about, added: map[member]time.Time{},
		nickname: strings.ToLower(strings.Join(searchTokens(name), "")) + digits(at(2)%1000, 3),
		created:  epoch().Add(-time.Duration(at(3) % uint64(900*24*time.Hour))).Truncate(time.Second),
	}
	if s.w.fleet.hostile && n%5 == 2 {
		g.name += hostileTexts[n%uint64(len(hostileTexts))]
	}
	s.c.directory.groups = append(s.c.directory.groups, g)
	return g
}

func (s *groupSeeder) dynamic(name, about string, r rule) { s.add(name, about).rule = &r }

// static fills a group with every so manieth of the customer's devices.
func (s *groupSeeder) static(name, about string, every uint64, most int) *group {
	g := s.add(name, about)
	for place := every / 2; place < s.c.count && len(g.members) < most; place += every {
		g.join(member{memberDevice, s.c.first + place}, time.Time{})
	}
	return g
}

// people fills a group with every so manieth of the customer's people.
func (s *groupSeeder) people(name, about string, unified bool, every uint64, most int) {
	g := s.add(name, about)
	g.unified = unified
	for n := every / 2; n < s.c.directory.users && len(g.members) < most; n += every {
		g.join(member{memberUser, n}, time.Time{})
	}
}

// wireGroup is a group of the directory.
type wireGroup struct {
	Type           string   `json:"@odata.type,omitempty"`
	ID             string   `json:"id"`
	Deleted        *string  `json:"deletedDateTime"`
	Classification *string  `json:"classification"`
	Created        string   `json:"createdDateTime"`
	Creation       []string `json:"creationOptions"`
	Description    *string  `json:"description"`
	Name           string   `json:"displayName"`
	Expires        *string  `json:"expirationDateTime"`
	Kinds          []string `json:"groupTypes"`
	Role           bool     `json:"isAssignableToRole"`
	Mail           *string  `json:"mail"`
	MailEnabled    bool     `json:"mailEnabled"`
	Nickname       string   `json:"mailNickname"`
	Rule           *string  `json:"membershipRule"`
	Processing     *string  `json:"membershipRuleProcessingState"`
	LocalDomain    *string  `json:"onPremisesDomainName"`
	LocalSync      *string  `json:"onPremisesLastSyncDateTime"`
	LocalName      *string  `json:"onPremisesSamAccountName"`
	LocalID        *string  `json:"onPremisesSecurityIdentifier"`
	Synced         *bool    `json:"onPremisesSyncEnabled"`
	Language       *string  `json:"preferredLanguage"`
	Proxies        []string `json:"proxyAddresses"`
	Renewed        string   `json:"renewedDateTime"`
	Behaviour      []string `json:"resourceBehaviorOptions"`
	Provisioning   []string `json:"resourceProvisioningOptions"`
	Security       bool     `json:"securityEnabled"`
	SID            string   `json:"securityIdentifier"`
	Theme          *string  `json:"theme"`
	Visibility     *string  `json:"visibility"`
}

func (g *group) wire() wireGroup {
	v := mix(uint64(len(g.id)) ^ g.number)
	for i := range len(g.id) {
		v = mix(v ^ uint64(g.id[i]))
	}
	out := wireGroup{
		ID: g.id, Created: entraDate(g.created), Renewed: entraDate(g.created), Name: g.name, Creation: []string{}, Kinds: []string{}, Nickname: g.nickname,
		Proxies: []string{}, Behaviour: []string{}, Provisioning: []string{}, Security: true,
		SID: fmt.Sprintf("S-1-12-1-%d-%d-%d-%d", uint32(v), uint32(v>>32), uint32(mix(v)), uint32(mix(v)>>32)),
	}
	if g.about != "" {
		out.Description = &g.about
	}
	if g.rule != nil {
		out.Kinds = []string{"DynamicMembership"}
		out.Rule, out.Processing = ptr(g.rule.text()), ptr("On")
	}
	if g.unified {
		out.Kinds = append(out.Kinds, "Unified")
		out.MailEnabled, out.Security = true, false
		out.Mail = ptr(g.nickname + "@groups.example")
		out.Proxies = []string{"SMTP:" + *out.Mail}
		out.Visibility = ptr("Private")
	}
	return out
}
