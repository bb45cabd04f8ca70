package simulator_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type groupView struct {
	ID, DisplayName              string
	Description, MembershipRule  *string
	GroupTypes                   []string
	SecurityEnabled, MailEnabled bool
}

type memberView struct {
	Type                string `json:"@odata.type"`
	ID, DisplayName     string
	DeviceID            string
	PhysicalIDs         []string
	UserPrincipalName   string
	AccountEnabled      bool
	EnrollmentProfile   *string
	OperatingSystem     string
	AzureADDeviceID     string
	IsManaged           *bool
	ApproximateLastSign *string `json:"approximateLastSignInDateTime"`
}

func (b *bench) group(name string) groupView {
	b.t.Helper()
	set := read[setView[groupView]](b.t, b.directory("GET", "/v1.0/groups"+filter("displayName eq '"+strings.ReplaceAll(name, "'", "''")+"'"), "").want(b.t, 200))
	if len(set.Value) != 1 {
		b.t.Fatalf("%d groups are called %q", len(set.Value), name)
	}
	return set.Value[0]
}

var eventual = []string{"ConsistencyLevel", "eventual"}

func TestGroupsSearch(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200})
	searched := func(text string) []string {
		t.Helper()
		set := read[setView[groupView]](t, b.directory("GET", "/v1.0/groups?$count=true&$orderby=displayName&$top=25&$search="+url.QueryEscape(text), "", eventual...).want(t, 200))
		var names []string
		for _, g := range set.Value {
			names = append(names, g.DisplayName)
		}
		if set.Count == nil || *set.Count < len(names) || !slices.IsSorted(names) {
			t.Errorf("%s: count %v, names %q", text, set.Count, names)
		}
		return names
	}
	for text, want := range map[string]string{
		`"displayName:clinic front"`:                      "FrontDesk-Clinic",
		`"displayName:CLIN"`:                              "FrontDesk-Clinic",
		`"displayName:linic"`:                             "",
		`"displayName:pilot ring"`:                        "BIOS Pilot Ring",
		`"description:counters"`:                          "FrontDesk-Clinic",
		`"displayName:bios" AND "displayName:exclusions"`: "BIOS Exclusions",
		`"displayName:wave" OR "displayName:helpdesk"`:    "Deployment Wave 2,Helpdesk",
		`"displayName:wave 2"`:                            "Deployment Wave 2",
		`"displayName:\"kiosk\" devices"`:                 "Kiosk Devices (static)",
		`"displayName:nothing" AND "displayName:bios" OR "displayName:helpdesk"`: "Helpdesk",
	} {
		if got := strings.Join(searched(text), ","); got != want {
			t.Errorf("%s finds %q, want %q", text, got, want)
		}
	}
	refused := b.directory("GET", "/v1.0/groups?$search="+url.QueryEscape(`"displayName:clinic"`), "").want(t, 400)
	if e := read[graphErrorView](t, refused).Error; e.Code != "Request_UnsupportedQuery" ||
		e.Message != "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'" {
		t.Errorf("%+v", e)
	}
	for _, text := range []string{"displayName:clinic", `"clinic"`, `"mail:x"`, `"displayName:x" "displayName:y"`, `"displayName:x`, `"displayName: "`} {
		b.directory("GET", "/v1.0/groups?$search="+url.QueryEscape(text), "", eventual...).want(t, 400)
	}
}

