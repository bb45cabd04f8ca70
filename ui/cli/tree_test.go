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

// scripted are the lines of a script that run muster: the verb, and its exit code.
func scripted(t *testing.T, name string, all map[string]*cobra.Command) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "script", name))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^(?:muster|plan|verb) (\d+) (.*)$|^(?:signal|interrupt) .*? ?(130) .*? ?'[^']*' (.*)$`).FindAllStringSubmatch(string(text), -1) {
		code, words := m[1]+m[3], strings.Fields(m[2]+m[4])
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
