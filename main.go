// Muster is a terminal dashboard for fleets of Windows devices, over Partner
// Center and Microsoft Graph.
//
// This file introduces the parts to each other: flags and environment become a
// connection, a connection becomes a backend, a backend is given to the screens
// or to a subcommand. Nothing else sees both client and ui.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"os/user"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"

	"muster/client"
	"muster/client/cache"
	"muster/client/config"
	"muster/client/rest"
	"muster/client/simulator"
	"muster/model"
	"muster/ui"
	"muster/ui/cli"
	"muster/ui/form"
	"muster/ui/kit"
)

// demoSpeed is how much faster than ours the clock of the embedded simulator
// runs on the dashboard: slow enough to see a job go from queued to finished.
const demoSpeed = 5

// graceTime is how long a write on the wire may take to come home at the end.
const graceTime = time.Minute

// gcPercent is how much garbage may lie beside a hundred of what is in use. A fleet is
// large and has next to no pointers, so looking it through often costs little, and
// waiting until it has doubled would cost its size.
const gcPercent = 40

// gcAtStart holds instead for the first startTime: a small heap would be looked through
// again and again just when the first frame is due.
const (
	gcAtStart = 400
	startTime = time.Second
)

func main() {
	client.Private()
	rest.Silence()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcAtStart)
		time.AfterFunc(startTime, func() { debug.SetGCPercent(gcPercent) })
	}
	base, end := context.WithCancelCause(context.Background())
	ctx, stop := signal.NotifyContext(base, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE) // a reader that went away is an error of a write, not a death
	code := 1
	p := program{crash: &client.Crash{Dir: client.StateDir(xdg.StateHome), Version: version(), Now: time.Now, End: end}}
	if !model.Guard(p.crash.Report, func() { code = cli.Run(ctx, os.Args[1:], p.options()) }) {
		_, _ = fmt.Fprintln(os.Stderr, "muster:", p.crash.Err()) // nobody else is left to say it
	}
	stop()
	os.Exit(code)
}

// program is one run of muster, with or without a dashboard.
type program struct {
	crash *client.Crash // told of every panic; ends the run
}

// options are what the command line works with.
func (p program) options() cli.Options {
	return cli.Options{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTerminal:  term.IsTerminal(os.Stdin.Fd()),
		OutTerminal: term.IsTerminal(os.Stdout.Fd()),
		ErrTerminal: term.IsTerminal(os.Stderr.Fd()),
		ErrWidth:    errWidth,
		Connect: func(ctx context.Context, t cli.Target) (kit.Backend, kit.Place, func(context.Context) error, error) {
			return p.connect(ctx, t, 0)
		},
		Dashboard: p.dashboard,
		Simulate:  simulate,
		Files:     client.Files{},
		ClearCache: func() (int, int64, error) {
			done, err := cache.Clear(client.CacheDir(xdg.CacheHome))
			return done.Files, done.Bytes, err
		},

		Keys: func() []kit.Card { return ui.Keys(ui.Options{Forms: form.All()}) },

		Configuration: configuration{},
		SignIns:       signIns{},
		Crashed:       p.crash.Report,
		Version:       version(),
		Now:           time.Now,
		Getenv:        os.Getenv,
	}
}

// errWidth is how wide the terminal of standard error is, in cells; 0 = not known.
func errWidth() int {
	w, _, err := term.GetSize(os.Stderr.Fd())
	if err != nil {
		return 0
	}
	return w
}

// version is the module's, as the build recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// dashboard runs the screens until the operator leaves, then ends in order.
func (p program) dashboard(ctx context.Context, t cli.Target) error {
	if named, err := connectionName(t); err != nil {
		return err
	} else if named == "" {
		t.Demo = t.Demo || t.Partner == ""
	}
	open := &links{ctx: ctx, from: t, program: p}
	first, err := open.link(t)
	if err != nil {
		return err
	}
	set := settings()
	zone := time.Local
	if t.UTC {
		zone = time.UTC
	}
	err = ui.Run(ctx, ui.Options{Backend: first.Backend, Place: first.Place, Close: first.Close, Forms: form.All(), Customer: t.Customer,
		Configuration: forgetful{stateDir: t.StateDir}, Dial: open.redial, Version: version(), Zone: zone, Bell: t.Bell || set.Bell,
		Tmux: set.Clipboard == "tmux", Crashed: p.crash.Report}, os.Stdin, os.Stdout, tea.WithoutSignalHandler())
	return errors.Join(err, open.close(), context.Cause(ctx)) // neither a signal nor a panic is a farewell
}

// links are the connections that a dashboard has worked with, the present one last.
// Those that were left may still be waiting for a write to come home.
type links struct {
	ctx  context.Context
	from cli.Target // what the program was started with
	program

	mu   sync.Mutex
	ends []func() error
}

