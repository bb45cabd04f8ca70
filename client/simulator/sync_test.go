package simulator_test

import (
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type settingsView struct {
	Context                                                         string `json:"@odata.context"`
	ID, LastSyncDateTime, LastManualSyncTriggerDateTime, SyncStatus string
}

func TestSyncOnceInTenMinutes(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	const path = "/windowsAutopilotSettings"
	settings := func() settingsView { return read[settingsView](t, b.graph("GET", path, "").want(t, 200)) }
	first := settings()
	if first.SyncStatus != "completed" || len(first.ID) != 36 || first.Context != b.ready.Graph+"/$metadata#deviceManagement/windowsAutopilotSettings/$entity" {
		t.Errorf("%+v", first)
	}
	b.graph("POST", path+"/sync", "").want(t, 204)
	running := settings()
	if running.SyncStatus != "inProgress" || running.LastSyncDateTime != first.LastSyncDateTime || running.LastManualSyncTriggerDateTime != "2026-06-01T08:00:00.0000000Z" {
		t.Errorf("%+v", running)
	}
	if e := read[graphErrorView](t, b.graph("POST", path+"/sync", "").want(t, 409)).Error; e.Code != "Conflict" {
		t.Errorf("%+v", e)
	}
	b.watch.forward(time.Minute)
	if done := settings(); done.SyncStatus != "completed" || done.LastSyncDateTime != "2026-06-01T08:00:20.0000000Z" {
		t.Errorf("%+v", done)
	}
	got := b.graph("POST", path+"/sync", "").want(t, 429)
	if e := read[graphErrorView](t, got).Error; e.Code != "TooManyRequests" || got.header.Get("Retry-After") != "540" || !strings.Contains(e.Message, `"RetryAfter": 540`) {
		t.Errorf("%+v, Retry-After %q", e, got.header.Get("Retry-After"))
	}
	b.control("POST", "/switches", `{"no-retry-after":true}`).want(t, 200)
	if got := b.graph("POST", path+"/sync", "").want(t, 429); got.header.Get("Retry-After") != "" {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
	b.watch.forward(9 * time.Minute)
	b.graph("POST", path+"/sync", "").want(t, 204)
	b.graph("PATCH", path, "{}").want(t, 400)
	b.watch.forward(48 * time.Hour)
	if later := settings(); later.LastSyncDateTime < "2026-06-03T07" || later.LastManualSyncTriggerDateTime != "2026-06-01T08:10:00.0000000Z" {
		t.Errorf("two days later: %+v", later)
	}
}
