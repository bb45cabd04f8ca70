package simulator_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

type hardwareView struct {
	Context                 string `json:"@odata.context"`
	ID, DisplayName         string
	Version                 int
	Description             string
	CreatedDateTime         string
	LastModifiedDateTime    string
	FileName                string
	ConfigurationContent    []byte `json:"configurationFileContent"`
	HardwareFormat          string `json:"hardwareConfigurationFormat"`
	RoleScopeTagIDs         []string
	PerDevicePasswordDisabl *bool `json:"perDevicePasswordDisabled"`
	Assignments             *[]any
}

type hardwareListView struct {
	Context string `json:"@odata.context"`
	Next    string `json:"@odata.nextLink"`
	Value   []hardwareView
}

// bios writes a body of create with some members replaced; null drops one.
func bios(t *testing.T, change string) string {
	t.Helper()
	m := map[string]any{
		"displayName": "Ours", "description": "text", "fileName": "ours.cctk", "hardwareConfigurationFormat": "dell",
		"configurationFileContent":  base64.StdEncoding.EncodeToString([]byte("[cctk]\r\nCamera=Disabled\r\n")),
		"perDevicePasswordDisabled": true, "version": 7, "createdDateTime": "2020-01-01T00:00:00Z", "@odata.type": "#microsoft.graph.hardwareConfiguration",
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

func TestHardwareListAndGet(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	list := read[hardwareListView](t, b.graph("GET", "/hardwareConfigurations", "").want(t, 200))
	if len(list.Value) == 0 || list.Context != b.ready.Graph+"/$metadata#deviceManagement/hardwareConfigurations" || list.Next != "" {
		t.Fatalf("%+v", list)
	}
	for _, h := range list.Value {
		if !strings.HasPrefix(string(h.ConfigurationContent), "[cctk]\r\n") || h.HardwareFormat != "dell" || h.Version < 1 || len(h.RoleScopeTagIDs) == 0 ||
			h.PerDevicePasswordDisabl == nil || len(h.CreatedDateTime) != len("2026-07-02T10:11:12.0041523Z") {
			t.Errorf("%+v", h)
		}
		for _, path := range []string{"/hardwareConfigurations/" + h.ID, "/hardwareConfigurations('" + h.ID + "')", "//HardwareConfigurations/" + strings.ToUpper(h.ID)} {
			one := read[hardwareView](t, b.graph("GET", path, "").want(t, 200))
			if one.ID != h.ID || one.Context != list.Context+"/$entity" || one.Assignments != nil {
				t.Errorf("%s: %+v", path, one)
			}
		}
		one := read[hardwareView](t, b.graph("GET", "/hardwareConfigurations/"+h.ID+"?$expand=assignments", "").want(t, 200))
		if one.Assignments == nil {
			t.Error("no assignments when they are asked for")
		}
	}
	b.graph("GET", "/hardwareConfigurations/"+someID, "").want(t, 404)
}

func TestHardwareCreate(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	h := read[hardwareView](t, b.graph("POST", "/hardwareConfigurations", bios(t, `{}`)).want(t, 201))
	if h.Version != 1 || h.DisplayName != "Ours" || strings.HasPrefix(h.CreatedDateTime, "2020") || h.RoleScopeTagIDs[0] != "0" || !strings.HasSuffix(h.Context, "/$entity") {
		t.Errorf("%+v", h)
	}
	if got := read[hardwareView](t, b.graph("GET", "/hardwareConfigurations/"+h.ID, "").want(t, 200)); got.FileName != "ours.cctk" {
		t.Errorf("%+v", got)
	}
	if h := read[hardwareView](t, b.graph("POST", "/hardwareConfigurations", bios(t, `{"hardwareConfigurationFormat":null,"fileName":"X.CCTK"}`)).want(t, 201)); h.HardwareFormat != "dell" {
		t.Errorf("inferred %q", h.HardwareFormat)
	}
}

func TestHardwareLimits(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	text := func(n int) string { return strings.Repeat("ü", n) }
	file := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for name, c := range map[string]struct {
		change string
		status int
	}{
		"longest name":        {`{"displayName":"` + text(150) + `"}`, 201},
		"name too long":       {`{"displayName":"` + text(151) + `"}`, 400},
		"no name":             {`{"displayName":null}`, 400},
		"blank name":          {`{"displayName":" "}`, 400},
		"longest description": {`{"description":"` + text(1000) + `"}`, 201},
		"description long":    {`{"description":"` + text(1001) + `"}`, 400},
		"longest file name":   {`{"fileName":"` + text(150) + `"}`, 201},
		"file name too long":  {`{"fileName":"` + text(151) + `"}`, 400},
		"no file name":        {`{"fileName":null}`, 400},
		"largest file":        {`{"configurationFileContent":"` + file(5120) + `"}`, 201},
		"file too large":      {`{"configurationFileContent":"` + file(5121) + `"}`, 400},
		"no file":             {`{"configurationFileContent":null}`, 400},
		"empty file":          {`{"configurationFileContent":""}`, 400},
		"not base64":          {`{"configurationFileContent":"[cctk]"}`, 400},
		"no password switch":  {`{"perDevicePasswordDisabled":null}`, 400},
		"surface":             {`{"hardwareConfigurationFormat":"surface"}`, 201},
		"surfaceDock":         {`{"hardwareConfigurationFormat":"surfaceDock"}`, 201},
		"hp":                  {`{"hardwareConfigurationFormat":"hp"}`, 400},
		"nothing to infer":    {`{"hardwareConfigurationFormat":null,"fileName":"x.msi"}`, 400},
		"wrong type":          {`{"displayName":5}`, 400},
		"wrong tags":          {`{"roleScopeTagIds":"0"}`, 400},
	} {
		if got := b.graph("POST", "/hardwareConfigurations", bios(t, c.change)); got.status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, got.status, c.status, got.body)
		}
	}
	for _, body := range []string{"", "x", "[]", `{"displayName":"x"} {}`} {
		b.graph("POST", "/hardwareConfigurations", body).want(t, 400)
	}
}

