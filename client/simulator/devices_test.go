package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

// device calls D3 and D4 on a device of the first customer.
func (b *bench) device(method, batch, id, body string) reply {
	b.t.Helper()
	return b.mine(method, "/deviceBatches/"+escape(batch)+"/devices/"+escape(id), body)
}

// batchWith finds the batch whose name ends so.
func (b *bench) batchWith(end string) batchView {
	b.t.Helper()
	for _, one := range b.batches() {
		if strings.HasSuffix(one.ID, end) {
			return one
		}
	}
	b.t.Fatalf("no batch ends in %q", end)
	return batchView{}
}

func ids(devices []deviceView) []string {
	var out []string
	for _, d := range devices {
		out = append(out, d.ID)
	}
	return out
}

func TestRemoveDevice(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	name := b.batches()[0].ID
	b.finish(b.mine("POST", "/deviceBatches/"+escape(name)+"/devices", "["+tuple("TST-1", "HP", "HP Elite")+","+tuple("TST-2", "HP", "HP Elite")+"]"))
	all := b.devices(name)
	last := len(all) - 1
	var want []string
	for i, d := range all {
		if i != 0 && i != 5 && i != last-1 {
			want = append(want, d.ID)
			continue
		}
		r := b.device("DELETE", name, d.ID, "").want(t, 204)
		if len(r.body) != 0 || r.header.Get("MS-CorrelationId") == "" {
			t.Errorf("a 204 with %v and %q", r.header, r.body)
		}
	}
	got := b.devices(name)
	if !slices.Equal(ids(got), want) || b.batches()[0].DevicesCount != len(want) {
		t.Errorf("%d devices listed and %d counted, want %d", len(got), b.batches()[0].DevicesCount, len(want))
	}
	b.wantCounts()
	for _, d := range []deviceView{all[0], all[last-1]} {
		if f := read[faultView](t, b.device("DELETE", name, d.ID, "").want(t, 404)); f.Code != 1000 {
			t.Errorf("removed twice: %+v", f)
		}
		if j := b.finish(b.mine("PATCH", "/DevicePolicyUpdates", update("null", d.ID))); j.DevicesStatus[0].ErrorCode != "807" {
			t.Errorf("a policy for a removed device: %+v", j)
		}
	}
	// What is removed can come back, as somebody's new device.
	back := b.finish(b.mine("POST", "/deviceBatches", upload("back", tuple(all[0].SerialNumber, "HP", "HP Elite"), tuple("TST-1", "HP", "HP Elite"), tuple(all[1].SerialNumber, all[1].OEMManufacturerName, all[1].ModelName))))
	for i, code := range []string{"", "", "806"} {
		if back.DevicesStatus[i].ErrorCode != code {
			t.Errorf("row %d: %+v, want %q", i, back.DevicesStatus[i], code)
		}
	}
	if again := b.devices("back"); len(again) != 2 || again[0].ID == all[0].ID {
		t.Errorf("back %+v", again)
	}
	if j := b.finish(b.mine("POST", "/deviceBatches", upload("third", tuple(all[0].SerialNumber, "HP", "HP Elite")))); j.DevicesStatus[0].ErrorCode != "806" {
		t.Errorf("a third time: %+v", j)
	}
}

func TestRemovalsThatAreRefused(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	name := b.batches()[0].ID
	own, foreign, returned := b.devices(name)[0].ID, b.batchWith("-101").ID, b.batchWith(" returns").ID
	for what, c := range map[string]struct {
		batch, id    string
		status, code int
	}{
		"unknown device":             {name, someID, 404, 1000},
		"unknown batch":              {"nowhere", own, 404, 1000},
		"another batch":              {foreign, own, 404, 1000},
		"another case of the batch":  {strings.ToLower(name), own, 404, 1000},
		"another case of the device": {name, strings.ToUpper(own), 404, 1000},
		"returned to the vendor":     {returned, b.devices(returned)[0].ID, 404, 807},
		"of another tenant":          {foreign, b.devices(foreign)[24].ID, 403, 811},
	} {
		f := read[faultView](t, b.device("DELETE", c.batch, c.id, "").want(t, c.status))
		if f.Code != c.code || c.code == 811 && f.Description != "ZtdDeviceRegisteredByOtherTenant" {
			t.Errorf("%s: %+v, want %d", what, f, c.code)
		}
	}
	others := 0
	for i, d := range b.devices(foreign) {
		if d.UploadedBy != "" {
			others++
		}
		if (d.UploadedBy != "") != (i%25 == 24) || d.AllowedOperations != nil {
			t.Errorf("device %d: %+v", i, d)
		}
	}
	if others != 4 || b.batchWith("-101").DevicesCount != 101 {
		t.Errorf("%d devices of others, %+v", others, b.batchWith("-101"))
	}
	if j := b.finish(b.mine("PATCH", "/DevicePolicyUpdates", update("null", b.devices(foreign)[24].ID))); j.DevicesStatus[0].ErrorCode != "" {
		t.Errorf("a policy for such a device: %+v", j)
	}
}

