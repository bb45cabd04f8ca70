package model

import (
	"bytes"
	"iter"
	"strings"
)

// CCTKKind says what a line of a .cctk file is.
type CCTKKind uint8

// The kinds of lines. There is no published grammar: these are what the files of
// Dell Command | Configure consist of.
const (
	CCTKBlank    CCTKKind = iota
	CCTKComment           // begins with ;
	CCTKReadOnly          // a setting behind a ; as an export writes what cannot be set
	CCTKSection           // [name]
	CCTKSetting           // Name=Value
	CCTKOther             // anything else
)

// CCTKLine is one line of a .cctk file. Its texts are as the file has them; a value
// may be a password, so what is shown comes from [CCTKLine.Shown].
type CCTKLine struct {
	Number int // from 1
	Kind   CCTKKind
	Name   string // of a section or a setting, trimmed
	Value  string // of a setting, trimmed
	Text   string // the whole line without its end
}

const (
	utf8BOM  = "\xef\xbb\xbf"
	hiddenPW = "[hidden]"
)

// CCTKLines reads the lines of a .cctk file. Line ends are LF or CRLF; a UTF-8 byte
// order mark is not part of the first line. It never fails: what is wrong is found
// by [BIOSConfiguration.Problems].
func CCTKLines(content []byte) iter.Seq[CCTKLine] {
	return func(yield func(CCTKLine) bool) {
		rest := strings.TrimSuffix(strings.TrimPrefix(string(content), utf8BOM), "\n")
		if rest == "" {
			return
		}
		n := 0
		for text := range strings.SplitSeq(rest, "\n") {
			n++
			if !yield(readCCTKLine(n, strings.TrimSuffix(text, "\r"))) {
				return
			}
		}
	}
}

func readCCTKLine(number int, text string) CCTKLine {
	l := CCTKLine{Number: number, Text: text}
	s := strings.TrimSpace(text)
	switch {
	case s == "":
		return l
	case s[0] == ';':
		l.Kind = CCTKComment
		if name, value, ok := strings.Cut(strings.TrimSpace(s[1:]), "="); ok && isSettingName(name) {
			l.Kind, l.Name, l.Value = CCTKReadOnly, name, strings.TrimSpace(value)
		}
		return l
	case s[0] == '[' && s[len(s)-1] == ']':
		l.Kind, l.Name = CCTKSection, strings.TrimSpace(s[1:len(s)-1])
		return l
	}
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		l.Kind = CCTKOther
		return l
	}
	l.Kind, l.Name, l.Value = CCTKSetting, strings.TrimSpace(name), strings.TrimSpace(value)
	return l
}

// isSettingName tells a setting behind a semicolon from a sentence with an equals
// sign in it.
func isSettingName(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return s != ""
}

// Secret reports whether the line holds a password.
func (l CCTKLine) Secret() bool { return passwordAt(l.Text) >= 0 }

// Shown returns the line made safe to draw, with the value of a password hidden.
func (l CCTKLine) Shown() string {
	if at := passwordAt(l.Text); at >= 0 {
		return Clean(l.Text[:at]) + hiddenPW
	}
	return Clean(l.Text)
}

// passwordAt returns where the value of a password begins in a line, -1 when there
// is none. The name may have anything before it (SetupPwd, ValSysPwd, HddPwd), since
// a value can hold another option of the tool.
func passwordAt(line string) int {
	folded := asciiLower(line)
	for _, name := range []string{"pwd", "password"} {
		for from := 0; ; {
			i := strings.Index(folded[from:], name)
			if i < 0 {
				break
			}
			from += i + len(name)
			after := strings.TrimLeft(line[from:], " \t")
			value, ok := strings.CutPrefix(after, "=")
			if ok && strings.TrimSpace(value) != "" {
				return len(line) - len(value)
			}
		}
	}
	return -1
}

// asciiLower is as long as s, byte for byte, whatever s holds.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// HasBOM reports whether a content begins with the UTF-8 byte order mark, which
// hides the section [cctk] from the maker's tool.
func HasBOM(content []byte) bool { return bytes.HasPrefix(content, []byte(utf8BOM)) }

// StripBOM returns the content without the UTF-8 byte order mark.
func StripBOM(content []byte) []byte { return bytes.TrimPrefix(content, []byte(utf8BOM)) }

// IsCCTK reports whether a content is text with a [cctk] section at its beginning,
// and so is worth showing by its settings.
func IsCCTK(content []byte) bool {
	if unreadableCCTK(content) {
		return false
	}
	for l := range CCTKLines(content) {
		switch l.Kind {
		case CCTKBlank, CCTKComment, CCTKReadOnly:
			continue
		}
		return l.isCCTK()
	}
	return false
}

func (l CCTKLine) isCCTK() bool { return l.Kind == CCTKSection && strings.EqualFold(l.Name, "cctk") }
