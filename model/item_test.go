package model

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseItem(t *testing.T) {
	raw := `{"id":"d1","n":12,"big":12345678901234567890,"ok":true,"policies":[{"key":"o_o_b_e","value":null}],"allowedOperations":["GET","PATCH","DELETE","X","Y"],
"links":{"self":{"uri":"/x?a&b","headers":[]}},"attributes":{"etag":"e1"},"hardwareHash":"T0secret","ProductKey":"K-1","password":null,"passwordOff":true,"empty":{},"none":[]}`
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	i, err := ParseItem(ItemRef{Kind: DeviceItem, ID: "d1"}, []byte(raw), at)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, f := range i.Facts {
		told = append(told, f.Name+"="+f.Value)
	}
	want := `id=d1|n=12|big=12345678901234567890|ok=true|policies.1.key=o_o_b_e|policies.1.value=|allowedOperations=GET, PATCH, DELETE, X, Y|` +
		`links.self.uri=/x?a&b|links.self.headers=|attributes.etag=e1|hardwareHash=(hidden: 8 characters, ` + NewSecret("T0secret").Digest() +
		`)|ProductKey=(hidden: 3 characters, ` + NewSecret("K-1").Digest() + `)|password=|passwordOff=true|none=`
	if got := strings.Join(told, "|"); got != want {
		t.Errorf("facts are\n%s\nwant\n%s", got, want)
	}
	if !json.Valid([]byte(i.JSON)) || strings.Contains(i.JSON, "T0secret") || strings.Contains(i.JSON, "K-1") || !strings.Contains(i.JSON, "\n  \"links\": {\n    \"self\"") ||
		!strings.Contains(i.JSON, `"/x?a&b"`) || !strings.Contains(i.JSON, "12345678901234567890") || !strings.Contains(i.JSON, `"empty": {}`) {
		t.Errorf("the JSON is\n%s", i.JSON)
	}
	if i.Fact("ALLOWEDoperations") != "GET, PATCH, DELETE, X, Y" || i.Fact("gone") != "" || !i.Read.Equal(at) {
		t.Errorf("%+v", i)
	}
}

// A long list of objects says how many there are and tells the first few.
func TestParseItemWithALongList(t *testing.T) {
	var parts []string
	for n := range 1000 {
		parts = append(parts, fmt.Sprintf(`{"serialNumber":"S%d","status":"finished"}`, n))
	}
	i, err := ParseItem(ItemRef{Kind: JobItem}, []byte(`{"devicesStatus":[`+strings.Join(parts, ",")+`]}`), time.Time{})
	if err != nil || i.Fact("devicesStatus") != "1000 in all" || i.Fact("devicesStatus.3.serialNumber") != "S2" || i.Fact("devicesStatus.4.serialNumber") != "" {
		t.Errorf("%v, %v", i.Facts, err)
	}
	if !strings.Contains(i.JSON, "S999") {
		t.Error("the JSON lacks the last device")
	}
}

func TestParseItemRefuses(t *testing.T) {
	for name, raw := range map[string]string{"a list": `[1]`, "no JSON": `<html>`, "half": `{"a":`, "nothing": "", "two": `{}{}`,
		"deep": strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100), "huge": `{"a":"` + strings.Repeat("x", MaxItem) + `"}`} {
		if i, err := ParseItem(ItemRef{}, []byte(raw), time.Time{}); KindOf(err) != Service || i.JSON != "" {
			t.Errorf("%s: %v, %v", name, i, err)
		}
	}
}

func FuzzParseItem(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":null}],"hardwareHash":"x"}`, `{"":{"":[[],[{}]]}}`, `{"a":"\u202e\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		i, err := ParseItem(ItemRef{}, raw, time.Time{})
		if err == nil && !json.Valid([]byte(i.JSON)) {
			t.Errorf("%q becomes %q", raw, i.JSON)
		}
		if len(i.Facts) > maxItemFacts {
			t.Errorf("%d facts", len(i.Facts))
		}
	})
}
