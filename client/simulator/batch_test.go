package simulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"muster/client/simulator"
)

type partView struct {
	ID      string
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

// batch posts requests and returns the answers by id.
func (b *bench) batch(version string, parts ...string) (map[string]partView, []string) {
	b.t.Helper()
	got := b.directory("POST", "/"+version+"/$batch", `{"requests":[`+strings.Join(parts, ",")+`]}`).want(b.t, 200)
	out, order := map[string]partView{}, []string{}
	for _, p := range read[struct{ Responses []partView }](b.t, got).Responses {
		out[p.ID] = p
		order = append(order, p.ID)
	}
	if len(order) != len(parts) || len(out) != len(parts) {
		b.t.Fatalf("%d requests, answers to %v", len(parts), order)
	}
	return out, order
}

func (p partView) code(t *testing.T) string {
	t.Helper()
	var e graphErrorView
	if err := json.Unmarshal(p.Body, &e); err != nil {
		t.Fatalf("%v in %s", err, p.Body)
	}
	return e.Error.Code
}

func ask(id, method, url, more string) string {
	return fmt.Sprintf(`{"id":%q,"method":%q,"url":%q%s}`, id, method, url, more)
}

func TestBatchOfEverything(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100})
	create := `,"headers":{"content-type":"application/json"},"body":` + bios(t, `{}`)
	got, _ := b.batch("beta",
		ask("list", "GET", "/deviceManagement/hardwareConfigurations?$top=1", ""),
		ask("make", "POST", "deviceManagement/hardwareConfigurations", create),
		ask("search", "GET", `/groups?$search="displayName:pilot ring"&$count=true`, `,"headers":{"ConsistencyLevel":"eventual"}`),
		ask("bare search", "GET", `/groups?$search="displayName:pilot"`, ""),
		ask("count", "GET", "/groups/$count", `,"headers":{"consistencylevel":"eventual"}`),
		ask("gone", "GET", "/deviceManagement/managedDevices/"+someID, ""),
		ask("nowhere", "GET", "/nowhere", ""),
		ask("verb", "DELETE", "/deviceManagement/hardwareConfigurations", ""),
		ask("again", "POST", "/$batch", `,"headers":{"Content-Type":"application/json"},"body":{"requests":[]}`),
		ask("elsewhere", "GET", "https://collector.invalid/beta/groups", ""),
		ask("wrong version", "GET", "/v1.0/groups", ""),
	)
	for id, status := range map[string]int{"list": 200, "make": 201, "search": 200, "bare search": 400, "count": 200, "gone": 404, "nowhere": 400, "verb": 400, "again": 400, "elsewhere": 400, "wrong version": 400} {
		if got[id].Status != status || len(got[id].Body) == 0 {
			t.Errorf("%s: %d %s, want %d", id, got[id].Status, got[id].Body, status)
		}
	}
	var list setView[hardwareView]
	if err := json.Unmarshal(got["list"].Body, &list); err != nil || len(list.Value) != 1 || !strings.HasPrefix(list.Next, b.ready.Graph+"/deviceManagement/") {
		t.Errorf("%v %+v", err, list)
	}
	var found setView[groupView]
	if err := json.Unmarshal(got["search"].Body, &found); err != nil || len(found.Value) != 1 || *found.Count != 1 {
		t.Errorf("%v %+v", err, found)
	}
	var made hardwareView
	if err := json.Unmarshal(got["make"].Body, &made); err != nil || made.Version != 1 {
		t.Errorf("%v %+v", err, made)
	}
	if got["nowhere"].code(t) != "BadRequest" || got["verb"].code(t) != "No method match route template" {
		t.Errorf("%s, %s", got["nowhere"].Body, got["verb"].Body)
	}
	removed, _ := b.batch("beta", ask("1", "DELETE", "/deviceManagement/hardwareConfigurations/"+made.ID, ""))
	if removed["1"].Status != 204 || len(removed["1"].Body) != 0 && string(removed["1"].Body) != "null" {
		t.Errorf("%+v", removed)
	}
}

func TestBatchAnswersAreShuffled(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	var parts, ids []string
	for i := range 20 {
		ids = append(ids, fmt.Sprint(i))
		parts = append(parts, ask(ids[i], "GET", "/groups?$top=1", ""))
	}
	same := 0
	for range 5 {
		got, order := b.batch("v1.0", parts...)
		if slices.Equal(order, ids) {
			same++
		}
		for _, p := range got {
			if p.Status != 200 {
				t.Errorf("%+v", p)
			}
		}
	}
	if same == 5 {
		t.Error("the answers come in the order of the requests")
	}
}

func TestBatchOfOneVersion(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	got, _ := b.batch("v1.0", ask("a", "GET", "/deviceManagement/hardwareConfigurations", ""), ask("b", "GET", "/deviceManagement/managedDevices?$top=1", ""))
	if got["a"].Status != 400 || got["b"].Status != 200 || !strings.Contains(string(got["a"].Body), "segment 'hardwareConfigurations'") || !strings.Contains(string(got["b"].Body), "/v1.0/$metadata") {
		t.Errorf("%+v", got)
	}
}

