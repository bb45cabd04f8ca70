package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/auth"
	"muster/client/rest"
	"muster/model"
	"muster/model/beside"
)

// pages serves n pages of 1000 Autopilot devices, each after a delay.
func pages(b *testing.B, n int, delay time.Duration) *httptest.Server {
	var bodies [][]byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := 0
		if _, err := fmt.Sscan(r.URL.Query().Get("$skiptoken"), &at); err != nil && r.URL.RawQuery != "" || at >= len(bodies) {
			http.Error(w, "no such page", http.StatusBadRequest)
			return
		}
		<-time.After(delay)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bodies[at])
	}))
	b.Cleanup(srv.Close)
	for i := range n {
		next := ""
		if i < n-1 {
			next = srv.URL + "/beta/" + strings.Join(autopilotPath(), "/") + "?$skiptoken=" + fmt.Sprint(i+1)
		}
		bodies = append(bodies, autopilotPage(i, next))
	}
	return srv
}

// plainDevice is a device as a program with nothing but the standard library decodes it.
type plainDevice struct {
	ID, SerialNumber, Manufacturer, Model, SystemFamily, SkuNumber, ProductKey, GroupTag, OrderIdentifier, PurchaseOrderIdentifier,
	DisplayName, AddressableUserName, UserPrincipalName, ResourceName, EnrollmentState, ManagedDeviceID, AzureAdDeviceID, AzureActiveDirectoryDeviceID,
	DeploymentProfileAssignmentStatus, DeploymentProfileAssignmentDetailedStatus, RemediationState, UserlessEnrollmentStatus, DeviceAccountUpn, DeviceFriendlyName string
	LastContactedDateTime, DeploymentProfileAssignedDateTime, RemediationStateLastModifiedDateTime time.Time
}

type plainList struct {
	Value []plainDevice `json:"value"`
	Next  string        `json:"@odata.nextLink"`
}

// BenchmarkList reads 100 000 Autopilot devices from a server on this machine, through
// all of the client, and with net/http and encoding/json alone beside it. The server's
// own work is in both.
func BenchmarkList(b *testing.B) {
	const n = 100
	srv := pages(b, n, 0)
	var first time.Duration
	c := reading(b, srv.URL)
	ours := func() {
		began, got := time.Now(), 0
		for page, err := range c.AutopilotDevices(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
			if got == 0 {
				first += time.Since(began)
			}
			got += len(page)
		}
		if got != n*1000 {
			b.Fatalf("got %d devices", got)
		}
	}
	theirs := func() {
		got := 0
		for next := srv.URL + "/beta/" + strings.Join(autopilotPath(), "/"); next != ""; {
			l, err := plainGet(next)
			if err != nil {
				b.Fatal(err)
			}
			got, next = got+len(l.Value), l.Next
		}
		if got != n*1000 {
			b.Fatalf("got %d devices", got)
		}
	}
	beside.Run(b, "encoding/json", ours, theirs)
	b.ReportMetric(float64(first)/float64(b.N), "first-page-ns")
}

// BenchmarkListWaits reads 20 pages from a server that takes 100 ms for each. What is
// over 1 is what the client adds to the service's own time: decoding and the pace.
func BenchmarkListWaits(b *testing.B) {
	const n, delay = 20, 100 * time.Millisecond
	srv := pages(b, n, delay)
	c := reading(b, srv.URL)
	for b.Loop() {
		for _, err := range c.AutopilotDevices(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(n*delay), "x-pages-by-delay")
}

// reading returns a client of the server at an address.
func reading(b *testing.B, address string) *Client {
	base, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	r, err := rest.New(rest.Options{Service: rest.Graph, Base: base, Credential: auth.Static(model.NewSecret("token"))})
	if err != nil {
		b.Fatal(err)
	}
	return New(r)
}

func plainGet(address string) (plainList, error) {
	var l plainList
	resp, err := http.Get(address)
	if err != nil {
		return l, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(body, &l)
}
