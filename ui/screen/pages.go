package screen

import (
	"context"
	"iter"

	"muster/model/fleet"
	"muster/ui/kit"
)

// atOnce is a list that comes in one piece.
func atOnce[T any](read func() ([]T, error), row func(T) fleet.Row) iter.Seq2[kit.Page[T], error] {
	return func(yield func(kit.Page[T], error) bool) {
		items, err := read()
		yield(rowsOf(items, row), err)
	}
}

// paged is a list that comes page by page.
func paged[T any](ctx context.Context, read func(context.Context) iter.Seq2[[]T, error], row func(T) fleet.Row) iter.Seq2[kit.Page[T], error] {
	return func(yield func(kit.Page[T], error) bool) {
		n := 0
		for items, err := range read(ctx) {
			n++
			page := rowsOf(items, row)
			page.Pages = n
			if !yield(page, err) {
				return
			}
		}
	}
}

func rowsOf[T any](items []T, row func(T) fleet.Row) kit.Page[T] {
	page := kit.Page[T]{Rows: make([]fleet.Row, len(items)), Items: items}
	for i := range items {
		page.Rows[i] = row(items[i])
	}
	return page
}
