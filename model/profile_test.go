package model_test

import (
	"strings"
	"testing"

	"muster/model"
)

func TestNamesThatWindowsAndTheServiceTake(t *testing.T) {
	for name, want := range map[string]string{
		"FJL-FRONT-07": "", "a": "", "": "required", "1234567": "digits alone", "WITH BLANK": "letters, digits",
		"ÅSE-PC": "letters, digits", "SIXTEEN-LETTERS-": "limit is 15",
	} {
		if got := model.CheckDeviceName(name); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("device name %q: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"Clinic front desk": "", "Kiosk: lobby (no)": "'('", "Front-desk": "'-'", "Café 2": "", "": "required", strings.Repeat("x", 201): "limit is 200",
	} {
		if got := model.CheckProfileName(name); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("profile name %q: %q, want %q", name, got, want)
		}
	}
}

func TestNameTemplatesAreCheckedAsTheyExpand(t *testing.T) {
	for _, c := range []struct{ template, serial, want string }{
		{"", "", ""}, {"FJL-%RAND:5%", "", ""}, {"%SERIAL%", "", ""}, {"%serial%", "7QK2M93", ""},
		{"%SERIAL%", "0000-0003-4209-1133", "19 characters"}, {"FJL-%RAND:12%", "", "16 characters"},
		{"%RAND:0%", "", "1 to 15"}, {"%RAND:x%", "", "1 to 15"}, {"PC-%MODEL%", "", "a macro is"}, {"PC-%", "", "a macro is"},
		{"MY PC %RAND:3%", "", "letters, digits"}, {"12345", "", "digits alone"},
	} {
		if got := model.CheckNameTemplate(c.template, c.serial); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("template %q with serial %q: %q, want %q", c.template, c.serial, got, c.want)
		}
	}
}

func TestAChangeIsCheckedAndCanBePutBack(t *testing.T) {
	text := func(s string) *string { return &s }
	for want, c := range map[string]model.AutopilotChange{
		"nothing changes":     {},
		"limit is 512":        {GroupTag: text(strings.Repeat("x", 513))},
		"limit is 15":         {DisplayName: text("MUCH-TOO-LONG-A-NAME")},
		"user principal name": {User: text("ines")},
		"together with":       {AddressableUser: text("Ines")},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", c.Words(), err, want)
		}
	}
	d := model.AutopilotDevice{GroupTag: "OLD", User: "a@b.example"}
	c := model.AutopilotChange{GroupTag: text("NEW"), User: text("")}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	was := c.Now(d)
	if *was.GroupTag != "OLD" || *was.User != "a@b.example" || was.DisplayName != nil || was.Same(c) || !was.Same(was) {
		t.Errorf("what stood there: %v", was.Words())
	}
	if got := c.Words(); got != `group tag "NEW", no user` {
		t.Errorf("in words: %s", got)
	}
}
