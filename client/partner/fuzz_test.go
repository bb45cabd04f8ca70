package partner_test

import (
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
