package cli

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
)

const simulateHelp = `Serves both services, a sign-in and a control interface on this machine until it
is interrupted. When it is ready it writes one line of JSON to standard output:
the URLs, a token for each service, the first customer, the control interface.

The same seed gives the same fleet. Time runs --speed times as fast. Nothing fails
at random: --fault names what is to go wrong, and the control interface takes more
while it runs.`

func (p *program) simulate() *cobra.Command {
	var o SimulateOptions
	c := &cobra.Command{
		Use: "simulate", Short: "serve both services from this machine", Long: simulateHelp, Args: noArgs,
		Example: "  muster simulate --devices 300 --seed 1 --speed 600     # until ctrl+c\n  muster simulate --fault storm --fault slow             # until ctrl+c\n  muster simulate --fault gremlins                       # exit 2: there is no such fault",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			err := p.o.Simulate(c.Context(), o, p.o.Out)
			if model.KindOf(err) == model.Invalid { // an unknown fault, an address that is taken
				return asUsage(err)
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&o.Listen, "listen", "127.0.0.1:0", "loopback address and port; port 0 chooses a free one")
	f.IntVar(&o.Devices, "devices", 2000, "devices of the first customer; the others share as many again")
	f.IntVar(&o.Customers, "customers", 12, "number of customers")
	f.Uint64Var(&o.Seed, "seed", 7, "the same seed gives the same fleet")
	f.Float64Var(&o.Speed, "speed", 60, "simulated seconds a second")
	f.Var(lag{&o.Lag}, "lag", "simulated time until a change can be read back, such as 30s")
	f.StringSliceVar(&o.Faults, "fault", nil, "named faults")
	f.BoolVar(&o.TLS, "tls", false, "serve HTTPS with a certificate of its own")
	f.StringVar(&o.CertFile, "tls-cert", "", "serve HTTPS with the certificate in this PEM file; needs --tls-key")
	f.StringVar(&o.KeyFile, "tls-key", "", "private key of --tls-cert, a PEM file")
	f.BoolVar(&o.Authority, "authority", false, "sign in as to a real tenant: serves HTTPS and says what connection leads to it")
	return c
}

// check refuses what no simulator can do.
func (o SimulateOptions) check() error {
	const op = "simulate"
	switch {
	case o.Devices < 0:
		return usage(op, "--devices is below zero", "")
	case o.Customers < 1:
		return usage(op, "--customers is below one", "")
	case !(o.Speed > 0) || math.IsInf(o.Speed, 0):
		return usage(op, fmt.Sprintf("--speed %g is not above zero", o.Speed), "")
	case (o.CertFile == "") != (o.KeyFile == ""):
		return usage(op, "--tls-cert and --tls-key go together", "")
	}
	return nil
}

// lag is a span that may be zero, written with its unit or as plain seconds.
type lag struct{ d *time.Duration }

// String implements pflag.Value.
func (l lag) String() string {
	if l.d == nil {
		return "0s"
	}
	return l.d.String()
}

// Type implements pflag.Value.
func (l lag) Type() string { return "duration" }

// Set implements pflag.Value.
func (l lag) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil {
		d, err = time.ParseDuration(s + "s")
	}
	if err != nil || d < 0 {
		return fmt.Errorf("%q is not a time such as 0, 30s or 2m", s)
	}
	*l.d = d
	return nil
}
