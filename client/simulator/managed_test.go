package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type managedView struct {
	Context                                             string `json:"@odata.context"`
	ID, DeviceName, SerialNumber, AzureADDeviceID       string
	OperatingSystem, UserPrincipalName, ComplianceState string
	LastSyncDateTime, EnrolledDateTime, Manufacturer    string
	AutopilotEnrolled                                   *bool
	HardwareInformation                                 map[string]any
}

// setView is a list of Graph.
type setView[T any] struct {
	Context string `json:"@odata.context"`
	Count   *int   `json:"@odata.count"`
	Next    string `json:"@odata.nextLink"`
	Value   []T
}

// directory calls Graph below a version, with the first customer's token.
func (b *bench) directory(method, path, body string, header ...string) reply {
	b.t.Helper()
	q := request{method: method, url: strings.TrimSuffix(b.ready.Graph, "/beta") + path, body: body, token: b.ready.GraphToken, header: map[string]string{}}
	for i := 0; i+1 < len(header); i += 2 {
		q.header[header[i]] = header[i+1]
	}
	return b.do(q)
}

// walk reads all pages of a list; each next link must lead below the same
// version, and none come twice.
func walk[T any](b *bench, path string, header ...string) (all []T, pages int) {
	b.t.Helper()
	root := strings.TrimSuffix(b.ready.Graph, "/beta")
	version := root + path[:strings.IndexByte(path[1:], '/')+1] + "/"
	seen := map[string]bool{}
	for pages = 1; ; pages++ {
		set := read[setView[T]](b.t, b.directory("GET", path, "", header...).want(b.t, 200))
		all = append(all, set.Value...)
		if set.Next == "" {
			return all, pages
		}
		if !strings.HasPrefix(set.Next, version) || seen[set.Next] {
			b.t.Fatalf("next link %q after %q", set.Next, path)
		}
		seen[set.Next] = true
		path = strings.TrimPrefix(set.Next, root)
	}
}

func filter(text string) string { return "?$filter=" + url.QueryEscape(text) }

func TestManagedDevicesPageByPage(t *testing.T) {
	b := start(t, simulator.Options{Devices: 2000})
	for _, root := range []string{"/v1.0", "/beta"} {
		all, pages := walk[managedView](b, root+"/deviceManagement/managedDevices")
		if len(all) < 1100 || len(all) > 1400 || pages != 2 {
			t.Fatalf("%d devices on %d pages", len(all), pages)
		}
		seen := map[string]bool{}
		for _, m := range all {
			if seen[m.ID] || m.DeviceName == "" || len(m.EnrolledDateTime) != 28 || (m.AutopilotEnrolled != nil) != (root == "/beta") || m.HardwareInformation != nil {
				t.Fatalf("%+v", m)
			}
			seen[m.ID] = true
		}
		small, pages := walk[managedView](b, root+"/deviceManagement/managedDevices?$top=300&$select=id,serialNumber")
		if len(small) != len(all) || pages != (len(all)+299)/300 || small[0].ID != all[0].ID || small[0].SerialNumber == "" || small[0].DeviceName != "" {
			t.Errorf("%d devices on %d pages of 300, first %+v", len(small), pages, small[0])
		}
	}
}

