package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"muster/client/simulator"
)

type graphErrorView struct {
	Error struct {
		Code, Message string
		InnerError    map[string]string
	}
}

func TestGraphHeaders(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	url := b.ready.Graph + "/deviceManagement/hardwareConfigurations"
	got := b.do(request{method: "GET", url: url, header: map[string]string{"client-request-id": someID}}).want(t, 200)
	if got.header.Get("client-request-id") != someID || got.header.Get("request-id") == "" || got.header.Get("request-id") == someID ||
		got.header.Get("x-ms-ags-diagnostic") == "" || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json;odata.metadata=minimal") {
		t.Errorf("%v", got.header)
	}
	if got = b.do(request{method: "GET", url: url}); got.header.Get("client-request-id") != got.header.Get("request-id") {
		t.Errorf("without an id of ours: %v", got.header)
	}
	if strings.HasPrefix(string(got.body), byteOM) {
		t.Error("Graph does not send byte order marks")
	}
	packed := b.do(request{method: "GET", url: url, header: map[string]string{"Accept-Encoding": "gzip"}})
	if packed.header.Get("Content-Encoding") != "gzip" || packed.header.Get("Vary") == "" {
		t.Errorf("%v", packed.header)
	}
	body := pack(t, []byte(bios(t, `{}`)))
	b.do(request{method: "POST", url: url, body: body, header: map[string]string{"Content-Encoding": "gzip"}}).want(t, 201)
}

func TestGraphRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	tokens := read[map[string]string](t, b.control("GET", "/tokens", ""))
	root := strings.TrimSuffix(b.ready.Graph, "/beta")
	hc := "/deviceManagement/hardwareConfigurations"
	for name, c := range map[string]struct {
		method, path, token, body string
		status                    int
		code, text                string
	}{
		"no token":         {"GET", "/beta" + hc, "-", "", 401, "InvalidAuthenticationToken", "Access token is empty."},
		"not a token":      {"GET", "/beta" + hc, "x", "", 401, "InvalidAuthenticationToken", "token"},
		"expired":          {"GET", "/beta" + hc, tokens["expiredGraph"], "", 401, "InvalidAuthenticationToken", "expired"},
		"partner's token":  {"GET", "/beta" + hc, b.ready.PartnerToken, "", 401, "InvalidAuthenticationToken", "audience"},
		"no Intune rights": {"GET", "/beta" + hc, tokens["graphNoIntune"], "", 401, "UnknownError", `"ErrorCode":"Forbidden"`},
		"read only":        {"POST", "/beta" + hc, tokens["graphReadOnly"], "{}", 403, "Forbidden", "DeviceManagementConfiguration.ReadWrite.All"},
		"no roles":         {"GET", "/beta" + hc, tokens["graphNoRoles"], "", 403, "Forbidden", "as called in app only context but does not have application permissions configured. - Operation ID"},
		"no roles, groups": {"GET", "/beta/groups", tokens["graphNoRoles"], "", 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."},
		"unknown segment":  {"GET", "/beta/deviceManagement/nothing", "", "", 400, "BadRequest", "Resource not found for the segment 'nothing'."},
		"unknown root":     {"GET", "/beta/nothing", b.ready.GraphToken, "", 400, "BadRequest", "Resource not found for the segment 'nothing'."},
		"below an item":    {"GET", "/beta" + hc + "/x/y", "", "", 400, "BadRequest", "segment 'y'"},
		"not in v1.0":      {"GET", "/v1.0" + hc, "", "", 400, "BadRequest", "segment 'hardwareConfigurations'"},
		"no version":       {"GET", "/deviceManagement/x", "", "", 400, "BadRequest", "Invalid version."},
		"verb on a set":    {"PATCH", "/beta" + hc, "", "{}", 400, "No method match route template", "http verb PATCH"},
		"verb on an item":  {"PUT", "/beta" + hc + "/x", "", "", 400, "No method match route template", "~/singleton/navigation/key with http verb PUT for request /DeviceConfiguration_2408/StatelessDeviceConfigurationFEService/deviceManagement/hardwareConfigurations('x')."},
		"not there":        {"GET", "/beta" + hc + "/x", "", "", 404, "ResourceNotFound", "An error has occurred - Operation ID"},
		"bad input":        {"POST", "/beta" + hc, "", "{}", 400, "BadRequest", "displayName is required - Operation ID"},
	} {
		got := b.do(request{method: c.method, url: root + c.path, token: c.token, body: c.body})
		e := read[graphErrorView](t, got).Error
		if got.status != c.status || e.Code != c.code || !strings.Contains(e.Message, c.text) {
			t.Errorf("%s: %d %q %q, want %d %q %q", name, got.status, e.Code, e.Message, c.status, c.code, c.text)
		}
		if e.InnerError["request-id"] != got.header.Get("request-id") || e.InnerError["client-request-id"] == "" || len(e.InnerError["date"]) != 19 {
			t.Errorf("%s: inner error %v", name, e.InnerError)
		}
	}
	b.do(request{method: "GET", url: root + "/beta" + hc, token: tokens["graphReadOnly"]}).want(t, 200)
	b.do(request{method: "GET", url: root + "/v1.0/groups", token: tokens["graphNoIntune"]}).want(t, 200) // which are none of Intune's
}

