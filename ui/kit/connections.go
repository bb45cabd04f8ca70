package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// Configuration is the file of connections and settings. Errors are *model.Error.
type Configuration interface {
	// Read reads the file anew. None is an empty one.
	Read() (Configured, error)
	Add(c model.Connection) error
	Remove(name string) error
	// Use names the connection for when none is; "" is the simulator.
	Use(name string) error
}

// Configured is what the file of connections says.
type Configured struct {
	Path        string
	Use         string
	Connections []model.Connection // those that can be used
	Problems    []ConfigProblem
}

// ConfigProblem is something in the file that cannot be used.
type ConfigProblem struct {
	Line, Column int
	Key          string
	Text         string // where and what, in a line
}

// SimulatorName is what the simulator inside the program is called among connections.
const SimulatorName = "simulator"

// Link is a connection that was made: the backend behind it and the place that it is.
type Link struct {
	Backend Backend
	Place   Place
	// Close lets what is on the wire come home and ends the backend. It may take as long
	// as a write does; nil is nothing to end.
	Close func() error
}

// Dialer makes the connection of that name in the configuration, "" the simulator's. It
// asks no service.
type Dialer func(ctx context.Context, name string) (Link, error)

// ConnectedMsg answers [Connect].
type ConnectedMsg struct {
	Link Link
	Err  *model.Error
}

// LeftMsg answers [Leave]: a connection that was left has ended.
type LeftMsg struct {
	Name string
	Err  *model.Error
}

// ConfiguredMsg answers [Configure]: the file is changed, or as it was.
type ConfiguredMsg struct {
	Reply
	Err *model.Error
}

// Connect returns a command that makes a connection, for a program that ends with ctx.
func Connect(ctx context.Context, dial Dialer, name string) tea.Cmd {
	return func() tea.Msg {
		link, err := dial(ctx, name)
		return ConnectedMsg{Link: link, Err: Trouble(err)}
	}
}

// Leave returns a command that ends a connection which is no longer worked with.
func Leave(name string, end func() error) tea.Cmd {
	if end == nil {
		return nil
	}
	return func() tea.Msg { return LeftMsg{Name: name, Err: Trouble(end())} }
}

// Configure returns a command that changes the file of connections.
func Configure(env *Env, re Reply, change func(Configuration) error) tea.Cmd {
	conf := env.Configuration
	return func() tea.Msg { return ConfiguredMsg{Reply: re, Err: Trouble(change(conf))} }
}
