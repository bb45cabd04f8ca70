package ui_test

import (
	"reflect"
	"slices"
	"testing"

	"muster/ui"
	"muster/ui/form"
	"muster/ui/keys"
)

// Every binding of the map does something somewhere, and nothing that is listed has a
// key of its own beside the map.
func TestKeysListsEveryBinding(t *testing.T) {
	cards := ui.Keys(ui.Options{Forms: form.All()})
	listed := func(b keys.Binding) bool {
		for _, c := range cards {
			for _, a := range c.Actions {
				if slices.ContainsFunc(a.Key, func(key string) bool { return slices.Contains(b, key) }) {
					return true
				}
			}
		}
		return false
	}
	m := reflect.ValueOf(*keys.Default())
	for i := range m.NumField() {
		if b := m.Field(i).Interface().(keys.Binding); !listed(b) {
			t.Errorf("%s (%s) is in no place", m.Type().Field(i).Name, b)
		}
	}
	for _, c := range cards {
		if c.Title == "" || len(c.Actions) == 0 {
			t.Errorf("place %q has %d actions", c.Title, len(c.Actions))
		}
		for _, a := range c.Actions {
			if a.Name == "" {
				t.Errorf("%s: %v has no name", c.Title, a.Key)
			}
		}
	}
}
