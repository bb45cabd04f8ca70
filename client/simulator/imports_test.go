package simulator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

const imports = "/importedWindowsAutopilotDeviceIdentities"

type importView struct {
	Context                                          string `json:"@odata.context"`
	ID, GroupTag, SerialNumber, ProductKey, ImportID string
	HardwareIdentifier                               *string
	AssignedUserPrincipalName                        string
	State                                            struct {
		DeviceImportStatus, DeviceRegistrationID, DeviceErrorName string
		DeviceErrorCode                                           int
	}
}

func importBody(serial, hash, tag string) string {
	return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.importedWindowsAutopilotDeviceIdentity","groupTag":%q,"serialNumber":%q,"productKey":"","hardwareIdentifier":%q,
		"assignedUserPrincipalName":"","state":{"@odata.type":"microsoft.graph.importedWindowsAutopilotDeviceIdentityState","deviceImportStatus":"pending","deviceRegistrationId":"",
		"deviceErrorCode":0,"deviceErrorName":""}}`, tag, serial, hash)
}

// shortened is the hash of a documentation's sample.
const shortened = "T0FCMUFRQVVBQUFB"

func (b *bench) ticket(id string) importView {
	b.t.Helper()
	return read[importView](b.t, b.graph("GET", imports+"/"+id, "").want(b.t, 200))
}

func TestAnImportIsUnknownUntilItIsDone(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100})
	user := b.person()
	body := strings.Replace(importBody("9XW5B44", hash("9XW5B44", "Dell Inc.", "Latitude 7450"), "CLINIC-FRONT"), `"assignedUserPrincipalName":""`, fmt.Sprintf(`"assignedUserPrincipalName":%q`, user), 1)
	got := b.graph("POST", imports, body).want(t, 201)
	made := read[importView](t, got)
	if made.State.DeviceImportStatus != "unknown" || made.ImportID != made.ID || made.ProductKey != made.ID || made.GroupTag != "CLINIC-FRONT" || made.AssignedUserPrincipalName != user ||
		made.State.DeviceErrorName != "" || made.Context != b.ready.Graph+"/$metadata#deviceManagement/importedWindowsAutopilotDeviceIdentities/$entity" || !strings.Contains(string(got.body), `"hardwareIdentifier":null`) {
		t.Errorf("%s", got.body)
	}
	b.watch.forward(59 * time.Second)
	if now := b.ticket(made.ID); now.State != made.State {
		t.Errorf("%+v", now)
	}
	b.watch.forward(36 * time.Second)
	now := b.ticket(made.ID)
	if now.State.DeviceImportStatus != "complete" || now.State.DeviceErrorCode != 0 || now.State.DeviceErrorName != "None" {
		t.Fatalf("%+v", now)
	}
	p := b.pilot(now.State.DeviceRegistrationID)
	if p.SerialNumber != "9XW5B44" || p.GroupTag != "CLINIC-FRONT" || p.Model != "Latitude 7450" || p.UserPrincipalName != user || p.EnrollmentState != "notContacted" {
		t.Errorf("%+v", p)
	}
	// Another tenant and Partner Center know it from now on.
	job := b.finish(b.mine("POST", "/deviceBatches", upload("x", `{"serialNumber":"9XW5B44","oemManufacturerName":"Dell Inc.","modelName":"Latitude 7450"}`)))
	if job.DevicesStatus[0].ErrorCode != "806" {
		t.Errorf("%+v", job)
	}
	b.graph("PATCH", imports+"/"+made.ID, `{}`).want(t, 400)
	b.graph("DELETE", imports+"/"+made.ID, "").want(t, 204)
	b.graph("DELETE", imports+"/"+made.ID, "").want(t, 404)
	b.graph("GET", imports+"/"+made.ID, "").want(t, 404)
	b.pilot(p.ID)
	b.graph("DELETE", pilots+"/"+p.ID, "").want(t, 204)
	b.watch.forward(time.Hour)
	b.graph("GET", pilots+"/"+p.ID, "").want(t, 404)
	again := read[importView](t, b.graph("POST", imports, body).want(t, 201))
	b.watch.forward(2 * time.Minute)
	if now := b.ticket(again.ID); now.State.DeviceImportStatus != "complete" {
		t.Errorf("after it was deleted: %+v", now)
	}
}

func TestWhatBecomesOfImports(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	all := b.pilots()
	mine := some(t, all, func(p pilotView) bool { return physical(p) && p.SerialNumber != "Default string" })
	theirs := ""
	for _, c := range read[stateView](t, b.control("GET", "/state", "")).Customers[1:] {
		if c.Devices > 0 && !c.Forbidden {
			token := read[map[string]string](t, b.control("GET", "/tokens?customer="+c.ID, ""))["graph"]
			theirs = read[setView[pilotView]](t, b.do(request{method: "GET", url: b.ready.Graph + "/deviceManagement" + pilots + "?$top=1", token: token}).want(t, 200)).Value[0].SerialNumber
			break
		}
	}
	whole := hash("INHASH1", "HP", "HP EliteBook 840 14 inch G11 Notebook PC")
	rows := []struct{ name, serial, hash, want string }{
		{"fine", "FINE001", hash("FINE001", "Dell Inc.", "Latitude 7450"), "complete 0 None"},
		{"shortened sample", "FINE002", shortened, "complete 0 None"},
		{"serial from the hash", "", whole, "complete 0 None"},
		{"again in one list", "FINE001", hash("FINE001", "Dell Inc.", "Latitude 7450"), "error 806 ZtdDeviceAlreadyAssigned"},
		{"already ours", mine.SerialNumber, shortened, "error 806 ZtdDeviceAlreadyAssigned"},
		{"already theirs", theirs, shortened, "error 808 ZtdDeviceAssignedToOtherTenant"},
		{"damaged", "FINE003", broken("FINE003", 40), "error 802 InvalidZtdHardwareHash"},
		{"no hash", "FINE004", "", "error 802 InvalidZtdHardwareHash"},
		{"no mark", "FINE005", "AAAA", "error 802 InvalidZtdHardwareHash"},
		{"nothing to know it by", "", shortened, "error 803 MissingZtdSerialNumberAndProductKey"},
		{"magic", "SIM-640-1", shortened, "error 640 StorageError"},
		{"magic inside", "FINE006", hash("SIM-801-7", "Dell Inc.", "Latitude 7450"), "error 801 InvalidZtdRequestBody"},
	}
	var bodies []string
	for _, r := range rows {
		bodies = append(bodies, importBody(r.serial, r.hash, "bulk"))
	}
	got := b.graph("POST", imports+"/import", `{"importedWindowsAutopilotDeviceIdentities":[`+strings.Join(bodies, ",")+`]}`).want(t, 200)
	made := read[setView[importView]](t, got)
	if len(made.Value) != len(rows) || made.Context != b.ready.Graph+"/$metadata#Collection(microsoft.graph.importedWindowsAutopilotDeviceIdentity)" {
		t.Fatalf("%s", got.body)
	}
	b.watch.forward(5 * time.Minute)
	for i, r := range rows {
		s := b.ticket(made.Value[i].ID).State
		if have := fmt.Sprintf("%s %d %s", s.DeviceImportStatus, s.DeviceErrorCode, s.DeviceErrorName); have != r.want || (s.DeviceRegistrationID != "") != strings.HasPrefix(r.want, "complete") {
			t.Errorf("%s: %s, want %s", r.name, have, r.want)
		}
	}
	if now := b.pilots(); len(now) != len(all)+3 {
		t.Errorf("%d identities, before %d", len(now), len(all))
	}
	p := some(t, b.pilots(), func(p pilotView) bool { return p.SerialNumber == "INHASH1" })
	if p.Manufacturer != "HP" || p.GroupTag != "bulk" {
		t.Errorf("%+v", p)
	}
}

func TestImportsAreListedAndRefused(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	before, _ := walk[importView](b, "/beta/deviceManagement"+imports)
	states := map[string]int{}
	for _, one := range before {
		states[fmt.Sprint(one.State.DeviceImportStatus, one.State.DeviceErrorCode)]++
	}
	if states["complete0"] == 0 || states["error806"] == 0 || states["error808"] == 0 {
		t.Errorf("left over by others: %v", slices.Sorted(maps.Keys(states)))
	}
	for i := range 5 {
		b.graph("POST", imports, importBody(fmt.Sprintf("LIST%03d", i), shortened, "")).want(t, 201)
	}
	all, pages := walk[importView](b, "/v1.0/deviceManagement"+imports+"?$top=2")
	if len(all) != len(before)+5 || pages != (len(all)+1)/2 {
		t.Errorf("%d imports on %d pages", len(all), pages)
	}
	if got := read[setView[importView]](t, b.graph("GET", imports+filter("contains(serialNumber,'list00')"), "").want(t, 200)).Value; len(got) != 5 {
		t.Errorf("%d of the filter", len(got))
	}
	for _, q := range []string{filter("serialNumber eq 'LIST001'"), filter("contains(serialNumber,'a-b')"), filter("contains(groupTag,'x')"), "?$search=x", "?$orderby=serialNumber", "?$skiptoken=x"} {
		b.graph("GET", imports+q, "").want(t, 400)
	}
	b.control("POST", "/switches", `{"lenient-filter":true}`).want(t, 200)
	if got := read[setView[importView]](t, b.graph("GET", imports+filter("serialNumber eq 'LIST001'"), "").want(t, 200)).Value; len(got) != 1 {
		t.Errorf("%d of the lenient filter", len(got))
	}
	for _, body := range []string{"", "x", "[]", `{"serialNumber":5}`, importBody("X", "not base64!", ""), strings.Replace(importBody("X", shortened, ""), `"pending"`, `"done"`, 1),
		importBody(strings.Repeat("x", 3000), shortened, "")} {
		b.graph("POST", imports, body).want(t, 400)
	}
	for _, body := range []string{"", `{}`, `{"importedWindowsAutopilotDeviceIdentities":[` + importBody("GOOD001", shortened, "") + `,` + importBody("X", "!", "") + `]}`} {
		b.graph("POST", imports+"/import", body).want(t, 400)
	}
	if now, _ := walk[importView](b, "/beta/deviceManagement"+imports); len(now) != len(all) {
		t.Errorf("%d imports, want %d", len(now), len(all))
	}
	if e := read[graphErrorView](t, b.graph("GET", "/importedWindowsAutopilotDeviceIdentityUploads", "").want(t, 400)).Error; !strings.Contains(e.Message, "Resource not found for the segment") {
		t.Errorf("%+v", e)
	}
}

func TestImportsCanBeStuck(t *testing.T) {
	b := start(t, simulator.Options{Devices: 100, Faults: []string{"imports-unknown"}})
	made := read[importView](t, b.graph("POST", imports, importBody("STUCK01", shortened, "")).want(t, 201))
	b.watch.forward(time.Hour)
	if now := b.ticket(made.ID); now.State.DeviceImportStatus != "unknown" {
		t.Errorf("%+v", now)
	}
	b.control("POST", "/switches", `{"imports-unknown":false}`).want(t, 200)
	if now := b.ticket(made.ID); now.State.DeviceImportStatus != "complete" {
		t.Errorf("%+v", now)
	}
}
