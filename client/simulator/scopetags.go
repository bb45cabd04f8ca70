package simulator

import (
	"net/http"
	"strings"
)

// assignmentFilter narrows an assignment by what a device is.
type assignmentFilter struct {
	id, name, about string
	property, text  string // manufacturer or model, and what it begins with
}

// assignmentFilters are the same in every tenant; read only.
var assignmentFilters = []assignmentFilter{
	{"5f5b0e3c-1d77-45f5-8e0b-0a1c2b3d4e5f", "Dell only", "Leaves other makers alone", "manufacturer", "Dell Inc."},
	{"9a2d7c14-6b0e-4f7a-9c35-2e8f1d6b4a70", "Latitude notebooks", "", "model", "Latitude"},
	{"c3e81f5a-0d42-4b69-8a17-7f6e5d4c3b2a", "Virtual machines", "To be excluded", "model", "Virtual Machine"},
}

func filterByID(id string) *assignmentFilter {
	for i := range assignmentFilters {
		if strings.EqualFold(assignmentFilters[i].id, id) {
			return &assignmentFilters[i]
		}
	}
	return nil
}

func (f *assignmentFilter) takes(maker, model string) bool {
	if f.property == "manufacturer" {
		return strings.HasPrefix(maker, f.text)
	}
	return strings.HasPrefix(model, f.text)
}

type wireFilterEntity struct {
	ID       string   `json:"id"`
	Created  string   `json:"createdDateTime"`
	Modified string   `json:"lastModifiedDateTime"`
	Name     string   `json:"displayName"`
	About    string   `json:"description"`
	Platform string   `json:"platform"`
	Rule     string   `json:"rule"`
	Tags     []string `json:"roleScopeTags"`
	Payloads []string `json:"payloads"`
	Kind     string   `json:"assignmentFilterManagementType"`
}

func (f *assignmentFilter) wire() wireFilterEntity {
	made := sevenDate(epoch().AddDate(0, -7, 0))
	return wireFilterEntity{ID: f.id, Created: made, Modified: made, Name: f.name, About: f.about, Platform: "windows10AndLater",
		Rule: `(device.` + f.property + ` -startsWith "` + f.text + `")`, Tags: []string{"0"}, Payloads: []string{}, Kind: "devices"}
}

// scopeTag is a role scope tag.
type scopeTag struct {
	id, name, about string
	builtIn         bool
}

// scopeTags are the same in every tenant; read only.
var scopeTags = []scopeTag{
	{"0", "Default", "Default scope tag", true},
	{"1", "Branch offices", "Seen by the teams of the sites", false},
	{"2", "Kiosks", "", false},
	{"14", "Research", "Only for the laboratory's administrators", false},
}

type wireScopeTag struct {
	ID      string `json:"id"`
	Name    string `json:"displayName"`
	About   string `json:"description"`
	BuiltIn bool   `json:"isBuiltIn"`
}

func (t *scopeTag) wire() wireScopeTag { return wireScopeTag{t.id, t.name, t.about, t.builtIn} }

func tagRoutes() []route {
	f := familyConfiguration().failing(switchTagsDown)
	roles := f
	roles.read = append(roles.read, scopeRoleRead)
	return []route{
		roles.route("deviceManagement/roleScopeTags", map[string]handler{http.MethodGet: listScopeTags}),
		roles.route("deviceManagement/roleScopeTags/{id}", map[string]handler{http.MethodGet: getScopeTag}),
		f.route("deviceManagement/assignmentFilters", map[string]handler{http.MethodGet: listFilters}),
		f.route("deviceManagement/assignmentFilters/{id}", map[string]handler{http.MethodGet: getFilter}),
	}
}

// listScopeTags is GET /deviceManagement/roleScopeTags.
func listScopeTags(c *call) (answer, error) {
	var all []wireScopeTag
	for i := range scopeTags {
		all = append(all, scopeTags[i].wire())
	}
	return listWhole(c, "deviceManagement/roleScopeTags", all)
}

// getScopeTag is GET /deviceManagement/roleScopeTags/{id}.
func getScopeTag(c *call) (answer, error) {
	for i := range scopeTags {
		if scopeTags[i].id == c.params[0] {
			return getWhole(c, "deviceManagement/roleScopeTags", scopeTags[i].wire())
		}
	}
	return answer{}, notFound()
}

// listFilters is GET /deviceManagement/assignmentFilters.
func listFilters(c *call) (answer, error) {
	var all []wireFilterEntity
	for i := range assignmentFilters {
		all = append(all, assignmentFilters[i].wire())
	}
	return listWhole(c, "deviceManagement/assignmentFilters", all)
}

// getFilter is GET /deviceManagement/assignmentFilters/{id}.
func getFilter(c *call) (answer, error) {
	if f := filterByID(c.params[0]); f != nil {
		return getWhole(c, "deviceManagement/assignmentFilters", f.wire())
	}
	return answer{}, notFound()
}

// listWhole pages a list that exists as a whole.
func listWhole[T any](c *call, set string, all []T) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	from, err := q.offset()
	if err != nil {
		return answer{}, err
	}
	out, end := page[T]{}, len(all)
	begin := int(min(from, uint64(len(all))))
	if q.top > 0 {
		end = min(begin+q.top, len(all))
	}
	out.items = all[begin:end]
	if end < len(all) {
		out.next = digits(uint64(end), 1)
	}
	return graphList(c, set, q, out)
}

func getWhole[T any](c *call, set string, one T) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	return graphItem(c, set, q, one)
}
