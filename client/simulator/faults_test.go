package simulator_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

func TestStatusFaults(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	for _, c := range []struct {
		status int
		path   string
		want   string
	}{
		{429, "/v1/customers", `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 7 seconds."}`},
		{500, "/v1/customers", `"code":800003`},
		{502, "/v1/customers", "<html>"},
		{503, "/v1/customers", `"code":503`},
		{403, "/v1/customers", `"code":2032`},
		{401, "/v1/customers", `"code":400`},
		{429, "/beta/deviceManagement/hardwareConfigurations", `"code":"TooManyRequests","message":"Too many requests."`},
		{500, "/beta/deviceManagement/hardwareConfigurations", `"code":"InternalServerError"`},
		{502, "/beta/deviceManagement/hardwareConfigurations", "<html>"},
		{504, "/v1/customers", "<html>"},
		{404, "/v1/customers", `"code":1000`},
		{400, "/beta/deviceManagement/hardwareConfigurations", `"code":"BadRequest"`},
		{401, "/beta/deviceManagement/hardwareConfigurations", `"code":"InvalidAuthenticationToken"`},
		{403, "/beta/deviceManagement/hardwareConfigurations", `User is not authorized to perform this operation`},
		{404, "/beta/deviceManagement/hardwareConfigurations", `"code":"ResourceNotFound"`},
		{409, "/beta/deviceManagement/hardwareConfigurations", `"code":"Conflict"`},
		{503, "/beta/deviceManagement/hardwareConfigurations", ""},
		{418, "/beta/deviceManagement/hardwareConfigurations", `"code":"I'mateapot"`},
		{412, "/beta/deviceManagement/hardwareConfigurations", `"code":"ConditionNotMet"`},
		{429, "/" + someID + "/oauth2/v2.0/token", "AADSTS"},
	} {
		b.control("DELETE", "/faults", "").want(t, 204)
		b.control("POST", "/faults", fmt.Sprintf(`{"match":"^GET %s","status":%d,"retryAfter":7,"times":1}`, c.path, c.status)).want(t, 201)
		got := b.do(request{method: "GET", url: b.ready.Partner + c.path})
		if got.status != c.status || !strings.Contains(string(got.body), c.want) || got.header.Get("Retry-After") != "7" {
			t.Errorf("%s: %d %s Retry-After %q, want %d %s", c.path, got.status, got.body, got.header.Get("Retry-After"), c.status, c.want)
		}
		if got := b.do(request{method: "GET", url: b.ready.Partner + c.path}); got.status == c.status {
			t.Errorf("%s: the fault happened twice", c.path)
		}
	}
	b.control("POST", "/faults", `{"match":"^GET /v1/customers","status":429}`).want(t, 201)
	if got := b.partner("GET", "/customers", "").want(t, 429); got.header.Get("Retry-After") != "" || got.header.Get("MS-RequestId") == "" {
		t.Errorf("%v: Retry-After that nobody asked for, or no id", got.header)
	}
	b.control("DELETE", "/faults", "")
	b.control("POST", "/faults", `{"match":"^GET /v1/customers","status":307}`).want(t, 201)
	if _, err := b.try(request{method: "GET", url: b.ready.Partner + "/v1/customers"}); err == nil || !strings.Contains(err.Error(), "collector.invalid") {
		t.Errorf("redirected to %v", err)
	}
}

func TestFaultsCountAndDraw(t *testing.T) {
	run := func(seed uint64) string {
		b := start(t, simulator.Options{Devices: 10, Seed: seed})
		b.control("POST", "/faults", `{"match":"/customers","status":500,"probability":0.5}`).want(t, 201)
		b.control("POST", "/faults", `{"match":"/customers","status":503,"times":3}`).want(t, 201)
		var out strings.Builder
		for range 40 {
			fmt.Fprint(&out, b.partner("GET", "/customers", "").status, " ")
		}
		if n := strings.Count(out.String(), "503"); n != 3 {
			t.Errorf("503 came %d times, want 3: %s", n, &out)
		}
		if n := strings.Count(out.String(), "500"); n < 10 || n > 30 {
			t.Errorf("500 came %d times of 40: %s", n, &out)
		}
		return out.String()
	}
	if first := run(7); first != run(7) || first == run(8) {
		t.Error("the sequence does not follow from the seed")
	}
	b := start(t, simulator.Options{Devices: 10})
	b.control("POST", "/faults", `{"match":"^POST .*/deviceBatches$","status":500}`).want(t, 201)
	b.mine("GET", "/deviceBatches", "").want(t, 200)
	b.mine("POST", "/deviceBatches", "{}").want(t, 500)
	if list := string(b.control("GET", "/faults", "").want(t, 200).body); !strings.Contains(list, `"kind":"status"`) {
		t.Errorf("faults: %s", list)
	}
}