func TestHardwareUpdate(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	old := read[hardwareView](t, b.graph("POST", "/hardwareConfigurations", bios(t, `{}`)).want(t, 201))
	version := 1
	other := base64.StdEncoding.EncodeToString([]byte("[cctk]\r\nCamera=Enabled\r\n"))
	for _, c := range []struct {
		body  string
		rises bool
	}{
		{`{}`, false},
		{`{"displayName":"New name"}`, false},
		{`{"description":""}`, false},
		{`{"roleScopeTagIds":["0","1"]}`, false},
		{`{"version":42}`, false},
		{`{"fileName":"ours.cctk"}`, false},
		{`{"fileName":"other.cctk"}`, true},
		{`{"configurationFileContent":"` + other + `"}`, true},
		{`{"configurationFileContent":"` + other + `"}`, false},
		{`{"perDevicePasswordDisabled":true}`, false},
		{`{"perDevicePasswordDisabled":false}`, true},
		{`{"hardwareConfigurationFormat":"dell"}`, false},
	} {
		b.watch.forward(time.Second)
		if c.rises {
			version++
		}
		h := read[hardwareView](t, b.graph("PATCH", "/hardwareConfigurations/"+old.ID, c.body).want(t, 200))
		if h.Version != version || h.LastModifiedDateTime == old.LastModifiedDateTime || h.CreatedDateTime != old.CreatedDateTime {
			t.Errorf("%s: version %d, want %d: %+v", c.body, h.Version, version, h)
		}
	}
	h := read[hardwareView](t, b.graph("GET", "/hardwareConfigurations('"+old.ID+"')", "").want(t, 200))
	if h.DisplayName != "New name" || h.Description != "" || h.FileName != "other.cctk" || *h.PerDevicePasswordDisabl || len(h.RoleScopeTagIDs) != 2 {
		t.Errorf("in the end %+v", h)
	}
	for _, body := range []string{`{"displayName":""}`, `{"hardwareConfigurationFormat":"surface"}`, `{"configurationFileContent":"*"}`, `x`,
		`{"displayName":"half","fileName":""}`} {
		b.graph("PATCH", "/hardwareConfigurations/"+old.ID, body).want(t, 400)
	}
	if got := read[hardwareView](t, b.graph("GET", "/hardwareConfigurations/"+old.ID, "")); got.DisplayName != "New name" {
		t.Errorf("a refused change was made by half: %+v", got)
	}
	b.graph("PATCH", "/hardwareConfigurations/"+someID, `{}`).want(t, 404)
}

func TestHardwarePaging(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	for range 205 {
		b.graph("POST", "/hardwareConfigurations", bios(t, `{}`)).want(t, 201)
	}
	seen := map[string]bool{}
	sizes := ""
	for url := b.ready.Graph + "/deviceManagement/hardwareConfigurations"; url != ""; {
		page := read[hardwareListView](t, b.do(request{method: "GET", url: url}).want(t, 200))
		for _, h := range page.Value {
			seen[h.ID] = true
		}
		sizes += fmt.Sprint(len(page.Value), " ")
		if url = page.Next; url != "" && !strings.HasPrefix(url, b.ready.Graph+"/deviceManagement/hardwareConfigurations?$skiptoken=") {
			t.Fatalf("next link %q", url)
		}
	}
	if sizes != "100 100 8 " || len(seen) != 208 {
		t.Errorf("pages of %s, %d different", sizes, len(seen))
	}
	for _, token := range []string{"x", "-1", "99999999999"} {
		b.graph("GET", "/hardwareConfigurations?$skiptoken="+token, "").want(t, 400)
	}
}
