package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"muster/model"
)

// The exit codes, the same for every verb.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRows        = 3 // some rows failed, or nobody knows what became of them
	exitNoBackend   = 4 // no backend, or not signed in
	exitRunning     = 5 // still running at --timeout
	exitRefused     = 6 // read-only, or another number than --expect
	exitCancelled   = 7
	exitInterrupted = 130
)

// exitWords says what each exit code means.
var exitWords = [...]struct {
	code  int
	words string
}{
	{exitDone, "done"}, {exitFailed, "failed"}, {exitUsage, "usage"}, {exitRows, "some rows failed, are unknown or were left out"},
	{exitNoBackend, "no backend, or not signed in"}, {exitRunning, "still running at --timeout"},
	{exitRefused, "refused: read-only, or --expect differs"}, {exitCancelled, "cancelled"}, {exitInterrupted, "interrupted"},
}

// failure is an error that carries its exit code. err is nil when everything
// that there is to say has been said.
type failure struct {
	code int
	err  error
}

// Error implements error.
func (f failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit %d", f.code)
	}
	return f.err.Error()
}

// Unwrap returns the cause.
func (f failure) Unwrap() error { return f.err }

// usage is a mistake in the command line: what was being asked, what is wrong
// with it and what to do instead.
func usage(op, msg, hint string) error {
	return failure{exitUsage, &model.Error{Kind: model.Invalid, Op: op, Msg: msg, Hint: hint}}
}

// asUsage gives an error of model's rules the exit code of a wrong command line.
func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return failure{exitUsage, err}
}

// silent ends with a code about which nothing more needs to be said.
func silent(code int) error {
	if code == exitDone {
		return nil
	}
	return failure{code: code}
}

// errInterrupted is all that is said about a signal.
var errInterrupted = errors.New("interrupted")

// codeOf is the one place where an error becomes an exit code.
func codeOf(ctx context.Context, err error) int {
	var f failure
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &f):
		return f.code
	case ctx.Err() != nil:
		return exitInterrupted
	}
	switch model.KindOf(err) {
	case model.NoBackend, model.SignedOut:
		return exitNoBackend
	case model.Refused:
		return exitRefused
	case model.Cancelled:
		return exitCancelled
	}
	return exitFailed
}

// describe is an error as one clean line, without the word muster before it.
func describe(err error) string {
	if e := model.AsError(err); e != nil {
		return model.Clean(e.Error())
	}
	return model.Clean(strings.TrimSpace(err.Error()))
}
