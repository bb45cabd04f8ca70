package simulator_test

import (
	"net/url"
	"strings"
	"testing"

	"muster/client/simulator"
)

type customerView struct {
	ID, CommerceID, RelationshipToPartner string
	CompanyProfile                        struct{ TenantID, Domain, CompanyName string }
	AllowDelegatedAccess                  *bool
}

func TestListCustomersPages(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Customers: 1203})
	seen := map[string]bool{}
	names := map[string]bool{}
	page := read[listView[customerView]](t, b.partner("GET", "/customers", "").want(t, 200))
	for range 10 {
		for _, c := range page.Items {
			seen[c.ID], names[c.CompanyProfile.CompanyName] = true, true
			if c.AllowDelegatedAccess != nil || c.CommerceID != "" || c.ID != c.CompanyProfile.TenantID || !strings.HasSuffix(c.CompanyProfile.Domain, ".example") {
				t.Fatalf("customer in a list: %+v", c)
			}
		}
		if page.TotalCount != len(page.Items) || page.TotalCount > 500 {
			t.Fatalf("%d items, totalCount %d", len(page.Items), page.TotalCount)
		}
		if page.Links == nil || page.Links.Next == nil {
			break
		}
		next := page.Links.Next
		if len(next.Headers) != 1 || next.Headers[0].Key != "MS-ContinuationToken" || next.Headers[0].Value != page.ContinuationToken {
			t.Fatalf("next link %+v beside token %q", next, page.ContinuationToken)
		}
		page = read[listView[customerView]](t, b.do(request{method: "GET", url: b.ready.Partner + "/v1" + next.URI,
			header: map[string]string{"MS-ContinuationToken": page.ContinuationToken}}).want(t, 200))
	}
	if len(seen) != 1203 || len(names) != 1203 {
		t.Errorf("%d customers with %d names, want 1203", len(seen), len(names))
	}
}

func TestListCustomersSizeFilterSeek(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10, Customers: 30})
	get := func(query, token string) listView[customerView] {
		q := request{method: "GET", url: b.ready.Partner + "/v1/customers" + query}
		if token != "" {
			q.header = map[string]string{"MS-ContinuationToken": token}
		}
		return read[listView[customerView]](t, b.do(q).want(t, 200))
	}
	all := get("?size=0", "")
	if len(all.Items) != 30 || all.ContinuationToken != "" {
		t.Fatalf("%d customers, token %q", len(all.Items), all.ContinuationToken)
	}
	first := get("?size=7", "")
	second := get("?seekOperation=next", first.ContinuationToken)
	if len(second.Items) != 7 || second.Items[0].ID != all.Items[7].ID {
		t.Errorf("second page begins with %+v", second.Items[0])
	}
	if back := get("?seekOperation=Previous", second.ContinuationToken); back.Items[0].ID != all.Items[0].ID {
		t.Errorf("previous begins with %+v", back.Items[0])
	}
	if last := get("?seekOperation=Last", first.ContinuationToken); len(last.Items) != 2 || last.ContinuationToken != "" {
		t.Errorf("last page: %d items, token %q", len(last.Items), last.ContinuationToken)
	}
	if plain := get("", first.ContinuationToken); plain.Items[0].ID != all.Items[7].ID {
		t.Error("a token without seekOperation does not lead on")
	}
	if first := get("?seekOperation=First", second.ContinuationToken); first.Items[0].ID != all.Items[0].ID {
		t.Errorf("first begins with %+v", first.Items[0])
	}
	domain := all.Items[5].CompanyProfile.Domain
	if got := get("?filter="+url.QueryEscape(`{"field":"domain","value":"`+domain+`","operator":"starts_with"}`), ""); len(got.Items) != 1 || got.Items[0].ID != all.Items[5].ID {
		t.Errorf("domain %q found %+v", domain, got.Items)
	}
	if got := get("?filter="+url.QueryEscape(`{"Field":"IndirectReseller","Value":"a","Operator":"starts_with"}`), ""); len(got.Items) != 0 {
		t.Errorf("indirect resellers found %+v", got.Items)
	}
	name := all.Items[3].CompanyProfile.CompanyName
	found := get("?filter="+url.QueryEscape(`{"Field":"CompanyName","Value":"`+strings.ToUpper(name)+`","Operator":"starts_with"}`), "")
	if len(found.Items) == 0 || found.Items[0].CompanyProfile.CompanyName != name {
		t.Errorf("filter %q found %+v", name, found.Items)
	}
}

func TestListCustomersRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	for _, query := range []string{"size=x", "size=-1", "filter=x", "filter=" + url.QueryEscape(`{"Field":"CompanyName","Value":"a","Operator":"contains"}`),
		"filter=" + url.QueryEscape(`{"Field":"Colour","Value":"a","Operator":"starts_with"}`), "size=%zz"} {
		if f := read[faultView](t, b.partner("GET", "/customers?"+query, "").want(t, 400)); f.Code != 3000 {
			t.Errorf("%s: %+v", query, f)
		}
	}
	token := read[listView[customerView]](t, b.partner("GET", "/customers?size=5", "")).ContinuationToken
	b.do(request{method: "GET", url: b.ready.Partner + "/v1/customers?seekOperation=PageIndex", header: map[string]string{"MS-ContinuationToken": token}}).want(t, 400)
	for _, token := range []string{"garbage", "AAAA", "Qy97fQ=="} {
		b.do(request{method: "GET", url: b.ready.Partner + "/v1/customers", header: map[string]string{"MS-ContinuationToken": token}}).want(t, 400)
	}
}

func TestGetCustomer(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	c := read[customerView](t, b.partner("GET", "/customers/"+b.ready.Customer, "").want(t, 200))
	if c.ID != b.ready.Customer || c.CommerceID == "" || c.AllowDelegatedAccess == nil || c.RelationshipToPartner != "reseller" {
		t.Errorf("%+v", c)
	}
}
