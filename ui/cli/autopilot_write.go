package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/model/desk"
)

const pilotHelp = `--devices takes Autopilot ids (autopilotId in muster autopilot list --json), --serials
serials: separated by commas, or @FILE, or - for standard input. What names no device, or
more than one, is listed and refused, and nothing is sent.`

// piloting is what a verb on chosen Autopilot devices was asked for.
type piloting struct {
	write
	choice
}

// pilotVerb is a verb that does one thing to chosen Autopilot devices.
func (p *program) pilotVerb(c *cobra.Command, op string, do func(context.Context, *session, piloting, wanted, []string) error) *cobra.Command {
	v := &piloting{choice: choice{noBatch: true}}
	c.Long += "\n\n" + pilotHelp
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := v.check(op); err != nil {
			return err
		}
		if err := p.mayWrite(op, v.write, v.takesInput()); err != nil {
			return err
		}
		w, err := p.read(c.Context(), op, v.choice)
		if err != nil {
			return err
		}
		return p.connected(c.Context(), func(ctx context.Context, s *session) error {
			if err := s.writable(op); err != nil {
				return err
			}
			return do(ctx, s, *v, w, args)
		})
	}
	v.choice.flags(c)
	v.write.flags(c)
	return c
}

// changePilots makes one change on the chosen devices, old and new shown first.
func (s *session) changePilots(ctx context.Context, v piloting, w wanted, to model.AutopilotChange) error {
	if err := to.Validate(); err != nil {
		return asUsage(err)
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	devices, err := s.pilots(ctx, c.ID, w, "")
	if err != nil {
		return err
	}
	if to.DisplayName != nil && *to.DisplayName != "" && len(devices) > 1 {
		return usage(w.op, fmt.Sprintf("one name for %s", count(len(devices), "device")), "a computer name is for one device")
	}
	if err := reachable(w.op, s.AutopilotWriter != nil); err != nil {
		return err
	}
	n, same := len(devices), 0
	p := plan{What: to.Words() + " on " + count(n, "Autopilot device"), Kind: model.ChangeAutopilot.String(), Customer: namedCustomer(c.ID, c.Name), Rows: n, Jobs: chunks(n, 20)}
	for _, d := range devices {
		if to.On(d) {
			same++
		}
		if len(p.first) < sample {
			p.first = append(p.first, []string{d.Serial, to.Now(d).Words() + " -> " + to.Words()})
		}
	}
	if same > 0 {
		p.notes = append(p.notes, count(same, "device")+" of them like that already")
	}
	return s.do(ctx, v.write, p, func() (model.OperationID, error) { return s.AutopilotWriter.ChangeAutopilot(ctx, c, devices, to) })
}

func (p *program) autopilotTag() *cobra.Command {
	return p.pilotVerb(&cobra.Command{
		Use: "tag TAG", Short: "set the group tag of devices", Args: exactly("TAG"),
		Long:    "Sets the group tag of Autopilot devices; '' takes it away. muster operations undo puts the\nformer ones back.",
		Example: "  muster autopilot tag CLINIC-FRONT --customer Contoso --serials @serials.txt --dry-run",
	}, "set group tag", func(ctx context.Context, s *session, v piloting, w wanted, args []string) error {
		return s.changePilots(ctx, v, w, model.AutopilotChange{GroupTag: &args[0]})
	})
}

func (p *program) autopilotName() *cobra.Command {
	return p.pilotVerb(&cobra.Command{
		Use: "name NAME", Short: "set the computer name of a device", Args: exactly("NAME"),
		Long:    "Sets the name that a device gets when it is deployed: up to 15 letters, digits and hyphens,\nnot digits alone. '' takes it away, from any number of devices.",
		Example: "  muster autopilot name FRONT-01 --customer Contoso --serials 7QK2M93 --yes",
	}, "set device name", func(ctx context.Context, s *session, v piloting, w wanted, args []string) error {
		return s.changePilots(ctx, v, w, model.AutopilotChange{DisplayName: &args[0]})
	})
}

func (p *program) autopilotUser() *cobra.Command {
	var greeting string
	c := p.pilotVerb(&cobra.Command{
		Use: "user USER", Short: "set the user of devices", Args: exactly("USER"),
		Long:    "Sets the user principal name that devices are meant for; '' takes it away.",
		Example: "  muster autopilot user ines@contoso.example --greeting Ines --customer Contoso --serials 7QK2M93 --yes",
	}, "set user", func(ctx context.Context, s *session, v piloting, w wanted, args []string) error {
		to := model.AutopilotChange{User: &args[0]}
		if greeting != "" {
			to.AddressableUser = &greeting
		}
		return s.changePilots(ctx, v, w, to)
	})
	c.Flags().StringVar(&greeting, "greeting", "", "how the user is greeted during setup")
	return c
}

func (p *program) autopilotDelete() *cobra.Command {
	return p.pilotVerb(&cobra.Command{
		Use: "delete", Short: "delete registrations", Args: noArgs,
		Long:    "Deletes Autopilot registrations, which cannot be undone. A device that is enrolled is\nrefused: its managed device has to be deleted first. On a terminal the number of devices\nmust be typed.",
		Example: "  muster autopilot delete --customer Contoso --serials @serials.txt --expect 12 --dry-run",
	}, "delete Autopilot devices", func(ctx context.Context, s *session, v piloting, w wanted, _ []string) error {
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		devices, err := s.pilots(ctx, c.ID, w, "")
		if err != nil {
			return err
		}
		if err := reachable(w.op, s.AutopilotWriter != nil); err != nil {
			return err
		}
		n := len(devices)
		p := plan{What: "delete " + count(n, "Autopilot device"), Kind: model.DeleteAutopilot.String(), Customer: namedCustomer(c.ID, c.Name), Rows: n, Jobs: n, typed: strconv.Itoa(n)}
		for _, d := range devices[:min(sample, n)] {
			p.first = append(p.first, []string{d.Serial, d.Model, d.Tag(), string(d.ID)})
		}
		p.notes = s.keptPasswords(ctx, c.ID, devices)
		return s.do(ctx, v.write, p, func() (model.OperationID, error) { return s.AutopilotWriter.DeleteAutopilot(ctx, c, devices) })
	})
}

// maxAsked is of how many devices it is asked whether Intune keeps a BIOS password.
const maxAsked = 20

// keptPasswords warns of BIOS passwords that would be harder to come by, or says that
// nobody could be asked about them.
func (s *session) keptPasswords(ctx context.Context, c model.CustomerID, devices []model.AutopilotDevice) []string {
	asked, kept := 0, 0
	for _, d := range devices {
		if !d.Enrolled() || asked == maxAsked {
			continue
		}
		has, err := s.Autopilot.HasBIOSPassword(ctx, c, d.ManagedDevice)
		if err != nil {
			return []string{"whether Intune keeps BIOS passwords for them could not be asked: " + describe(err)}
		}
		if asked++; has {
			kept++
		}
	}
	if kept == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Intune keeps a BIOS password for %s of %s that were asked for: read it, or have it taken off, first", number(kept), number(asked))}
}

func (p *program) autopilotSync() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "sync", Short: "bring Intune and the Autopilot service in line", Args: noArgs,
		Long:    "Asks Intune for a sync with the Autopilot service. The service takes one in ten minutes;\nbefore that it is refused here, and when the next one may be asked for is said.",
		Example: "  muster autopilot sync --customer Contoso --yes --wait",
		RunE: func(c *cobra.Command, _ []string) error {
			const op = "sync Autopilot devices"
			if err := p.mayWrite(op, w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.syncPilots(ctx, op, w) })
		},
	}
	w.flags(c)
	return c
}

