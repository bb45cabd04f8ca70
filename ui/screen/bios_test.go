package screen

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
	"muster/ui/uitest"
)

// someRuns is what Intune says of a configuration that reached 41 devices.
func someRuns() *uitest.StillBIOS {
	counters, lab := model.GroupID(guid(41)), model.GroupID(guid(42))
	return &uitest.StillBIOS{
		TargetList: []model.Target{{Kind: model.TargetGroup, Group: counters, Filter: "f1", FilterType: "include"}, {Kind: model.TargetExclude, Group: lab},
			{Kind: model.TargetGroup, Group: model.GroupID(guid(43))}},
		GroupList:  []model.Group{{ID: counters, Name: "Counter PCs"}, {ID: lab, Name: "Lab"}},
		FilterList: []model.AssignmentFilter{{ID: "f1", Name: "Dell only"}},
		TagList:    []model.ScopeTag{{ID: "0", Name: "Default"}},
		Summary: model.RunSummary{Devices: map[model.RunState]int{model.RunSuccess: 30, model.RunPending: 5, model.RunFail: 4, model.RunScriptError: 1, model.RunNotApplicable: 1},
			Users: map[model.RunState]int{model.RunSuccess: 7}, LastRun: born},
		RunList: []model.DeviceRun{
			{ID: "r1", State: model.RunSuccess, Device: "FRONT-01", Version: 2, At: born},
			{ID: "r2", State: model.RunFail, Device: "FRONT-02", Version: 2, Problem: "Setting TpmSecurity is not supported on this model", At: born},
			{ID: "r3", State: model.RunSuccess, Device: "FRONT-03", Version: 1, At: born},
			{ID: "r4", State: model.RunScriptError, Device: "FRONT-04", Version: 2, Problem: "the agent stopped", At: born},
		},
		UserList: []model.UserRun{{ID: "u1", User: "ines@contoso.example", Name: "Ines", Devices: map[model.RunState]int{model.RunSuccess: 2, model.RunFail: 1}, At: born}},
	}
}

// nastyBIOS is an Intune whose every text is hostile.
func nastyBIOS() *uitest.StillBIOS {
	s := &uitest.StillBIOS{Summary: model.RunSummary{Devices: map[model.RunState]int{}, Users: map[model.RunState]int{model.RunSuccess: -3}}}
	for i, h := range hostile {
		s.TargetList = append(s.TargetList, model.Target{Kind: model.TargetKind(h), Group: model.GroupID(h), Filter: h, FilterType: h})
		s.RunList = append(s.RunList, model.DeviceRun{ID: h, State: model.RunState(h), Device: h, Problem: h, Output: h, User: h, System: h, Version: i})
		s.UserList = append(s.UserList, model.UserRun{ID: h, User: h, Name: h, Mail: h, Devices: map[model.RunState]int{model.RunState(h): i}})
		s.Summary.Devices[model.RunState(h)] = i
	}
	return s
}

// withBIOS opens the detail of a BIOS configuration on what Intune says.
func withBIOS(t *testing.T, intune *uitest.StillBIOS) (*BIOSConfiguration, *kit.Env) {
	t.Helper()
	b := still(1)
	b.BIOSList[0].Content = []byte("[cctk]\nSecureBoot=Enabled\nSetupPwd=hunter2\nwhat is this\n")
	b.BIOSList[0].ScopeTags = []string{"0", "7"}
	env := newEnv(t, b)
	env.Backend.BIOS, env.Backend.BIOSWriter, env.Backend.Directory = intune, intune, intune
	env.Forms.AssignBIOS = func(_ *kit.Env, b model.BIOSConfiguration) kit.Screen { return &opened{what: "assign BIOS", bios: b} }
	env.Forms.DeleteBIOS = func(_ *kit.Env, b model.BIOSConfiguration) kit.Screen { return &opened{what: "delete BIOS", bios: b} }
	s := NewBIOSConfiguration(env, b.BIOSList[0])
	show(s)
	return s, env
}

func says(t *testing.T, s kit.Screen, parts ...string) {
	t.Helper()
	got := ansi.Strip(s.View())
	flat := strings.Join(strings.Fields(got), " ")
	for _, part := range parts {
		if !strings.Contains(flat, part) {
			t.Errorf("the screen does not say %q:\n%s", part, got)
		}
	}
}

func TestBIOSOverview(t *testing.T) {
	s, env := withBIOS(t, someRuns())
	s.Resize(80, 40)
	says(t, s, "[overview]", "devices, 5 failed", "version 2", "a BIOS password of its own", "41 devices █", "30 succeeded", "✗ 4 failed", "e 1 script error", "- 1 not applicable",
		"7 users", "included Counter PCs, only those of the filter Dell only", "excluded Lab", guid(43)+", which is gone", "Default, tag 7",
		"! line 3: SetupPwd holds a password", "1 more in the content")
	env.Theme = theme.New(false, true)
	s.Update(kit.ThemeMsg{})
	says(t, s, "####", "xxx", "# 30 succeeded")
	if v := s.View(); strings.ContainsAny(ansi.Strip(v), "█░✗→…") {
		t.Errorf("the ASCII screen has other signs:\n%s", v)
	}
}

