package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

type wirePolicy struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Category    string         `json:"category"`
	Description string         `json:"description,omitempty"`
	Assigned    int            `json:"devicesAssignedCount"`
	Settings    []string       `json:"policySettings"`
	Created     string         `json:"createdDate"`
	Modified    string         `json:"lastModifiedDate"`
	Attributes  wireAttributes `json:"attributes"`
}

func (p *policy) wire(assigned int, date func(time.Time) string) wirePolicy {
	return wirePolicy{
		ID: p.id, Name: p.name, Category: categoryOOBE, Description: p.description, Assigned: assigned,
		Settings: p.settings, Created: date(p.created), Modified: date(p.modified), Attributes: wireAttributes{"ConfigurationPolicy"},
	}
}

// listPolicies is P1, GET /customers/{customer}/policies, never paged.
func listPolicies(c *call) (answer, error) {
	items := []wirePolicy{}
	c.w.view(c.now, func() {
		counts := c.w.counts(c.customer)
		for _, p := range c.customer.policies {
			items = append(items, p.wire(counts[p.id], bareDate))
		}
	})
	if c.s.options.has("hostile") && c.s.turn("policies")%4 == 0 {
		return answer{status: http.StatusOK, contentType: partnerJSON, body: []byte(brokenJSON)}, nil
	}
	return good(list(items))
}

// getPolicy is P3, GET /customers/{customer}/policies/{policy}. A policy that
// is not there is the answer with an empty body.
func getPolicy(c *call) (answer, error) {
	var out *wirePolicy
	c.w.view(c.now, func() {
		if p := c.customer.policyByID(c.params[0]); p != nil {
			one := p.wire(c.w.counts(c.customer)[p.id], offsetDate)
			out = &one
		}
	})
	if out == nil {
		return answer{}, refuse(http.StatusNotFound, 0, "no such policy")
	}
	return good(*out)
}

// offsetDate writes a date the way the single policy has it: seven digits and
// an offset.
func offsetDate(t time.Time) string {
	return t.In(time.FixedZone("", -7*60*60)).Format(dateSeven)
}

// wirePolicyBody is a policy in a request. A null member is an absent one;
// counts and dates are the service's and ignored.
type wirePolicyBody struct {
	ID          *string   `json:"id"`
	Name        *string   `json:"name"`
	Category    *string   `json:"category"`
	Description *string   `json:"description"`
	Settings    *[]string `json:"policySettings"`
}

// policyBody reads and judges the policy of a request.
func (c *call) policyBody() (wirePolicyBody, error) {
	body, err := decode[wirePolicyBody](c.body)
	if err != nil || strings.TrimSpace(deref(body.Name)) == "" || body.Settings == nil || len(*body.Settings) == 0 {
		return body, invalidInput()
	}
	// Clients that leave the category at its default send none.
	if body.Category != nil && *body.Category != categoryOOBE && *body.Category != categoryNone {
		return body, refuse(http.StatusBadRequest, 3000, "Invalid property: category")
	}
	for _, s := range *body.Settings {
		if !slices.Contains(settingWords, s) {
			return body, refuse(http.StatusBadRequest, 3000, "Invalid property: policySettings %.40q", s)
		}
	}
	return body, nil
}

const categoryNone = "none"

// fill makes the policy what a request says; what it leaves out is cleared.
func (p *policy) fill(body wirePolicyBody, now time.Time) {
	p.name, p.description, p.settings, p.modified = *body.Name, deref(body.Description), *body.Settings, now
}

// createPolicy is P2, POST /customers/{customer}/policies. An id in the body is
// ignored, and two policies may have the same name.
func createPolicy(c *call) (answer, error) {
	if err := c.adminOnly(); err != nil {
		return answer{}, err
	}
	body, err := c.policyBody()
	if err != nil {
		return answer{}, err
	}
	return c.once(func() (answer, error) {
		c.w.madeCount++
		n := c.w.madeCount
		p := &policy{id: guid(c.w.run.at(kindMade, n, 0), c.w.run.at(kindMade, n, 1)), created: c.now}
		p.fill(body, c.now)
		c.customer.policies = append(c.customer.policies, p)
		return good(p.wire(0, bareDate))
	})
}

// replacePolicy is P4, PUT /customers/{customer}/policies/{policy}. There is no
// ETag: the last writer wins.
func replacePolicy(c *call) (answer, error) {
	if err := c.adminOnly(); err != nil {
		return answer{}, err
	}
	body, err := c.policyBody()
	switch {
	case err != nil:
		return answer{}, err
	case body.ID == nil:
		return answer{}, invalidInput()
	case !strings.EqualFold(*body.ID, c.params[0]):
		return answer{}, refuse(http.StatusBadRequest, 3000, "Invalid property: id")
	}
	return c.once(func() (answer, error) {
		p := c.customer.policyByID(c.params[0])
		if p == nil {
			return answer{}, refuse(http.StatusNotFound, 1000, "Not found")
		}
		p.fill(body, c.now)
		return good(p.wire(c.w.counts(c.customer)[p.id], bareDate))
	})
}

// deletePolicy is P5, DELETE /customers/{customer}/policies/{policy}. Devices
// that use it are left without a policy. A service that refuses that instead is
// had with a fault of status 409.
func deletePolicy(c *call) (answer, error) {
	if err := c.adminOnly(); err != nil {
		return answer{}, err
	}
	return c.once(func() (answer, error) {
		p := c.customer.policyByID(c.params[0])
		if p == nil {
			return answer{}, refuse(http.StatusNotFound, 1000, "Not found")
		}
		c.customer.drop(p)
		return answer{status: http.StatusNoContent}, nil
	})
}

// drop deletes a policy and takes it from the devices that have it; the
// world's lock is held.
func (c *customer) drop(p *policy) {
	p.gone = true
	c.policies = slices.DeleteFunc(c.policies, func(q *policy) bool { return q == p })
	for n, v := range c.values {
		if v != nil && *v == p.id {
			c.values[n] = nil
		}
	}
	for _, b := range c.batches {
		for _, d := range b.added {
			if d.policy != nil && *d.policy == p.id {
				d.policy = nil
			}
		}
	}
	delete(c.assigned, p.id)
}
