package cli

import (
	"context"
	"io"
	"time"

	"muster/model"
	"muster/ui/kit"
)

// Options is everything that a run takes from its process.
type Options struct {
	In          io.Reader
	Out, Err    io.Writer
	OutTerminal bool // standard output is a terminal: everything outside printable ASCII is escaped in JSON
	ErrTerminal bool // standard error is a terminal: progress is a bar there
	InTerminal  bool // standard input is a terminal: there is somebody to ask

	ErrWidth func() int // cells of a line of that terminal; nil or 0 = not known

	// Connect opens the backend that the target names. The place says where that
	// is; the closing function ends it and returns when nothing of it is left.
	// Errors of kind NoBackend and SignedOut end in exit code 4, Invalid in 2.
	Connect func(ctx context.Context, t Target) (kit.Backend, kit.Place, func(context.Context) error, error)
	// Dashboard is muster without a subcommand, on a terminal.
	Dashboard func(ctx context.Context, t Target) error
	// Simulate serves until ctx ends, after it wrote its one line to ready.
	Simulate func(ctx context.Context, o SimulateOptions, ready io.Writer) error
	// Configuration is the file of connections; nil = there is none.
	Configuration kit.Configuration
	// ClearCache removes the lists of devices that are kept on this machine and says how
	// many there were and how large; nil = none are kept.
	ClearCache func() (lists int, bytes int64, err error)
	// SignIns is what is remembered of sign-ins; nil = nothing is.
	SignIns SignIns
	// Keys returns what the keys of the dashboard do, place by place; nil = there is none.
	Keys func() []kit.Card
	// Files reads upload lists and lists of ids; no backend is needed for it.
	Files kit.Files

	// Crashed is told of a panic of what runs by itself, see [model.Guard].
	Crashed func(what any, stack []byte)

	Version string
	Now     func() time.Time // its location is the zone in which times are shown
	Getenv  func(string) string
}

// SignIns is what is remembered of sign-ins on this machine, below a state folder; ""
// is the usual one. Errors are *model.Error.
type SignIns interface {
	// Stored is the file of a connection's sign-in, and whether it is there.
	Stored(stateDir, connection string) (path string, there bool)
	// Names lists the connections whose sign-in is remembered.
	Names(stateDir string) []string
	// Forget removes it, with the account that the connection belongs to. It reports
	// whether there was anything.
	Forget(stateDir, connection string) (bool, error)
}

// Target says which backend is wanted, as flags and environment name it.
type Target struct {
	Demo       bool   // the simulator inside this process
	Devices    int    // its devices, of the first customer
	Seed       uint64 // its seed
	Connection string
	Customer   string // id or exact name, as given
	ReadOnly   bool
	DryRun     bool   // only a plan is wanted: whatever the place allows, nothing but reads may leave
	Partner    string // URL of a simulator's Partner Center, empty = none
	Graph      string // URL of a simulator's Graph, empty = none
	// Tokens from the environment. They never come as an argument.
	PartnerToken, GraphToken model.Secret
	TokenFile                string // path of a file that holds the tokens
	UTC                      bool
	Bell                     bool   // the dashboard tells the terminal when an operation ends
	Locale                   string // of the services' messages, "" for English
	StateDir                 string // folder of the ledger, empty = the usual one
	ReadBack                 time.Duration
}

// SimulateOptions is what muster simulate was asked for.
type SimulateOptions struct {
	Listen    string
	Devices   int
	Customers int
	Seed      uint64
	Speed     float64       // simulated seconds a second
	Lag       time.Duration // simulated time until a change can be read back
	Faults    []string      // named scenarios
	TLS       bool
	CertFile  string // PEM, with KeyFile: HTTPS with a certificate that is there already
	KeyFile   string
	Authority bool
}

// Pruner is a journal that can forget. It returns how many operations it forgot:
// those that ended longer ago than olderThan, and no other.
type Pruner interface {
	Prune(ctx context.Context, olderThan time.Duration) (int, error)
}

// Stopper is a journal whose process can stop sending. Stop returns when nothing
// of it is on the wire any more; what the board says afterwards is what is left.
type Stopper interface {
	Stop(ctx context.Context)
}
