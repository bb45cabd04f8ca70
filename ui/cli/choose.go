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

const chooseHelp = `--devices takes device ids (partnerId in muster devices list --json), --serials
takes serial numbers: separated by commas, or @FILE, or - for standard input, with
one a line, blank lines and lines that begin with # aside. Both are compared by
equality, serials ignoring case. What names no device of the customer, or more than
one, is listed and refused, and nothing is sent.`

// Limits of a list of device ids or serials.
const (
	maxIDFile = 256 << 20 // bytes
	maxIDLine = 4 << 10   // bytes of a line
)

// choice is how the flags of a verb choose devices: exactly one of the three.
type choice struct {
	devices string
	serials string
	batch   string
	noBatch bool // the verb does not take whole batches
}

func (c *choice) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.devices, "devices", "", "device ids: ID,…, or @FILE, or - for standard input")
	f.StringVar(&c.serials, "serials", "", "serials: SERIAL,…, or @FILE, or - for standard input")
	if !c.noBatch {
		f.StringVar(&c.batch, "batch", "", "all devices of this batch")
	}
}

// check wants exactly one of the flags.
func (c choice) check(op string) error {
	given := 0
	for _, v := range []string{c.devices, c.serials, c.batch} {
		if v != "" {
			given++
		}
	}
	switch {
	case given == 1:
		return nil
	case given > 1:
		return usage(op, "more than one of --devices, --serials and --batch", "choose the devices in one way")
	case c.noBatch:
		return usage(op, "--devices is missing", "give ids, @FILE, or - for standard input; or serials with --serials")
	}
	return usage(op, "--devices is missing", "give ids, @FILE, or - for standard input; or --serials; or a whole --batch")
}

// takesInput reports whether standard input is the list.
func (c choice) takesInput() bool { return c.devices == "-" || c.serials == "-" }

// wanted is what a choice names: ids, serials or a batch.
type wanted struct {
	op    string
	names []string // ids or serials, each once, in their order
	noun  string   // device id or serial
	fold  bool     // letter case does not matter
	batch model.BatchID
}

// read reads what the flags name.
func (p *program) read(ctx context.Context, op string, c choice) (wanted, error) {
	w := wanted{op: op, noun: "device id", batch: model.BatchID(c.batch)}
	from := c.devices
	switch {
	case c.batch != "":
		return w, nil
	case c.serials != "":
		w.noun, w.fold, from = "serial", true, c.serials
	}
	names, err := p.names(ctx, from)
	if ctx.Err() != nil {
		return w, ctx.Err()
	}
	switch {
	case model.AsError(err) != nil:
		return w, failure{exitFailed, err}
	case err != nil:
		return w, failure{exitFailed, &model.Error{Kind: model.Invalid, Op: "read " + w.noun + "s", Msg: describe(err), Err: err}}
	}
	all := len(names)
	if w.names = w.once(names); len(w.names) < all {
		p.say("%s twice or more; each device is sent once", count(all-len(w.names), w.noun))
	}
	if len(w.names) == 0 {
		return w, usage(op, "there is no "+w.noun+" in the list", "")
	}
	return w, nil
}

// names reads the names of a flag: the flag itself, @FILE, or standard input.
func (p *program) names(ctx context.Context, from string) ([]string, error) {
	path, isFile := strings.CutPrefix(from, "@")
	switch {
	case from == "-":
		in, end := p.input(ctx)
		defer end()
		return readIDs(in)
	case isFile:
		f, err := p.open(ctx, path, maxIDFile)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		return readIDs(f)
	}
	var names []string
	for name := range strings.SplitSeq(from, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names, nil
}

func readIDs(r io.Reader) ([]string, error) {
	var ids []string
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
			ids = append(ids, text)
		}
	}
	return ids, lines.Err()
}

// key is the form in which names are compared.
func (w wanted) key(name string) string {
	if w.fold {
		return strings.ToUpper(name)
	}
	return name
}

// of is the name by which a device is wanted.
func (w wanted) of(d model.Device) string {
	if w.fold {
		return w.key(d.Serial)
	}
	return string(d.ID)
}

// once drops later copies.
func (w wanted) once(names []string) []string {
	seen := make(map[string]bool, len(names))
	return slices.DeleteFunc(names, func(name string) bool {
		k := w.key(name)
		was := seen[k]
		seen[k] = true
		return was
	})
}