func TestBatchRefusedAsAWhole(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	one := ask("1", "GET", "/groups", "")
	for name, body := range map[string]string{
		"not JSON":        `x`,
		"no requests":     `{}`,
		"none":            `{"requests":[]}`,
		"twenty-one":      `{"requests":[` + strings.Join(numbered(21), ",") + `]}`,
		"no id":           `{"requests":[{"method":"GET","url":"/groups"}]}`,
		"numeric id":      `{"requests":[{"id":1,"method":"GET","url":"/groups"}]}`,
		"same id":         `{"requests":[` + ask("a", "GET", "/groups", "") + "," + ask("A", "GET", "/groups", "") + `]}`,
		"no method":       `{"requests":[{"id":"1","url":"/groups"}]}`,
		"no url":          `{"requests":[{"id":"1","method":"GET"}]}`,
		"no body":         `{"requests":[` + ask("1", "POST", "/groups", `,"headers":{"Content-Type":"application/json"}`) + `]}`,
		"no type":         `{"requests":[` + ask("1", "POST", "/groups", `,"body":{}`) + `]}`,
		"depends on none": `{"requests":[` + one + "," + ask("2", "GET", "/groups", `,"dependsOn":["3"]`) + `]}`,
		"depends round":   `{"requests":[` + ask("1", "GET", "/groups", `,"dependsOn":["2"]`) + "," + ask("2", "GET", "/groups", `,"dependsOn":["1"]`) + `]}`,
		"depends on self": `{"requests":[` + ask("1", "GET", "/groups", `,"dependsOn":["1"]`) + `]}`,
	} {
		got := b.directory("POST", "/v1.0/$batch", body)
		if got.status != 400 || read[graphErrorView](t, got).Error.Message == "" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	b.batch("v1.0", numbered(20)...)
	b.do(request{method: "POST", url: b.ready.Graph + "/$batch", body: `{"requests":[` + one + `]}`, token: "-"}).want(t, 401)
	b.directory("GET", "/v1.0/$batch", "").want(t, 405)
}

func numbered(n int) []string {
	var out []string
	for i := range n {
		out = append(out, ask(fmt.Sprint("r", i), "GET", "/groups?$top=1&$select=id", ""))
	}
	return out
}

func TestBatchDependsOn(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100})
	item := "/deviceManagement/hardwareConfigurations/" + b.made(`{}`)
	edit := func(id, name, after string) string {
		return ask(id, "PATCH", item, `,"headers":{"Content-Type":"application/json"},"body":{"displayName":"`+name+`"},"dependsOn":[`+after+`]`)
	}
	got, _ := b.batch("beta", edit("third", "c", `"second"`), edit("second", "b", `"first"`), edit("first", "a", ""))
	for id, p := range got {
		if p.Status != 200 {
			t.Errorf("%s: %+v", id, p)
		}
	}
	if h := read[hardwareView](t, b.directory("GET", "/beta"+item, "")); h.DisplayName != "c" {
		t.Errorf("the last of a row is %q", h.DisplayName)
	}
	got, _ = b.batch("beta", edit("1", "", ""), edit("2", "d", `"1"`), edit("3", "e", `"2"`), ask("4", "GET", item, ""))
	if got["1"].Status != 400 || got["2"].Status != 424 || got["3"].Status != 424 || got["4"].Status != 200 || got["2"].code(t) != "FailedDependency" {
		t.Errorf("%+v", got)
	}
	if h := read[hardwareView](t, b.directory("GET", "/beta"+item, "")); h.DisplayName != "c" {
		t.Errorf("a failed row made %q", h.DisplayName)
	}
}

func TestBatchPartsFailAlone(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	b.control("POST", "/faults", `{"match":"^GET /v1.0/devices","status":429,"retryAfter":7,"times":2}`).want(t, 201)
	b.control("DELETE", "/requests", "").want(t, 204)
	parts := []string{ask("1", "GET", "/devices?$top=1", ""), ask("2", "GET", "/devices?$top=1", ""), ask("3", "GET", "/devices?$top=1", ""), ask("4", "GET", "/groups", "")}
	got, _ := b.batch("v1.0", parts...)
	for id, status := range map[string]int{"1": 429, "2": 429, "3": 200, "4": 200} {
		if p := got[id]; p.Status != status || (p.Headers["Retry-After"] == "7") != (status == 429) || status == 429 && p.code(t) != "TooManyRequests" {
			t.Errorf("%s: %+v", id, p)
		}
	}
	log := string(b.control("GET", "/requests", "").body)
	if strings.Count(log, "\n") != 5 || strings.Count(log, `"status":429`) != 2 || strings.Count(log, `"batch":"`) != 4 {
		t.Errorf("log %s", log)
	}
}

func TestBatchWithTextBodies(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	// A body in a text is base64; this one is {"ids":[]} and this one nothing.
	got, _ := b.batch("v1.0", ask("1", "POST", "/directoryObjects/getByIds", `,"headers":{"Content-Type":"application/json"},"body":"eyJpZHMiOltdfQ"`),
		ask("2", "POST", "/directoryObjects/getByIds", `,"headers":{"Content-Type":"application/json"},"body":"*"`))
	if got["1"].code(t) != "Request_BadRequest" || got["2"].Status != 400 {
		t.Errorf("%+v", got)
	}
}
