package simulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

func update(value string, ids ...string) string {
	var out []string
	for _, id := range ids {
		out = append(out, fmt.Sprintf(`{"id":%q,"policies":[{"key":"o_o_b_e","value":%s}]}`, id, value))
	}
	return `{"devices":[` + strings.Join(out, ",") + `]}`
}

func quote(t string) string { return `"` + t + `"` }

// values reads the policy of every device of some batches, by id.
func (b *bench) values(batches ...string) map[string]string {
	b.t.Helper()
	out := map[string]string{}
	for _, name := range batches {
		for _, d := range b.devices(name) {
			if v := d.Policies[0].Value; v != nil {
				out[d.ID] = *v
			}
		}
	}
	return out
}

func TestPolicyUpdate(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	first, second := b.batches()[0].ID, b.batches()[1].ID
	b.finish(b.mine("POST", "/deviceBatches", upload("new", tuple("TST-1", "HP", "HP Elite"))))
	ids := []string{b.devices(first)[0].ID, b.devices(first)[150].ID, b.devices(second)[0].ID, b.devices("new")[0].ID}
	p := b.policies()[1]
	r := b.mine("PATCH", "/DevicePolicyUpdates", update(quote(strings.ToUpper(p.ID)), ids...)).want(t, 202)
	j := b.finish(r)
	if j.Status != "finished" || len(j.DevicesStatus) != 4 {
		t.Fatalf("%+v", j)
	}
	values := b.values(first, second, "new")
	for i, id := range ids {
		if values[id] != p.ID || j.DevicesStatus[i].DeviceID != id {
			t.Errorf("device %s has %q, result %+v", id, values[id], j.DevicesStatus[i])
		}
	}
	all := map[string]int{}
	for _, batch := range b.batches() {
		for _, v := range b.values(batch.ID) {
			all[v]++
		}
	}
	for _, p := range b.policies() {
		if p.DevicesAssignedCount != all[p.ID] {
			t.Errorf("policy %s counts %d, lists show %d", p.Name, p.DevicesAssignedCount, all[p.ID])
		}
	}
	b.finish(b.mine("PATCH", "/devicepolicyupdates", update("null", ids...)))
	values = b.values(first, second, "new")
	for _, id := range ids {
		if v, ok := values[id]; ok {
			t.Errorf("device %s still has %q", id, v)
		}
	}
	if got := b.policies()[1].DevicesAssignedCount; got != all[p.ID]-4 {
		t.Errorf("%d devices counted, want %d", got, all[p.ID]-4)
	}
}

func TestPolicyUpdateOutcomes(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	policy := b.policies()[0].ID
	var returned deviceView
	for _, batch := range b.batches() {
		if strings.HasSuffix(batch.ID, " returns") {
			returned = b.devices(batch.ID)[0]
		}
	}
	if !strings.HasPrefix(returned.SerialNumber, "SIM-807-") {
		t.Fatalf("a returned device: %+v", returned)
	}
	own := b.devices(b.batches()[0].ID)[0].ID
	for name, c := range map[string]struct{ body, code string }{
		"good":             {update(quote(policy), own), ""},
		"unknown device":   {update(quote(policy), someID), "807"},
		"another case":     {update(quote(policy), strings.ToUpper(own)), "807"},
		"returned device":  {update(quote(policy), returned.ID), "807"},
		"unknown policy":   {update(quote(someID), own), "809"},
		"display name":     {update(quote("AzureAD Join Default Profile"), own), "809"},
		"taking it away":   {update("null", own), ""},
		"PascalCase names": {`{"Devices":[{"Id":"` + own + `","Policies":[{"Key":"o_o_b_e","Value":"` + policy + `"}],"SerialNumber":null}]}`, ""},
	} {
		d := b.finish(b.mine("PATCH", "/DevicePolicyUpdates", c.body)).DevicesStatus
		if len(d) != 1 || d[0].ErrorCode != c.code || (d[0].Status == "finished") != (c.code == "") {
			t.Errorf("%s: %+v, want %q", name, d, c.code)
		}
	}
}

func TestPolicyUpdateRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	for body, code := range map[string]int{
		``: 800002, `[]`: 800002, `{"devices":[]}`: 800002, `{"devices":null}`: 800002,
		`{"devices":[{"policies":[{"key":"o_o_b_e","value":null}]}]}`:           800002,
		`{"devices":[{"id":"","policies":[{"key":"o_o_b_e","value":null}]}]}`:   800002,
		`{"devices":[{"id":"x"}]}`:                                              800002,
		`{"devices":[{"id":"x","policies":[]}]}`:                                800002,
		`{"devices":[{"id":"x","policies":[{"key":"OOBE","value":null}]}]}`:     3000,
		`{"devices":[{"id":"x","policies":[{"key":"none","value":null}]}]}`:     3000,
		`{"devices":[{"id":"x","policies":[{"value":null}]}]}`:                  3000,
		`{"devices":[{"id":"x","policies":[{"key":"o_o_b_e","value":{}}]}]}`:    800002,
		`{"devices":[{"id":["x"],"policies":[{"key":"o_o_b_e","value":"y"}]}]}`: 800002,
	} {
		if f := read[faultView](t, b.mine("PATCH", "/DevicePolicyUpdates", body).want(t, 400)); f.Code != code {
			t.Errorf("%s: %+v, want %d", body, f, code)
		}
	}
}

func TestLagHidesPolicies(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300, Lag: time.Minute})
	name := b.batches()[0].ID
	id, p := b.devices(name)[0].ID, b.policies()[2]
	before := b.values(name)[id]
	if before == p.ID {
		p = b.policies()[0]
	}
	r := b.mine("PATCH", "/DevicePolicyUpdates", update(quote(p.ID), id)).want(t, 202)
	b.watch.forward(30 * time.Second)
	if j := b.job(r); j.Status != "finished" || b.values(name)[id] != before {
		t.Errorf("at the job's end %+v, policy %q", j, b.values(name)[id])
	}
	b.watch.forward(time.Minute)
	if got := b.values(name)[id]; got != p.ID {
		t.Errorf("after the lag %q, want %q", got, p.ID)
	}
}
