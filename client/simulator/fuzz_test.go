package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

// FuzzRequests throws methods, paths, headers and bodies at a simulator that
// has a token; every answer must be a proper one, and none a 500 that nobody
// asked for.
func FuzzRequests(f *testing.F) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	sim, err := simulator.New(simulator.Options{Devices: 300, Now: func() time.Time { return now }, Instance: "fuzz"})
	if err != nil {
		f.Fatal(err)
	}
	ready := sim.Ready(nil)
	c := "/v1/customers/" + ready.Customer
	good := upload("b", tuple("TST-1", "HP", "HP Elite"), `{"hardwareHash":"`+hash("TST-2", "HP", "x")+`"}`)
	for _, s := range [][4]string{
		{"GET", "/v1/customers?size=3&filter={}", "", ""},
		{"GET", "/v1//customers/%zz/" + strings.Repeat("a/", 500), "AAAA", ""},
		{"POST", c + "/deviceBatches", "", good},
		{"POST", c + "/deviceBatches/b/devices", "", "[" + strings.Repeat("[", 500)},
		{"GET", c + "/deviceBatches/%E0%80/devices", "c/W8sPYM4PcAAAAAAAAAZCs=", ""},
		{"PATCH", c + "/DevicePolicyUpdates", "", update("null", "a", "b")},
		{"GET", c + "/batchJobStatus/x", "", ""},
		{"POST", c + "/policies", "", `{"name":"n","category":"none","policySettings":["none","skip_eula"]}`},
		{"PUT", c + "/policies/" + someID, "", `{"id":"` + someID + `","name":"n","policySettings":["none"]}`},
		{"DELETE", c + "/policies/" + someID, "", ""},
		{"PUT", c + "/deviceBatches/b/devices/d", "", `{"id":"d","policies":[{"key":"o_o_b_e","value":null}]}`},
		{"DELETE", c + "/deviceBatches/b/devices/0000-0000-0000-0000-0000-0000-00", "", ""},
		{"POST", "/beta/deviceManagement/hardwareConfigurations", "", `{"displayName":"x","fileName":"y.cctk","configurationFileContent":"QQ==","perDevicePasswordDisabled":true}`},
		{"PATCH", "/beta/deviceManagement/hardwareConfigurations('x''y')", "", "{}"},
		{"GET", "/beta/deviceManagement/managedDevices?$filter=serialNumber%20eq%20'x'%20or%20(not%20y/any(z:z%20eq%20'%00'))&$select=id&$top=2&$count=true", "", ""},
		{"GET", "/v1.0/groups?$search=%22displayName:a%22%20AND%20%22description:b%22&$orderby=displayName&$count=true", "", ""},
		{"POST", "/v1.0/groups/" + someID + "/members/$ref", "", `{"@odata.id":"x/directoryObjects('y')"}`},
		{"DELETE", "/beta/groups('x')/members('y')/$ref", "", ""},
		{"POST", "/v1.0/directoryObjects/getByIds", "", `{"ids":["` + someID + `"],"types":["group"]}`},
		{"POST", "/beta/deviceManagement/hardwareConfigurations/x/assign", "", assignBody(aimAt(includeType, someID, ""))},
		{"GET", "/beta/deviceManagement/hardwarePasswordDetails?$filter=id%20in%20('a','b')&$orderby=id%20desc&$skip=3", "", ""},
		{"GET", "/beta/deviceManagement/hardwareConfigurations('x')/deviceRunStates('y_z')?$expand=*", "", ""},
		{"POST", "/beta/$batch", "", `{"requests":[{"id":"1","method":"get","url":"groups?$top=1"},{"id":"2","method":"POST","url":"//x/y%zz","headers":{"Content-Type":"a"},"body":"QQ","dependsOn":["1"]}]}`},
		{"POST", "/x/oauth2/v2.0/token", "", "grant_type=%zz"},
		{"OPTIONS", "*", "", ""},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, method, path, token, body string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || strings.HasPrefix(u.Path, "/_simulator") || method == "" {
			return // no service would see it
		}
		for _, bearer := range []string{ready.PartnerToken, ready.GraphToken} {
			r := &http.Request{Method: method, URL: u, RequestURI: path, Host: "127.0.0.1", RemoteAddr: "127.0.0.1:1",
				Header: http.Header{"Ms-Continuationtoken": {token}, "Authorization": {"Bearer " + bearer}}, Body: io.NopCloser(strings.NewReader(body))}
			w := httptest.NewRecorder()
			sim.Handler().ServeHTTP(w, r)
			sorry := strings.Contains(w.Body.String(), "Sequence contains no matching element")
			if w.Code < 200 || w.Code >= 500 && !sorry {
				t.Errorf("%s %q: %d %s", method, path, w.Code, w.Body)
			}
		}
	})
}

// FuzzFaults throws bodies at the control interface: each is either taken or
// refused with a reason.
func FuzzFaults(f *testing.F) {
	sim, err := simulator.New(simulator.Options{Devices: 1, Instance: "fuzz"})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{`{"match":"^GET ","status":429,"retryAfter":3,"probability":0.2}`, `{"kind":"slow","delayMs":1}`, `{"kind":"garbage","body":"\u0000"}`, `{"kind":"endless","delayMs":9}`, `{"kind":"nolocation","times":1}`, `{"match":"("}`, `[]`, ``} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, method := range []string{"POST", "DELETE"} {
			r := httptest.NewRequest(method, "http://127.0.0.1/_simulator/faults", strings.NewReader(body))
			r.RemoteAddr = "127.0.0.1:1"
			w := httptest.NewRecorder()
			sim.Handler().ServeHTTP(w, r)
			if w.Code != 201 && w.Code != 204 && (w.Code != 400 || !strings.Contains(w.Body.String(), `"error"`)) {
				t.Errorf("%s %q: %d %s", method, body, w.Code, w.Body)
			}
		}
	})
}
