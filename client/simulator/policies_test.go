package simulator_test

import (
	"strings"
	"testing"

	"muster/client/simulator"
)

func TestPolicies(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	list := b.policies()
	sizes := map[int]bool{}
	bare := false
	for _, p := range list {
		sizes[len(p.PolicySettings)] = true
		bare = bare || p.Description == nil
		if p.Category != "o_o_b_e" || p.PolicySettings == nil || strings.ContainsAny(p.CreatedDate, "Z+") {
			t.Errorf("%+v", p)
		}
		one := read[policyView](t, b.mine("GET", "/policies/"+strings.ToUpper(p.ID), "").want(t, 200))
		if one.Name != p.Name || one.DevicesAssignedCount != p.DevicesAssignedCount || !strings.HasSuffix(one.CreatedDate, "-07:00") {
			t.Errorf("alone %+v, in the list %+v", one, p)
		}
	}
	if len(list) < 3 || !sizes[0] || !sizes[1] || !sizes[5] || !bare {
		t.Errorf("%d policies with %v settings, one without description %v", len(list), sizes, bare)
	}
	if got := b.mine("GET", "/policies/"+someID, "").want(t, 404); len(got.body) != 0 {
		t.Errorf("unknown policy: %q, want an empty body", got.body)
	}
}
