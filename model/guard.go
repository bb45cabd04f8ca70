package model

import "runtime/debug"

// Guard runs f, and hands a panic of it to crashed with the stack where it happened; it
// reports whether f came to its end. Every goroutine that the program starts runs in one,
// or hands its panic to the goroutine that waits for it: the terminal can only be given
// back, and what a panic says only be kept from it, by those who are still there. Whoever
// is waited for says by [OwnFault] that its work is not whole. A nil crashed lets the panic
// go on.
func Guard(crashed func(what any, stack []byte), f func()) (whole bool) {
	if crashed != nil {
		defer func() {
			if what := recover(); what != nil {
				crashed(what, debug.Stack())
			}
		}()
	}
	f()
	return true
}

// OwnFault is the error of work that a panic ended. What the panic said is in the report
// alone.
func OwnFault(op string) *Error {
	return &Error{Kind: Unexpected, Op: op, Msg: "muster met a fault of its own"}
}
