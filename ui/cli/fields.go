package cli

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// field is one field of a list's JSON, one inside of another with a dot: policy.id.
type field struct {
	name string
	time bool
}

// head is a field's title in a table.
func (f field) head() string { return strings.ToUpper(f.name) }

// fields are those that the JSON of a row has.
func (l listing[T]) fields() []field {
	var none T
	return fieldsOf(reflect.TypeOf(l.json(none)), "")
}

var timeType = reflect.TypeFor[time.Time]()

// fieldsOf are the fields of a record as encoding/json names them.
func fieldsOf(t reflect.Type, before string) (out []field) {
	for f := range reflectFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		of := f.Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if f.Anonymous && name == "" {
			out = append(out, fieldsOf(of, before)...)
			continue
		}
		out = append(out, field{before + name, of == timeType})
		if of.Kind() == reflect.Struct && of != timeType {
			out = append(out, fieldsOf(of, before+name+".")...)
		}
	}
	return out
}

func reflectFields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func fieldNames(known []field) []string {
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.name
	}
	return names
}

func findField(known []field, name string) (field, bool) {
	i := slices.IndexFunc(known, func(f field) bool { return f.name == strings.TrimSpace(name) })
	if i < 0 {
		return field{}, false
	}
	return known[i], true
}

// pickFields are the fields that were asked for, each once; nil when none were.
func pickFields(known []field, wanted []string) (out []field) {
	for _, w := range wanted {
		if f, ok := findField(known, w); ok && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// chosen is a record cut down to some of its fields, in the order they were asked for.
// What is not known is absent.
type chosen struct {
	fields []field
	values []json.RawMessage // nil where there is none
}

func (chosen) record() {}

// MarshalJSON implements json.Marshaler.
func (c chosen) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, v := range c.values {
		if v == nil {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(c.fields[i].name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// fieldValues cuts a record down to the fields.
func fieldValues(r record, fields []field) (chosen, error) {
	text, err := plainJSON(r)
	if err != nil {
		return chosen{}, err
	}
	out := chosen{fields: fields, values: make([]json.RawMessage, len(fields))}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(text, &top); err != nil {
		return out, err
	}
	for i, f := range fields {
		out.values[i] = inside(top, f.name)
	}
	return out, nil
}

// inside finds a field, one level after the other; nil for none.
func inside(at map[string]json.RawMessage, name string) json.RawMessage {
	first, rest, deeper := strings.Cut(name, ".")
	v := at[first]
	if !deeper || v == nil {
		return v
	}
	var below map[string]json.RawMessage
	if json.Unmarshal(v, &below) != nil {
		return nil
	}
	return inside(below, rest)
}

// text is a value for a person.
func (f field) text(o *output, v json.RawMessage) string {
	var s string
	var list []string
	var yes bool
	var at time.Time
	switch {
	case v == nil:
		return ""
	case f.time && json.Unmarshal(v, &at) == nil:
		return o.moment(at)
	case json.Unmarshal(v, &s) == nil:
		return s
	case json.Unmarshal(v, &yes) == nil:
		if yes {
			return "yes"
		}
		return "no"
	case json.Unmarshal(v, &list) == nil:
		return strings.Join(list, " ")
	}
	return string(v)
}
