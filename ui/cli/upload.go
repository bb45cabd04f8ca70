package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/model/desk"
)

const uploadHelp = `Reads a list of devices, judges every row, and sends the list to a batch of the
customer. FILE is a CSV file as Get-WindowsAutopilotInfo, Intune or the Partner
Center portal write it, in any usual encoding. It is read twice, to judge it and to
send it, a row at a time; - is standard input, which is held in memory for that.

With --check it only judges: exit code 0 clean, 3 problems, 1 unreadable. No
backend is needed for that. --repair OUT judges, too, and writes the good rows,
repairs made, to a new file OUT, and the others beside it with their problems, to
OUT's name with .problems.csv; both hold hashes and product keys in clear and only
their owner can read them. --template prints a header and an example.

A row with a problem is never sent. The question before sending says how many are
left out, and --yes agrees to that too; the exit code is then 3, even when all
that was sent is done. --expect N refuses another number of good rows. The batch is
made when it does not exist. The customer's devices are read first, in its batches and
in Intune, to say which of the list are there already; they are sent all the same,
unless --skip-known leaves them out. --no-look saves the reading. Without --wait the
command ends when the service has accepted every job.`

const uploadExample = `  muster upload --check devices.csv --json
  muster upload devices.csv --repair mended.csv
  muster upload devices.csv --customer Contoso --batch spring --dry-run
  muster upload devices.csv --customer Contoso --batch spring --yes --wait --timeout 30m`

// uploading is what one muster upload was asked for.
type uploading struct {
	write
	path      string
	check     bool
	repair    string // where to, empty = no repair
	overwrite bool
	template  bool
	batch     string
	chunk     int
	skipKnown bool
	noLook    bool
}

