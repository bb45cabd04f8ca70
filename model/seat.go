package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// MaxRecent bounds the customers that a seat remembers.
const MaxRecent = 20

// Seat is what muster remembers of an operator's place at one connection between starts:
// whom they worked with last, and what they have seen. It holds no more than the ledger
// does. Its zero value remembers nothing.
type Seat struct {
	Recent  []Visited // newest first, each customer once
	Cleared time.Time // what ended up to then was taken out of the inbox
	Left    time.Time // when the latest visit ended; zero = there was none
}

// Visited is a customer and when the operator began to work with it last.
type Visited struct {
	Customer CustomerID
	Name     string
	At       time.Time
}

// Visit notes that the operator begins to work with a customer.
func (s Seat) Visit(c Customer, at time.Time) Seat {
	return s.Merge(Seat{Recent: []Visited{{Customer: c.ID, Name: c.Name, At: at}}})
}

// Merge joins what two sides remember, whichever was written down first: two processes
// may sit at one connection.
func (s Seat) Merge(o Seat) Seat {
	all := slices.Concat(s.Recent, o.Recent)
	slices.SortStableFunc(all, func(a, b Visited) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(string(a.Customer), string(b.Customer)))
	})
	known := map[CustomerID]bool{}
	s.Recent = nil
	for _, v := range all {
		if v.Customer == "" || known[v.Customer] || len(s.Recent) >= MaxRecent {
			continue
		}
		known[v.Customer] = true
		s.Recent = append(s.Recent, v)
	}
	s.Cleared, s.Left = later(s.Cleared, o.Cleared), later(s.Left, o.Left)
	return s
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Inbox returns the operations that ended without being done in full and were not taken
// out since, newest first. What the operator cancelled is none of them.
func (s Seat) Inbox(b *Board) []Operation {
	if b == nil {
		return nil
	}
	var out []Operation
	for _, o := range b.Operations {
		if st := o.State(); (st == OperationPartly || st == OperationFailed) && o.Ended.After(s.Cleared) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Operation) int { return b.Ended.Compare(a.Ended) })
	return out
}
