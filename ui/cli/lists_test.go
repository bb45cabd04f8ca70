package cli_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
)

func TestDevicesListAsJSON(t *testing.T) {
	r := run{}
	if code := r.muster(t, newWorld(), "devices list --json"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	want := `{"id":"d-1","partnerId":"d-1","batch":"Spring 1","serial":"SN1","maker":"Dell Inc.","model":"Latitude","policy":{"id":"44444444-4444-4444-4444-444444444444","name":"Office"},"uploaded":"2026-05-04T12:00:00Z"}
{"id":"d-2","partnerId":"d-2","batch":"Spring 1","serial":"SN2"}
{"id":"d-3","partnerId":"d-3","batch":"b2","serial":"SN\u001b[31m3","policy":{"name":"made elsewhere"}}
`
	if diff := cmp.Diff(want, r.out.String()); diff != "" {
		t.Errorf("devices (-want +got):\n%s", diff)
	}
}

func TestDevicesListAsTable(t *testing.T) {
	r := run{}
	if code := r.muster(t, newWorld(), "devices list"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	want := `SERIAL    MAKER      MODEL     BATCH     POLICY          ID
SN1       Dell Inc.  Latitude  Spring 1  Office          d-1
SN2       -          -         Spring 1  -               d-2
SN�[31m3  -          -         b2        made elsewhere  d-3
`
	if diff := cmp.Diff(want, r.out.String()); diff != "" {
		t.Errorf("devices (-want +got):\n%s", diff)
	}
}

func TestListsShowTimesInTheirZone(t *testing.T) {
	r := run{}
	r.muster(t, newWorld(), "batches list")
	if !strings.Contains(r.out.String(), "2026-05-04 14:00 CEST") {
		t.Errorf("local: %s", &r.out)
	}
	r.muster(t, newWorld(), "batches list --utc")
	if !strings.Contains(r.out.String(), "2026-05-04 12:00 UTC") {
		t.Errorf("utc: %s", &r.out)
	}
}

func TestOtherListsAsJSON(t *testing.T) {
	for line, want := range map[string]string{
		"customers list --json": `{"id":"11111111-1111-1111-1111-111111111111","name":"Contoso","domain":"contoso.example"}` + "\n",
		"batches list --json":   `{"id":"Spring 1","devices":2,"created":"2026-05-04T12:00:00Z"}` + "\n" + `{"id":"b2"}` + "\n",
		"policies list --json": `{"id":"33333333-3333-3333-3333-333333333333","name":"Kiosk","settings":["skip_eula"]}` + "\n" +
			`{"id":"44444444-4444-4444-4444-444444444444","name":"Office","settings":[],"assigned":4}` + "\n",
		"bios list --json": `{"id":"55555555-5555-5555-5555-555555555555","name":"Lab","format":"dell","fileName":"lab.cctk","version":2,"perDevicePasswordDisabled":false,"scopeTags":[]}` + "\n",
	} {
		r := run{}
		if code := r.muster(t, newWorld(), line); code != 0 {
			t.Errorf("%s: exit code %d: %s", line, code, &r.err)
		}
		if diff := cmp.Diff(want, r.out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestIncompleteListKeepsItsRows(t *testing.T) {
	w, r := newWorld(), run{}
	w.listErr = &model.Error{Kind: model.Incomplete, Op: "list devices", Msg: "stopped after page 2", Ref: "ref-1"}
	if code := r.muster(t, w, "devices list --json"); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if n := strings.Count(r.out.String(), "\n"); n != 3 {
		t.Errorf("%d rows stayed, want 3", n)
	}
	want := "muster: the list is incomplete: 3 rows read\nmuster: list devices: stopped after page 2 [ref-1]\n"
	if diff := cmp.Diff(want, r.err.String()); diff != "" {
		t.Errorf("stderr (-want +got):\n%s", diff)
	}
}

func TestEmptyList(t *testing.T) {
	w, r := newWorld(), run{}
	w.pages = nil
	if code := r.muster(t, w, "devices list"); code != 0 || r.out.Len() > 0 || r.err.String() != "muster: the customer has no device\n" {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, &r.out, &r.err)
	}
	if code := r.muster(t, w, "devices list --json"); code != 0 || r.out.Len() > 0 || r.err.Len() > 0 {
		t.Errorf("as JSON: exit code %d, stdout %q, stderr %q", code, &r.out, &r.err)
	}
}

func TestJSONOnATerminalIsPrintableASCII(t *testing.T) {
	w, r := newWorld(), run{outTerminal: true}
	w.customers[0].Name = "Zoë\u202e\u009b 😀\x7f"
	r.muster(t, w, "customers list --json")
	for _, c := range r.out.String() {
		if c != '\n' && (c < 0x20 || c > 0x7e) {
			t.Fatalf("%q reaches the terminal in %q", c, &r.out)
		}
	}
	if want := `"name":"Zo\u00eb\u202e\u009b \ud83d\ude00\u007f"`; !strings.Contains(r.out.String(), want) {
		t.Errorf("got %s, want %s in it", &r.out, want)
	}
}

func TestInterruptedListEndsWith130(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := run{ctx: ctx}
	if code := r.muster(t, w, "devices list"); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}
