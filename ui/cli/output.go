package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"muster/model"
)

// output is standard output: JSON lines or tables. The first error of writing is
// kept and ends the run with exit code 1.
type output struct {
	w     *bufio.Writer
	ascii bool // escape everything outside printable ASCII in JSON
	zone  *time.Location
	bare  bool // times without their zone, for filters: a word is not to match every time
	err   error
}

func newOutput(w io.Writer, ascii bool, zone *time.Location) *output {
	return &output{w: bufio.NewWriter(w), ascii: ascii, zone: zone}
}

// line writes one line of text that is ours or was cleaned.
func (o *output) line(format string, args ...any) {
	if _, err := fmt.Fprintf(o.w, format+"\n", args...); err != nil && o.err == nil {
		o.err = err
	}
}

// secret writes a secret into a pipe as it is: every character of it counts.
func (o *output) secret(s model.Secret) { o.line("%s", s.Reveal()) }

// flush brings what was written to its reader.
func (o *output) flush() error {
	if err := o.w.Flush(); err != nil && o.err == nil {
		o.err = err
	}
	return o.err
}

// record is a value that can be written as one line of JSON.
type record interface{ record() }

// object writes one line of JSON.
func (o *output) object(v record) error {
	text, err := plainJSON(v)
	if err != nil {
		return err
	}
	if o.ascii {
		text = escape(text)
	}
	if _, err := o.w.Write(text); err != nil && o.err == nil {
		o.err = err
	}
	return o.err
}

// plainJSON is a record as a line of JSON, for a pipe and not for a browser.
func plainJSON(v record) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// escape replaces everything in JSON text that a terminal could take for more
// than a printable ASCII character. The encoder leaves DEL, C1 and bidi
// characters alone; they can only stand inside of strings.
func escape(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == '\n' || 0x20 <= r && r <= 0x7e:
			out = append(out, byte(r))
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[n:]
	}
	return out
}

// moment shows a time to a person; a zero one is a dash.
func (o *output) moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	if o.bare {
		return t.In(o.zone).Format("2006-01-02 15:04")
	}
	return t.In(o.zone).Format("2006-01-02 15:04 MST")
}

// stamp is a time in JSON: UTC, absent when not known.
func stamp(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// tableWindow is how many rows decide the widths of a table. Later rows stream
// with those widths, so that memory does not grow with the list.
const tableWindow = 500

// table writes aligned columns. Cells are cleaned here and nowhere else.
type table struct {
	out    *output
	head   []string
	widths []int // nil until decided
	held   [][]string
	rows   int
}

func (o *output) table(head ...string) *table {
	return &table{out: o, head: head}
}

// row adds one row; an empty cell becomes a dash.
func (t *table) row(cells ...string) {
	for i, c := range cells {
		if cells[i] = model.Clean(c); cells[i] == "" {
			cells[i] = "-"
		}
	}
	t.rows++
	if t.widths != nil {
		t.write(cells)
		return
	}
	if t.held = append(t.held, cells); len(t.held) == tableWindow {
		t.decide()
	}
}

// end writes what is still held. A table without rows leaves no trace.
func (t *table) end() {
	if t.widths == nil && t.rows > 0 {
		t.decide()
	}
}

func (t *table) decide() {
	all := append([][]string{t.head}, t.held...)
	t.widths = make([]int, len(t.head))
	for _, cells := range all {
		for i, c := range cells {
			t.widths[i] = max(t.widths[i], ansi.StringWidth(c))
		}
	}
	for _, cells := range all {
		t.write(cells)
	}
	t.held = nil
}

func (t *table) write(cells []string) {
	var b strings.Builder
	for i, c := range cells {
		b.WriteString(c)
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", max(0, t.widths[i]-ansi.StringWidth(c))+2))
		}
	}
	t.out.line("%s", b.String())
}
