package rest

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// A filler reads the next value into v, which can be set. It returns false where
// encoding/json is to be asked, in whatever state v is then.
type filler func(s *scanner, v reflect.Value) bool

// fillers holds the filler of each type that was decoded, by [reflect.Type]; nil for
// one that encoding/json reads alone.
var fillers sync.Map

// fill reads the whole body into v, a pointer, as json.Unmarshal does.
func fill(body []byte, v reflect.Value) bool {
	t := v.Type().Elem()
	known, ok := fillers.Load(t)
	if !ok {
		known, _ = fillers.LoadOrStore(t, fillerOf(t, map[reflect.Type]bool{}))
	}
	f := known.(filler)
	if f == nil {
		return false
	}
	s := scanner{data: body}
	return f(&s, v.Elem()) && s.next() == 0 && s.at == len(body)
}

// fillerOf returns the filler of a type, nil for those that encoding/json has to read:
// numbers, truth values, pointers and what decodes itself. within are the types that
// the type is a part of.
func fillerOf(t reflect.Type, within map[reflect.Type]bool) filler {
	switch t {
	case reflect.TypeFor[Text]():
		return fillText
	case reflect.TypeFor[Time]():
		return fillTime
	}
	if within[t] || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return nil
	}
	switch t.Kind() {
	case reflect.String:
		if t != reflect.TypeFor[json.Number]() {
			return fillString
		}
	case reflect.Slice:
		if item := fillerOf(t.Elem(), within); item != nil {
			return func(s *scanner, v reflect.Value) bool { return fillSlice(s, v, item) }
		}
	case reflect.Struct:
		within[t] = true
		defer delete(within, t)
		if o := objectOf(t, within); o != nil {
			return o.fill
		}
	}
	return nil
}

// fillText is [Text.UnmarshalJSON].
func fillText(s *scanner, v reflect.Value) bool {
	t, ok := s.loose()
	*v.Addr().Interface().(*Text) = Text(t)
	return ok
}

// fillTime is [Time.UnmarshalJSON].
func fillTime(s *scanner, v reflect.Value) bool {
	t, ok := s.loose()
	*v.Addr().Interface().(*Time) = Time{ParseTime(t)}
	return ok
}

// loose reads any value as [Text.UnmarshalJSON] does.
func (s *scanner) loose() (string, bool) {
	c := s.next()
	if c == '"' {
		return s.text()
	}
	from := s.at
	if !s.skip(0) {
		return "", false
	}
	if c == '{' || c == '[' || c == 'n' {
		return "", true
	}
	return s.known(s.data[from:s.at]), true
}

// fillString reads a string; null leaves it as it is.
func fillString(s *scanner, v reflect.Value) bool {
	switch s.next() {
	case '"':
		t, ok := s.text()
		v.SetString(t)
		return ok
	case 'n':
		return s.word("null")
	}
	return false
}

// fillSlice reads a list. As in encoding/json, items of a list that was there before
// are written over member by member.
func fillSlice(s *scanner, v reflect.Value, item filler) bool {
	if s.next() == 'n' {
		v.SetZero()
		return s.word("null")
	}
	n := 0
	if !s.items(func() bool {
		if n >= v.Cap() {
			v.Grow(1)
		}
		if n >= v.Len() {
			v.SetLen(n + 1)
		}
		n++
		return item(s, v.Index(n-1))
	}) {
		return false
	}
	if n == 0 {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	} else {
		v.SetLen(n)
	}
	return true
}

// object is how a struct is filled.
type object struct {
	fields  []field
	byName  map[string]int
	byLower map[string]int // the same, in lower case: names match in any
	longest int            // bytes of the longest name
}

type field struct {
	name  string
	index int    // in the struct
	fill  filler // nil = by encoding/json
}

// objectOf returns how to fill a struct, nil where the rules for its members are more
// than names: embedded structs, options, names that differ in letter case only.
func objectOf(t reflect.Type, within map[reflect.Type]bool) *object {
	o := &object{byName: map[string]int{}, byLower: map[string]int{}}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous, options != "" && options != "omitempty" && options != "omitzero", !plainName(name), !plainName(f.Name):
			return nil
		case !f.IsExported(), name == "-" && options == "":
			continue
		case name == "":
			name = f.Name
		}
		lower := strings.ToLower(name)
		if _, twice := o.byLower[lower]; twice {
			return nil
		}
		o.byName[name], o.byLower[lower] = len(o.fields), len(o.fields)
		o.longest = max(o.longest, len(name))
		o.fields = append(o.fields, field{name: name, index: i, fill: fillerOf(f.Type, within)})
	}
	return o
}

// plainName reports a name in ASCII that encoding/json takes as it is.
func plainName(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || strings.IndexByte("\"'`\\", s[i]) >= 0 {
			return false
		}
	}
	return true
}

// fill is the object's filler.
func (o *object) fill(s *scanner, v reflect.Value) bool {
	if s.next() == 'n' {
		return s.word("null")
	}
	expected := 0 // services keep to one order
	return s.members(func(name []byte, worst uint8) bool {
		if worst != ordinary {
			return false // may be one of ours, in letters that encoding/json takes for the same
		}
		i := o.find(name, expected)
		if i < 0 {
			return s.skip(0)
		}
		expected = i + 1
		f := &o.fields[i]
		if f.fill != nil {
			return f.fill(s, v.Field(f.index))
		}
		s.next()
		from := s.at
		return s.skip(0) && json.Unmarshal(s.data[from:s.at], v.Field(f.index).Addr().Interface()) == nil
	})
}

// find returns the field of a name in ASCII, -1 = none.
func (o *object) find(name []byte, expected int) int {
	if expected < len(o.fields) && string(name) == o.fields[expected].name {
		return expected
	}
	if i, ok := o.byName[string(name)]; ok {
		return i
	}
	if len(name) > o.longest {
		return -1
	}
	lower := make([]byte, 0, 64)
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		lower = append(lower, c)
	}
	if i, ok := o.byLower[string(lower)]; ok {
		return i
	}
	return -1
}
