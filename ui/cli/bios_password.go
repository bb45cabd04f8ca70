package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"muster/model"
)

// passwordTime is how long a BIOS password stays on a terminal.
const passwordTime = 30 * time.Second

type passwordRecord struct {
	Device   model.ManagedDeviceID `json:"managedDeviceId"`
	Serial   string                `json:"serial,omitempty"`
	Password string                `json:"password"`
}

func (passwordRecord) record() {}

const passwordHelp = `Reads the BIOS password that Intune keeps for one device: named by its managed device
id, its serial, or a name that only one has. That it was read is written down first.
On a terminal the serial must be typed; the password then stands on a screen of its
own for 30 seconds or until Enter, is written over and leaves no line behind. Into a
pipe it goes as it is, which --yes has to agree to.`

func (p *program) biosPassword() *cobra.Command {
	var json, yes bool
	c := &cobra.Command{
		Use: "password DEVICE", Short: "read the BIOS password of a device", Long: passwordHelp, Args: exactly("DEVICE"),
		Example: "  muster bios password 7QK2M93 --customer Contoso     # asks on a terminal; exit 2 elsewhere\n" +
			"  muster bios password 7QK2M93 --customer Contoso --yes | vault-put tills/7QK2M93",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "read BIOS password"
			switch {
			case json && p.o.OutTerminal:
				return usage(op, "as JSON the password would stay on the terminal", "leave --json out, or send the output into a pipe")
			}
			w := write{yes: yes, expect: -1}
			if err := p.mayWrite(op, w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.password(ctx, w, args[0], json) })
		},
	}
	jsonFlag(c, &json)
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (s *session) password(ctx context.Context, w write, name string, json bool) error {
	const op = "read BIOS password"
	if err := s.writable(op); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	if err := reachable(op, s.BIOSWriter != nil && s.Autopilot != nil); err != nil {
		return err
	}
	d, err := s.machine(ctx, op, c.ID, name)
	if err != nil {
		return err
	}
	p := plan{What: "read the BIOS password of " + model.Clean(cmp.Or(d.Name, d.Serial)), Kind: model.ReadBIOSPassword.String(), Customer: namedCustomer(c.ID, c.Name), Rows: 1, Jobs: 1,
		typed: cmp.Or(strings.TrimSpace(d.Serial), string(d.ID)), first: [][]string{{d.Serial, d.Name, d.Model, d.User, string(d.ID)}},
		notes: []string{"that it was read is written down"}}
	if proceed, err := s.agree(ctx, w, p); !proceed || err != nil {
		return err
	}
	secret, err := s.BIOSWriter.BIOSPassword(ctx, c, d.ID)
	switch {
	case err != nil:
		return err
	case secret.Current.Empty():
		return &model.Error{Kind: model.NotFound, Op: op, Msg: "Intune keeps no BIOS password for this device"}
	case json:
		return s.out.object(passwordRecord{d.ID, d.Serial, secret.Current.Reveal()})
	case !s.o.OutTerminal:
		s.out.secret(secret.Current)
		return nil
	}
	return s.showSecret(ctx, secret.Current)
}

// machine finds a managed device by its id, its serial or its name.
func (s *session) machine(ctx context.Context, op string, c model.CustomerID, name string) (model.ManagedDevice, error) {
	all, err := gathered(ctx, s.Autopilot.ManagedDevices(ctx, c))
	if err != nil {
		return model.ManagedDevice{}, err
	}
	id := func(d model.ManagedDevice) string { return string(d.ID) }
	var serials []model.ManagedDevice
	for _, d := range all {
		if strings.EqualFold(strings.TrimSpace(d.Serial), strings.TrimSpace(name)) && strings.TrimSpace(name) != "" {
			serials = append(serials, d)
		}
	}
	if len(serials) == 1 {
		return serials[0], nil
	}
	return theOne(op, "managed device", name, all, id, func(d model.ManagedDevice) string { return d.Name })
}

// showSecret shows a secret on the terminal's other screen, which no scrollback keeps,
// and writes over it before it leaves.
func (s *session) showSecret(ctx context.Context, secret model.Secret) error {
	text := model.Clean(secret.Reveal())
	out := s.out.w
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }
	say("%s%s%s%s\r\n\r\n%d seconds, or Enter\r\n", ansi.SetModeAltScreenSaveCursor, ansi.EraseEntireScreen, ansi.CursorHomePosition, text, int(passwordTime.Seconds()))
	err := s.out.flush()
	wait, cancel := context.WithTimeout(ctx, passwordTime)
	in, end := s.input(wait)
	_, _ = bufio.NewReader(io.LimitReader(in, 1)).ReadByte()
	end()
	cancel()
	say("%s%s", ansi.CursorHomePosition, strings.Repeat("*", ansi.StringWidth(text)))
	if err == nil {
		err = s.out.flush()
	}
	say("%s%s", ansi.EraseEntireScreen, ansi.ResetModeAltScreenSaveCursor)
	if ferr := s.out.flush(); err == nil {
		err = ferr
	}
	return err
}
