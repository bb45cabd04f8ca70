package simulator

import (
	"net/http"
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
		return answer{status: http.StatusOK, contentType: partnerJSON, body: []byte(`{"totalCount":"many","items":{"not":"a list"}`)}, nil
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
