package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// verbs are the commands that do something, by their path without "muster ".
func verbs(t *testing.T) map[string]*cobra.Command {
	t.Helper()
	p := &program{out: newOutput(&bytes.Buffer{}, false, time.UTC)}
	all := map[string]*cobra.Command{}
	for c := range commands(p.root()) {
		if !c.HasAvailableSubCommands() {
			all[strings.TrimPrefix(c.CommandPath(), "muster ")] = c
		}
	}
	return all
}

var (
	ran             = regexp.MustCompile(`^(?:muster|plan|verb) (\d+) (.*)`)
	interruptedLine = regexp.MustCompile(`^interrupt '[^']*' `)
)

// scripted are the lines of a script that run muster: the verb, and its exit code.
func scripted(t *testing.T, name string, all map[string]*cobra.Command) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "script", name))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		code, words := "", strings.Fields(line)
		switch m := ran.FindStringSubmatch(line); {
		case m != nil:
			code, words = m[1], strings.Fields(m[2])
		case interruptedLine.MatchString(line):
			code, words = "130", strings.Fields(interruptedLine.ReplaceAllString(line, ""))
		default:
			continue
		}
		for n := min(2, len(words)); n > 0; n-- {
			if verb := strings.Join(words[:n], " "); all[verb] != nil {
				out[verb] = append(out[verb], code)
				break
			}
		}
	}
	return out
}

// Every verb that changes something can be planned, and is in the script that watches
// the simulator's own record meanwhile.
func TestEveryWriteIsPlannedInTheScript(t *testing.T) {
	all := verbs(t)
	planned := scripted(t, "dryrun.txtar", all)
	for verb, c := range all {
		if c.Flags().Lookup("yes") != nil && c.Flags().Lookup(dryRunFlag) == nil && verb != "bios password" {
			t.Errorf("muster %s changes something and has no --%s", verb, dryRunFlag)
		}
		if c.Flags().Lookup(dryRunFlag) != nil && !slices.Contains(planned[verb], "0") {
			t.Errorf("muster %s is not in dryrun.txtar", verb)
		}
	}
}

// codesOf are the exit codes that a verb can give: all give 0 and 2, what asks a service
// 1, 4 and 130, what changes a tenant the rest.
func codesOf(verb string, c *cobra.Command) []string {
	here := []string{"connections", "config", "cache", "info", "keys", "completion", "man", "simulate", "login", "logout"}
	first, _, _ := strings.Cut(verb, " ")
	codes := []string{"0", "2"}
	if slices.Contains(here, first) {
		return codes
	}
	codes = append(codes, "4")
	if first == "operations" || first == "jobs" {
		return codes
	}
	codes = append(codes, "1", "130")
	if c.Flags().Lookup("yes") != nil {
		codes = append(codes, "6", "7")
	}
	if c.Flags().Lookup("expect") != nil {
		codes = append(codes, "3", "5")
	}
	return codes
}

// elsewhere are pairs of verb and code that no transcript can hold, and why.
var elsewhere = map[string]string{
	"autopilot sync 5":   "the service takes one in ten minutes, so it is over or refused at once",
	"autopilot delete 5": "a DELETE that is put off is sent again by the pipeline and holds the end up for a minute",
	"bios password 0":    "a password is in no file: testdata/script/biospassword.txtar",
	"upload 1":           "an unreadable list is the failure; what cannot be read of the customer is a note",
	"completion 0":       "it is cobra's text: testdata/script/manual.txtar",
	"man 0":              "it is made of all other texts: testdata/script/manual.txtar",
	"simulate 0":         "it serves until it is interrupted: TestExamples",
}

func TestEveryVerbHasATranscriptOfEveryCode(t *testing.T) {
	all := verbs(t)
	have := map[string][]string{}
	files, err := filepath.Glob("../../testdata/verbs/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no transcripts", err)
	}
	for _, f := range files {
		for verb, codes := range scripted(t, filepath.Join("..", "verbs", filepath.Base(f)), all) {
			have[verb] = append(have[verb], codes...)
		}
	}
	for verb, c := range all {
		for _, code := range codesOf(verb, c) {
			if !slices.Contains(have[verb], code) && elsewhere[verb+" "+code] == "" {
				t.Errorf("muster %s has no transcript of exit code %s", verb, code)
			}
		}
	}
}
