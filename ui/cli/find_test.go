package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"muster/model"
)

// partner is a world of n customers; the third and the last have the device.
func partner(n int) *world {
	w := newWorld()
	w.customers, w.pagesOf, w.errOf = nil, map[model.CustomerID][]model.DevicePage{}, map[model.CustomerID]error{}
	for i := range n {
		c := model.Customer{ID: model.CustomerID(fmt.Sprintf("00000000-0000-0000-0000-%012d", i)), Name: fmt.Sprintf("Customer %d", i)}
		w.customers = append(w.customers, c)
		d := model.Device{ID: model.DeviceID(fmt.Sprint("d-", i)), Serial: "OTHER"}
		if i == 2 || i == n-1 {
			d.Serial = "Wanted-1"
		}
		w.pagesOf[c.ID] = []model.DevicePage{{Devices: []model.Device{d, {ID: "x", Serial: "WANTED-12"}}}}
	}
	return w
}

func TestFindAcrossCustomers(t *testing.T) {
	w, r := partner(50), run{}
	if code := r.muster(t, w, "devices find wanted-1 --json"); code != 0 || r.err.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, &r.err)
	}
	var got []string
	for line := range strings.Lines(r.out.String()) {
		var f struct {
			ID, Serial string
			Customer   struct{ ID, Name string }
		}
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		got = append(got, f.Customer.Name+" "+f.ID)
	}
	if want := "Customer 2 d-2, Customer 49 d-49"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if code := r.args(w, "devices", "find", "WANTED-1", "--customer", "Customer 2"); code != 0 || strings.Contains(r.out.String(), "d-49") || !strings.Contains(r.out.String(), "d-2") {
		t.Errorf("one customer: exit code %d, stdout %q", code, &r.out)
	}
}

func TestFindSaysWhatItCouldNotRead(t *testing.T) {
	w, r := partner(6), run{}
	w.errOf[w.customers[4].ID] = &model.Error{Kind: model.Forbidden, Msg: "no\x1b[2J"}
	if code := r.muster(t, w, "devices find WANTED-1 --json"); code != 3 || strings.Count(r.out.String(), "\n") != 2 {
		t.Errorf("exit code %d, want 3; stdout %q", code, &r.out)
	}
	for _, want := range []string{"customer Customer 4 (", "no\ufffd[2J", "2 devices found; 1 of 6 customers could not be read"} {
		if !strings.Contains(r.err.String(), want) {
			t.Errorf("stderr %q does not say %q", &r.err, want)
		}
	}
	w = partner(6)
	w.customerErr = &model.Error{Kind: model.Incomplete, Msg: "stopped after page 1"}
	if code := r.muster(t, w, "devices find WANTED-1 --json"); code != 3 || strings.Count(r.out.String(), "\n") != 2 || !strings.Contains(r.err.String(), "list of customers is incomplete") {
		t.Errorf("part of the customers: exit code %d; stdout %q, stderr %q", code, &r.out, &r.err)
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := run{ctx: ctx}
	if code := r.muster(t, partner(50), "devices find WANTED-1"); code != 130 {
		t.Errorf("exit code %d, want 130: %s", code, &r.err)
	}
}

func TestDevicesListFilter(t *testing.T) {
	for filter, want := range map[string]string{"serial:sn1": "d-1", "policy:office": "d-1", "batch:b2": "d-3", "!latitude": "d-2 d-3", `id:"d-2"`: "d-2", "uploaded:2026": "d-1", "uploaded:>=2026": "d-1", "uploaded:<2026": "", "age:<1d": "d-1", "age:>1d": "", "~lttd": "d-1", "": "d-1 d-2 d-3"} {
		r := run{}
		if code := r.args(newWorld(), "devices", "list", "--json", "--filter", filter); code != 0 {
			t.Fatalf("exit code %d: %s", code, &r.err)
		}
		var got []string
		for line := range strings.Lines(r.out.String()) {
			var d struct{ ID string }
			if err := json.Unmarshal([]byte(line), &d); err != nil {
				t.Fatal(err)
			}
			got = append(got, d.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", filter, got, want)
		}
	}
	r := run{}
	if code := r.args(newWorld(), "devices", "list", "--filter", strings.Repeat("x", 2000)); code != 2 {
		t.Errorf("too long a filter: exit code %d, want 2", code)
	}
	w := newWorld()
	w.listErr = &model.Error{Kind: model.Incomplete, Msg: "stopped"}
	if code := r.args(w, "devices", "list", "--filter", "sn1"); code != 1 || !strings.Contains(r.err.String(), "incomplete") {
		t.Errorf("part of a list: exit code %d: %s", code, &r.err)
	}
}
