package cli

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"muster/model"
)

// Every property that Intune has of a device is on the page and in the JSON; secrets as
// their digests.
func TestAutopilotShowHasEveryProperty(t *testing.T) {
	var d model.AutopilotDevice
	want := map[string]string{}
	v := reflect.ValueOf(&d).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch f := v.Field(i).Addr().Interface().(type) {
		case *time.Time:
			*f = time.Date(2026, 3, i+1, 5, 6, 0, 0, time.UTC)
			want[name] = f.Format("2006-01-02")
		case *model.Secret:
			*f = model.NewSecret("hidden-" + name)
			want[name] = f.Digest()
		default:
			v.Field(i).SetString("x-" + name)
			want[name] = "x-" + name
		}
	}
	d.GroupTag, want["GroupTag"] = "x-GroupTag", "x-GroupTag"
	at := time.Date(2026, 4, 1, 5, 6, 0, 0, time.UTC)
	r := autopilotDetail{autopilotRecord: newAutopilotRecord(d), Managed: &managed{ID: "m-1", JoinedBy: joinedBySerial, Name: "FRONT-01", LastSync: &at}}
	for form, write := range map[string]func(*session) error{
		"page": func(s *session) error { s.autopilotPage(r, d); return nil },
		"JSON": func(s *session) error { return s.out.object(r) },
	} {
		var got bytes.Buffer
		s := &session{program: &program{out: newOutput(&got, false, time.UTC)}}
		if err := write(s); err != nil {
			t.Fatal(err)
		}
		if err := s.out.flush(); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if !strings.Contains(got.String(), text) {
				t.Errorf("the %s lacks %s:\n%s", form, name, &got)
			}
		}
		for _, text := range []string{"serial", "FRONT-01", "m-1", "2026-04-01"} {
			if !strings.Contains(got.String(), text) {
				t.Errorf("the %s does not tell the managed device: no %s in\n%s", form, text, &got)
			}
		}
		if strings.Contains(got.String(), "hidden-") {
			t.Errorf("the %s has a secret:\n%s", form, &got)
		}
	}
}
