package simulator_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

// until calls until the answer is a 429 and returns how many were good before.
func (b *bench) until(call func() reply, most int) (int, reply) {
	b.t.Helper()
	for n := range most {
		if got := call(); got.status == 429 {
			return n, got
		}
	}
	b.t.Fatalf("no 429 among %d requests", most)
	return 0, reply{}
}

func TestNoLimitsUnlessAskedFor(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	for range 130 {
		b.graph("PATCH", "/hardwareConfigurations/"+someID, "{}").want(t, 404)
	}
}

func TestPublishedLimits(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Faults: []string{"budget"}})
	patch := func() reply { return b.graph("PATCH", "/hardwareConfigurations/"+someID, "{}") }
	remove := func() reply { return b.graph("DELETE", "/managedDevices/"+someID, "") }
	list := func() reply { return b.graph("GET", "/hardwareConfigurations?$top=1&$select=id", "") }
	for name, c := range map[string]struct {
		call func() reply
		most int
	}{"writes": {patch, 100}, "writes to devices": {remove, 200}, "reads": {list, 1000}} {
		b.watch.forward(time.Minute)
		n, refused := b.until(c.call, c.most+1)
		if n != c.most {
			t.Errorf("%s: %d went through, want %d", name, n, c.most)
		}
		wait, err := strconv.Atoi(refused.header.Get("Retry-After"))
		if err != nil || wait < 1 || wait > 20 {
			t.Fatalf("%s: Retry-After %q", name, refused.header.Get("Retry-After"))
		}
		b.watch.forward(time.Duration(wait) * time.Second)
		if got := c.call(); got.status == 429 {
			t.Errorf("%s: still throttled after %d s", name, wait)
		}
	}
	if got := read[struct{ Throttled int }](t, b.control("GET", "/state", "")).Throttled; got != 3 {
		t.Errorf("%d requests were throttled", got)
	}
}

func TestLimitsAreOfAnApplicationInATenant(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100, Faults: []string{"budget"}})
	token := func(tenant, app string) string {
		form := "grant_type=client_credentials&client_secret=x&scope=https://graph.microsoft.com/.default&client_id=" + app
		return read[struct {
			Token string `json:"access_token"`
		}](t, b.do(request{method: "POST", url: b.ready.Authority + "/" + tenant + "/oauth2/v2.0/token", body: form, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}).want(t, 200)).Token
	}
	write := func(token string) func() reply {
		return func() reply {
			return b.do(request{method: "PATCH", url: b.ready.Graph + "/deviceManagement/hardwareConfigurations/" + someID, body: "{}", token: token})
		}
	}
	other := read[stateView](t, b.control("GET", "/state", "")).Customers[1].ID
	first, second, third := token(b.ready.Customer, "11111111-1111-4111-8111-111111111111"), token(b.ready.Customer, "22222222-2222-4222-8222-222222222222"), token(b.ready.Customer, "33333333-3333-4333-8333-333333333333")
	for name, c := range map[string]struct {
		token string
		want  int
	}{"1 the first application": {first, 100}, "2 the same elsewhere": {token(other, "11111111-1111-4111-8111-111111111111"), 100}} {
		if n, _ := b.until(write(c.token), 101); n != c.want {
			t.Errorf("%s: %d, want %d", name, n, c.want)
		}
	}
	if n, _ := b.until(write(second), 101); n != 99 { // the refused one of the first counts for the tenant
		t.Errorf("the second application: %d", n)
	}
	if got := write(third)(); got.status != 429 {
		t.Errorf("the tenant has more than its 200: %d", got.status)
	}
}

func TestIdentityUnits(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Faults: []string{"budget"}})
	group := b.group("Helpdesk").ID
	for path, want := range map[string]string{"/v1.0/groups": "1", "/v1.0/groups?$top=5&$select=id": "1", "/v1.0/groups/" + group + "/members": "3",
		"/v1.0/groups/" + group + "/members?$top=5": "2", "/v1.0/groups?$expand=members": "2", "/v1.0/groups/" + group + "/transitiveMembers?$top=5&$select=id": "1"} {
		if got := b.directory("GET", path, ""); got.header.Get("x-ms-resource-unit") != want {
			t.Errorf("%s costs %q, want %s", path, got.header.Get("x-ms-resource-unit"), want)
		}
	}
	b.watch.forward(time.Minute)
	near := false
	n, refused := b.until(func() reply {
		got := b.directory("GET", "/v1.0/groups/"+group+"/members", "")
		near = near || got.status == 200 && got.header.Get("x-ms-throttle-limit-percentage") != ""
		return got
	}, 1200)
	if n != 3500/3 || !near || refused.header.Get("x-ms-throttle-scope") == "" || refused.header.Get("Retry-After") != "1" {
		t.Errorf("%d went through, %v", n, refused.header)
	}
	b.watch.forward(time.Second)
	b.directory("GET", "/v1.0/groups/"+group+"/members", "").want(t, 200)
}

func TestBatchPartsAreCounted(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Faults: []string{"budget"}})
	item := "/deviceManagement/hardwareConfigurations/" + b.made(`{}`)
	count := map[int]int{}
	for range 6 {
		var parts []string
		for i := range 20 {
			parts = append(parts, ask(fmt.Sprint(i), "PATCH", item, `,"headers":{"Content-Type":"application/json"},"body":{"description":"x"}`))
		}
		got, _ := b.batch("beta", parts...)
		for _, p := range got {
			count[p.Status]++
			if (p.Headers["Retry-After"] != "") != (p.Status == 429) {
				t.Errorf("%+v", p)
			}
		}
	}
	if count[200] != 99 || count[429] != 21 { // creating the configuration was a write, too
		t.Errorf("%v", count)
	}
}

func TestWithoutRetryAfter(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Faults: []string{"budget", "no-retry-after"}})
	b.until(func() reply { return b.graph("PATCH", "/hardwareConfigurations/"+someID, "{}") }, 101)
	inside, plain := 0, 0
	for range 6 {
		got := b.graph("PATCH", "/hardwareConfigurations/"+someID, "{}").want(t, 429)
		if got.header.Get("Retry-After") != "" {
			t.Errorf("%v", got.header)
		}
		message := read[graphErrorView](t, got).Error.Message
		var inner struct{ RetryAfter *int }
		switch {
		case message == "Too many requests.":
			plain++
		case json.Unmarshal([]byte(message), &inner) == nil && inner.RetryAfter != nil && *inner.RetryAfter > 0 && strings.Contains(message, "An error has occurred"):
			inside++
		default:
			t.Errorf("%s", message)
		}
	}
	if inside == 0 || plain == 0 {
		t.Errorf("%d say it inside, %d not at all", inside, plain)
	}
	b.control("POST", "/faults", `{"match":"hardware","status":429,"retryAfter":7}`).want(t, 201)
	if got := b.graph("GET", "/hardwareConfigurations", "").want(t, 429); got.header.Get("Retry-After") != "" {
		t.Errorf("a fault that was asked for: %v", got.header)
	}
}

func TestRetryAfterIsInTheClientsTime(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Speed: 10, Faults: []string{"budget"}})
	_, got := b.until(func() reply { return b.graph("PATCH", "/hardwareConfigurations/"+someID, "{}") }, 101)
	if wait := got.header.Get("Retry-After"); wait != "1" && wait != "2" {
		t.Errorf("Retry-After %q for twenty seconds that pass in two", wait)
	}
}
