package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func FuzzReadIDs(f *testing.F) {
	for _, s := range []string{"", "a\nb\r\n", "\ufeffa", "# none\n\n  x y \n", "\x00\x1b[2J\n", strings.Repeat("x", maxIDLine+1)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ids, err := readIDs(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, id := range ids {
			if text := string(id); text == "" || text != strings.TrimSpace(text) || text[0] == '#' || strings.ContainsAny(text, "\n") {
				t.Errorf("%q gave the id %q", s, id)
			}
		}
	})
}

func FuzzSpan(f *testing.F) {
	for _, s := range []string{"90d", "1h30m", "-1s", "0", "d", "999999999999d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := parseSpan(s); err == nil && d <= 0 {
			t.Errorf("%q gave %v", s, d)
		}
	})
}

// text is a record with one text from outside.
type text struct {
	Text string `json:"text"`
}

func (text) record() {}

func FuzzObjectOnATerminal(f *testing.F) {
	for _, s := range []string{"plain", "Zo\u00eb", "\x7f\u009b\u202e\ufeff", "\U0001f600", "\xff\xfe", "\u2028<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var plain, ascii bytes.Buffer
		for w, escaped := range map[io.Writer]bool{&plain: false, &ascii: true} {
			o := newOutput(w, escaped, time.UTC)
			if err := o.object(text{s}); err != nil {
				t.Fatal(err)
			}
			if err := o.flush(); err != nil {
				t.Fatal(err)
			}
		}
		var want, got text
		if err := json.Unmarshal(plain.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(ascii.Bytes(), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q became %q: %v", want, got, err)
		}
		for _, c := range strings.TrimSuffix(ascii.String(), "\n") {
			if c < 0x20 || c > 0x7e {
				t.Errorf("%q reaches the terminal", c)
			}
		}
	})
}
