package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/export"
)

const exportHelp = `Writes the evidence of an operation: what was asked, when and where, every request
with its request id, correlation id and tracking id, every row's outcome with code
and class, and the record of what happened. No hardware hash and no product key is
in it: muster erases both when the service has accepted them. --keys adds what is left
of them, eight digits of their SHA-256 each, by which a row can be found in its list.
Markdown also has, ready for a support request, the devices that are registered to
another tenant.

--only CLASS writes the rows that failed for one reason and nothing else, as a list of
serials with correlation and tracking ids, in any format, ndjson included: other-tenant
for a support request, or passing-fault, mend-the-list, already-there, read-again,
report-it, unknown-code. Without such a row the exit code is 3.

Without --out it goes to standard output. --out FILE makes a new file that only its
owner can read; a folder gets a file named after the operation. What exists is not
overwritten without --overwrite, and symbolic links are not followed.`

// exporting is what one muster operations export was asked for.
type exporting struct {
	format    string
	out       string
	overwrite bool
	keys      bool
	only      string // class of failures, empty = the whole evidence
}

func (p *program) operationsExport() *cobra.Command {
	var e exporting
	c := &cobra.Command{
		Use: "export ID", Short: "the evidence of an operation", Long: exportHelp, Args: exactly("ID"),
		Example: "  muster operations export k3f9-2mqa\n  muster operations export k3f9-2mqa --format csv --out .\n" +
			"  muster operations export k3f9-2mqa --only other-tenant --format csv",
		RunE: func(c *cobra.Command, args []string) error {
			write, err := e.writer()
			if err != nil {
				return asUsage(err)
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.exportOperation(ctx, args[0], e, write) })
		},
	}
	c.Flags().StringVar(&e.format, "format", string(export.Markdown), "md, csv or json; with --only also ndjson")
	c.Flags().StringVar(&e.out, "out", "", "write to this file, or into this folder")
	c.Flags().BoolVar(&e.overwrite, "overwrite", false, "replace the file when it exists")
	c.Flags().BoolVar(&e.keys, "keys", false, "also the digests of hashes and product keys, which are erased themselves")
	c.Flags().StringVar(&e.only, "only", "", "only the rows that failed for one reason, such as other-tenant")
	return c
}

// exportWriter writes an operation and returns how many rows that was, -1 for all.
type exportWriter func(export.Evidence, io.Writer) (int, error)

// writer is what the flags ask for. Errors are of kind Invalid.
func (e *exporting) writer() (exportWriter, error) {
	formats := export.EvidenceFormats()
	if e.only != "" {
		formats = append(formats, export.NDJSON)
	}
	f, err := export.ParseFormat(e.format, formats)
	if err != nil {
		return nil, err
	}
	e.format = string(f)
	if e.only == "" {
		return func(ev export.Evidence, w io.Writer) (int, error) {
			ev.Digests = e.keys
			return -1, ev.Write(w, f)
		}, nil
	}
	class, ok := export.ParseClass(e.only)
	if !ok {
		return nil, &model.Error{Kind: model.Invalid, Op: "export operation", Msg: "there is no class " + model.Clean(e.only), Hint: "one of " + classWords()}
	}
	if e.keys {
		return nil, &model.Error{Kind: model.Invalid, Op: "export operation", Msg: "--keys belongs to the whole evidence, not to --only"}
	}
	return func(ev export.Evidence, w io.Writer) (int, error) { return ev.WriteOnly(w, f, class) }, nil
}

func classWords() string {
	var words []string
	for _, c := range model.Classes() {
		words = append(words, export.ClassWord(c))
	}
	return strings.Join(words, ", ")
}

func (s *session) exportOperation(ctx context.Context, id string, e exporting, write exportWriter) error {
	evidence, err := s.evidence(ctx, id)
	if err != nil {
		return err
	}
	n := 0
	if e.out == "" {
		n, err = write(evidence, s.out.w)
	} else {
		n, err = s.exportFile(evidence, e, write)
	}
	if err == nil && n == 0 {
		s.say("no row of it failed as %s", model.Clean(e.only))
		return silent(exitRows)
	}
	return err
}

// exportFile writes into a new file, which is not made when there is nothing to write.
func (s *session) exportFile(evidence export.Evidence, e exporting, write exportWriter) (int, error) {
	file, err := s.create(e.out, export.Name("operation", string(evidence.Operation.ID), evidence.Written, export.Format(e.format)), e.overwrite)
	if err != nil {
		return 0, err
	}
	defer file.Discard()
	n, err := write(evidence, file)
	if err != nil {
		return n, &model.Error{Kind: model.Unexpected, Op: "write " + model.Clean(file.Path()), Msg: describe(err), Err: err}
	}
	if n == 0 {
		return 0, nil
	}
	if err := file.Keep(); err != nil {
		return n, err
	}
	s.say("%s of operation %s written to %s", e.format, model.Clean(string(evidence.Operation.ID)), model.Clean(file.Path()))
	return n, nil
}

// evidence reads all that is known of an operation.
func (s *session) evidence(ctx context.Context, id string) (export.Evidence, error) {
	o, err := s.operation(ctx, id)
	if err != nil {
		return export.Evidence{}, err
	}
	rows, err := s.Journal.Rows(ctx, o.ID)
	if err != nil {
		return export.Evidence{}, err
	}
	events, err := s.Past.Events(ctx, o.ID)
	if err != nil {
		return export.Evidence{}, err
	}
	return export.Evidence{Operation: o, Rows: rows, Events: events, By: o.Who, Place: s.place.Connection, Simulated: s.place.Simulated,
		Written: s.o.Now(), Zone: s.out.zone}, nil
}

// create makes a new file where the operator wants it. One that exists is a matter
// of the command line.
func (p *program) create(path, ours string, overwrite bool) (*export.File, error) {
	f, err := export.Create(path, ours, overwrite)
	if model.KindOf(err) == model.Conflict {
		e := *model.AsError(err)
		e.Hint = "name another file, or say --overwrite"
		return nil, failure{exitUsage, &e}
	}
	return f, err
}
