package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

const assignHelp = `Puts a policy on devices of one customer. POLICY is an id or an exact name.

--devices takes device ids (partnerId in muster devices list --json), compared by
equality: separated by commas, or @FILE, or - for standard input, with one id a
line, blank lines and lines that begin with # aside. An id that no device of the
customer has is refused, and nothing is sent.

Without --wait the command ends when the service has accepted every job.`

const assignExample = `  muster policies assign Kiosk --customer Contoso --devices @ids.txt --expect 300 --dry-run
  muster policies assign Kiosk --customer Contoso --devices @ids.txt --yes --wait --json
  muster devices list --customer Contoso --json | jq -r 'select(.batch=="spring").id' |
    muster policies assign Kiosk --customer Contoso --devices - --yes`

// Limits of a list of device ids.
const (
	maxIDFile = 256 << 20 // bytes
	maxIDLine = 4 << 10   // bytes of a line
)

// assigning is what one muster policies assign was asked for.
type assigning struct {
	write
	policy  string
	devices string
	chunk   int
}

func (p *program) assign() *cobra.Command {
	var a assigning
	c := &cobra.Command{
		Use: "assign POLICY", Short: "put a policy on devices", Long: assignHelp, Example: assignExample,
		Args: exactly("POLICY"),
		RunE: func(c *cobra.Command, args []string) error {
			a.policy = args[0]
			return p.assignPolicy(c.Context(), a)
		},
	}
	c.Flags().StringVar(&a.devices, "devices", "", "device ids: ID,…, or @FILE, or - for standard input")
	c.Flags().IntVar(&a.chunk, "chunk", model.ChunkDevices, "devices a job")
	a.flags(c)
	return c
}

func (p *program) assignPolicy(ctx context.Context, a assigning) error {
	const op = "assign policy"
	if a.devices == "" {
		return usage(op, "--devices is missing", "give ids, @FILE, or - for standard input")
	}
	if a.chunk < 1 || a.chunk > model.MaxChunk {
		return usage(op, fmt.Sprintf("--chunk %d is not 1 to %d", a.chunk, model.MaxChunk), "")
	}
	if err := p.mayWrite(op, a.write, a.devices == "-"); err != nil {
		return err
	}
	ids, err := p.deviceIDs(ctx, a.devices)
	if err != nil {
		return err
	}
	return p.connected(ctx, func(ctx context.Context, s *session) error { return s.assignTo(ctx, a, ids) })
}

