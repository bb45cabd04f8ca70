package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// deviceAt finds a device by its exact id in a batch, with its place there; the
// lock is held. The answer is nil for one that the customer no longer has, even
// while lists still show it.
func (w *world) deviceAt(c *customer, b *batch, id string) (*device, int) {
	if d := c.added[id]; d != nil && d.home == b {
		one := *d
		return &one, d.place
	}
	n, ok := w.fleet.byID(id)
	if !ok || n-b.first >= b.count || c.removed[n] { // the difference wraps round below the first
		return nil, 0
	}
	d := w.seededDevice(c, b, n)
	return &d, int(n - b.first)
}

// target is the device that the path of D3 and D4 names; the lock is held. verb
// is the word in allowedOperations that the caller needs.
func (c *call) target(verb string) (*batch, *device, int, error) {
	b := c.customer.batchListed(c.params[0])
	if b == nil {
		return nil, nil, 0, refuse(http.StatusNotFound, 1000, "Not found")
	}
	d, place := c.w.deviceAt(c.customer, b, c.params[1])
	switch {
	case d == nil:
		return nil, nil, 0, refuse(http.StatusNotFound, 1000, "Not found")
	case strings.HasPrefix(d.serial, returnedPrefix):
		return nil, nil, 0, refuse(http.StatusNotFound, 807, "%s", failures["807"].name)
	case verb == http.MethodDelete && d.by != "":
		return nil, nil, 0, refuse(http.StatusForbidden, 811, "%s", failures["811"].name)
	case d.allowed != nil && !slices.Contains(d.allowed, verb):
		return nil, nil, 0, refuse(http.StatusForbidden, 900308, "Insufficient privileges to complete the operation.")
	}
	return b, d, place, nil
}

// updateDevice is D3, PUT /customers/{customer}/deviceBatches/{batch}/devices/{device}:
// the policy of one device, at once and without a job. Nothing is published
// about it; other members than id and policies are ignored.
func updateDevice(c *call) (answer, error) {
	if err := c.adminOnly(); err != nil {
		return answer{}, err
	}
	body, err := decode[wireCandidate](c.body)
	switch {
	case err != nil || body.Policies == nil || len(*body.Policies) == 0:
		return answer{}, invalidInput()
	case body.ID != nil && *body.ID != c.params[1]:
		return answer{}, refuse(http.StatusBadRequest, 3000, "Invalid property: id")
	}
	if err := checkCategories(body.Policies); err != nil {
		return answer{}, err
	}
	last := (*body.Policies)[len(*body.Policies)-1]
	return c.once(func() (answer, error) {
		_, d, _, err := c.target(http.MethodPatch) // the word for PUT that the service has
		if err != nil {
			return answer{}, err
		}
		var p *policy
		if last.Value != nil {
			if p = c.customer.policyByID(*last.Value); p == nil {
				return answer{}, refuse(http.StatusBadRequest, 3000, "Invalid property: policies")
			}
		}
		customer := c.customer
		c.w.later(c.now.Add(c.w.lag), func() { c.w.assign(customer, d.id, p.value()) })
		d.policy = p.value()
		return good(d.wire())
	})
}

// removeDevice is D4, DELETE /customers/{customer}/deviceBatches/{batch}/devices/{device}.
// The device is nobody's from now on and can be uploaded again; lists and counts
// follow after the lag.
func removeDevice(c *call) (answer, error) {
	return c.once(func() (answer, error) {
		b, d, place, err := c.target(http.MethodDelete)
		if err != nil {
			return answer{}, err
		}
		c.w.remove(c, b, d, place)
		return answer{status: http.StatusNoContent}, nil
	})
}

// remove takes a device from its customer; the lock is held.
func (w *world) remove(c *call, b *batch, d *device, place int) {
	customer := c.customer
	if d.home == nil {
		customer.removed[b.first+uint64(place)] = true
		w.depart(customer, b.first+uint64(place), c.now)
	} else {
		delete(customer.added, d.id)
		w.registered.drop(d.identity())
		w.depart(customer, d.number, c.now)
	}
	w.later(c.now.Add(w.lag), func() {
		b.gone[place] = true
		customer.recount(w.valueAt(customer, b, place), nil)
	})
}
