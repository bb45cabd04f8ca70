package cli

import (
	"context"

	"muster/model"
	"muster/model/desk"
)

// example is a row below the header of the template: the one of the accepted
// combinations that can be typed.
const example = "5CG0000XMP,,,HP,HP EliteBook 840 14 inch G11 Notebook PC"

// template prints the header that muster recommends and an example below it.
func (p *program) template() error {
	p.out.line("%s", desk.ExpectedHeader)
	p.out.line("%s", example)
	return nil
}

// repairRecord is what became of a repaired list.
type repairRecord struct {
	checkRecord
	Out    string `json:"out,omitempty"`    // the good rows; absent when there is none
	ToMend string `json:"toMend,omitempty"` // the other rows, with what is wrong in front
}

// repair writes a list in two: what would be sent, repairs made, and what has to
// be mended. Either file is made only when it has a row. Nothing is sent: 0 clean,
// 3 some rows to mend, 1 unreadable.
func (p *program) repair(ctx context.Context, u uploading) error {
	in, err := p.list(ctx, u.path)
	if err != nil {
		return failure{exitFailed, err}
	}
	defer func() { _ = in.Close() }()
	good, err := p.create(u.repair, "repaired.csv", u.overwrite)
	if err != nil {
		return err
	}
	defer good.Discard()
	rest, err := p.create(desk.ToMend(good.Path()), "problems.csv", u.overwrite)
	if err != nil {
		return err
	}
	defer rest.Discard()
	report, err := desk.Split(ctx, in, desk.Options{}, good, rest)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return failure{exitFailed, err}
	}
	r := repairRecord{checkRecord: newCheckRecord(report)}
	if report.Good > 0 {
		if err := good.Keep(); err != nil {
			return err
		}
		r.Out = good.Path()
	}
	if report.Good < report.Rows {
		if err := rest.Keep(); err != nil {
			return err
		}
		r.ToMend = rest.Path()
	}
	if u.json {
		if err := p.out.object(r); err != nil {
			return err
		}
	} else {
		p.showCheck(u.path, report)
		p.showFiles(r)
	}
	if report.Good < report.Rows {
		return silent(exitRows)
	}
	return nil
}

// showRepairs lists what was changed, old and new.
func (p *program) showRepairs(r desk.Report) {
	t := p.out.table("LINE", "COLUMN", "FIELD", "OLD", "NEW", "WHY")
	for _, x := range r.Repairs {
		t.row(number(x.Line), place(x.Column), x.Field.String(), x.Old, x.New, x.Text)
	}
	t.end()
	if r.MoreRepairs > 0 {
		p.out.line("and %s more", count(r.MoreRepairs, "repair"))
	}
}

func (p *program) showFiles(r repairRecord) {
	if r.Out != "" {
		p.out.line("%s written to %s", count(r.Good, "good row"), model.Clean(r.Out))
	}
	if r.ToMend != "" {
		p.out.line("%s to mend written to %s", count(r.Rows-r.Good, "row"), model.Clean(r.ToMend))
	}
	p.out.line("nothing was sent; the files hold hashes and product keys in clear")
}

// alone refuses flags of an upload that exclude each other.
func (u uploading) alone() error {
	const op = "upload"
	n := 0
	for _, on := range []bool{u.check, u.repair != "", u.template} {
		if on {
			n++
		}
	}
	switch {
	case n > 1:
		return usage(op, "more than one of --check, --repair and --template", "")
	case n == 1 && (u.batch != "" || u.yes || u.dryRun || u.wait):
		return usage(op, "--check, --repair and --template send nothing", "leave --batch, --yes, --dry-run and --wait away")
	case u.overwrite && u.repair == "":
		return usage(op, "--overwrite belongs to --repair", "")
	}
	return nil
}