// A device that goes while somebody reads the list takes no other with it.
func TestRemovedInTheMiddleOfAWalk(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	name := b.batchWith("-101").ID
	whole := b.devices(name)
	q := request{method: "GET", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches/" + escape(name) + "/devices"}
	first := read[listView[deviceView]](t, b.do(q).want(t, 200))
	for _, d := range first.Items[:3] {
		b.device("DELETE", name, d.ID, "").want(t, 204)
	}
	q.header = map[string]string{"MS-ContinuationToken": first.ContinuationToken}
	second := read[listView[deviceView]](t, b.do(q).want(t, 200))
	if len(second.Items) != 1 || second.Items[0].ID != whole[100].ID || second.ContinuationToken != "" {
		t.Errorf("second page %+v", second)
	}
	q.header = nil
	if page := read[listView[deviceView]](t, b.do(q).want(t, 200)); len(page.Items) != 98 || page.ContinuationToken != "" {
		t.Errorf("%d devices and token %q", len(page.Items), page.ContinuationToken)
	}
	for _, d := range b.devices(name) {
		if d.UploadedBy == "" {
			b.device("DELETE", name, d.ID, "").want(t, 204)
		}
	}
	if left := b.devices(name); len(left) != 4 || b.batchWith("-101").DevicesCount != 4 {
		t.Errorf("%d devices left", len(left))
	}
}

func TestLagHidesRemovals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600, Lag: time.Minute})
	name := b.batches()[0].ID
	var gone deviceView
	for _, d := range b.devices(name) {
		if v := d.Policies[0].Value; v != nil && *v == b.policies()[0].ID {
			gone = d
		}
	}
	size, used := b.batches()[0].DevicesCount, b.policies()[0].DevicesAssignedCount
	b.device("DELETE", name, gone.ID, "").want(t, 204)
	b.device("DELETE", name, gone.ID, "").want(t, 404)
	if b.batches()[0].DevicesCount != size || b.policies()[0].DevicesAssignedCount != used || len(b.devices(name)) != size {
		t.Error("the lists do not lag")
	}
	b.watch.forward(time.Minute)
	if b.batches()[0].DevicesCount != size-1 || b.policies()[0].DevicesAssignedCount != used-1 || len(b.devices(name)) != size-1 {
		t.Error("the lists never follow")
	}
}

// A job under way finds its device gone, and nothing is counted for it.
func TestRemovedWhileAJobRuns(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	name := b.batches()[0].ID
	b.finish(b.mine("POST", "/deviceBatches", upload("new", tuple("TST-1", "HP", "HP Elite"))))
	b.wantCounts()
	seeded, added := b.devices(name)[0].ID, b.devices("new")[0].ID
	r := b.mine("PATCH", "/DevicePolicyUpdates", update(quote(b.policies()[1].ID), seeded, added)).want(t, 202)
	b.device("DELETE", name, seeded, "").want(t, 204)
	b.device("DELETE", "new", added, "").want(t, 204)
	b.finish(r)
	b.wantCounts()
	if got := b.devices("new"); len(got) != 0 {
		t.Errorf("still there: %+v", got)
	}
}

