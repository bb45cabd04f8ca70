package partner_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"muster/client/partner"
	"muster/client/rest"
	"muster/model"
)

// canned is a transport that answers everything with one body.
type canned struct{ body string }

func (c canned) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(c.body))}, nil
}

// FuzzDecode gives any body to every read. Whatever comes of it is either an
// error or clean to the last letter, and its ids can be sent.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"customers", "customer", "batches", "devices", "job", "policies", "policy", "fault"} {
		f.Add(example(f, name))
	}
	base := &url.URL{Scheme: "https", Host: "api.example"}
	f.Fuzz(func(t *testing.T, body string) {
		r, err := rest.New(rest.Options{Service: rest.Partner, Base: base, Transport: canned{body}, Backoff: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		c, ctx := partner.New(r), t.Context()
		clean := func(texts ...string) {
			for _, s := range texts {
				if model.Clean(s) != s {
					t.Errorf("not clean: %q", s)
				}
			}
		}
		customers, err := gather(c.Customers(ctx))
		check(t, err)
		for _, x := range customers {
			clean(string(x.ID), x.Name, x.Domain, x.Relationship)
		}
		batches, err := c.Batches(ctx, larkspur)
		check(t, err)
		for _, x := range batches {
			clean(string(x.ID), x.CreatedBy, x.Status)
			if !rest.UsableID(string(x.ID)) || x.Devices < model.CountUnknown {
				t.Errorf("got %+v", x)
			}
		}
		devices, err := gather(c.Devices(ctx, larkspur, "b"))
		check(t, err)
		for _, x := range devices {
			clean(string(x.ID), x.Serial, x.Maker, x.Model, x.Policy.Value, x.UploadedBy)
			clean(x.Allowed...)
		}
		policies, err := c.Policies(ctx, larkspur)
		check(t, err)
		for _, x := range policies {
			clean(string(x.ID), x.Name, x.Category, x.Description)
		}
		want := kiosk()
		want.ID = kiosks
		made, err := c.CreatePolicy(ctx, larkspur, want, "")
		check(t, err)
		changed, err := c.ReplacePolicy(ctx, larkspur, want, "")
		check(t, err)
		for _, x := range []model.ConfigurationPolicy{made, changed} {
			clean(string(x.ID), x.Name, x.Category, x.Description)
		}
		if made.ID != "" && !model.IsGUID(string(made.ID)) || !strings.EqualFold(string(changed.ID), string(kiosks)) {
			t.Errorf("made %q, changed %q", made.ID, changed.ID)
		}
		one, err := c.UpdateDevice(ctx, larkspur, "b", vm, "", "")
		check(t, err)
		clean(string(one.ID), one.Serial, one.Maker, one.Model, one.Policy.Value, one.UploadedBy)
		if one.ID != vm {
			t.Errorf("got device %q", one.ID)
		}
		job, err := c.JobStatus(ctx, larkspur, "7d2b7c0e-0d5b-4a0f-a1b3-63f4d3f3c9ab")
		check(t, err)
		clean(string(job.ID), job.Raw)
		for _, x := range job.Devices {
			clean(string(x.ID), x.Serial, x.Raw, x.Code, x.Name)
		}
	})
}

func check(t *testing.T, err error) {
	if err != nil && (model.AsError(err) == nil || model.Clean(err.Error()) != err.Error()) {
		t.Errorf("got %q", err)
	}
}

// noted is a transport that keeps what it was asked.
type noted struct {
	paths *[]string
	body  *[]byte
}

func (n noted) Do(r *http.Request) (*http.Response, error) {
	*n.paths = append(*n.paths, r.URL.EscapedPath())
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		*n.body = raw
	}
	return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody}, nil
}

// FuzzWrites gives any names to the single writes. Each is either refused or
// reaches the service as it is, as one segment of the path or one text.
func FuzzWrites(f *testing.F) {
	for _, s := range [][3]string{{"LARK spring refresh", string(vm), "a name"}, {"50% off a/b?#", "%2e%2e", "\t\"\\"}, {"..", ".", " "}, {"0", "/", "0"}, {"Zürich", "a\u202eb", "\xff"}, {"a\\b", "\x00", strings.Repeat("é", 129)}} {
		f.Add(s[0], s[1], s[2])
	}
	base := &url.URL{Scheme: "https", Host: "api.example"}
	f.Fuzz(func(t *testing.T, batch, device, name string) {
		var paths []string
		var body []byte
		r, err := rest.New(rest.Options{Service: rest.Partner, Base: base, Transport: noted{&paths, &body}, Backoff: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		c := partner.New(r)
		switch err := c.RemoveDevice(t.Context(), larkspur, model.BatchID(batch), model.DeviceID(device), ""); {
		case err != nil:
			if k := model.KindOf(err); k != model.Invalid && k != model.Refused { // rest refuses what looks like a way out
				t.Errorf("got kind %v of %v", k, err)
			}
			if len(paths) != 0 {
				t.Errorf("refused and sent to %q", paths)
			}
		default:
			want := "/v1/customers/" + string(larkspur) + "/deviceBatches/" + url.PathEscape(batch) + "/devices/" + url.PathEscape(device)
			if len(paths) != 1 || paths[0] != want || strings.Count(paths[0], "/") != 7 {
				t.Errorf("sent to %q, want %q", paths, want)
			}
		}
		body = nil
		p := kiosk()
		p.Name, p.Description = name, name
		if _, err := c.CreatePolicy(t.Context(), larkspur, p, ""); err != nil {
			wantKind(t, err, model.Invalid)
			return
		}
		var sent map[string]json.RawMessage
		var text string
		if json.Unmarshal(body, &sent) != nil || json.Unmarshal(sent["name"], &text) != nil || text != name {
			t.Errorf("sent %s for %q", body, name)
		}
		if len(sent) != 4 {
			t.Errorf("sent %s", body)
		}
	})
}
