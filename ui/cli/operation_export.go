package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/export"
)

const exportHelp = `Writes the evidence of an operation: what was asked, when and where, every request
with its request id, correlation id and tracking id, every row's outcome with code
and class, and the record of what happened. No hardware hash and no product key is
in it. Markdown also has, ready for a support request, the devices that are
registered to another tenant.

Without --out it goes to standard output. --out FILE makes a new file that only its
owner can read; a folder gets a file named after the operation. What exists is not
overwritten without --overwrite, and symbolic links are not followed.`

// exporting is what one muster operations export was asked for.
type exporting struct {
	format    string
	out       string
	overwrite bool
}

func (p *program) operationsExport() *cobra.Command {
	var e exporting
	c := &cobra.Command{
		Use: "export ID", Short: "the evidence of an operation", Long: exportHelp, Args: exactly("ID"),
		Example: "  muster operations export k3f9-2mqa\n  muster operations export k3f9-2mqa --format csv --out .",
		RunE: func(c *cobra.Command, args []string) error {
			format, err := export.ParseFormat(e.format, export.EvidenceFormats())
			if err != nil {
				return asUsage(err)
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.exportOperation(ctx, args[0], format, e) })
		},
	}
	c.Flags().StringVar(&e.format, "format", string(export.Markdown), "md, csv or json")
	c.Flags().StringVar(&e.out, "out", "", "write to this file, or into this folder")
	c.Flags().BoolVar(&e.overwrite, "overwrite", false, "replace the file when it exists")
	return c
}

func (s *session) exportOperation(ctx context.Context, id string, f export.Format, e exporting) error {
	evidence, err := s.evidence(ctx, id)
	if err != nil {
		return err
	}
	if e.out == "" {
		return evidence.Write(s.out.w, f)
	}
	file, err := s.create(e.out, export.Name("operation", string(evidence.Operation.ID), evidence.Written, f), e.overwrite)
	if err != nil {
		return err
	}
	defer file.Discard()
	if err := written(file, evidence, f); err != nil {
		return err
	}
	s.say("%s of operation %s written to %s", f, model.Clean(string(evidence.Operation.ID)), model.Clean(file.Path()))
	return nil
}

func written(file *export.File, e export.Evidence, f export.Format) error {
	if err := e.Write(io.Writer(file), f); err != nil {
		return &model.Error{Kind: model.Unexpected, Op: "write " + model.Clean(file.Path()), Msg: describe(err), Err: err}
	}
	return file.Keep()
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
