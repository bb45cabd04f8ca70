package cli

import (
	"reflect"
	"slices"
	"testing"
)

// checkColumns wants every column's field to be one that the JSON has, so that --fields
// shows it as the list does; "-" stands for columns that the JSON has no field for.
func checkColumns[T any](t *testing.T, l listing[T]) {
	t.Helper()
	known := l.fields()
	seen := map[string]bool{}
	for _, c := range l.columns {
		if _, ok := findField(known, c.shows()); !ok && c.field != "-" && c.name != "autopilotId" && c.name != "allowed" && !derived[l.one+" "+c.name] {
			t.Errorf("%s: column %s shows %q, which is no field of %v", l.one, c.name, c.shows(), fieldNames(known))
		}
		if seen[c.name] || c.name == "" {
			t.Errorf("%s: two columns are called %q", l.one, c.name)
		}
		seen[c.name] = true
	}
}

// derived are columns that are worked out of several fields.
var derived = map[string]bool{"deployment profile mode": true, "user succeeded": true, "user failed": true, "user pending": true}

func TestColumnsShowFields(t *testing.T) {
	checkColumns(t, customerListing())
	checkColumns(t, batchListing())
	checkColumns(t, deviceListing(nil))
	checkColumns(t, foundListing(""))
	checkColumns(t, policyListing())
	checkColumns(t, biosListing())
	checkColumns(t, runListing(0))
	checkColumns(t, userRunListing())
	checkColumns(t, autopilotListing())
	checkColumns(t, profileListing())
	checkColumns(t, operationListing())
	checkColumns(t, jobListing())
	checkColumns(t, connectionListing())
	checkColumns(t, keyListing())
}

func TestFieldsOfARecord(t *testing.T) {
	got := fieldNames(fieldsOf(reflect.TypeFor[foundRecord](), ""))
	for _, want := range []string{"customer", "customer.name", "partnerId", "policy.id", "uploaded"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %v", want, got)
		}
	}
	for _, f := range fieldsOf(reflect.TypeFor[deviceRecord](), "") {
		if f.time != (f.name == "uploaded") {
			t.Errorf("%s: a time %v", f.name, f.time)
		}
	}
}
