package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText bounds one line of outside text, in bytes, before it is cleaned. It
// is far above every documented limit of either service.
const MaxText = 16 << 10

// Clean makes one line of outside text safe to draw and to print. Line ends
// and tabs become blanks; escape, control, bidi and invisible characters become
// U+FFFD, so that a manipulated value looks manipulated; combining marks stop
// at four a letter. Text longer than [MaxText] is cut. Comparisons and requests
// use the raw value, never the cleaned one.
func Clean(s string) string {
	if plain(s) && len(s) <= MaxText {
		return s
	}
	if len(s) > MaxText {
		s = s[:MaxText]
	}
	var b strings.Builder
	marks := 0
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		r, mark := safeRune(r, n)
		if !mark {
			marks = 0
		} else if marks++; marks > 4 {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func safeRune(r rune, n int) (safe rune, mark bool) {
	switch {
	case r == utf8.RuneError && n <= 1:
		return utf8.RuneError, false
	case r == '\t' || r == '\n' || r == '\r' || r == 0x85 || unicode.In(r, unicode.Zl, unicode.Zp):
		return ' ', false
	case unicode.IsControl(r):
		return utf8.RuneError, false
	case r == 0x200c || r == 0x200d: // joiners make emoji families and Indic scripts
		return r, false
	case unicode.In(r, unicode.Cf, unicode.Co, unicode.Noncharacter_Code_Point):
		return utf8.RuneError, false
	}
	return r, unicode.In(r, unicode.Mn, unicode.Me)
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// CleanLines cleans each line of a longer text and keeps at most limit lines.
func CleanLines(s string, limit int) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if len(out) == limit {
			break
		}
		out = append(out, Clean(strings.TrimSuffix(line, "\r")))
	}
	return out
}

// Secret holds what must not reach a log, a screen or a file by accident: a
// hardware hash, a product key, a token. Every way of printing it says
// [redacted]; [Secret.Reveal] is the only way out. The text lies behind a
// pointer, because fmt does not ask the methods of an unexported field: what it
// prints there is an address. Two secrets are compared by what they reveal.
type Secret struct{ v *string }

const redacted = "[redacted]"

// NewSecret wraps v.
func NewSecret(v string) Secret {
	if v == "" {
		return Secret{}
	}
	return Secret{&v}
}

// Reveal returns the secret itself.
func (s Secret) Reveal() string {
	if s.v == nil {
		return ""
	}
	return *s.v
}

// Empty reports whether there is nothing to hide.
func (s Secret) Empty() bool { return s.v == nil }

// Digest returns the first 8 hex digits of the secret's SHA-256, enough to tell
// two apart for a human and too little to get it back; "" for an empty one.
func (s Secret) Digest() string {
	if s.v == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(*s.v))
	return hex.EncodeToString(sum[:4])
}

// Words says that there is one, with its digest; "" for none.
func (s Secret) Words() string {
	if s.Empty() {
		return ""
	}
	return "there is one, " + s.Digest()
}

// String implements fmt.Stringer.
func (s Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb gets around String.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText keeps the secret out of every text encoding, JSON among them.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
