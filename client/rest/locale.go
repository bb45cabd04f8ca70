package rest

// DefaultLocale is the language of Partner Center's messages unless told otherwise: that
// of muster's own, so that codes and words can be looked up.
const DefaultLocale = "en-US"

// maxLocale bounds a language tag in characters, as RFC 5646 (4.4.1) suggests.
const maxLocale = 35

// UsableLocale reports whether s has the form of a language tag: letters and digits in
// parts of one to eight, joined by hyphens. Which tags a service knows only it can say.
func UsableLocale(s string) bool {
	part := 0
	for _, r := range s {
		switch {
		case r == '-' && part > 0:
			part = 0
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			part++
		default:
			return false
		}
		if part > 8 {
			return false
		}
	}
	return part > 0 && len(s) <= maxLocale
}