func TestManagedDeviceFilters(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	set := func(query string) setView[managedView] {
		t.Helper()
		return read[setView[managedView]](t, b.directory("GET", "/beta/deviceManagement/managedDevices"+query, "").want(t, 200))
	}
	all := set("").Value
	one := all[3]
	windows := 0
	for _, m := range all {
		if m.OperatingSystem == "Windows" {
			windows++
		}
	}
	for query, want := range map[string]int{
		filter("serialNumber eq '" + strings.ToLower(one.SerialNumber) + "'"):                               1,
		filter("serialNumber eq 'Default string'"):                                                          2,
		filter("serialNumber eq 'nobody''s'"):                                                               0,
		filter("azureADDeviceId eq '" + one.AzureADDeviceID + "'"):                                          1,
		filter("azureADDeviceId eq '" + one.ID + "'"):                                                       0,
		filter("operatingSystem eq 'Windows'"):                                                              windows,
		filter("startsWith(deviceName,'BENCH-')"):                                                           2,
		filter("operatingSystem eq 'Windows' and startsWith(deviceName,'BENCH-PC-1')"):                      1,
		filter("(operatingSystem eq 'iOS' or operatingSystem eq 'Android')"):                                2,
		filter("operatingSystem eq 'iOS' or serialNumber eq '" + one.SerialNumber + "'"):                    1,
		filter("model eq 'nothing of the kind'"):                                                            len(all),
		filter("contains(deviceName,'zzz')"):                                                                len(all),
		filter("not (operatingSystem eq 'Windows')"):                                                        len(all),
		filter("lastSyncDateTime gt 2099-01-01T00:00:00Z"):                                                  len(all),
		filter("serialNumber eq '"+one.SerialNumber+"' and complianceState eq 'compliant'") + "&$select=id": len(all),
		"?$count=true&$top=1&" + strings.TrimPrefix(filter("operatingSystem eq 'Windows'"), "?"):            1,
	} {
		got := set(query)
		if len(got.Value) != want {
			t.Errorf("%s: %d devices, want %d", query, len(got.Value), want)
		}
		if strings.Contains(query, "$count") && (got.Count == nil || *got.Count != windows) {
			t.Errorf("%s: count %v, want %d", query, got.Count, windows)
		}
	}
	for _, query := range []string{filter("serialNumber eq"), filter("serialNumber eq 'x"), filter("(((x"), "?$top=0", "?$top=x", "?$skiptoken=x", "?$select=nonsense", "?$count=perhaps"} {
		b.directory("GET", "/beta/deviceManagement/managedDevices"+query, "").want(t, 400)
	}
}

func TestManagedDeviceIsReadInBothForms(t *testing.T) {
	b := start(t, simulator.Options{Devices: 50})
	all, _ := walk[managedView](b, "/beta/deviceManagement/managedDevices")
	for _, m := range all {
		for _, path := range []string{"/beta/deviceManagement/managedDevices/" + m.ID, "/beta/devicemanagement/manageddevices('" + strings.ToUpper(m.ID) + "')"} {
			one := read[managedView](t, b.directory("GET", path, "").want(t, 200))
			if one.ID != m.ID || one.SerialNumber != m.SerialNumber || one.HardwareInformation["serialNumber"] != m.SerialNumber ||
				!strings.HasSuffix(one.Context, "/beta/$metadata#deviceManagement/managedDevices/$entity") {
				t.Errorf("%s: %+v", path, one)
			}
		}
	}
	small := b.directory("GET", "/v1.0/deviceManagement/managedDevices/"+all[0].ID+"?$select=deviceName", "").want(t, 200)
	if want := fmt.Sprintf(`{"@odata.context":"%s/v1.0/$metadata#deviceManagement/managedDevices(deviceName)/$entity","deviceName":%q}`, strings.TrimSuffix(b.ready.Graph, "/beta"), all[0].DeviceName); string(small.body) != want {
		t.Errorf("%s, want %s", small.body, want)
	}
	b.directory("GET", "/beta/deviceManagement/managedDevices/"+someID, "").want(t, 404)
}

func TestManagedDeviceDeleteAndSync(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200})
	list := "/beta/deviceManagement/managedDevices"
	all, _ := walk[managedView](b, list)
	moved := 0
	for _, m := range all[:20] {
		b.directory("POST", list+"/"+m.ID+"/syncDevice", "{}").want(t, 204)
	}
	b.watch.forward(time.Minute)
	for _, m := range all[:20] {
		if read[managedView](t, b.directory("GET", list+"/"+m.ID, "").want(t, 200)).LastSyncDateTime > m.LastSyncDateTime {
			moved++
		}
	}
	if moved < 10 {
		t.Errorf("%d of 20 devices checked in", moved)
	}
	stray := all[len(all)-1]
	for _, id := range []string{all[0].ID, stray.ID} {
		b.directory("DELETE", list+"/"+id, "").want(t, 204)
		b.directory("DELETE", list+"/"+id, "").want(t, 404)
		b.directory("GET", list+"/"+id, "").want(t, 404)
		b.directory("POST", list+"/"+id+"/syncDevice", "").want(t, 404)
	}
	if left, _ := walk[managedView](b, list); len(left) != len(all)-2 {
		t.Errorf("%d devices are left of %d", len(left), len(all))
	}
	b.directory("PATCH", list+"/"+all[1].ID, "{}").want(t, 400)
	tokens := read[map[string]string](t, b.control("GET", "/tokens", ""))
	b.do(request{method: "DELETE", url: b.ready.Graph + "/deviceManagement/managedDevices/" + all[1].ID, token: tokens["graphReadOnly"]}).want(t, 403)
}
