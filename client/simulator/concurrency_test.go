package simulator_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"muster/client/simulator"
)

// TestManyAtOnce lets clients upload, assign, read and reset faults at the
// same time; in the end every device exists once.
func TestManyAtOnce(t *testing.T) {
	b := start(t, simulator.Options{Devices: 500, Speed: 600})
	policy := b.policies()[0].ID
	ids := b.devices(b.batches()[0].ID)
	var group sync.WaitGroup
	for worker := range 6 {
		group.Go(func() {
			for i := range 8 {
				name := fmt.Sprintf("w%d-%d", worker, i)
				r, err := b.try(request{method: "POST", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches",
					body: upload(name, tuple(name, "HP", "HP Elite"), tuple(fmt.Sprint("shared-", i), "HP", "HP Elite"))})
				if err != nil || r.status != 202 {
					t.Errorf("%v, %d", err, r.status)
				}
				b.mine("PATCH", "/DevicePolicyUpdates", update(quote(policy), ids[worker].ID, ids[i+10].ID))
				b.mine("GET", "/deviceBatches", "")
				b.mine("GET", "/policies", "")
				b.graph("POST", "/hardwareConfigurations", bios(t, `{}`))
				b.graph("GET", "/hardwareConfigurations", "")
				b.control("POST", "/faults", `{"match":"^NEVER","status":500}`)
				b.control("DELETE", "/faults", "")
				b.control("GET", "/state", "")
				b.partner("GET", r.header.Get("Location"), "")
				b.watch.forward(1e6)
			}
		})
	}
	group.Wait()
	b.watch.forward(time10)
	seen := map[string]int{}
	for _, batch := range b.batches() {
		for _, d := range b.devices(batch.ID) {
			seen[strings.ToUpper(d.SerialNumber)]++
		}
	}
	for serial, n := range seen {
		if n != 1 {
			t.Errorf("%s exists %d times", serial, n)
		}
	}
	if len(seen) != 500+6*8+8 {
		t.Errorf("%d devices, want %d", len(seen), 500+6*8+8)
	}
}
