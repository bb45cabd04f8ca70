package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
)

// Environment variables that muster reads on the command line.
const (
	envPartner      = "MUSTER_PARTNER_URL"
	envGraph        = "MUSTER_GRAPH_URL"
	envPartnerToken = "MUSTER_PARTNER_TOKEN"
	envGraphToken   = "MUSTER_GRAPH_TOKEN"
	envStateDir     = "MUSTER_STATE_DIR"
	envLocale       = "MUSTER_LOCALE"
	envAccessible   = "ACCESSIBLE"
)

// maxReadBack is how long a lost answer is looked for unless told otherwise, and
// at most: lists lag behind what they list for about a minute.
const maxReadBack = 2 * time.Minute

const rootHelp = `muster looks after fleets of Windows devices from a terminal: customers, device
batches, policies, BIOS configurations, and the jobs that change them.

Without a subcommand it opens the dashboard. Without a connection the dashboard
works on a simulator inside the process, and says so.

Subcommands write data to standard output and diagnostics to standard error.
Exit codes: 0 done, 1 failed, 2 usage, 3 some rows failed or unknown, 4 no backend
or not signed in, 5 still running at --timeout, 6 refused, 7 cancelled,
130 interrupted.

Environment: MUSTER_PARTNER_URL and MUSTER_GRAPH_URL point at a simulator on this
machine, MUSTER_PARTNER_TOKEN and MUSTER_GRAPH_TOKEN hold its tokens,
MUSTER_STATE_DIR is the folder of the ledger, MUSTER_LOCALE the language of Partner
Center's messages. ACCESSIBLE=1 keeps progress to lines, for a screen reader.`

const rootExample = `  muster                                # the dashboard; exit 2 where there is no terminal
  muster --demo customers list          # the simulator inside this process, as a list
  muster simulate                       # a simulator for other programs, until ctrl+c
  muster upload --check devices.csv     # judge a list, send nothing
  muster upload devices.csv --customer Contoso --batch spring --wait --yes`

// root builds the command tree.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "muster", Short: "look after fleets of Windows devices", Long: rootHelp, Example: rootExample,
		Version: p.o.Version, Args: noArgs, SilenceErrors: true, SilenceUsage: true, TraverseChildren: true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			p.local = local[c.CommandPath()]
			if f := c.Flags().Lookup(dryRunFlag); f != nil {
				p.target.DryRun = f.Value.String() == "true"
			}
			return p.settle()
		},
		RunE: p.dashboard,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("read the command line", describe(err), "see "+c.CommandPath()+" --help")
	})
	f, t := root.PersistentFlags(), &p.target
	f.BoolVar(&t.Demo, "demo", false, "work on the simulator inside this process")
	f.IntVar(&t.Devices, "devices", 2000, "devices of the embedded simulator's first customer")
	f.Uint64Var(&t.Seed, "seed", 7, "seed of the embedded simulator")
	f.StringVar(&t.Connection, "connection", "", "the connection to use, by name")
	f.StringVar(&t.Customer, "customer", "", "the customer, by id or exact name")
	f.BoolVar(&t.ReadOnly, "read-only", false, "refuse everything that changes a tenant")
	f.StringVar(&t.Partner, "partner", "", "URL of a simulator's Partner Center on this machine")
	f.StringVar(&t.Graph, "graph", "", "URL of a simulator's Graph on this machine")
	f.StringVar(&t.TokenFile, "token-file", "", "file with the tokens for --partner and --graph")
	f.BoolVar(&t.Bell, "bell", false, "the dashboard tells the terminal when an operation ends")
	f.StringVar(&t.Locale, "locale", "", "language of Partner Center's messages, such as de-DE (default en-US)")
	f.BoolVar(&t.UTC, "utc", false, "show times in UTC")
	f.StringVar(&t.StateDir, "state-dir", "", "folder of the ledger")
	f.DurationVar(&t.ReadBack, "read-back", maxReadBack, "how long the effect of a request is looked for whose answer was lost")
	root.AddCommand(p.customers(), p.devices(), p.batches(), p.policies(), p.bios(), p.autopilot(), p.profiles(), p.upload(),
		p.operations(), p.jobs(), p.connections(), p.config(), p.login(), p.logout(), p.simulate(), p.cache(), p.info(),
		p.keyList(), p.completion(), p.man())
	root.CompletionOptions.DisableDefaultCmd = true
	_ = root.RegisterFlagCompletionFunc("connection", p.completeConnections) // it fails for unknown flags only
	merge(root)
	return root
}

// merge lets every command know its parents' flags before the line is read. Cobra
// does so only while it runs a command, and until then takes the word behind a
// parent's yes-or-no flag for that flag's value.
func merge(c *cobra.Command) {
	_ = c.InheritedFlags()
	for _, sub := range c.Commands() {
		merge(sub)
	}
}

// settle completes the target from the environment once the flags are read.
func (p *program) settle() error {
	t, env := &p.target, p.o.Getenv
	for _, v := range []struct {
		to   *string
		name string
	}{{&t.Partner, envPartner}, {&t.Graph, envGraph}, {&t.StateDir, envStateDir}, {&t.Locale, envLocale}} {
		if *v.to == "" {
			*v.to = env(v.name)
		}
	}
	t.PartnerToken, t.GraphToken = model.NewSecret(env(envPartnerToken)), model.NewSecret(env(envGraphToken))
	if t.UTC {
		p.out.zone = time.UTC
	}
	if t.ReadBack <= 0 || t.ReadBack > maxReadBack {
		return usage("read the command line", fmt.Sprintf("--read-back is not above zero and at most %v", maxReadBack), "")
	}
	if t.Devices < 0 {
		return usage("read the command line", "--devices is below zero", "")
	}
	return nil
}

// dashboard is muster without a subcommand.
func (p *program) dashboard(c *cobra.Command, _ []string) error {
	if !p.o.InTerminal || !p.o.OutTerminal || p.o.Getenv("TERM") == "dumb" {
		return usage("open the dashboard", "this is not a terminal that can show it", "use a subcommand, see muster --help")
	}
	return p.o.Dashboard(c.Context(), p.target)
}

// group is a command that only has subcommands.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	names := make([]string, len(subs))
	for i, s := range subs {
		names[i] = s.Name()
	}
	g := &cobra.Command{
		Use: use, Short: short, Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(use, "a verb is missing", "one of "+strings.Join(names, ", "))
		},
	}
	g.AddCommand(subs...)
	return g
}

// noArgs refuses every argument, and guesses what an unknown verb was meant to be.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	msg, hint := fmt.Sprintf("unexpected argument %q", model.Clean(args[0])), "see "+c.CommandPath()+" --help"
	if c.HasSubCommands() {
		msg = fmt.Sprintf("unknown command %q", model.Clean(args[0]))
		c.SuggestionsMinimumDistance = 2
		if like := c.SuggestionsFor(args[0]); len(like) > 0 {
			hint = "did you mean " + c.CommandPath() + " " + strings.Join(like, " or ") + "?"
		}
	}
	return usage(c.CommandPath(), msg, hint)
}

// exactly wants one argument for each of the names.
func exactly(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage(c.CommandPath(), names[len(args)]+" is missing", "see "+c.CommandPath()+" --help")
		case len(args) > len(names):
			return usage(c.CommandPath(), fmt.Sprintf("unexpected argument %q", model.Clean(args[len(names)])), "see "+c.CommandPath()+" --help")
		}
		return nil
	}
}

// jsonFlag adds --json.
func jsonFlag(c *cobra.Command, to *bool) {
	c.Flags().BoolVar(to, "json", false, "write JSON, one object a line")
}
