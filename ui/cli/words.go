package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"muster/model"
)

// number writes n in groups of three: 12 871.
func number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return sign + s
}

// count names a number of things: 1 device, 2 000 devices.
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	many := one + "s"
	if stem, ok := strings.CutSuffix(one, "ch"); ok {
		many = stem + "ches"
	}
	return number(n) + " " + many
}

// countOr is a count that the service may have left out.
func countOr(n int) string {
	if n == model.CountUnknown {
		return "-"
	}
	return number(n)
}

// known is a count in JSON: absent when the service left it out.
func known(n int) *int {
	if n == model.CountUnknown {
		return nil
	}
	return &n
}

// age is a flag for spans of time: what Go reads, and days as in 90d.
type age struct{ d *time.Duration }

// String implements pflag.Value.
func (a age) String() string {
	if a.d == nil || *a.d == 0 {
		return ""
	}
	return a.d.String()
}

// Type implements pflag.Value.
func (a age) Type() string { return "duration" }

// Set implements pflag.Value. A span is above zero.
func (a age) Set(s string) error {
	d, err := parseSpan(s)
	if err != nil {
		return err
	}
	*a.d = d
	return nil
}

// maxDays keeps a span of days inside of what a time.Duration can hold.
const maxDays = 100_000

func parseSpan(s string) (time.Duration, error) {
	wrong := fmt.Errorf("%q is not a time such as 90d, 12h, 30m or 45s", model.Clean(s))
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n <= 0 || n > maxDays {
			return 0, wrong
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, wrong
	}
	return d, nil
}
