package model

import "testing"

func TestJoinSerial(t *testing.T) {
	for serial, want := range map[string]string{
		"7QK2M93": "7qk2m93", " 7qk2m93\t": "7qk2m93", "": "", "  ": "", "Default string": "", "DEFAULT  STRING": "", "To be filled by O.E.M.": "",
		"0": "", "00": "00", "0000-0003-4209-1234 5": "0000-0003-4209-1234 5", "None": "",
	} {
		if got := JoinSerial(serial); got != want {
			t.Errorf("JoinSerial(%q) = %q, want %q", serial, got, want)
		}
	}
}
