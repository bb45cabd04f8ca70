package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"muster/client/simulator"
)

type assignmentView struct {
	ID     string
	Target struct {
		Type    string  `json:"@odata.type"`
		GroupID string  `json:"groupId"`
		Filter  *string `json:"deviceAndAppManagementAssignmentFilterId"`
		Mode    string  `json:"deviceAndAppManagementAssignmentFilterType"`
	}
}

const (
	includeType = "#microsoft.graph.groupAssignmentTarget"
	excludeType = "#microsoft.graph.exclusionGroupAssignmentTarget"
)

// aimAt writes one assignment; more are further members of the target.
func aimAt(kind, group, more string) string {
	return fmt.Sprintf(`{"target":{"@odata.type":%q,"groupId":%q%s}}`, kind, group, more)
}

func assignBody(all ...string) string {
	return `{"hardwareConfigurationAssignments":[` + strings.Join(all, ",") + `]}`
}

// made creates a configuration and returns its id.
func (b *bench) made(change string) string {
	b.t.Helper()
	return read[hardwareView](b.t, b.graph("POST", "/hardwareConfigurations", bios(b.t, change)).want(b.t, 201)).ID
}

func TestAssignReplacesTheWholeSet(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200})
	item := "/hardwareConfigurations/" + b.made(`{}`)
	id := item[len("/hardwareConfigurations/"):]
	ring, clinic := b.group("BIOS Pilot Ring").ID, b.group("FrontDesk-Clinic").ID
	dell := read[setView[struct{ ID, DisplayName, Rule, Platform string }]](t, b.graph("GET", "/assignmentFilters", "").want(t, 200)).Value[0]
	filtered := fmt.Sprintf(`,"deviceAndAppManagementAssignmentFilterId":%q,"deviceAndAppManagementAssignmentFilterType":"include"`, dell.ID)
	got := read[setView[assignmentView]](t, b.graph("POST", item+"/assign", assignBody(aimAt(includeType, ring, filtered), aimAt(excludeType, clinic, ""))).want(t, 200))
	if len(got.Value) != 2 || !strings.HasSuffix(got.Context, "#Collection(microsoft.graph.hardwareConfigurationAssignment)") {
		t.Fatalf("%+v", got)
	}
	first, second := got.Value[0], got.Value[1]
	if first.ID != id+"_"+ring || first.Target.Type != includeType || *first.Target.Filter != dell.ID || first.Target.Mode != "include" ||
		second.ID != id+"_"+clinic || second.Target.Type != excludeType || second.Target.Filter != nil || second.Target.Mode != "none" {
		t.Errorf("%+v", got.Value)
	}
	one := read[assignmentView](t, b.graph("GET", item+"/assignments/"+first.ID, "").want(t, 200))
	if one.ID != first.ID {
		t.Errorf("%+v", one)
	}
	b.graph("GET", item+"/assignments/nobody", "").want(t, 404)
	list := read[setView[assignmentView]](t, b.graph("GET", item+"/assignments", "").want(t, 200))
	if len(list.Value) != 2 || !strings.HasSuffix(list.Context, "#deviceManagement/hardwareConfigurations('"+id+"')/assignments") {
		t.Errorf("%+v", list)
	}
	for _, path := range []string{item + "?$expand=assignments", "/hardwareConfigurations('" + id + "')?$expand=assignments($select=id)"} {
		if whole := read[hardwareView](t, b.graph("GET", path, "").want(t, 200)); whole.Assignments == nil || len(*whole.Assignments) != 2 {
			t.Errorf("%s: %+v", path, whole)
		}
	}
	b.graph("GET", item+"?$expand=nothing", "").want(t, 400)
	b.graph("POST", item+"/microsoft.graph.assign", assignBody(aimAt(includeType, clinic, ""))).want(t, 200)
	if list = read[setView[assignmentView]](t, b.graph("GET", item+"/assignments", "")); len(list.Value) != 1 || list.Value[0].Target.GroupID != clinic {
		t.Errorf("after another set: %+v", list.Value)
	}
	b.graph("POST", item+"/assign", assignBody()).want(t, 200)
	if list = read[setView[assignmentView]](t, b.graph("GET", item+"/assignments", "")); len(list.Value) != 0 {
		t.Errorf("after the empty set: %+v", list.Value)
	}
	b.graph("POST", "/hardwareConfigurations/"+someID+"/assign", assignBody()).want(t, 404)
	b.graph("GET", "/hardwareConfigurations/"+someID+"/assignments", "").want(t, 404)
	b.graph("PATCH", item+"/assignments/x", "{}").want(t, 400)
}

func TestAssignRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 200})
	item := "/hardwareConfigurations/" + b.made(`{}`)
	ring := b.group("BIOS Pilot Ring").ID
	for name, body := range map[string]string{
		"another key":        `{"assignments":[]}`,
		"nothing":            `{}`,
		"null":               `{"hardwareConfigurationAssignments":null}`,
		"no target":          assignBody(`{}`),
		"no type":            assignBody(`{"target":{"groupId":"` + ring + `"}}`),
		"all devices":        assignBody(`{"target":{"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget"}}`),
		"all users":          assignBody(`{"target":{"@odata.type":"#microsoft.graph.allLicensedUsersAssignmentTarget"}}`),
		"no group":           assignBody(aimAt(includeType, "", "")),
		"no GUID":            assignBody(aimAt(includeType, "x", "")),
		"in and out":         assignBody(aimAt(includeType, ring, ""), aimAt(excludeType, ring, "")),
		"unknown filter":     assignBody(aimAt(includeType, ring, `,"deviceAndAppManagementAssignmentFilterId":"`+someID+`","deviceAndAppManagementAssignmentFilterType":"include"`)),
		"filter of no type":  assignBody(aimAt(includeType, ring, `,"deviceAndAppManagementAssignmentFilterId":"5f5b0e3c-1d77-45f5-8e0b-0a1c2b3d4e5f"`)),
		"type of no filter":  assignBody(aimAt(includeType, ring, `,"deviceAndAppManagementAssignmentFilterType":"exclude"`)),
		"unknown type":       assignBody(aimAt(includeType, ring, `,"deviceAndAppManagementAssignmentFilterType":"perhaps"`)),
		"not JSON":           `x`,
		"not a list":         `{"hardwareConfigurationAssignments":{}}`,
		"more than it takes": assignBody(strings.Split(strings.Repeat(aimAt(includeType, ring, "")+"\n", 1001)[:1001*(len(aimAt(includeType, ring, ""))+1)-1], "\n")...),
	} {
		b.graph("POST", item+"/assign", body).want(t, 400)
		if list := read[setView[assignmentView]](t, b.graph("GET", item+"/assignments", "")); len(list.Value) != 0 {
			t.Errorf("%s: %+v", name, list.Value)
		}
	}
	b.graph("POST", item+"/assign", assignBody(aimAt(includeType, someID, ""), aimAt(includeType, someID, ""))).want(t, 200)
	if list := read[setView[assignmentView]](t, b.graph("GET", item+"/assignments", "")); len(list.Value) != 1 {
		t.Errorf("a group that is not there, twice: %+v", list.Value)
	}
}

func TestScopeTagsAndFilters(t *testing.T) {
	b := start(t, simulator.Options{Devices: 5})
	tags := read[setView[struct {
		ID, DisplayName, Description string
		IsBuiltIn                    bool
	}]](t, b.graph("GET", "/roleScopeTags", "").want(t, 200))
	if len(tags.Value) < 3 || tags.Value[0].ID != "0" || tags.Value[0].DisplayName != "Default" || !tags.Value[0].IsBuiltIn {
		t.Errorf("%+v", tags)
	}
	all, pages := walk[struct{ ID string }](b, "/beta/deviceManagement/roleScopeTags?$top=3&$select=id")
	if len(all) != len(tags.Value) || pages != 2 {
		t.Errorf("%d on %d pages", len(all), pages)
	}
	b.graph("GET", "/roleScopeTags('0')", "").want(t, 200)
	b.graph("GET", "/roleScopeTags/99", "").want(t, 404)
	b.graph("POST", "/roleScopeTags", "{}").want(t, 400)
	filters := read[setView[struct{ ID, DisplayName, Rule, Platform string }]](t, b.graph("GET", "/assignmentFilters", "").want(t, 200)).Value
	for _, f := range filters {
		if f.Platform != "windows10AndLater" || !strings.HasPrefix(f.Rule, "(device.") {
			t.Errorf("%+v", f)
		}
		b.graph("GET", "/assignmentFilters/"+f.ID, "").want(t, 200)
	}
	b.graph("GET", "/assignmentFilters/"+someID, "").want(t, 404)
	b.directory("GET", "/v1.0/deviceManagement/roleScopeTags", "").want(t, 400)
}
