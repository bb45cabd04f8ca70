package ui_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/client"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/ui"
	"muster/ui/uitest"
)

// payloads are the texts of the reference's section 7.1: what a terminal obeys, what a
// layout breaks on, what makes two names look alike.
var payloads = []string{
	"\x1b]52;c;aGVsbG8=\x07", "\x1b]52;c;aGVsbG8=\x1b\\", "\x1b]0;owned\x07", "\x1b[2J", "\x1b[6n", "\x1b[c", "\x1b[?1049l", "\x1bc",
	"\x1bPq\x1b\\", "\x1b_apc\x1b\\", "\x1b[41mred", "\x1b[7mreverse", "\x1b[8mconceal", "\x1b]8;;https://evil.invalid\x07link",
	"\x1b]0;never ends", "\x1bPnever ends", "\x1bXnever ends", "ends in \x1b", "ends in \x1b[", "AAAA\rBB", "two\nlines", "a\ttab", "\a\b\v\f\x00\x7f\x0e\x0f",
	"\u009b31m", "\u009d0;owned\u009c", "\u0085next", "\u202egnp.exe", "\u2066isolated", "zero\u200bwidth", "\u2060\ufeff\u00ad", "\U000e0041\U000e0042",
	"a" + strings.Repeat("\u0301", 50), "日本語デバイス", "👩\u200d👩\u200d👧\u200d👦", "🇩🇪🇫🇷", "שלום עולם", "مرحبا", "\u2028sep\u2029", strings.Repeat("W", 4000), "", "=cmd|' /C calc'!A0",
}

// spoiler is the network between the real client and the real simulator: it replaces
// every text in what the services say.
type spoiler struct {
	next http.RoundTripper
	keep func(key, value string) bool // texts that stay

	mu sync.Mutex
	n  int // texts replaced
}

// RoundTrip implements http.RoundTripper.
func (s *spoiler) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err != nil || strings.Contains(r.URL.Path, "/oauth2/") {
		return resp, err
	}
	raw, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	const mark = "\ufeff" // Partner Center begins with one
	dec := json.NewDecoder(strings.NewReader(strings.TrimPrefix(string(raw), mark)))
	dec.UseNumber()
	var body any
	if dec.Decode(&body) == nil {
		var b bytes.Buffer
		if strings.HasPrefix(string(raw), mark) {
			b.WriteString(mark)
		}
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(s.spoil("", body)); err != nil {
			return nil, err
		}
		raw = b.Bytes()
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	resp.Header.Del("Content-Length")
	for name := range resp.Header {
		if strings.HasPrefix(name, "Ms-") || strings.HasSuffix(name, "Request-Id") {
			resp.Header.Set(name, "\x1b[8m\u202e\u009b31m")
		}
	}
	return resp, nil
}

func (s *spoiler) spoil(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			v[k] = s.spoil(k, one)
		}
	case []any:
		for i, one := range v {
			v[i] = s.spoil(key, one)
		}
	case string:
		if !s.keep(key, v) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.n++
			return payloads[s.n%len(payloads)]
		}
	}
	return v
}

var (
	guids = regexp.MustCompile(`^[0-9a-fA-F-]{36}$`)
	dates = regexp.MustCompile(`^\d{4}-\d\d-\d\dT`)
)

// structure keeps what leads on: links, ids, dates and what chooses a kind.
func structure(key, value string) bool {
	k := strings.ToLower(key)
	return strings.HasPrefix(key, "@odata") || strings.HasSuffix(k, "uri") || k == "method" || k == "key" || k == "value" && len(value) < 60 && !strings.Contains(value, " ") ||
		k == "id" || k == "category" || guids.MatchString(value) || dates.MatchString(value) || strings.Contains(k, "token")
}

// links keeps only what a list needs to be read to its end, and what a customer is opened by.
func links(key, value string) bool {
	return key == "id" && guids.MatchString(value) || strings.HasPrefix(key, "@odata") || strings.Contains(strings.ToLower(key), "token") || strings.HasSuffix(strings.ToLower(key), "uri")
}

// frames keeps what is wrong with frames. They are drawn on the program's own goroutine.
type frames struct {
	testing.TB
	mu    sync.Mutex
	drawn int
	wrong []string
}

// Errorf implements the part of testing.TB that the check of a frame needs.
func (f *frames) Errorf(format string, args ...any) {
	if len(f.wrong) < 5 {
		f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
	}
}

func (f *frames) Helper() {}

func (f *frames) look(w, h int) func(tea.View) {
	return func(v tea.View) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if v.Content == "" {
			return // before the size is known
		}
		f.drawn++
		uitest.CheckSize(f, "the frame", v.Content, w, h)
		if v.WindowTitle != "muster" {
			f.Errorf("the title is %q", v.WindowTitle)
		}
		if strings.ContainsFunc(v.Content, func(r rune) bool {
			return r != 0x1b && r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != 0x200c && r != 0x200d)
		}) {
			f.Errorf("a control or bidi character is drawn: %q", v.Content)
		}
	}
}

