package simulator_test

import (
	"net/url"
	"testing"

	"muster/client/simulator"
)

func escape(segment string) string { return url.PathEscape(segment) }

func TestUploadShowsUpInLists(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	if got := len(b.batches()); got < 6 {
		t.Fatalf("%d batches, want 6 or more", got)
	}
	r := b.mine("POST", "/deviceBatches", `{"batchId":"LARK 2026 W19","devices":[
		{"serialNumber":"TST-0001","oemManufacturerName":"Dell Inc.","modelName":"Latitude 7450"},
		{"productKey":"3340098124417"}]}`).want(t, 202)
	if j := b.job(r); j.Status != "queued" || j.CompletedTime != "0001-01-01T00:00:00" {
		t.Errorf("at once: %+v", j)
	}
	j := b.finish(r)
	if j.Status != "finished" || len(j.DevicesStatus) != 2 {
		t.Fatalf("in the end: %+v", j)
	}
	if got := b.devices("LARK 2026 W19"); len(got) != 2 || got[0].SerialNumber != "TST-0001" || got[1].ProductKey != "3340098124417" {
		t.Errorf("devices: %+v", got)
	}
}
