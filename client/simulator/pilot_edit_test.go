package simulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

// person is a user of the first customer's tenant.
func (b *bench) person() string {
	b.t.Helper()
	return some(b.t, b.pilots(), func(p pilotView) bool { return p.UserPrincipalName != "" }).UserPrincipalName
}

func TestUpdateDeviceProperties(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	user := b.person()
	one := some(t, b.pilots(), func(p pilotView) bool { return p.UserPrincipalName == "" && p.DisplayName == "" })
	path := pilots + "/" + one.ID + "/updateDeviceProperties"
	post := func(body string, status int) {
		t.Helper()
		b.graph("POST", path, body).want(t, status)
	}
	expect := func(change func(*pilotView)) {
		t.Helper()
		change(&one)
		if got := read[pilotView](t, b.graph("GET", pilots+"/"+one.ID, "").want(t, 200)); got != one {
			t.Errorf("got %+v, want %+v", got, one)
		}
	}
	post(`{"groupTag":"CLINIC-FRONT","displayName":"FJL-FRONT-07"}`, 204)
	expect(func(p *pilotView) { p.GroupTag, p.DisplayName = "CLINIC-FRONT", "FJL-FRONT-07" })
	post(fmt.Sprintf(`{"userPrincipalName":%q,"addressableUserName":"Front desk"}`, strings.ToUpper(user)), 204)
	expect(func(p *pilotView) { p.UserPrincipalName, p.AddressableUserName = strings.ToUpper(user), "Front desk" })
	post(`{"displayName":""}`, 204)
	expect(func(p *pilotView) { p.DisplayName = "" })
	post(`{}`, 204)
	post(`{"groupTag":null}`, 204)
	expect(func(*pilotView) {})
	post(`{"userPrincipalName":""}`, 204)
	expect(func(p *pilotView) { p.UserPrincipalName, p.AddressableUserName = "", "" })
	post(`{"deviceAccountUpn":"room@x.example","deviceAccountPassword":"secret","deviceFriendlyName":"Room 7"}`, 204)
	expect(func(p *pilotView) { p.DeviceAccountUPN, p.DeviceFriendlyName = "room@x.example", "Room 7" })
	for _, body := range []string{``, `x`, `[]`, `{"groupTag":5}`, `{"displayName":"0123456789012345"}`, `{"displayName":"two words"}`, `{"displayName":"12345"}`, `{"displayName":"Zürich"}`,
		`{"addressableUserName":"nobody in particular"}`, `{"userPrincipalName":"stranger@elsewhere.example"}`, `{"groupTag":"` + strings.Repeat("x", 2049) + `"}`} {
		post(body, 400)
	}
	expect(func(*pilotView) {})
	b.graph("POST", pilots+"/"+someID+"/updateDeviceProperties", `{"groupTag":"x"}`).want(t, 404)
	b.graph("POST", pilots+"('"+one.ID+"')/UpdateDeviceProperties", `{"groupTag":"other case"}`).want(t, 204)
	expect(func(p *pilotView) { p.GroupTag = "other case" })
	tokens := read[map[string]string](t, b.control("GET", "/tokens", ""))
	if e := read[graphErrorView](t, b.do(request{method: "POST", url: b.ready.Graph + "/deviceManagement" + path, token: tokens["graphReadOnly"], body: `{}`}).want(t, 403)).Error; !strings.Contains(e.Message, "DeviceManagementServiceConfig.ReadWrite.All") {
		t.Errorf("%+v", e)
	}
	b.do(request{method: "GET", url: b.ready.Graph + "/deviceManagement" + pilots, token: tokens["graphReadOnly"]}).want(t, 200)
}

func TestChangesCanBeLateAndClash(t *testing.T) {
	b := start(t, simulator.Options{Devices: 60})
	one := b.pilots()[0]
	b.control("POST", "/switches", `{"late-reads":true,"conflicts":true}`).want(t, 200)
	clashes := 0
	for i := range 50 {
		got := b.graph("POST", pilots+"/"+one.ID+"/updateDeviceProperties", fmt.Sprintf(`{"groupTag":"tag %d"}`, i))
		if got.status == 412 {
			clashes++
			if e := read[graphErrorView](t, got).Error; e.Code != "ConditionNotMet" {
				t.Errorf("%+v", e)
			}
		} else {
			got.want(t, 204)
		}
	}
	if clashes != 2 {
		t.Errorf("%d of 50 clashed", clashes)
	}
	if got := b.pilot(one.ID).GroupTag; got != one.GroupTag {
		t.Errorf("%q shows at once", got)
	}
	b.watch.forward(2 * time.Minute)
	if got := b.pilot(one.ID).GroupTag; got != "tag 48" {
		t.Errorf("%q shows after two minutes", got)
	}
}

func TestUsersAndResourceAccountsOfIdentities(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	user := b.person()
	one := some(t, b.pilots(), idle)
	post := func(action, body string, status int) pilotView {
		t.Helper()
		b.graph("POST", pilots+"/"+one.ID+"/"+action, body).want(t, status)
		return b.pilot(one.ID)
	}
	if p := post("assignUserToDevice", fmt.Sprintf(`{"userPrincipalName":%q,"addressableUserName":"You"}`, user), 204); p.UserPrincipalName != user || p.AddressableUserName != "You" {
		t.Errorf("%+v", p)
	}
	post("assignUserToDevice", `{"userPrincipalName":"stranger@elsewhere.example"}`, 400)
	post("assignUserToDevice", `{"addressableUserName":"You"}`, 400)
	if p := post("unassignUserFromDevice", "", 204); p.UserPrincipalName != "" || p.AddressableUserName != "" {
		t.Errorf("%+v", p)
	}
	room := "room7@" + strings.SplitN(user, "@", 2)[1]
	if p := post("assignResourceAccountToDevice", fmt.Sprintf(`{"userPrincipalName":%q,"addressableUserName":"Room","resourceAccountName":"Room 7"}`, room), 204); p.ResourceName != "Room 7" || p.UserPrincipalName != room {
		t.Errorf("%+v", p)
	}
	post("assignResourceAccountToDevice", `{"userPrincipalName":"x@elsewhere.example","resourceAccountName":"Room 7"}`, 400)
	if p := post("unassignResourceAccountFromDevice", "{}", 204); p.ResourceName != "" || p.UserPrincipalName != "" {
		t.Errorf("%+v", p)
	}
	one = some(t, b.pilots(), func(p pilotView) bool { return p.EnrollmentState == "blocked" })
	if p := post("allowNextEnrollment", "", 204); p.EnrollmentState == "blocked" || p.UserlessEnrollmentStatus != "allowed" {
		t.Errorf("%+v", p)
	}
}
