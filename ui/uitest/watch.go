package uitest

import (
	tea "charm.land/bubbletea/v2"
)

// watched is a program of which every frame is looked at.
type watched struct {
	tea.Model
	look func(tea.View)
}

// Watch returns the program with look called for every frame that it draws, those that a
// terminal would be too slow to show included. look is called from the program's own
// goroutine.
func Watch(m tea.Model, look func(tea.View)) tea.Model { return &watched{m, look} }

// Update implements tea.Model.
func (w *watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m, cmd := w.Model.Update(msg)
	w.Model = m
	return w, cmd
}

// View implements tea.Model.
func (w *watched) View() tea.View {
	v := w.Model.View()
	w.look(v)
	return v
}
