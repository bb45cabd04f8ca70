package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

func managedRoutes() []route {
	f := familyDevices()
	privileged := f
	privileged.write = []string{scopePrivileged}
	return []route{
		f.route("deviceManagement/managedDevices", map[string]handler{http.MethodGet: listManaged}),
		f.route("deviceManagement/managedDevices/{id}", map[string]handler{http.MethodGet: getManaged, http.MethodDelete: deleteManaged}),
		privileged.route("deviceManagement/managedDevices/{id}/syncDevice", map[string]handler{http.MethodPost: syncManaged}),
	}
}

// managedPage is how many managed devices one answer holds at most.
const managedPage = 1000

// managed is a managed device before it is written.
type managed struct {
	id, entra, name, serial, maker, model string
	system, version                       string
	user                                  user
	enrolled, synced                      time.Time
	autopilot                             bool
	draw                                  uint64 // for what does not matter
}

// stray is a managed device that no Autopilot registration names: telephones,
// machines whose maker left a placeholder for the serial number, and machines that
// enrolled by hand, or anew, without their registration taking notice.
type stray struct {
	managed
	number uint64
	object string // of its Entra device
}

// seedStrays gives a customer with devices some managed devices beyond them.
func (w *world) seedStrays(c *customer, i uint64) {
	if c.count == 0 || c.forbidden {
		return
	}
	placeholder := []string{"Default string", "To be filled by O.E.M."}[i%2]
	all := []managed{
		{name: "BENCH-PC-1", serial: placeholder, maker: "System manufacturer", model: "System Product Name", system: "Windows", version: windowsVersions[0]},
		{name: "BENCH-PC-2", serial: placeholder, maker: "System manufacturer", model: "System Product Name", system: "Windows", version: windowsVersions[1]},
		{name: "iPad", maker: "Apple", model: "iPad (10th generation)", system: "iOS", version: "18.5"},
		{name: "Loading dock scanner", maker: "Zebra Technologies", model: "TC58", system: "Android", version: "14.0"},
		{name: "Studio Mac", maker: "Apple", model: "Mac mini", system: "macOS", version: "15.5"},
	}
	for k, n := range []uint64{c.directory.dangling, w.nthDevice(c, 2, func(n uint64) bool { return !w.enrolled(c, n) && w.registeredFirst(c, n) })} {
		if n != noNumber {
			d := w.machine(c, n)
			all = append(all, managed{name: []string{"REINSTALLED-1", "BY-HAND-1"}[k], serial: d.serial, maker: d.maker, model: d.model, system: "Windows", version: windowsVersions[k]})
		}
	}
	for k, s := range all {
		at := func(j uint64) uint64 { return w.seed.at(kindManaged, i, uint64(k)*16+j+1) }
		s.id, s.entra = guid(at(0), at(1)), guid(at(2), at(3))
		if s.serial == "" {
			s.serial = core(at(6))
		}
		s.user, s.draw = w.user(c, at(7)%c.directory.users), at(8)
		s.enrolled = epoch().Add(-time.Duration(at(9) % uint64(300*24*time.Hour))).Truncate(100 * time.Nanosecond)
		s.synced = epoch().Add(-time.Duration(at(10) % uint64(8*time.Hour))).Truncate(100 * time.Nanosecond)
		if s.synced.Before(s.enrolled) {
			s.synced = s.enrolled
		}
		c.directory.strays = append(c.directory.strays, &stray{s, uint64(k), guid(at(4), at(5))})
	}
}

// windowsVersions are the builds that devices run.
var windowsVersions = []string{"10.0.26100.4770", "10.0.26100.4061", "10.0.22631.5624", "10.0.19045.6093"}

