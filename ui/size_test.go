package ui_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// Partners of full size, on the screen.

func TestFourHundredCustomersAreListedWhole(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 10, Customers: 400})
	o := w.options(t)
	o.Customer = ""
	w.fault(t, `{"match": "^GET .*/customers$", "kind": "slow", "delayMs": 300}`)
	s := start(t, o)
	s.WaitFor("Reading customers")
	if screen := s.Screen(); strings.Contains(screen, "customers · as of") {
		t.Errorf("the list is called read before it is:\n%s", screen)
	}
	s.WaitFor("400 customers · as of")
	names := w.customerNames(t)
	s.WaitFor("▌ " + names[0])
	s.Type("G")
	s.WaitFor("▌ " + names[399])
}

// customerNames reads the names of the partner's customers, as the service orders them.
func (w *world) customerNames(t *testing.T) (out []string) {
	t.Helper()
	var list struct {
		Items []struct{ CompanyProfile struct{ CompanyName string } }
	}
	if err := json.Unmarshal(w.get(t, "/v1/customers?size=500"), &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list.Items {
		out = append(out, c.CompanyProfile.CompanyName)
	}
	return out
}

func (w *world) get(t *testing.T, path string) []byte {
	t.Helper()
	_, body := w.ask(t, http.MethodGet, path, "")
	return body
}

// ask asks Partner Center for something, as somebody else.
func (w *world) ask(t *testing.T, method, path, body string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, w.ready.Partner+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.ready.PartnerToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s %v", method, path, res.Status, raw, err)
	}
	return res, bytes.TrimPrefix(raw, []byte("\ufeff"))
}

// batch makes a batch of so many machines, whose serials begin with prefix, and waits
// until the service has them.
func (w *world) batch(t *testing.T, name, prefix string, n int) {
	t.Helper()
	type device struct {
		Serial string `json:"serialNumber"`
		Maker  string `json:"oemManufacturerName"`
		Model  string `json:"modelName"`
	}
	devices := make([]device, n)
	for i := range devices {
		devices[i] = device{fmt.Sprintf("%s%04d", prefix, i), "Dell Inc.", "Latitude 7450"}
	}
	body, err := json.Marshal(map[string]any{"batchId": name, "devices": devices})
	if err != nil {
		t.Fatal(err)
	}
	w.job(t, http.MethodPost, "deviceBatches", string(body))
}

// job asks for what becomes a job, and waits for its end.
func (w *world) job(t *testing.T, method, path, body string) {
	t.Helper()
	customer := "/v1/customers/" + w.ready.Customer + "/"
	res, _ := w.ask(t, method, customer+path, body)
	at := res.Header.Get("Location")
	id := at[strings.LastIndexByte(at, '/')+1:]
	for deadline := time.Now().Add(uitest.Patience); ; {
		var job struct{ Status string }
		if err := json.Unmarshal(w.get(t, customer+"batchJobStatus/"+id), &job); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(job.Status, "finished") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("job %s is %s", id, job.Status)
		}
	}
}

var readingOf = regexp.MustCompile(`reading ([\d ]+) of ([\d ]+\d)`)

// The count rises, never beyond what there is, is whole at the end, and a reading that
// nobody wants any more ends.
func TestTwoHundredBatchesOfAThousandDevicesAreListedWhole(t *testing.T) {
	const batches, each = 200, perBatch
	w := newWorld(t, simulator.Options{Devices: 30, Customers: 2})
	for b := range batches {
		w.batch(t, fmt.Sprintf("Batch %03d", b), fmt.Sprintf("B%03d-", b), each)
	}
	s := start(t, w.options(t))
	const all = batches*each + 30 // three more are known in Intune alone
	last, seen := 0, 0
	number := func(text string) int {
		n, err := strconv.Atoi(strings.ReplaceAll(text, " ", ""))
		if err != nil {
			t.Fatalf("%q is no count", text)
		}
		return n
	}
	look := func(want int) func() bool {
		return func() bool {
			screen := s.Screen()
			if m := readingOf.FindStringSubmatch(screen); m != nil {
				have, of := number(m[1]), number(m[2])
				if have < last || have > of || of > all {
					t.Fatalf("%d of %d after %d:\n%s", have, of, last, screen)
				}
				last = have
				seen++
			}
			return last >= want
		}
	}
	s.WaitUntil("a part of the list", look(2000))
	s.Type("C")
	s.WaitFor("2 customers")
	s.Press(uitest.Down, uitest.Enter)
	s.WaitFor("devices · as of")
	gone := len(w.listed(t))
	s.Type("r")
	s.WaitFor("devices · as of")
	if n := len(w.listed(t)); n > gone+8 { // those that were in flight
		t.Errorf("%d requests for the devices of the former customer were sent after it was left", n-gone)
	}
	s.Type("C")
	s.WaitFor("2 customers")
	s.Type("g")
	s.Press(uitest.Enter)
	last = 0
	s.WaitUntil("most of the list", look(all*9/10))
	s.WaitFor(kit.Count(batches*each+33) + " devices · as of")
	if seen < 5 {
		t.Errorf("the count was seen %d times", seen)
	}
}

