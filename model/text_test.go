package model_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"muster/model"
)

func TestCleanReplacesWhatATerminalWouldObey(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                 "plain",
		"":                                      "",
		"Kühne & Söhne":                         "Kühne & Söhne",
		"日本語":                                   "日本語",
		"שלום":                                  "שלום",
		"👨\u200d👩\u200d👧":                       "👨\u200d👩\u200d👧",
		"a\tb\r\nc\u2028d\u0085e":               "a b  c d e",
		"\x1b[2Jgone":                           "\ufffd[2Jgone",
		"\x1b]52;c;ZXZpbA==\a":                  "\ufffd]52;c;ZXZpbA==\ufffd",
		"c1 \u009b31m":                          "c1 \ufffd31m",
		"rtl \u202egnp.exe":                     "rtl \ufffdgnp.exe",
		"zero\u200bwidth\ufeff":                 "zero\ufffdwidth\ufffd",
		"\xff\xfe":                              "\ufffd\ufffd",
		"e\u0301\u0301\u0301\u0301\u0301\u0301": "e\u0301\u0301\u0301\u0301",
	} {
		if got := model.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanBoundsWhatItKeeps(t *testing.T) {
	if n := len(model.Clean(strings.Repeat("a", 10*model.MaxText))); n > model.MaxText {
		t.Errorf("%d bytes came out, the limit is %d", n, model.MaxText)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a", "\x1b]0;t\a", "\u202e", "\xf0\x9f", "e\u0301\u0301\u0301\u0301\u0301", "\x9b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := model.Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) is not UTF-8: %q", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || unicode.In(r, unicode.Cf) && r != 0x200c && r != 0x200d {
				t.Fatalf("Clean(%q) = %q holds %U", s, got, r)
			}
		}
		if again := model.Clean(got); len(s) < model.MaxText/4 && again != got {
			t.Fatalf("cleaning twice differs: %q, %q", got, again)
		}
	})
}

func TestASecretHasOneWayOut(t *testing.T) {
	const value = "T0ExAQEA-secret"
	s := model.NewSecret(value)
	holder := struct {
		hidden model.Secret
		Open   model.Secret
	}{s, s}
	raw, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("sent", "hash", s, "all", holder)
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s),
		fmt.Sprintf("%v %+v %#v", holder, holder, holder), string(raw), log.String(), fmt.Sprint([]model.Secret{s})} {
		if strings.Contains(text, "secret") || strings.Contains(text, fmt.Sprintf("%x", value)) {
			t.Errorf("%q gives the secret away", text)
		}
	}
	if s.Reveal() != value || s.Empty() || len(s.Digest()) != 8 {
		t.Errorf("reveals %q, empty %v, digest %q", s.Reveal(), s.Empty(), s.Digest())
	}
	if none := model.NewSecret(""); !none.Empty() || none.Digest() != "" || none.Reveal() != "" {
		t.Error("an empty secret is not empty")
	}
}
