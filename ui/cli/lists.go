package cli

import (
	"context"
	"iter"

	"github.com/spf13/cobra"
)

// listing writes one list: a table for people or NDJSON for programs, as the
// pages come. What cannot be read is said on standard error, what was read stays,
// and the exit code is 1.
type listing[T any] struct {
	empty string // what to say when there is nothing
	head  []string
	cells func(*output, T) []string
	json  func(T) record
}

// lister is the state of a listing under way.
type lister[T any] struct {
	listing[T]
	s      *session
	asJSON bool
	table  *table
	n      int
	err    error // the first thing that could not be read
}

func (l listing[T]) start(s *session, json bool) *lister[T] {
	return &lister[T]{listing: l, s: s, asJSON: json, table: s.out.table(l.head...)}
}

// add writes items and passes them on to whoever reads the output.
func (l *lister[T]) add(items []T) error {
	for _, it := range items {
		l.n++
		if !l.asJSON {
			l.table.row(l.cells(l.s.out, it)...)
			continue
		}
		if err := l.s.out.object(l.json(it)); err != nil {
			return err
		}
	}
	return l.s.out.flush()
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
	case l.n == 0 && l.err == nil && !l.asJSON:
		l.s.say("%s", l.empty)
	}
	return l.err
}

// pages writes a list that comes page by page.
func (l listing[T]) pages(ctx context.Context, s *session, json bool, pages iter.Seq2[[]T, error]) error {
	out := l.start(s, json)
	for items, err := range pages {
		if werr := out.add(items); werr != nil {
			return werr
		}
		if err != nil {
			out.missing(ctx, err)
		}
	}
	return out.end(ctx)
}

// whole writes a list that came at once.
func (l listing[T]) whole(ctx context.Context, s *session, json bool, items []T, err error) error {
	if err != nil && len(items) == 0 {
		return err
	}
	out := l.start(s, json)
	out.err = err
	if werr := out.add(items); werr != nil {
		return werr
	}
	return out.end(ctx)
}

func (p *program) customers() *cobra.Command {
	var json bool
	list := &cobra.Command{
		Use: "list", Short: "the customers of the partner", Args: noArgs,
		Example: "  muster customers list --json",
		RunE: p.on(func(ctx context.Context, s *session, _ []string) error {
			return customerListing().pages(ctx, s, json, s.Reader.Customers(ctx))
		}),
	}
	jsonFlag(list, &json)
	return group("customers", "the tenants that the partner looks after", list, p.customersShow())
}

func (p *program) batches() *cobra.Command {
	var json bool
	list := &cobra.Command{
		Use: "list", Short: "the device batches of a customer", Args: noArgs,
		Example: "  muster batches list --customer Contoso",
		RunE: p.on(func(ctx context.Context, s *session, _ []string) error {
			c, err := s.customer(ctx)
			if err != nil {
				return err
			}
			batches, err := s.Reader.Batches(ctx, c.ID)
			return batchListing().whole(ctx, s, json, batches, err)
		}),
	}
	jsonFlag(list, &json)
	return group("batches", "named bags of devices", list)
}
