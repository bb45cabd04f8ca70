package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

func escape(segment string) string { return url.PathEscape(segment) }

func tuple(serial, maker, model string) string {
	return fmt.Sprintf(`{"serialNumber":%q,"oemManufacturerName":%q,"modelName":%q}`, serial, maker, model)
}

func upload(batch string, devices ...string) string {
	return fmt.Sprintf(`{"batchId":%q,"devices":[%s]}`, batch, strings.Join(devices, ","))
}

func TestUploadGoesItsWay(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	var devices []string
	for i := range 100 {
		devices = append(devices, tuple(fmt.Sprintf("TST-%03d", i), "Dell Inc.", "Latitude 7450"))
	}
	r := b.mine("POST", "/deviceBatches", upload("new ones", devices...)).want(t, 202)
	if want := "/customers/" + b.ready.Customer + "/batchJobStatus/"; !strings.HasPrefix(r.header.Get("Location"), want) {
		t.Errorf("Location %q, want %s…", r.header.Get("Location"), want)
	}
	if j := b.job(r); j.Status != "queued" || len(j.DevicesStatus) != 0 || j.StartedTime != "0001-01-01T00:00:00" || j.CompletedTime != "0001-01-01T00:00:00" {
		t.Errorf("at once: %+v", j)
	}
	states := map[string]int{}
	done, last := 0, jobView{}
	for range 200 {
		last = b.job(r)
		states[last.Status]++
		now := 0
		for i, d := range last.DevicesStatus {
			count(&now, d.Status == "finished")
			if want := fmt.Sprintf("TST-%03d", i); d.SerialNumber != want || d.DeviceID != "" {
				t.Fatalf("device %d is %+v", i, d)
			}
		}
		if now < done {
			t.Fatalf("%d devices done, %d before", now, done)
		}
		done = now
		if last.Status != "queued" && last.Status != "processing" {
			break
		}
		if strings.HasPrefix(last.CompletedTime, "2") {
			t.Fatalf("completed %s while %s", last.CompletedTime, last.Status)
		}
		if len(b.batches()) != 0 && hasBatch(b, "new ones") {
			t.Fatal("the batch is listed while its job runs")
		}
		b.watch.forward(250 * time.Millisecond)
	}
	if last.Status != "finished" || done != 100 || states["queued"] < 7 || states["processing"] < 15 {
		t.Fatalf("states %v, %d done, last %s", states, done, last.Status)
	}
	if !hasBatch(b, "new ones") || len(b.devices("new ones")) != 100 {
		t.Error("the devices are not in the batch")
	}
	for i, d := range b.devices("new ones") {
		if d.SerialNumber != fmt.Sprintf("TST-%03d", i) || d.Policies[0].Value != nil {
			t.Fatalf("device %d: %+v", i, d)
		}
	}
}

func hasBatch(b *bench, name string) bool {
	for _, one := range b.batches() {
		if one.ID == name {
			return true
		}
	}
	return false
}

// foreign is a device of another customer.
func (b *bench) foreign() deviceView {
	b.t.Helper()
	s := read[stateView](b.t, b.control("GET", "/state", ""))
	for _, c := range s.Customers[1:] {
		for name := range c.Batches {
			list := read[listView[deviceView]](b.t, b.partner("GET", "/customers/"+c.ID+"/deviceBatches/"+escape(name)+"/devices", "").want(b.t, 200))
			return list.Items[0]
		}
	}
	b.t.Fatal("nobody else has devices")
	return deviceView{}
}

