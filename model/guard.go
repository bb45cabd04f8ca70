package model

import "runtime/debug"

// Guard runs f, and hands a panic of it to crashed with the stack where it happened.
// Every goroutine of the program runs in one: the terminal can only be given back by
// those who are still there. A nil crashed lets the panic go on.
func Guard(crashed func(what any, stack []byte), f func()) {
	if crashed != nil {
		defer func() {
			if what := recover(); what != nil {
				crashed(what, debug.Stack())
			}
		}()
	}
	f()
}