// choose finds the devices that are wanted.
func (s *session) choose(ctx context.Context, c model.CustomerID, w wanted) ([]model.Device, error) {
	if w.batch != "" {
		return s.wholeBatch(ctx, c, w)
	}
	return s.findDevices(ctx, c, w)
}

// findDevices finds the devices that are named, in the order of the names. The
// whole list is read, since only then a name is known to be unique.
func (s *session) findDevices(ctx context.Context, c model.CustomerID, w wanted) ([]model.Device, error) {
	at := make(map[string]int, len(w.names))
	for i, name := range w.names {
		at[w.key(name)] = i
	}
	found := make([][]model.Device, len(w.names))
	var incomplete error
	for page, err := range s.Reader.Devices(ctx, c) {
		if err != nil {
			incomplete = err
		}
		for _, d := range page.Devices {
			if i, ok := at[w.of(d)]; ok {
				found[i] = append(found[i], d)
			}
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if incomplete != nil {
		s.say("the list of devices is incomplete, so the %ss cannot be checked; nothing was sent", w.noun)
		return nil, incomplete
	}
	return s.refuseUnclear(w, found)
}

// refuseUnclear lists the names that belong to no device, or to more than one.
func (s *session) refuseUnclear(w wanted, found [][]model.Device) ([]model.Device, error) {
	devices := make([]model.Device, 0, len(found))
	unknown, ambiguous := 0, 0
	for i, hits := range found {
		short := strings.TrimPrefix(w.noun, "device ")
		word := "no device has the " + short + " " + model.Clean(w.names[i])
		switch len(hits) {
		case 1:
			devices = append(devices, hits[0])
			continue
		case 0:
			unknown++
		default:
			ambiguous++
			word = fmt.Sprintf("%d devices have the %s %s", len(hits), short, model.Clean(w.names[i]))
			if w.fold {
				word += ": " + idsOf(hits)
			}
		}
		if n := unknown + ambiguous; n <= shownProblems {
			s.say("%s", word)
		} else if n == shownProblems+1 {
			s.say("… and more")
		}
	}
	if unknown+ambiguous == 0 {
		return devices, nil
	}
	return nil, usage(w.op, fmt.Sprintf("%s of %s unknown, %s ambiguous; nothing was sent",
		number(unknown), count(len(found), w.noun), number(ambiguous)), "muster devices list --json shows them")
}

// idsOf names a few devices by their ids.
func idsOf(devices []model.Device) string {
	var ids []string
	for _, d := range devices[:min(3, len(devices))] {
		ids = append(ids, model.Clean(string(d.ID)))
	}
	if len(devices) > 3 {
		ids = append(ids, "…")
	}
	return strings.Join(ids, ", ")
}

// wholeBatch reads every device of a batch, and no other batch.
func (s *session) wholeBatch(ctx context.Context, c model.CustomerID, w wanted) ([]model.Device, error) {
	batch, err := s.batch(ctx, w.op, c, string(w.batch))
	if err != nil {
		return nil, err
	}
	var devices []model.Device
	for page, err := range s.Batch.BatchDevices(ctx, c, batch) {
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			s.say("the batch could not be read to its end; nothing was sent")
			return nil, err
		}
		devices = append(devices, page...)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(devices) == 0 {
		return nil, usage(w.op, fmt.Sprintf("batch %s has no device; nothing was sent", model.Clean(string(batch))), "")
	}
	return devices, nil
}

// batch finds a batch by its name, whatever its letter case, in the service's
// spelling.
func (s *session) batch(ctx context.Context, op string, c model.CustomerID, name string) (model.BatchID, error) {
	batches, err := s.Reader.Batches(ctx, c)
	have, ok := model.FindBatch(batches, model.BatchID(name))
	if ok { // even in a list that is not whole
		return have.ID, nil
	}
	if err != nil {
		return "", err
	}
	return "", usage(op, fmt.Sprintf("the customer has no batch %q", model.Clean(name)), "muster batches list shows them")
}

// disallowed notes how many devices say that the service does not allow a method
// on them. Most say nothing.
func disallowed(devices []model.Device, method string) []string {
	n := 0
	for _, d := range devices {
		if len(d.Allowed) > 0 && !slices.ContainsFunc(d.Allowed, func(have string) bool { return strings.EqualFold(have, method) }) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the service says of %s that it does not allow this", count(n, "device"))}
}