func TestResetAfterTheDeed(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	b.control("POST", "/faults", `{"match":"^POST","kind":"reset","times":1}`).want(t, 201)
	q := request{method: "POST", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches",
		body: upload("lost", `{"productKey":"1"}`), header: map[string]string{"MS-RequestId": someID}}
	if got, err := b.try(q); err == nil {
		t.Fatalf("an answer came: %+v", got)
	}
	b.finish(b.do(q).want(t, 202))
	if got := len(b.devices("lost")); got != 1 {
		t.Errorf("%d devices, want 1", got)
	}
	log := b.requests()
	if len(log) < 2 || log[0].Status != 202 || log[0].Replay || log[1].Status != 202 || !log[1].Replay || log[0].RequestID != someID {
		t.Errorf("log %+v", log)
	}
}

func TestResetBeforeTheDeed(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	b.control("POST", "/faults", `{"match":"^POST","kind":"reset","before":true,"times":1}`).want(t, 201)
	q := request{method: "POST", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches",
		body: upload("lost", `{"productKey":"1"}`), header: map[string]string{"MS-RequestId": someID}}
	if got, err := b.try(q); err == nil {
		t.Fatalf("an answer came: %+v", got)
	}
	b.do(q).want(t, 202)
	if log := b.requests(); log[0].Status != 0 || log[1].Replay {
		t.Errorf("log %+v", log)
	}
}

func TestTruncate(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	whole := b.partner("GET", "/customers", "").want(t, 200)
	b.control("POST", "/faults", `{"match":"customers","kind":"truncate","times":2}`).want(t, 201)
	got, err := b.try(request{method: "GET", url: b.ready.Partner + "/v1/customers"})
	if err == nil || got.status != 200 || !bytes.Equal(got.body, whole.body[:len(whole.body)/2]) || got.header.Get("Content-Length") != fmt.Sprint(len(whole.body)) {
		t.Errorf("%v, %d with %d of %d bytes", err, got.status, len(got.body), len(whole.body))
	}
	if _, err := b.try(request{method: "GET", url: b.ready.Partner + "/v1/customers", header: map[string]string{"Accept-Encoding": "gzip"}}); err == nil {
		t.Error("a packed answer came whole")
	}
}

func TestStuckJobs(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	b.control("POST", "/faults", `{"match":"^POST","kind":"stuck","times":1}`).want(t, 201)
	r := b.mine("POST", "/deviceBatches", upload("stuck", `{"productKey":"1"}`)).want(t, 202)
	if j := b.job(r); j.Status != "queued" {
		t.Errorf("at once %+v", j)
	}
	for range 3 {
		if j := b.finish(r); j.Status != "processing" || len(j.DevicesStatus) != 1 || j.DevicesStatus[0].Status != "processing" {
			t.Errorf("later %+v", j)
		}
	}
	if hasBatch(b, "stuck") {
		t.Error("the batch of a stuck job is there")
	}
	r = b.mine("POST", "/deviceBatches", upload("fine", `{"productKey":"2"}`)).want(t, 202)
	b.control("POST", "/faults", `{"match":"^GET .*/batchJobStatus/","kind":"stuck","times":2}`).want(t, 201)
	if j := b.finish(r); j.Status != "processing" {
		t.Errorf("a job that is to look stuck: %+v", j)
	}
	if j := b.finish(r); j.Status != "processing" {
		t.Errorf("a job that is to look stuck: %+v", j)
	}
	if j := b.finish(r); j.Status != "finished" || !hasBatch(b, "fine") {
		t.Errorf("after that: %+v", j)
	}
}

