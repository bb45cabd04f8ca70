package model

import "strings"

// PlaceholderSerial reports a serial that a maker forgot to write: thousands of
// machines share it.
func PlaceholderSerial(serial string) bool {
	switch strings.ToLower(strings.Join(strings.Fields(serial), " ")) {
	case "to be filled by o.e.m.", "to be filled by oem", "system serial number", "default string", "none", "0", "123456789",
		"n/a", "not specified", "not applicable", "serial number":
		return true
	}
	return false
}

// JoinSerial returns what a device of one service has to equal to be the same machine
// as one of the other: the serial without blanks around it, in lower case. It is "" for
// blank and placeholder serials, which identify nothing.
func JoinSerial(serial string) string {
	s := strings.ToLower(strings.TrimSpace(serial))
	if s == "" || PlaceholderSerial(s) {
		return ""
	}
	return s
}
