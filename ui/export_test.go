package ui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"muster/ui/uitest"
)

// Every list can be written to a file: what is marked, shown or all.
func TestExportAListAndEvidence(t *testing.T) {
	dir := t.TempDir()
	s := start(t, simulated(t, 300))
	s.WaitFor("314 devices", "as of")
	s.Type("/latitude\n  E")
	s.WaitFor("┃ Rows", "the 2 that are marked")
	s.Golden("form-export-80x24")
	s.Press(uitest.Down, uitest.Tab)
	s.WaitFor("the 67 that the filter shows")
	s.Press(uitest.Tab)
	s.WaitFor("┃ File or folder")
	s.Paste(filepath.Join(dir, "some.csv"))
	s.Press(uitest.Enter)
	s.WaitFor("67 rows of devices in")
	lines := strings.Split(strings.TrimSpace(read(t, dir, "some.csv")), "\r\n")
	if len(lines) != 68 || !strings.Contains(lines[0], `"id","serial","model"`) || !strings.Contains(lines[1], "Latitude") {
		t.Errorf("%d lines, the first are\n%s\n%s", len(lines), lines[0], lines[1])
	}
	s.Type("E")
	s.WaitFor("┃ Rows")
	s.Press(uitest.Tab, uitest.Tab)
	s.Paste(filepath.Join(dir, "some.csv"))
	s.Press(uitest.Enter)
	s.WaitFor("some.csv exists")
	s.Press(uitest.Esc)
	s.Type("p\n")
	s.WaitFor("┃ Assign All pages skipped to 2 devices?")
	s.Type("y")
	s.WaitFor("on 2 devices: done")
	s.Type("oE")
	s.WaitFor("┃ Format", "Markdown, for people")
	s.Press(uitest.Tab)
	s.Paste(filepath.Join(dir, "evidence.md"))
	s.Press(uitest.Enter)
	s.WaitFor("2 rows of evidence of policy")
	if got := read(t, dir, "evidence.md"); !strings.Contains(got, "policy All pages skipped on 2 devices") || !strings.Contains(got, "tester") || !regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`).MatchString(got) {
		t.Errorf("the evidence is\n%s", got)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