// redial makes the connection of that name in the configuration, "" the simulator inside.
// What was asked for at the start about writing, places and times holds for it as well.
func (l *links) redial(_ context.Context, name string) (kit.Link, error) {
	t := l.from
	t.Connection, t.Demo = name, name == ""
	t.Partner, t.Graph, t.PartnerToken, t.GraphToken, t.TokenFile = "", "", model.Secret{}, model.Secret{}, ""
	return l.link(t)
}

// link makes a connection and keeps its end.
func (l *links) link(t cli.Target) (kit.Link, error) {
	backend, place, done, err := l.connect(l.ctx, t, demoSpeed)
	if err != nil {
		return kit.Link{}, err
	}
	end := sync.OnceValue(func() error {
		last, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), graceTime)
		defer cancel()
		return done(last)
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = append(l.ends, end)
	return kit.Link{Backend: backend, Place: place, Close: end}, nil
}

// close ends what is still open, the latest first, and waits for all.
func (l *links) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all error
	for _, end := range slices.Backward(l.ends) {
		all = errors.Join(all, end())
	}
	return all
}

// connect makes the backend that flags and environment name. The report of a panic will
// lie beside its ledger, or where that usually is.
func (p program) connect(ctx context.Context, t cli.Target, speed float64) (kit.Backend, kit.Place, func(context.Context) error, error) {
	p.crash.In(signIns{}.dir(t.StateDir))
	set := settings()
	o := client.Connection{Partner: t.Partner, Graph: t.Graph, PartnerToken: t.PartnerToken, GraphToken: t.GraphToken,
		ReadOnly: t.ReadOnly, StateDir: t.StateDir, ReadBack: t.ReadBack, Who: who(), Locale: cmp.Or(t.Locale, set.Locale), Chunk: set.Chunk,
		Crashed: p.crash.Report}
	place := kit.Place{Connection: o.Partner, Simulated: true, ReadOnly: t.ReadOnly, Chunk: set.Chunk}
	end := func(context.Context) error { return nil }
	fail := func(err error) (kit.Backend, kit.Place, func(context.Context) error, error) {
		return kit.Backend{}, kit.Place{}, nil, errors.Join(err, end(ctx))
	}
	if o.StateDir == "" {
		o.StateDir = client.StateDir(xdg.StateHome)
	}
	named, err := connectionName(t)
	if err != nil {
		return fail(err)
	}
	switch {
	case named != "":
		if err := real(named, t, &o, &place); err != nil {
			return fail(err)
		}
	case t.Demo:
		if end, err = embed(ctx, t, speed, &o); err != nil {
			return fail(err)
		}
		place.Connection, place.Forgotten = "demo", true
	case o.Partner == "":
	default:
		if err := onlyHere(o.Partner, o.Graph); err != nil {
			return fail(err)
		}
	}
	if t.TokenFile != "" {
		if o.PartnerToken, o.GraphToken, err = client.TokenFile(t.TokenFile); err != nil {
			return fail(err)
		}
	}
	o.ReadOnly = o.ReadOnly || t.DryRun // the pipeline lets nothing but reads out, whatever a verb means to do
	if !o.Forget {
		o.CacheDir = client.CacheDir(xdg.CacheHome)
	}
	c, err := client.Dial(o)
	if err != nil {
		return fail(err)
	}
	stop := func(ctx context.Context) error { return errors.Join(c.Close(ctx), end(ctx)) }
	b := backend(c)
	if o.Session != nil {
		b.Identity = c
	}
	return b, place, stop, nil
}

// settings are what the configuration says beside its connections; nothing where it
// cannot be read, which matters to those who need a connection of it alone.
func settings() config.Settings {
	f, err := config.Load(config.Path(xdg.ConfigHome))
	if err != nil {
		return config.Settings{}
	}
	return f.Settings
}

// connectionName is the connection of the configuration that is wanted: the one that
// is named, else the usual one, unless flags point elsewhere.
func connectionName(t cli.Target) (string, error) {
	if t.Demo || t.Partner != "" || t.Connection != "" {
		return t.Connection, nil
	}
	f, err := config.Load(config.Path(xdg.ConfigHome))
	if err != nil {
		return "", err
	}
	if _, ok := f.Find(f.Settings.Use); f.Settings.Use != "" && !ok {
		return "", &model.Error{Kind: model.NoBackend, Op: "connect", Msg: fmt.Sprintf("the configuration uses connection %q, which cannot be used", model.Clean(f.Settings.Use)),
			Hint: "muster config check says why; --demo works on the embedded simulator"}
	}
	return f.Settings.Use, nil
}

