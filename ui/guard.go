package ui

import (
	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// guard stands between Bubble Tea and the app: a panic of a screen or of a command is
// handed on, and the program then ends as it does by a signal, which gives the terminal
// back. Bubble Tea itself would print what the panic says, whatever that is.
type guard struct {
	tea.Model
	crashed func(any, []byte)
}

// Init implements tea.Model.
func (g guard) Init() (cmd tea.Cmd) {
	model.Guard(g.crashed, func() { cmd = g.Model.Init() })
	return g.command(cmd)
}

// Update implements tea.Model.
func (g guard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	model.Guard(g.crashed, func() { g.Model, cmd = g.Model.Update(msg) })
	return g, g.command(cmd)
}

// View implements tea.Model.
func (g guard) View() (v tea.View) {
	model.Guard(g.crashed, func() { v = g.Model.View() })
	return v
}

// command guards a command, and those that it answers with.
func (g guard) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		model.Guard(g.crashed, func() { msg = cmd() })
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = g.command(batch[i])
			}
		}
		return msg
	}
}