func TestRemovalsAreReplayed(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	name := b.batches()[0].ID
	q := request{method: "DELETE", header: map[string]string{"MS-RequestId": someID},
		url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches/" + escape(name) + "/devices/" + b.devices(name)[0].ID}
	b.control("POST", "/faults", `{"match":"^DELETE","kind":"reset","times":1}`).want(t, 201)
	if got, err := b.try(q); err == nil {
		t.Fatalf("an answer came: %+v", got)
	}
	b.do(q).want(t, 204)
	q.header = nil
	b.do(q).want(t, 404)
}

func TestUpdateDevice(t *testing.T) {
	b := start(t, simulator.Options{Devices: 600})
	name, p := b.batches()[0].ID, b.policies()[0]
	d := b.devices(name)[0]
	body := func(value string) string {
		return fmt.Sprintf(`{"id":%q,"serialNumber":"ignored","policies":[{"key":"o_o_b_e","value":%s}]}`, d.ID, value)
	}
	got := read[deviceView](t, b.device("PUT", name, d.ID, body(quote(strings.ToUpper(p.ID)))).want(t, 200))
	if got.ID != d.ID || got.SerialNumber != d.SerialNumber || *got.Policies[0].Value != p.ID {
		t.Errorf("got %+v", got)
	}
	if v := b.values(name)[d.ID]; v != p.ID {
		t.Errorf("it has %q", v)
	}
	b.wantCounts()
	if got := read[deviceView](t, b.device("PUT", name, d.ID, body("null")).want(t, 200)); got.Policies[0].Value != nil {
		t.Errorf("got %+v", got)
	}
	b.wantCounts()
	for body, want := range map[string][2]int{
		``:                              {400, 800002},
		`[{}]`:                          {400, 800002},
		`{}`:                            {400, 800002},
		`{"policies":[]}`:               {400, 800002},
		`{"policies":[{"key":"x"}]}`:    {400, 3000},
		`{"id":"x",` + body("null")[1:]: {200, 0}, // the last of two members counts
		strings.Replace(body("null"), d.ID, someID, 1): {400, 3000},
		body(quote(someID)):                            {400, 3000},
	} {
		r := b.device("PUT", name, d.ID, body).want(t, want[0])
		if f := read[faultView](t, r); f.Code != want[1] {
			t.Errorf("%s: %+v", body, f)
		}
	}
	b.device("PUT", name, someID, `{"policies":[{"key":"o_o_b_e","value":null}]}`).want(t, 404)
}

func TestRestricted(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000, Faults: []string{"restricted"}})
	seen := map[string]int{}
	null := `{"policies":[{"key":"o_o_b_e","value":null}]}`
	for _, batch := range b.batches() {
		for _, d := range b.devices(batch.ID) {
			word := strings.Join(d.AllowedOperations, " ")
			if seen[word]++; seen[word] > 1 || strings.HasPrefix(d.SerialNumber, "SIM-") || d.UploadedBy != "" {
				continue
			}
			free := d.AllowedOperations == nil
			for verb, method := range map[string]string{"PATCH": "PUT", "DELETE": "DELETE"} {
				may := free || slices.Contains(d.AllowedOperations, verb)
				if method == "DELETE" && may {
					continue // it would be gone for PUT
				}
				if r := b.device(method, batch.ID, d.ID, null); (r.status == 200) != may || !may && read[faultView](t, r).Code != 900308 {
					t.Errorf("%s on %q: %d %s", method, word, r.status, r.body)
				}
			}
		}
	}
	for _, word := range []string{"", "GET", "GET PATCH", "GET DELETE", "GET PATCH DELETE"} {
		if seen[word] == 0 {
			t.Errorf("no device with %q: %v", word, seen)
		}
	}
}

// The first customer's batches say the same; others vary as the service does.
func TestWhatBatchesSay(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	status, silent := 0, 0
	for _, c := range read[listView[customerView]](t, b.partner("GET", "/customers", "").want(t, 200)).Items {
		r := b.partner("GET", "/customers/"+c.ID+"/deviceBatches", "")
		if r.status != 200 {
			continue
		}
		for _, one := range read[listView[batchView]](t, r).Items {
			count(&status, one.Status == "finished")
			count(&silent, one.CreatedBy == "")
			if one.Status != "" && one.Status != "finished" || c.ID == b.ready.Customer && (one.Status != "" || one.CreatedBy == "") {
				t.Errorf("%+v", one)
			}
		}
	}
	if status == 0 || silent == 0 {
		t.Errorf("%d with a status, %d without a maker", status, silent)
	}
}
