package client

import (
	"context"

	"muster/client/ledger"
	"muster/client/rest"
	"muster/client/tracker"
	"muster/model"
)

// ticketsKey is that of the removal of tickets that have served.
const ticketsKey = "tickets"

// ticketsAtOnce bounds how many tickets one read removes, so that it does not hold
// a place of the tracker for long.
const ticketsAtOnce = 50

// watchTickets makes sure that tickets of ended imports are removed from the
// service: walks of the list would drown in them. A read-only session leaves them.
func (c *Client) watchTickets() {
	if !c.o.ReadOnly {
		c.tracker.Add(ticketsKey, (*tickets)(c), c.o.Now())
		c.tracker.Poke(ticketsKey)
	}
}

// tickets removes the tickets of this user's own imports, never others'.
type tickets Client

// Batch implements tracker.Source.
func (*tickets) Batch() int { return 1 }

// Read implements tracker.Source. Outcomes are on disk before a ticket goes; what is
// left by an end in between goes with the next start.
func (s *tickets) Read(ctx context.Context, keys []string) map[string]tracker.Verdict {
	out := map[string]tracker.Verdict{}
	for _, k := range keys {
		out[k] = (*Client)(s).removeTickets(ctx)
	}
	return out
}

func (c *Client) removeTickets(ctx context.Context) tracker.Verdict {
	book, err := c.ledger(ctx)
	if err != nil {
		return tracker.Verdict{}
	}
	left, err := book.Leftovers(ctx)
	if err != nil {
		return tracker.Verdict{}
	}
	gone := map[model.OperationID][]int{}
	mine := map[model.OperationID]bool{}
	tried, waits, v := 0, false, tracker.Verdict{}
	for _, t := range left {
		if tried == ticketsAtOnce || c.isClosing() {
			waits = true
			break
		}
		if _, known := mine[t.Operation]; !known {
			mine[t.Operation] = t.Owner || c.inherits(ctx, book, t.Operation)
		}
		if !mine[t.Operation] || c.isKept(t.Ticket) {
			continue
		}
		tried++
		err := c.removeTicket(ctx, t)
		if err == nil {
			gone[t.Operation] = append(gone[t.Operation], t.Number)
			continue
		}
		if k := model.KindOf(err); k == model.Forbidden || k == model.Invalid {
			c.keep(t.Ticket) // it stays and no longer stands before others; the next start tries again
			continue
		}
		v.After, _ = rest.RetryAfter(err)
		waits = true
		break
	}
	for id, numbers := range gone {
		if book.TicketsRemoved(ctx, id, numbers) != nil {
			waits = true // removing what is gone is no error
		}
	}
	v.Done = !waits
	return v
}

// inherits takes over the ended import of a dead process.
func (c *Client) inherits(ctx context.Context, book *ledger.Ledger, id model.OperationID) bool {
	mine, err := book.Adopt(ctx, id)
	return err == nil && mine
}

func (c *Client) removeTicket(ctx context.Context, t ledger.Leftover) error {
	g, err := c.graph(t.Customer)
	if err != nil {
		return err
	}
	return g.DeleteImport(ctx, t.Ticket, "")
}

// keep notes that the service refused to remove a ticket.
func (c *Client) keep(id model.ImportID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[id] = true
}

func (c *Client) isKept(id model.ImportID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept[id]
}
