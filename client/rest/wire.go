package rest

import (
	"encoding/json"
	"reflect"
	"time"
	"unicode/utf8"

	"muster/model"
)

// Text decodes a string that some answers write as a number or a truth value,
// or as null, which is "".
type Text string

// UnmarshalJSON implements json.Unmarshaler. Objects and lists decode to "", as
// nothing that muster shows or compares is spelt so.
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[' || string(b) == "null":
		return nil
	case b[0] == '"':
		var s string
		err := json.Unmarshal(b, &s)
		*t = Text(s)
		return err
	}
	*t = Text(b)
	return nil
}

// Clean returns the text as it may be shown.
func (t Text) Clean() string { return model.Clean(string(t)) }

// Time decodes the date spellings of both services. The zero time stands for
// null, for .NET's year 1 and for what cannot be read: a date is never a reason
// to lose the object that carries it.
type Time struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (t *Time) UnmarshalJSON(b []byte) error {
	*t = Time{}
	var s Text
	if err := s.UnmarshalJSON(b); err != nil {
		return err
	}
	t.Time = ParseTime(string(s))
	return nil
}

// ParseTime is [model.ParseTime], for those who decode.
func ParseTime(s string) time.Time { return model.ParseTime(s) }

// MaxID bounds an identifier from outside, in bytes.
const MaxID = 256

// UsableID reports whether an identifier from outside may go into a request:
// not empty, not longer than [MaxID], and nothing in it that a reader of the
// screen could not see. See the package's documentation.
func UsableID(id string) bool {
	return id != "" && len(id) <= MaxID && utf8.ValidString(id) && model.Clean(id) == id
}

// Decode reads the JSON of an answer. What is no JSON, or JSON of another form,
// is an error of kind Service that repeats nothing of the body. The result is that of
// encoding/json, sooner: a fuzz test compares the two.
func Decode[T any](op string, a *Answer) (T, error) {
	var v T
	if fill(a.Body, reflect.ValueOf(&v)) {
		return v, nil
	}
	anew := new(T) // what the scanner left behind counts for nothing
	if err := json.Unmarshal(a.Body, anew); err != nil {
		e := &model.Error{Kind: model.Service, Op: op, Msg: "the service answered something else than JSON", Ref: a.Correlation,
			Hint: "look for a proxy or a sign-in page between muster and the service"}
		if json.Valid(a.Body) {
			e.Msg, e.Hint = "the service answered in a form that muster does not know", "give support the id"
		}
		var zero T
		return zero, e
	}
	return *anew, nil
}

// Bare returns the error for a good answer that lacks what it is about.
func Bare(op, what string, a *Answer) error {
	return &model.Error{Kind: model.Service, Op: op, Msg: "the service answered without " + what, Ref: a.Correlation}
}
