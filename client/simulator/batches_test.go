package simulator_test

import (
	"regexp"
	"strings"
	"testing"

	"muster/client/simulator"
)

func TestFirstCustomersFleet(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	total := 0
	ids, serials, values := map[string]bool{}, map[string]bool{}, map[string]int{}
	var space, guids, foreign, hundred, hundredOne, none, virtual int
	for _, batch := range b.batches() {
		devices := b.devices(batch.ID)
		if len(devices) != batch.DevicesCount {
			t.Errorf("batch %s: %d devices, devicesCount %d", batch.ID, len(devices), batch.DevicesCount)
		}
		if want := "/customers/" + b.ready.Customer + "/deviceBatches/" + batch.ID + "/devices"; batch.DevicesLink.URI != want {
			t.Errorf("link %q, want the raw %q", batch.DevicesLink.URI, want)
		}
		if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`).MatchString(batch.CreationDate) {
			t.Errorf("creation date %q", batch.CreationDate)
		}
		count(&space, strings.Contains(batch.ID, " "))
		count(&guids, regexp.MustCompile(`^[0-9a-f]{8}-`).MatchString(batch.ID))
		count(&foreign, regexp.MustCompile(`[^ -~]`).MatchString(batch.ID))
		count(&hundred, len(devices) == 100)
		count(&hundredOne, len(devices) == 101)
		count(&none, len(devices) == 0)
		total += len(devices)
		for _, d := range devices {
			ids[d.ID], serials[d.SerialNumber] = true, true
			count(&virtual, regexp.MustCompile(`^(\d{4}-){6}\d\d$`).MatchString(d.ID) && d.ID == d.SerialNumber)
			if len(d.Policies) != 1 || d.Policies[0].Key != "o_o_b_e" {
				t.Fatalf("policies of %+v", d)
			}
			value := "none"
			if v := d.Policies[0].Value; v != nil {
				value = *v
			}
			values[value]++
			if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}(Z|[+]02:00)$`).MatchString(d.UploadedDate) {
				t.Fatalf("uploaded %q", d.UploadedDate)
			}
		}
	}
	if total != 2000 || len(ids) != 2000 || len(serials) != 2000 {
		t.Errorf("%d devices, %d ids, %d serials, want 2000", total, len(ids), len(serials))
	}
	if space == 0 || guids != 1 || foreign != 1 || hundred != 1 || hundredOne != 1 || none != 1 || virtual == 0 {
		t.Errorf("space %d, guid %d, non-ASCII %d, of 100 %d, of 101 %d, empty %d, virtual machines %d", space, guids, foreign, hundred, hundredOne, none, virtual)
	}
	if values["none"] == 0 || values["AzureAD Join Default Profile"] == 0 {
		t.Errorf("policy values: %v", values)
	}
	for _, p := range b.policies() {
		if p.DevicesAssignedCount != values[p.ID] {
			t.Errorf("policy %s counts %d devices, lists show %d", p.Name, p.DevicesAssignedCount, values[p.ID])
		}
	}
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

func TestOtherCustomersShareAsManyDevices(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	s := read[stateView](t, b.control("GET", "/state", "").want(t, 200))
	others, empty, forbidden := 0, 0, 0
	for _, c := range s.Customers[1:] {
		others += c.Devices
		count(&empty, c.Devices == 0 && !c.Forbidden)
		count(&forbidden, c.Forbidden)
	}
	if len(s.Customers) != 12 || s.Customers[0].Devices != 2000 || others != 2000 || empty != 1 || forbidden != 1 {
		t.Errorf("%d customers, first %d, others %d, %d empty, %d forbidden", len(s.Customers), s.Customers[0].Devices, others, empty, forbidden)
	}
}

func TestSmallFleets(t *testing.T) {
	for _, n := range []int{0, 1, 2, 49, 100, 101, 201, 202, 300} {
		for _, customers := range []int{1, 2, 3, 4} {
			b := start(t, simulator.Options{Devices: n, Customers: customers})
			total := 0
			for _, batch := range b.batches() {
				total += len(b.devices(batch.ID))
			}
			if total != n {
				t.Errorf("%d devices, want %d", total, n)
			}
		}
	}
}

func TestDevicePaging(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	url := b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches/"
	for _, batch := range b.batches() {
		page := read[listView[deviceView]](t, b.do(request{method: "GET", url: url + escape(batch.ID) + "/devices?size=7&filter=x"}).want(t, 200))
		if want := batch.DevicesCount > 100; (page.ContinuationToken != "") != want || len(page.Items) != min(batch.DevicesCount, 100) || page.Links == nil {
			t.Errorf("%d devices: first page of %d, token %q, links %v", batch.DevicesCount, len(page.Items), page.ContinuationToken, page.Links)
		}
	}
	names := b.batches()
	token := read[listView[deviceView]](t, b.mine("GET", "/deviceBatches/"+escape(names[0].ID)+"/devices", "")).ContinuationToken
	if !strings.Contains(token, "=") {
		t.Errorf("token %q has nothing in it that needs care", token)
	}
	for _, bad := range []string{"garbage", "b2Zmc2V0PTEwMA==", token + "x"} {
		b.do(request{method: "GET", url: url + escape(names[0].ID) + "/devices", header: map[string]string{"MS-ContinuationToken": bad}}).want(t, 400)
	}
	b.do(request{method: "GET", url: url + escape(names[1].ID) + "/devices", header: map[string]string{"MS-ContinuationToken": token}}).want(t, 400)
}

func TestBatchNamesAreExactInPaths(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	name := b.batches()[0].ID
	for _, other := range []string{strings.ToLower(name), name + "x", "nothing"} {
		if f := read[faultView](t, b.mine("GET", "/deviceBatches/"+escape(other)+"/devices", "").want(t, 404)); f.Code != 1000 {
			t.Errorf("%s: %+v", other, f)
		}
	}
	b.mine("POST", "/deviceBatches", `{"batchId":"rooms 1/2 100%","devices":[{"productKey":"1"}]}`).want(t, 202)
	b.watch.forward(time10)
	if got := b.devices("rooms 1/2 100%"); len(got) != 1 {
		t.Errorf("a name with a slash and a percent sign: %+v", got)
	}
}
