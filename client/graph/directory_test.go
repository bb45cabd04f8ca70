package graph_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
)

func clinicGroup() model.Group {
	return model.Group{ID: fronts, Name: "Autopilot Clinic Front", Description: "Front desk PCs by group tag", Dynamic: true,
		Rule: `(device.devicePhysicalIds -any (_ -eq "[OrderID]:CLINIC-FRONT"))`, Security: true}
}

func TestGroups(t *testing.T) {
	var b *backend
	b = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("ConsistencyLevel") != "eventual" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		n := len(b.asks)
		if n == 1 {
			_, _ = io.WriteString(w, strings.Replace(example(t, "groups"), `"value"`, `"@odata.nextLink":"`+b.base+`/groups?$skiptoken=2","value"`, 1))
			return
		}
		_, _ = fmt.Fprintf(w, `{"value":[{"id":"00000000-0000-0000-0000-00000000000%d"},{"id":"00000000-0000-0000-0000-0000000000a%d"}],"@odata.nextLink":"%s/groups?$skiptoken=%d"}`, n, n, b.base, n+1)
	})
	got, err := b.Groups(t.Context(), ` say "hi" \ `, 4)
	if err != nil || len(got) != 4 || len(b.asks) != 3 {
		t.Fatal(got, err, b.asks)
	}
	same(t, clinicGroup(), got[0])
	q := b.asks[0].Target
	for _, part := range []string{`%24search=%22displayName%3Asay%20%5C%22hi%5C%22%20%5C%5C%22`, "%24count=true", "%24top=4", "%24orderby=displayName"} {
		if !strings.Contains(q, part) {
			t.Errorf("asked for %s, want %s in it", q, part)
		}
	}
	b = saying(t, 200, example(t, "groups"))
	if got, err = b.Groups(t.Context(), "", 0); err != nil || len(got) != 1 || strings.Contains(b.asks[0].Target, "search") || !strings.Contains(b.asks[0].Target, "%24top=25") {
		t.Error(got, err, b.asks)
	}
}

func TestGroupNames(t *testing.T) {
	upper := model.GroupID(strings.ToUpper(string(fronts)))
	ids := []model.GroupID{upper, fronts, "91c0f6c2-2b6e-4d0b-8a43-7a0e2d5c1b33", "All Devices"}
	b := routes(t, map[string]string{"POST directoryObjects/getByIds": example(t, "groups")})
	got, err := b.GroupNames(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[model.GroupID]model.Group{upper: clinicGroup()}, got)
	if want := `{"ids":["` + string(upper) + `","91c0f6c2-2b6e-4d0b-8a43-7a0e2d5c1b33"],"types":["group"]}`; b.asks[0].Body != want {
		t.Errorf("sent %s, want %s", b.asks[0].Body, want)
	}
	one := strings.TrimSuffix(strings.TrimSpace(example(t, "groups")[strings.Index(example(t, "groups"), "["):]), "}")
	one = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(one), "["), "]")
	const query = "?$select=id,displayName,description,groupTypes,securityEnabled,mailEnabled,membershipRule"
	b = routes(t, map[string]string{"GET groups/" + string(upper) + query: one, "GET groups/91c0f6c2-2b6e-4d0b-8a43-7a0e2d5c1b33" + query: "404"})
	b.ReadOnly = true
	if got, err = b.GroupNames(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
	same(t, map[model.GroupID]model.Group{upper: clinicGroup()}, got)
	_, err = saying(t, 502, "").GroupNames(t.Context(), ids)
	wantKind(t, err, model.Service) // a read, whatever its method
}

func TestManyGroupNames(t *testing.T) {
	b := saying(t, 200, `{"value":[]}`)
	var ids []model.GroupID
	for i := range 1001 {
		ids = append(ids, model.GroupID(fmt.Sprintf("00000000-0000-0000-0000-%012d", i+1)))
	}
	if got, err := b.GroupNames(t.Context(), ids); err != nil || len(got) != 0 || len(b.asks) != 2 || strings.Count(b.asks[1].Body, `"00000000-`) != 1 {
		t.Error(len(got), err, len(b.asks))
	}
}

func TestEntraObject(t *testing.T) {
	const device, object = "b04d7d4b-3a0e-4a8f-8a51-77e1d2c90a3b", "0a0a0a0a-0000-4000-8000-000000000001"
	b := routes(t, map[string]string{"GET devices?$filter=deviceId eq '" + device + "'&$select=id,deviceId": list(
		`{"id":"0a0a0a0a-0000-4000-8000-000000000002","deviceId":"`+string(front)+`"}`, `{"id":"`+object+`","deviceId":"`+device+`"}`)})
	if got, err := b.EntraObject(t.Context(), device); err != nil || got != object {
		t.Error(got, err)
	}
	_, err := saying(t, 200, list()).EntraObject(t.Context(), device)
	wantKind(t, err, model.NotFound)
	_, err = b.EntraObject(t.Context(), "x' or 1 eq 1")
	wantKind(t, err, model.Invalid)
}

func TestAddMember(t *testing.T) {
	const object = "0a0a0a0a-0000-4000-8000-000000000001"
	b := saying(t, 204, "")
	if err := b.AddMember(t.Context(), fronts, object, "id-1"); err != nil {
		t.Fatal(err)
	}
	want := ask{"POST", "/beta/groups/" + string(fronts) + "/members/$ref", "id-1", `{"@odata.id":"` + b.base + `/directoryObjects/` + object + `"}`}
	if d := cmp.Diff(want, b.asks[0]); d != "" {
		t.Error(d)
	}
	there := saying(t, 400, `{"error":{"code":"Request_BadRequest","message":"One or more added object references already exist for the following modified properties: 'members'."}}`)
	if err := there.AddMember(t.Context(), fronts, object, ""); err != nil {
		t.Error(err)
	}
	dynamic := saying(t, 400, `{"error":{"code":"Request_BadRequest","message":"Insufficient privileges to complete the operation."}}`)
	wantKind(t, dynamic.AddMember(t.Context(), fronts, object, ""), model.Invalid)
	wantKind(t, b.AddMember(t.Context(), fronts, "", ""), model.Invalid)
}

func TestScopeTagsAndFilters(t *testing.T) {
	b := routes(t, map[string]string{
		"GET deviceManagement/roleScopeTags":     list(`{"id":"0","displayName":"Default","isBuiltIn":true}`, `{"id":7,"displayName":"North"}`),
		"GET deviceManagement/assignmentFilters": list(`{"id":"` + filter + `","displayName":"Latitudes","platform":"windows10AndLater","rule":"(device.model -eq \"L\")"}`),
	})
	tags, err := b.ScopeTags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.ScopeTag{{ID: "0", Name: "Default", BuiltIn: true}, {ID: "7", Name: "North"}}, tags)
	filters, err := b.AssignmentFilters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, []model.AssignmentFilter{{ID: filter, Name: "Latitudes", Platform: "windows10AndLater", Rule: `(device.model -eq "L")`}}, filters)
}
