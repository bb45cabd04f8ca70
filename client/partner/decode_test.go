package partner

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"muster/client/rest"
)

// FuzzDecodeList reads any body as a list of devices and as encoding/json reads it: the
// same devices, or an error of both.
func FuzzDecodeList(f *testing.F) {
	page, err := os.ReadFile(filepath.Join("..", "..", "testdata", "exchanges", "partner", "devices.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(page))
	f.Add(strings.ToUpper(string(page)))
	f.Add(`{"items":[{"id":"a","policies":[{"key":1,"value":{}},null],"allowedOperations":[null,"x",true]}],"links":{"next":{"uri":"u","headers":[{"key":"k"}]}},"totalCount":null}`)
	f.Add(`{"items":[{"id":"a","policies":[{"key":"a","value":"b"}],"policies":[{"key":"c"}]}],"items":[{},{}],"links":{"next":null},"totalCount":"7"}`)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := rest.Decode[collection[device]]("x", &rest.Answer{Body: []byte(body)})
		var want collection[device]
		if other := json.Unmarshal([]byte(body), &want); (err == nil) != (other == nil) {
			t.Fatalf("%q: got %v, encoding/json says %v", body, err, other)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\ngot  %+v\nwant %+v", body, got, want)
		}
	})
}