// listed are the requests for devices of the first customer.
func (w *world) listed(t *testing.T) (out []string) {
	t.Helper()
	res, err := http.Get(w.ready.Control + "/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for dec := json.NewDecoder(res.Body); dec.More(); {
		var r struct{ Method, Path string }
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if r.Method == http.MethodGet && strings.Contains(r.Path, w.ready.Customer) && strings.HasSuffix(r.Path, "/devices") {
			out = append(out, r.Path)
		}
	}
	return out
}

// Seven key presses at most put a policy on 5 000 devices, the filter's text aside; the
// undo gives each its former one back.
func TestFiveThousandDevicesGetAPolicyAndTheirFormerOneBack(t *testing.T) {
	const batches, each = 5, 1000
	w := newWorld(t, simulator.Options{Devices: 30, Customers: 1})
	for b := range batches {
		w.batch(t, fmt.Sprintf("Batch %03d", b), fmt.Sprintf("MANY%03d-", b), each)
	}
	var policies struct{ Items []struct{ ID, Name string } }
	if err := json.Unmarshal(w.get(t, "/v1/customers/"+w.ready.Customer+"/policies"), &policies); err != nil || len(policies.Items) < 2 {
		t.Fatalf("%d policies, %v; want two", len(policies.Items), err)
	}
	names := map[string]string{}
	for _, p := range policies.Items {
		names[p.ID] = p.Name
	}
	former := "Plain start"
	for _, p := range policies.Items {
		if p.Name == former {
			w.assign(t, p.ID, w.many(t))
		}
	}
	have := func(want string) {
		t.Helper()
		n := 0
		for _, d := range w.many(t) {
			if names[d.policy] != want {
				t.Fatalf("device %s has policy %q, want %q", d.id, names[d.policy], want)
			}
			n++
		}
		if n != batches*each {
			t.Fatalf("%d devices, want %d", n, batches*each)
		}
	}
	have(former)

	s := start(t, w.options(t))
	s.WaitFor("5 033 devices · as of")
	keys := 0
	press := func(key string) { keys++; s.Type(key) }
	press("/")
	s.Type("many0")
	press("\n")
	s.WaitFor("5 000 of 5 033 devices")
	press("*")
	s.WaitFor("5 000 marked")
	press("p")
	s.WaitFor("Which policy goes on 5 000 devices?", "> All pages skipped")
	press("\n")
	s.WaitFor("┃ Assign All pages skipped to 5 000 devices?", "5 000 with Plain start → All pages skipped")
	press("y")
	s.WaitFor("policy All pages skipped on 5000 devices: done")
	if keys > 7 {
		t.Errorf("%d key presses, want at most seven", keys)
	}
	have("All pages skipped")
	s.Type("o")
	s.WaitFor("5 000 done", "z undo")
	s.Type("z")
	s.WaitFor("┃ Give 5 000 devices their former policy back?")
	s.Type("y")
	s.WaitFor("former policies on 5000\n devices: done")
	have(former)
}

// oneOf is a device of Partner Center, and the value of its policy.
type oneOf struct{ id, policy string }

// many lists the devices that the test uploaded.
func (w *world) many(t *testing.T) (out []oneOf) {
	t.Helper()
	customer := "/v1/customers/" + w.ready.Customer + "/"
	for b := range 5 {
		for token := ""; ; {
			req, err := http.NewRequest(http.MethodGet, w.ready.Partner+customer+fmt.Sprintf("deviceBatches/Batch%%20%03d/devices", b), nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+w.ready.PartnerToken)
			if token != "" {
				req.Header.Set("MS-ContinuationToken", token)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(res.Body)
			res.Body.Close()
			var page struct {
				Items []struct {
					ID       string
					Policies []struct{ Value string }
				}
				ContinuationToken string
			}
			if err := errors.Join(err, json.Unmarshal(bytes.TrimPrefix(raw, []byte("\ufeff")), &page)); err != nil {
				t.Fatal(err)
			}
			for _, d := range page.Items {
				one := oneOf{id: d.ID}
				if len(d.Policies) > 0 {
					one.policy = d.Policies[0].Value
				}
				out = append(out, one)
			}
			if token = page.ContinuationToken; token == "" {
				break
			}
		}
	}
	return out
}

// assign puts a policy on devices, a thousand at a time.
func (w *world) assign(t *testing.T, policy string, devices []oneOf) {
	t.Helper()
	type value struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	type device struct {
		ID       string  `json:"id"`
		Policies []value `json:"policies"`
	}
	for part := range slices.Chunk(devices, 1000) {
		list := make([]device, len(part))
		for i, d := range part {
			list[i] = device{d.id, []value{{"o_o_b_e", policy}}}
		}
		body, err := json.Marshal(map[string]any{"devices": list})
		if err != nil {
			t.Fatal(err)
		}
		w.job(t, http.MethodPatch, "DevicePolicyUpdates", string(body))
	}
}
