package cli

import (
	"context"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"muster/model/fleet"
)

// listing is a kind of list: a table for people or NDJSON for programs, as the pages
// come, the rows and fields that were asked for. What cannot be read is said on standard
// error, what was read stays, and the exit code is 1.
type listing[T any] struct {
	one     string // what a row is: "device"
	empty   string // what to say when there is nothing
	columns []column[T]
	json    func(T) record
}

// column is one column of a list.
type column[T any] struct {
	head  string     // in the table, "" when the table goes without it
	name  string     // in a filter, as the dashboard calls it
	field string     // the field of the JSON that it shows; "" = as in a filter
	kind  fleet.Kind // of counts and times
	aside bool       // only a filter that names it looks into it
	cell  func(*output, T) string
	sort  func(T) int64 // of counts and times
}

// lister is the state of a listing under way.
type lister[T any] struct {
	listing[T]
	s      *session
	look   look
	table  *table
	fields []field
	n      int
	err    error // the first thing that could not be read
}

func (l listing[T]) start(s *session, k look) *lister[T] {
	out := &lister[T]{listing: l, s: s, look: k, fields: pickFields(l.fields(), k.fields)}
	var head []string
	for _, f := range out.fields {
		head = append(head, f.head())
	}
	if out.fields == nil {
		for _, c := range l.shown() {
			head = append(head, c.head)
		}
	}
	out.table = s.out.table(head...)
	return out
}

// shown are the columns of the table.
func (l listing[T]) shown() (out []column[T]) {
	for _, c := range l.columns {
		if c.head != "" {
			out = append(out, c)
		}
	}
	return out
}

// add writes the items that are wanted and passes them on to whoever reads the output.
func (l *lister[T]) add(ctx context.Context, items []T) error {
	items, err := l.matching(ctx, l.s.out, items, l.look.query)
	if err != nil {
		return err
	}
	for _, it := range items {
		l.n++
		if err := l.write(it); err != nil {
			return err
		}
	}
	return l.s.out.flush()
}

func (l *lister[T]) write(it T) error {
	switch {
	case l.look.json && l.fields == nil:
		return l.s.out.object(l.json(it))
	case l.fields != nil:
		values, err := fieldValues(l.json(it), l.fields)
		if err != nil {
			return err
		}
		if l.look.json {
			return l.s.out.object(values)
		}
		l.table.row(l.cells(it, values)...)
		return nil
	}
	var cells []string
	for _, c := range l.shown() {
		cells = append(cells, c.cell(l.s.out, it))
	}
	l.table.row(cells...)
	return nil
}

// cells writes the chosen fields for a person: as the list's own column does where it
// has one.
func (l *lister[T]) cells(it T, values chosen) []string {
	cells := make([]string, len(l.fields))
	for i, f := range l.fields {
		cells[i] = f.text(l.s.out, values.values[i])
		for _, c := range l.columns {
			if c.shows() == f.name {
				cells[i] = c.cell(l.s.out, it)
				break
			}
		}
	}
	return cells
}

// shows is the field that a column shows.
func (c column[T]) shows() string {
	if c.field != "" {
		return c.field
	}
	return c.name
}

// missing notes that something could not be read. Later troubles are said too.
func (l *lister[T]) missing(ctx context.Context, err error) {
	if ctx.Err() == nil && l.err != nil {
		l.s.say("%s", describe(l.err))
	}
	l.err = err
}

// end completes the list.
func (l *lister[T]) end(ctx context.Context) error {
	l.table.end()
	if l.err == nil {
		l.err = ctx.Err() // a walk that ends early with its context need not say so
	}
	switch {
	case l.err != nil && l.n > 0:
		l.s.say("the list is incomplete: %s read", count(l.n, "row"))
	case l.n == 0 && l.err == nil && !l.look.json:
		l.s.say("%s", l.nothing())
	}
	return l.err
}

// nothing says why a list is empty.
func (l *lister[T]) nothing() string {
	if l.look.query.Empty() {
		return l.empty
	}
	return "no " + l.one + " matches"
}

// pages writes a list that comes page by page.
func (l listing[T]) pages(ctx context.Context, s *session, k look, pages iter.Seq2[[]T, error]) error {
	out := l.start(s, k)
	for items, err := range pages {
		if werr := out.add(ctx, items); werr != nil {
			return werr
		}
		if err != nil {
			out.missing(ctx, err)
		}
	}
	return out.end(ctx)
}

// whole writes a list that came at once.
func (l listing[T]) whole(ctx context.Context, s *session, k look, items []T, err error) error {
	if err != nil && len(items) == 0 {
		return err
	}
	out := l.start(s, k)
	out.err = err
	if werr := out.add(ctx, items); werr != nil {
		return werr
	}
	return out.end(ctx)
}

// lists makes a verb of what writes one list of a backend.
func lists[T any](p *program, c *cobra.Command, kind listing[T], do func(ctx context.Context, s *session, k look, args []string) error) *cobra.Command {
	return listsHere(p, c, kind, func(c *cobra.Command, k look) error {
		args := c.Flags().Args()
		return p.connected(c.Context(), func(ctx context.Context, s *session) error { return do(ctx, s, k, args) })
	})
}

// listsHere makes a verb of what writes one list. What the flags ask for is looked at
// before anything is opened or read.
func listsHere[T any](p *program, c *cobra.Command, kind listing[T], do func(*cobra.Command, look) error) *cobra.Command {
	k := &look{}
	k.flags(c, kind.fields())
	if c.Long == "" {
		c.Long = "Lists " + c.Short + "."
	}
	c.Long = describeList(c.Long, kind)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := kind.ready(p, c, k); err != nil {
			return err
		}
		return do(c, *k)
	}
	return c
}

// describeList is a help text with what a list can be filtered by and cut down to.
func describeList[T any](long string, kind listing[T]) string {
	return long + "\n\n" + filterHelp + kind.filterable() + ".\n\n--fields takes " + strings.Join(fieldNames(kind.fields()), ", ") + "."
}

func (p *program) customers() *cobra.Command {
	return group("customers", "the tenants that the partner looks after", lists(p, &cobra.Command{
		Use: "list", Short: "the customers of the partner", Args: noArgs,
		Example: "  muster customers list --json\n  muster customers list --filter 'Contoso' --fields id",
	}, customerListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		return customerListing().pages(ctx, s, k, s.Reader.Customers(ctx))
	}), p.customersShow())
}

func (p *program) batches() *cobra.Command {
	return group("batches", "named bags of devices", lists(p, &cobra.Command{
		Use: "list", Short: "the device batches of a customer", Args: noArgs,
		Example: "  muster batches list --customer Contoso\n  muster batches list --customer Contoso --filter 'devices:>10 created:<30d'",
	}, batchListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		batches, err := s.Reader.Batches(ctx, c.ID)
		return batchListing().whole(ctx, s, k, batches, err)
	}))
}