func TestBIOSContentIsSearched(t *testing.T) {
	s, _ := withBIOS(t, someRuns())
	s.Update(uitest.Tab)
	says(t, s, "[content]", "1 [cctk]", "SetupPwd=[hidden]", "error: SetupPwd holds a password", "warning: neither a setting")
	if strings.Contains(s.View(), "hunter2") {
		t.Error("the content shows a password")
	}
	typed(s, "/secure\n")
	if f := s.Card().Facts; len(f) == 0 || f[0] != "1 of 4 lines" {
		t.Errorf("facts %v, want one of four lines", f)
	}
	d := typed(s, "\n").Push
	show(d)
	says(t, d, "Line 2", "SecureBoot=Enabled")
}

func TestBIOSRunsFilterToTheFailedOnes(t *testing.T) {
	s, _ := withBIOS(t, someRuns())
	s.Update(uitest.Tab)
	uitest.Run(s, s.Update(uitest.Tab))
	says(t, s, "[devices, 5 failed]", "FRONT-01 succeeded 2", "FRONT-03 succeeded 1, not 2", "FRONT-02 failed 2", "Setting TpmSecurity")
	typed(s, "!")
	says(t, s, "FRONT-02", "FRONT-04 script error")
	if v := s.View(); strings.Contains(v, "FRONT-01") || s.Card().Facts[0] != "2 of 4 devices" {
		t.Errorf("the filter shows %v\n%s", s.Card().Facts, v)
	}
	d := typed(s, "\n").Push
	show(d)
	says(t, d, "error Setting TpmSecurity is not supported on this model", "version 2")
	typed(s, "!")
	if s.Card().Facts[0] != "4 devices" {
		t.Errorf("after ! again the facts are %v", s.Card().Facts)
	}
	typed(s, "/look:old\n")
	says(t, s, "FRONT-03")
	d = typed(s, "\n").Push
	show(d)
	says(t, d, "the present file is version 2, so the device is not on it yet")
	uitest.Run(s, s.Update(uitest.Tab))
	says(t, s, "[users]", "ines@contoso.example 2 1 0 0")
}

// One part that cannot be read says so with the id for support; the others stand.
func TestBIOSPartsDegradeAlone(t *testing.T) {
	down := &model.Error{Kind: model.Service, Op: "read", Msg: "the service failed", Ref: "req-1"}
	for name, c := range map[string]struct {
		spoil func(*uitest.StillBIOS)
		tabs  int
		want  []string
	}{
		"targets": {func(s *uitest.StillBIOS) { s.TargetErr = down }, 0, []string{"The assignments could not be read: the service failed [req-1]", "30 succeeded", "size"}},
		"summary": {func(s *uitest.StillBIOS) { s.SummaryErr = down }, 0, []string{"The results could not be read: the service failed [req-1]", "Counter PCs", "size"}},
		"names":   {func(s *uitest.StillBIOS) { s.GroupErr = down; s.GroupList = nil }, 0, []string{"included group " + guid(41), "could not all be named: the service failed [req-1]"}},
		"tags":    {func(s *uitest.StillBIOS) { s.TagErr = down }, 0, []string{"tag 0, tag 7", "30 succeeded"}},
		"runs":    {func(s *uitest.StillBIOS) { s.RunErr, s.RunList = down, nil }, 2, []string{"The devices could not be read: the service failed.", "Id for support: req-1"}},
		"users":   {func(s *uitest.StillBIOS) { s.UserErr, s.UserList = down, nil }, 3, []string{"The users could not be read: the service failed.", "Id for support: req-1"}},
	} {
		intune := someRuns()
		c.spoil(intune)
		s, _ := withBIOS(t, intune)
		s.Resize(80, 40)
		for range c.tabs {
			uitest.Run(s, s.Update(uitest.Tab))
		}
		t.Run(name, func(t *testing.T) { says(t, s, c.want...) })
	}
}

// Without Intune on the connection every part says so and nothing is offered.
func TestBIOSWithoutIntune(t *testing.T) {
	s := NewBIOSConfiguration(newEnv(t, still(1)), still(1).BIOSList[0])
	show(s)
	s.Resize(80, 40)
	says(t, s, "The results could not be read: "+kit.NoIntune, "The assignments could not be read", "size 26 of 5 120 bytes")
	for _, what := range []string{"SecureBoot=Enabled", "The devices could not be read: " + kit.NoIntune, "The users could not be read: " + kit.NoIntune} {
		uitest.Run(s, s.Update(uitest.Tab))
		says(t, s, what)
	}
	if e := typed(s, "p"); !strings.Contains(e.Toast.Text, "not available here") {
		t.Errorf("assigning gave %+v", e)
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		numbers []int
		room    int
		want    string
	}{
		{[]int{30, 5, 4, 1, 1}, 41, "[30 5 4 1 1]"}, {[]int{1, 0, 1_000_000}, 10, "[1 0 9]"}, {[]int{1, 1, 1}, 2, "[0 1 1]"}, {nil, 5, "[]"}, {[]int{0}, 5, "[0]"},
		{[]int{7}, 0, "[0]"}, {[]int{2, 1}, 10, "[7 3]"},
	} {
		if got := fmt.Sprint(share(c.numbers, c.room)); got != c.want {
			t.Errorf("share(%v, %d) = %s, want %s", c.numbers, c.room, got, c.want)
		}
	}
}