func TestGroupsFilterOrderAndCount(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200})
	all, pages := walk[groupView](b, "/v1.0/groups")
	if len(all) < 80 || len(all) > 100 && pages != 2 {
		t.Fatalf("%d groups on %d pages", len(all), pages)
	}
	count := func(is func(groupView) bool) (n int) {
		for _, g := range all {
			if is(g) {
				n++
			}
		}
		return n
	}
	for text, want := range map[string]int{
		"startsWith(displayName,'bios')":                       2,
		"securityEnabled eq true":                              count(func(g groupView) bool { return g.SecurityEnabled }),
		"mailEnabled eq false and securityEnabled eq true":     count(func(g groupView) bool { return g.SecurityEnabled && !g.MailEnabled }),
		"groupTypes/any(c:c eq 'Unified')":                     count(func(g groupView) bool { return slices.Contains(g.GroupTypes, "Unified") }),
		"groupTypes/any(c:c eq 'DynamicMembership')":           count(func(g groupView) bool { return g.MembershipRule != nil }),
		fmt.Sprintf("id in ('%s','%s')", all[0].ID, all[1].ID): 2,
		"displayName eq 'helpdesk' or displayName eq 'nobody'": 1,
	} {
		if got, _ := walk[groupView](b, "/v1.0/groups"+filter(text)); len(got) != want || want == 0 {
			t.Errorf("%s: %d groups, want %d", text, len(got), want)
		}
	}
	for _, query := range []string{filter("contains(displayName,'x')"), filter("displayName eq 'x'") + "&$orderby=displayName", "?$orderby=id", "?$top=1000", filter("visibility eq 'x'"),
		filter("not startsWith(displayName,'x')"), "?$select=nonsense", "?$orderby=displayName&$search=x"} {
		b.directory("GET", "/v1.0/groups"+query, "").want(t, 400)
	}
	ordered, pages := walk[groupView](b, "/v1.0/groups?$orderby=displayName%20desc&$top=30&$select=id,displayName")
	if len(ordered) != len(all) || pages != (len(all)+29)/30 || !slices.IsSortedFunc(ordered, func(x, y groupView) int {
		return strings.Compare(strings.ToLower(y.DisplayName), strings.ToLower(x.DisplayName))
	}) {
		t.Errorf("%d groups on %d pages", len(ordered), pages)
	}
	if set := read[setView[groupView]](t, b.directory("GET", "/beta/groups?$count=true&$top=5", "")); set.Count != nil {
		t.Errorf("counted %d without the header", *set.Count)
	}
	first := read[setView[groupView]](t, b.directory("GET", "/beta/groups?$count=true&$top=5", "", eventual...))
	second := read[setView[groupView]](t, b.directory("GET", strings.TrimPrefix(first.Next, strings.TrimSuffix(b.ready.Graph, "/beta")), "", eventual...))
	if first.Count == nil || *first.Count != len(all) || second.Count != nil || len(second.Value) != 5 {
		t.Errorf("count %v, then %v", first.Count, second.Count)
	}
	if got := string(b.directory("GET", "/v1.0/groups/$count", "", eventual...).want(t, 200).body); got != fmt.Sprint(len(all)) {
		t.Errorf("$count %q", got)
	}
	b.directory("GET", "/v1.0/groups/$count", "").want(t, 400)
	searchLink := read[setView[groupView]](t, b.directory("GET", "/v1.0/groups?$top=1&$search="+url.QueryEscape(`"displayName:site"`), "", eventual...)).Next
	b.directory("GET", strings.TrimPrefix(searchLink, strings.TrimSuffix(b.ready.Graph, "/beta")), "").want(t, 400) // the header is not carried over
}

func TestDynamicGroupsFollowTheirRules(t *testing.T) {
	b := start(t, simulator.Options{Devices: 700})
	tagged := map[string]int{}
	identities := b.pilots()
	for _, p := range identities {
		tagged[p.GroupTag]++
	}
	for _, batch := range b.batches() {
		listed := tagged[batch.ID]
		if strings.HasSuffix(batch.ID, " returns") || listed == 0 {
			continue // listed at Partner Center, but not registered
		}
		g := b.group("Autopilot " + batch.ID)
		if !slices.Equal(g.GroupTypes, []string{"DynamicMembership"}) || *g.MembershipRule != `(device.devicePhysicalIds -any (_ -eq "[OrderID]:`+batch.ID+`"))` {
			t.Errorf("%+v, rule %s", g, *g.MembershipRule)
		}
		members, pages := walk[memberView](b, "/v1.0/groups/"+g.ID+"/members")
		if len(members) != listed || pages != (listed+99)/100 {
			t.Errorf("%s: %d members on %d pages, want %d", batch.ID, len(members), pages, listed)
		}
		for _, m := range members {
			if m.Type != "#microsoft.graph.device" || !slices.Contains(m.PhysicalIDs, "[OrderID]:"+batch.ID) {
				t.Fatalf("%+v", m)
			}
		}
	}
	all, _ := walk[memberView](b, "/v1.0/groups/"+b.group("Autopilot All Devices").ID+"/transitiveMembers?$top=999")
	if len(all) != len(identities) {
		t.Errorf("%d devices in all, want %d", len(all), len(identities))
	}
}

