package cli

import (
	"time"

	"muster/model"
	"muster/model/fleet"
)

// texts is a column of words.
func texts[T any](head, name, field string, of func(T) string) column[T] {
	return column[T]{head: head, name: name, field: field, cell: func(_ *output, it T) string { return of(it) }}
}

// asideTexts is a column of ids or codes, which only a filter that names it looks into.
func asideTexts[T any](head, name, field string, of func(T) string) column[T] {
	c := texts(head, name, field, of)
	c.aside = true
	return c
}

// counts is a column of numbers that a service may leave out.
func counts[T any](head, name, field string, of func(T) int) column[T] {
	return column[T]{head: head, name: name, field: field, kind: fleet.Count,
		cell: func(_ *output, it T) string { return countOr(of(it)) },
		sort: func(it T) int64 {
			if n := of(it); n != model.CountUnknown {
				return int64(n)
			}
			return fleet.Unknown
		}}
}

// times is a column of instants.
func times[T any](head, name, field string, of func(T) time.Time) column[T] {
	return column[T]{head: head, name: name, field: field, kind: fleet.Time,
		cell: func(o *output, it T) string { return o.moment(of(it)) },
		sort: func(it T) int64 { return instant(of(it)) }}
}

// instant is what a time is compared by.
func instant(t time.Time) int64 {
	if t.IsZero() {
		return fleet.Unknown
	}
	return t.UnixNano()
}
