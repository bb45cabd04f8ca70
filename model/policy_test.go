package model_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
)

func TestPolicySettingsAndTheirRules(t *testing.T) {
	if n := len(model.Settings()); n != 6 {
		t.Fatalf("%d settings, want six", n)
	}
	for _, s := range model.Settings() {
		if !s.Known() || s.Effect() == "" || s.Effect() == string(s) {
			t.Errorf("%s: %q", s, s.Effect())
		}
	}
	for name, c := range map[string]struct {
		p  model.ConfigurationPolicy
		ok bool
	}{
		"one":       {model.ConfigurationPolicy{Name: "Kiosk", Settings: []model.Setting{model.SettingSkipEULA}}, true},
		"none only": {model.ConfigurationPolicy{Name: "Kiosk", Settings: []model.Setting{model.SettingNone}}, true},
		"none and":  {model.ConfigurationPolicy{Name: "Kiosk", Settings: []model.Setting{model.SettingNone, model.SettingSkipEULA}}, false},
		"twice":     {model.ConfigurationPolicy{Name: "Kiosk", Settings: []model.Setting{model.SettingSkipEULA, model.SettingSkipEULA}}, false},
		"unknown":   {model.ConfigurationPolicy{Name: "Kiosk", Settings: []model.Setting{"skip_lunch"}}, false},
		"nothing":   {model.ConfigurationPolicy{Name: "Kiosk"}, false},
		"nameless":  {model.ConfigurationPolicy{Name: " ", Settings: []model.Setting{model.SettingSkipEULA}}, false},
		"long":      {model.ConfigurationPolicy{Name: strings.Repeat("x", 129), Settings: []model.Setting{model.SettingSkipEULA}}, false},
	} {
		if err := c.p.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnUnknownSettingIsKeptForDisplay(t *testing.T) {
	if got := model.Setting("skip_lunch").Effect(); got != "skip_lunch" {
		t.Errorf("got %q", got)
	}
}

func TestFindByIdOrExactUniqueName(t *testing.T) {
	policies := []model.ConfigurationPolicy{{ID: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20", Name: "Kiosk"},
		{ID: "00000000-0000-0000-0000-000000000001", Name: "Twice"}, {ID: "00000000-0000-0000-0000-000000000002", Name: "Twice"}}
	for _, name := range []string{"Kiosk", "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20", "9F0B7A52-3D7D-4E0A-8F55-2F6F0F4F1B20"} {
		if p, err := model.FindPolicy(policies, name); err != nil || p.Name != "Kiosk" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for name, says := range map[string]string{"Kios": "no policy", "kiosk": "no policy", "Twice": "2 have the name", "": "no policy"} {
		if _, err := model.FindPolicy(policies, name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", name, err, says)
		}
	}
	if _, err := model.FindCustomer([]model.Customer{{ID: "c", Name: "Contoso"}}, "Contoso"); err != nil {
		t.Error(err)
	}
}

func TestPolicyOfADevice(t *testing.T) {
	policies := []model.ConfigurationPolicy{{ID: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20", Name: "Kiosk"}}
	if got := (model.PolicyRef{Value: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20"}).Name(policies); got != "Kiosk" {
		t.Errorf("got %q", got)
	}
	foreign := model.PolicyRef{Value: "AzureAD Join Default Profile"}
	if _, isID := foreign.ID(); isID || foreign.Name(policies) != foreign.Value {
		t.Errorf("a foreign profile is %q", foreign.Name(policies))
	}
	if !(model.PolicyRef{}).None() {
		t.Error("no policy is one")
	}
}

func TestAssignmentRefusesWhatTheServiceWould(t *testing.T) {
	policy := model.ConfigurationPolicy{ID: "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20"}
	good := model.Assignment{Customer: "5b1f0d0e-6c0f-4a43-9a53-2f7c3f1f7a10", Policy: policy, Devices: []model.Device{{ID: "4471-0092"}, {ID: "b"}}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, devices := range map[string][]model.Device{"none": nil, "no id": {{}}, "twice": {{ID: "a"}, {ID: "a"}}} {
		bad := good
		bad.Devices = devices
		if bad.Validate() == nil {
			t.Errorf("%s passes", name)
		}
	}
	bad := good
	bad.Policy.ID = "Kiosk"
	if bad.Validate() == nil {
		t.Error("a policy's name passes for its id")
	}
}

func goodBIOS() model.BIOSConfiguration {
	return model.BIOSConfiguration{Name: "Counters", FileName: "counter.cctk", Format: model.FormatDell, Content: []byte("[cctk]\r\n; note\r\nCamera=Disabled\r\n")}
}

func TestBIOSLimits(t *testing.T) {
	long := func(n int) []byte { return append([]byte("[cctk]\nA=1\n;"), bytes.Repeat([]byte("x"), n)...) }
	for name, c := range map[string]struct {
		spoil    func(*model.BIOSConfiguration)
		ok, over bool
	}{
		"as it is":              {func(*model.BIOSConfiguration) {}, true, true},
		"name 150":              {func(b *model.BIOSConfiguration) { b.Name = strings.Repeat("ä", 150) }, true, true},
		"name 151":              {func(b *model.BIOSConfiguration) { b.Name = strings.Repeat("ä", 151) }, false, false},
		"nameless":              {func(b *model.BIOSConfiguration) { b.Name = "  " }, false, false},
		"description 1000":      {func(b *model.BIOSConfiguration) { b.Description = strings.Repeat("x", 1000) }, true, true},
		"description 1001":      {func(b *model.BIOSConfiguration) { b.Description = strings.Repeat("x", 1001) }, false, false},
		"file name 151":         {func(b *model.BIOSConfiguration) { b.FileName = strings.Repeat("x", 151) }, false, false},
		"file name with folder": {func(b *model.BIOSConfiguration) { b.FileName = "../x.cctk" }, false, false},
		"empty":                 {func(b *model.BIOSConfiguration) { b.Content = nil }, false, false},
		"5120 bytes":            {func(b *model.BIOSConfiguration) { b.Content = long(5120 - 12) }, true, true},
		"5121 bytes":            {func(b *model.BIOSConfiguration) { b.Content = long(5121 - 12) }, false, true},
		"over 2 MiB":            {func(b *model.BIOSConfiguration) { b.Content = long(2 << 20) }, false, false},
		"format":                {func(b *model.BIOSConfiguration) { b.Format = "hp" }, false, false},
		"surface needs no cctk": {func(b *model.BIOSConfiguration) { b.Format, b.Content = model.FormatSurface, []byte{0, 1, 2} }, true, true},
		"UTF-16":                {func(b *model.BIOSConfiguration) { b.Content = []byte("\xff\xfe[\x00") }, false, false},
		"no section":            {func(b *model.BIOSConfiguration) { b.Content = []byte("Camera=Disabled\n") }, false, false},
		"no setting":            {func(b *model.BIOSConfiguration) { b.Content = []byte("[cctk]\n; nothing\n") }, false, false},
		"a password":            {func(b *model.BIOSConfiguration) { b.Content = []byte("[cctk]\nSetupPwd=hunter2\n") }, false, true},
	} {
		b := goodBIOS()
		c.spoil(&b)
		if err := b.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		} else if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows the password: %v", name, err)
		}
		if err := b.ValidateOverride(); (err == nil) != c.over {
			t.Errorf("%s with override: %v", name, err)
		}
	}
}

func TestAPatchCarriesOnlyWhatChanged(t *testing.T) {
	was := goodBIOS()
	for name, c := range map[string]struct {
		change  func(*model.BIOSConfiguration)
		changed []string
		raises  bool
	}{
		"nothing":     {func(*model.BIOSConfiguration) {}, nil, false},
		"name":        {func(b *model.BIOSConfiguration) { b.Name = "x" }, []string{"name"}, false},
		"description": {func(b *model.BIOSConfiguration) { b.Description = "x" }, []string{"description"}, false},
		"scope tags":  {func(b *model.BIOSConfiguration) { b.ScopeTags = []string{"4"} }, []string{"scope tags"}, false},
		"file name":   {func(b *model.BIOSConfiguration) { b.FileName = "y.cctk" }, []string{"file name"}, true},
		"content":     {func(b *model.BIOSConfiguration) { b.Content = []byte("[cctk]\nA=1\n") }, []string{"content"}, true},
		"passwords":   {func(b *model.BIOSConfiguration) { b.PasswordsOff = true }, []string{"BIOS passwords"}, true},
	} {
		want := was
		c.change(&want)
		p := was.Patch(want)
		if diff := cmp.Diff(c.changed, p.Changed()); diff != "" || p.RaisesVersion() != c.raises || p.Empty() != (c.changed == nil) {
			t.Errorf("%s: %s raises %v empty %v", name, diff, p.RaisesVersion(), p.Empty())
		}
		if diff := cmp.Diff(want, was.Apply(p)); diff != "" {
			t.Errorf("%s applied: %s", name, diff)
		}
	}
}

func TestErrorsSayWhatHappenedAndWhatToDo(t *testing.T) {
	err := fmt.Errorf("deep: %w", &model.Error{Kind: model.Throttled, Op: "assign policy", Msg: "the service asks us to slow down",
		Hint: "muster tries again in 30 s", Ref: "abc", Code: "429"})
	if model.KindOf(err) != model.Throttled || model.KindOf(nil) != model.Unexpected {
		t.Error("the kind is lost on the way")
	}
	if got, want := model.AsError(err).Error(), "assign policy: the service asks us to slow down (429); muster tries again in 30 s [abc]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