func TestScenarios(t *testing.T) {
	for _, name := range simulator.Scenarios() {
		if _, err := simulator.New(simulator.Options{Faults: []string{name}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := start(t, simulator.Options{Devices: 10, Faults: []string{"storm"}})
	with, without, good := 0, 0, 0
	for range 100 {
		got := b.partner("GET", "/customers", "")
		count(&good, got.status == 200)
		count(&with, got.status == 429 && got.header.Get("Retry-After") != "")
		count(&without, got.status == 429 && got.header.Get("Retry-After") == "")
	}
	if with == 0 || without == 0 || good < 50 || good+with+without != 100 {
		t.Errorf("storm: %d with Retry-After, %d without, %d good", with, without, good)
	}
	b = start(t, simulator.Options{Devices: 10, Faults: []string{"expired"}})
	b.partner("GET", "/customers", "").want(t, 200)
	b.watch.forward(31 * time.Second)
	b.partner("GET", "/customers", "").want(t, 401)
	b = start(t, simulator.Options{Devices: 10, Faults: []string{"stuck"}})
	if j := b.finish(b.mine("POST", "/deviceBatches", upload("b", `{"productKey":"2"}`))); j.Status != "processing" {
		t.Errorf("stuck: %+v", j)
	}
	b = start(t, simulator.Options{Devices: 10, Faults: []string{"flaky", "truncating"}})
	bad := 0
	for range 100 {
		got, err := b.try(request{method: "GET", url: b.ready.Partner + "/v1/customers"})
		count(&bad, err != nil || got.status != 200)
	}
	if bad < 10 || bad > 60 {
		t.Errorf("flaky and truncating: %d of 100 bad", bad)
	}
}

func TestHostile(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000, Faults: []string{"hostile"}})
	customers := read[listView[customerView]](t, b.partner("GET", "/customers", "").want(t, 200))
	if next := customers.Links.Next; next == nil || !strings.HasPrefix(next.URI, "https://collector.invalid/") {
		t.Errorf("next link %+v", next)
	}
	longest := 0
	for _, c := range customers.Items {
		longest = max(longest, len(c.CompanyProfile.CompanyName))
	}
	if longest < 5000 {
		t.Errorf("the longest name has %d bytes", longest)
	}
	again, odd := 0, 0
	for _, batch := range b.batches() {
		count(&odd, strings.ContainsAny(batch.ID, "\x1b\u202e"))
		url := b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches/" + escape(batch.ID) + "/devices"
		token := ""
		for range 8 {
			q := request{method: "GET", url: url}
			if token != "" {
				q.header = map[string]string{"MS-ContinuationToken": token}
			}
			page := read[listView[deviceView]](t, b.do(q).want(t, 200))
			if token != "" && token == page.ContinuationToken {
				again++
				break
			}
			if token = page.ContinuationToken; token == "" {
				break
			}
		}
	}
	if again == 0 || odd == 0 {
		t.Errorf("%d batches repeat their token, %d have odd names", again, odd)
	}
	broken := 0
	for range 4 {
		r := b.mine("GET", "/policies", "").want(t, 200)
		count(&broken, !bytes.HasSuffix(r.body, []byte("}}")))
	}
	if broken == 0 {
		t.Error("no list of policies was broken")
	}
	r := b.mine("POST", "/deviceBatches", upload("slow", strings.Repeat(`{"productKey":"1"},`, 500)+`{"productKey":"1"}`)).want(t, 202)
	b.watch.forward(10 * time.Second)
	words := map[string]bool{}
	for range 6 {
		words[b.job(r).Status] = true
	}
	if len(words) != 2 || !words["processing"] {
		t.Errorf("words for a running job: %v", words)
	}
	first := read[hardwareListView](t, b.graph("GET", "/hardwareConfigurations", "")).Next
	second := read[hardwareListView](t, b.graph("GET", "/hardwareConfigurations", "")).Next
	if !strings.HasPrefix(first, "https://collector.invalid/") || !strings.HasPrefix(second, b.ready.Graph) {
		t.Errorf("links %q and %q", first, second)
	}
}
