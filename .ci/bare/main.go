// Bare is the least Bubble Tea program that shows a list: what .ci/latency puts beside
// muster. A step of the cursor changes two cells.
package main

import (
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
)

type list struct{ at, rows int }

func (l list) Init() tea.Cmd { return nil }

func (l list) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		l.rows = msg.Height
	case tea.KeyPressMsg:
		switch msg.String() {
		case "down":
			l.at = min(l.at+1, l.rows-1)
		case "up":
			l.at = max(l.at-1, 0)
		case "q":
			return l, tea.Quit
		}
	}
	return l, nil
}

func (l list) View() tea.View {
	var b strings.Builder
	for i := range l.rows {
		mark := ' '
		if i == l.at {
			mark = '>'
		}
		fmt.Fprintf(&b, "%c row %d of a list that is as long as the window is high", mark, i)
		if i < l.rows-1 {
			b.WriteByte('\n')
		}
	}
	v := tea.NewView(b.String())
	v.AltScreen = true
	return v
}

func main() {
	if _, err := tea.NewProgram(list{}, tea.WithFPS(60)).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