// managedDevice computes the managed device of an enrolled device; the lock is
// held.
func (w *world) managedDevice(c *customer, n uint64) managed {
	d := w.machine(c, n)
	draw := w.seed.at(kindManaged, n, 3)
	m := managed{
		id: w.fleet.alias(aliasManaged, n), entra: w.fleet.alias(aliasEntra, n), name: w.computer(c, n), serial: d.serial, maker: d.maker, model: d.model,
		system: "Windows", version: windowsVersions[draw%uint64(len(windowsVersions))], user: w.userOf(c, n),
		enrolled: w.enrolledAt(c, n), synced: w.lastContact(c, n), autopilot: true, draw: mix(draw),
	}
	if at, ok := c.directory.synced[n]; ok {
		m.synced = at
	}
	return m
}

// managedNumber finds an enrolled device by the id of its managed device; the
// lock is held.
func (w *world) managedNumber(c *customer, id string) (uint64, bool) {
	n, ok := w.fleet.byAlias(aliasManaged, id)
	return n, ok && w.managed(c, n)
}

// strayAt is the place of a stray by the id of its managed device, -1 for
// none.
func (d *directory) strayAt(id string) int {
	for i, s := range d.strays {
		if strings.EqualFold(s.id, id) {
			return i
		}
	}
	return -1
}

// listManaged is GET /deviceManagement/managedDevices. A filter that it does
// not know is not refused: it is as if there were none.
func listManaged(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	from, err := q.offset()
	if err != nil {
		return answer{}, err
	}
	filter := managedFilter(q.filter)
	limit := min(orDefault(q.top, managedPage), managedPage)
	var out page[wireManaged]
	beta, hostile := c.beta(), c.s.options.has("hostile")
	c.w.view(c.now, func() {
		total := 0
		c.w.walkManaged(c.customer, filter, from, func(place uint64, m managed) bool {
			total++
			switch {
			case total <= limit:
				out.items = append(out.items, m.wire(beta, false))
			case out.next == "":
				out.next = strconv.FormatUint(place, 10)
			}
			return q.count && q.from == "" || total <= limit
		})
		if q.count && q.from == "" {
			out.count = &total
		}
	})
	if hostile && out.next != "" {
		out.next = strconv.FormatUint(from, 10) // the same page for ever
	}
	return graphList(c, "deviceManagement/managedDevices", q, out)
}

// walkManaged visits the managed devices from a place on that a filter keeps,
// until the visitor has enough; the lock is held.
func (w *world) walkManaged(c *customer, filter *predicate, from uint64, visit func(uint64, managed) bool) {
	if filter != nil {
		if n, keyed := w.managedByKey(c, *filter); keyed {
			place := n - c.first
			if n != noNumber && place >= from && w.passes(c, n, filter) && !visit(place, w.managedDevice(c, n)) {
				return
			}
			from = max(from, c.count)
		}
	}
	for place := from; place < c.count; place++ {
		if n := c.first + place; w.managed(c, n) && w.passes(c, n, filter) && !visit(place, w.managedDevice(c, n)) {
			return
		}
	}
	for place := max(from, c.count); place-c.count < uint64(len(c.directory.strays)); place++ {
		if m := c.directory.strays[place-c.count].managed; m.passes(filter) && !visit(place, m) {
			return
		}
	}
}

// managedByKey finds the one enrolled device that a filter can mean, without
// a walk. keyed is false when the filter names no key; a key that is none of
// the customer's managed devices brings noNumber.
func (w *world) managedByKey(c *customer, filter predicate) (n uint64, keyed bool) {
	found := false
	if serial, ok := filter.equal("serialnumber"); ok {
		n, found = w.fleet.bySerial(serial)
	} else if id, ok := filter.equal("azureaddeviceid"); ok {
		n, found = w.fleet.byAlias(aliasEntra, id)
	} else {
		return noNumber, false
	}
	if !found || !w.managed(c, n) {
		n = noNumber
	}
	return n, true
}

