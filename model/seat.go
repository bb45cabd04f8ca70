package model

import (
	"cmp"
	"maps"
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
	Recent []Visited // newest first, each customer once
	// Cleared says up to when what ended was taken out of the inbox, by customer; that of
	// no customer holds for all. It is never changed.
	Cleared map[CustomerID]time.Time
	Left    time.Time // when the latest visit ended; zero = there was none
}

// maxCleared bounds the customers whose inbox was cleared for itself.
const maxCleared = 200

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
	s.Cleared, s.Left = cleared(s.Cleared, o.Cleared), later(s.Left, o.Left)
	return s
}

// cleared joins two sides and drops what the moment for all makes idle.
func cleared(a, b map[CustomerID]time.Time) map[CustomerID]time.Time {
	out := make(map[CustomerID]time.Time, len(a)+len(b))
	for _, side := range []map[CustomerID]time.Time{a, b} {
		for id, t := range side {
			out[id] = later(out[id], t)
		}
	}
	all := out[""]
	maps.DeleteFunc(out, func(id CustomerID, t time.Time) bool { return id != "" && !t.After(all) })
	for len(out) > maxCleared { // the oldest go: at worst something comes back into the inbox
		oldest := CustomerID("")
		for id, t := range out {
			if id != "" && (oldest == "" || t.Before(out[oldest])) {
				oldest = id
			}
		}
		delete(out, oldest)
	}
	return out
}

// Clear takes what ended up to a moment out of the inbox of a customer, "" of all.
func (s Seat) Clear(c CustomerID, upTo time.Time) Seat {
	return s.Merge(Seat{Cleared: map[CustomerID]time.Time{c: upTo}})
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Inbox returns the operations of a customer, "" of all, that ended without being done in
// full and were not taken out since, newest first. What the operator cancelled is none of
// them.
func (s Seat) Inbox(b *Board, c CustomerID) []Operation {
	if b == nil {
		return nil
	}
	var out []Operation
	for _, o := range b.Operations {
		st, seen := o.State(), later(s.Cleared[""], s.Cleared[o.Customer])
		if (c == "" || o.Customer == c) && (st == OperationPartly || st == OperationFailed) && o.Ended.After(seen) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Operation) int { return b.Ended.Compare(a.Ended) })
	return out
}
