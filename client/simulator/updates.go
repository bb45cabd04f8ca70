package simulator

import "net/http"

// wireUpdate is the body of U1.
type wireUpdate struct {
	Devices *[]wireCandidate `json:"devices"`
}

// updatePolicies is U1, PATCH /customers/{customer}/DevicePolicyUpdates. The
// devices may lie in several batches; a null value takes the policy away.
func updatePolicies(c *call) (answer, error) {
	if c.who.Agent == agentSales {
		return answer{}, refuse(http.StatusForbidden, 900150, "The supplied role doesn't have the rights to perform the requested operation")
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

// update settles each device's outcome and plans the moment at which the new
// policies show. The lock is held.
func (w *world) update(c *call, devices []wireCandidate) *job {
	rows := make([]jobRow, len(devices))
	values := make([]*string, len(devices))
	for i, d := range devices {
		rows[i].device = *d.ID
		rows[i].serial, _ = w.has(c.customer, *d.ID)
		last := (*d.Policies)[len(*d.Policies)-1]
		rows[i].failure = w.assignable(c.customer, *d.ID, last.Value)
		if rows[i].failure == nil && last.Value != nil {
			values[i] = &c.customer.policyByID(*last.Value).id
		}
	}
	j := w.accept(c, rows, false)
	if j.stuck {
		return j
	}
	w.later(j.ends().Add(w.lag), j, func() {
		for i := range rows {
			if rows[i].failure == nil {
				w.assign(j.customer, rows[i].device, values[i])
			}
		}
	})
	return j
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
