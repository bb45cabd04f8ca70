package model

import (
	"strings"
	"time"
)

// ParseTime reads a date of either service: RFC 3339 with any fraction, or the same
// without a zone, which means UTC. It returns the zero time for everything else and for
// the year 1, with which .NET writes "none".
func ParseTime(s string) time.Time {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02"} {
		if t, err := time.Parse(form, strings.TrimSpace(s)); err == nil {
			if t = t.UTC(); t.Year() <= 1 {
				return time.Time{}
			}
			return t
		}
	}
	return time.Time{}
}