func TestGraphMessageIsJSONInJSON(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	message := read[graphErrorView](t, b.graph("GET", "/hardwareConfigurations/x", "").want(t, 404)).Error.Message
	var inner struct {
		Version              int `json:"_version"`
		Message, HTTPHeaders string
		RetryAfter           *int
	}
	if err := json.Unmarshal([]byte(message), &inner); err != nil || !strings.HasPrefix(message, "{\r\n  \"_version\": 3,\r\n") {
		t.Fatalf("%v: %q", err, message)
	}
	if !strings.HasPrefix(inner.Message, "An error has occurred - Operation ID (for customer support): ") || !strings.Contains(inner.Message, "Activity ID: ") {
		t.Errorf("%+v", inner)
	}
}

func TestEachCustomerIsATenant(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100})
	customers := read[stateView](t, b.control("GET", "/state", "")).Customers
	url := b.ready.Graph + "/deviceManagement/hardwareConfigurations"
	first := read[hardwareListView](t, b.do(request{method: "GET", url: url})).Value
	for i, c := range customers[1:] {
		token := read[map[string]string](t, b.control("GET", "/tokens?customer="+c.ID, ""))["graph"]
		got := b.do(request{method: "GET", url: url, token: token})
		if c.Forbidden {
			if e := read[graphErrorView](t, got.want(t, 400)).Error; e.Message != "Request not applicable to target tenant." {
				t.Errorf("%+v", e)
			}
			continue
		}
		list := read[hardwareListView](t, got.want(t, 200)).Value
		if (len(list) == 0) != (c.Devices == 0) || len(list) > 0 && list[0].ID == first[0].ID {
			t.Errorf("customer %d with %d devices: %d configurations", i+1, c.Devices, len(list))
		}
	}
}

func TestGraphPagesByTopWithAbsoluteLinks(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	type list struct {
		Next  string `json:"@odata.nextLink"`
		Value []struct{ ID string }
	}
	seen := map[string]bool{}
	pages := 0
	for next := b.ready.Graph + "/deviceManagement/hardwareConfigurations?$top=1"; next != ""; pages++ {
		got := read[list](t, b.do(request{method: "GET", url: next, token: b.ready.GraphToken}).want(t, 200))
		if len(got.Value) > 1 {
			t.Fatalf("%d items on a page of one", len(got.Value))
		}
		for _, v := range got.Value {
			seen[v.ID] = true
		}
		if next = got.Next; next != "" && !strings.HasPrefix(next, b.ready.Graph+"/") {
			t.Fatalf("next link %q does not lead below %s", next, b.ready.Graph)
		}
	}
	if pages < 2 || len(seen) != pages {
		t.Errorf("%d pages brought %d items", pages, len(seen))
	}
	for _, top := range []string{"0", "-1", "abc"} {
		b.do(request{method: "GET", url: b.ready.Graph + "/deviceManagement/hardwareConfigurations?$top=" + top, token: b.ready.GraphToken}).want(t, 400)
	}
}

func TestWhatBelongsToNobodyIsNotFound(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	root := strings.TrimSuffix(b.ready.Graph, "/beta")
	for _, path := range []string{"/", "/nothing", "/v2/customers"} {
		if got := b.do(request{method: "GET", url: root + path, token: b.ready.PartnerToken}); got.status != 404 {
			t.Errorf("%s: %d, want 404", path, got.status)
		}
	}
}

func TestAFaultMatchesThePathWithAndWithoutItsQuery(t *testing.T) {
	for _, match := range []string{"^GET /v1/customers$", `^GET /v1/customers\\?size=3$`} {
		b := start(t, simulator.Options{Devices: 10})
		b.control("POST", "/faults", `{"match": "`+match+`", "kind": "status", "status": 503}`)
		if got := b.do(request{method: "GET", url: b.ready.Partner + "/v1/customers?size=3", token: b.ready.PartnerToken}); got.status != 503 {
			t.Errorf("%s: %d, want 503", match, got.status)
		}
	}
}

// The JavaScript client of Graph appends a next link of plain http to its version.
func TestALinkBehindAVersionIsFollowed(t *testing.T) {
	b := start(t, simulator.Options{Devices: 60})
	first := read[setView[pilotView]](t, b.graph("GET", pilots+"?$top=20", ""))
	if first.Next == "" {
		t.Fatal("there is one page only; the test shows nothing")
	}
	behind := b.do(request{method: "GET", url: b.ready.Graph + "/" + first.Next, token: b.ready.GraphToken}).want(t, 200)
	second := read[setView[pilotView]](t, behind)
	if len(second.Value) != 20 || second.Value[0].ID == first.Value[0].ID {
		t.Errorf("%d devices, the first %+v", len(second.Value), second.Value)
	}
	b.do(request{method: "GET", url: b.ready.Graph + "/http://elsewhere.example/beta/deviceManagement/roleScopeTags", token: b.ready.GraphToken}).want(t, 400)
}
