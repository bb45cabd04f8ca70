package ui

import (
	"context"
	"errors"
	"io"

	tea "charm.land/bubbletea/v2"
)

// fps is how often the screen is drawn at most: sober over SSH.
const fps = 60

// Run shows the dashboard on a terminal until the operator quits or ctx ends, both of
// which are no error. The first frame does not wait for the backend. Further options
// are for tests.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer, more ...tea.ProgramOption) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel() // every command that still waits ends with the program
	if tell := o.Crashed; tell != nil {
		o.Crashed = func(what any, stack []byte) { tell(what, stack); cancel() }
	}
	a := New(inner, o)
	var app tea.Model = a
	if o.Crashed != nil {
		app = guard{a, o.Crashed}
	}
	options := append([]tea.ProgramOption{tea.WithContext(inner), tea.WithInput(in), tea.WithOutput(out), tea.WithFPS(fps)}, more...)
	_, err := tea.NewProgram(app, options...).Run()
	a.farewell()()
	if inner.Err() != nil && errors.Is(err, tea.ErrProgramKilled) {
		return nil
	}
	return err
}
