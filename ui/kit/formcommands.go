package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// SettledMsg answers [Settle].
type SettledMsg struct{ Reply }

// Settle returns a command that answers after d: what was typed ahead of a question
// has arrived by then, and was dropped.
func Settle(re Reply, d time.Duration) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return SettledMsg{re} })
}
