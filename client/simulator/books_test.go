package simulator_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"muster/client/simulator"
)

// TestBooksBalance does writes in any order, lets jobs overlap, and checks now
// and then that what batches and policies count is what the devices show, and that
// no device is there twice.
func TestBooksBalance(t *testing.T) {
	b := start(t, simulator.Options{Devices: 60, Customers: 1, Lag: 20 * time.Second})
	rapid.Check(t, func(rt *rapid.T) {
		b.control("POST", "/reset", "").want(t, 200)
		for n := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			b.anyWrite(rt, n)
			if rapid.Bool().Draw(rt, "wait") {
				b.watch.forward(time.Duration(rapid.IntRange(1, 40).Draw(rt, "seconds")) * time.Second)
				b.checkBooks(rt)
			}
		}
		b.watch.forward(time10)
		b.checkBooks(rt)
	})
}

// anyWrite does one of the writes with things that exist.
func (b *bench) anyWrite(rt *rapid.T, n int) {
	batches, policies := b.batches(), b.policies()
	batch := rapid.SampledFrom(batches).Draw(rt, "batch").ID
	devices := b.devices(batch)
	policy := "null"
	if len(policies) > 0 && rapid.Bool().Draw(rt, "with policy") {
		policy = quote(rapid.SampledFrom(policies).Draw(rt, "policy").ID)
	}
	var some []deviceView
	if len(devices) > 0 {
		some = append(some, rapid.SampledFrom(devices).Draw(rt, "device"), rapid.SampledFrom(devices).Draw(rt, "another"))
	}
	switch rapid.IntRange(0, 5).Draw(rt, "write") {
	case 0:
		var rows string
		for i, d := range some {
			rows += tuple(d.SerialNumber, "HP", "HP Elite") + "," + tuple(fmt.Sprintf("TST-%d-%d", n, i), "HP", "HP Elite") + ","
		}
		b.mine("POST", "/deviceBatches/"+escape(batch)+"/devices", "["+rows+`{"productKey":"1"}]`).want(b.t, 202)
	case 1:
		b.mine("POST", "/deviceBatches", upload(fmt.Sprint("made ", n), tuple(fmt.Sprint("MADE-", n), "HP", "HP Elite"))).want(b.t, 202)
	case 2:
		for _, d := range some {
			b.device("DELETE", batch, d.ID, "")
		}
	case 3:
		b.mine("PATCH", "/DevicePolicyUpdates", update(policy, append(ids(some), someID)...)).want(b.t, 202)
	case 4:
		for _, d := range some {
			b.device("PUT", batch, d.ID, `{"policies":[{"key":"o_o_b_e","value":`+policy+`}]}`)
		}
	default:
		if policy == "null" {
			b.mine("POST", "/policies", `{"name":"n","policySettings":["none"]}`).want(b.t, 200)
		} else {
			b.mine("DELETE", "/policies/"+policy[1:len(policy)-1], "").want(b.t, 204)
		}
	}
}

// checkBooks compares counts with devices. While a removal lags a device can be
// listed at its old place and already at its new one, so only ids are unique.
func (b *bench) checkBooks(rt *rapid.T) {
	used, seen := map[string]int{}, map[string]bool{}
	for _, batch := range b.batches() {
		devices := b.devices(batch.ID)
		if len(devices) != batch.DevicesCount {
			rt.Fatalf("batch %q counts %d devices and lists %d", batch.ID, batch.DevicesCount, len(devices))
		}
		for _, d := range devices {
			if seen[d.ID] {
				rt.Fatalf("device %s is listed twice", d.ID)
			}
			seen[d.ID] = true
			if v := d.Policies[0].Value; v != nil {
				used[*v]++
			}
		}
	}
	known := map[string]bool{"AzureAD Join Default Profile": true}
	for _, p := range b.policies() {
		known[p.ID] = true
		if p.DevicesAssignedCount != used[p.ID] {
			rt.Fatalf("policy %s counts %d devices, %d show it", p.ID, p.DevicesAssignedCount, used[p.ID])
		}
	}
	for v := range used {
		if !known[v] {
			rt.Fatalf("devices show the policy %s, which is gone", v)
		}
	}
}
