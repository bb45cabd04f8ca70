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
	var app tea.Model
	if o.Crashed != nil {
		tell := o.Crashed
		o.Crashed = func(what any, stack []byte) { tell(what, stack); cancel() }
		app = guard{New(inner, o), o.Crashed}
	} else {
		app = New(inner, o)
	}
	options := append([]tea.ProgramOption{tea.WithContext(inner), tea.WithInput(in), tea.WithOutput(out), tea.WithFPS(fps)}, more...)
	_, err := tea.NewProgram(app, options...).Run()
	if inner.Err() != nil && errors.Is(err, tea.ErrProgramKilled) {
		return nil
	}
	return err
}