func TestDeviceOutcomes(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	batch := b.batches()[0]
	own, foreign := b.devices(batch.ID), b.foreign()
	key := ""
	for _, d := range own {
		if d.ProductKey != "" {
			key = d.ProductKey
		}
	}
	unknown := read[stateView](t, b.control("GET", "/state", "")).UnknownModels[0]
	for name, c := range map[string]struct{ device, code, word string }{
		"tuple":                   {tuple("TST-1", "Maker of Ours", "Model Z"), "", ""},
		"key":                     {`{"productKey":"3340098124417"}`, "", ""},
		"hash":                    {`{"hardwareHash":"` + hash("TST-2", "HP", "HP Elite") + `"}`, "", ""},
		"hash and key":            {`{"hardwareHash":"` + hash("TST-3", "HP", "HP Elite") + `","productKey":"3340098124418"}`, "", ""},
		"hash and serial":         {`{"hardwareHash":"` + hash("TST-4", "HP", "HP Elite") + `","serialNumber":"TST-4"}`, "", ""},
		"all three":               {`{"hardwareHash":"` + hash("TST-5", "HP", "HP Elite") + `","serialNumber":"TST-5","productKey":"3340098124419"}`, "", ""},
		"hash with maker":         {`{"hardwareHash":"` + hash("TST-6", "HP", "HP Elite") + `","oemManufacturerName":"HP"}`, "", ""},
		"already here":            {tuple(own[0].SerialNumber, own[0].OEMManufacturerName, own[0].ModelName), "806", "ZtdDeviceAlreadyAssigned"},
		"already here, any case":  {tuple(strings.ToLower(own[1].SerialNumber), strings.ToUpper(own[1].OEMManufacturerName), own[1].ModelName), "806", "ZtdDeviceAlreadyAssigned"},
		"already here, by hash":   {`{"hardwareHash":"` + hash(own[2].SerialNumber, own[2].OEMManufacturerName, own[2].ModelName) + `"}`, "806", "ZtdDeviceAlreadyAssigned"},
		"already here, by key":    {`{"productKey":"` + key + `"}`, "806", "ZtdDeviceAlreadyAssigned"},
		"elsewhere":               {tuple(foreign.SerialNumber, foreign.OEMManufacturerName, foreign.ModelName), "808", "ZtdDeviceAssignedToOtherTenant"},
		"elsewhere, other maker":  {tuple(foreign.SerialNumber, "Contoso Ltd.", "Tablet 10"), "", ""},
		"hash: not base64":        {`{"hardwareHash":"T0E*"}`, "802", "InvalidZtdHardwareHash"},
		"hash: example text":      {`{"hardwareHash":"T0EwAQEAHAAAAAoA"}`, "802", "InvalidZtdHardwareHash"},
		"hash: mark":              {`{"hardwareHash":"` + broken("TST-7", 0) + `"}`, "802", "InvalidZtdHardwareHash"},
		"hash: length":            {`{"hardwareHash":"` + broken("TST-7", 2) + `"}`, "802", "InvalidZtdHardwareHash"},
		"hash: record":            {`{"hardwareHash":"` + broken("TST-7", 20) + `"}`, "802", "InvalidZtdHardwareHash"},
		"hash: without serial":    {`{"hardwareHash":"` + hash("", "HP", "HP Elite") + `"}`, "802", "InvalidZtdHardwareHash"},
		"hash: without maker":     {`{"hardwareHash":"` + hash("TST-8", "", "HP Elite") + `"}`, "802", "InvalidZtdHardwareHash"},
		"nothing":                 {`{}`, "803", "MissingZtdSerialNumberAndProductKey"},
		"serial alone":            {`{"serialNumber":"TST-9"}`, "803", "MissingZtdSerialNumberAndProductKey"},
		"serial and maker":        {`{"serialNumber":"TST-9","oemManufacturerName":"HP"}`, "803", "MissingZtdSerialNumberAndProductKey"},
		"serial and key":          {`{"serialNumber":"TST-9","productKey":"3340098124420"}`, "803", "MissingZtdSerialNumberAndProductKey"},
		"blank beside a hash":     {`{"hardwareHash":"` + hash("TST-10", "HP", "HP Elite") + `","serialNumber":""}`, "803", "MissingZtdSerialNumberAndProductKey"},
		"unknown model":           {tuple("TST-11", "HP", unknown), "812", "ZtdDeviceNotFound"},
		"magic serial":            {tuple("SIM-808-17", "HP", "HP Elite"), "808", "ZtdDeviceAssignedToOtherTenant"},
		"magic serial, lower":     {tuple("sim-814-17", "HP", "HP Elite"), "814", "ZtdDeviceAlreadyAadRegistered"},
		"magic serial in a hash":  {`{"hardwareHash":"` + hash("SIM-813-1", "HP", "HP Elite") + `"}`, "813", "ZtdDeviceIsNotUnique"},
		"magic key":               {`{"productKey":"SIM-806-1"}`, "806", "ZtdDeviceAlreadyAssigned"},
		"magic without a name":    {tuple("SIM-804-1", "HP", "HP Elite"), "804", ""},
		"a serial that looks odd": {tuple("SIM-8080-1", "HP", "HP Elite"), "", ""},
	} {
		j := b.finish(b.mine("POST", "/deviceBatches", upload("case "+name, c.device)))
		if len(j.DevicesStatus) != 1 {
			t.Errorf("%s: %+v", name, j)
			continue
		}
		d := j.DevicesStatus[0]
		word := "finished"
		if c.code != "" {
			word = "finished_with_errors"
		}
		if d.Status != word || d.ErrorCode != c.code || d.ErrorDescription != c.word {
			t.Errorf("%s: %+v, want %s %s", name, d, c.code, c.word)
		}
		if got := len(b.devices("case " + name)); (got == 1) != (c.code == "") {
			t.Errorf("%s: %d devices in the batch", name, got)
		}
	}
}