func (s *session) syncPilots(ctx context.Context, op string, w write) error {
	if err := s.writable(op); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	if err := reachable(op, s.Autopilot != nil && s.AutopilotWriter != nil); err != nil {
		return err
	}
	p := plan{What: "sync with the Autopilot service", Kind: model.SyncAutopilot.String(), Customer: namedCustomer(c.ID, c.Name), Rows: 1, Jobs: 1}
	if set, err := s.Autopilot.AutopilotSettings(ctx, c.ID); err == nil {
		p.notes = append(p.notes, "the last sync was "+s.out.moment(set.LastSync))
		if next := set.NextSync(s.o.Now()); !next.IsZero() {
			p.notes = append(p.notes, "the next one may be asked for at "+next.In(s.out.zone).Format(time.TimeOnly))
		}
	}
	return s.do(ctx, w, p, func() (model.OperationID, error) { return s.AutopilotWriter.SyncAutopilot(ctx, c) })
}

func (p *program) autopilotImport() *cobra.Command {
	var w write
	var tag string
	c := &cobra.Command{
		Use: "import FILE", Short: "register a list of devices with Intune", Args: exactly("FILE"),
		Long: `Registers the devices of a list straight with Intune, without Partner Center. The list
is one that muster upload takes; every row is judged first, and a row with a problem is
never sent. Rows without a group tag of their own get --tag. Without --wait the command
ends when the service has taken every row; Intune then works for minutes.`,
		Example: "  muster autopilot import devices.csv --customer Contoso --tag CLINIC-FRONT --yes --wait --timeout 30m",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "import Autopilot devices"
			if err := p.mayWrite(op, w, args[0] == "-"); err != nil {
				return err
			}
			return p.importFile(c.Context(), op, w, args[0], tag)
		},
	}
	c.Flags().StringVar(&tag, "tag", "", "the group tag of rows that have none")
	w.flags(c)
	return c
}

func (p *program) importFile(ctx context.Context, op string, w write, path, tag string) error {
	open, err := p.reopen(ctx, path)
	if err != nil {
		return failure{exitFailed, err}
	}
	list, err := p.survey(ctx, open, func(desk.Row) error { return nil })
	if err != nil {
		return err
	}
	if err := p.judge(list.Report); err != nil {
		return err
	}
	bad := list.Report.Rows - list.Report.Good
	err = p.connected(ctx, func(ctx context.Context, s *session) error {
		s.leftOut = bad
		if err := s.writable(op); err != nil {
			return err
		}
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		if err := reachable(op, s.AutopilotWriter != nil); err != nil {
			return err
		}
		up := model.Upload{Customer: c.ID, CustomerName: c.Name, Batch: model.BatchID(strings.TrimSpace(tag)), Source: path, Count: list.Report.Good}
		if path != "-" {
			up.Source = filepath.Base(path)
		}
		up.Rows = list.Rows(ctx, func(model.UploadRow) bool { return true })
		p := plan{What: "import " + count(up.Count, "device") + " into Intune", Kind: model.ImportAutopilot.String(), Customer: namedCustomer(c.ID, c.Name), Rows: up.Count, Jobs: chunks(up.Count, 100),
			notes: []string{"group tag of rows without one: " + quotedOr(string(up.Batch))}}
		if bad > 0 {
			p.notes = append(p.notes, count(bad, "row")+" left out: their problems stand above")
		}
		return s.do(ctx, w, p, func() (model.OperationID, error) { return s.AutopilotWriter.ImportAutopilot(ctx, up) })
	})
	if err == nil && bad > 0 && !w.dryRun {
		p.say("%s left out: mend the list and import it again", count(bad, "row"))
		return failure{exitRows, nil}
	}
	return err
}
