package cli

import (
	"io"
	"strings"
	"time"
)

// HelpExamples are the examples of every command, by its path, as its help shows them; ""
// where a command has none.
func HelpExamples() map[string]string {
	p := &program{out: newOutput(io.Discard, false, time.UTC)}
	all := map[string]string{}
	for c := range commands(p.root()) {
		if c.Runnable() && (!c.HasAvailableSubCommands() || !c.HasParent()) {
			all[c.CommandPath()] = strings.TrimRight(c.Example, "\n")
		}
	}
	return all
}
