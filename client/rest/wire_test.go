package rest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"muster/client/rest"
	"muster/model"
)

func TestTime(t *testing.T) {
	for in, want := range map[string]string{
		`"2017-07-25T18:07:36"`:               "2017-07-25T18:07:36Z",
		`"2017-07-25T11:03:03.8457116-07:00"`: "2017-07-25T18:03:03.8457116Z",
		`"2026-05-04T09:14:31.4409127Z"`:      "2026-05-04T09:14:31.4409127Z",
		`"2026-05-04"`:                        "2026-05-04T00:00:00Z",
		`"0001-01-01T00:00:00"`:               "",
		`"0001-01-01T00:00:00Z"`:              "",
		`"0001-01-01T00:00:00+02:00"`:         "",
		`null`:                                "",
		`""`:                                  "",
		`"yesterday"`:                         "",
		`12`:                                  "",
		`{"a":1}`:                             "",
	} {
		var got rest.Time
		if err := json.Unmarshal([]byte(in), &got); err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if s := got.Format(time.RFC3339Nano); want == "" && !got.IsZero() || want != "" && s != want {
			t.Errorf("%s: got %s, want %q", in, s, want)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{`"a"`: "a", `12`: "12", `true`: "true", `null`: "", `{"a":1}`: "", `[1]`: "", `"\u001b"`: "\x1b"} {
		got := rest.Text("old")
		if err := json.Unmarshal([]byte(in), &got); err != nil || string(got) != want {
			t.Errorf("%s: got %q %v, want %q", in, got, err, want)
		}
	}
}

func TestUsableID(t *testing.T) {
	for id, want := range map[string]bool{
		"": false, "a": true, "LARK spring refresh": true, "Straße/50% ünï": true, strings.Repeat("x", 256): true,
		strings.Repeat("x", 257): false, "a\nb": false, "a\x1b[2J": false, "a\u202eb": false, "a\x00": false, "\xff": false, "a\u200bb": false,
	} {
		if got := rest.UsableID(id); got != want {
			t.Errorf("%q: got %v, want %v", id, got, want)
		}
	}
}

func TestDecode(t *testing.T) {
	type thing struct{ A int }
	for body, part := range map[string]string{"<html>eyJ": "else than JSON", "": "else than JSON", `{"a":"x"}`: "does not know", "[]": "does not know"} {
		_, err := rest.Decode[thing]("op", &rest.Answer{Body: []byte(body)})
		wantKind(t, err, model.Service, part)
		if strings.Contains(err.Error(), "eyJ") {
			t.Errorf("got %q", err)
		}
	}
	if v, err := rest.Decode[thing]("op", &rest.Answer{Body: []byte(`{"A":3,"b":1}`)}); err != nil || v.A != 3 {
		t.Error(v, err)
	}
}