// real points the connection at the tenant that the configuration names.
func real(name string, t cli.Target, o *client.Connection, place *kit.Place) error {
	f, err := config.Load(config.Path(xdg.ConfigHome))
	if err != nil {
		return err
	}
	c, ok := f.Find(name)
	if !ok {
		return &model.Error{Kind: model.NoBackend, Op: "connect", Msg: fmt.Sprintf("there is no connection %q that can be used", model.Clean(name)),
			Hint: "muster connections list and muster config check; --demo works on the embedded simulator"}
	}
	if t.StateDir == "" && f.Settings.StateDir != "" {
		o.StateDir = f.Settings.StateDir
	}
	made, err := client.Tenant(c, client.Real{Getenv: os.Getenv, Unsetenv: func(name string) { _ = os.Unsetenv(name) }, StateDir: o.StateDir,
		Signed: func(who model.Account) error {
			if c.AccountID == who.ID {
				return nil
			}
			return f.Sign(name, who.Name, who.ID)
		}})
	if err != nil {
		return err
	}
	made.ReadOnly = made.ReadOnly || t.ReadOnly
	made.ReadBack, made.Who, made.Locale, made.Chunk, made.Crashed = o.ReadBack, o.Who, o.Locale, o.Chunk, o.Crashed
	*o = made
	*place = kit.Place{Connection: name, Chunk: o.Chunk, ReadOnly: made.ReadOnly, Custom: c.Cloud == model.CloudCustom, Word: c.Word, Colour: c.Colour}
	return nil
}

// configuration is the file of connections, for the command line.
type configuration struct{}

// Read implements kit.Configuration.
func (configuration) Read() (kit.Configured, error) {
	f, err := config.Load(config.Path(xdg.ConfigHome))
	if err != nil {
		return kit.Configured{}, err
	}
	c := kit.Configured{Path: f.Path, Use: f.Settings.Use, Connections: f.Connections}
	for _, p := range f.Problems {
		c.Problems = append(c.Problems, kit.ConfigProblem{Line: p.Line, Column: p.Column, Key: p.Key, Text: p.String()})
	}
	return c, nil
}

func changed(change func(*config.File) error) error {
	f, err := config.Load(config.Path(xdg.ConfigHome))
	if err != nil {
		return err
	}
	return change(f)
}

// Add implements kit.Configuration.
func (configuration) Add(c model.Connection) error {
	return changed(func(f *config.File) error { return f.Add(c) })
}

// Remove implements kit.Configuration.
func (configuration) Remove(name string) error {
	return changed(func(f *config.File) error { return f.Remove(name) })
}

// Use implements kit.Configuration.
func (configuration) Use(name string) error {
	return changed(func(f *config.File) error { return f.Use(name) })
}

// signIns is what is remembered of sign-ins, for the command line.
type signIns struct{}

// dir is where it lies: beside the ledger of a connection.
func (signIns) dir(named string) string {
	f, err := config.Load(config.Path(xdg.ConfigHome))
	if err != nil {
		f = &config.File{}
	}
	return cmp.Or(named, f.Settings.StateDir, client.StateDir(xdg.StateHome))
}

// Stored implements cli.SignIns.
func (s signIns) Stored(stateDir, connection string) (string, bool) {
	return client.Remembered(s.dir(stateDir), connection)
}

// Names implements cli.SignIns.
func (s signIns) Names(stateDir string) []string { return client.RememberedNames(s.dir(stateDir)) }

// Forget implements cli.SignIns. The account is forgotten with the tokens: the next who
// signs in may be anybody.
func (s signIns) Forget(stateDir, connection string) (bool, error) {
	ok, err := client.ForgetSignIn(s.dir(stateDir), connection)
	if err != nil {
		return ok, err
	}
	f, err := config.Load(config.Path(xdg.ConfigHome))
	if err != nil {
		return ok, err
	}
	if c, known := f.Find(connection); known && c.AccountID != "" {
		return true, f.Sign(connection, "", "")
	}
	return ok, nil
}

// forgetful is the file of connections for the screens: with a connection goes what is
// remembered of its sign-in, as on the command line.
type forgetful struct {
	configuration
	stateDir string
}

// Remove implements kit.Configuration.
func (f forgetful) Remove(name string) error {
	if _, err := (signIns{}).Forget(f.stateDir, name); err != nil {
		return err
	}
	return f.configuration.Remove(name)
}

// backend gives a client to the screens in every part that it plays.
func backend(c *client.Client) kit.Backend {
	return kit.Backend{Reader: c, Batch: c, Walker: c, Writer: c, Journal: c, Files: client.Files{}, Policies: c, Devices: c, Past: c, Mend: c, Requests: c, Memory: c, Items: c, Fleets: c.Fleets(),
		Autopilot: c, AutopilotWriter: c, Profiles: c, ProfileWriter: c, BIOS: c, BIOSWriter: c, Directory: c}
}

