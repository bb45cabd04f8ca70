package model

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is what the program does next about an error.
type Kind uint8

// The kinds of error. Their zero value is a failure nobody foresaw.
const (
	Unexpected Kind = iota // a fault of muster or of its machine
	Invalid                // the operator must change something
	Refused                // muster itself declined: read-only, an expectation not met
	SignedOut              // no or no longer a valid sign-in
	Forbidden              // signed in, not allowed
	NotFound               // the thing is gone or was never there
	Conflict               // somebody else was first
	Throttled              // the service asks us to slow down
	Offline                // the service cannot be reached
	Lost                   // sent, no answer: whether it took effect is not known
	Service                // the service failed
	Incomplete             // a part was read, the rest was not
	Cancelled              // the operator or a signal ended it
	NoBackend              // no connection to work with
)

var kindNames = [...]string{"unexpected", "invalid", "refused", "signed out", "forbidden", "not found",
	"conflict", "throttled", "offline", "lost", "service", "incomplete", "cancelled", "no backend"}

// String returns the kind in words.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Error is the one error that crosses package borders. All texts are safe to
// draw: they are constants of ours or were cleaned where they came in.
type Error struct {
	Kind Kind
	Op   string // what was being done: "assign policy"
	Msg  string // one sentence, lower case, no full stop
	Hint string // what the operator can do, may be empty
	Ref  string // the id that support asks for, may be empty
	Code string // the service's own code, may be empty
	Err  error  // what lies below, never shown
}

// Error implements error: what was done, what happened, what to do, the id.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Code != "" {
		b.WriteString(" (" + e.Code + ")")
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	if e.Ref != "" {
		b.WriteString(" [" + e.Ref + "]")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, else Unexpected.
func KindOf(err error) Kind {
	if e := AsError(err); e != nil {
		return e.Kind
	}
	return Unexpected
}

// AsError returns the first *Error in err's chain, or nil.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
