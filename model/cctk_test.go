package model_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
)

// sampleCCTK is a file as the maker's tool exports it, read-only settings included.
const sampleCCTK = "[cctk]\r\n; muster demo: security=baseline for counters\r\n;SvcTag=7QK2M93\r\nSecureBoot=Enabled\r\n\r\nBootOrder=uefitype,uefi\r\n"

func TestCCTKLines(t *testing.T) {
	var got []model.CCTKLine
	for l := range model.CCTKLines([]byte("\xef\xbb\xbf" + sampleCCTK + "what is this")) {
		got = append(got, l)
	}
	want := []model.CCTKLine{
		{Number: 1, Kind: model.CCTKSection, Name: "cctk", Text: "[cctk]"},
		{Number: 2, Kind: model.CCTKComment, Text: "; muster demo: security=baseline for counters"},
		{Number: 3, Kind: model.CCTKReadOnly, Name: "SvcTag", Value: "7QK2M93", Text: ";SvcTag=7QK2M93"},
		{Number: 4, Kind: model.CCTKSetting, Name: "SecureBoot", Value: "Enabled", Text: "SecureBoot=Enabled"},
		{Number: 5, Kind: model.CCTKBlank},
		{Number: 6, Kind: model.CCTKSetting, Name: "BootOrder", Value: "uefitype,uefi", Text: "BootOrder=uefitype,uefi"},
		{Number: 7, Kind: model.CCTKOther, Text: "what is this"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCCTKProblemsByLine(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"as exported":        {sampleCCTK, nil},
		"no section":         {"SecureBoot=Enabled\n", []string{"error: line 1: a .cctk file begins with the section [cctk]"}},
		"words first":        {"; c\nhello\n[cctk]\nA=1", []string{"error: line 2: a .cctk file begins with the section [cctk]", "warning: line 2: neither a setting with = nor a comment nor a section"}},
		"other section":      {"[bios]\nA=1", []string{"error: line 1: a .cctk file begins with the section [cctk]"}},
		"no settings":        {"[cctk]\n;A=1\n", []string{"error: the file holds no setting"}},
		"in capitals":        {"[CCTK]\nA=1", nil},
		"a word":             {"[cctk]\nA=1\nSecureBoot\n", []string{"warning: line 3: neither a setting with = nor a comment nor a section"}},
		"no name":            {"[cctk]\nA=1\n=1\n", []string{"warning: line 3: there is no name before the ="}},
		"twice":              {"[cctk]\nCamera=Enabled\ncamera=Disabled\n", []string{"warning: line 3: camera stands in line 2 already; which of the two counts is not known"}},
		"second section":     {"[cctk]\nA=1\n[cctk]\nB=1\n", []string{"warning: line 3: a second section [cctk]; the first one is in line 1"}},
		"byte order mark":    {"\xef\xbb\xbf[cctk]\nA=1\n", []string{"warning: line 1: a UTF-8 byte order mark hides the section [cctk] from the maker's tool; take it off"}},
		"utf-16":             {"\xff\xfe[\x00c\x00", []string{"error: the file is UTF-16 or binary; a .cctk file is plain text"}},
		"utf-16, big end":    {"\xfe\xff\x00[\x00c", []string{"error: the file is UTF-16 or binary; a .cctk file is plain text"}},
		"one model":          {"[cctk]\nSysId=0A2B\n", []string{"warning: line 2: SysId ties the file to the one model that it was exported from"}},
		"service tag":        {"[cctk]\nSvcTag=7QK2M93\n", []string{"warning: line 2: SvcTag would write one service tag to every device"}},
		"asset number":       {"[cctk]\nAsset=42\n", []string{"warning: line 2: Asset would write one asset number to every device"}},
		"password":           {"[cctk]\nSetupPwd=hunter2\n", []string{"error unless overridden: line 2: SetupPwd holds a password; Intune manages BIOS passwords, take it out"}},
		"password, blanks":   {"[cctk]\n ValSysPwd = hunter2\n", []string{"error unless overridden: line 2: ValSysPwd holds a password; Intune manages BIOS passwords, take it out"}},
		"password as option": {"[cctk]\nCamera=Disabled --ValSetupPwd=hunter2\n", []string{"error unless overridden: line 2: Camera holds a password; Intune manages BIOS passwords, take it out"}},
		"password word":      {"[cctk]\nOwnerPassword=hunter2\n", []string{"error unless overridden: line 2: OwnerPassword holds a password; Intune manages BIOS passwords, take it out"}},
		"password, empty":    {"[cctk]\nSetupPwd=\nA=1\n", nil},
		"about passwords":    {"[cctk]\nPasswordConfiguration=PwdMinLen:4,PwdUpperCaseRqd:Disabled\n", nil},
		"password, comment":  {"[cctk]\nA=1\n;SetupPwd=hunter2\n", []string{"warning: line 3: a comment holds what looks like a password; every reader of the tenant sees it"}},
	} {
		b := goodBIOS()
		b.Content = []byte(c.content)
		var got []string
		for _, p := range b.Problems() {
			got = append(got, p.Level.String()+": "+p.String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if s := fmt.Sprint(got); strings.Contains(s, "hunter2") {
			t.Errorf("%s: a problem shows the password: %s", name, s)
		}
	}
}

func TestBIOSFileNameAgainstFormat(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		format model.BIOSFormat
		warn   bool
	}{
		"dell": {"a.CCTK", model.FormatDell, false}, "dell, text": {"a.txt", model.FormatDell, true},
		"surface": {"a.msi", model.FormatSurface, false}, "surface, cctk": {"a.cctk", model.FormatSurface, true}, "dock, cctk": {"a.cctk", model.FormatSurfaceDock, true},
	} {
		b := goodBIOS()
		b.FileName, b.Format = c.file, c.format
		if got := b.Problems(); (len(got) > 0) != c.warn || len(got) > 0 && got[0].Level != model.BIOSWarning || b.Validate() != nil {
			t.Errorf("%s: %v, want a warning: %v", name, got, c.warn)
		}
	}
}

// An error is found behind any number of lighter problems.
func TestManyCCTKProblemsHideNoError(t *testing.T) {
	b := goodBIOS()
	b.Content = []byte("[cctk]\n" + strings.Repeat("?\n", 2000) + "SysPwd=hunter2\n")
	got := b.Problems()
	if len(got) > 60 || b.Validate() == nil || !strings.Contains(b.Validate().Error(), "SysPwd") {
		t.Errorf("%d problems, %v, want few and the password", len(got), b.Validate())
	}
	if last := got[len(got)-1].Text; last != `1950 more of the kind "warning" are not listed` {
		t.Errorf("the last one says %q", last)
	}
}

func TestCCTKShownHidesPasswords(t *testing.T) {
	for in, want := range map[string]string{
		"SetupPwd=hunter2":         "SetupPwd=[hidden]",
		"; SysPwd = hunter2":       "; SysPwd =[hidden]",
		"Camera=Disabled":          "Camera=Disabled",
		"Wake=\x1b[2J":             "Wake=\ufffd[2J",
		"PWDPwd=pwd Password=abc":  "PWDPwd=[hidden]",
		"İPassword=hunter2 wörter": "İPassword=[hidden]",
	} {
		for l := range model.CCTKLines([]byte(in)) {
			if got := l.Shown(); got != want {
				t.Errorf("%q is shown as %q, want %q", in, got, want)
			}
		}
	}
}

func TestCCTKChanges(t *testing.T) {
	was := []byte("[cctk]\nSecureBoot=Enabled\nCamera=Enabled\nWake=1\nWake=2\nSetupPwd=old\n; note\n")
	now := []byte("[cctk]\r\nWake=2\r\nsecureboot=Enabled\r\nCamera=Disabled\r\nSetupPwd=new\r\nTpm=On\r\n")
	want := []model.CCTKChange{
		{Name: "Camera", Was: []string{"Enabled"}, Now: []string{"Disabled"}},
		{Name: "Wake", Was: []string{"1", "2"}, Now: []string{"2"}},
		{Name: "SetupPwd", Was: []string{"[hidden]"}, Now: []string{"[hidden]"}},
		{Name: "Tpm", Now: []string{"On"}},
	}
	got := model.CCTKChanges(was, now)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s := got[3].Words() + model.CCTKChanges(now, was)[4-1].Words() + got[0].Words(); s != "addedremovedchanged" {
		t.Errorf("the words are %q", s)
	}
}

func TestChangedLines(t *testing.T) {
	var got []string
	for _, c := range model.ChangedLines([]byte("a\r\nb\r\nc\r\nd\r\n"), []byte("a\nc\nx\nd\n")) {
		got = append(got, fmt.Sprintf("%c%d,%d %s", " -+"[c.Change], c.Was, c.Now, c.Text))
	}
	if diff := cmp.Diff([]string{" 1,1 a", "-2,0 b", " 3,2 c", "+0,3 x", " 4,4 d"}, got); diff != "" {
		t.Error(diff)
	}
}

// Files that have little in common are compared all the same, only not as closely.
func TestChangedLinesOfStrangers(t *testing.T) {
	var a, b []byte
	for i := range 5000 {
		a, b = fmt.Appendf(a, "a%d\n", i), fmt.Appendf(b, "b%d\n", i)
	}
	if got := model.ChangedLines(a, b); len(got) != 10_000 {
		t.Errorf("%d lines, want all of both", len(got))
	}
}

func FuzzChangedLines(f *testing.F) {
	f.Add([]byte("a\nb\nc\na\nb\nb\na"), []byte("c\nb\na\nb\na\nc"))
	f.Add([]byte(sampleCCTK), []byte("[cctk]\n"))
	f.Fuzz(func(t *testing.T, was, now []byte) {
		if bytes.Count(was, []byte("\n"))+bytes.Count(now, []byte("\n")) > 400 {
			return
		}
		var a, b []string
		for _, c := range model.ChangedLines(was, now) {
			if c.Change != model.LineAdded {
				if a = append(a, c.Text); c.Was != len(a) {
					t.Fatalf("line %d of the former text is given as %d", len(a), c.Was)
				}
			}
			if c.Change != model.LineRemoved {
				if b = append(b, c.Text); c.Now != len(b) {
					t.Fatalf("line %d of the present text is given as %d", len(b), c.Now)
				}
			}
		}
		for _, x := range []struct {
			text []byte
			got  []string
		}{{was, a}, {now, b}} {
			var want []string
			for l := range model.CCTKLines(x.text) {
				want = append(want, l.Text)
			}
			if !slices.Equal(x.got, want) {
				t.Fatalf("got %q, want %q", x.got, want)
			}
		}
	})
}

func FuzzCCTK(f *testing.F) {
	for _, s := range []string{sampleCCTK, "", "[cctk]", "=\n[", "[]\nSetupPwd=x", ";=", "\xef\xbb\xbf[cctk]\nA=1", "A=B\rC=D", "Pwd=Password=\x00"} {
		f.Add([]byte(s), []byte("[cctk]\nA=1"))
	}
	f.Fuzz(func(t *testing.T, content, other []byte) {
		lines := 0
		for l := range model.CCTKLines(content) {
			lines++
			if s := l.Shown(); l.Number != lines || s != model.Clean(s) {
				t.Fatalf("line %d is drawn as %q", l.Number, s)
			}
		}
		b := goodBIOS()
		b.Content = content
		problems := b.Problems()
		worst := model.BIOSWarning
		for _, p := range problems {
			worst = max(worst, p.Level)
			if p.Text != model.Clean(p.Text) || p.Line < 0 || p.Line > max(lines, 1) {
				t.Fatalf("problem %q of line %d of %d", p.Text, p.Line, lines)
			}
		}
		if (b.Validate() == nil) != (worst < model.BIOSOverridden) || (b.ValidateOverride() == nil) != (worst < model.BIOSError) {
			t.Fatalf("%v, but the worst is %v", b.Validate(), worst)
		}
		for _, c := range model.CCTKChanges(content, other) {
			if c.Was == nil && c.Now == nil || c.Name != model.Clean(c.Name) {
				t.Fatalf("change %+v", c)
			}
		}
		if len(model.CCTKChanges(content, content)) != 0 {
			t.Fatal("a file differs from itself")
		}
	})
}
