package graph

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"muster/client/rest"
	"muster/model/beside"
)

// autopilotPage is page n of a list of Autopilot devices as the service sends it:
// 1000 of them, 850 bytes each, most values different.
func autopilotPage(n int, next string) []byte {
	makers := []string{"Dell Inc.", "LENOVO", "HP", "Microsoft Corporation"}
	models := []string{"Latitude 7450", "ThinkPad T14 Gen 5", "HP EliteBook 840 G11", "Surface Laptop 6", "OptiPlex Micro 7020"}
	var b strings.Builder
	b.WriteString(`{"@odata.context":"https://graph.microsoft.com/beta/$metadata#deviceManagement/windowsAutopilotDeviceIdentities"`)
	if next != "" {
		fmt.Fprintf(&b, `,"@odata.nextLink":%q`, next)
	}
	b.WriteString(`,"value":[`)
	for i := n * 1000; i < n*1000+1000; i++ {
		if i%1000 > 0 {
			b.WriteByte(',')
		}
		guid := func(kind int) string {
			return fmt.Sprintf("%08x-%04x-4b7a-9c11-%012x", i*2654435761&0xffffffff, kind, i)
		}
		at := time.Date(2026, 8, 1, 0, 0, i, (i*7919%10_000_000)*100, time.UTC).Format(time.RFC3339Nano)
		fmt.Fprintf(&b, `{"id":"%s","deploymentProfileAssignmentStatus":"assignedInSync","deploymentProfileAssignmentDetailedStatus":"none","deploymentProfileAssignedDateTime":"%s",`+
			`"groupTag":"CLINIC-%d","purchaseOrderIdentifier":"PO-%d","serialNumber":"7Q%07d","productKey":"","manufacturer":"%s","model":"%s","enrollmentState":"enrolled",`+
			`"lastContactedDateTime":"%s","addressableUserName":"Ann Example","userPrincipalName":"user%d@example.com","resourceName":"","skuNumber":"0CB7","systemFamily":"Latitude",`+
			`"azureActiveDirectoryDeviceId":"%s","azureAdDeviceId":"%s","managedDeviceId":"%s","displayName":"FJL-%d","deviceAccountUpn":"","deviceAccountPassword":"","deviceFriendlyName":"",`+
			`"remediationState":"noRemediationRequired","remediationStateLastModifiedDateTime":"%s","userlessEnrollmentStatus":"allowed"}`,
			guid(1), at, i%40, i/50, i, makers[i%4], models[i%5], at, i, guid(2), guid(2), guid(3), i, at)
	}
	b.WriteString("]}")
	return []byte(b.String())
}

// BenchmarkDecode reads a page of 1000 Autopilot devices, with encoding/json beside it.
func BenchmarkDecode(b *testing.B) {
	page := autopilotPage(0, "")
	a := &rest.Answer{Body: page}
	ours := func() {
		if got, err := rest.Decode[collection[autopilotDevice]]("x", a); err != nil || len(got.Value) != 1000 {
			b.Fatal(err, len(got.Value))
		}
	}
	theirs := func() {
		var want collection[autopilotDevice]
		if err := json.Unmarshal(page, &want); err != nil || len(want.Value) != 1000 {
			b.Fatal(err)
		}
	}
	beside.Run(b, "encoding/json", ours, theirs)
	b.ReportMetric(testing.AllocsPerRun(5, ours), "allocs/op")
	b.ReportMetric(testing.AllocsPerRun(5, theirs), "encoding/json-allocs/op")
}

// FuzzDecodeList reads any body as the list of Autopilot devices and as encoding/json
// reads it: the same devices, or an error of both.
func FuzzDecodeList(f *testing.F) {
	page := string(exchange(f, "autopilot-devices"))
	f.Add(page)
	f.Add(strings.ReplaceAll(strings.ToUpper(page), "NULL", "null"))
	f.Add(strings.ReplaceAll(page, `""`, "null"))
	f.Add(strings.ReplaceAll(page, `""`, `{"a":[1,true]}`))
	f.Add(`{"value":[{"id":"a","serialNumber":1e5,"serialNumber":null,"unknown":[{}],"model":"\u00e9\ud800` + "\xff" + `"}],"value":[{"groupTag":"x"}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := rest.Decode[collection[autopilotDevice]]("x", &rest.Answer{Body: []byte(body)})
		var want collection[autopilotDevice]
		if other := json.Unmarshal([]byte(body), &want); (err == nil) != (other == nil) {
			t.Fatalf("%q: got %v, encoding/json says %v", body, err, other)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\ngot  %+v\nwant %+v", body, got, want)
		}
	})
}