// managedFilter is the part of a filter that the service obeys: all of it when
// it knows every property, nothing otherwise. Of an or across two properties
// it obeys one side.
func managedFilter(p *predicate) *predicate {
	if p == nil {
		return nil
	}
	known := p.every(func(word string) bool { return word != "not" }, func(t test) bool {
		switch t.property {
		case "serialnumber", "azureaddeviceid", "operatingsystem":
			return t.op == "eq"
		}
		return t.property == "devicename" && t.op == "startswith"
	})
	if !known {
		return nil
	}
	if p.word == "or" {
		for _, q := range p.parts[1:] {
			if q.word != "" || p.parts[0].word != "" || q.test.property != p.parts[0].test.property {
				return &p.parts[0]
			}
		}
	}
	return p
}

// passes reports whether a filter keeps an enrolled device, without computing
// more of it than the filter names.
func (w *world) passes(c *customer, n uint64, filter *predicate) bool {
	return filter == nil || filter.holds(func(t test) bool {
		switch t.property {
		case "serialnumber":
			return t.compare(w.fleet.serial(n))
		case "azureaddeviceid":
			return t.compare(w.fleet.alias(aliasEntra, n))
		case "operatingsystem":
			return t.compare("Windows")
		}
		return t.compare(w.computer(c, n))
	})
}

// passes reports whether a filter keeps a managed device.
func (m *managed) passes(filter *predicate) bool {
	return filter == nil || filter.holds(func(t test) bool {
		switch t.property {
		case "serialnumber":
			return t.compare(m.serial)
		case "azureaddeviceid":
			return t.compare(m.entra)
		case "operatingsystem":
			return t.compare(m.system)
		}
		return t.compare(m.name)
	})
}

// getManaged is GET /deviceManagement/managedDevices/{id}.
func getManaged(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireManaged
	c.w.view(c.now, func() {
		if n, ok := c.w.managedNumber(c.customer, c.params[0]); ok {
			m := c.w.managedDevice(c.customer, n)
			one := m.wire(c.beta(), true)
			out = &one
		} else if i := c.customer.directory.strayAt(c.params[0]); i >= 0 {
			one := c.customer.directory.strays[i].wire(c.beta(), true)
			out = &one
		}
	})
	if out == nil {
		return answer{}, notFound()
	}
	return graphItem(c, "deviceManagement/managedDevices", q, *out)
}

// deleteManaged is DELETE /deviceManagement/managedDevices/{id}. An Autopilot
// registration of the device keeps pointing at it, and its BIOS password
// stays.
func deleteManaged(c *call) (answer, error) {
	found := false
	c.w.view(c.now, func() {
		d := &c.customer.directory
		if n, ok := c.w.managedNumber(c.customer, c.params[0]); ok {
			d.unmanaged[n], found = true, true
			delete(d.synced, n)
		} else if i := d.strayAt(c.params[0]); i >= 0 {
			d.strays, found = append(d.strays[:i:i], d.strays[i+1:]...), true
		}
	})
	if !found {
		return answer{}, notFound()
	}
	return answer{status: http.StatusNoContent}, nil
}

// How long a device takes to answer that is told to check in.
const checkIn = 20 * time.Second

// syncManaged is POST /deviceManagement/managedDevices/{id}/syncDevice: a
// device that has spoken to Intune in the last days checks in soon; one that
// lies in a drawer does not.
func syncManaged(c *call) (answer, error) {
	found := false
	c.w.view(c.now, func() {
		d := &c.customer.directory
		if n, ok := c.w.managedNumber(c.customer, c.params[0]); ok {
			found = true
			if c.w.reachable(c.customer, n) {
				customer, at := c.customer, c.now.Add(checkIn)
				c.w.later(at, func() { customer.directory.synced[n] = at })
			}
		} else if i := d.strayAt(c.params[0]); i >= 0 {
			found = true
			one, at := d.strays[i], c.now.Add(checkIn)
			c.w.later(at, func() { one.synced = at })
		}
	})
	if !found {
		return answer{}, notFound()
	}
	return answer{status: http.StatusNoContent}, nil
}

// reachable reports whether a managed device is switched on now and then: it
// had spoken to Intune in the three days before the start.
func (w *world) reachable(c *customer, n uint64) bool {
	return w.lastContact(c, n).After(epoch().AddDate(0, 0, -3))
}