func (p *program) upload() *cobra.Command {
	var u uploading
	c := &cobra.Command{
		Use: "upload FILE", Short: "send a list of devices to a batch", Long: uploadHelp, Example: uploadExample,
		Args: func(c *cobra.Command, args []string) error {
			if u.template {
				return noArgs(c, args)
			}
			return exactly("FILE")(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := u.alone(); err != nil {
				return err
			}
			if u.template {
				return p.template()
			}
			u.path = args[0]
			switch {
			case u.check:
				return p.check(c.Context(), u.path, u.json)
			case u.repair != "":
				return p.repair(c.Context(), u)
			}
			if badChunk(c, u.chunk) {
				return usage("upload", fmt.Sprintf("--chunk %d is not 1 to %d", u.chunk, model.MaxChunk), "")
			}
			return p.uploadFile(c.Context(), u)
		},
	}
	f := c.Flags()
	f.BoolVar(&u.check, "check", false, "judge the list, send nothing")
	f.StringVar(&u.repair, "repair", "", "write the good rows to this new file and the others beside it, send nothing")
	f.BoolVar(&u.overwrite, "overwrite", false, "let --repair replace files that exist")
	f.BoolVar(&u.template, "template", false, "print a header and an example")
	f.BoolVar(&u.skipKnown, "skip-known", false, "leave out devices that the customer has already")
	f.BoolVar(&u.noLook, "no-look", false, "do not read the customer's devices first")
	f.StringVar(&u.batch, "batch", "", "name of the batch, an existing or a new one")
	f.IntVar(&u.chunk, "chunk", 0, fmt.Sprintf("devices a job (default %d, or chunk of the configuration)", model.ChunkDevices))
	u.flags(c)
	return c
}

func (p *program) uploadFile(ctx context.Context, u uploading) error {
	const op = "upload"
	if u.batch == "" {
		return usage(op, "--batch is missing", "name an existing or a new batch")
	}
	if err := model.ValidateBatchID(model.BatchID(u.batch)); err != nil {
		return asUsage(err)
	}
	if u.skipKnown && u.noLook {
		return usage(op, "--skip-known has to look, --no-look forbids it", "")
	}
	if err := p.mayWrite(op, u.write, u.path == "-"); err != nil {
		return err
	}
	open, err := p.reopen(ctx, u.path)
	if err != nil {
		return failure{exitFailed, err}
	}
	listed := machines{}
	list, err := p.survey(ctx, open, func(r desk.Row) error {
		if r.Good() && !u.noLook {
			listed.add(r.Upload)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := p.judge(list.Report); err != nil {
		return err
	}
	err = p.connected(ctx, func(ctx context.Context, s *session) error { return s.uploadList(ctx, u, list, listed) })
	if bad := list.Report.Rows - list.Report.Good; err == nil && bad > 0 && !u.dryRun {
		p.say("%s left out: mend the list and upload it again", count(bad, "row"))
		return failure{exitRows, nil}
	}
	return err
}

// survey judges a list. The rows are read again when they are sent, and a list
// that was changed meanwhile is refused: what was shown is what is sent.
func (p *program) survey(ctx context.Context, open desk.Opener, each func(desk.Row) error) (*desk.List, error) {
	list, err := desk.Survey(ctx, open, desk.Options{}, each)
	if err != nil && ctx.Err() == nil {
		return list, failure{exitFailed, err}
	}
	return list, err
}

// shownProblems is how many problems of a list are worth their lines.
const shownProblems = 20

// judge says what is wrong with a list and what was repaired. A list without a
// good row is refused.
func (p *program) judge(r desk.Report) error {
	for i, x := range r.Problems {
		if i == shownProblems {
			p.say("… and %s more", count(len(r.Problems)+r.More-i, "problem"))
			break
		}
		at := fmt.Sprintf("line %d", x.Line)
		if x.Column > 0 {
			at += fmt.Sprintf(", column %d", x.Column)
		}
		if x.What != "" {
			x.Text += "; " + x.What
		}
		p.say("%s: %s: %s", at, x.Code, x.Text)
	}
	for i, x := range r.Repairs {
		if i == shownProblems {
			p.say("… and %s more", count(len(r.Repairs)+r.MoreRepairs-i, "repair"))
			break
		}
		p.say("line %d, column %d: %s", x.Line, x.Column, x.Text)
	}
	if r.Good == 0 {
		return usage("upload", fmt.Sprintf("none of %s can be sent", count(r.Rows, "row")), "nothing was sent")
	}
	return nil
}

func (s *session) uploadList(ctx context.Context, u uploading, list *desk.List, listed machines) error {
	bad := list.Report.Rows - list.Report.Good
	s.leftOut = bad
	if err := s.writable("upload"); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	batches, err := s.Reader.Batches(ctx, c.ID)
	if err != nil {
		return err
	}
	up := model.Upload{Customer: c.ID, CustomerName: c.Name, Batch: model.BatchID(u.batch), Chunk: cmp.Or(u.chunk, s.place.Chunk), Count: list.Report.Good}
	if up.Source = u.path; u.path != "-" {
		up.Source = filepath.Base(u.path)
	}
	if bad > 0 { // the record of the upload has to say so, too
		up.Source += ", " + count(bad, "row") + " left out"
	}
	have, exists := model.FindBatch(batches, up.Batch)
	if exists && have.ID != up.Batch {
		s.say("the batch is spelt %q", model.Clean(string(have.ID)))
	}
	if exists {
		up.Batch = have.ID
	}
	var left map[int]bool // lines of rows that are not sent
	keep := func(r model.UploadRow) bool { return !left[r.Line] }
	up.Rows = list.Rows(ctx, keep)
	if err := up.Validate(); err != nil {
		return asUsage(err)
	}
	var p plan
	if !u.noLook {
		if left, err = s.lookUp(ctx, u, c.ID, listed, up.Count, &p); err != nil {
			return err
		}
		if up.Count -= len(left); up.Count == 0 && !u.dryRun {
			s.say("nothing is left to send")
			return nil
		}
	}
	p = planUpload(up, sampled(list, keep), exists, have.Devices).with(p)
	if bad > 0 {
		p.notes = append(p.notes, count(bad, "row")+" left out: their problems stand above")
	}
	return s.do(ctx, u.write, p, func() (model.OperationID, error) {
		if up.Count >= longList {
			s.say("writing down %s", count(up.Count, "row"))
		}
		return s.Writer.Upload(ctx, up)
	})
}

// longList is how many rows take so long to be written down that somebody may wonder.
const longList = 20_000

// sampled are the first rows of a list that are sent.
func sampled(list *desk.List, keep func(model.UploadRow) bool) []model.UploadRow {
	var out []model.UploadRow
	for _, r := range list.First {
		if keep(r) && len(out) < sample {
			out = append(out, r)
		}
	}
	return out
}

// with adds what was found out before the plan was made.
func (p plan) with(found plan) plan {
	p.notes = append(p.notes, found.notes...)
	p.LeftOut = append(p.LeftOut, found.LeftOut...)
	return p
}

func planUpload(u model.Upload, first []model.UploadRow, exists bool, have int) plan {
	p := plan{
		What: fmt.Sprintf("upload %s to batch %s", count(u.Count, "device"), model.Clean(string(u.Batch))),
		Kind: model.UploadDevices.String(), Customer: namedCustomer(u.Customer, u.CustomerName),
		Batch: u.Batch, NewBatch: !exists, Rows: u.Count, Jobs: chunks(u.Count, u.Chunk),
	}
	switch {
	case !exists:
		p.notes = append(p.notes, "the batch is new; it cannot be renamed or removed later, and its name becomes the group tag in Intune")
	case have == model.CountUnknown:
		p.notes = append(p.notes, "the batch exists")
	default:
		p.notes = append(p.notes, "the batch exists and holds "+count(have, "device"))
	}
	for _, r := range first {
		label := r.Serial()
		if label == "" {
			label = "by its " + r.Identity.Combination().String()
		}
		maker, name := r.Identity.Maker, r.Identity.Model
		if maker == "" && name == "" {
			maker, name = r.Facts.Maker, r.Facts.Model
		}
		p.first = append(p.first, []string{fmt.Sprintf("line %d", r.Line), label, maker, name})
	}
	return p
}