// deviceIDs reads the ids that --devices names, each once, in their order.
func (p *program) deviceIDs(ctx context.Context, from string) ([]model.DeviceID, error) {
	var ids []model.DeviceID
	var err error
	path, isFile := strings.CutPrefix(from, "@")
	switch {
	case from == "-":
		in, end := p.input(ctx)
		ids, err = readIDs(in)
		end()
	case isFile:
		var f io.ReadCloser
		if f, err = p.open(ctx, path, maxIDFile); err != nil {
			return nil, failure{exitFailed, err}
		}
		ids, err = readIDs(f)
		_ = f.Close()
	default:
		for id := range strings.SplitSeq(from, ",") {
			if id = strings.TrimSpace(id); id != "" {
				ids = append(ids, model.DeviceID(id))
			}
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, failure{exitFailed, &model.Error{Kind: model.Invalid, Op: "read device ids", Msg: describe(err), Err: err}}
	}
	all := len(ids)
	if ids = once(ids); len(ids) < all {
		p.say("%s twice or more; each device is sent once", count(all-len(ids), "device id"))
	}
	if len(ids) == 0 {
		return nil, usage("assign policy", "there is no device id in --devices", "")
	}
	return ids, nil
}

func readIDs(r io.Reader) ([]model.DeviceID, error) {
	var ids []model.DeviceID
	lines := bufio.NewScanner(io.LimitReader(r, maxIDFile+1))
	lines.Buffer(nil, maxIDLine)
	n := 0
	for first := true; lines.Scan(); first = false {
		text := lines.Text()
		if n += len(text); n > maxIDFile {
			return nil, fmt.Errorf("the list is longer than %d bytes", maxIDFile)
		}
		if first {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if text = strings.TrimSpace(text); text != "" && text[0] != '#' {
			ids = append(ids, model.DeviceID(text))
		}
	}
	return ids, lines.Err()
}

// once drops later copies.
func once(ids []model.DeviceID) []model.DeviceID {
	seen := make(map[model.DeviceID]bool, len(ids))
	return slices.DeleteFunc(ids, func(id model.DeviceID) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

func (s *session) assignTo(ctx context.Context, a assigning, ids []model.DeviceID) error {
	if err := s.writable("assign policy"); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	policies, err := s.Reader.Policies(ctx, c.ID)
	if err != nil {
		return err
	}
	policy, err := model.FindPolicy(policies, a.policy)
	if err != nil {
		return asUsage(err)
	}
	devices, err := s.findDevices(ctx, c.ID, ids)
	if err != nil {
		return err
	}
	as := model.Assignment{Customer: c.ID, CustomerName: c.Name, Policy: policy, Devices: devices, Chunk: a.chunk}
	if err := as.Validate(); err != nil {
		return asUsage(err)
	}
	if proceed, err := s.agree(ctx, a.write, planAssign(as, policies)); !proceed || err != nil {
		return err
	}
	id, err := s.Writer.Assign(ctx, as)
	if err != nil {
		return unwritten(err)
	}
	s.say("operation %s is written down", model.Clean(string(id)))
	return s.conclude(ctx, id, a.write)
}

// findDevices finds the devices that the ids name by equality, in the order of
// the ids. The whole list is read, since only then an id is known to be unique.
func (s *session) findDevices(ctx context.Context, c model.CustomerID, ids []model.DeviceID) ([]model.Device, error) {
	at := make(map[model.DeviceID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	found := make([]model.Device, len(ids))
	hits := make([]int, len(ids))
	var incomplete error
	for page, err := range s.Reader.Devices(ctx, c) {
		if err != nil {
			incomplete = err
		}
		for _, d := range page.Devices {
			if i, ok := at[d.ID]; ok {
				found[i], hits[i] = d, hits[i]+1
			}
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if incomplete != nil {
		s.say("the list of devices is incomplete, so the ids cannot be checked; nothing was sent")
		return nil, incomplete
	}
	return found, s.refuseUnclear(ids, hits)
}

// refuseUnclear lists the ids that name no device, or more than one.
func (s *session) refuseUnclear(ids []model.DeviceID, hits []int) error {
	unknown, ambiguous := 0, 0
	for i, id := range ids {
		word := "no device has the id"
		switch {
		case hits[i] == 1:
			continue
		case hits[i] == 0:
			unknown++
		default:
			ambiguous++
			word = fmt.Sprintf("%d devices have the id", hits[i])
		}
		if n := unknown + ambiguous; n <= shownProblems {
			s.say("%s %s", word, model.Clean(string(id)))
		}
	}
	if unknown+ambiguous == 0 {
		return nil
	}
	return usage("assign policy", fmt.Sprintf("%s of %s unknown, %s ambiguous; nothing was sent",
		number(unknown), count(len(ids), "device id"), number(ambiguous)), "muster devices list --json shows the ids")
}

func planAssign(a model.Assignment, policies []model.ConfigurationPolicy) plan {
	n := len(a.Devices)
	p := plan{
		What: fmt.Sprintf("policy %s on %s", model.Clean(a.Policy.Name), count(n, "device")),
		Kind: model.AssignPolicy.String(), Customer: namedCustomer(a.Customer, a.CustomerName),
		Policy: &named{string(a.Policy.ID), a.Policy.Name}, Rows: n, Jobs: chunks(n, a.Chunk),
	}
	before := map[string]int{}
	for i, d := range a.Devices {
		name := "no policy"
		if !d.Policy.None() {
			name = d.Policy.Name(policies)
		}
		before[name]++
		if i < sample {
			p.first = append(p.first, []string{d.Serial, string(d.ID), name + " -> " + a.Policy.Name})
		}
	}
	names := make([]string, 0, len(before))
	for name := range before {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if before[a] != before[b] {
			return before[b] - before[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		if i == sample {
			p.notes = append(p.notes, fmt.Sprintf("and %s more before", count(len(names)-i, "other policy value")))
			break
		}
		p.notes = append(p.notes, fmt.Sprintf("before: %s on %s", model.Clean(name), count(before[name], "device")))
	}
	return p
}