// TestSection13_11_HostileTextsChangeNothingButThemselves goes through every view, detail
// and raw object of a dashboard on services whose every text is hostile.
func TestSection13_11_HostileTextsChangeNothingButThemselves(t *testing.T) {
	for name, keep := range map[string]func(string, string) bool{"texts": structure, "ids and kinds too": links} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{Devices: 40, Customers: 5})
			network := &spoiler{next: rest.NewTransport(nil).Transport, keep: keep}
			o := w.options(t, func(c *client.Connection) { c.Transport = &http.Client{Transport: network} })
			o.Customer, o.Configuration = "", fileWith(t, someConnections)
			const width, height = 100, 30
			f := &frames{TB: t}
			ctx, cancel := context.WithCancel(context.Background())
			s := uitest.Start(t, uitest.Watch(ui.New(ctx, o), f.look(width, height)), width, height)
			t.Cleanup(cancel)
			s.Tape()
			s.WaitFor("demo")
			s.Settle()
			s.Press(uitest.Enter) // a customer
			s.Settle()
			for _, view := range "12345678LoC9H" {
				s.Type(string(view))
				s.Settle()
				f.whole(t, s, string(view))
				for _, key := range []string{"j", "\n", "J", "", "d", "", "y", "", " p", "", "", "x", "", "", "?", ""} {
					s.Type(key)
					if key == "" {
						s.Press(uitest.Esc) // which never leaves
					}
					s.Breathe()
					f.whole(t, s, string(view)+key)
				}
				for range 4 {
					s.Press(uitest.Esc)
				}
				s.Breathe()
			}
			for _, form := range []string{"2U", "2M", "2t", "2b", "4n", "4e", "5e", "5p", "7n", "7e", "7p", "9n", "3p", "F", ":"} {
				s.Type(form)
				s.Breathe()
				f.whole(t, s, form)
				s.Press(uitest.Esc)
				s.Type("y") // what is filled in may be thrown away
				for range 4 {
					s.Press(uitest.Esc)
				}
				s.Breathe()
			}
			innocent(t, s.Tape())
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, wrong := range f.wrong {
				t.Error(wrong)
			}
			network.mu.Lock()
			defer network.mu.Unlock()
			t.Logf("%d frames, %d hostile texts", f.drawn, network.n)
			if f.drawn < 50 || network.n < 100 {
				t.Errorf("%d frames with %d hostile texts: nothing was tried", f.drawn, network.n)
			}
		})
	}
}

// whole wants the first line of the frame to stand where it always does.
func (f *frames) whole(t *testing.T, s *uitest.Session, after string) {
	t.Helper()
	screen := s.Screen()
	first, _, _ := strings.Cut(screen, "\n")
	if !strings.HasPrefix(strings.TrimSpace(first), "demo") || !strings.Contains(first, "SIMULATED") {
		t.Fatalf("after %q the frame is broken:\n%s", after, screen)
	}
}

// innocent wants every escape sequence on the line to be one that muster itself writes.
func innocent(t *testing.T, tape string) {
	t.Helper()
	var state byte
	p := ansi.NewParser()
	for len(tape) > 0 {
		seq, _, n, next := ansi.DecodeSequence(tape, state, p)
		if n == 0 {
			break
		}
		state, tape = next, tape[n:]
		switch {
		case ansi.HasOscPrefix(seq):
			if osc := string(p.Data()); osc != "2;muster" && osc != "0;muster" && !strings.HasPrefix(osc, "11") && !strings.HasPrefix(osc, "10") && !strings.HasPrefix(osc, "12") && !copied(osc) {
				t.Errorf("a sequence of somebody else: %q", seq)
			}
		case ansi.HasDcsPrefix(seq), ansi.HasApcPrefix(seq), ansi.HasSosPrefix(seq), ansi.HasPmPrefix(seq):
			if !strings.Contains(seq, "+q") && !strings.Contains(seq, "$q") { // questions about the terminal's abilities
				t.Errorf("a sequence of somebody else: %q", seq)
			}
		case ansi.HasCsiPrefix(seq):
			if ansi.Cmd(p.Command()).Final() == 'm' {
				p.Params().ForEach(0, func(_, n int, _ bool) {
					if n == 8 {
						t.Errorf("text is concealed: %q", seq)
					}
				})
			}
			if seq == "\x1b[6n" || seq == "\x1b[c" {
				t.Errorf("the terminal is asked by somebody else: %q", seq)
			}
		case seq == "\x1bc":
			t.Error("the terminal is reset")
		case len(seq) > 0 && strings.ContainsFunc(seq, func(r rune) bool {
			return r >= 0x80 && r < 0xa0 || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune("\u200b\u2060\ufeff", r)
		}):
			t.Errorf("on the line: %s", strconv.QuoteToASCII(seq))
		}
	}
}

// copied reports whether a sequence is the copy that a key asked for: a single line of
// text that was cleaned.
func copied(osc string) bool {
	return strings.HasPrefix(osc, "52;c;") && osc != "52;c;aGVsbG8="
}
