package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// notice is how a terminal is told that something ended while nobody looked.
type notice uint8

// The ways: the bell alone, or with the text by one of two sequences of which each
// terminal knows at most one.
const (
	bellOnly   notice = iota
	bellOSC9          // ESC ] 9 ; text
	bellOSC777        // ESC ] 777 ; notify ; title ; text
)

// noticeOf says what the operator's terminal understands, by what it says about itself.
// Others draw garbage on an unknown sequence at worst, so they get the bell.
func noticeOf(env tea.EnvMsg) notice {
	term := strings.ToLower(env.Getenv("TERM") + " " + env.Getenv("TERM_PROGRAM"))
	has := func(names ...string) bool {
		for _, n := range names {
			if strings.Contains(term, n) {
				return true
			}
		}
		return false
	}
	switch {
	case has("tmux", "screen"): // neither passes them on
		return bellOnly
	case has("iterm", "wezterm", "ghostty", "kitty"):
		return bellOSC9
	case has("rxvt", "foot", "contour"):
		return bellOSC777
	}
	return bellOnly
}

// maxNotice bounds the text of a notice, in cells.
const maxNotice = 120

// ring returns a command that tells the terminal of ended operations, nil when that is
// not wanted or none did.
func (a *App) ring(ended []model.Operation) tea.Cmd {
	if !a.bell || len(ended) == 0 {
		return nil
	}
	text := model.Clean(ended[0].Sum())
	if len(ended) > 1 {
		text = kit.Count(len(ended)) + " operations ended"
	}
	text = strings.ReplaceAll(ansi.Truncate(text, maxNotice, ""), ";", ",") // which parts the sequence
	switch a.notice {
	case bellOSC9:
		return tea.Raw("\x1b]9;" + text + "\x1b\\\a")
	case bellOSC777:
		return tea.Raw("\x1b]777;notify;muster;" + text + "\x1b\\\a")
	}
	return tea.Raw("\a")
}

// toggleBell turns the notices on or off for this run.
func (a *App) toggleBell() kit.Effect {
	a.bell = !a.bell
	text := "the terminal is not told any more when operations end"
	if a.bell {
		text = "the terminal is told when an operation ends"
	}
	return kit.Effect{Toast: kit.Toast{Text: text, Tone: theme.GoodTone}}
}
