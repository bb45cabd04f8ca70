package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"muster/model"
)

// runs are the characters with which a spreadsheet begins a formula, and their
// full-width twins, which some take for the same. Tabs and line ends, which begin
// one too, are no longer there in a clean cell.
const runs = "=+-@\uff1d\uff0b\uff0d\uff20"

// harmless returns a cell that neither a terminal nor a spreadsheet obeys: clean,
// and behind an apostrophe when it would run. Muster's own reading of lists
// takes the apostrophe off again.
func harmless(s string) string {
	begins := strings.TrimLeftFunc(s, unicode.IsSpace)
	if strings.ContainsAny(s[:len(s)-len(begins)], "\t\r\n") {
		return "'" + model.Clean(s)
	}
	s = model.Clean(s)
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, unicode.IsSpace))
	if r != utf8.RuneError && strings.ContainsRune(runs, r) {
		return "'" + s
	}
	return s
}

// appendCSV appends one row: every cell quoted, commas, CRLF.
func appendCSV(to []byte, cells []string) []byte {
	for i, c := range cells {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, '"')
		to = append(to, strings.ReplaceAll(harmless(c), `"`, `""`)...)
		to = append(to, '"')
	}
	return append(to, '\r', '\n')
}

// record is a value that is written as one JSON value.
type record interface{ record() }

// word is a single text as a record.
type word string

func (word) record() {}

// encode writes a value as one line of JSON. Texts stay exact; what could steer
// a terminal or turn the direction of a line is escaped.
func encode(v record) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // a file, not a page
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// text writes one JSON string.
func text(s string) []byte {
	b, err := encode(word(s))
	if err != nil { // a string always encodes
		return []byte(`""`)
	}
	return b
}

// escape replaces in JSON text, where such characters can only stand inside of
// strings, everything that [model.Clean] would not show.
func escape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		shown := string(b[:n])
		b = b[n:]
		switch {
		case r >= 0x20 && r <= 0x7e, model.Clean(shown) == shown:
			out = append(out, shown...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// marked are the characters that mean something in Markdown where muster puts
// texts: in a table's cell and behind a word in a line.
const marked = "\\`*_[]<>|&~"

// inline returns a text that Markdown shows as it is: no markup, no HTML, no link.
func inline(s string) string {
	s = model.Clean(s)
	if !strings.ContainsAny(s, marked+":.") {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		link := r == ':' && strings.HasPrefix(s[i:], "://") ||
			r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www")
		if link || strings.ContainsRune(marked, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