func TestStaticMembers(t *testing.T) {
	b := start(t, simulator.Options{Devices: 700})
	ring, wave := b.group("BIOS Pilot Ring"), b.group("Deployment Wave 2")
	before, _ := walk[memberView](b, "/v1.0/groups/"+ring.ID+"/members")
	everything, _ := walk[memberView](b, "/v1.0/groups/"+b.group("Autopilot All Devices").ID+"/members?$top=999")
	taken := map[string]bool{}
	for _, m := range before {
		taken[m.ID] = true
	}
	var fresh memberView
	for _, m := range everything {
		if !taken[m.ID] {
			fresh = m
		}
	}
	ref := func(id string) string {
		return `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + id + `"}`
	}
	members := "/v1.0/groups/" + ring.ID + "/members"
	b.directory("POST", members+"/$ref", ref(fresh.ID)).want(t, 204)
	e := read[graphErrorView](t, b.directory("POST", members+"/$ref", ref(fresh.ID)).want(t, 400)).Error
	if e.Message != "One or more added object references already exist for the following modified properties: 'members'." {
		t.Errorf("%+v", e)
	}
	if got, _ := walk[memberView](b, members); len(got) != len(before)+1 || got[len(got)-1].ID != fresh.ID {
		t.Errorf("%d members after one more than %d", len(got), len(before))
	}
	inner, _ := walk[memberView](b, "/v1.0/groups/"+wave.ID+"/members")
	deep, _ := walk[memberView](b, "/v1.0/groups/"+wave.ID+"/transitiveMembers/microsoft.graph.device")
	own := 0
	for _, m := range inner {
		if m.Type == "#microsoft.graph.device" && !taken[m.ID] && m.ID != fresh.ID {
			own++
		}
	}
	if len(deep) != len(before)+1+own || !slices.ContainsFunc(inner, func(m memberView) bool { return m.ID == ring.ID && m.Type == "#microsoft.graph.group" }) {
		t.Errorf("%d devices in the nested group, of %d members, want %d", len(deep), len(inner), len(before)+1+own)
	}
	links, _ := walk[struct {
		ID string `json:"@odata.id"`
	}](b, members+"/$ref")
	if len(links) != len(before)+1 || !strings.HasSuffix(links[0].ID, "/directoryObjects/"+before[0].ID) {
		t.Errorf("%d links, first %+v", len(links), links[0])
	}
	b.directory("DELETE", members+"/"+fresh.ID, "").want(t, 403)
	b.directory("DELETE", members+"/"+fresh.ID+"/$ref", "").want(t, 204)
	b.directory("DELETE", members+"/"+fresh.ID+"/$ref", "").want(t, 404)
	b.directory("GET", "/v1.0/devices/"+fresh.ID, "").want(t, 200)
	bind := func(n int) string {
		var all []string
		for _, m := range everything[:n] {
			if !taken[m.ID] {
				all = append(all, quote("https://graph.microsoft.com/v1.0/devices/"+m.ID))
			}
		}
		return `{"members@odata.bind":[` + strings.Join(all, ",") + `]}`
	}
	b.directory("PATCH", "/v1.0/groups/"+ring.ID, bind(10)).want(t, 204)
	b.directory("PATCH", "/v1.0/groups/"+ring.ID, bind(11)).want(t, 400) // ten of them are members now
	b.directory("PATCH", "/v1.0/groups/"+ring.ID, bind(60)).want(t, 400) // more than 20
	b.directory("PATCH", "/v1.0/groups/"+ring.ID, `{"displayName":"x"}`).want(t, 403)
}

func TestMembersRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200})
	dynamic, static := b.group("Autopilot All Devices"), b.group("Helpdesk")
	device := read[setView[memberView]](t, b.directory("GET", "/v1.0/groups/"+dynamic.ID+"/members?$top=1", "")).Value[0]
	ref := `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects('` + device.ID + `')"}`
	tokens := read[map[string]string](t, b.control("GET", "/tokens", ""))
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"dynamic":          {"POST", dynamic.ID + "/members/$ref", ref, 400, "Request_BadRequest"},
		"dynamic removal":  {"DELETE", dynamic.ID + "/members/" + device.ID + "/$ref", "", 400, "Request_BadRequest"},
		"unknown group":    {"POST", someID + "/members/$ref", ref, 404, "Request_ResourceNotFound"},
		"unknown members":  {"GET", someID + "/members", "", 404, "Request_ResourceNotFound"},
		"unknown object":   {"POST", static.ID + "/members/$ref", `{"@odata.id":"x/directoryObjects/` + someID + `"}`, 404, "Request_ResourceNotFound"},
		"no id":            {"POST", static.ID + "/members/$ref", `{}`, 400, "Request_BadRequest"},
		"no GUID":          {"POST", static.ID + "/members/$ref", `{"@odata.id":"x/directoryObjects/5"}`, 400, "Request_BadRequest"},
		"not JSON":         {"POST", static.ID + "/members/$ref", `x`, 400, "BadRequest"},
		"a verb":           {"PUT", static.ID, `{}`, 405, "Request_BadRequest"},
		"object of no one": {"DELETE", static.ID + "/members/" + someID, "", 404, "Request_ResourceNotFound"},
		"unknown":          {"GET", someID, "", 404, "Request_ResourceNotFound"},
		"filtered members": {"GET", static.ID + "/members" + filter("displayName eq 'x'"), "", 400, "Request_UnsupportedQuery"},
	} {
		got := b.directory(c.method, "/v1.0/groups/"+c.path, c.body)
		if e := read[graphErrorView](t, got).Error; got.status != c.status || e.Code != c.code || strings.HasPrefix(e.Message, "{") {
			t.Errorf("%s: %d %+v, want %d %s", name, got.status, e, c.status, c.code)
		}
	}
	b.directory("POST", "/v1.0/groups/"+static.ID+"/members/$ref", ref).want(t, 204)
	got := b.do(request{method: "POST", url: b.ready.Graph + "/groups/" + static.ID + "/members/$ref", body: ref, token: tokens["graphReadOnly"]}).want(t, 403)
	if e := read[graphErrorView](t, got).Error; e.Code != "Authorization_RequestDenied" {
		t.Errorf("%+v", e)
	}
}