// embed starts a simulator inside the process and points the connection at it.
// Its ledger is forgotten at the end, like the simulator itself.
func embed(ctx context.Context, t cli.Target, speed float64, o *client.Connection) (func(context.Context) error, error) {
	const op = "start simulator"
	sim, err := simulator.New(simulator.Options{Devices: t.Devices, Seed: t.Seed, Speed: speed})
	if err != nil {
		return noEnd, &model.Error{Kind: model.Invalid, Op: op, Msg: err.Error()}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return noEnd, &model.Error{Kind: model.NoBackend, Op: op, Msg: "no port of this machine can be opened", Err: err}
	}
	if o.StateDir, err = os.MkdirTemp("", "muster-demo-"); err != nil {
		return noEnd, errors.Join(&model.Error{Kind: model.NoBackend, Op: op, Msg: "there is no temporary folder", Err: err}, l.Close())
	}
	ready := sim.Ready(l.Addr())
	o.Partner, o.Graph, o.Authority = ready.Partner, ready.Graph, ready.Authority
	o.ClientSecret = model.NewSecret(ready.Instance) // the simulator takes any
	o.PartnerToken, o.Backend, o.Forget = model.NewSecret(ready.PartnerToken), ready.Instance, true
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() {
		var err error = model.OwnFault(op)
		model.Guard(o.Crashed, func() { err = sim.Serve(base, l) })
		served <- err
	}()
	return func(context.Context) error { stop(); return <-served }, nil
}

func noEnd(context.Context) error { return nil }

// onlyHere refuses addresses of other machines: tokens from the environment are
// for a simulator on this one.
func onlyHere(roots ...string) error {
	for _, r := range roots {
		if r != "" && !client.Local(r) {
			return &model.Error{Kind: model.Invalid, Op: "connect", Msg: model.Clean(r) + " is not an address of this machine",
				Hint: "--partner and --graph point at a simulator on 127.0.0.1"}
		}
	}
	return nil
}

// simulate serves both services until ctx ends.
func simulate(ctx context.Context, o cli.SimulateOptions, ready io.Writer) error {
	const op = "start simulator"
	if !onLoopback(o.Listen) {
		return &model.Error{Kind: model.Invalid, Op: op, Msg: model.Clean(o.Listen) + " is not an address of this machine alone",
			Hint: "--listen takes 127.0.0.1:PORT; port 0 lets the system choose"}
	}
	sim, err := simulator.New(simulator.Options{Devices: o.Devices, Customers: o.Customers, Seed: o.Seed, Speed: o.Speed,
		Lag: o.Lag, Faults: o.Faults, TLS: o.TLS || o.Authority, CertFile: o.CertFile, KeyFile: o.KeyFile}) // nobody signs in over plain http
	if err != nil {
		return &model.Error{Kind: model.Invalid, Op: op, Msg: model.Clean(err.Error())}
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return errors.Join(&model.Error{Kind: model.Invalid, Op: op, Msg: "cannot listen on " + model.Clean(o.Listen), Err: err}, sim.Close())
	}
	line := sim.Ready(l.Addr())
	if o.Authority {
		explainAuthority(os.Stderr, line)
	}
	if err := json.NewEncoder(ready).Encode(line); err != nil {
		return errors.Join(err, l.Close(), sim.Close())
	}
	return sim.Serve(ctx, l)
}

// explainAuthority says how to sign in to a running simulator as to a real tenant.
func explainAuthority(w io.Writer, r simulator.Ready) {
	root := strings.TrimSuffix(r.Graph, "/beta")
	c := model.Connection{Name: "local", Cloud: model.CloudCustom, Tenant: r.Tenant, ClientID: "11111111-2222-4333-8444-555555555555",
		SignIn: model.SignInDevice, CAFile: r.CAFile, Authority: r.Authority, Graph: root, Partner: r.Partner,
		GraphAudience: "https://graph.microsoft.com", PartnerAudience: "https://api.partnercenter.microsoft.com"}
	_, _ = fmt.Fprintf(w, "a connection to it, for %s:\n\n%s\ntype the code at %s/devicelogin, or let it be approved:\n  curl --cacert %s %s/signin -d '{\"auto\": \"agent\"}'\n",
		config.Path(xdg.ConfigHome), config.Text(c), r.Authority, r.CAFile, r.Control)
}

// onLoopback reports whether an address to listen on can be reached from this
// machine only: the simulator hands out its tokens to whoever asks.
func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && client.Local("http://"+net.JoinHostPort(host, "1"))
}

// who names the account of the operating system, for the ledger.
func who() string {
	if u, err := user.Current(); err == nil {
		return model.Clean(u.Username)
	}
	return ""
}
