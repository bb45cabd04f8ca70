package simulator

import "net/http"

// wireUpdate is the body of U1.
type wireUpdate struct {
	Devices *[]wireCandidate `json:"devices"`
}

// updatePolicies is U1, PATCH /customers/{customer}/DevicePolicyUpdates. The
// devices may lie in several batches; a null value takes the policy away.
func updatePolicies(c *call) (answer, error) {
	if err := c.adminOnly(); err != nil {
		return answer{}, err
	}
	body, err := decode[wireUpdate](c.body)
	if err != nil || body.Devices == nil || len(*body.Devices) == 0 {
		return answer{}, invalidInput()
	}
	for _, d := range *body.Devices {
		if deref(d.ID) == "" || d.Policies == nil || len(*d.Policies) == 0 {
			return answer{}, invalidInput()
		}
		if err := checkCategories(d.Policies); err != nil {
			return answer{}, err
		}
	}
	return c.once(func() (answer, error) { return c.acceptedAs(c.w.update(c, *body.Devices)), nil })
}

const agentSales = "sales"

// adminOnly refuses sales agents, which the portal does for everything that
// concerns policies.
func (c *call) adminOnly() error {
	if c.who.Agent == agentSales {
		return refuse(http.StatusForbidden, 900150, "The supplied role doesn't have the rights to perform the requested operation")
	}
	return nil
}

// update settles each device's outcome and plans the moment at which the new
// policies show. The lock is held.
func (w *world) update(c *call, devices []wireCandidate) *job {
	rows := make([]jobRow, len(devices))
	policies := make([]*policy, len(devices))
	for i, d := range devices {
		rows[i].device = *d.ID
		rows[i].serial, _ = w.has(c.customer, *d.ID)
		last := (*d.Policies)[len(*d.Policies)-1]
		rows[i].failure = w.assignable(c.customer, *d.ID, last.Value)
		if rows[i].failure == nil && last.Value != nil {
			policies[i] = c.customer.policyByID(*last.Value)
		}
	}
	j := w.accept(c, rows, false)
	if j.stuck {
		return j
	}
	w.later(j.ends().Add(w.lag), func() {
		for i := range rows {
			if rows[i].failure == nil {
				w.assign(j.customer, rows[i].device, policies[i].value())
			}
		}
	})
	return j
}

// value is what a device says that has the policy: null for none, and for one
// that was deleted since.
func (p *policy) value() *string {
	if p == nil || p.gone {
		return nil
	}
	return &p.id
}

// assignable says why a device cannot have a policy, nil when it can.
func (w *world) assignable(c *customer, id string, value *string) *failure {
	serial, ok := w.has(c, id)
	switch {
	case !ok:
		return failures["807"]
	case magic(serial) != nil:
		return magic(serial)
	case value != nil && c.policyByID(*value) == nil:
		return failures["809"]
	}
	return nil
}
