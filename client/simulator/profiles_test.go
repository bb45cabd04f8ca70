package simulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

const profiles = "/windowsAutopilotDeploymentProfiles"

type profileView struct {
	Context                                                       string `json:"@odata.context"`
	Type                                                          string `json:"@odata.type"`
	ID, DisplayName, Description, Language, Locale                string
	CreatedDateTime, LastModifiedDateTime                         string
	ExtractHardwareHash, HardwareHashExtractionEnabled            *bool
	DeviceNameTemplate, DeviceType                                string
	EnableWhiteGlove, PreprovisioningAllowed                      *bool
	RoleScopeTagIDs                                               []string
	OutOfBoxExperienceSetting, OutOfBoxExperienceSettings         map[string]any
	HybridSkip                                                    *bool `json:"hybridAzureADJoinSkipConnectivityCheck"`
	Assignments                                                   *[]profileTargetView
	ManagementServiceAppID, EnrollmentStatusScreenSettings, Extra any
}

type profileTargetView struct {
	Context, ID, Source, SourceID string
	Target                        map[string]any
}

// deployment writes a body of create with some members replaced; null drops
// one.
func deployment(t *testing.T, change string) string {
	t.Helper()
	m := map[string]any{
		"@odata.type": "#microsoft.graph.azureADWindowsAutopilotDeploymentProfile", "displayName": "Clinic front desk", "description": "User driven, standard user",
		"locale": "nb-NO", "deviceType": "windowsPc", "deviceNameTemplate": "FJL-%RAND:5%", "hardwareHashExtractionEnabled": false, "preprovisioningAllowed": true,
		"roleScopeTagIds": []string{"0"}, "id": someID, "createdDateTime": "2020-01-01T00:00:00Z",
		"outOfBoxExperienceSetting": map[string]any{"privacySettingsHidden": true, "eulaHidden": true, "userType": "standard", "deviceUsageType": "singleUser",
			"keyboardSelectionPageSkipped": true, "escapeLinkHidden": true},
	}
	var with map[string]any
	if err := json.Unmarshal([]byte(change), &with); err != nil {
		t.Fatal(err)
	}
	for k, v := range with {
		if m[k] = v; v == nil {
			delete(m, k)
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func (b *bench) profiles() []profileView {
	b.t.Helper()
	all, _ := walk[profileView](b, "/beta/deviceManagement"+profiles+"?$expand=assignments")
	return all
}

func (b *bench) profileNamed(name string) profileView {
	b.t.Helper()
	for _, p := range b.profiles() {
		if p.DisplayName == name {
			return p
		}
	}
	b.t.Fatalf("no profile is called %q", name)
	return profileView{}
}

func TestProfilesListAndGet(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	all := b.profiles()
	kinds := map[string]int{}
	for _, p := range all {
		kinds[p.Type]++
		hybrid := p.Type == "#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile"
		if (p.HybridSkip != nil) != hybrid || p.Assignments == nil || len(p.CreatedDateTime) != len("2026-08-18T07:20:31.5528107Z") || p.Locale != p.Language ||
			p.ExtractHardwareHash == nil || *p.ExtractHardwareHash != *p.HardwareHashExtractionEnabled || *p.EnableWhiteGlove != *p.PreprovisioningAllowed ||
			p.OutOfBoxExperienceSetting["eulaHidden"] != p.OutOfBoxExperienceSettings["hideEULA"] || len(p.OutOfBoxExperienceSetting) != 6 || len(p.OutOfBoxExperienceSettings) != 6 {
			t.Errorf("%+v", p)
		}
		if p.OutOfBoxExperienceSetting["deviceUsageType"] == "shared" && p.OutOfBoxExperienceSetting["userType"] != "administrator" {
			t.Errorf("%s: %+v", p.DisplayName, p.OutOfBoxExperienceSetting)
		}
		for _, path := range []string{profiles + "/" + p.ID, profiles + "('" + p.ID + "')"} {
			got := b.graph("GET", path, "").want(t, 200)
			if one := read[profileView](t, got); one.ID != p.ID || one.Assignments != nil || one.Context != b.ready.Graph+"/$metadata#deviceManagement/windowsAutopilotDeploymentProfiles/$entity" {
				t.Errorf("%s", got.body)
			}
		}
		if one := read[profileView](t, b.graph("GET", profiles+"/"+p.ID+"?$expand=assignments", "").want(t, 200)); len(*one.Assignments) != len(*p.Assignments) {
			t.Errorf("%+v", one)
		}
	}
	if len(all) < 5 || len(kinds) != 2 {
		t.Errorf("kinds %v", kinds)
	}
	b.graph("GET", profiles+"/"+someID, "").want(t, 404)
	names := func(q string) (out []string) {
		for _, p := range read[setView[profileView]](t, b.graph("GET", profiles+q, "").want(t, 200)).Value {
			out = append(out, p.DisplayName)
		}
		return out
	}
	up, down := names("?$orderby=displayName"), names("?$orderby=displayName%20desc")
	if len(up) != len(all) || up[0] != down[len(down)-1] || up[0] >= up[1] {
		t.Errorf("ordered %v, %v", up, down)
	}
	if some, pages := walk[profileView](b, "/beta/deviceManagement"+profiles+"?$top=2&$select=id,displayName"); len(some) != len(all) || pages != (len(all)+1)/2 || some[0].Locale != "" || some[0].Type == "" {
		t.Errorf("%d profiles on %d pages, %+v", len(some), pages, some[0])
	}
	if some, _ := walk[profileView](b, "/beta/deviceManagement"+profiles+"?$top=2&$skip=1"); len(some) != len(all)-1 || some[0].ID != all[1].ID {
		t.Errorf("%d of %d profiles behind the first", len(some), len(all))
	}
	for _, q := range []string{"?$filter=displayName%20eq%20'x'", "?$search=x", "?$orderby=locale", "?$orderby=displayName%20up"} {
		b.graph("GET", profiles+q, "").want(t, 400)
	}
}

func TestProfileCreate(t *testing.T) {
	b := start(t, simulator.Options{Devices: 30})
	p := read[profileView](t, b.graph("POST", profiles, deployment(t, `{}`)).want(t, 201))
	if p.ID == someID || p.DisplayName != "Clinic front desk" || p.Locale != "nb-NO" || strings.HasPrefix(p.CreatedDateTime, "2020") || p.DeviceNameTemplate != "FJL-%RAND:5%" ||
		p.OutOfBoxExperienceSettings["userType"] != "standard" || p.OutOfBoxExperienceSettings["skipKeyboardSelectionPage"] != true || !strings.HasSuffix(p.Context, "/$entity") {
		t.Errorf("%+v", p)
	}
	old := read[profileView](t, b.graph("POST", profiles, deployment(t, `{"outOfBoxExperienceSetting":null,"locale":null,"preprovisioningAllowed":null,
		"language":"da-DK","enableWhiteGlove":true,"extractHardwareHash":true,"hardwareHashExtractionEnabled":null,"outOfBoxExperienceSettings":{"hideEULA":true,"userType":"standard"}}`)).want(t, 201))
	if old.Locale != "da-DK" || !*old.PreprovisioningAllowed || !*old.HardwareHashExtractionEnabled || old.OutOfBoxExperienceSetting["eulaHidden"] != true || old.OutOfBoxExperienceSetting["userType"] != "standard" {
		t.Errorf("%+v", old)
	}
	bare := read[profileView](t, b.graph("POST", profiles, `{"@odata.type":"#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile","displayName":"Bare","hybridAzureADJoinSkipConnectivityCheck":true}`).want(t, 201))
	if bare.Locale != "os-default" || bare.DeviceType != "windowsPc" || bare.HybridSkip == nil || !*bare.HybridSkip || bare.OutOfBoxExperienceSetting["userType"] != "administrator" || bare.RoleScopeTagIDs[0] != "0" {
		t.Errorf("%+v", bare)
	}
	if got := b.graph("GET", profiles+"/"+bare.ID, "").want(t, 200); read[profileView](t, got).DisplayName != "Bare" {
		t.Errorf("%s", got.body)
	}
}

func TestProfileLimits(t *testing.T) {
	b := start(t, simulator.Options{Devices: 30})
	text := func(n int) string { return strings.Repeat("ü", n) }
	shared := func(more string) string {
		return `{"outOfBoxExperienceSetting":{"deviceUsageType":"shared"` + more + `}}`
	}
	for name, c := range map[string]struct {
		change string
		status int
	}{
		"no type":               {`{"@odata.type":null}`, 400},
		"type without a sign":   {`{"@odata.type":"microsoft.graph.azureADWindowsAutopilotDeploymentProfile"}`, 400},
		"abstract type":         {`{"@odata.type":"#microsoft.graph.windowsAutopilotDeploymentProfile"}`, 400},
		"no name":               {`{"displayName":null}`, 400},
		"blank name":            {`{"displayName":" "}`, 400},
		"longest name":          {`{"displayName":"` + text(200) + `"}`, 201},
		"name too long":         {`{"displayName":"` + text(201) + `"}`, 400},
		"hyphen":                {`{"displayName":"Front-desk"}`, 500},
		"bracket":               {`{"displayName":"Desk (front)"}`, 500},
		"what a name may have":  {`{"displayName":"A1: \"?.@$&_[]{}|\\"}`, 201},
		"hyphen in description": {`{"description":"front-desk (new)!"}`, 201},
		"longest description":   {`{"description":"` + text(1500) + `"}`, 201},
		"description too long":  {`{"description":"` + text(1501) + `"}`, 400},
		"user selects":          {`{"locale":""}`, 201},
		"locale":                {`{"locale":"no such thing"}`, 400},
		"device type":           {`{"deviceType":"holoLens"}`, 201},
		"unknown device type":   {`{"deviceType":"unknownFutureValue"}`, 400},
		"shared":                {shared(""), 201},
		"shared with a user":    {shared(`,"userType":"standard"`), 400},
		"unknown usage":         {`{"outOfBoxExperienceSetting":{"deviceUsageType":"two"}}`, 400},
		"unknown user type":     {`{"outOfBoxExperienceSetting":{"userType":"root"}}`, 400},
		"wrong member":          {`{"outOfBoxExperienceSetting":{"eulaHidden":"yes"}}`, 400},
		"no template":           {`{"deviceNameTemplate":""}`, 201},
		"serial":                {`{"deviceNameTemplate":"%SERIAL%"}`, 201},
		"plain template":        {`{"deviceNameTemplate":"COUNTER"}`, 201},
		"fifteen":               {`{"deviceNameTemplate":"ABCDEFGHI-%RAND:5%"}`, 201},
		"sixteen":               {`{"deviceNameTemplate":"ABCDEFGHIJ-%RAND:5%"}`, 400},
		"template digits":       {`{"deviceNameTemplate":"12345"}`, 400},
		"template blank":        {`{"deviceNameTemplate":"A B%RAND:2%"}`, 400},
		"template macro":        {`{"deviceNameTemplate":"%USER%"}`, 400},
		"template open":         {`{"deviceNameTemplate":"A%RAND:2"}`, 400},
		"template nothing":      {`{"deviceNameTemplate":"A%RAND:0%"}`, 400},
		"hybrid template":       {`{"@odata.type":"#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile"}`, 400},
		"check on Entra":        {`{"hybridAzureADJoinSkipConnectivityCheck":true}`, 400},
	} {
		got := b.graph("POST", profiles, deployment(t, c.change))
		if got.status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, got.status, c.status, got.body)
		}
		if got.status == 500 {
			if e := read[graphErrorView](t, got).Error; e.Code != "InternalServerError" || !strings.Contains(e.Message, "An internal server error has occurred - Operation ID") {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
	for _, body := range []string{"", "x", "[]"} {
		b.graph("POST", profiles, body).want(t, 400)
	}
	for n := len(b.profiles()); n < 350; n++ {
		b.graph("POST", profiles, deployment(t, `{}`)).want(t, 201)
	}
	b.graph("POST", profiles, deployment(t, `{}`)).want(t, 400)
}

func TestProfileUpdate(t *testing.T) {
	b := start(t, simulator.Options{Devices: 30})
	p := read[profileView](t, b.graph("POST", profiles, deployment(t, `{}`)).want(t, 201))
	const kind = `"@odata.type":"#microsoft.graph.azureADWindowsAutopilotDeploymentProfile"`
	patch := func(body string, status int) profileView {
		t.Helper()
		b.watch.forward(time.Second)
		got := b.graph("PATCH", profiles+"/"+p.ID, body).want(t, status)
		if status != 200 {
			return p
		}
		return read[profileView](t, got)
	}
	next := patch(`{`+kind+`,"displayName":"Clinic desks","outOfBoxExperienceSetting":{"eulaHidden":false}}`, 200)
	if next.DisplayName != "Clinic desks" || next.OutOfBoxExperienceSetting["eulaHidden"] != false || next.OutOfBoxExperienceSetting["userType"] != "standard" ||
		next.Description != p.Description || next.CreatedDateTime != p.CreatedDateTime || next.LastModifiedDateTime <= p.LastModifiedDateTime || next.Context == "" {
		t.Errorf("%+v", next)
	}
	if next = patch(`{`+kind+`,"outOfBoxExperienceSetting":{"deviceUsageType":"shared"}}`, 200); next.OutOfBoxExperienceSetting["userType"] != "administrator" {
		t.Errorf("%+v", next.OutOfBoxExperienceSetting)
	}
	patch(`{`+kind+`,"outOfBoxExperienceSetting":{"userType":"standard"}}`, 400)
	if next = patch(`{`+kind+`,"outOfBoxExperienceSettings":{"deviceUsageType":"singleUser"},"deviceType":"windowsPc","managementServiceAppId":null}`, 200); next.OutOfBoxExperienceSetting["userType"] != "administrator" {
		t.Errorf("%+v", next.OutOfBoxExperienceSetting)
	}
	patch(`{"displayName":"x"}`, 400)
	patch(`{"@odata.type":"#microsoft.graph.activeDirectoryWindowsAutopilotDeploymentProfile","displayName":"x"}`, 400)
	patch(`{`+kind+`,"deviceType":"holoLens"}`, 400)
	patch(`{`+kind+`,"displayName":"a-b"}`, 500)
	patch(`x`, 400)
	b.graph("PATCH", profiles+"/"+someID, `{`+kind+`}`).want(t, 404)
	if got := b.profileNamed("Clinic desks"); got.LastModifiedDateTime != next.LastModifiedDateTime {
		t.Errorf("%+v", got)
	}
}

func TestProfileAssignmentsAndDelete(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	p := read[profileView](t, b.graph("POST", profiles, deployment(t, `{}`)).want(t, 201))
	path := profiles + "/" + p.ID + "/assignments"
	group, other := b.group("Autopilot All Devices"), b.group("BIOS Exclusions")
	target := func(kind, group string) string {
		return fmt.Sprintf(`{"target":{"@odata.type":"#microsoft.graph.%s","groupId":%q}}`, kind, group)
	}
	made := read[profileTargetView](t, b.graph("POST", path, target("groupAssignmentTarget", group.ID)).want(t, 201))
	if made.ID != p.ID+"_"+group.ID+"_0" || made.Source != "direct" || made.SourceID != p.ID || made.Target["groupId"] != group.ID || made.Target["deviceAndAppManagementAssignmentFilterType"] != "none" ||
		made.Target["@odata.type"] != "#microsoft.graph.groupAssignmentTarget" {
		t.Errorf("%+v", made)
	}
	for name, body := range map[string]string{
		"again": target("groupAssignmentTarget", group.ID), "also excluded": target("exclusionGroupAssignmentTarget", group.ID), "no such group": target("groupAssignmentTarget", someID),
		"no such target": target("allLicensedUsersAssignmentTarget", ""), "no target": `{}`, "no type": `{"target":{"groupId":"` + other.ID + `"}}`, "no JSON": "x",
		"filter without an id": `{"target":{"@odata.type":"#microsoft.graph.groupAssignmentTarget","groupId":"` + other.ID + `","deviceAndAppManagementAssignmentFilterType":"include"}}`,
	} {
		if got := b.graph("POST", path, body); got.status != 400 {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	b.graph("POST", path, target("exclusionGroupAssignmentTarget", other.ID)).want(t, 201)
	everybody := read[profileTargetView](t, b.graph("POST", path, `{"target":{"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget"}}`).want(t, 201))
	if everybody.ID != p.ID+"_adadadad-808e-44e2-905a-0b7873a8a531_0" || everybody.Target["groupId"] != nil {
		t.Errorf("%+v", everybody)
	}
	second := read[profileView](t, b.graph("POST", profiles, deployment(t, `{"displayName":"Second"}`)).want(t, 201))
	got := b.graph("POST", profiles+"/"+second.ID+"/assignments", `{"target":{"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget"}}`).want(t, 400)
	if e := read[graphErrorView](t, got).Error; !strings.Contains(e.Message, "Another Profile "+p.ID+" is already assigned to All Devices.") {
		t.Errorf("%+v", e)
	}
	all := read[setView[profileTargetView]](t, b.graph("GET", path, "").want(t, 200))
	if len(all.Value) != 3 || all.Context != b.ready.Graph+"/$metadata#deviceManagement/windowsAutopilotDeploymentProfiles('"+p.ID+"')/assignments" {
		t.Errorf("%+v", all)
	}
	b.graph("DELETE", profiles+"/"+p.ID, "").want(t, 400)
	for _, a := range all.Value {
		if one := read[profileTargetView](t, b.graph("GET", path+"/"+a.ID, "").want(t, 200)); one.ID != a.ID {
			t.Errorf("%+v", one)
		}
		b.graph("DELETE", path+"/"+a.ID, "").want(t, 204)
	}
	b.graph("DELETE", path+"/"+made.ID, "").want(t, 404)
	b.graph("DELETE", profiles+"/"+p.ID, "").want(t, 204)
	b.graph("DELETE", profiles+"/"+p.ID, "").want(t, 404)
	b.graph("GET", path, "").want(t, 404)
	linked := 0
	for _, q := range b.profiles() {
		type linkView struct {
			PayloadID string
			HasLink   bool
			SourceIDs []string
		}
		rows := read[setView[linkView]](t, b.graph("POST", profiles+"/hasPayloadLinks", fmt.Sprintf(`{"payloadIds":[%q,%q]}`, q.ID, someID)).want(t, 200)).Value
		set := ""
		for _, a := range *q.Assignments {
			if a.Source == "policySets" {
				set = a.SourceID
				b.graph("DELETE", profiles+"/"+q.ID+"/assignments/"+a.ID, "").want(t, 400)
				linked++
			}
		}
		if len(rows) != 2 || rows[0].PayloadID != q.ID || rows[0].HasLink != (set != "") || set != "" && rows[0].SourceIDs[0] != set || rows[1].HasLink {
			t.Errorf("%s: %+v", q.DisplayName, rows)
		}
	}
	if linked != 1 {
		t.Errorf("%d assignments belong to a policy set", linked)
	}
	b.graph("POST", profiles+"/hasPayloadLinks", `{}`).want(t, 400)
}
