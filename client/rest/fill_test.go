package rest

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// Answers with every kind of member that the wire types of both services have.
type (
	sheet struct {
		Value []row `json:"value"`
		Next  Text  `json:"@odata.nextLink"`
		Links struct {
			Next *row `json:"next"`
		} `json:"links"`
		Total *Text `json:"totalCount"`
		Plain string
		Count int             `json:"count,omitempty"`
		Flag  bool            `json:"flag"`
		Raw   json.RawMessage `json:"raw"`
		Any   any             `json:"any"`
		Map   map[string]Text `json:"map"`
		inner Text
		Not   Text `json:"-"`
	}
	row struct {
		ID       string `json:"id"`
		Serial   Text   `json:"serialNumber"`
		Seen     Time   `json:"lastContactedDateTime"`
		Policies []pair `json:"policies"`
		Allowed  []Text `json:"allowedOperations"`
		Next     []row  `json:"more"`
	}
	pair struct {
		Key   Text `json:"key"`
		Value Text `json:"value"`
	}
)

// bodies are seeds: what is usual, what is strange and what is wrong.
var bodies = []string{
	`{"value":[{"id":"a","serialNumber":"7QK2M93","lastContactedDateTime":"2026-08-18T05:58:02.4419021Z","policies":[{"key":"k","value":null}],"allowedOperations":["x",1,null]}],"@odata.nextLink":"https://x"}`,
	` { "VALUE" : [ { "ID" : null , "SerialNumber" : 12.5e-3 , "extra" : { "a" : [ 1 , { } , [ ] ] } } ] , "plain":"p" }` + "\r\n\t ",
	`{"value":[{"id":"a","serialNumber":"s","allowedOperations":["a","b"]},{"id":"b"}],"value":[{"serialNumber":"t","allowedOperations":["c"]}],"value":[{},{}]}`,
	`{"value":[{"id":"a","id":null,"serialNumber":"x","serialNumber":null,"more":[{"id":"c"}]}],"value":null}`,
	`{"value":[{"\u0069d":"a\u00e9\ud83d\ude00\ud800","ſerialNumber":"long s","serialNumber":"` + "\xff\xc3" + `é"}]}`,
	`{"links":{"next":{"id":"n"}},"links":{"next":{"serialNumber":"s"}},"totalCount":7,"count":3,"flag":true,"raw":{"a":[1]},"any":[null],"map":{"a":1},"-":"x","Not":"x","inner":"y"}`,
	`{"value":[{"serialNumber":{"a":"b"}},{"serialNumber":[1]},{"serialNumber":true},{"lastContactedDateTime":12},{"policies":null}]}`,
	`{"value":[{"id":12}]}`, `{"count":"3"}`, `{"value":{}}`, `{"value":"x"}`, `{"links":[]}`, `[]`, `null`, `"x"`, `{}`, ``, ` `, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`,
	`{"value":[{},]}`, `{"value":[,{}]}`, `{"value":[{}}`, `{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":1E+5}`, `{"a":-0.0e-1}`, `{"a":nul}`, `{"a":truex}`, `{"a":"` + "\n" + `"}`,
	`{"a":"\x"}`, `{"a":"\u12g4"}`, `{"a":"\u12"}`, `{"a":"x`, `{"a":"\`, `{} {}`, `{}` + "\x00", "\xef\xbb\xbf{}", `{"serialNumber":"\ud800\udc00"}`, `{"value":[{"serialNumber":"\u001b\b\f\n\r\t\/\\\""}]}`,
	`{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, `{"a":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`,
	`{"value":[{"id":"K","Kelvin":1}],"plain":"K"}`,
	`{"value":[{"id":"` + "\xffé" + `","serialNumber":"é` + "\xc3" + `"}]}`, `{"a":1`, `{"a":1]`, `{"a":1 "b":2}`, `{"value":[{"id":"a"]}`, `{"value":[{}}}`,
}

// FuzzFill reads any body with the scanner and with encoding/json. Where the scanner
// takes it, both take it and read the same.
func FuzzFill(f *testing.F) {
	for _, b := range bodies {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body string) {
		same[sheet](t, body)
		same[row](t, body)
		same[[]row](t, body)
	})
}

func same[T any](t *testing.T, body string) {
	t.Helper()
	var got, want T
	took := fill([]byte(body), reflect.ValueOf(&got))
	err := json.Unmarshal([]byte(body), &want)
	if took && err != nil {
		t.Fatalf("the scanner took %q, encoding/json says %v", body, err)
	}
	if took && !reflect.DeepEqual(got, want) {
		t.Fatalf("%q:\ngot  %#v\nwant %#v", body, got, want)
	}
}

// What services send is read by the scanner, not by encoding/json behind it.
func TestFillTakesWhatServicesSend(t *testing.T) {
	for i, body := range bodies[:4] {
		var v sheet
		if !fill([]byte(body), reflect.ValueOf(&v)) {
			t.Errorf("body %d is left to encoding/json", i)
		}
	}
}

// Types whose members have further rules are left to encoding/json.
func TestFillLeavesOtherTypes(t *testing.T) {
	type tagged struct {
		A int `json:",string"`
	}
	type embedded struct{ row }
	type twice struct {
		A Text `json:"a"`
		B Text `json:"A"`
	}
	for _, v := range []any{new(tagged), new(embedded), new(twice), new(map[string]Text), new(int), new(json.RawMessage), new(json.Number)} {
		if fill([]byte(`{"A":"1","id":"x"}`), reflect.ValueOf(v)) {
			t.Errorf("%T is filled", v)
		}
	}
}

// A scanner gives one string for a short text that repeats, and the right one each time.
func TestScannerKnows(t *testing.T) {
	s := &scanner{}
	for i := range 5000 {
		for _, want := range []string{"Dell Inc.", strings.Repeat("x", i%40), string(rune('a'+i%26)) + strings.Repeat("7", i%9)} {
			if got := s.known([]byte(want)); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
	}
}
