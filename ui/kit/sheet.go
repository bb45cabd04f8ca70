package kit

import (
	"context"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/export"
)

// Sheet is a list as it can be written to a file: a snapshot, so commands may keep it.
type Sheet struct {
	What  string // "devices"
	Whose string // the customer's name, or the connection's
	Key   string // the name of the column with the keys of the rows, "" to leave it out
	Index *fleet.Index
	Shown fleet.Rows // what the filter shows, in its order
	Marks fleet.Marks
}

// Part is which rows of a sheet are written.
type Part uint8

// The parts of a sheet.
const (
	MarkedRows Part = iota
	ShownRows
	AllRows
)

// rows returns the rows of a part: marked and all ones in the order of arrival.
func (s Sheet) rows(p Part) fleet.Rows {
	switch p {
	case MarkedRows:
		return s.Marks.Rows(s.Index)
	case ShownRows:
		return s.Shown
	}
	return s.Index.All()
}

// columns are the names of the columns as they are written.
func (s Sheet) columns() []string {
	var out []string
	if s.Key != "" {
		out = append(out, s.Key)
	}
	for _, c := range s.Index.Columns() {
		out = append(out, c.Name)
	}
	return out
}

// cells yields the cells of a part until ctx ends.
func (s Sheet) cells(ctx context.Context, p Part) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		schema := s.Index.Columns()
		for _, row := range s.rows(p).All() {
			line := make([]string, 0, len(schema)+1)
			if s.Key != "" {
				line = append(line, s.Index.Key(row))
			}
			for col := range schema {
				line = append(line, s.exact(row, col))
			}
			if ctx.Err() != nil || !yield(line) {
				return
			}
		}
	}
}

// exact is a cell for a program to read: times in full and in UTC, counts without
// blanks between their digits.
func (s Sheet) exact(row, col int) string {
	cell, value := s.Index.Cell(row, col), s.Index.Value(row, col)
	switch s.Index.Columns()[col].Kind {
	case fleet.Time:
		if value != fleet.Unknown && cell != "" {
			return time.Unix(0, value).UTC().Format(time.RFC3339)
		}
	case fleet.Count:
		if digits := strings.ReplaceAll(cell, " ", ""); digits != cell {
			if _, err := strconv.Atoi(digits); err == nil {
				return digits
			}
		}
	}
	return cell
}

// ExportedMsg answers [ExportSheet], [ExportEvidence], [ExportClass] and [MendList].
type ExportedMsg struct {
	Reply
	Path string // clean
	Rows int
	Err  *model.Error
}

// ExportSheet returns a command that writes a part of a sheet to a new file. path may
// be a folder: then the file is called name. It ends early with ctx; then there is no
// file.
func ExportSheet(ctx context.Context, re Reply, s Sheet, p Part, f export.Format, path, name string) tea.Cmd {
	return func() tea.Msg {
		return exported(ctx, re, path, name, false, func(w io.Writer) (int, error) {
			return export.WriteList(w, f, s.columns(), s.cells(ctx, p))
		})
	}
}

// ExportEvidence returns a command that writes the evidence of an operation to a new
// file, as [ExportSheet] writes a list.
func ExportEvidence(ctx context.Context, env *Env, re Reply, o model.Operation, f export.Format, path, name string) tea.Cmd {
	past := env.Backend.Past
	return evidence(ctx, env, re, o, path, name, func(e export.Evidence, w io.Writer) (int, error) {
		if past != nil {
			var err error
			if e.Events, err = past.Events(ctx, o.ID); err != nil {
				return 0, err
			}
		}
		return len(e.Rows), e.Write(w, f)
	})
}

// ExportClass returns a command that writes those rows of an operation to a new file
// that failed for one reason: a list that can be handed on, to the support of the
// service for one. Without such a row there is no file.
func ExportClass(ctx context.Context, env *Env, re Reply, o model.Operation, c model.Class, f export.Format, path, name string) tea.Cmd {
	return evidence(ctx, env, re, o, path, name, func(e export.Evidence, w io.Writer) (int, error) {
		n, err := e.WriteOnly(w, f, c)
		if err == nil && n == 0 {
			err = &model.Error{Kind: model.NotFound, Op: "export", Msg: "no row of it failed as " + c.String()}
		}
		return n, err
	})
}

// evidence writes what is known of an operation to a new file.
func evidence(ctx context.Context, env *Env, re Reply, o model.Operation, path, name string, write func(export.Evidence, io.Writer) (int, error)) tea.Cmd {
	journal := env.Backend.Journal
	e := export.Evidence{Operation: o, By: o.Who, Place: env.Place.Connection, Simulated: env.Place.Simulated, Written: env.Now(), Zone: env.Zone}
	return func() tea.Msg {
		return exported(ctx, re, path, name, false, func(w io.Writer) (int, error) {
			var err error
			if e.Rows, err = journal.Rows(ctx, o.ID); err != nil {
				return 0, err
			}
			return write(e, w)
		})
	}
}

// exported writes a new file, or one in the place of another when replace says so, and
// keeps it when all went well.
func exported(ctx context.Context, re Reply, path, name string, replace bool, write func(io.Writer) (int, error)) ExportedMsg {
	const op = "export"
	file, err := export.Create(expand(path), name, replace)
	if err != nil {
		return ExportedMsg{Reply: re, Err: Trouble(err)}
	}
	defer file.Discard()
	n, err := write(file)
	if err == nil && ctx.Err() != nil {
		err = &model.Error{Kind: model.Cancelled, Op: op, Msg: "stopped; nothing was kept"}
	}
	if err == nil {
		err = file.Keep()
	}
	return ExportedMsg{Reply: re, Path: model.Clean(file.Path()), Rows: n, Err: Trouble(err)}
}

// expand makes an empty path the present folder and puts the home folder for "~".
func expand(path string) string {
	switch {
	case path == "":
		return "."
	case path != "~" && !strings.HasPrefix(path, "~/"):
		return path
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(dir, strings.TrimPrefix(path, "~"))
}
