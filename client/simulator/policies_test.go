package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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

// everyValue reads the policies of all devices of the first customer, by id.
func (b *bench) everyValue() map[string]string {
	b.t.Helper()
	var names []string
	for _, batch := range b.batches() {
		names = append(names, batch.ID)
	}
	return b.values(names...)
}

// wantCounts compares what the policies count with what the devices show.
func (b *bench) wantCounts() {
	b.t.Helper()
	have := map[string]int{}
	for _, v := range b.everyValue() {
		have[v]++
	}
	for _, p := range b.policies() {
		if p.DevicesAssignedCount != have[p.ID] {
			b.t.Errorf("policy %s counts %d devices, %d show it", p.Name, p.DevicesAssignedCount, have[p.ID])
		}
	}
}

func TestCreatePolicy(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	before, values := b.policies(), b.everyValue()
	r := b.mine("POST", "/policies", `{"id":"`+someID+`","Name":"Reception kiosks","description":"d","devicesAssignedCount":9,"category":"none","policySettings":["skip_eula","oobe_user_not_local_admin"]}`).want(t, 200)
	if !strings.HasPrefix(string(r.body), byteOM) {
		t.Error("no byte order mark")
	}
	made := read[policyView](t, r)
	if made.ID == someID || made.Name != "Reception kiosks" || *made.Description != "d" || made.Category != "o_o_b_e" || made.DevicesAssignedCount != 0 ||
		!slices.Equal(made.PolicySettings, []string{"skip_eula", "oobe_user_not_local_admin"}) || made.CreatedDate != made.LastModifiedDate || strings.ContainsAny(made.CreatedDate, "Z+") {
		t.Errorf("made %+v", made)
	}
	// A second of the same name is another one; nothing else has changed.
	second := read[policyView](t, b.mine("POST", "/policies", `{"name":"Reception kiosks","description":null,"policySettings":["none"]}`).want(t, 200))
	after := b.policies()
	if second.ID == made.ID || second.Description != nil || len(after) != len(before)+2 || after[len(before)].ID != made.ID || after[len(before)+1].Category != "o_o_b_e" {
		t.Errorf("second %+v, list %+v", second, after)
	}
	for id, v := range b.everyValue() {
		if values[id] != v {
			t.Fatalf("device %s has %q, had %q", id, v, values[id])
		}
	}
	device := b.devices(b.batches()[0].ID)[0].ID
	if j := b.finish(b.mine("PATCH", "/DevicePolicyUpdates", update(quote(second.ID), device))); j.DevicesStatus[0].ErrorCode != "" {
		t.Errorf("assigned: %+v", j)
	}
	if got := b.everyValue()[device]; got != second.ID {
		t.Errorf("device has %q", got)
	}
	b.wantCounts()
}

func TestReplacePolicy(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	old := b.policies()[0]
	b.watch.forward(time.Hour)
	body := func(id, rest string) string { return `{"id":"` + id + `","name":"New name"` + rest + `}` }
	got := read[policyView](t, b.mine("PUT", "/policies/"+old.ID, body(strings.ToUpper(old.ID), `,"policySettings":["skip_eula","none"]`)).want(t, 200))
	if got.ID != old.ID || got.Name != "New name" || got.Description != nil || got.Category != "o_o_b_e" || got.CreatedDate != old.CreatedDate ||
		got.LastModifiedDate <= old.LastModifiedDate || !slices.Equal(got.PolicySettings, []string{"skip_eula", "none"}) || got.DevicesAssignedCount != old.DevicesAssignedCount {
		t.Errorf("got %+v, was %+v", got, old)
	}
	if again := b.policies()[0]; again.Name != "New name" || again.Description != nil {
		t.Errorf("listed %+v", again)
	}
	for name, c := range map[string]struct {
		path, body   string
		status, code int
	}{
		"without id":  {old.ID, `{"name":"n","policySettings":["none"]}`, 400, 800002},
		"another id":  {old.ID, body(someID, `,"policySettings":["none"]`), 400, 3000},
		"no settings": {old.ID, body(old.ID, ``), 400, 800002},
		"unknown":     {someID, body(someID, `,"policySettings":["none"]`), 404, 1000},
	} {
		if f := read[faultView](t, b.mine("PUT", "/policies/"+c.path, c.body).want(t, c.status)); f.Code != c.code {
			t.Errorf("%s: %+v, want %d", name, f, c.code)
		}
	}
	if again := b.policies()[0]; again.Name != "New name" {
		t.Errorf("a refused change took effect: %+v", again)
	}
}

func TestPolicyRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	before := len(b.policies())
	for body, code := range map[string]int{
		``: 800002, `[]`: 800002, `{}`: 800002, `{"name":1,"policySettings":["none"]}`: 800002,
		`{"policySettings":["none"]}`:                                       800002,
		`{"name":" ","policySettings":["none"]}`:                            800002,
		`{"name":"n"}`:                                                      800002,
		`{"name":"n","policySettings":null}`:                                800002,
		`{"name":"n","policySettings":[]}`:                                  800002,
		`{"name":"n","policySettings":"none"}`:                              800002,
		`{"name":"n","policySettings":["none",null]}`:                       3000,
		`{"name":"n","policySettings":["None"]}`:                            3000,
		`{"name":"n","policySettings":["skip _oem_registration"]}`:          3000,
		`{"name":"n","category":"oobe","policySettings":["none"]}`:          3000,
		`{"name":"n","category":"o_o_b_e","policySettings":["skip_eulas"]}`: 3000,
	} {
		if f := read[faultView](t, b.mine("POST", "/policies", body).want(t, 400)); f.Code != code {
			t.Errorf("%s: %+v, want %d", body, f, code)
		}
	}
	sales := read[map[string]string](t, b.control("GET", "/tokens", ""))["salesAgent"]
	p := b.policies()[0].ID
	root := b.ready.Partner + "/v1/customers/" + b.ready.Customer
	good := `{"id":"` + p + `","name":"n","policySettings":["none"]}`
	for _, q := range []request{
		{method: "POST", url: root + "/policies", body: good},
		{method: "PUT", url: root + "/policies/" + p, body: good},
		{method: "DELETE", url: root + "/policies/" + p},
		{method: "PUT", url: root + "/deviceBatches/x/devices/y", body: `{"policies":[{"key":"o_o_b_e","value":null}]}`},
	} {
		q.token = sales
		if f := read[faultView](t, b.do(q).want(t, 403)); f.Code != 900150 {
			t.Errorf("%s as a sales agent: %+v", q.method, f)
		}
	}
	if got := b.policies(); len(got) != before || got[0].Name == "n" {
		t.Errorf("something was done: %+v", got)
	}
}

func TestDeletePolicy(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	values := b.everyValue()
	victim, other := b.policies()[0], b.policies()[1]
	b.finish(b.mine("POST", "/deviceBatches", upload("new", tuple("TST-1", "HP", "HP Elite"))))
	added, seeded := b.devices("new")[0].ID, b.devices(b.batches()[0].ID)[0].ID
	b.finish(b.mine("PATCH", "/DevicePolicyUpdates", update(quote(victim.ID), added, seeded)))
	b.wantCounts()
	pending := b.mine("PATCH", "/DevicePolicyUpdates", update(quote(victim.ID), b.devices(b.batches()[0].ID)[1].ID)).want(t, 202)
	if r := b.mine("DELETE", "/policies/"+strings.ToUpper(victim.ID), "").want(t, 204); len(r.body) != 0 || r.header.Get("Content-Length") != "" && r.header.Get("Content-Length") != "0" {
		t.Errorf("a 204 with %v and %q", r.header, r.body)
	}
	b.finish(pending)
	left := b.everyValue()
	for id, v := range left {
		if v == victim.ID {
			t.Errorf("device %s still has the policy", id)
		}
	}
	for id, v := range values {
		if v != victim.ID && id != seeded && left[id] != v && left[id] != "" {
			t.Errorf("device %s has %q, had %q", id, left[id], v)
		}
	}
	if got := b.policies(); got[0].ID != other.ID {
		t.Errorf("policies %+v", got)
	}
	b.wantCounts()
	b.mine("GET", "/policies/"+victim.ID, "").want(t, 404)
	for _, r := range []reply{b.mine("DELETE", "/policies/"+victim.ID, ""), b.mine("PUT", "/policies/"+victim.ID, fmt.Sprintf(`{"id":%q,"name":"n","policySettings":["none"]}`, victim.ID))} {
		if f := read[faultView](t, r.want(t, 404)); f.Code != 1000 {
			t.Errorf("%+v", f)
		}
	}
	if j := b.finish(b.mine("PATCH", "/DevicePolicyUpdates", update(quote(victim.ID), seeded))); j.DevicesStatus[0].ErrorCode != "809" {
		t.Errorf("assigned what is gone: %+v", j)
	}
	b.control("POST", "/faults", `{"match":"^DELETE .*/policies/","status":409,"times":1}`).want(t, 201)
	b.mine("DELETE", "/policies/"+other.ID, "").want(t, 409)
	if got := b.policies(); got[0].ID != other.ID {
		t.Error("deleted in spite of the refusal")
	}
}

// The counts are the same whether somebody had asked for them before or not.
func TestDeletePolicyBeforeAnybodyCounted(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400, Instance: "x"})
	known := start(t, simulator.Options{Devices: 400, Instance: "y"}).policies()
	b.mine("DELETE", "/policies/"+known[2].ID, "").want(t, 204)
	b.wantCounts()
}

func TestPolicyWritesAreReplayed(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	root := b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/policies"
	q := request{method: "POST", url: root, body: `{"name":"once","policySettings":["none"]}`, header: map[string]string{"MS-RequestId": someID}}
	first, again := read[policyView](t, b.do(q).want(t, 200)), read[policyView](t, b.do(q).want(t, 200))
	if first.ID != again.ID {
		t.Errorf("made %s and %s", first.ID, again.ID)
	}
	q.body = `{"name":"twice","policySettings":["none"]}`
	b.do(q).want(t, 400)
	q = request{method: "DELETE", url: root + "/" + first.ID, header: map[string]string{"MS-RequestId": b.ready.Customer}}
	b.do(q).want(t, 204)
	b.do(q).want(t, 204)
	b.mine("DELETE", "/policies/"+first.ID, "").want(t, 404)
	if log := b.requests(); !log[len(log)-2].Replay || log[len(log)-1].Replay {
		t.Errorf("log %+v", log)
	}
}
