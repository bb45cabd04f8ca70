package kit

import (
	"strconv"

	"muster/model"
)

// Count writes a number with a blank between thousands: "12 871".
func Count(n int) string {
	s := strconv.Itoa(n)
	from := len(s) - 3
	least := 0
	if n < 0 {
		least = 1
	}
	for ; from > least; from -= 3 {
		s = s[:from] + " " + s[from:]
	}
	return s
}

// Counted writes a number with the word for one or for many: "1 device", "300 devices".
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Undoing says before an operation of a kind is asked for whether it can be undone, in
// a sentence; "" for one that changes nothing.
func Undoing(env *Env, k model.OperationKind) string {
	clause, can := k.Inverse()
	switch {
	case clause == "":
		return ""
	case can:
		return "It can be undone: " + env.Keys.Undo.String() + " on the operation " + clause + "."
	}
	return "It cannot be undone: " + clause + "."
}