func TestHashTellsAboutItsDevice(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	j := b.finish(b.mine("POST", "/deviceBatches", upload("hashes",
		`{"hardwareHash":"`+hash("TST-2", "LENOVO", "21ML003XGE")+`"}`,
		`{"hardwareHash":"`+hash("TST-3", "HP", "HP Elite")+`","serialNumber":"TST-3"}`)))
	if d := j.DevicesStatus; d[0].SerialNumber != "" || d[0].ProductKey != "" || d[0].DeviceID != "" || d[1].SerialNumber != "TST-3" {
		t.Errorf("results %+v: the first must not tell who it is", d)
	}
	got := b.devices("hashes")
	if len(got) != 2 || got[0].SerialNumber != "TST-2" || got[0].OEMManufacturerName != "LENOVO" || got[0].ModelName != "21ML003XGE" {
		t.Errorf("devices %+v", got)
	}
}

func TestSecondCopiesInOneUpload(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	j := b.finish(b.mine("POST", "/deviceBatches", upload("copies",
		tuple("TST-1", "HP", "HP Elite"), tuple("tst-1", "HP", "HP Elite"), `{"hardwareHash":"`+hash("TST-1", "HP", "HP Elite")+`"}`,
		`{"productKey":"3340000000001"}`, `{"productKey":"3340000000001"}`,
		tuple("TST-1", "LENOVO", "21ML003XGE"), tuple("TST-1", "lenovo", "21ML003XGE"), tuple("TST-1", "LENOVO", "21ML0040GE"))))
	for i, want := range []string{"", "ZtdDeviceDuplicated", "ZtdDeviceDuplicated", "", "ZtdDeviceDuplicated", "", "ZtdDeviceDuplicated", ""} {
		if d := j.DevicesStatus[i]; d.ErrorDescription != want || d.ErrorCode != "" {
			t.Errorf("device %d: %+v, want %q", i, d, want)
		}
	}
	if got := len(b.devices("copies")); got != 4 {
		t.Errorf("%d devices, want 4", got)
	}
	j = b.finish(b.mine("POST", "/deviceBatches/copies/devices", "["+tuple("TST-1", "HP", "HP Elite")+"]"))
	if d := j.DevicesStatus[0]; d.ErrorCode != "806" {
		t.Errorf("uploaded again: %+v", d)
	}
}

func TestUploadRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	name := b.batches()[0].ID
	one := tuple("TST-1", "HP", "HP Elite")
	for _, c := range []struct {
		path, body   string
		status, code int
	}{
		{"/deviceBatches", ``, 400, 800002},
		{"/deviceBatches", `{`, 400, 800002},
		{"/deviceBatches", `[` + one + `]`, 400, 800002},
		{"/deviceBatches", `{"batchId":"x"}`, 400, 800002},
		{"/deviceBatches", `{"devices":[` + one + `]}`, 400, 800002},
		{"/deviceBatches", upload("x"), 400, 800002},
		{"/deviceBatches", upload(" ", one), 400, 800002},
		{"/deviceBatches", upload("x", one) + "x", 400, 800002},
		{"/deviceBatches", upload("x", `{"serialNumber":5}`), 400, 800002},
		{"/deviceBatches", upload("x", `{"serialNumber":"a","policies":[]}`), 500, 800003},
		{"/deviceBatches", upload("x", `{"serialNumber":"a","policies":[{"key":"oobe","value":null}]}`), 400, 3000},
		{"/deviceBatches", upload(strings.ToLower(name), one), 409, 409},
		{"/deviceBatches/" + escape(name) + "/devices", upload("x", one), 400, 800002},
		{"/deviceBatches/" + escape(name) + "/devices", `[]`, 400, 800002},
		{"/deviceBatches/" + escape(name) + "/devices", `null`, 400, 800002},
		{"/deviceBatches/" + escape(strings.ToLower(name)) + "/devices", `[` + one + `]`, 404, 1000},
		{"/deviceBatches/nothing/devices", `[` + one + `]`, 404, 1000},
	} {
		got := b.mine("POST", c.path, c.body)
		if f := read[faultView](t, got); got.status != c.status || f.Code != c.code {
			t.Errorf("%s %.60s: %d %+v, want %d/%d", c.path, c.body, got.status, f, c.status, c.code)
		}
	}
	if f := read[faultView](t, b.mine("POST", "/deviceBatches", upload("x", `{"policies":[]}`))); f.Description != "Sequence contains no matching element" {
		t.Errorf("empty policies: %+v", f)
	}
}