func TestEntraDevicesAgreeWithManagedOnes(t *testing.T) {
	b := start(t, simulator.Options{Devices: 150})
	managed, _ := walk[managedView](b, "/v1.0/deviceManagement/managedDevices")
	all, pages := walk[memberView](b, "/v1.0/devices?$top=60")
	if len(all) != 150+7+150/25+2 || pages != 3 {
		t.Fatalf("%d devices on %d pages", len(all), pages)
	}
	byDevice := map[string]memberView{}
	for _, d := range all {
		byDevice[d.DeviceID] = d
	}
	for _, m := range managed {
		if d := byDevice[m.AzureADDeviceID]; d.DisplayName != m.DeviceName || d.IsManaged == nil {
			t.Errorf("managed %+v is %+v", m, d)
		}
	}
	one := all[5]
	for _, query := range []string{filter("deviceId eq '" + one.DeviceID + "'"), filter("id eq '" + one.ID + "'"), filter("displayName eq '" + one.DisplayName + "'"),
		filter("physicalIds/any(p:p eq '" + one.PhysicalIDs[0] + "')")} {
		got := read[setView[memberView]](t, b.directory("GET", "/v1.0/devices"+query, "").want(t, 200)).Value
		if len(got) != 1 || got[0].ID != one.ID {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if got := read[memberView](t, b.directory("GET", "/beta/devices/"+one.ID, "").want(t, 200)); got.DeviceID != one.DeviceID || got.Type != "" {
		t.Errorf("%+v", got)
	}
	b.directory("GET", "/beta/devices/"+one.DeviceID, "").want(t, 404)
	b.directory("DELETE", "/beta/devices/"+one.ID, "").want(t, 403)
	b.directory("GET", "/beta/devices"+filter("model eq 'x'"), "").want(t, 400)
	if set := read[setView[memberView]](t, b.directory("GET", "/v1.0/devices?$count=true&$top=2", "", eventual...)); set.Count == nil || *set.Count != len(all) {
		t.Errorf("count %v", set.Count)
	}
}

func TestGetByIDs(t *testing.T) {
	b := start(t, simulator.Options{Devices: 150})
	group := b.group("Helpdesk")
	person := read[setView[memberView]](t, b.directory("GET", "/v1.0/groups/"+group.ID+"/members", "")).Value[0]
	device := read[setView[memberView]](t, b.directory("GET", "/v1.0/devices?$top=1", "")).Value[0]
	body := func(types string) string {
		return fmt.Sprintf(`{"ids":[%q,%q,%q,%q]%s}`, group.ID, someID, person.ID, device.ID, types)
	}
	for types, want := range map[string]int{"": 3, `,"types":["group"]`: 1, `,"types":["user","device"]`: 2, `,"types":["directoryObject"]`: 3} {
		set := read[setView[memberView]](t, b.directory("POST", "/v1.0/directoryObjects/getByIds", body(types)).want(t, 200))
		if len(set.Value) != want {
			t.Errorf("%s: %d objects, want %d", types, len(set.Value), want)
		}
		for _, o := range set.Value {
			if o.Type == "" || o.DisplayName == "" {
				t.Errorf("%+v", o)
			}
		}
	}
	for _, wrong := range []string{"x", "{}", `{"ids":[]}`, `{"ids":["x"]}`, `{"ids":[` + strings.Repeat(quote(someID)+",", 1000) + quote(someID) + `]}`} {
		b.directory("POST", "/v1.0/directoryObjects/getByIds", wrong).want(t, 400)
	}
	tokens := read[map[string]string](t, b.control("GET", "/tokens", ""))
	b.do(request{method: "POST", url: b.ready.Graph + "/directoryObjects/getByIds", body: body(""), token: tokens["graphReadOnly"]}).want(t, 200)
}

func TestTenantsWithoutDevices(t *testing.T) {
	b := start(t, simulator.Options{})
	for _, path := range []string{"/v1.0/deviceManagement/managedDevices", "/v1.0/devices"} {
		if all, _ := walk[memberView](b, path); len(all) != 0 {
			t.Errorf("%s: %d", path, len(all))
		}
	}
	for _, c := range read[stateView](t, b.control("GET", "/state", "")).Customers {
		token := read[map[string]string](t, b.control("GET", "/tokens?customer="+c.ID, ""))["graph"]
		status := 200
		if c.Forbidden {
			status = 400
		}
		b.do(request{method: "GET", url: b.ready.Graph + "/groups", token: token}).want(t, status)
	}
}

func TestMembersShowAfterTheLag(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200, Lag: time.Minute})
	group := "/v1.0/groups/" + b.group("Helpdesk").ID + "/members"
	before, _ := walk[memberView](b, group)
	device := read[setView[memberView]](t, b.directory("GET", "/v1.0/devices?$top=1", "")).Value[0]
	count := func(want int) {
		t.Helper()
		if got, _ := walk[memberView](b, group); len(got) != want {
			t.Errorf("%d members, want %d", len(got), want)
		}
	}
	ref := `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + device.ID + `"}`
	b.directory("POST", group+"/$ref", ref).want(t, 204)
	b.directory("POST", group+"/$ref", ref).want(t, 204) // nobody knows yet that it is there
	count(len(before))
	b.watch.forward(time.Minute)
	count(len(before) + 1)
	b.directory("DELETE", group+"/"+device.ID+"/$ref", "").want(t, 204)
	count(len(before) + 1)
	b.watch.forward(time.Minute)
	count(len(before))
	fresh := b.made(`{}`)
	b.graph("GET", "/hardwareConfigurations/"+fresh, "").want(t, 404)
	b.watch.forward(time.Minute)
	b.graph("GET", "/hardwareConfigurations/"+fresh, "").want(t, 200)
}