func TestBatchIsTakenButNotThereUntilItsJobEnds(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	r := b.mine("POST", "/deviceBatches", upload("mine", tuple("TST-1", "HP", "HP Elite"))).want(t, 202)
	b.mine("POST", "/deviceBatches", upload("MINE", tuple("TST-2", "HP", "HP Elite"))).want(t, 409)
	b.mine("POST", "/deviceBatches/mine/devices", "["+tuple("TST-2", "HP", "HP Elite")+"]").want(t, 404)
	// The device is taken as well.
	j := b.finish(b.mine("POST", "/deviceBatches", upload("other", tuple("TST-1", "HP", "HP Elite"))))
	if j.DevicesStatus[0].ErrorCode != "806" {
		t.Errorf("the same device meanwhile: %+v", j.DevicesStatus)
	}
	b.finish(r)
	if got := b.devices("other"); len(got) != 0 {
		t.Errorf("a batch without a good device holds %+v", got)
	}
	b.finish(b.mine("POST", "/deviceBatches/mine/devices", "["+tuple("TST-2", "HP", "HP Elite")+"]"))
	if got := b.devices("mine"); len(got) != 2 {
		t.Errorf("after appending: %+v", got)
	}
}

func TestAppendingIsSlower(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	var devices []string
	for i := range 100 {
		devices = append(devices, fmt.Sprintf(`{"productKey":"A%d"}`, i))
	}
	b.finish(b.mine("POST", "/deviceBatches", upload("b", devices...)))
	spent := func(r reply) time.Duration {
		j := b.finish(r)
		begun, err1 := time.Parse("2006-01-02T15:04:05", j.StartedTime)
		ended, err2 := time.Parse("2006-01-02T15:04:05", j.CompletedTime)
		if err1 != nil || err2 != nil {
			t.Fatalf("times of %+v", j)
		}
		return ended.Sub(begun).Round(time.Second)
	}
	created := spent(b.mine("POST", "/deviceBatches", strings.ReplaceAll(upload("c", devices...), "A", "B")))
	appended := spent(b.mine("POST", "/deviceBatches/b/devices", strings.ReplaceAll("["+strings.Join(devices, ",")+"]", "A", "C")))
	if created < 6*time.Second || created > 8*time.Second || appended < 10*time.Second || appended > 11*time.Second {
		t.Errorf("creating took %s, want 7 s; appending %s, want 10.5 s", created, appended)
	}
}

func TestSomeJobsWithFailuresSayFinished(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	words := map[string]int{}
	for i := range 80 {
		words[b.finish(b.mine("POST", "/deviceBatches", upload(fmt.Sprint("b", i), tuple("SIM-808-1", "a", "b")))).Status]++
	}
	if n := words["finished"]; n < 8 || n > 35 || n+words["finished_with_errors"] != 80 {
		t.Errorf("%v, want about 20 finished", words)
	}
}

func TestLagHidesWhatIsDone(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1, Lag: 20 * time.Second})
	r := b.mine("POST", "/deviceBatches", upload("late", tuple("TST-1", "HP", "HP Elite"))).want(t, 202)
	b.partner("GET", r.header.Get("Location"), "").want(t, 404)
	b.watch.forward(12 * time.Second)
	if j := b.job(r); j.Status != "finished" {
		t.Fatalf("job %+v", j)
	}
	if hasBatch(b, "late") {
		t.Error("the batch is listed at once")
	}
	b.mine("GET", "/deviceBatches/late/devices", "").want(t, 404)
	b.mine("POST", "/deviceBatches/late/devices", `[{"productKey":"1"}]`).want(t, 202)
	b.watch.forward(20 * time.Second)
	if !hasBatch(b, "late") || len(b.devices("late")) != 1 {
		t.Error("the batch is not there after the lag")
	}
}

func TestJobsBelongToTheirCustomer(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	r := b.mine("POST", "/deviceBatches", upload("b", `{"productKey":"1"}`)).want(t, 202)
	id := r.header.Get("Location")[strings.LastIndex(r.header.Get("Location"), "/"):]
	other := read[stateView](t, b.control("GET", "/state", "")).Customers[1].ID
	for _, path := range []string{"/customers/" + other + "/batchJobStatus" + id, "/customers/" + b.ready.Customer + "/batchJobStatus/" + someID} {
		if f := read[faultView](t, b.partner("GET", path, "").want(t, 404)); f.Code != 1000 {
			t.Errorf("%s: %+v", path, f)
		}
	}
	b.partner("GET", strings.ToUpper(r.header.Get("Location")), "").want(t, 200)
}
